"""Numbers of things in words."""

from __future__ import annotations


def counted(count: int, one: str, many: str = "") -> str:
    """Return such as "1 label" or "1,200 labels".

    Args:
        one, many: the word for one of them and for several; `one` with an s unless told.
    """
    return f"1 {one}" if count == 1 else f"{count:,} {many or f'{one}s'}"
