"""How a place of one media is found in another that is compared with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from viewer.geometry.oblique import AnyPlane, ObliquePlane, patient_between, voxel_between
from viewer.geometry.space import pixel_from_voxel, voxel_from_pixel
from viewer.geometry.stack import Stack
from viewer.geometry.views import PlaneName, ViewPlane
from viewer.media.volume import Media, Volume
from viewer.render.planes import acquired_plane, planes_of
from viewer.review.kept import kept_for_views

Voxel = tuple[float, float, float]
MOST_DEG = 15.0  # planes that differ by more show other anatomy
LEAST_DEG = 1.0  # less is no angle worth saying
NOT_WHILE_TURNED = "not linked: a plane is turned, Shift+Y straightens it"
FAR_STEPS = 0.6  # a slice farther away than this many of its own steps is said to be

Kind = Literal["same", "position", "number", "place", "none"]


@dataclass(frozen=True)
class Link:
    """What links two media.

    Args:
        kind: one place for both; the place in the patient; the number of the slice or frame; how
            far through the slices or frames; nothing.
        words: for the picture, "" where both are the same.
        plane: of the second one, that shows what the first one's plane shows.
    """

    kind: Kind
    words: str
    plane: PlaneName


@kept_for_views(16)
def link_of(first: Media, second: Media, plane: PlaneName) -> Link:
    """Return what links two media that are not the same.

    Args:
        first: shown in `plane`.
        second: beside it.
        plane: of the first one; frames have one, whatever the name.
    """
    if not isinstance(first, Volume) or not isinstance(second, Volume):
        return _by_number(first, second, acquired_plane(second))
    if _share_frame(first, second):
        shown = planes_of(first.stack)[plane]
        near, away = _nearest(shown, second.stack)
        if away <= MOST_DEG:
            return Link("position", "linked by patient position", near)
        return Link("none", _apart(away), near)
    own, other = acquired_plane(first), acquired_plane(second)
    if own != other:
        return Link("none", f"not linked: one is {own}, the other {other}", other)
    return _by_number(first, second, plane)


def while_turned(
    link: Link, first: Media, second: Media, here: AnyPlane | None, there: AnyPlane | None
) -> Link:
    """Return what links two media as they are shown now; a link of straight planes as it is.

    Args:
        link: of their own planes.
        first, second: the media.
        here, there: what is shown of them.
    """
    planes = [view for view in (here, there) if view is not None]
    if not any(isinstance(view, ObliquePlane) for view in planes):
        return link
    if not (isinstance(first, Volume) and isinstance(second, Volume)) or len(planes) < 2:
        return Link("none", NOT_WHILE_TURNED, link.plane)
    if not _share_frame(first, second):
        return Link("none", NOT_WHILE_TURNED, link.plane)
    away = angle_deg(planes[0], planes[1])
    if away > MOST_DEG:
        return Link("none", _apart(away), link.plane)
    words = f", planes {away:.0f}\N{DEGREE SIGN} apart" if away >= LEAST_DEG else ""
    return Link("position", f"linked by patient position{words}", link.plane)


def place_in(
    link: Link, first: Media, second: Media, voxel: Voxel, there: AnyPlane | None = None
) -> Voxel:
    """Return the place of the second media that belongs to one of the first.

    A place beyond its slices is at the nearest of them.

    Args:
        there: what is shown of the second one; on an oblique plane places lie between slices too.
    """
    if isinstance(first, Volume) and isinstance(second, Volume) and link.kind == "position":
        place = patient_between(first.stack, [voxel])[0]
        between = voxel_between(second.stack, place) if isinstance(there, ObliquePlane) else None
        return between or nearest_voxel(second.stack, place)
    i, j = (
        float(voxel_from_pixel(pixel_from_voxel(at) * there / here))
        for at, here, there in (
            (voxel[0], first.columns, second.columns),
            (voxel[1], first.rows, second.rows),
        )
    )
    if link.kind == "number":
        return (i, j, voxel[2])
    last = max(first.count - 1, 1)
    return (i, j, float(round(voxel[2] * (second.count - 1) / last)))


def nearest_voxel(
    stack: Stack, place_mm: np.ndarray[tuple[int, ...], np.dtype[np.float64]]
) -> Voxel:
    """Return the voxel place (i, j, k) nearest to (3,) patient mm, on one of the slices."""
    k = int(np.argmin(np.abs(stack.positions_mm - place_mm @ stack.normal)))
    away = place_mm - stack.origins[k]
    dx, dy = stack.spacing_mm
    return (
        float(away @ stack.row_direction) / dx,
        float(away @ stack.column_direction) / dy,
        float(k),
    )


def apart_words(first: Media, second: Media, at: Voxel, beside: Voxel, shown: AnyPlane) -> str:
    """Return how far a slice is from what it stands beside, "" where it is near enough.

    Args:
        first, second: that are linked by patient position.
        at, beside: their crosshairs.
        shown: the plane of the second one.
    """
    if not (isinstance(first, Volume) and isinstance(second, Volume)):
        return ""
    here = patient_between(first.stack, [at])[0]
    there = patient_between(second.stack, [beside])[0]
    away = abs(float((there - here) @ shown.e_n))
    step = second.stack.step_mm if shown.is_acquired else max(second.stack.spacing_mm)
    return f"{away:.1f} mm away" if away > FAR_STEPS * step else ""


def share_values(first: Media, second: Media) -> bool:
    """Whether one window means the same in both: values of one modality with one unit.

    Those of MR have no common scale.
    """
    modality = first.facts.modality
    if first.is_colour or second.is_colour or modality == "MR":
        return False
    return (modality, first.unit) == (second.facts.modality, second.unit)


def _by_number(first: Media, second: Media, plane: PlaneName) -> Link:
    counted = "slice" if isinstance(first, Volume) else "frame"
    if first.count == second.count == 1:
        return Link("number", "", plane)
    if first.count == second.count:
        return Link("number", f"linked by {counted} number", plane)
    return Link("place", "linked by relative place", plane)


def _share_frame(first: Volume, second: Volume) -> bool:
    """Their positions in the patient have one origin, as their headers say."""
    uid = first.facts.frame_of_reference_uid
    return uid != "" and uid == second.facts.frame_of_reference_uid


def _nearest(shown: ViewPlane, stack: Stack) -> tuple[PlaneName, float]:
    """Return the plane of a stack that is most nearly parallel, and how many degrees it is off."""
    found = max(planes_of(stack).values(), key=lambda view: abs(float(view.e_n @ shown.e_n)))
    return found.name, angle_deg(found, shown)


def angle_deg(first: AnyPlane, second: AnyPlane) -> float:
    """Return the angle between two planes, 0 to 90 degrees."""
    return float(np.degrees(np.arccos(min(abs(float(first.e_n @ second.e_n)), 1.0))))


def moved_on(view: AnyPlane | None, voxel: Voxel, steps: int) -> Voxel:
    """Return a place moved so many slices, frames or oblique planes on; not held within them."""
    if steps == 0:
        return voxel
    if isinstance(view, ObliquePlane):
        index = min(max(view.index_of(voxel) + steps, 0), view.count - 1)
        return view.moved_to(voxel, index)
    axis = 2 if view is None else view.axis
    i, j, k = (at + steps * (axis == number) for number, at in enumerate(voxel))
    return (i, j, k)


def steps_between(view: AnyPlane | None, start: Voxel, end: Voxel) -> int:
    """Return how many slices, frames or oblique planes lie between two places."""
    if isinstance(view, ObliquePlane):
        return view.index_of(end) - view.index_of(start)
    axis = 2 if view is None else view.axis
    return round(end[axis] - start[axis])


def _apart(away: float) -> str:
    return f"not linked: the planes are {away:.0f}\N{DEGREE SIGN} apart"
