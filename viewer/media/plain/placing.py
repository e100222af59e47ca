"""From a grid and its affine to media: a volume per point, or frames where there is no place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from viewer.errors import CannotDecode, GeometryError, Issue
from viewer.geometry.space import Floats, plane_of
from viewer.geometry.stack import Stack, stack_of
from viewer.media.instance import Rescale
from viewer.media.plain.found import NO_SERIES, Opened, base_name, is_bomb, zeros
from viewer.media.plain.grid import Grid, GridPixels, NumberedSlices
from viewer.media.volume import FrameStack, Point, Volume, Window

SLICES_LIMIT = 65536
POINTS_LIMIT = 8192  # each is a media of its own
PICTURES_LIMIT = 1_000_000
NO_RESCALE = Rescale()
_COORDINATE_LIMIT = 1e7  # mm: places beyond are no places in a patient


@dataclass(frozen=True, eq=False)
class Placed:
    """A grid with what its header says of places and values.

    Args:
        affine: (3, 4) from voxel (i, j, k) at centres to patient mm, LPS; None without a place.
        spacing_mm: (di, dj) where there is no affine; None when the header has none either.
        point_words: what differs between points, and its value in words for a point.
    """

    grid: Grid
    affine: Floats | None
    spacing_mm: tuple[float, float] | None = None
    rescale: Rescale = NO_RESCALE
    windows: tuple[Window, ...] = ()
    point_words: Callable[[int], tuple[str, str]] = lambda point: ("volume", str(point + 1))
    issues: tuple[Issue, ...] = ()


def media_of(placed: Placed, size: int) -> Opened:
    """Build the media of a grid whose data file has `size` bytes.

    Slice k of the file's volume t stands in `slice_of` as (file name, t * slices + k), so that
    what names files and slices by number finds them however the stack is ordered.

    Raises:
        CannotDecode: sizes that make no picture, too large, or nothing of it in the file.
    """
    grid = placed.grid
    _check_sizes(grid, size)
    found = Opened()
    issues = list(placed.issues)
    there = _pictures_there(grid, size)
    if there < grid.pictures:
        issues.append(_short(grid, there))
    stack, order = _stack(placed, issues)
    if stack is None:
        found.add(_frames(placed, issues, there))
        return found
    for point in range(grid.points):
        if grid.points_inside or point * grid.slices < there:
            volume = _volume(placed, stack, order, point)
            _mark_missing(volume, there)
            volume.issues = tuple(issues) if point == 0 else ()
            found.add(volume)
    return found


def _check_sizes(grid: Grid, size: int) -> None:
    sides = (grid.columns, grid.rows, grid.slices, grid.points)
    words = " x ".join(str(side) for side in sides)
    if min(*sides, grid.values) < 1:
        raise CannotDecode(f"{grid.name}: {words} voxels make no picture; export the file again.")
    is_long = grid.slices > SLICES_LIMIT or grid.pictures > PICTURES_LIMIT
    if is_long or grid.points > POINTS_LIMIT:
        raise CannotDecode(f"{grid.name}: {words} voxels cannot be right; export the file again.")
    if grid.is_packed and is_bomb(grid.nbytes, size):
        raise CannotDecode(
            f"{grid.name}: {size} bytes claim to hold {grid.nbytes / 1e9:.1f} GB of voxels, as a"
            " decompression bomb does; not opened."
        )


def _pictures_there(grid: Grid, size: int) -> int:
    """How many whole slices the file holds, as far as its length tells; CannotDecode for none."""
    if grid.is_packed:
        return grid.pictures
    there = max(0, size - grid.offset) // grid.slice_bytes
    if there == 0:
        raise CannotDecode(
            f"{grid.name}: the file ends before its first slice of {grid.slice_bytes} bytes does;"
            " copy or export the file again."
        )
    return min(there, grid.pictures)


def _short(grid: Grid, there: int) -> Issue:
    sentence = (
        f"{grid.name}: the file ends after {there} of the {grid.pictures} slices that its header"
        " announces; copy or export the file again."
    )
    return Issue("error", "pixels-short", sentence, grid.name)


def _stack(placed: Placed, issues: list[Issue]) -> tuple[Stack | None, range]:
    """The stack of a grid, and for each of its slices the file's k; none without a place."""
    grid = placed.grid
    if placed.affine is None:
        return None, range(0)
    try:
        stack = stack_from_affine(placed.affine, grid.columns, grid.rows, grid.slices)
    except GeometryError as error:
        sentence = f"{grid.name}: shown as frames without a place in the patient, because {error}."
        issues.append(Issue("warning", "no-stack", sentence, grid.name))
        return None, range(0)
    issues.extend(
        Issue("warning", "stack-geometry", f"{grid.name}: {sentence}.", grid.name)
        for sentence in stack.oddities()
    )
    order = range(grid.slices)
    return stack, order if _runs_along_normal(placed.affine) else order[::-1]


