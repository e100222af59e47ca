"""How a mark's lines are drawn: width, stroke and strength."""

from __future__ import annotations

from dataclasses import dataclass

WIDTH_PX = 2.0


@dataclass(frozen=True)
class Pen:
    """How the lines of a mark are drawn.

    Args:
        width_px: in logical px, of a label that does not stand out.
        is_broken: of long and short strokes.
        opacity: of lines and inside.
    """

    width_px: float = WIDTH_PX
    is_broken: bool = False
    opacity: float = 1.0


PLAIN_PEN = Pen()
