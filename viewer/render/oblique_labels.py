"""Labels on an oblique plane: which ones it may meet, and the lines of what it meets."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.mask import Mask
from viewer.geometry.oblique import ObliquePlane
from viewer.geometry.oblique_cuts import ObliqueCut, oblique_cut_of, solid_cut_of
from viewer.geometry.oblique_masks import Grid, as_slices, masks_on
from viewer.geometry.shapes import Shape
from viewer.geometry.solids import MaskVolume, Solid
from viewer.geometry.space import Floats, voxel_from_pixel
from viewer.render.lines import Lines, lines_of_mask

Check = Callable[[], None]


def may_meet(
    plane: ObliquePlane, index: int, axis: int, slices: NDArray[np.int64], boxes: Floats
) -> NDArray[np.bool_]:
    """Return which (n,) shapes of planes along an axis a plane may meet, by their bounds.

    Args:
        plane: the family.
        index: of the plane in it.
        axis: voxel axis that the planes of the shapes cut.
        slices: (n,) which of them each was drawn on.
        boxes: (n, 4) x0, y0, x1, y1 in the pixel space of its plane.
    """
    stack, low, high = plane.stack, np.zeros(len(slices)), np.zeros(len(slices))
    directions = (stack.row_direction, stack.column_direction)
    sides: Floats = np.stack([slices - 0.5, slices + 0.5], axis=1).astype(np.float64)
    across, down = voxel_from_pixel(boxes[:, [0, 2]]), voxel_from_pixel(boxes[:, [1, 3]])
    spans = [across, down]
    spans.insert(axis, sides)  # columns, rows and slices, in voxel space
    for direction, side, span in zip(directions, stack.spacing_mm, spans, strict=False):
        ends = span * (side * float(direction @ plane.e_n))
        low, high = low + ends.min(axis=1), high + ends.max(axis=1)
    ends = _levels(plane, index, spans[2])
    return (low + ends.min(axis=1) <= 0) & (high + ends.max(axis=1) >= 0)


def _levels(plane: ObliquePlane, index: int, span: Floats) -> Floats:
    """(n, 4) distances from the plane of the ends of the slabs of (n, 2) first and last slices."""
    stack = plane.stack
    k = np.clip(np.stack([np.floor(span[:, 0]), np.ceil(span[:, 1])], axis=1), 0, stack.count - 1)
    away = (stack.origins - plane.origin_mm(index)) @ plane.e_n
    reach = stack.strips_mm * (-1, 1) * float(stack.normal @ plane.e_n)
    return (away[:, None] + reach)[k.astype(np.intp)].reshape(-1, 4)


def oblique_lines(
    shape: Shape, slice_index: int, plane: ObliquePlane, index: int, axis: int
) -> Lines | None:
    """Return where a plane of an oblique family cuts a shape; None if nowhere.

    Args:
        shape, slice_index, plane, index, axis: as in `geometry.oblique_cuts.oblique_cut_of`.
    """
    if not isinstance(shape, Mask):
        return _of_cut(oblique_cut_of(shape, slice_index, plane, index, axis))
    stack = plane.stack
    if axis == 2:
        found = masks_on([(slice_index, shape)], plane, index, stack.slabs_mm)
    else:
        found = masks_on(as_slices(shape, slice_index, axis), plane, index, stack.strips_mm)
    return _of_mask(*found)


def oblique_solid_lines(
    solid: Solid, plane: ObliquePlane, index: int, check: Check
) -> Lines | None:
    """Return where a plane of an oblique family meets a solid; None if nowhere."""
    if not isinstance(solid, MaskVolume):
        return _of_cut(solid_cut_of(solid, plane, index))
    stack, masks, met = plane.stack, solid.masks, set(_met_slices(plane, index))
    held: list[tuple[int, Mask]] = []
    for k in masks.slices():
        check()
        mask = masks.mask(k) if k in met else None
        if mask is not None:
            held.append((k, mask))
    return _of_mask(*masks_on(held, plane, index, stack.strips_mm, check))


def _met_slices(plane: ObliquePlane, index: int) -> list[int]:
    """The slices that a plane goes through."""
    stack = plane.stack
    whole = np.array([[0.0, 0.0, stack.columns, stack.rows]]).repeat(stack.count, axis=0)
    return np.flatnonzero(may_meet(plane, index, 2, np.arange(stack.count), whole)).tolist()


def _of_cut(cut: ObliqueCut) -> Lines | None:
    if cut.is_empty:
        return None
    return Lines(
        areas=cut.areas,
        is_askew=True,
        ticks=np.concatenate([cut.edges, cut.ticks]),
        points=cut.points if len(cut.points) else None,
    )


def _of_mask(mask: Mask, grid: Grid) -> Lines | None:
    """The lines of a mask of a grid's pixels, in plane mm."""
    if not mask.area:
        return None
    lines = lines_of_mask(mask, (grid.pixel_mm, grid.pixel_mm))
    moved = np.array([grid.p0, grid.q0] * 2)
    edges = None if lines.edges is None else lines.edges + moved
    fills = None if lines.fills is None else lines.fills + moved
    return Lines(edges=edges, fills=fills, is_askew=True)