def _runs_along_normal(affine: Floats) -> bool:
    return float(np.linalg.det(affine[:, :3])) > 0


def stack_from_affine(affine: Floats, columns: int, rows: int, slices: int) -> Stack:
    """Return the stack of the k planes of a voxel grid, ordered along row x column direction.

    Where the affine is left-handed the stack's first slice is the grid's last.

    Args:
        affine: (3, 4) from (i, j, k) at voxel centres to patient mm, LPS.

    Raises:
        GeometryError: an axis without length, a sheared slice, or coordinates out of all bounds.
    """
    if not np.isfinite(affine).all() or np.abs(affine).max() > _COORDINATE_LIMIT:
        raise GeometryError("its affine has a number that is no coordinate in mm")
    lengths = np.linalg.norm(affine[:, :3], axis=0)
    if lengths.min() < 1 / _COORDINATE_LIMIT or abs(np.linalg.det(affine[:, :3] / lengths)) < 1e-3:
        raise GeometryError("the axes of its affine do not span a volume")
    across, down = (affine[:, :2] / lengths[:2]).T
    spacing = (float(lengths[1]), float(lengths[0]))  # between rows, then columns
    model = plane_of((*across, *down), (0.0, 0.0, 0.0), spacing, columns, rows)
    step, origin = affine[:, 2], affine[:, 3]
    planes = [replace(model, origin_mm=origin + k * step) for k in range(slices)]
    return stack_of(planes, float(abs(step @ model.normal)))


def _volume(placed: Placed, stack: Stack, order: range, point: int) -> Volume:
    grid = placed.grid
    first = 0 if grid.points_inside else point * grid.slices
    name, words = placed.point_words(point)
    own = base_name(grid.file)
    shape = (grid.slices, grid.rows, grid.columns)
    return Volume(
        id=own,
        title=own if grid.points == 1 else f"{own} ({name} {words})",
        facts=NO_SERIES,
        stack=stack,
        instances=(),
        pixels=zeros(*_held(grid, shape), grid.name),
        ready=np.zeros(grid.slices, dtype=np.bool_),
        reader=GridPixels(grid, _moved_on(order, first), point),
        rescale=placed.rescale,
        windows=placed.windows,
        slice_of=NumberedSlices(own, _moved_on(order, point * grid.slices)),
        point=None if grid.points == 1 else Point(grid.file.path, name, words, point, grid.points),
    )


def _moved_on(order: range, by: int) -> range:
    return range(order.start + by, order.stop + by, order.step)


def _frames(placed: Placed, issues: Sequence[Issue], there: int) -> FrameStack:
    """All slices in the file's order; of points inside the voxels, the first one."""
    grid = placed.grid
    own = base_name(grid.file)
    count = grid.pictures
    said = list(issues)
    if grid.points_inside and grid.points > 1:
        sentence = f"{grid.name}: of {grid.points} values per voxel only the first is shown."
        said.append(Issue("warning", "values-left-out", sentence, grid.name))
    stack = FrameStack(
        id=own,
        title=own,
        facts=NO_SERIES,
        instances=(),
        pixels=zeros(*_held(grid, (count, grid.rows, grid.columns)), grid.name),
        ready=np.zeros(count, dtype=np.bool_),
        reader=GridPixels(grid, range(count)),
        rescale=placed.rescale,
        spacing_mm=placed.spacing_mm or (1.0, 1.0),
        windows=placed.windows,
        issues=tuple(said),
        frame_of={own: 0},
        is_calibrated=placed.spacing_mm is not None,
    )
    _mark_missing(stack, there)
    return stack


def _held(grid: Grid, shape: tuple[int, ...]) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Shape and type of the pixels in memory."""
    if grid.is_colour:
        return (*shape, 3), np.dtype(np.uint8)
    return shape, grid.dtype.newbyteorder("=")


def _mark_missing(media: Volume | FrameStack, there: int) -> None:
    """Slices that the file cannot hold are not tried; the issue of the file stands for them."""
    reader = media.reader
    assert isinstance(reader, GridPixels)
    if max(reader.pictures) < there:
        return
    for index, number in enumerate(reader.pictures):
        if number >= there:
            media.slice_errors[index] = (
                f"{reader.grid.name}: slice {number + 1} is not in the file."
            )
