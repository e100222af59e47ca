"""What the demo's exports of other vendors have in common: the labels, in nobody's words.

The MD.ai export is the one the others follow, so that all of them draw the same picture.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from viewer.demo.phantom import Grid
from viewer.demo.study import instance_uid

Bitmap = NDArray[np.bool_]  # (rows, columns)


@dataclass(frozen=True)
class Mark:
    """One label of the demo that lies on a slice or says something of it.

    Args:
        id: MD.ai's.
        group, name, mode, color: of its class; mode is MD.ai's word, None for a classification.
        k: slice from the feet, None for labels of the series or exam.
        data: MD.ai's geometry, None without any.
    """

    id: str
    group: str
    name: str
    mode: str | None
    color: str
    k: int | None
    data: Mapping[str, Any] | None
    note: str | None


def marks_of(export: bytes, grid: Grid) -> Iterator[Mark]:
    """Yield the labels of the demo's MD.ai export that belong to its series."""
    tree = json.loads(export)
    classes = {
        str(label["id"]): (group["name"], label)
        for group in tree["labelGroups"]
        for label in group["labels"]
    }
    slices: dict[str, int] = {instance_uid(k): k for k in range(grid.slices)}
    for row in tree["datasets"][0]["annotations"]:
        group, label = classes[row["labelId"]]
        named: str | None = row.get("SOPInstanceUID")
        if named is None or named in slices:
            yield Mark(
                id=row["id"],
                group=group,
                name=label["name"],
                mode=label["annotationMode"],
                color=label["color"],
                k=None if named is None else slices[named],
                data=row["data"],
                note=row["note"],
            )


def bitmap_of(data: Mapping[str, Any], grid: Grid) -> Bitmap:
    """Return the pixels of a mask: rows of 0 and 1, or rings painted and rings erased."""
    if "mask" in data:
        return np.array(data["mask"], dtype=np.bool_)
    canvas = np.zeros((grid.rows, grid.columns), dtype=np.uint8)
    for value, key in ((1, "foreground"), (0, "background")):
        for ring in data[key]:
            cv2.fillPoly(canvas, [np.array(ring, dtype=np.int32)], (value,))
    return canvas > 0


def made_up_id(*parts: object, length: int = 24) -> str:
    """Return letters and digits that follow from the parts alone."""
    number = int(hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest(), 16)
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    found = ""
    while len(found) < length:
        number, rest = divmod(number, 36)
        found += digits[rest]
    return found
