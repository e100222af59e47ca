"""The demo's video as MD.ai exports it: its annotations, and the metadata that name its file.

MD.ai gives videos UIDs of its own; which file was uploaded stands in the metadata alone.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from viewer.demo.cine import ANSWER, HEIGHT, WIDTH, valve_boxes
from viewer.demo.ontology import PEOPLE, STAMP, VALVE, WALL_MOTION, label_row
from viewer.demo.study import uid_of

UPDATED = "2024-05-06T12:30:00.000Z"
UIDS = {"StudyInstanceUID": uid_of("cine study"), "SeriesInstanceUID": uid_of("cine series")}
_AUTHOR = PEOPLE["Adjudicated"][0]
_VALVE, _WALL = "L_501dXq", "L_502dXq"
Json = dict[str, Any]


def write_mdai(labels: Path, metadata: Path, video: str) -> None:
    """Write the export of the video's labels, and the one of its metadata.

    Args:
        video: name of the video.
    """
    labels.parent.mkdir(parents=True)
    group = {
        "id": "G_5gKz",
        "createdAt": STAMP,
        "updatedAt": STAMP,
        "name": "Adjudicated",
        "description": None,
        "type": "STANDARD",
        "labels": [
            label_row(_VALVE, VALVE),
            label_row(_WALL, WALL_MOTION),
        ],
    }
    dataset = {
        "id": "D_2cNe",
        "type": "DICOM",
        "createdAt": STAMP,
        "updatedAt": STAMP,
        "name": "Cine",
        "description": None,
        "studies": [{"StudyInstanceUID": UIDS["StudyInstanceUID"], "number": 1}],
    }
    people = [{"id": user, "name": name} for user, name in PEOPLE.values()]
    head = {
        "id": "cNe0",
        "createdAt": STAMP,
        "updatedAt": UPDATED,
        "name": "Cine phantom",
        "description": "Generated: nobody was scanned",
        "isPrivate": True,
    }
    annotations = {**dataset, "annotations": _annotations()}
    _write(
        labels,
        {**head, "labelGroups": [group], "users": people, "datasets": [annotations]},
    )
    files = [{**UIDS, "origFileName": video, "fileExtension": ".mp4"}]
    _write(
        metadata,
        {**head, "datasets": [{**dataset, "dicomMetadata": [], "videoMetadata": files}]},
    )


def _write(path: Path, tree: Json) -> None:
    text = json.dumps(tree, separators=(",", ":"), ensure_ascii=False)
    path.write_bytes(text.encode())


def _annotations() -> list[Json]:
    rows: list[Json] = []
    for seen in valve_boxes():
        box: Json = dict(zip(("x", "y", "width", "height"), seen.box, strict=True))
        rows.append(_row(len(rows), _VALVE, seen.frame - 1, box, is_key=seen.is_key))
    return [*rows, _row(len(rows), _WALL, 0, None) | {"note": ANSWER}]


def _row(at: int, label: str, frame: int, data: Json | None, *, is_key: bool = True) -> Json:
    return {
        "id": f"A_5{at + 1:03d}pQ",
        "parentId": None,
        "isImported": False,
        "isInterpolated": not is_key,
        "createdAt": STAMP,
        "createdById": _AUTHOR,
        "updatedAt": STAMP,
        "updatedById": _AUTHOR,
        "updateHistory": [],
        "labelId": label,
        "annotationNumber": None if data is None else at + 1,
        "height": None if data is None else HEIGHT,
        "width": None if data is None else WIDTH,
        "data": data,
        "note": None,
        "radlexTagIds": [],
        "reviews": [],
        "reviewsPositiveCount": 0,
        "reviewsNegativeCount": 0,
        **({} if data is None else {"groupId": "valve"}),
        **UIDS,
        "frameNumber": frame,
    }
