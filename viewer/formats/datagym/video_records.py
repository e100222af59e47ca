"""What the key frames of a video's objects hold: a place, answers, or both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from viewer.formats.datagym.records import members_in
from viewer.formats.datagym.shapes import TYPES
from viewer.formats.datagym.stretches import VideoObject
from viewer.formats.json_tools import is_list
from viewer.formats.problems import FAST_REFUSES
from viewer.model.table import KINDS

ANSWERS = "classifications"
DESTROYED = "the platform's exporter kept the last vertex of its {name} alone"
LOST_ANSWER = "the platform's exporter lost its answer"
NO_PLACE = "its key frames hold no geometry of a known type"
_QUESTIONS = ("select", "checklist", "freetext")
_RECORD = msgspec.json.Decoder(dict[str, msgspec.Raw])
_POINTS = msgspec.json.Decoder(list[msgspec.Raw])


@dataclass(frozen=True, eq=False)
class Told:
    """What the records of one object say together.

    Args:
        name: type of its geometry; "classification" for an answer about the video.
        kind: code of what is drawn.
        reason: why it cannot be edited, None when it can.
    """

    name: str
    kind: int
    reason: str | None


def told_of(found: VideoObject) -> Told:
    """Return what the records of an object say together."""
    names: set[str] = set()
    is_short = False
    for raw in found.raws:
        members = members_of(raw)
        name = name_in(members)
        if name:
            names.add(name)
            is_short = is_short or (name in ("polygon", "line") and _count(members[name]) == 1)
        elif not names and any(key in members for key in _QUESTIONS):
            return Told("classification", KINDS.index("none"), LOST_ANSWER)
    if not names:
        return Told("no geometry", KINDS.index("unknown"), NO_PLACE)
    name = min(names, key=list(TYPES).index)
    if len(names) > 1:
        reason = f"its key frames are of different types: {', '.join(sorted(names))}"
        return Told(name, KINDS.index("unknown"), reason)
    kind = "point" if is_short else TYPES[name]
    return Told(name, KINDS.index(kind), DESTROYED.format(name=name) if is_short else None)


def members_of(raw: msgspec.Raw | bytes | memoryview) -> Mapping[str, msgspec.Raw]:
    """Return the members of a record as bytes; of a damaged one as far as they go."""
    try:
        return _RECORD.decode(raw)
    except FAST_REFUSES:
        return members_in(raw if isinstance(raw, msgspec.Raw) else msgspec.Raw(raw))


def name_in(members: Mapping[str, object]) -> str | None:
    """Return the type of a record's geometry; None where it holds answers alone."""
    return next((name for name in TYPES if name in members), None)


def _count(raw: msgspec.Raw) -> int:
    try:
        return len(_POINTS.decode(raw))
    except FAST_REFUSES:
        return 0


@dataclass(frozen=True, eq=False)
class Held:
    """Of which record each record of an object takes what it does not say itself.

    Args:
        before: (n,) the last one up to each that holds a place, -1 for none.
        after: (n,) the first one from each on that holds a place, -1 for none.
        answers: (n,) the last one up to each that holds answers, -1 for none.
    """

    before: NDArray[np.int64]
    after: NDArray[np.int64]
    answers: NDArray[np.int64]

    @classmethod
    def of(cls, records: Sequence[bytes | memoryview]) -> Held:
        """Return it for the records of an object in the order of their frames."""
        members = [members_of(record) for record in records]
        has_place = np.array([name_in(one) is not None for one in members], np.bool_)
        has_answers = np.array([ANSWERS in one for one in members], np.bool_)
        places = np.arange(len(members))
        before = np.maximum.accumulate(np.where(has_place, places, -1))
        behind = np.where(has_place, places, len(members))[::-1]
        after = np.minimum.accumulate(behind)[::-1]
        answers = np.maximum.accumulate(np.where(has_answers, places, -1))
        return cls(before, np.where(after < len(members), after, -1), answers)


def is_points(value: object) -> bool:
    """Whether a geometry is one place where several were."""
    return is_list(value) and len(value) == 1
