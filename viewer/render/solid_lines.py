"""The lines of solids on the planes that meet them, and what of that is worked out beforehand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from viewer.geometry.flats import Size, flats_of, resliced
from viewer.geometry.mask import EMPTY, Mask
from viewer.geometry.oblique import ObliquePlane
from viewer.geometry.shapes import Shape
from viewer.geometry.solids import ChangedMasks, KeptMasks, MaskVolume, SliceMasks, masks_of
from viewer.geometry.views import Axis
from viewer.render.lines import Lines, plane_lines, shape_lines
from viewer.render.oblique_labels import oblique_solid_lines
from viewer.render.planes import Section
from viewer.review.extents import Extent, size_of
from viewer.review.kept import Kept
from viewer.review.matching import Matches

FEW_SLICES = 500  # of mask volumes are cut within a frame

_resliced: Kept[tuple[SliceMasks, Axis, int, Size], Mask] = Kept(128, for_views=True)


def flats_on(
    extent: Extent, axis: Axis, index: int, size: Size, check: Callable[[], None] = lambda: None
) -> tuple[Shape, ...]:
    """Return what a solid is on one plane, as `geometry.flats`; masks of reformats are kept."""
    if not isinstance(extent.solid, MaskVolume):
        return flats_of(extent.solid, axis, index, size, check)
    mask = _mask_on(extent.solid.masks, axis, index, size, check)
    return (mask,) if mask.area else ()


def solid_lines(
    extent: Extent, matches: Matches, section: Section, check: Callable[[], None]
) -> Lines | None:
    """Return the lines of a solid on a section; None where it is missed."""
    if isinstance(section.view, ObliquePlane):
        return oblique_solid_lines(extent.solid, section.view, section.index, check)
    size = size_of(matches.lookup.media[extent.media])
    view, axis = section.view, 2 if section.view is None else section.view.axis
    flats = flats_on(extent, axis, section.index, size, check)
    parts = [
        shape_lines(flat, section.spacing_mm)
        if view is None or section.is_acquired
        else plane_lines(flat, view)
        for flat in flats
    ]
    if len(parts) < 2:
        return parts[0] if parts else None
    points = [part.points for part in parts if part.points is not None]
    return Lines(
        rings=tuple(ring for part in parts for ring in part.rings),
        lines=tuple(line for part in parts for line in part.lines),
        points=np.concatenate(points) if points else None,
    )


def cost_of_solids(matches: Matches, section: Section) -> float:
    """Return how much work the solids of a section are: 1 as much as one frame has time for."""
    size, axis = size_of(matches.lookup.media[section.media]), section.own_axis
    found = matches.solids_on(section.media, section.axis, section.index)
    if axis is None:  # each voxel of the oblique plane is asked for
        return 2.0 * any(isinstance(extent.solid, MaskVolume) for extent in found)
    slices = 0
    for extent in found:
        if isinstance(extent.solid, MaskVolume):
            masks = extent.solid.masks
            slices += _slices_to_decode(masks, axis, section.index, size)
    return slices / FEW_SLICES


def _slices_to_decode(masks: SliceMasks, axis: Axis, index: int, size: Size) -> int:
    """How many slices have to be looked at; as good as endless where they stand in a file."""
    if isinstance(masks, ChangedMasks):
        over = len(masks.changed) if axis != 2 else 0
        is_there = axis == 2 and index in masks.changed
        return over if is_there else over + _slices_to_decode(masks.base, axis, index, size)
    if (masks, axis, index, size) in _resliced:
        return 0
    if isinstance(masks, KeptMasks):
        return 0 if axis == 2 else len(masks.kept)
    return FEW_SLICES + 1


def _mask_on(
    masks: SliceMasks, axis: Axis, index: int, size: Size, check: Callable[[], None]
) -> Mask:
    if isinstance(masks, ChangedMasks):
        return _changed_on(masks, axis, index, size, check)
    if axis == 2 and isinstance(masks, KeptMasks):
        return masks.mask(index) or EMPTY
    volume = MaskVolume(masks)
    key = (masks, axis, index, size)
    return _resliced.get(key, lambda: resliced(volume, axis, index, size, check))


def _changed_on(
    masks: ChangedMasks, axis: Axis, index: int, size: Size, check: Callable[[], None]
) -> Mask:
    """Lay changed slices over what the others are on a plane, which is kept."""
    if axis == 2 and index in masks.changed:
        return masks.changed[index] or EMPTY
    under = _mask_on(masks.base, axis, index, size, check)
    if axis == 2:
        return under
    fresh = masks_of({k: mask for k, mask in masks.changed.items() if mask})
    over = resliced(MaskVolume(fresh), axis, index, size, check)
    parts = [part for part in (under, over) if part.area]
    if not parts:
        return EMPTY
    left, top = min(part.x for part in parts), min(part.y for part in parts)
    right = max(part.x + part.width for part in parts)
    canvas = np.zeros((max(part.y + part.height for part in parts) - top, right - left), np.bool_)
    for part in parts:
        rows = slice(part.y - top, part.y - top + part.height)
        canvas[rows, part.x - left : part.x - left + part.width] |= part.to_array()
        if part is under:
            gone = [k - top for k in masks.changed if top <= k < top + len(canvas)]
            canvas[gone] = False
    return Mask.from_array(canvas, left, top)
