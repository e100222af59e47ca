"""Which labels a plane can cut that were drawn on others: bounds of their shapes, kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.cuts import coordinate_of
from viewer.geometry.measure import bounds
from viewer.geometry.oblique import ObliquePlane
from viewer.geometry.plane_frame import PlaneFrame, Size
from viewer.geometry.shapes import Shape
from viewer.geometry.space import pixel_from_voxel
from viewer.model.annotation import Annotation
from viewer.model.project import Project
from viewer.model.table import Base, Boxes, Ints
from viewer.render.oblique_labels import may_meet
from viewer.render.planes import Section
from viewer.review.kept import Kept
from viewer.review.matching import Matches
from viewer.review.sorted_rows import SortedRows

Check: TypeAlias = Callable[[], None]
Frames: TypeAlias = tuple[PlaneFrame, PlaneFrame, PlaneFrame]  # by voxel axis
CHECK_EVERY = 16  # shapes, about a millisecond, between two questions whether to go on


def go_on() -> None:
    """Never stop: the answer is wanted at once."""


@dataclass(frozen=True, eq=False)
class Reach:
    """Shapes of one export along one axis of a media, as its files hold them; parallel arrays.

    Args:
        ordinals: (n,) the annotation's ordinal.
        placements: (n,) number of the placement within the annotation.
        slices: (n,) slice it lies on.
        boxes: (n, 4) x0, y0, x1, y1 in the pixel space of its plane.
    """

    ordinals: NDArray[np.int64]
    placements: NDArray[np.int64]
    slices: NDArray[np.int64]
    boxes: NDArray[np.float64]

    def at(self, which: NDArray[np.bool_] | Ints | slice) -> Reach:
        """Return some of them."""
        return Reach(
            self.ordinals[which], self.placements[which], self.slices[which], self.boxes[which]
        )

    @property
    def listed(self) -> list[tuple[int, int, int]]:
        """Ordinal, placement and slice of each."""
        parts = (self.ordinals.tolist(), self.placements.tolist(), self.slices.tolist())
        return [*zip(*parts, strict=True)]


@dataclass(frozen=True, eq=False)
class Spot:
    """A placement that a section may show.

    Args:
        axis: voxel axis of the planes that it was drawn on.
        slice: which one of them.
    """

    annotation: Annotation
    placement: int
    axis: int
    slice: int


@dataclass(frozen=True)
class _Asked:
    """Whose shapes: those of an export along one axis of a media, and how it counts there."""

    base: Base
    placed: SortedRows
    media: int
    axis: int
    frame: PlaneFrame


_reaches: Kept[_Asked, Reach] = Kept(32, for_views=True)


def hits_of(
    base: Base, placed: SortedRows, section: Section, frames: Frames, check: Check = go_on
) -> Iterator[tuple[int, Reach]]:
    """Yield by axis the opened shapes that a section may cut.

    Those drawn on its own plane are not among them. The bounds of what the files hold are worked
    out once per media and axis.

    Args:
        base: of the export.
        placed: its rows as matched.
        section: what is looked at.
        frames: how the export counts on the planes of the media, by axis.
        check: called again and again; raises where the answer is no longer wanted.
    """
    for axis in cutting_axes(placed, section):
        asked = _Asked(base, placed, section.media, axis, frames[axis])
        size = plane_size(section, axis)
        reach = _reaches.get(asked, lambda asked=asked, size=size: _reach(asked, size, check))
        yield axis, reach.at(_may_meet(reach, section, axis))


def _may_meet(reach: Reach, section: Section, axis: int) -> NDArray[np.bool_]:
    if isinstance(section.view, ObliquePlane):
        return may_meet(section.view, section.index, axis, reach.slices, reach.boxes)
    side = coordinate_of(axis, section.axis)
    low, high = reach.boxes[:, side] - 1, reach.boxes[:, side + 2] + 1
    at = pixel_from_voxel(section.index)
    return (low <= at) & (high >= at)


def cutting_axes(placed: SortedRows, section: Section) -> list[int]:
    """Return the other axes along which an export has shapes on the section's media."""
    if section.view is None:
        return []
    others = (axis for axis in range(3) if axis != section.axis)
    return [axis for axis in others if len(placed.on_axis(section.media, axis))]


def plane_size(section: Section, axis: int) -> Size:
    """Return width and height, in its own pixels, of a plane of the section's media."""
    if section.view is None:
        return section.frame_size or (0, 0)  # which a section without a view has
    stack = section.view.stack
    sides = (stack.columns, stack.rows, stack.count)
    width, height = (side for at, side in enumerate(sides) if at != axis)
    return width, height


def hits_known(base: Base, placed: SortedRows, section: Section, frames: Frames) -> int | None:
    """Return how many shapes a section may cut; None until their bounds were worked out."""
    count = 0
    for axis in cutting_axes(placed, section):
        reach = _reaches.known(_Asked(base, placed, section.media, axis, frames[axis]))
        if reach is None:
            return None
        count += int(np.count_nonzero(_may_meet(reach, section, axis)))
    return count


def known_reaches(
    base: Base, placed: SortedRows, where: tuple[int, int], frames: Frames
) -> list[tuple[int, Reach]] | None:
    """Return what planes can cut along an axis of a media, by the axis that it was drawn along.

    None until all of it was worked out.

    Args:
        where: media and axis.
    """
    media, cut = where
    found: list[tuple[int, Reach]] = []
    for axis in range(3):
        if axis == cut or not len(placed.on_axis(media, axis)):
            continue
        reach = _reaches.known(_Asked(base, placed, media, axis, frames[axis]))
        if reach is None:
            return None
        found.append((axis, reach))
    return found


def edited_on(project: Project, matches: Matches, section: Section) -> Iterator[Spot]:
    """Yield the edited shapes that a section may show."""
    for id, annotation in project.annotations.edits.items():
        outcomes = matches.outcomes_of(id)
        if annotation is None or outcomes is None:
            continue
        here = (outcomes.media == section.media) & (outcomes.slices >= 0)
        own = outcomes.axes == section.axis
        here &= np.where(own, outcomes.slices == section.index, section.view is not None)
        for number in np.flatnonzero(here).tolist():
            yield Spot(annotation, number, int(outcomes.axes[number]), int(outcomes.slices[number]))


def shape_of(annotation: Annotation, placement: int) -> Shape | None:
    """Return the shape of a placement on its slice; None for classifications, solids, damage."""
    if placement < len(annotation.placements):
        return annotation.placements[placement].flat
    return None


def _reach(asked: _Asked, size: Size, check: Check) -> Reach:
    base, placed = asked.base, asked.placed
    rows = placed.on_axis(asked.media, asked.axis)
    owners = base.columns.owners[rows]
    placements = rows - np.searchsorted(base.columns.owners, owners)
    if base.bounds is None:
        boxes = _one_by_one(base, owners, placements, check)
    else:
        boxes = base.bounds(rows, check)
    kept = np.isfinite(boxes).all(axis=1)
    slices = placed.outcomes.slices[rows].astype(np.int64)
    boxes = asked.frame.shown_boxes(boxes[kept], size)
    return Reach(owners[kept], placements[kept], slices[kept], boxes)


def _one_by_one(base: Base, owners: Ints, placements: Ints, check: Check) -> Boxes:
    boxes = np.full((len(owners), 4), np.nan)
    for at, (ordinal, placement) in enumerate(zip(owners, placements, strict=True)):
        if at % CHECK_EVERY == 0:
            check()
        shape = shape_of(base.decode(int(ordinal)), int(placement))
        if shape is not None:
            boxes[at] = bounds(shape)
    return boxes
