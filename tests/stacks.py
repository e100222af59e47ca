"""Stacks of every kind a scanner makes, by name, and volumes over them; shared by tests."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.space import SlicePlane
from viewer.geometry.stack import Stack, stack_of
from viewer.media.instance import FileRef, Instance, Rescale
from viewer.media.pixel_data.decoding import frames_of_instances
from viewer.media.volume import SeriesFacts, Volume

Rows = NDArray[np.float64]
COLUMNS, ROWS, COUNT = 11, 9, 8
EVEN = 3.0 * np.arange(COUNT)
L, P, H = np.eye(3)


def turned(degrees: float, about: Sequence[float]) -> Rows:
    """Return the (3, 3) rotation about an axis (Rodrigues)."""
    axis = np.asarray(about, dtype=np.float64) / np.linalg.norm(about)
    cross = np.cross(np.eye(3), axis)
    angle = np.radians(degrees)
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross


def built(
    row: Rows,
    column: Rows,
    *,
    steps: Rows = EVEN,
    along: Rows | None = None,
    spacing: tuple[float, float] = (0.8, 0.8),
) -> Stack:
    """Return a stack whose slice k lies at steps[k] mm along `along` (the normal by default)."""
    way = np.cross(row, column) if along is None else along
    origins = np.array([-31.5, 12.25, -104.0]) + np.asarray(steps)[:, None] * way
    return stack_of([SlicePlane(o, row, column, spacing, COLUMNS, ROWS) for o in origins])


def oblique(degrees: float, **how: object) -> Stack:
    """Return an axial stack turned about a skew axis."""
    row, column = turned(degrees, (1, 2, 3))[:2]
    return built(row, column, **how)  # pyright: ignore[reportArgumentType]


_GANTRY = turned(18.5, L)[1]
_ASIDE = turned(12.0, P)[0]
_UNEVEN = np.array([0, 2.5, 6, 8.2, 11, 14.4, 17, 20.1])
_GAPPED = 3.0 * np.array([0, 1, 2, 5, 6, 7, 9, 10])

UNIFORM: dict[str, Stack] = {
    "axial": built(L, P),
    "axial with the feet up": built(L, -P),
    "axial in reverse order": built(L, P, steps=-EVEN),
    "prone": built(-L, -P),
    "sagittal": built(P, -H),
    "coronal": built(L, -H),
    "oblique": oblique(25),
    "double oblique": oblique(70),
    "oblique the other way": oblique(-130),
    "not square": built(L, P, spacing=(0.5, 1.25)),
    "sagittal, not square": built(P, -H, spacing=(1.5, 0.4)),
    "oblique, not square": oblique(35, spacing=(1.5, 0.4)),
    "one slice": built(L, P, steps=np.zeros(1)),
}
ODD: dict[str, Stack] = {
    "tilted": built(L, _GANTRY, along=H),
    "tilted the other way": built(L, turned(-21, L)[1], along=H),
    "tilted aside": built(_ASIDE, P, along=H),
    "tilted twice": built(L, P, along=np.array([0.3, -0.2, 0.9])),
    "tilted sagittal": built(P, -H, along=np.array([1, 0.25, 0.1])),
    "tilted, not square": built(L, _GANTRY, along=H, spacing=(0.5, 1.25)),
    "uneven": built(L, P, steps=_UNEVEN),
    "uneven in reverse order": built(L, -P, steps=-_UNEVEN),
    "oblique and uneven": oblique(40, steps=_UNEVEN),
    "gapped": built(L, P, steps=_GAPPED),
    "gapped coronal": built(L, -H, steps=_GAPPED),
    "tilted and gapped": built(L, _GANTRY, along=H, steps=_GAPPED),
    "tilted, uneven, not square": built(L, _GANTRY, along=H, steps=_UNEVEN, spacing=(0.5, 1.25)),
}
STACKS: dict[str, Stack] = UNIFORM | ODD


def volume_of(stack: Stack, pixels: NDArray[np.int16]) -> Volume:
    """Return a loaded volume of stored values (count, rows, columns) over a stack."""
    instances = tuple(
        Instance(f"1.2.3.{k}", FileRef(f"{k}.dcm"), k, stack.columns, stack.rows)
        for k in range(stack.count)
    )
    return Volume(
        id="1.2.3",
        title="phantom",
        facts=SeriesFacts("1.2", "1.2.3"),
        stack=stack,
        instances=instances,
        pixels=pixels,
        ready=np.ones(stack.count, dtype=np.bool_),
        reader=frames_of_instances(instances),
        rescale=Rescale(),
    )
