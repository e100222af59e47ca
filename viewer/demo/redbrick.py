"""The demo's labels as RedBrick AI exports them: tasks, a taxonomy, and masks as one NIfTI file."""

from __future__ import annotations

import gzip
import json
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.demo.cine import ANSWER, ANSWERS, HEIGHT, WIDTH, valve_boxes
from viewer.demo.ontology import VALVE, WALL_MOTION
from viewer.demo.phantom import Grid
from viewer.demo.vendors import YES, Mark, bitmap_of, drawn_in, made_up_uuid, said_in

STAMP = "2024-05-06T12:30:00.000000+00:00"
SERIES_NAME = "thorax"
_EXAM = ("STUDY", "EXAM")
_LISTS = {
    "bbox": ("boundingBoxes", "BBOX"),
    "freeform": ("polygons", "POLYGON"),
    "polygon": ("polygons", "POLYGON"),
    "line": ("polylines", "POLYLINE"),
    "location": ("landmarks", "POINT"),
    "ellipse": ("ellipses", "ELLIPSE"),
    "mask": ("segmentMap", "SEGMENTATION"),
}


def write_redbrick(
    folder: Path, marks: Sequence[Mark], grid: Grid, items: Sequence[str], video: str
) -> None:
    """Write tasks.json, taxonomy.json and the masks.

    Args:
        items: paths of the series' files by slice, counted from the feet.
        video: path of the video.
    """
    drawn, said = drawn_in("redbrick", marks, grid), said_in("redbrick", marks)
    masks = sorted({mark.full_name for mark in drawn if mark.mode == "mask"})
    path = f"segmentations/{SERIES_NAME}/{SERIES_NAME}.nii.gz"
    (folder / path).parent.mkdir(parents=True)
    (folder / path).write_bytes(_nifti(_voxels(drawn, masks, grid), grid))
    upload = sorted(items)
    series: dict[str, Any] = {"name": SERIES_NAME, "items": upload, "imageHeaders": _headers(grid)}
    series["segmentations"] = path
    series["segmentMap"] = {
        str(number): {"category": name, "mask": path} for number, name in enumerate(masks, 1)
    }
    for mark in drawn:
        if mark.mode != "mask":
            at = upload.index(items[mark.k or 0])
            series.setdefault(_LISTS[mark.mode or ""][0], []).append(_label(mark, at, grid))
    series["classifications"] = [
        {"id": _id(mark.id), "attributes": {mark.name: mark.note or YES}}
        for mark in said
        if mark.scope == "SERIES"
    ]
    series["instanceClassifications"] = [
        {
            "fileIndex": upload.index(items[mark.k]),
            "fileName": items[mark.k],
            "values": {mark.name: mark.note or YES},
        }
        for mark in said
        if mark.k is not None
    ]
    exam = {mark.name: mark.note or YES for mark in said if mark.scope in _EXAM}
    tasks = [
        {**_task(SERIES_NAME), "series": [series], "classification": {"attributes": exam}},
        {**_task("cine"), "series": [_cine(video)]},
    ]
    (folder / "tasks.json").write_text(json.dumps(tasks, indent=2), "ascii")
    (folder / "taxonomy.json").write_text(json.dumps(_taxonomy(drawn, said), indent=2), "ascii")


def _task(name: str) -> dict[str, Any]:
    return {
        "taskId": _id(f"task {name}"),
        "name": name,
        "currentStageName": "END",
        "createdBy": "zoe.mueller@example.org",
        "createdAt": STAMP,
        "updatedBy": "zoe.mueller@example.org",
        "updatedAt": STAMP,
    }


def _id(name: str) -> str:
    return made_up_uuid("redbrick", name)


def _label(mark: Mark, item: int, grid: Grid) -> dict[str, Any]:
    video = {
        "frameIndex": mark.k,
        "seriesItemIndex": item,
        "trackId": _id(f"track {mark.id}"),
        "keyFrame": True,
        "endTrack": True,
    }
    shape = _shape(mark.mode or "", mark.data or {}, (grid.columns, grid.rows))
    return {"id": _id(mark.id), "category": mark.full_name, **shape, "video": video}


def _shape(mode: str, data: Mapping[str, Any], size: tuple[int, int]) -> dict[str, Any]:
    width, height = size
    match mode:
        case "bbox":
            return {
                "pointTopLeft": _point((data["x"], data["y"]), size),
                "wNorm": data["width"] / width,
                "hNorm": data["height"] / height,
            }
        case "location":
            return {"point": _point((data["x"], data["y"]), size)}
        case "ellipse":
            return {
                "pointCenter": _point((data["cx"], data["cy"]), size),
                "xRadiusNorm": data["rx"] / width,
                "yRadiusNorm": data["ry"] / height,
                "rotationRad": 0,
            }
        case _:
            return {"points": [_point(vertex, size) for vertex in data["vertices"]]}


