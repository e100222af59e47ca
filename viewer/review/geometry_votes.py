"""What an export's own geometry says of the order of slices, held against a stack's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from viewer.geometry.space import Floats
from viewer.geometry.stack import Stack

NEAR_STEPS = 0.25  # of the slice step and of a pixel: a place that is off by less is the same
_LIMIT_MM = 1e7


@dataclass(frozen=True)
class Vote:
    """How the slices that an export counts lie in a stack.

    Args:
        order: None where the geometry says nothing of it.
        offset: added to the export's number, before it is reversed, to get the stack's.
        sentence: how the two differ, "" where they agree.
    """

    order: Literal["stack", "reversed"] | None = None
    offset: int = 0
    sentence: str = ""


def vote_of(affine: Sequence[float], count: int | None, stack: Stack) -> Vote:
    """Compare an export's affine with a stack.

    Args:
        affine: 12 numbers, row by row of 3 x 4, from voxel (i, j, k) to patient mm, LPS.
        count: number of slices that the export says, None when it does not.
    """
    placed = _matrix(affine)
    if placed is None:
        return Vote(sentence="the export's geometry is not twelve numbers of a place in mm")
    along = float(placed[:, 2] @ stack.normal)
    if abs(along) < NEAR_STEPS * stack.step_mm:
        return Vote(sentence="the export's geometry has slices of another orientation")
    here = stack.positions_mm
    order = "stack" if along > 0 else "reversed"
    from_end = here if order == "stack" else here[::-1]
    first = float(placed[:, 3] @ stack.normal)
    offset = int(np.argmin(np.abs(from_end - first)))
    if abs(from_end[offset] - first) > NEAR_STEPS * stack.step_mm:
        offset = round((first - float(from_end[0])) / along)
    apart = _apart_mm(placed, count, stack, order, offset)
    if apart is None:
        return Vote(sentence="the export's geometry is elsewhere in the patient")
    if apart > NEAR_STEPS * max(stack.step_mm, *stack.spacing_mm):
        return Vote(sentence=f"the export's geometry lies up to {apart:.4g} mm away")
    return Vote(order, offset)


def _matrix(affine: Sequence[float]) -> Floats | None:
    if len(affine) != 12:
        return None
    placed = np.array(affine, dtype=np.float64).reshape(3, 4)
    return placed if np.isfinite(placed).all() and np.abs(placed).max() < _LIMIT_MM else None


def _apart_mm(
    placed: Floats, count: int | None, stack: Stack, order: str, offset: int
) -> float | None:
    """How far corners of the slices that both have lie apart; None where they share none."""
    low, high = max(0, -offset), min(count or stack.count, stack.count - offset)
    if low >= high:
        return None
    apart = 0.0
    for k in {low, (low + high - 1) // 2, high - 1}:
        slice = k + offset if order == "stack" else stack.count - 1 - k - offset
        corners = [(i, j) for i in (0, stack.columns - 1) for j in (0, stack.rows - 1)]
        theirs = np.array([(i, j, k, 1) for i, j in corners]) @ placed.T
        ours = stack.patient_of_voxel([(i, j, slice) for i, j in corners])
        apart = max(apart, float(np.linalg.norm(theirs - ours, axis=1).max()))
    return apart
