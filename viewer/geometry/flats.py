"""What solids are on the planes that meet them, and solids after an edit on one of these planes.

Pixel space of a plane: x and y count from the corner of its first pixel along the two voxel axes
that it does not cut, in their order; so on the acquired plane x counts columns and y rows, and on
the others y counts slices.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import TypeAlias, cast

import msgspec
import numpy as np

from viewer.geometry.mask import EMPTY, Mask
from viewer.geometry.shapes import Box, Point, Polyline, Shape
from viewer.geometry.solids import (
    Angle,
    Cuboid,
    Landmark,
    Length,
    MaskVolume,
    Solid,
    Voxel,
    masks_of,
    points_of_solid,
    slice_of,
)
from viewer.geometry.space import pixel_from_voxel, voxel_from_pixel
from viewer.geometry.views import Axis

Size: TypeAlias = tuple[int, int, int]  # columns, rows, slices
ACROSS: dict[Axis, tuple[int, int]] = {0: (1, 2), 1: (0, 2), 2: (0, 1)}  # voxel axes of x and y
NEAR = 1e-9  # voxels: what an edit leaves as near was not edited


def flats_of(
    solid: Solid, axis: Axis, index: int, size: Size, check: Callable[[], None] = lambda: None
) -> tuple[Shape, ...]:
    """Return what a solid is on one plane, in that plane's pixel space; () where it is missed.

    A landmark is a point on the slice it lies in. A length or angle is a line where all of it lies
    within half a slice; else a point wherever it goes through, and a line along what stays.

    Args:
        solid: in voxel space.
        axis: voxel axis that the plane cuts.
        index: of the plane along its axis.
        size: of the media; masks beyond are left out.
        check: called for each slice of a mask volume; may raise to stop.
    """
    match solid:
        case Landmark(point):
            is_here = slice_of(point[axis]) == index
            return (Point(*_pixel(point, axis)),) if is_here else ()
        case Length() | Angle():
            return _ways(points_of_solid(solid), axis, index)
        case Cuboid():
            return _box(solid, axis, index)
        case MaskVolume():
            mask = resliced(solid, axis, index, size, check)
            return (mask,) if mask.area else ()


def flat_of(solid: Solid, axis: Axis, index: int, size: Size) -> Shape | None:
    """Return the shape that a solid is on one plane: the first of `flats_of`, None without one."""
    return next(iter(flats_of(solid, axis, index, size)), None)


def is_whole(solid: Solid, axis: Axis, index: int) -> bool:
    """Return whether a plane shows all of a solid's points, so that it can be edited there.

    A cuboid can be on every plane, a mask volume on each of its slices.
    """
    if isinstance(solid, Cuboid):
        return True
    if isinstance(solid, MaskVolume):
        return axis == 2
    return all(slice_of(point[axis]) == index for point in points_of_solid(solid))


def raised(solid: Solid, flat: Shape, axis: Axis, index: int) -> Solid:
    """Return the solid that is `flat` on one plane and else as before; `is_whole` must hold.

    Slices are kept whole: a point moved on a reformat comes to lie on a slice, and sides of a
    cuboid between voxels. Numbers that were not edited stay as they are to the last digit.
    """
    match solid, flat:
        case Landmark(), Point(x, y):
            return Landmark(_moved(solid.point, (x, y), axis))
        case ((Length() | Angle()), Polyline(vertices)):
            points = points_of_solid(solid)
            if len(vertices) != len(points):
                return solid
            moved = (
                _moved(point, (float(x), float(y)), axis)
                for point, (x, y) in zip(points, vertices, strict=True)
            )
            return type(solid)(*moved)
        case Cuboid(), Box():
            return _stretched(solid, flat, axis)
        case MaskVolume(), Mask() if axis == 2:
            return solid.with_slice(index, flat)
        case _:
            return solid


def solid_made(kind: str, flat: Shape, axis: Axis, index: int) -> Solid | None:
    """Return the new solid of a kind that is `flat` on one plane; None where it cannot be made so.

    On a reformat a place comes to lie on a slice, as in `raised`.

    Args:
        kind: "landmark", "length", "angle", "cuboid" or "volume".
        flat: a point; a line of two or three places; a box, which becomes one slice thick; a mask
            on the acquired plane.
    """
    match kind, flat:
        case "landmark", Point(x, y):
            return Landmark(_voxel((x, y), axis, index))
        case "length", Polyline(vertices) if len(vertices) == 2:
            first, last = (_voxel((x, y), axis, index) for x, y in vertices.tolist())
            return Length(first, last)
        case "angle", Polyline(vertices) if len(vertices) == 3:
            first, vertex, last = (_voxel((x, y), axis, index) for x, y in vertices.tolist())
            return Angle(first, vertex, last)
        case "cuboid", Box():
            corner = (float(index), float(index), float(index))
            return _stretched(Cuboid(corner, corner), flat, axis)
        case "volume", Mask() if axis == 2:
            return MaskVolume(masks_of({index: flat}))
        case _:
            return None


def _voxel(pixel: tuple[float, float], axis: Axis, index: int) -> Voxel:
    """The voxel place of a place on a plane."""
    found = [float(index)] * 3
    for other, at in zip(ACROSS[axis], pixel, strict=True):
        to = float(voxel_from_pixel(at))
        found[other] = float(slice_of(to)) if other == 2 else to
    return cast("Voxel", tuple(found))


def _pixel(point: Voxel, axis: Axis) -> tuple[float, float]:
    x, y = (float(pixel_from_voxel(point[other])) for other in ACROSS[axis])
    return x, y


def _ways(points: tuple[Voxel, ...], axis: Axis, index: int) -> tuple[Shape, ...]:
    """What stays within a slice as lines, and where the rest goes through it as points."""
    if all(slice_of(point[axis]) == index for point in points):
        return (Polyline(np.array([_pixel(point, axis) for point in points])),)
    found: dict[tuple[float, ...], Shape] = {}
    for first, last in pairwise(points):
        ends = slice_of(first[axis]), slice_of(last[axis])
        if ends == (index, index):
            line = np.array([_pixel(first, axis), _pixel(last, axis)])
            found[tuple(line.ravel().tolist())] = Polyline(line)
        elif min(ends) <= index <= max(ends):
            at = _pixel(_through(first, last, axis, index), axis)
            found[at] = Point(*at)
    return tuple(found.values())


def _through(first: Voxel, last: Voxel, axis: Axis, index: int) -> Voxel:
    """Where a way goes through a slice: at its middle, or at the end that it comes nearest."""
    share = (index - first[axis]) / (last[axis] - first[axis])
    share = min(max(share, 0.0), 1.0)
    i, j, k = (a + (b - a) * share for a, b in zip(first, last, strict=True))
    return i, j, k


def _box(solid: Cuboid, axis: Axis, index: int) -> tuple[Shape, ...]:
    low, high = solid.corners
    if not slice_of(low[axis]) <= index <= slice_of(high[axis]):
        return ()
    x, y = ACROSS[axis]
    # A voxel reaches from its number to the next in pixel space, which counts from the corner.
    return (Box(low[x], low[y], high[x] - low[x] + 1, high[y] - low[y] + 1),)


def resliced(
    volume: MaskVolume, axis: Axis, index: int, size: Size, check: Callable[[], None] = lambda: None
) -> Mask:
    """Return the voxels of a volume on one plane; on a reformat its rows are slices."""
    masks = volume.masks
    if axis == 2:
        return masks.mask(index) or EMPTY
    rows: dict[int, np.ndarray[tuple[int, int], np.dtype[np.int64]]] = {}
    for k in masks.slices():
        check()
        mask = masks.mask(k) if 0 <= k < size[2] else None
        if mask is not None:
            spans = mask.column_spans(index) if axis == 0 else mask.row_spans(index)
            if len(spans):
                rows[k] = np.clip(spans, 0, size[1 - axis])
    if not rows:
        return EMPTY
    left = min(int(spans.min()) for spans in rows.values())
    right = max(int(spans.max()) for spans in rows.values())
    top = min(rows)
    bitmap = np.zeros((max(rows) + 1 - top, right - left), dtype=np.bool_)
    for k, spans in rows.items():
        for start, end in (spans - left).tolist():
            bitmap[k - top, start:end] = True
    return Mask.from_array(bitmap, left, top)


def _moved(point: Voxel, pixel: tuple[float, float], axis: Axis) -> Voxel:
    """The point at another place of a plane."""
    moved = list(point)
    for other, at in zip(ACROSS[axis], pixel, strict=True):
        to = float(voxel_from_pixel(at))
        if abs(to - point[other]) > NEAR:
            moved[other] = float(slice_of(to)) if other == 2 else to
    return cast("Voxel", tuple(moved))


def _stretched(solid: Cuboid, flat: Box, axis: Axis) -> Cuboid:
    low, high = (list(corner) for corner in solid.corners)
    x, y = ACROSS[axis]
    for other, start, length in ((x, flat.x, flat.width), (y, flat.y, flat.height)):
        if abs(start - low[other]) > NEAR:
            low[other] = float(np.rint(start))
        if abs(start + length - 1 - high[other]) > NEAR:
            high[other] = float(np.rint(start + length)) - 1
        high[other] = max(low[other], high[other])
    is_low = [a <= b for a, b in zip(solid.low, solid.high, strict=True)]
    first = tuple(a if keeps else b for a, b, keeps in zip(low, high, is_low, strict=True))
    last = tuple(b if keeps else a for a, b, keeps in zip(low, high, is_low, strict=True))
    return msgspec.structs.replace(solid, low=first, high=last)
