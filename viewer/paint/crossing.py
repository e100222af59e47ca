"""Where the crosshair of a view runs: its middle and its two lines."""

from __future__ import annotations

import numpy as np

from viewer.geometry.oblique import AnyPlane, ObliquePlane
from viewer.geometry.views import PlaneName
from viewer.media.volume import Volume
from viewer.paint.furniture import Cross
from viewer.paint.stage import Stage
from viewer.render.planes import planes_of
from viewer.session.session import Session

Way = tuple[float, float]


def cross_of(session: Session, stage: Stage) -> Cross | None:
    """Return the crosshair of a stage; None where there are no other planes.

    Each line is where another plane meets this one. Between the stack's own planes lines run along
    rows and columns, also where a tilt shears them.
    """
    if not isinstance(stage.media, Volume) or stage.view is None:
        return None
    number = stage.section.media
    planes = session.viewing.planes_shown(number)
    p, q = stage.view.place(session.viewing.crosshair_of(number))[0].tolist()
    own: PlaneName = stage.view.name
    names = _others(planes[own])
    ways: list[Way] = []
    for name, usual in zip(names, ((0.0, 1.0), (1.0, 0.0)), strict=True):
        ways.append(_way(stage.view, planes[name], usual))
    return Cross(p, q, names[0], names[1], ways[0], ways[1])


def _others(view: AnyPlane) -> tuple[PlaneName, PlaneName]:
    """The planes that lines of constant p and of constant q stand for."""
    plain = view.base if isinstance(view, ObliquePlane) else view
    named = planes_of(plain.stack).items()
    by_axis: dict[int, PlaneName] = {plane.axis: name for name, plane in named}
    at_p, at_q = {0: (1, 2), 1: (0, 2), 2: (0, 1)}[plain.axis]
    return by_axis[at_p], by_axis[at_q]


def _way(view: AnyPlane, other: AnyPlane, usual: Way) -> Way:
    """The direction, in plane mm, in which another plane meets a view."""
    if not isinstance(view, ObliquePlane) and not isinstance(other, ObliquePlane):
        return usual
    line = np.cross(view.e_n, other.e_n)
    length = float(np.linalg.norm(line))
    if length < 1e-6:  # they lie upon each other
        return usual
    return float(line @ view.e_p) / length, float(line @ view.e_q) / length
