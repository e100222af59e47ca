"""Media that can be played: cines with times, and volumes that differ by a point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from composed import cine, volume

from viewer.media.volume import FrameStack, Media, Point, Volume
from viewer.model.project import Project
from viewer.review.matching import match
from viewer.session.session import Session

VALUES = ("4.2 ms", "8.4 ms", "12.6 ms")


def timed(count: int = 24, step_s: float = 0.04, series: str = "9") -> FrameStack:
    """Return a cine whose frame k is grey of level k, at even times."""
    made = cine({"a": 0}, count, series)
    pixels = made.pixels + np.arange(count, dtype=np.uint8)[:, None, None]
    return replace(made, pixels=pixels, times_s=np.arange(count) * step_s)


def echoes(group: str = "E", values: Sequence[str] = VALUES) -> tuple[Volume, ...]:
    """Return volumes at the same places that differ by echo time; point k is of value k."""
    return tuple(
        replace(
            made := volume(f"{group}.{k}"),
            title=f"Dual echo (echo time {value})",
            pixels=made.pixels + k,
            point=Point(group, "echo time", value, k, len(values)),
        )
        for k, value in enumerate(values)
    )


def session_over(*media: Media) -> Session:
    """Return a session over these media without labels, the first one shown."""
    session = Session()
    open_in(session, *media)
    return session


def open_in(session: Session, *media: Media) -> None:
    """Show these media, the first one in front."""
    project = Project()
    session.open(project, media, (), match(project, media))
    session.viewing.show(0)
