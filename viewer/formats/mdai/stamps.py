"""Time and author of an edit, in the spelling that a record has."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

_FRACTION = re.compile(r"\.\d+")


def stamp_like(time: str, old: str | None) -> str:
    """Return a UTC time such as 2024-05-01T09:00:00.000Z spelled as `old` is."""
    if not old:
        return time
    spelled = time
    if not _FRACTION.search(old):
        spelled = _FRACTION.sub("", spelled)
    if old.endswith("+00:00") and spelled.endswith("Z"):
        spelled = spelled[:-1] + "+00:00"
    return spelled


def user_finder(
    users: Mapping[str, str], seen: Sequence[str]
) -> Callable[[str | None], str | None]:
    """Return a function from an author's name to the id that this export knows, None without.

    Args:
        users: names by id, from the export's table of users.
        seen: authors as the records name them; ids where the table has no name.
    """
    by_name: dict[str, str] = {}
    for id, name in users.items():
        by_name.setdefault(name, id)
    ids = set(users) | {author for author in seen if not author.startswith("model ")} - set(by_name)

    def user_of(name: str | None) -> str | None:
        if not name:
            return None
        return name if name in ids else by_name.get(name)

    return user_of
