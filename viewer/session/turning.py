"""Turning the crosshair: the planes that one of its lines stands for follow it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from viewer.geometry.oblique import AnyPlane, ObliquePlane, oblique_of, patient_between, rotation
from viewer.geometry.views import PlaneName
from viewer.render.planes import Turned


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
    found = {
        name: oblique_of(plane, voxel).turned(turn, through)
        for name, plane in planes.items()
        if name != in_plane
    }
    if isinstance(held, ObliquePlane):
        found[in_plane] = held
    found = {name: plane for name, plane in found.items() if plane.is_turned}
    return Turned(found) if found else None
