"""What a format leaves open of how an entry is read: taken, found, or chosen by hand."""

from __future__ import annotations

from collections.abc import Mapping

from viewer.model.project import Entry, Reading

# EXIF orientation: whether a stored picture is transposed, and then flipped, to be shown (EXIF
# 2.32, 4.6.4 A, Orientation).
TURNED: Mapping[int, tuple[bool, bool, bool]] = {  # transposed, left and right, up and down
    2: (False, True, False),
    3: (False, True, True),
    4: (False, False, True),
    5: (True, False, False),
    6: (True, True, False),
    7: (True, True, True),
    8: (True, False, True),
}
Size = tuple[int, int]  # width and height


def readings_of(
    entry: Entry, chosen: Mapping[Reading, bool], size: Size | None
) -> frozenset[Reading]:
    """Return the readings that hold in place of what is taken.

    Args:
        chosen: what a person decided.
        size: of what the entry is shown on, None where it is shown on nothing.
    """
    found: set[Reading] = {reading for reading in entry.left_open if chosen.get(reading)}
    if "stored-picture" not in chosen and says_stored(entry, size):
        found.add("stored-picture")
    return frozenset(found)


def may_lie(entry: Entry) -> bool:
    """Return whether an entry's size may be that of a picture that is shown lying on its side."""
    return "stored-picture" in entry.left_open and TURNED[entry.orientation][0]


def says_stored(entry: Entry, size: Size | None) -> bool:
    """Return whether an entry has the size of its picture as stored, and not as it is shown."""
    if size is None or entry.size is None or not may_lie(entry):
        return False
    return entry.size == size[::-1] != size
