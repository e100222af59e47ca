"""What the table needs of each label record, and which of them cannot be understood."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from viewer.errors import BadRecord
from viewer.formats.json_tools import BadJson, Bytes, is_object, members
from viewer.formats.redbrick.forgiving import set_value
from viewer.formats.redbrick.gather import Rows
from viewer.formats.redbrick.lists import FLAT, LISTS, SOLID
from viewer.formats.redbrick.records import (
    FAST_REFUSES,
    BoxLabel,
    EllipseLabel,
    FrameLabel,
    Label,
    MeasuredLabel,
    Number,
    OutlineLabel,
    PointLabel,
    Video,
)
from viewer.formats.redbrick.shapes import record_of, shape_of

READ_ONLY = "RedBrick AI has set it read-only"
OLD_LAYOUT = "it is in the layout of before August 2022, which is shown but not changed"
IN_VOXELS = "its shape in voxel space is listed only"
_UNIT = (1, 1)
_NO_SHAPE = msgspec.Raw(b"null")
_KINDS: Mapping[str, type[Label]] = {
    "landmarks": PointLabel,
    "boundingBoxes": BoxLabel,
    "ellipses": EllipseLabel,
    "polygons": OutlineLabel,
    "polylines": OutlineLabel,
    "instanceClassifications": FrameLabel,
    "measurements": MeasuredLabel,
}
_DECODERS = [msgspec.json.Decoder(_KINDS.get(found.name, Label)) for found in LISTS]
_DIGITS_AND_SPACE = b"0123456789.+-eE \t\r\n"
_MARK = b"\0"  # in no JSON text, so that it parts what is joined
_VERTEX = b'{"xNorm":,"yNorm":}'
_GOOD_OUTLINE = b"[" + _VERTEX + b"]"


def labels_of(rows: Rows) -> tuple[list[Label], dict[int, str]]:
    """Return a label per row, and by row why some are locked."""
    reasons: dict[int, str] = {}
    quick: list[Callable[[Any], Label]] = [decoder.decode for decoder in _DECODERS]
    labels: list[Label] = []
    for row, (code, raw) in enumerate(zip(rows.codes, rows.raws, strict=True)):
        try:
            labels.append(quick[code](raw))
        except FAST_REFUSES:
            label, reason = _careful(LISTS[code].name, raw)
            labels.append(label)
            if reason:
                reasons[row] = reason
    _check_boxes(rows, labels, reasons)
    _check_outlines(rows, labels, reasons)
    for row, label in enumerate(labels):
        if label.video is not None and whole(label.video.frame_index, 0) < 0:
            reasons.setdefault(row, f"its frameIndex {label.video.frame_index} counts no frame")
        if label.read_only:
            reasons.setdefault(row, READ_ONLY)
        elif LISTS[rows.codes[row]].name in SOLID:
            reasons.setdefault(row, IN_VOXELS)
    return labels, reasons


def whole(number: Number, absent: int = -1) -> int:
    """Return a count or index; `absent` where there is none, -1 where it is no such number."""
    if number is None:
        return absent
    return int(number) if 0 <= number < 2**31 and number == int(number) else -1


def _careful(list_name: str, raw: msgspec.Raw) -> tuple[Label, str]:
    """Return a label that the fast way refuses, and why it is locked; "" where it is not."""
    try:
        record = record_of(raw)
    except BadJson as error:
        return Label(), f"it is damaged: {error}"
    if not is_object(record):
        is_category = list_name == "segmentMap" and (isinstance(record, str | int | list))
        label = Label(category=msgspec.Raw(bytes(raw)))
        return label, "" if is_category and not isinstance(record, bool) else "it is no object"
    label, wrong = _forgiven(list_name, raw)
    if wrong:
        return label, "; ".join(wrong)
    return label, geometry_problem(list_name, record)


def geometry_problem(list_name: str, record: object) -> str:
    """Return why a label's shape cannot be shown or changed; "" where both can be done."""
    if list_name not in FLAT:
        return ""
    try:
        shape_of(list_name, record, _UNIT)
    except BadRecord as error:
        return str(error)
    is_old = is_object(record) and list_name == "landmarks" and "point" not in record
    return OLD_LAYOUT if is_old else ""


def _forgiven(list_name: str, raw: msgspec.Raw) -> tuple[Label, list[str]]:
    """Return what is sound of a label, and what is not."""
    kind = _KINDS.get(list_name, Label)
    kind = kind if kind in (FrameLabel, MeasuredLabel) else Label
    found = kind()
    fields = {item.encode_name: item for item in msgspec.structs.fields(kind)}
    wrong: list[str] = []
    for key, token in members_of(raw):
        item = fields.get(key)
        if item is None:
            continue
        if item.name == "category":
            found.category = msgspec.Raw(token)
        elif not set_value(found, item, token):
            wrong.append(f"its {key} is {token[:40].decode('utf-8', 'replace')}")
    found.video = found.video or _flat_video(list_name, raw)
    return found, wrong


def _flat_video(list_name: str, raw: msgspec.Raw) -> Video | None:
    """Return the frame of a landmark as exports before August 2022 have it, None without."""
    if list_name != "landmarks":
        return None
    video, is_found = Video(), False
    fields = {item.encode_name: item for item in msgspec.structs.fields(Video)}
    for key, token in members_of(raw):
        if key in fields:
            is_found = set_value(video, fields[key], token) or is_found
    return video if is_found else None


def members_of(raw: msgspec.Raw | Bytes) -> list[tuple[str, bytes]]:
    """Return (key, text of the value) of an object's members as far as it goes."""
    data = bytes(raw)
    found: list[tuple[str, bytes]] = []
    try:
        found.extend((member.key, data[member.start : member.end]) for member in members(data))
    except BadJson:
        return found
    return found


def _check_boxes(rows: Rows, labels: Sequence[Label], reasons: dict[int, str]) -> None:
    """Look at boxes and ellipses whose numbers a shape may not take."""
    for row, label in enumerate(labels):
        match label:
            case BoxLabel(w_norm=width, h_norm=height):
                is_odd = width < 0 or height < 0
            case EllipseLabel(x_radius_norm=width, y_radius_norm=height, rotation_rad=turn):
                is_odd = width < 0 or height < 0 or turn != 0
            case _:
                is_odd = False
        if is_odd:
            reasons[row] = _reason(rows, row)


def _check_outlines(rows: Rows, labels: Sequence[Label], reasons: dict[int, str]) -> None:
    """Look at outlines whose points are not plainly good: digits and equal points taken out."""
    outlines = [row for row, label in enumerate(labels) if isinstance(label, OutlineLabel)]
    joined = _MARK.join([getattr(labels[row], "points", _NO_SHAPE) for row in outlines])
    left = joined.translate(None, _DIGITS_AND_SPACE).replace(_VERTEX + b",", b"").split(_MARK)
    for row, skeleton in zip(outlines, left, strict=False):
        if skeleton != _GOOD_OUTLINE:
            reason = _reason(rows, row)
            if reason:
                reasons[row] = reason


def _reason(rows: Rows, row: int) -> str:
    name = LISTS[rows.codes[row]].name
    return geometry_problem(name, record_of(rows.raws[row]))
