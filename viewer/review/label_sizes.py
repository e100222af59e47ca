"""How large labels are, in pixels or voxels as their export says: to group them, not to measure."""

from __future__ import annotations

from collections.abc import Callable
from sys import maxsize
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.measure import bounds
from viewer.geometry.solid_sizes import spread_of
from viewer.geometry.solids import Cuboid, MaskVolume, reach_of
from viewer.model.annotation import Annotation
from viewer.model.table import KINDS, SOLID_KINDS, Base

Check: TypeAlias = Callable[[], None]
Sizes: TypeAlias = NDArray[np.float64]
SizeGroup: TypeAlias = Literal["no size", "small", "medium", "large"]
GROUPS: tuple[SizeGroup, ...] = ("no size", "small", "medium", "large")
CHECK_EVERY = 16  # labels, about a millisecond


def size_groups(base: Base, check: Check) -> NDArray[np.int64]:
    """Return (annotations,) index into GROUPS of each label of an export as it was opened.

    Thirds of the labels that have a size: flat ones by the area of the box around their first
    placement in square pixels, solid ones by their voxels, each among their like. Labels of the
    same size are in the same group.

    Args:
        check: called about every millisecond; raises where the answer is no longer wanted.
    """
    sizes, is_solid = _sizes(base, check)
    groups = np.zeros(len(sizes), dtype=np.int64)
    for among in (~is_solid, is_solid):
        has = among & (sizes > 0)
        if has.any():
            rising = np.sort(sizes[has])
            thirds = rising[[len(rising) // 3, 2 * len(rising) // 3]]
            groups[has] = 1 + np.searchsorted(thirds, sizes[has], side="right")
    return groups


def _sizes(base: Base, check: Check) -> tuple[Sizes, NDArray[np.bool_]]:
    """(annotations,) size of each, 0 of what has none; and whether it is solid."""
    columns = base.columns
    sizes = np.zeros(columns.count)
    is_solid = np.zeros(columns.count, dtype=np.bool_)
    owners, rows = np.unique(columns.owners, return_index=True)
    solid = np.isin(columns.kinds[rows], [KINDS.index(kind) for kind in SOLID_KINDS])
    is_solid[owners] = solid
    if base.bounds is not None:
        boxes = base.bounds(rows[~solid], check)
        sides = np.maximum(np.nan_to_num(boxes[:, 2:] - boxes[:, :2]), 0.0)
        sizes[owners[~solid]] = sides.prod(axis=1)
        owners = owners[solid]
    for at, ordinal in enumerate(owners.tolist()):
        if at % CHECK_EVERY == 0:
            check()
        sizes[ordinal] = _size_of(base.decode(ordinal), check)
    return sizes, is_solid


def _size_of(annotation: Annotation, check: Check) -> float:
    """Return the size of a label's first placement, 0 for none."""
    shape = annotation.placements[0].shape if len(annotation.placements) else None
    match shape:
        case None:
            return 0.0
        case MaskVolume():
            spread = spread_of(shape, maxsize, check)
            return 0.0 if spread is None else float(spread.count)
        case Cuboid():
            return float(np.prod([last - first + 1 for first, last in reach_of(shape)]))
        case _:
            flat = annotation.placements[0].flat
            x0, y0, x1, y1 = (0.0,) * 4 if flat is None else bounds(flat)
            return (x1 - x0) * (y1 - y0)
