"""Turned planes: those that a line of the crosshair stands for, and those along the patient."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import permutations

import numpy as np

from viewer.geometry.oblique import AnyPlane, ObliquePlane, oblique_of, patient_between, rotation
from viewer.geometry.space import Floats
from viewer.geometry.stack import Stack
from viewer.geometry.views import PlaneName
from viewer.render.planes import Turned, planes_of

_ALONG = 1 - 5e-7  # cosine


def swung(
    planes: Mapping[PlaneName, AnyPlane],
    in_plane: PlaneName,
    voxel: tuple[float, float, float],
    angle: float,
) -> Turned | None:
    """Return the planes of a series once the crosshair was turned; None where none is turned.

    Args:
        planes: all three, as they were.
        in_plane: where the crosshair is turned; this plane stays as it is, the others turn about
            its normal and go on containing the crosshair's lines.
        voxel: the crosshair, (i, j, k).
        angle: radians from p towards q.
    """
    held = planes[in_plane]
    turn = rotation(np.cross(held.e_p, held.e_q), angle)
    through = patient_between(held.stack, voxel)[0]
    found: dict[PlaneName, ObliquePlane] = {
        name: oblique_of(plane, voxel).turned(turn, through)
        for name, plane in planes.items()
        if name != in_plane
    }
    if isinstance(held, ObliquePlane):
        found[in_plane] = held
    found = {name: plane for name, plane in found.items() if plane.is_turned}
    return Turned(found) if found else None


def along_patient(stack: Stack, voxel: tuple[float, float, float]) -> Turned | None:
    """Return the planes of a stack along the axes of the patient; None where they are so already.

    Args:
        stack: acquired along axes of its own.
        voxel: the crosshair, (i, j, k); the planes go through it, and it stays where it was.
    """
    through = patient_between(stack, voxel)[0]
    found: dict[PlaneName, ObliquePlane] = {}
    for name, plane in planes_of(stack).items():
        own = np.stack([plane.e_p, plane.e_q, plane.e_n])
        turned = oblique_of(plane, voxel).turned(_nearest_axes(own).T @ own, through)
        if turned.is_turned:
            found[name] = turned
    return Turned(found) if found else None


def is_along_patient(view: AnyPlane) -> bool:
    """Whether a plane lies along two axes of the patient, within 0.05 degrees."""
    cosines = [float(np.abs(direction).max()) for direction in (view.e_p, view.e_q, view.e_n)]
    return min(cosines) >= _ALONG


def _nearest_axes(directions: Floats) -> Floats:
    """Return the patient axes, as rows with their signs, that fit three directions best."""
    fits = [
        (float(np.abs(directions[[0, 1, 2], list(order)]).sum()), order)
        for order in permutations(range(3))
    ]
    order = list(max(fits)[1])
    axes = np.zeros((3, 3))
    axes[[0, 1, 2], order] = np.sign(directions[[0, 1, 2], order])
    return axes
