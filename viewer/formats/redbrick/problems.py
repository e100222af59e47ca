"""What is wrong with a file that the fast parser refuses, one sentence for each kind of fault."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from viewer.errors import Issue

Severity = Literal["error", "warning", "note"]
_LONGEST = 40  # characters of a value in a sentence


@dataclass
class _Place:
    """How often one fault occurs, and where first."""

    at: int
    token: bytes
    count: int = 0

    @property
    def text(self) -> str:
        """The first value's spelling."""
        cut = self.token[:_LONGEST].decode("utf-8", "replace")
        return cut + ("..." if len(self.token) > _LONGEST else "")


@dataclass(eq=False)
class Faults:
    """Collects what the forgiving reader meets."""

    issues: list[Issue] = field(default_factory=list[Issue])
    _misfits: dict[str, _Place] = field(default_factory=dict[str, _Place])
    _no_lists: dict[str, _Place] = field(default_factory=dict[str, _Place])
    _no_objects: dict[str, _Place] = field(default_factory=dict[str, _Place])

    def misfit(self, key: str, at: int, token: bytes) -> None:
        """Note a value of another type than its key should have."""
        self._misfits.setdefault(key, _Place(at, token)).count += 1

    def no_list(self, key: str, at: int, token: bytes) -> None:
        """Note that a key holds something else than its list or object."""
        if token != b"null":
            self._no_lists.setdefault(key, _Place(at, token)).count += 1

    def no_object(self, key: str, at: int, token: bytes) -> None:
        """Note that an entry of a list is no object."""
        self._no_objects.setdefault(key, _Place(at, token)).count += 1

    def all(self) -> Iterator[Issue]:
        """Yield everything that was found."""
        yield from self.issues
        for key, place in self._misfits.items():
            yield _issue(
                "warning", "wrong-type", place,
                f"The key {key!r} holds a value of another type {_times(place)}, and counts as "
                "absent there; all else is read, and nothing leaves the file.",
            )  # fmt: skip
        for key, place in self._no_lists.items():
            yield _issue(
                "error", "no-list", place,
                f"The key {key!r} holds no list or object {_times(place)}, and nothing is read "
                "from it; it stays in the file.",
            )  # fmt: skip
        for key, place in self._no_objects.items():
            yield _issue(
                "error", "no-object", place,
                f"An entry of {key!r} is no object {_times(place)}, and is passed over; it stays "
                "in the file.",
            )  # fmt: skip


def _times(place: _Place) -> str:
    if place.count == 1:
        return f"({place.text} at byte {place.at:,})"
    return f"{place.count:,} times (first {place.text} at byte {place.at:,})"


def _issue(severity: Severity, code: str, place: _Place, sentence: str) -> Issue:
    return Issue(severity, code, sentence, f"byte {place.at}")
