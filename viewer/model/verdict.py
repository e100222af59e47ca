"""What a reviewer says of a label or a task: beside the labels, never in an export."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
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

    def with_all(self, said: Iterable[tuple[Target, Verdict]]) -> Verdicts:
        """Return these with other verdicts of some targets; an empty one takes it away."""
        changed = self._map.mutate()
        for target, verdict in said:
            if not verdict.is_empty:
                changed[target] = verdict
            elif target in changed:
                del changed[target]
        return Verdicts(changed.finish())

    def of_exports(self, kept: Container[str]) -> Verdicts:
        """Return those of the labels and tasks of some exports."""
        if all(target.export in kept for target in self._map):
            return self
        return Verdicts({one: said for one, said in self._map.items() if one.export in kept})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Verdicts) and self._map == other._map

    def __getitem__(self, target: Target) -> Verdict:
        return self._map[target]

    def __contains__(self, target: object) -> bool:
        return target in self._map

    def __iter__(self) -> Iterator[Target]:
        return iter(self._map)

    def __len__(self) -> int:
        return len(self._map)


NO_VERDICTS = Verdicts()
