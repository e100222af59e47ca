"""Large exports of Labelbox and RedBrick AI, with records as the vendors write them."""

from __future__ import annotations

import json
from math import cos, pi, sin
from pathlib import Path
from random import Random
from typing import Any

Json = Any
_KINDS = ("bounding_box", "bounding_box", "bounding_box", "polygon", "line", "point")
_SPELLED = {
    "bounding_box": "VideoBoundingBox",
    "polygon": "VideoPolygon",
    "line": "VideoPolyline",
    "point": "VideoPoint",
}


def labelbox_video(path: Path, frames: int) -> None:
    """Write a row of one video, six tracks with interpolated frames, as NDJSON.

    One frame in ten is a key frame; one track of boxes has a nested answer on each frame, and a
    quarter of the frames a classification.
    """
    rng = Random(1)
    ids = [f"clgjnpyse{track:04d}xi3zxtnp29fu" for track in range(len(_KINDS))]
    held = {str(frame): _frame(rng, ids, frame) for frame in range(1, frames + 1)}
    keys = {str(frame): frame % 10 == 1 for frame in range(1, frames + 1)}
    annotations = {
        "frames": held,
        "segments": {id: [[1, frames]] for id in ids},
        "key_frame_feature_map": dict.fromkeys(ids, keys),
        "classifications": [],
    }
    made = {
        "created_at": "2023-04-16T17:04:23+00:00",
        "updated_at": "2023-04-16T17:04:23+00:00",
        "created_by": "user@example.com",
    }
    label = {
        "label_kind": "Video",
        "version": "1.0.0",
        "id": "clgjnpysl000xi3zxtnp29fug",
        "label_details": made,
        "annotations": annotations,
    }
    media = {"mime_type": "video/mp4", "frame_rate": 25, "frame_count": frames}
    row = {
        "data_row": {"id": "clgjnpydr0000000000000000", "global_key": "v-1", "row_data": "v.mp4"},
        "media_attributes": {"height": 1080, "width": 1920, **media},
        "projects": {"clgjnpyproject00000000000": {"name": "p", "labels": [label]}},
    }
    path.write_text(json.dumps(row) + "\n")


def _frame(rng: Random, ids: list[str], frame: int) -> Json:
    objects: Json = {}
    for track, (id, kind) in enumerate(zip(ids, _KINDS, strict=True)):
        objects[id] = {
            "feature_id": id,
            "feature_schema_id": f"clgjnschema{track:04d}3zxtnp29fu",
            "name": f"structure {track}",
            "value": f"structure_{track}",
            "annotation_kind": _SPELLED[kind],
            "classifications": [_answer("side", "left")] if track == 0 else [],
            kind: _geometry(rng, kind),
        }
    answers = [_answer("phase", "systole" if frame % 50 < 25 else "diastole")]
    return {"objects": objects, "classifications": [] if frame % 4 else answers}


def _answer(name: str, option: str) -> Json:
    return {
        "feature_id": f"clgjnp{name}000vi3zxtgtfh01y",
        "feature_schema_id": f"clgjnschema{name}3zxtnp29fu",
        "name": name,
        "value": name,
        "radio_answer": {
            "feature_id": f"clgjnp{option}000wi3zxnxgv53ps",
            "name": option,
            "value": option,
            "classifications": [],
        },
    }


def _geometry(rng: Random, kind: str) -> Json:
    if kind == "bounding_box":
        return {key: round(1 + rng.random() * 500, 2) for key in ("top", "left", "height", "width")}
    x, y = 200 + rng.random() * 1500, 200 + rng.random() * 680
    if kind == "point":
        return {"x": round(x, 2), "y": round(y, 2)}
    around = _outline(rng, 20 if kind == "polygon" else 8, 20 + rng.random() * 150)
    return [{"x": round(x + dx, 2), "y": round(y + dy, 2)} for dx, dy in around]


def _outline(rng: Random, corners: int, radius: float) -> list[tuple[float, float]]:
    """Return the corners of a shape with an uneven edge, around (0, 0)."""
    turns = [2 * pi * corner / corners for corner in range(corners)]
    reach = [radius * rng.uniform(0.8, 1.1) for _ in turns]
    return [(r * cos(turn), r * sin(turn)) for r, turn in zip(reach, turns, strict=True)]


def labelbox_import(path: Path, frames: int) -> None:
    """Write the same for an import: six tracks of one video, a key frame on each frame, as NDJSON.

    Labelbox imports boxes, lines and points into videos.
    """
    rng = Random(3)
    kinds = (("bbox", "bounding_box"), ("line", "line"), ("point", "point")) * 2
    with path.open("w") as file:
        for track, (key, kind) in enumerate(kinds):
            held = [{"frame": frame, key: _geometry(rng, kind)} for frame in range(1, frames + 1)]
            row = {
                "uuid": f"11111111-aaaa-4bbb-8ccc-{track:012d}",
                "name": f"structure {track}",
                "dataRow": {"globalKey": "v-1"},
                "segments": [{"keyframes": held}],
            }
            file.write(json.dumps(row) + "\n")


