"""Which of many names a few typed letters mean, and which letters of each name they are."""

from __future__ import annotations

Letters = tuple[int, ...]  # rising places in a name


def letters_meant(name: str, typed: str) -> tuple[int, Letters] | None:
    """Return how well a name fits, 0 best, and its letters that were typed; None where it does not.

    Words may be typed in any order, each as it stands in the name, and one at its beginning is
    best; else all letters in their
    order, each at the beginning of a word or behind the one before it.
    """
    low, words = name.casefold(), typed.casefold().split()
    if len(low) != len(name):  # letters that become two: places would not be those of the name
        low = name.lower() if len(name.lower()) == len(name) else name
    found: set[int] = set()
    best = 2 if words else 0
    for word in words:
        at, rank = _place(low, word)
        if at < 0:
            initials = _initials(low, "".join(words))
            return None if initials is None else (3, initials)
        best = min(best, rank)
        found.update(range(at, at + len(word)))
    return best, tuple(sorted(found))


def _place(name: str, word: str) -> tuple[int, int]:
    """Return where a word stands in a name, -1 for nowhere, and how well: 0 at its beginning."""
    if name.startswith(word):
        return 0, 0
    at = name.find(f" {word}")
    if at >= 0:
        return at + 1, 1
    return name.find(word), 2


def _initials(name: str, typed: str) -> Letters | None:
    """Return letters of a name, each at a word's beginning or behind the one before it."""
    places: list[int] = []
    for letter in typed:
        after = places[-1] + 1 if places else 0
        if places and after < len(name) and name[after] == letter:
            places.append(after)
            continue
        starts = (at for at in range(after, len(name)) if at == 0 or not name[at - 1].isalnum())
        at = next((at for at in starts if name[at] == letter), None)
        if at is None:
            return None
        places.append(at)
    return tuple(places)
