"""The lines of placements on a section: drawn on it, cut by it, many of them at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice
from typing import TypeVar

from viewer.geometry.oblique import ObliquePlane
from viewer.geometry.plane_frame import PLAIN
from viewer.geometry.shapes import Shape
from viewer.render.lines import Lines, cut_lines, plane_lines, shape_lines
from viewer.render.oblique_labels import oblique_lines
from viewer.render.planes import Section
from viewer.render.reach import CHECK_EVERY, Check, Spot, plane_size, shape_of
from viewer.review.matching import Matches

TOGETHER = 64  # shapes that are cut in one step, in about two milliseconds
T = TypeVar("T")


def lines_on(
    matches: Matches, section: Section, spots: Iterable[Spot], check: Check
) -> Iterator[tuple[Spot, Lines]]:
    """Yield what is drawn of placements on a section, of those that it shows.

    Args:
        matches: how the exports count.
        section: what is looked at.
        spots: what it may show, in any order; quickest where those of one axis follow each other.
        check: called again and again; raises where the answer is no longer wanted.
    """
    for _, alike in groupby(_asking(spots, check), lambda spot: spot.axis):
        while some := [*islice(alike, TOGETHER)]:
            shapes = [(spot, shape_on(matches, section, spot)) for spot in some]
            found = [(spot, shape) for spot, shape in shapes if shape is not None]
            for (spot, _), lines in zip(found, _lines(found, section, check), strict=True):
                if lines is not None:
                    yield spot, lines


def shape_on(matches: Matches, section: Section, spot: Spot) -> Shape | None:
    """Return the shape of a placement in the pixel space of the plane that it was drawn on."""
    shape = shape_of(spot.annotation, spot.placement)
    if shape is None:
        return None
    frame = matches.frame_of(spot.annotation.id.export, section.media, spot.axis)
    return shape if frame == PLAIN else frame.shown(shape, plane_size(section, spot.axis))


def _asking(items: Iterable[T], check: Check) -> Iterator[T]:
    """Yield items, and ask now and then whether to go on."""
    for at, item in enumerate(items):
        if at % CHECK_EVERY == 0:
            check()
        yield item


def _lines(
    found: Sequence[tuple[Spot, Shape]], section: Section, check: Check
) -> Iterable[Lines | None]:
    """Return the lines of shapes that were drawn along one axis."""
    view = section.view
    axis = found[0][0].axis if found else section.axis
    if axis == section.axis or view is None or isinstance(view, ObliquePlane):
        return (_lines_of(shape, spot, section) for spot, shape in _asking(found, check))
    slices = [spot.slice for spot, _ in found]
    return cut_lines([shape for _, shape in found], slices, view, section.index, axis)


def _lines_of(shape: Shape, spot: Spot, section: Section) -> Lines | None:
    """Return the lines of one of them, on its own plane or an oblique one."""
    view = section.view
    if isinstance(view, ObliquePlane):
        return oblique_lines(shape, spot.slice, view, section.index, spot.axis)
    if view is None or section.is_acquired:
        return shape_lines(shape, section.spacing_mm)
    return plane_lines(shape, view)
