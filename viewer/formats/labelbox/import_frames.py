"""What rows of an import say of shapes: on which frames, and in which numbers."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence

from viewer.errors import CannotWrite
from viewer.formats.labelbox.encode import geometry_of
from viewer.formats.style import JsonValue
from viewer.geometry.shapes import Polygon
from viewer.model.placement import Placement

Row = dict[str, JsonValue]
Runs = list[tuple[int, int]]


def image_mask(png: bytes) -> Row:
    """Return the value of `mask` of a label on a picture."""
    return {"png": base64.b64encode(png).decode()}


def drawn_runs(placements: Sequence[Placement]) -> list[list[Placement]]:
    """Return the frames of each unbroken stretch that tell the rest: those drawn, and its ends."""
    runs: list[list[Placement]] = []
    for placement in sorted(placements, key=lambda one: one.index or 0):
        is_next = runs and placement.index == (runs[-1][-1].index or 0) + 1
        if not is_next:
            runs.append([])
        runs[-1].append(placement)
    shaped = [[one for one in run if one.shape is not None] for run in runs]
    return [
        [one for at, one in enumerate(run) if one.is_key or at in (0, len(run) - 1)]
        for run in shaped
        if run
    ]


def runs_of(numbers: Iterable[int]) -> Runs:
    """Return (first, last) of each unbroken run of numbers."""
    found: Runs = []
    for number in sorted(numbers):
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


def import_geometry(placement: Placement) -> Row:
    """Return the key and the value that hold a placement's shape.

    Raises:
        CannotWrite: an import cannot hold it.
    """
    shape = placement.flat
    if shape is None:
        raise CannotWrite("it has no shape")
    if isinstance(shape, Polygon) and shape.holes:
        raise CannotWrite("an import holds no polygons with holes")
    key, value = geometry_of(shape)
    return {"bbox" if key == "bounding_box" else key: value}
