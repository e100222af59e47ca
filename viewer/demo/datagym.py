"""The demo's labels as DATAGYM exports them: a project of images, and one of videos.

The platform takes no DICOM, so each slice is a picture of its own; labels of a series or exam have
no place. Its exporter cuts coordinates to whole pixels, and ellipses it has none. Readers are told
apart by the names of classes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from viewer.demo import DATAGYM_TASK
from viewer.demo.cine import ANSWERS, BOX_SEGMENTS, FRAMES, HEIGHT, RATE, WIDTH, valve_boxes
from viewer.demo.ontology import VALVE, WALL_MOTION
from viewer.demo.phantom import Grid
from viewer.demo.regions import regions_of
from viewer.demo.vendors import YES, Mark, answers_in, bitmap_of, drawn_in, made_up_uuid, said_in

_TYPES: Mapping[str, str] = {
    "location": "point",
    "line": "line",
    "freeform": "polygon",
    "polygon": "polygon",
    "mask": "image_segmentation",
    "bbox": "rectangle",
}
# The order in which the exporter lists classes.
_ORDER = ("point", "line", "polygon", "image_segmentation", "rectangle", "select", "freetext")
Json = dict[str, Any]


def write_datagym(path: Path, marks: Sequence[Mark], grid: Grid, items: Sequence[str]) -> None:
    """Write the export of the project of images, and its label configuration.

    Args:
        items: names of the series' files by slice, counted from the feet.
    """
    drawn, said = drawn_in("datagym", marks, grid), said_in("datagym", marks)
    answers = answers_in(marks)
    configuration = _configuration(drawn, said, answers)
    _write(path, configuration, list(_tasks(drawn, said, answers, grid, items)))


def write_datagym_video(path: Path, video: str) -> None:
    """Write the video's task, and beside it the export of its project and the configuration.

    Args:
        video: name of the video.
    """
    _write(path.with_name("datagym_export_1714998600000_Cine+phantom.json"), _CINE, [_task(video)])
    path.write_text(json.dumps(_video(), indent=2), "ascii")


def _write(path: Path, configuration: Sequence[Json], tasks: Sequence[Json]) -> None:
    path.parent.mkdir(parents=True)
    tree = [{"label_classes": _classes(configuration)}, *tasks]
    path.write_text(spelled(tree), "utf-8")
    path.with_name(f"{path.stem}_configuration.json").write_text(spelled(configuration), "utf-8")


def spelled(value: object, depth: int = 0) -> str:
    """Return JSON as Jackson prints it: members on lines of their own, elements beside another."""
    if isinstance(value, Mapping):
        inner, held = "  " * (depth + 1), cast("Mapping[str, Any]", value)
        members = [f"{inner}{spelled(k)} : {spelled(v, depth + 1)}" for k, v in held.items()]
        return "{\n" + ",\n".join(members) + f"\n{'  ' * depth}}}" if members else "{ }"
    if isinstance(value, list | tuple):
        elements = [spelled(one, depth) for one in cast("Sequence[Any]", value)]
        return f"[ {', '.join(elements)} ]" if elements else "[ ]"
    return json.dumps(value, ensure_ascii=False)


def _key(name: str) -> str:
    """Return a name as the key of a class."""
    return re.sub("[^a-z0-9]+", "_", name.lower()).strip("_")


# --- what can be labelled ---


def _entry(kind: str, name: str, children: Sequence[Json] = (), **more: object) -> Json:
    return {
        "children": list(children),
        "type": kind.upper(),
        "entryKey": _key(name),
        "entryValue": name,
        **more,
    }


def _freetext(name: str) -> Json:
    return _entry("freetext", name, maxLength=255)


def _configuration(
    drawn: Sequence[Mark], said: Sequence[Mark], answers: Mapping[str, Mapping[str, str]]
) -> list[Json]:
    asked: dict[str, dict[str, Json]] = {}
    for mark in drawn:
        below = asked.setdefault(mark.full_name, {})
        below.update({name: _freetext(name) for name in answers.get(mark.id, {})})
    entries = {
        mark.full_name: _entry(
            _TYPES[mark.mode or ""],
            mark.full_name,
            [*asked[mark.full_name].values()],
            color=mark.color.upper(),
            shortcut=None,
        )
        for mark in drawn
    }
    return [*entries.values(), *({m.full_name: _freetext(m.full_name) for m in said}).values()]


_CINE = (
    _entry("rectangle", VALVE.name, color=VALVE.color.upper(), shortcut="1"),
    _entry("select", WALL_MOTION.name, options={key: key.capitalize() for key in ANSWERS}),
)


def _classes(configuration: Sequence[Json]) -> list[Json]:
    """Return the flat list of classes: of segmentations the exporter takes the wrong key."""
    rows: list[tuple[str, str]] = []
    for entry in configuration:
        rows += [(one["type"].lower(), one["entryKey"]) for one in (entry, *entry["children"])]
    found: list[Json] = []
    for kind, key in sorted(dict.fromkeys(rows), key=lambda row: _ORDER.index(row[0])):
        is_geometry = kind in _ORDER[:5] and kind != "image_segmentation"
        word = "geometry_type" if is_geometry else "classification_type"
        found.append({"class_name": key, word: kind})
    return found


# --- images ---


def _tasks(
    drawn: Sequence[Mark],
    said: Sequence[Mark],
    answers: Mapping[str, Mapping[str, str]],
    grid: Grid,
    items: Sequence[str],
) -> Iterator[Json]:
    for k in sorted({mark.k for mark in (*drawn, *said) if mark.k is not None}, reverse=True):
        here = [mark for mark in drawn if mark.k == k]
        labels: dict[str, list[Json]] = {}
        for mark in here:
            texts = {_key(name): [text] for name, text in answers.get(mark.id, {}).items()}
            for geometry in _geometries(mark, grid):
                value = {**geometry, "classifications": texts, "nested_geometries": {}}
                labels.setdefault(_key(mark.full_name), []).append(value)
        maps = [
            f"https://app.datagym.ai/api/v1/export/bitmap/{made_up_uuid('datagym task', k)}/{key}"
            for key in dict.fromkeys(_key(m.full_name) for m in here if m.mode == "mask")
        ]
        yield {
            "internal_media_ID": made_up_uuid("datagym image", k),
            "external_media_ID": f"{items[k].removesuffix('.dcm')}.png",
            "labeler": None,
            "status": "completed",
            **({"segmentations": maps} if maps else {}),
            "global_classifications": {
                _key(mark.full_name): [mark.note or YES] for mark in said if mark.k == k
            },
            "labels": labels,
        }


def _geometries(mark: Mark, grid: Grid) -> Iterator[Json]:
    data, kind = mark.data or {}, _TYPES[mark.mode or ""]
    match kind:
        case "rectangle":
            yield {kind: [_box((data["x"], data["y"], data["width"], data["height"]))]}
        case "point":
            yield {kind: [_point((data["x"], data["y"]))]}
        case "image_segmentation":
            for rings in regions_of(bitmap_of(data, grid)):
                yield {kind: [[_point(v) for v in (*ring, ring[0])] for ring in rings]}
        case _:
            yield {kind: [_point(vertex) for vertex in data["vertices"]]}


def _point(vertex: Sequence[float]) -> Json:
    x, y = vertex
    return {"x": int(x), "y": int(y)}


def _box(box: Sequence[float]) -> Json:
    return dict(zip("xywh", map(int, box), strict=True))


# --- the video ---


def _task(video: str) -> Json:
    return {
        "internal_media_ID": made_up_uuid("datagym video"),
        "external_media_ID": f"1714998600000_{video}",
        "labeler": None,
        "status": "completed",
        "task_export_url": f"https://app.datagym.ai/api/v1/exportVideoTask/{DATAGYM_TASK}/",
        "video_height": str(HEIGHT),
        "video_width": str(WIDTH),
        "video_total_frames": str(FRAMES),
        "video_frame_rate": f"{RATE}/1",
        "video_duration": str(FRAMES / RATE),
    }


def _video() -> Json:
    """Return a task's own file: who is visible on each frame, and the key frames.

    Answers to what is asked of a whole video are lost by the exporter.
    """
    valve = made_up_uuid("datagym", VALVE.name)
    frames: dict[str, list[Json]] = {}
    for first, last in BOX_SEGMENTS:
        for number in range(first - 1, last):
            frames[str(number)] = [{"visibleObjectId": valve}]
    keys = {
        str(seen.frame - 1): {"rectangle": [_box(seen.box)]}
        for seen in valve_boxes()
        if seen.is_key
    }
    return {"frames": frames, "object": {valve: keys}}
