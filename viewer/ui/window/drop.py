"""Dropping files on the window: a dashed frame says what will be opened."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from viewer.media.scan import EXPORT_ENDINGS
from viewer.review.review_file import ENDING as REVIEW_ENDING
from viewer.ui.widgets.file_drag import FileDrag
from viewer.ui.widgets.theme import color, font_of

KINDS = {
    "video": (".mp4", ".m4v", ".mov", ".avi", ".webm", ".mkv", ".gif", ".mpg", ".mpeg"),
    "image": (".dcm", ".ima", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp"),
    "volume": (".nii", ".nrrd", ".nhdr", ".mha", ".mhd"),
}


class DropFrame(QWidget):
    """Lies over the window while files are dragged over it; takes no mouse events."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._text = ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def say(self, text: str) -> None:
        """Show the frame with words."""
        self._text = text
        self.setGeometry(self._window.rect())
        self.show()
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the dashed frame and the words."""
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), color("window", 0.72))
            pen = QPen(color("accent"), 2)
            pen.setDashPattern([4.0, 3.0])
            painter.setPen(pen)
            painter.drawRect(QRectF(self.rect()).adjusted(5, 5, -5, -5))
            painter.setPen(color("text"))
            painter.setFont(font_of(15))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._text)


class Drops(QObject):
    """Turns files dragged over a window into paths."""

    dropped = Signal(list)  # of str

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.frame = DropFrame(window)
        self._drag = FileDrag(window)
        self._drag.entered.connect(self._show)
        self._drag.ended.connect(self.frame.hide)
        self._drag.dropped.connect(self.dropped)

    def _show(self, paths: list[str]) -> None:
        self.frame.say(drop_sentence(paths))


def drop_sentence(paths: list[str]) -> str:
    """Return what dropping these will do."""
    if len(paths) == 1:
        path = Path(paths[0])
        kind = "folder" if path.is_dir() else "export" if is_export(paths[0]) else _kind(path)
        kind = "review" if path.name.lower().endswith(REVIEW_ENDING) else kind
        return f"Open the {kind} {path.name}"
    exports = sum(is_export(path) for path in paths)
    return (
        f"Open {len(paths)} items, {exports} of them exports"
        if exports
        else (f"Open {len(paths)} items")
    )


def _kind(path: Path) -> str:
    """What a file is by its name's ending; its content decides when it is opened."""
    ending = path.suffix.lower()
    return next((kind for kind, endings in KINDS.items() if ending in endings), "file")


def is_export(path: str) -> bool:
    """Whether a name looks like a label export."""
    return path.lower().endswith(EXPORT_ENDINGS)
