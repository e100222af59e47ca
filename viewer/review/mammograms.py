"""Mammograms of both sides that belong together, and how they hang back to back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from viewer.geometry.space import Floats
from viewer.geometry.views import SIGNED_PERMUTATIONS
from viewer.media.instance import Breast
from viewer.media.volume import FrameStack, Media
from viewer.review.media_groups import Spot

_AXES = {  # of the patient, LPS
    "L": (0, 1.0),
    "R": (0, -1.0),
    "P": (1, 1.0),
    "A": (1, -1.0),
    "H": (2, 1.0),
    "F": (2, -1.0),
}
# Towards the right edge: the chest wall is in the middle, the right breast at the viewer's left.
_RIGHT = {"R": "P", "L": "A"}
_CC_DOWN = {"R": "L", "L": "R"}  # the outer side of the breast is above


@dataclass(frozen=True)
class Mammogram:
    """One picture of a breast."""

    spot: Spot
    breast: Breast


@dataclass(frozen=True)
class MammogramPair:
    """The right and the left breast in one view."""

    right: Mammogram
    left: Mammogram


def pairs_of(media: Sequence[Media]) -> tuple[MammogramPair, ...]:
    """Return the pairs of one study and view, the first picture of each side."""
    found: dict[tuple[str, str], dict[str, Mammogram]] = {}
    for number, one in enumerate(media):
        for picture in _mammograms(number, one):
            key = (one.facts.study_uid, picture.breast.view)
            found.setdefault(key, {}).setdefault(picture.breast.side, picture)
    return tuple(
        MammogramPair(sides["R"], sides["L"]) for sides in found.values() if len(sides) == 2
    )


def hanging(breast: Breast) -> tuple[Floats, str]:
    """Return the (2, 2) turn of a picture as stored that hangs it, and what is said of it.

    Chest wall towards the middle; the feet, or of a craniocaudal view the inner side, below.
    Source: Patient Orientation (0020,0020), PS3.3 C.7.6.1.1.1.
    """
    rows, columns = _direction(breast.rows), _direction(breast.columns)
    if rows is None or columns is None:
        return np.eye(2), "orientation not stated, shown as stored"
    down = _CC_DOWN[breast.side] if breast.view.endswith("CC") else "F"
    wanted = np.array([_direction(_RIGHT[breast.side]), _direction(down)])
    stored = np.array([rows, columns])
    turn = max(SIGNED_PERMUTATIONS, key=lambda one: float(((one @ stored) * wanted).sum()))
    return turn, _turn_words(turn)


def _mammograms(number: int, media: Media) -> Iterator[Mammogram]:
    if not isinstance(media, FrameStack):
        return
    single = media.count == 1
    for instance in media.instances:
        at = media.frame_of.get(instance.sop_uid)
        if instance.breast is not None and instance.frames == 1 and at is not None:
            yield Mammogram((number, None if single else at), instance.breast)


def _direction(letters: str) -> tuple[float, float, float] | None:
    """Return the patient axis that letters such as "FL" name first."""
    if not letters or letters[0] not in _AXES:
        return None
    axis, sign = _AXES[letters[0]]
    x, y, z = (sign * (axis == number) for number in range(3))
    return (x, y, z)


def _turn_words(turn: Floats) -> str:
    if turn[0, 0] == 0:
        return "turned by 90\N{DEGREE SIGN}" if np.linalg.det(turn) > 0 else "turned and flipped"
    across, down = turn[0, 0] < 0, turn[1, 1] < 0
    if across and down:
        return "turned by 180\N{DEGREE SIGN}"
    return "flipped left to right" if across else "flipped top to bottom" if down else ""