def _point(vertex: Sequence[float], size: tuple[int, int]) -> dict[str, float]:
    return {"xNorm": vertex[0] / size[0], "yNorm": vertex[1] / size[1]}


def _headers(grid: Grid) -> dict[str, Any]:
    step = (grid.pixel_mm, grid.pixel_mm, grid.step_mm)
    rows = [[step[row] if row == column else 0.0 for column in range(3)] for row in range(3)]
    affine = [[*line, origin] for line, origin in zip(rows, grid.first, strict=True)]
    return {
        "dimensions": [grid.columns, grid.rows, grid.slices],
        "spacing": list(step),
        "origin": list(grid.first),
        "direction": np.eye(3).tolist(),
        "affine": [*affine, [0.0, 0.0, 0.0, 1.0]],
    }


def _voxels(marks: Sequence[Mark], names: Sequence[str], grid: Grid) -> NDArray[np.uint8]:
    """Return (slice, row, column) instance numbers, from 1 in the order of `names`."""
    volume = np.zeros((grid.slices, grid.rows, grid.columns), dtype=np.uint8)
    for mark in marks:
        if mark.mode == "mask" and mark.k is not None:
            inside = bitmap_of(mark.data or {}, grid)
            volume[mark.k][inside] = 1 + names.index(mark.full_name)
    return volume


def _nifti(volume: NDArray[np.uint8], grid: Grid) -> bytes:
    """Return a packed single-file NIfTI-1 in RAS mm, columns first, as RedBrick writes them."""
    sizes = volume.shape[::-1]
    header = bytearray(348)
    struct.pack_into("<i", header, 0, 348)
    struct.pack_into("<8h", header, 40, 3, *sizes, 1, 1, 1, 1)
    struct.pack_into("<hh", header, 70, 2, 8)  # uint8, 8 bits
    struct.pack_into("<4f", header, 76, 1, grid.pixel_mm, grid.pixel_mm, grid.step_mm)
    struct.pack_into("<ff", header, 108, 352, 1)
    header[123] = 2  # millimetres
    struct.pack_into("<h", header, 254, 1)  # the affine follows, in scanner space
    x, y, z = grid.first
    struct.pack_into("<4f", header, 280, -grid.pixel_mm, 0, 0, -x)
    struct.pack_into("<4f", header, 296, 0, -grid.pixel_mm, 0, -y)
    struct.pack_into("<4f", header, 312, 0, 0, grid.step_mm, z)
    header[344:348] = b"n+1\0"
    return gzip.compress(bytes(header) + bytes(4) + volume.tobytes(), mtime=0)


def _cine(video: str) -> dict[str, Any]:
    track = _id("track valve")
    boxes = [
        {
            "id": _id(f"valve {seen.frame}"),
            "category": VALVE.name,
            **_shape(
                "bbox",
                dict(zip(("x", "y", "width", "height"), seen.box, strict=True)),
                (WIDTH, HEIGHT),
            ),
            "video": {
                "frameIndex": seen.frame - 1,
                "trackId": track,
                "keyFrame": seen.is_key,
                "endTrack": seen.ends,
            },
        }
        for seen in valve_boxes()
    ]
    first = {"frameIndex": 0, "trackId": _id("track wall"), "keyFrame": True, "endTrack": True}
    said = {"id": _id("wall motion"), "attributes": {WALL_MOTION.name: ANSWER}, "video": first}
    return {"name": "cine", "items": [video], "boundingBoxes": boxes, "classifications": [said]}


def _wall_motion(number: int) -> dict[str, Any]:
    options = [{"name": name, "optionId": at} for at, name in enumerate(ANSWERS)]
    return {"name": WALL_MOTION.name, "attrType": "SELECT", "attrId": number, "options": options}


def _asked(said: Sequence[Mark], *scopes: str) -> list[dict[str, Any]]:
    names = dict.fromkeys(mark.name for mark in said if mark.scope in scopes)
    return [{"name": name, "attrType": "TEXT", "attrId": at} for at, name in enumerate(names)]


def _taxonomy(marks: Sequence[Mark], said: Sequence[Mark]) -> dict[str, Any]:
    kinds = {mark.full_name: (_LISTS[mark.mode or ""][1], mark.color) for mark in marks}
    return {
        "orgId": _id("org"),
        "taxId": _id("taxonomy"),
        "name": "Thorax phantom",
        "createdAt": STAMP,
        "isNew": True,
        "archived": False,
        "studyClassify": _asked(said, *_EXAM),
        "seriesClassify": [*(asked := _asked(said, "SERIES")), _wall_motion(len(asked))],
        "instanceClassify": _asked(said, "INSTANCE"),
        "objectTypes": [
            *(
                {"category": name, "classId": number, "labelType": kind, "color": color}
                for number, (name, (kind, color)) in enumerate(kinds.items())
            ),
            {
                "category": VALVE.name,
                "classId": len(kinds),
                "labelType": "BBOX",
                "color": VALVE.color,
            },
        ],
    }
