"""How a place of one media is found in another that is compared with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from viewer.geometry.space import pixel_from_voxel, voxel_from_pixel
from viewer.geometry.stack import Stack
from viewer.geometry.views import PlaneName, ViewPlane
from viewer.media.volume import Media, Volume
from viewer.render.planes import acquired_plane, planes_of
from viewer.review.kept import kept_for_views

Voxel = tuple[float, float, float]
MOST_DEG = 15.0  # planes that differ by more show other anatomy
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
        return Link("none", f"not linked: the planes are {away:.0f}\N{DEGREE SIGN} apart", near)
    own, other = acquired_plane(first), acquired_plane(second)
    if own != other:
        return Link("none", f"not linked: one is {own}, the other {other}", other)
    return _by_number(first, second, plane)


def place_in(link: Link, first: Media, second: Media, voxel: Voxel) -> Voxel:
    """Return the place of the second media that belongs to one of the first.

    A place beyond its slices is at the nearest of them.
    """
    if isinstance(first, Volume) and isinstance(second, Volume) and link.kind == "position":
        return nearest_voxel(second.stack, first.stack.patient_of_voxel([voxel])[0])
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


def apart_words(first: Media, second: Media, at: Voxel, beside: Voxel, plane: Link) -> str:
    """Return how far a slice is from what it stands beside, "" where it is near enough."""
    if plane.kind != "position" or not (isinstance(first, Volume) and isinstance(second, Volume)):
        return ""
    here = first.stack.patient_of_voxel([at])[0]
    there = second.stack.patient_of_voxel([beside])[0]
    shown = planes_of(second.stack)[plane.plane]
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
    return found.name, float(np.degrees(np.arccos(min(abs(float(found.e_n @ shown.e_n)), 1.0))))
