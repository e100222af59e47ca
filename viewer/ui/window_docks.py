"""The docks: media and labels at the left, the inspector at the right, sized by the window."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QDockWidget, QListWidget, QMainWindow, QSplitter, QWidget

# Least window width, and the widths of the left and the right dock from there on.
WIDTHS = ((0, 248, 260), (1600, 304, 320), (2400, 340, 380))
MEDIA_PX = 200
ROW_PX = 52  # one series


def dock_widths(window_width: int) -> tuple[int, int]:
    """Return the widths of the left and right dock for a window's width in logical px."""
    fitting = [(left, right) for least, left, right in WIDTHS if window_width >= least]
    return fitting[-1]


class Docks:
    """The two docks of a window; F9 hides both."""

    def __init__(self, window: QMainWindow, left: tuple[QWidget, QWidget], right: QWidget) -> None:
        self._window = window
        self._step: tuple[int, int] | None = None
        self._wanted: tuple[int, int] | None = None
        self._media = left[0]
        self.split = QSplitter(Qt.Orientation.Vertical)
        self.split.setHandleWidth(1)
        self.split.setChildrenCollapsible(False)
        for part in left:
            self.split.addWidget(part)
        self.split.setSizes([MEDIA_PX, 4 * MEDIA_PX])
        self.split.setStretchFactor(0, 0)
        self.split.setStretchFactor(1, 1)
        self.left = _dock(window, "left", "Media and labels", self.split)
        self.right = _dock(window, "right", "Inspector", right)
        window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, self.left)
        window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.right)

    def fit_media(self, fifths: int) -> None:
        """Give the media what their rows need, at most so many fifths; labels the rest.

        Only when that changes, so that a place chosen by hand is kept.
        """
        rows, height = self._media.findChild(QListWidget), self.split.height()
        if rows is None or height <= 0:
            return
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)  # what was folded
        others = self._media.minimumSizeHint().height() - rows.minimumSizeHint().height()
        wanted = others + max(rows.count(), 1) * max(rows.sizeHintForRow(0), ROW_PX) + 4
        if (wanted, fifths) != self._wanted:
            self._wanted = (wanted, fifths)
            used = min(wanted, height * fifths // 5)
            self.split.setSizes([used, height - used])

    @property
    def is_shown(self) -> bool:
        """At least one dock is there."""
        return not (self.left.isHidden() and self.right.isHidden())

    def show(self, is_shown: bool) -> None:
        """Show or hide both."""
        self.left.setVisible(is_shown)
        self.right.setVisible(is_shown)

    def set_width(self, window_width: int) -> None:
        """Take the widths of this window width, when it crosses one of the steps."""
        step = dock_widths(window_width)
        if step != self._step:
            self._step = step
            self._window.resizeDocks([self.left, self.right], list(step), Qt.Orientation.Horizontal)


def _dock(window: QMainWindow, name: str, title: str, content: QWidget) -> QDockWidget:
    dock = QDockWidget(title, window)
    dock.setObjectName(name)
    dock.setFeatures(QDockWidget.DockWidgetFeature.NoDockWidgetFeatures)
    dock.setTitleBarWidget(QWidget())  # an empty one takes the title's place
    dock.setWidget(content)
    return dock
