"""A rectangle that is dragged over the picture; its values make the window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QPointF, QRectF


class _Surface(Protocol):
    def show_region(self, rect: QRectF | None) -> None: ...
    def window_from(self, rect: QRectF) -> None: ...


@dataclass
class RegionDrag:
    """The rectangle is drawn while it is dragged; at the end the window is taken from it."""

    surface: _Surface
    start: QPointF
    rect: QRectF | None = None

    def move(self, at: QPointF) -> None:
        """Span it from where the drag began."""
        self.rect = QRectF(self.start, at).normalized()
        self.surface.show_region(self.rect)

    def finish(self) -> None:
        """Take the window, where anything was spanned."""
        self.surface.show_region(None)
        if self.rect is not None:
            self.surface.window_from(self.rect)

    def give_up(self) -> None:
        """Take the rectangle away, and nothing from it."""
        self.surface.show_region(None)
