"""Small MD.ai exports written for a test, and the volumes that they label."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from stacks import STACKS, volume_of

from viewer.formats import read_export
from viewer.media.instance import FileRef, Instance, Rescale
from viewer.media.pixel_data.decoding import frames_of_instances
from viewer.media.volume import FrameStack, SeriesFacts, Volume
from viewer.model.project import Project

STUDY, SERIES = "1.2", "1.2.3"
WIDTH, HEIGHT = 11, 9
TIME = "2024-05-01T09:00:00.000Z"
MODES = {
    "L_box": "bbox",
    "L_ring": "polygon",
    "L_free": "freeform",
    "L_line": "line",
    "L_spot": "location",
    "L_round": "ellipse",
    "L_mask": "mask",
    "L_said": None,
}
BOX = {"x": 2, "y": 3, "width": 4.5, "height": 3}
RING = {"vertices": [[1, 1], [6, 1.5], [4, 7]]}

Row = Mapping[str, Any]


def row(label: str = "L_box", data: object = BOX, k: int | None = 0, **other: object) -> Row:
    """Return one record on slice k of the phantom; without k it is about the whole series.

    Keys of `other` replace or add; None takes a key away.
    """
    record: dict[str, object] = {
        "parentId": None,
        "createdAt": TIME,
        "updatedAt": TIME,
        "createdById": "U_1",
        "labelId": label,
        "height": HEIGHT if k is not None else None,
        "width": WIDTH if k is not None else None,
        "data": data,
        "note": None,
        "StudyInstanceUID": STUDY,
        "SeriesInstanceUID": SERIES,
    }
    if k is not None:
        record["SOPInstanceUID"] = f"{SERIES}.{k}"
    gone = {key for key, value in other.items() if value is None}
    record.update(other)
    return {key: value for key, value in record.items() if key not in gone}


def export_text(rows: Sequence[Row], studies: Sequence[str] = (STUDY,)) -> str:
    """Return an export with these records, ids A_0, A_1 ... unless they bring their own."""
    labels = [
        {
            "id": id,
            "parentId": None,
            "name": id.removeprefix("L_"),
            "color": "#d32f2f",
            "type": "GLOBAL" if mode is None else "LOCAL",
            "scope": "INSTANCE",
            "annotationMode": mode,
        }
        for id, mode in MODES.items()
    ]
    dataset = {
        "id": "D_1",
        "name": "phantoms",
        "studies": [{"StudyInstanceUID": study, "number": 1} for study in studies],
        "annotations": [{"id": f"A_{n}", **record} for n, record in enumerate(rows)],
    }
    users = [{"id": "U_1", "name": "Reader"}]
    group = {"id": "G_1", "name": "Readers", "labels": labels}
    whole = {"id": "P_1", "name": "P", "labelGroups": [group], "users": users}
    return json.dumps({**whole, "datasets": [dataset]}, separators=(",", ":"))


def project_of_rows(
    folder: Path, rows: Sequence[Row], studies: Sequence[str] = (STUDY,)
) -> Project:
    """Write the export and return it as read."""
    path = folder / "labels.json"
    path.write_text(export_text(rows, studies), encoding="utf-8")
    return read_export(path)


def volume(series: str = SERIES, study: str = STUDY) -> Volume:
    """Return the phantom: 8 slices of 11 x 9 pixels, SOP Instance UIDs SERIES.0 to SERIES.7."""
    stack = STACKS["axial"]
    pixels = np.zeros((stack.count, stack.rows, stack.columns), dtype=np.int16)
    made = volume_of(stack, pixels)
    instances = tuple(
        msgspec.structs.replace(instance, sop_uid=f"{series}.{k}")
        for k, instance in enumerate(made.instances)
    )
    return replace(
        made,
        id=series,
        facts=SeriesFacts(study, series),
        instances=instances,
        slice_of={(instance.sop_uid, 0): k for k, instance in enumerate(instances)},
    )


def cine(
    frame_of: Mapping[str, int], count: int, series: str = "9", study: str = STUDY
) -> FrameStack:
    """Return frames of 11 x 9 pixels whose objects begin at these frames."""
    begins = sorted(frame_of.items(), key=lambda item: item[1])
    ends = [*(first for _, first in begins[1:]), count]
    objects = [
        Instance(uid, FileRef(f"{uid}.dcm"), None, WIDTH, HEIGHT, frames=end - first)
        for (uid, first), end in zip(begins, ends, strict=False)  # there may be no object
    ]
    return FrameStack(
        id=series,
        title="cine",
        facts=SeriesFacts(study, series),
        instances=(),
        pixels=np.zeros((count, HEIGHT, WIDTH), dtype=np.uint8),
        ready=np.ones(count, dtype=np.bool_),
        reader=frames_of_instances(objects),
        rescale=Rescale(),
        frame_of=frame_of,
    )
