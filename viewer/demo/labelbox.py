"""The demo's labels as Labelbox exports them (v2, a JSON row per line).

Labelbox draws lines and masks on DICOM; of the other labels its export holds none. Masks lie
beside the export as a person with a key would have fetched them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from viewer.demo.cine import ANSWER, BOX_SEGMENTS, FRAMES, HEIGHT, RATE, WIDTH, valve_boxes
from viewer.demo.ontology import VALVE, WALL_MOTION
from viewer.demo.phantom import Grid
from viewer.demo.study import SERIES_UID
from viewer.demo.vendors import Mark, bitmap_of, drawn_in, made_up_id

PROJECT = "c" + made_up_id("labelbox project")
STAMP = "2024-05-06T12:30:00.000+00:00"
_GROUPS = ("Axial", "Sagittal", "Coronal")


def write_labelbox(folder: Path, marks: Sequence[Mark], grid: Grid, video: str) -> None:
    """Write the exports of the series and of the video, and the masks."""
    masks = folder / "masks"
    masks.mkdir(parents=True)
    fits = drawn_in("labelbox", marks, grid)
    lines = [mark for mark in fits if mark.mode == "line"]
    painted = [mark for mark in fits if mark.mode == "mask"]
    for mark in painted:
        picture = bitmap_of(mark.data or {}, grid).astype(np.uint8) * 255
        done, content = cv2.imencode(".png", picture)
        if not done:
            raise OSError("a mask cannot be written")
        (masks / f"{_feature(mark)}_{_frame(mark)}.png").write_bytes(content.tobytes())
    _write(folder / "thorax_export_v2.ndjson", _series_row([*lines, *painted]))
    _write(folder / "cine_export_v2.ndjson", _video_row(video))


def _write(path: Path, row: dict[str, Any]) -> None:
    text = json.dumps(row, separators=(",", ":"), ensure_ascii=False)
    path.write_bytes(text.encode() + b"\n")


def _feature(mark: Mark) -> str:
    """One mask is one feature over its slices; every line is one of its own."""
    part = mark.id if mark.mode == "line" else f"{mark.group} {mark.name}"
    return "c" + made_up_id("labelbox feature", part)


def _frame(mark: Mark) -> str:
    return str((mark.k or 0) + 1)


def _series_row(marks: Sequence[Mark]) -> dict[str, Any]:
    frames: dict[str, Any] = {}
    segments: dict[str, Any] = {}
    keys: dict[str, Any] = {}
    for mark in sorted(marks, key=lambda mark: mark.k or 0):
        id, frame = _feature(mark), _frame(mark)
        place = frames.setdefault(frame, {"objects": {}, "classifications": []})
        place["objects"][id] = _object(mark)
        _lengthen(segments.setdefault(id, []), int(frame))
        here = keys.setdefault(id, {group: {} for group in _GROUPS})
        here["Axial"][frame] = True
    groups: dict[str, Any] = {
        group: {"name": group, "classifications": [], "frames": frames if group == "Axial" else {}}
        for group in _GROUPS
    }
    annotations: dict[str, Any] = {
        "groups": groups,
        "segments": {group: segments if group == "Axial" else {} for group in _GROUPS},
        "classifications": [],
        "key_frame_feature_map": keys,
    }
    media = {"mime_type": "application/dicom"}
    return _row("thorax", SERIES_UID, "thorax.dcm", media, _label("DICOM", annotations))


def _lengthen(segments: list[list[int]], frame: int) -> None:
    if segments and segments[-1][1] == frame - 1:
        segments[-1][1] = frame
    else:
        segments.append([frame, frame])


def _object(mark: Mark) -> dict[str, Any]:
    id = _feature(mark)
    if mark.mode == "line":
        line = [{"x": x, "y": y} for x, y in (mark.data or {})["vertices"]]
        geometry: dict[str, Any] = {"line": line}
        kind = "DICOMPolyline"
    else:
        url = f"https://api.labelbox.com/api/v1/projects/{PROJECT}/annotations/{id}"
        geometry = {"mask": {"url": f"{url}/index/{_frame(mark)}/mask"}}
        kind = "DICOMSegmentationMask"
    return {**_named(id, mark.name), "annotation_kind": kind, "classifications": [], **geometry}


def _named(id: str, name: str) -> dict[str, Any]:
    return {
        "feature_id": id,
        "feature_schema_id": "c" + made_up_id("labelbox schema", name),
        "name": name,
        "value": name.lower().replace(" ", "_"),
    }


def _video_row(video: str) -> dict[str, Any]:
    valve = "c" + made_up_id("labelbox feature", "valve")
    wall = "c" + made_up_id("labelbox feature", "wall motion")
    frames: dict[str, Any] = {}
    keys: dict[str, bool] = {}
    for seen in valve_boxes():
        if seen.is_key:
            left, top, width, height = seen.box
            box = {"top": top, "left": left, "height": height, "width": width}
            record = {**_named(valve, VALVE.name), "annotation_kind": "VideoBoundingBox"}
            record |= {"classifications": [], "bounding_box": box}
            place = {"objects": {valve: record}, "classifications": list[Any]()}
            frames[str(seen.frame)] = place
            keys[str(seen.frame)] = True
    answer = {**_named("c" + made_up_id("answer", ANSWER), ANSWER)}
    question: dict[str, Any] = _named(wall, WALL_MOTION.name)
    question["radio_answer"] = {**answer, "classifications": []}
    frames["1"]["classifications"].append(question)
    annotations: dict[str, Any] = {
        "frames": frames,
        "segments": {valve: [list(pair) for pair in BOX_SEGMENTS], wall: [[1, 1]]},
        "key_frame_feature_map": {valve: keys, wall: {"1": True}},
        "classifications": [],
    }
    media = {
        "height": HEIGHT,
        "width": WIDTH,
        "mime_type": "video/x-msvideo",
        "frame_rate": float(RATE),
        "frame_count": FRAMES,
    }
    return _row("cine", video, video, media, _label("Video", annotations))


def _label(kind: str, annotations: dict[str, Any]) -> dict[str, Any]:
    details = {"created_at": STAMP, "updated_at": STAMP, "created_by": "zoe.mueller@example.org"}
    return {
        "label_kind": kind,
        "version": "1.0.0",
        "id": "c" + made_up_id("labelbox label", kind),
        "label_details": {**details, "reviews": []},
        "annotations": annotations,
    }


def _row(
    key: str, external: str, file: str, media: dict[str, Any], label: dict[str, Any]
) -> dict[str, Any]:
    return {
        "data_row": {
            "id": "c" + made_up_id("labelbox row", key),
            "global_key": key,
            "external_id": external,
            "row_data": f"https://storage.example.org/{file}",
        },
        "media_attributes": media,
        "projects": {PROJECT: {"name": "Thorax phantom", "labels": [label]}},
    }
