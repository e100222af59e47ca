"""What labels measure on the pixels that they are shown on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from viewer.geometry.mask import EMPTY, Mask
from viewer.geometry.measure import physical
from viewer.geometry.plane_frame import PLAIN, PlaneFrame
from viewer.geometry.raster import rasterised
from viewer.geometry.shapes import Shape
from viewer.geometry.solid_sizes import volume_mm3, voxels_of
from viewer.geometry.solids import Cuboid, MaskVolume, Solid, slice_of
from viewer.media import load
from viewer.media.volume import FrameStack, Media, Stored, Volume
from viewer.model.annotation import Annotation
from viewer.model.measuring import Measures
from viewer.model.placement import Placement
from viewer.model.project import Export
from viewer.model.told import Affine
from viewer.review.lookup import Lookup
from viewer.review.places import places_of_annotation

_OFF_LINE_MM = 0.01  # slices farther from an even line have no affine


@dataclass(frozen=True, eq=False)
class PixelMeasurer:
    """Measures labels of one export on loaded pixels; see `viewer.model.measuring.Measurer`.

    Args:
        frames: how exports count on planes, by export id, media and voxel axis.
    """

    export: Export
    lookup: Lookup
    frames: Mapping[tuple[str, int, int], PlaneFrame]

    def __call__(self, annotation: Annotation, placement: Placement, /) -> Measures | None:
        """Return the measures of a placement; None where its pixels were not all loaded yet."""
        alone = msgspec.structs.replace(annotation, placements=(placement,))
        place = places_of_annotation(alone, self.export, self.lookup)[0]
        if place.media is None or placement.shape is None:
            return None
        media = self.lookup.media[place.media]
        if not isinstance(media, Volume | FrameStack) or media.is_colour:
            return None
        if isinstance(placement.shape, Solid):
            voxels = self.lookup.voxels_of(self.export.id, placement.media.entry)
            return _of_solid(voxels.shown(placement.shape), media)
        if place.slice is None or place.axis != 2:
            return None
        frame = self.frames.get((self.export.id, place.media, place.axis), PLAIN)
        shape = frame.shown(placement.shape, (media.columns, media.rows))
        return _of_flat(shape, media, place.slice)


def affine_of(media: Media) -> Affine | None:
    """Return the affine from voxel (i, j, k) to patient mm, LPS; None where steps are not even."""
    if not isinstance(media, Volume) or not media.is_calibrated:
        return None
    stack = media.stack
    dx, dy = stack.spacing_mm
    on_line = stack.origins[0] + np.arange(stack.count)[:, None] * stack.run
    if np.abs(stack.origins - on_line).max() > _OFF_LINE_MM:
        return None
    columns = (stack.row_direction * dx, stack.column_direction * dy, stack.run, stack.origins[0])
    return tuple(np.stack(columns, axis=1).ravel().tolist())


def _of_flat(shape: Shape, media: Stored, k: int) -> Measures | None:
    """Return the measures of a shape on slice k, in the slice's pixel space."""
    found = _measured(media, [(k, rasterised(shape, media.columns, media.rows))])
    if found is None or not media.is_calibrated:
        return found
    return msgspec.structs.replace(found, area_mm2=physical(shape, media.spacing_mm).area_mm2)


def _of_solid(solid: Solid, media: Stored) -> Measures | None:
    masks = _masks_of(solid, media)
    found = _measured(media, masks)
    if found is None or not isinstance(media, Volume) or not media.is_calibrated:
        return found
    voxels = tuple((k, mask.area) for k, mask in masks)
    between = _between_mm3(solid, media) if isinstance(solid, Cuboid) else None
    return msgspec.structs.replace(
        found, volume_mm3=volume_mm3(voxels, media.stack), between_mm3=between
    )


def _between_mm3(solid: Cuboid, media: Volume) -> float:
    low, high = solid.corners
    i, j, k = (abs(b - a) for a, b in zip(low, high, strict=True))
    dx, dy = media.spacing_mm
    return i * dx * j * dy * k * media.stack.step_mm


def _masks_of(solid: Solid, media: Stored) -> list[tuple[int, Mask]]:
    """Return the voxels of a solid that has an inside, by slice of its media."""
    match solid:
        case Cuboid():
            (i0, j0, _), (i1, j1, _) = solid.corners
            left, top = max(slice_of(i0), 0), max(slice_of(j0), 0)
            width = min(slice_of(i1), media.columns - 1) - left + 1
            height = min(slice_of(j1), media.rows - 1) - top + 1
            size = (media.columns, media.rows, media.count)
            return [
                (k, Mask(left, top, width, height, np.array([0, count], dtype=np.int32)))
                for k, count in voxels_of(solid, size)
            ]
        case MaskVolume():
            slices = (k for k in solid.masks.slices() if 0 <= k < media.count)
            found = [(k, solid.masks.mask(k) or EMPTY) for k in slices]
            return [(k, rasterised(mask, media.columns, media.rows)) for k, mask in found]
        case _:
            return []


def _measured(media: Stored, masks: list[tuple[int, Mask]]) -> Measures | None:
    """Return the values inside masks of several slices; None without, or where one is not here."""
    total, count, lowest, highest = 0.0, 0, np.inf, -np.inf
    for values in _values(media, masks):
        if values is None:
            return None
        if len(values):
            total, count = total + float(values.sum()), count + len(values)
            lowest, highest = min(lowest, float(values.min())), max(highest, float(values.max()))
    return Measures(total / count, lowest, highest) if count else None


def _values(media: Stored, masks: list[tuple[int, Mask]]) -> Iterator[NDArray[np.float64] | None]:
    """Yield the modality values inside each mask, padding left out; None of a slice not loaded."""
    if media.was_let_go:
        load(media, first=masks[0][0] if masks else None, only=[k for k, _mask in masks])
    for k, mask in masks:
        picture = media.picture(k)
        if picture is None or k in media.slice_errors:
            yield None
            return
        stored = picture[mask.y : mask.y + mask.height, mask.x : mask.x + mask.width]
        padding = media.padding_in(stored)
        inside = mask.to_array() if padding is None else mask.to_array() & ~padding
        yield media.in_units(stored[inside], k)
