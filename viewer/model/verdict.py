"""What a reviewer says of a label or a task: beside the labels, never in an export."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, TypeAlias

import msgspec
from immutables import Map

from viewer.model.annotation import AnnotationId
from viewer.model.task import TaskKey

Judgement: TypeAlias = Literal["accepted", "rejected", "needs_change"]
Target: TypeAlias = AnnotationId | TaskKey


class Verdict(msgspec.Struct, frozen=True):
    """What was decided of one label or task last.

    Args:
        judgement: None where it was only commented on.
        reason: why it was rejected or needs a change, one of `REASONS` or the reviewer's own; "".
        comment: free text, "" without.
        is_corrected: the reviewer changed the label and accepted it so.
        time: UTC, ISO 8601 with milliseconds and Z.
        reviewer: name from the preferences, "" without one.
    """

    judgement: Judgement | None = None
    reason: str = ""
    comment: str = ""
    is_corrected: bool = False
    time: str = ""
    reviewer: str = ""

    @property
    def is_empty(self) -> bool:
        """It says nothing: neither a judgement nor a comment."""
        return self.judgement is None and not self.comment


REASONS = (
    "Wrong label",
    "Edge off",
    "Wrong side",
    "Wrong slice or frame",
    "Not there",
    "Double",
    "Other",
)


_NOTHING = Map[Target, Verdict]()


class Verdicts(Mapping[Target, Verdict]):
    """The verdicts of a project; another one with a change costs the logarithm of their number."""

    __slots__ = ("_map",)

    def __init__(self, verdicts: Mapping[Target, Verdict] = _NOTHING) -> None:
        self._map = Map[Target, Verdict](verdicts)  # shares the nodes of a Map

    def with_(self, target: Target, verdict: Verdict) -> Verdicts:
        """Return these with another verdict of one target; an empty one takes it away."""
        if not verdict.is_empty:
            return Verdicts(self._map.set(target, verdict))
        return Verdicts(self._map.delete(target)) if target in self._map else self

    def __getitem__(self, target: Target) -> Verdict:
        return self._map[target]

    def __contains__(self, target: object) -> bool:
        return target in self._map

    def __iter__(self) -> Iterator[Target]:
        return iter(self._map)

    def __len__(self) -> int:
        return len(self._map)


NO_VERDICTS = Verdicts()