def redbrick_tasks(path: Path, tasks: int) -> None:
    """Write tasks of a CT of 120 slices each with labels of most kinds, indented by 2."""
    rng = Random(2)
    parts = (json.dumps(_task(rng, number), indent=2) for number in range(tasks))
    path.write_text(f"[{','.join(parts)}]")


def _task(rng: Random, number: int) -> Json:
    return {
        "taskId": f"11111111-aaaa-bbbb-cccc-{number:012d}",
        "name": f"study/{number:05d}",
        "labelsId": f"td-{number}",
        "currentStageName": "END",
        "status": "COMPLETED",
        "priority": 0.5,
        "createdBy": "a@example.com",
        "createdAt": "2025-01-01T00:00:00+00:00",
        "storageId": "22222222-2222-2222-2222-222222222222",
        "updatedBy": f"reader-{number % 7}@example.com",
        "updatedAt": "2025-01-02T00:00:00+00:00",
        "metaData": {"site": "x"},
        "classification": {"id": f"s{number}", "attributes": {"contrast": True, "quality": "good"}},
        "series": [_series(rng, number)],
    }


def _series(rng: Random, number: int) -> Json:
    headers = {
        "dimensions": [512, 512, 120],
        "spacing": [0.7, 0.7, 2.5],
        "origin": [-180.0, -170.0, 100.0],
        "direction": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
        "affine": [[0.7, 0, 0, -180], [0, 0.7, 0, -170], [0, 0, 2.5, 100], [0, 0, 0, 1]],
    }
    mask = f"segmentations/study-{number:05d}/CT.nii.gz"
    return {
        "name": "CT_axial",
        "metaData": {"kvp": "120"},
        "imageHeaders": headers,
        "items": [f"ct/study-{number:05d}/{slice:03d}.dcm" for slice in range(120)],
        "segmentations": mask,
        "segmentMap": {"1": {"id": f"g{number}", "category": "liver", "mask": mask}},
        "binaryMask": False,
        "semanticMask": False,
        "pngMask": False,
        "measurements": [_length(rng, number, at) for at in range(2)],
        "landmarks3d": [_apex(rng, number)],
        "polygons": [_flat(rng, f"p{number}-{at}", at, _ring(rng)) for at in range(4)],
        "boundingBoxes": [_flat(rng, f"b{number}-{at}", at, _box(rng)) for at in range(6)],
        "ellipses": [_flat(rng, f"e{number}", 3, _ellipse(rng))],
    }


def _flat(rng: Random, id: str, frame: int, geometry: Json) -> Json:
    video = {
        "trackId": id.partition("-")[0] if id[0] == "b" else id,
        "keyFrame": True,
        "endTrack": id[0] != "b",
        "seriesItemIndex": 40 + frame,
        "frameIndex": 40 + frame,
    }
    area = round(rng.random() * 1000, 3)
    stats = {"average": 40.5, "area": area, "minimum": -100, "maximum": 300}
    return {**geometry, "id": id, "category": "lesion", "video": video, "stats": stats}


def _norm(rng: Random) -> Json:
    return {"xNorm": rng.random(), "yNorm": rng.random()}


def _ring(rng: Random) -> Json:
    x, y = 0.2 + 0.6 * rng.random(), 0.2 + 0.6 * rng.random()
    around = _outline(rng, 30, 0.02 + 0.08 * rng.random())
    return {"points": [{"xNorm": x + dx, "yNorm": y + dy} for dx, dy in around]}


def _box(rng: Random) -> Json:
    return {"pointTopLeft": _norm(rng), "wNorm": rng.random() / 4, "hNorm": rng.random() / 4}


def _ellipse(rng: Random) -> Json:
    radii = {"xRadiusNorm": rng.random() / 4, "yRadiusNorm": rng.random() / 4}
    return {"pointCenter": _norm(rng), **radii, "rotationRad": 0.3}


def _place(rng: Random) -> tuple[Json, Json]:
    """Return a voxel, and where it lies in mm."""
    i, j, k = rng.randrange(512), rng.randrange(512), rng.randrange(120)
    return {"i": i, "j": j, "k": k}, {"x": 0.7 * i - 180, "y": 0.7 * j - 170, "z": 2.5 * k + 100}


def _length(rng: Random, number: int, at: int) -> Json:
    (one, one_mm), (other, other_mm) = _place(rng), _place(rng)
    return {
        "type": "length",
        "point1": one,
        "point2": other,
        "normal": [0, 0, 1],
        "id": f"m{number}-{at}",
        "category": "diameter",
        "absolutePoint1": one_mm,
        "absolutePoint2": other_mm,
        "length": sum((one_mm[axis] - other_mm[axis]) ** 2 for axis in "xyz") ** 0.5,
    }


def _apex(rng: Random, number: int) -> Json:
    voxel, place = _place(rng)
    return {"point": voxel, "absolutePoint": place, "id": f"l{number}", "category": "apex"}
