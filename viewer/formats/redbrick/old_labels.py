"""Raw labels of tasks exported with old_format, read as the records that exports have now.

A raw label names its kind by the member that holds its shape; its keys are lower case, its category
is a list of paths from the root "object". Source: what redbrick-sdk 2.35.4 makes of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from viewer.formats.json_tools import BadJson, elements, is_list, is_object
from viewer.formats.problems import FAST_REFUSES
from viewer.formats.redbrick.categories import category_of_value
from viewer.formats.redbrick.records import FrameLabel, Label, MeasuredLabel, Video
from viewer.formats.redbrick.shapes import Json, record_of
from viewer.formats.values import objects_in

OLD_FORMAT = "it is a raw label of the old format, which is shown and not changed"
NO_SERIES = "it is a raw label of the old format, and on a series that its task does not have"
UNKNOWN_KIND = "it is a raw label of a kind that is not known"
_RAWS = msgspec.json.Decoder(list[msgspec.Raw])
_LISTS: tuple[tuple[str, str], ...] = (  # the first that is there and not empty counts
    ("tasklevelclassify", "classification"),
    ("studyclassify", "classification"),
    ("multiclassify", "classifications"),
    ("seriesclassify", "classifications"),
    ("instanceclassify", "instanceClassifications"),
    ("dicom", "segmentMap"),
    ("length3d", "measurements"),
    ("angle3d", "measurements"),
    ("point", "landmarks"),
    ("point3d", "landmarks3d"),
    ("polyline", "polylines"),
    ("ellipse", "ellipses"),
    ("bbox2d", "boundingBoxes"),
    ("cuboid", "cuboids"),
    ("polygon", "polygons"),
)
_RAW_KEYS = frozenset(
    ("labelid", "classid", "frameindex", "trackid", "linkid", "volumeindex",
     *(key for key, _ in _LISTS if key not in ("point", "ellipse", "cuboid")))
)  # fmt: skip


def raw_labels(found: msgspec.Raw) -> list[tuple[msgspec.Raw, Json]]:
    """Return (bytes, record) of the raw labels in a task's `labels`, of all of it if it is no list.

    The record of what is no object is empty.
    """
    try:
        raws = _RAWS.decode(found)
    except FAST_REFUSES:
        raws = _one_by_one(found)
    return [(raw, _members(raw)) for raw in raws]


def _one_by_one(found: msgspec.Raw) -> list[msgspec.Raw]:
    view = memoryview(found)
    try:
        return [msgspec.Raw(view[start:end]) for start, end in elements(view)]
    except BadJson:
        return [found]


def _members(raw: msgspec.Raw) -> Json:
    try:
        record = record_of(raw)
    except BadJson:
        return {}
    return record if is_object(record) else {}


def list_of_raw(record: Json) -> str | None:
    """Return the list that a raw label would stand in now; None for an unknown kind."""
    return next((name for key, name in _LISTS if record.get(key)), None)


def modern(record: Json) -> Json:
    """Return a record with what its raw keys say in the keys of today; itself without any."""
    if _RAW_KEYS.isdisjoint(record):
        return record
    found: dict[str, object] = dict(record)
    for key, make in _SHAPES.items():
        value = record.get(key)
        if is_list(value) if make is _points else is_object(value):
            found |= make(value)
    found |= dict(_common(record))
    if "frameindex" in record:
        found["video"] = msgspec.to_builtins(_video(record))
    return {key: value for key, value in found.items() if value is not None}


def label_of_raw(name: str, record: Json) -> Label:
    """Return what a row of the table needs of a raw label in the list `name`."""
    said = dict(_common(record))
    id, frame = said.get("id"), record.get("frameindex")
    label = Label()
    if name == "instanceClassifications":
        label = FrameLabel(file_index=frame if type(frame) is int else None)
    elif name == "measurements":
        label = MeasuredLabel(type="angle" if record.get("angle3d") else "length")
    label.id = id if isinstance(id, str) else None
    category = category_of_value(said.get("category"))
    label.category = msgspec.Raw(msgspec.json.encode(category))
    if type(frame) is int and name != "instanceClassifications":
        label.video = _video(record)
    return label


def reason_of_raw(record: Json, damage: str, *, has_series: bool) -> str:
    """Return why a raw label is locked.

    Args:
        damage: what is wrong with its shape, "" for nothing.
        has_series: its task has the series that it is on.
    """
    if list_of_raw(record) is None:
        return UNKNOWN_KIND
    return damage or (OLD_FORMAT if has_series else NO_SERIES)


def series_of_raw(record: Json) -> int:
    """Return the number of the series that a raw label is on, 0 where it does not say."""
    number = record.get("volumeindex")
    return number if type(number) is int and number >= 0 else 0


def instance_of_raw(record: Json) -> str:
    """Return the number of a raw segmentation in its mask file, "" without one."""
    parts = record.get("dicom")
    number = parts.get("instanceid") if is_object(parts) else None
    return str(number) if type(number) is int else ""


def _common(record: Json) -> Iterator[tuple[str, object]]:
    """Yield the members that labels of all kinds share."""
    for old, new in (("labelid", "id"), ("linkid", "group"), ("readonly", "readOnly")):
        if record.get(old) is not None:
            yield new, record[old]
    category = record.get("category")
    if is_list(category) and category and is_list(category[0]):
        names = category[0][1:]
        yield "category", names[0] if len(names) == 1 else names
    elif category is not None:
        yield "category", category
    answers = record.get("attributes")
    if is_list(answers):
        named = [one for one in answers if is_object(one) and isinstance(one.get("name"), str)]
        yield "attributes", {one["name"]: one.get("value") for one in named}
    parts = record.get("dicom")
    if is_object(parts) and is_list(parts.get("groupids")):
        yield "overlappingGroups", parts["groupids"]


def _video(record: Json) -> Video:
    """Return where a raw label stands."""

    def whole(key: str) -> int | None:
        value = record.get(key)
        return value if type(value) is int else None

    track = record.get("trackid")
    return Video(
        frame_index=whole("frameindex"),
        series_item_index=whole("globalitemsindex"),
        series_frame_index=whole("seriesframeindex"),
        track_id=track if isinstance(track, str) else "",
        key_frame=record.get("keyframe") is not False,
        end_track=record.get("end") is not False,
    )


def _norm(found: Json, x: str = "xnorm", y: str = "ynorm") -> Json:
    return {"xNorm": found.get(x), "yNorm": found.get(y)}


def _point(found: Json) -> Json:
    return {"point": _norm(found)}


def _points(found: object) -> Json:
    return {"points": [_norm(one) for one in objects_in(found)]}


def _box(found: Json) -> Json:
    sides = {"wNorm": found.get("wnorm"), "hNorm": found.get("hnorm")}
    return {"pointTopLeft": _norm(found), **sides}


def _ellipse(found: Json) -> Json:
    return {
        "pointCenter": _norm(found, "xcenternorm", "ycenternorm"),
        "xRadiusNorm": found.get("xnorm"),
        "yRadiusNorm": found.get("ynorm"),
        "rotationRad": found.get("rot"),
    }


def _landmark(found: Json) -> Json:
    voxel = [found.get(key) for key in ("pointx", "pointy", "pointz")]
    inside = None if None in voxel else voxel
    return {"point": inside, "absolutePoint": found.get("computedpointworld")}


def _solid(names: Mapping[str, str], type: str | None = None) -> Callable[[Json], Json]:
    """Return what makes a solid's places of lists of three numbers, named so now."""

    def make(found: Json) -> Json:
        places: dict[str, object] = {} if type is None else {"type": type}
        for old, new in names.items():
            places[new] = found.get(old)
            outside = "absolute" + new[0].upper() + new[1:]
            places[outside] = found.get(f"computed{old}world")
        return places

    return make


_SHAPES: Mapping[str, Callable[[Any], Json]] = {
    "length3d": _solid({"point1": "point1", "point2": "point2"}, "length"),
    "angle3d": _solid({"point1": "point1", "point2": "vertex", "point3": "point2"}, "angle"),
    "point": _point,
    "point3d": _landmark,
    "polyline": _points,
    "ellipse": _ellipse,
    "bbox2d": _box,
    "cuboid": _solid({"point1": "point1", "point2": "point2"}),
    "polygon": _points,
}
