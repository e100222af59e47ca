"""What is wrong with a file that the fast parser refuses, one sentence for each kind of fault."""

from __future__ import annotations

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


@dataclass(frozen=True)
class _Kind:
    """What can be wrong with the value of a key.

    Args:
        told: the sentence; with the key, and how often and where.
    """

    severity: Severity
    code: str
    told: str


_MISFIT = _Kind(
    "warning", "wrong-type",
    "The key {key!r} holds a value of another type {times}, and counts as absent there; all else "
    "is read, and nothing leaves the file.",
)  # fmt: skip
_NO_LIST = _Kind(
    "error", "no-list",
    "The key {key!r} holds no list or object {times}, and nothing is read from it; it stays in the "
    "file.",
)  # fmt: skip
_NO_OBJECT = _Kind(
    "error", "no-object",
    "An entry of {key!r} is no object {times}, and is passed over; it stays in the file.",
)  # fmt: skip
_KINDS = (_MISFIT, _NO_LIST, _NO_OBJECT)


@dataclass(eq=False)
class Faults:
    """Collects what the forgiving reader meets."""

    issues: list[Issue] = field(default_factory=list[Issue])
    _places: dict[tuple[_Kind, str], _Place] = field(
        default_factory=dict[tuple[_Kind, str], _Place]
    )

    def misfit(self, key: str, at: int, token: bytes) -> None:
        """Note a value of another type than its key should have."""
        self._note(_MISFIT, key, at, token)

    def no_list(self, key: str, at: int, token: bytes) -> None:
        """Note that a key holds something else than its list or object."""
        if token != b"null":
            self._note(_NO_LIST, key, at, token)

    def no_object(self, key: str, at: int, token: bytes) -> None:
        """Note that an entry of a list is no object."""
        self._note(_NO_OBJECT, key, at, token)

    def _note(self, kind: _Kind, key: str, at: int, token: bytes) -> None:
        self._places.setdefault((kind, key), _Place(at, token)).count += 1

    def told(self) -> list[Issue]:
        """Return everything that was found, one sentence for each kind and key."""
        places = sorted(self._places.items(), key=lambda item: _KINDS.index(item[0][0]))
        return [*self.issues, *(_issue(kind, key, place) for (kind, key), place in places)]


def _issue(kind: _Kind, key: str, place: _Place) -> Issue:
    times = f"({place.text} at byte {place.at:,})"
    if place.count > 1:
        times = f"{place.count:,} times (first {place.text} at byte {place.at:,})"
    sentence = kind.told.format(key=key, times=times)
    return Issue(kind.severity, kind.code, sentence, f"byte {place.at}")
