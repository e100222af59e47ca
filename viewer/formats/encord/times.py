"""Times as Encord's exports spell them; a new one is spelled like those of its row."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_WORDS = re.compile(r"[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} (?P<zone>GMT|UTC)")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip


def spelled_time(stamp: str | None, like: object) -> str | None:
    """Return a time as Encord spells it; None where there is none.

    Args:
        stamp: ISO 8601, as commands keep it; what is none is returned as it is.
        like: a time of the same row, whose zone is followed.
    """
    if not stamp:
        return None
    try:
        at = datetime.fromisoformat(stamp)
    except ValueError:
        return stamp
    at = at.astimezone(UTC) if at.tzinfo else at
    found = _WORDS.fullmatch(like) if isinstance(like, str) else None
    zone = found["zone"] if found else "UTC"
    day, month = _DAYS[at.weekday()], _MONTHS[at.month - 1]
    return f"{day}, {at.day:02d} {month} {at.year:04d} {at:%H:%M:%S} {zone}"
