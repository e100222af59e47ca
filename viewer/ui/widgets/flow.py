"""Parts side by side that go on in a further line where a line is full."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect


def flowed(widths: Sequence[int], room: int, height: int, gap: int) -> list[QRect]:
    """Return where parts of these widths stand in `room` px; one wider than that is cut."""
    x = y = 0
    places: list[QRect] = []
    for width in widths:
        if x and x + width > room:
            x, y = 0, y + height + gap
        places.append(QRect(x, y, min(width, room), height))
        x += width + gap
    return places
