"""The opened file as a strip: grey is copied, coloured places change."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from viewer.ui.widgets.theme import color

STRIP_PX = 20
LEAST_PX = 3.0


@dataclass(frozen=True)
class ByteSpan:
    """Bytes [start, end) of the opened file, and how many new ones come in their place."""

    start: int
    end: int
    new: int

    @property
    def token(self) -> str:
        """Changed is amber, added green, deleted vermilion."""
        if self.start == self.end:
            return "ok"
        return "caution" if self.new else "bad"


class SpanStrip(QWidget):
    """Painted; a place too small to see gets 3 px."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spans: tuple[ByteSpan, ...] = ()
        self._size = 1
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Places of the file that change")

    def show_spans(self, spans: tuple[ByteSpan, ...], size_bytes: int) -> None:
        """Show where a file of `size_bytes` changes."""
        self._spans = spans
        self._size = max(size_bytes, 1)
        self.setAccessibleDescription(f"{len(spans):,} places")
        self.update()

    def sizeHint(self) -> QSize:
        """A strip over the width."""
        return QSize(200, STRIP_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the file and its changes."""
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), color("raised"))
            scale = self.width() / self._size
            for span in self._spans:
                left = min(span.start * scale, self.width() - LEAST_PX)
                width = max((span.end - span.start) * scale, LEAST_PX)
                painter.fillRect(QRectF(left, 0, width, self.height()), color(span.token))
