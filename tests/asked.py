"""Small projects whose labels were asked questions, without a vendor's format."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import msgspec
from composed import BOX, project_of_rows, row, volume

from tests.telling import matched
from viewer.model.annotation import Annotation
from viewer.model.answers import Attribute
from viewer.model.project import Project
from viewer.model.table import AnnotationTable
from viewer.session.session import Session

FINDING = Attribute("Finding", "nodule", "finding", "choice", ("nodule", "mass"))
EDGE = Attribute("Edge", "soft", "edge", "choice", depth=1, under="nodule")
SIZE = Attribute("Size", 3.5, "size", "number", low=0, high=50)
SURE = Attribute("Sure", True, "sure", "boolean")
SIGNS = Attribute("Signs", ("halo",), "signs", "choices", ("halo", "spicules", "cavity"))
SEEN = Attribute("Seen", "by eye", "seen", "text")
MACHINE = Attribute("Machine", "v1", "", "shown")
EVERY = (FINDING, EDGE, SIZE, SURE, SIGNS, SEEN, MACHINE)
MASS = (
    msgspec.structs.replace(FINDING, value="mass"),
    Attribute("Kind of mass", "cyst", "mass", "choice", depth=1, under="mass"),
)
Asking = Callable[[int], tuple[Attribute, ...]]


def asked_project(folder: Path, rows: int, asking: Asking, *, on_frame: bool = False) -> Project:
    """Return boxes on slices 0, 1 ... of the phantom, each with the answers of its ordinal.

    Args:
        on_frame: the answers are those of their placement.
    """
    opened = project_of_rows(folder, [row("L_box", BOX, k % 8) for k in range(rows)])
    base = opened.annotations.bases["1"]

    def decode(ordinal: int, /) -> Annotation:
        found = base.decode(ordinal)
        if not on_frame:
            return msgspec.structs.replace(found, attributes=asking(ordinal))
        placed = msgspec.structs.replace(found.placements[0], attributes=asking(ordinal))
        return msgspec.structs.replace(found, placements=(placed,))

    bases = MappingProxyType({"1": replace(base, decode=decode)})
    return replace(opened, annotations=AnnotationTable(bases))


def asked_session(
    folder: Path, rows: int, asking: Asking = lambda _: EVERY, *, on_frame: bool = False
) -> Session:
    """Return a session over the phantom with these labels, in Edit."""
    project = asked_project(folder, rows, asking, on_frame=on_frame)
    media = (volume(),)
    session = Session()
    session.open(project, media, (), matched(project, media))
    session.set_mode("edit")
    return session
