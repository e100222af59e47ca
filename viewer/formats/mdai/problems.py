"""Values of an MD.ai file that are no lists or objects, one sentence each."""

from __future__ import annotations

from collections.abc import Sequence

from viewer.errors import Issue
from viewer.model.counted import counted

_LABELLED = frozenset(("datasets", "annotations"))  # where annotations are lost to view


def no_list(key: str, at: int, *, is_null: bool) -> Issue:
    """Say that `key` holds no list at byte `at`."""
    what = "is null" if is_null else "holds no list"
    sentence = f"The key {key!r} {what} at byte {at:,}, and nothing is read from it; it stays."
    severity = "note" if is_null else "error" if key in _LABELLED else "warning"
    return Issue(severity, "no-list", sentence, f"byte {at}")


def no_objects(key: str, places: Sequence[int]) -> Issue:
    """Say that entries of the list `key` are no objects, at these bytes."""
    count = counted(len(places), "entry", "entries")
    what = "is no object" if len(places) == 1 else "are no objects"
    sentence = f"{count} of {key!r} {what}, the first at byte {places[0]:,}; all stay in the file."
    severity = "error" if key in _LABELLED else "warning"
    return Issue(severity, "no-object", sentence, f"byte {places[0]}")
