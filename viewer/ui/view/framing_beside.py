"""Zoom and pan of one picture, as they are for the one that is compared with it."""

from __future__ import annotations

import numpy as np

from viewer.geometry.oblique import AnyPlane, ObliquePlane
from viewer.geometry.space import Floats
from viewer.media.volume import Volume
from viewer.paint.framing import Framing
from viewer.paint.stage import Stage, stage_of
from viewer.session.linking import nearest_voxel
from viewer.ui.view.port import ViewPort


def framing_beside(port: ViewPort, beside: ViewPort) -> Framing:
    """Return the framing of a view that shows the same part as another, at the same px per mm.

    Where both are placed in the patient, about the same point; else about the same part of width
    and height. What cannot be linked keeps its own.
    """
    framing, link = port.camera.framing, port.session.linking.link
    here, there = stage_of(port.session, port.pane), stage_of(beside.session, beside.pane)
    if here is None or there is None or (link is not None and link.kind == "none"):
        return beside.camera.framing
    if framing.centre is None:
        return framing
    if here.pane.hug:
        return Framing(framing.scale, _mirrored(here, there, framing.centre))
    if link is None:
        return framing
    if link.kind == "position" and here.view is not None and there.view is not None:
        return Framing(
            framing.scale, _through_patient(here.view, here.index, there, framing.centre)
        )
    return Framing(framing.scale, _in_proportion(here, there, framing.centre))


def _through_patient(
    view: AnyPlane, index: int, there: Stage, centre: tuple[float, float]
) -> tuple[float, float]:
    place = view.patient_of_plane(index, [centre])[0]
    if not isinstance(there.media, Volume) or there.view is None:
        return centre
    if isinstance(there.view, ObliquePlane):
        p, q = there.view.plane_of_patient(place)[0].tolist()
        return p, q
    p, q = there.view.place(nearest_voxel(there.media.stack, place))[0].tolist()
    return p, q


def _in_proportion(here: Stage, there: Stage, centre: tuple[float, float]) -> tuple[float, float]:
    (p0, q0, p1, q1), (s0, t0, s1, t1) = here.bounds, there.bounds
    p, q = centre
    return s0 + (p - p0) / (p1 - p0) * (s1 - s0), t0 + (q - q0) / (q1 - q0) * (t1 - t0)


def _mirrored(here: Stage, there: Stage, centre: tuple[float, float]) -> tuple[float, float]:
    """Return the place that is as far from the inner edge, and as high, as another's is."""
    own, other = (_middle(stage) for stage in (here, there))
    across, down = (here.to_screen @ (np.array(centre) - own)).tolist()
    inner = 1.0 if here.pane.hug == "right" else -1.0
    depth = here.extent_mm[0] / 2 - inner * across
    found = np.array([inner * (depth - there.extent_mm[0] / 2), down])
    p, q = (other + there.to_screen.T @ found).tolist()
    return p, q


def _middle(stage: Stage) -> Floats:
    p0, q0, p1, q1 = stage.bounds
    return np.array([(p0 + p1) / 2, (q0 + q1) / 2])
