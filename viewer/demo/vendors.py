"""What the demo's exports of all vendors have in common: the labels, and which of them each holds.

The MD.ai export is the one the others follow, so that all of them draw the same picture.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from viewer.demo.phantom import Grid
from viewer.demo.study import STUDY_UID, instance_uid

Bitmap: TypeAlias = NDArray[np.bool_]  # (rows, columns)
NOTE, YES = "Note", "yes"
SHAPES = frozenset({"bbox", "freeform", "polygon", "line", "location", "ellipse", "mask"})


@dataclass(frozen=True)
class Holds:
    """What of the demo's labels a vendor's export of it holds.

    Args:
        shapes: MD.ai's words for those that it draws.
        scopes: MD.ai's words for what its classifications are said of.
        readers: it tells labels of one name by their readers.
        colors: it, or what lies beside it, says the colour of a class.
        fractions: its coordinates lie between whole pixels too.
        masks: masks are pixels; else they are the outlines of their regions.
        between: it tells frames between key frames from these.
        frames: it holds what is said of a frame of a video.
    """

    shapes: frozenset[str] = SHAPES
    scopes: frozenset[str] = frozenset({"INSTANCE", "SERIES", "STUDY", "EXAM"})
    readers: bool = True
    colors: bool = True
    fractions: bool = True
    masks: bool = True
    between: bool = True
    frames: bool = True


HOLDS: Mapping[str, Holds] = {
    "mdai": Holds(),
    "labelbox": Holds(frozenset({"line", "mask"}), frozenset(), readers=False, colors=False),
    "redbrick": Holds(),
    "encord": Holds(between=False),
    "datagym": Holds(
        SHAPES - {"ellipse"}, frozenset({"INSTANCE"}), fractions=False, masks=False, frames=False
    ),
}


@dataclass(frozen=True)
class Mark:
    """One label of the demo that lies on a slice or says something of it.

    Args:
        id: MD.ai's.
        group, name, mode, color: of its class; mode is MD.ai's word, None for a classification.
        scope: MD.ai's word for what it is said of.
        k: slice from the feet, None for labels of the series or exam.
        data: MD.ai's geometry, None without any.
        parent: id of the label that it belongs to.
    """

    id: str
    group: str
    name: str
    mode: str | None
    color: str
    scope: str
    k: int | None
    data: Mapping[str, Any] | None
    note: str | None
    parent: str | None

    @property
    def full_name(self) -> str:
        """Name and reader: what the label is called where classes have no groups."""
        return f"{self.name} ({self.group})"


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
        if row["StudyInstanceUID"] == STUDY_UID and (named is None or named in slices):
            yield Mark(
                id=row["id"],
                group=group,
                name=label["name"],
                mode=label["annotationMode"],
                color=label["color"],
                scope=label["scope"],
                k=None if named is None else slices[named],
                data=row["data"],
                note=row["note"],
                parent=row["parentId"],
            )


def drawn_in(vendor: str, marks: Sequence[Mark], grid: Grid) -> list[Mark]:
    """Return the labels with a shape that a vendor's export holds; a mask has some pixel."""
    held = HOLDS[vendor].shapes
    fits = [mark for mark in marks if mark.k is not None and mark.data and mark.mode in held]
    return [mark for mark in fits if mark.mode != "mask" or bitmap_of(mark.data or {}, grid).any()]


def said_in(vendor: str, marks: Sequence[Mark]) -> list[Mark]:
    """Return the classifications that a vendor's export holds of slices, the series and the exam.

    Those of a label, which are its attributes elsewhere, are not among them.
    """
    held = HOLDS[vendor].scopes
    return [m for m in marks if m.mode is None and m.parent is None and m.scope in held]


def answers_in(marks: Sequence[Mark]) -> dict[str, dict[str, str]]:
    """Return what else is said of labels with a shape, by label id and question."""
    found: dict[str, dict[str, str]] = {}
    for mark in marks:
        if mark.parent is not None:
            found.setdefault(mark.parent, {})[mark.name] = mark.note or YES
        elif mark.data and mark.note:
            found.setdefault(mark.id, {})[NOTE] = mark.note
    return found


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


def made_up_uuid(*parts: object) -> str:
    """Return a UUID that follows from the parts alone."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, " ".join(("overread demo", *map(str, parts)))))
