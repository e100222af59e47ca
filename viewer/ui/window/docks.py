"""The docks: media and labels at the left, the inspector at the right, sized by the window."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtWidgets import (
    QDockWidget,
    QListWidget,
    QMainWindow,
    QSplitter,
    QStackedWidget,
    QWidget,
)

# Least window width, and the widths of the left and the right dock from there on.
WIDTHS = ((0, 248, 260), (1600, 304, 320), (2400, 340, 380))
REVIEW_WIDTHS = ((0, 256, 316), (1600, 340, 372), (2400, 360, 400))
MEDIA_PX = 200
ROW_PX = 52  # one series
DRAWER_PX = 252
FEW_ROWS = 3


def dock_widths(window_width: int, *, is_review: bool = False) -> tuple[int, int]:
    """Return the widths of the left and right dock for a window's width in logical px."""
    steps = REVIEW_WIDTHS if is_review else WIDTHS
    return [(left, right) for least, left, right in steps if window_width >= least][-1]


class Swap(QStackedWidget):
    """What a dock holds in Review, and otherwise; no narrower than the one that is shown."""

    def __init__(self, usual: QWidget, reviewed: QWidget) -> None:
        super().__init__()
        self._parts = (usual, reviewed)
        for part in self._parts:
            self.addWidget(part)

    def sizeHint(self) -> QSize:
        """That of what is shown."""
        return self._parts[self.currentIndex()].sizeHint()

    def minimumSizeHint(self) -> QSize:
        """That of what is shown."""
        return self._parts[self.currentIndex()].minimumSizeHint()


class Docks(QObject):
    """The two docks of a window, which F9 hides, and below them what plays frames."""

    def __init__(
        self,
        window: QMainWindow,
        left: tuple[QWidget, QWidget],
        right: QWidget,
        below: QWidget,
        review: tuple[QWidget, QWidget],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._step: tuple[int, int] | None = None
        self._drawer: QDockWidget | None = None
        self._media_px = 0
        self._settled_at = 0
        self._widths: tuple[int, int] = (
            0,
            0,
        )  # the docks' own, whatever a small window leaves of them
        self._media = left[0]
        self.split = QSplitter(Qt.Orientation.Vertical)
        self.split.setHandleWidth(1)
        self.split.setChildrenCollapsible(False)
        for part in left:
            self.split.addWidget(part)
        self.split.setSizes([MEDIA_PX, 4 * MEDIA_PX])
        self.split.setStretchFactor(0, 0)
        self.split.setStretchFactor(1, 1)
        self._swaps = (Swap(self.split, review[0]), Swap(right, review[1]))
        self._is_review = False
        self.left = _dock(window, "left", "Media and labels", self._swaps[0])
        self.right = _dock(window, "right", "Inspector", self._swaps[1])
        window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, self.left)
        window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.right)
        self.below = _dock(window, "below", "Playback", below)
        for corner in (Qt.Corner.BottomLeftCorner, Qt.Corner.BottomRightCorner):
            window.setCorner(corner, Qt.DockWidgetArea.BottomDockWidgetArea)
        window.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, self.below)
        self.below.hide()
        for dock in (self.left, self.right):
            dock.installEventFilter(self)

    def add_drawer(self, drawer: QWidget) -> None:
        """Put a drawer below everything, hidden."""
        self._drawer = _dock(self._window, "drawer", "Drawer", drawer)
        self._window.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, self._drawer)
        self._window.splitDockWidget(self.below, self._drawer, Qt.Orientation.Vertical)
        self._drawer.hide()

    def show_drawer(self, is_shown: bool) -> None:
        """Show or hide the drawer; it comes with room for some rows."""
        if self._drawer is None or is_shown != self._drawer.isHidden():
            return
        self._drawer.setVisible(is_shown)
        if is_shown:
            vertical = Qt.Orientation.Vertical
            self._window.resizeDocks([self._drawer], [DRAWER_PX], vertical)

    def fit_media(self, fifths: int) -> None:
        """Give the media what their rows need, at most so many fifths; labels the rest.

        Where exports take much of that, a few rows are there all the same, in up to half.

        Only when that changes, so that a place chosen by hand is kept.
        """
        rows, height = self._media.findChild(QListWidget), self.split.height()
        if rows is None or height <= 0:
            return
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)  # what was folded
        others = self._media.minimumSizeHint().height() - rows.minimumSizeHint().height()
        row = max(rows.sizeHintForRow(0), ROW_PX)
        wanted = others + max(rows.count(), 1) * row + 4
        few = min(others + FEW_ROWS * row + 4, height // 2)
        used = min(wanted, max(height * fifths // 5, few))
        if used != self._media_px:
            self._media_px = used
            self.split.setSizes([used, height - used])

    @property
    def sizes(self) -> tuple[int, int, int]:
        """Widths of the left and right dock, and the height of the media in the left one, px."""
        left, right = self._widths
        return left, right, self.split.sizes()[0]

    def take_sizes(self, left: int, right: int, media: int) -> None:
        """Take sizes as they were before; each at least what it needs, at most half the window."""
        room, height = self._window.width() // 2, self.split.height()
        self._widths = (min(left, room), min(right, room))
        self._settled_at = 0
        docks = [self.left, self.right]
        self._window.resizeDocks(docks, list(self._widths), Qt.Orientation.Horizontal)
        QTimer.singleShot(0, self, self._settle)
        if 0 < media < height:
            self.split.setSizes([media, height - media])

    @property
    def is_shown(self) -> bool:
        """At least one dock is there."""
        return not (self.left.isHidden() and self.right.isHidden())

    def show(self, is_shown: bool) -> None:
        """Show or hide both."""
        self.left.setVisible(is_shown)
        self.right.setVisible(is_shown)

    def set_review(self, is_review: bool) -> None:
        """Hold the worklist and the verdict, or what is there otherwise."""
        self._is_review = is_review
        for swap in self._swaps:
            swap.setCurrentIndex(int(is_review))
            swap.updateGeometry()
        self.set_width(self._window.width())

    def eventFilter(self, dock: QObject, event: QEvent) -> bool:
        """Remember widths chosen by hand: the docks change and the window does not.

        Where the views between are as narrow as they can be, it is the window that squeezes.
        """
        if event.type() == QEvent.Type.Resize and self._settled_at == self._window.width():
            centre: QWidget | None = self._window.centralWidget()
            if centre is not None and centre.width() > centre.minimumSizeHint().width():
                self._widths = (self.left.width(), self.right.width())
        return super().eventFilter(dock, event)

    def _settle(self) -> None:
        self._settled_at = self._window.width()

    def set_width(self, window_width: int) -> None:
        """Take the widths of this window width when it crosses one of the steps, else the own."""
        step = dock_widths(window_width, is_review=self._is_review)
        if step != self._step:
            self._step = self._widths = step
        own = list(self._widths)
        self._settled_at = 0  # what the layout does now is not done by hand
        self._window.resizeDocks([self.left, self.right], own, Qt.Orientation.Horizontal)
        QTimer.singleShot(0, self, self._settle)


def _dock(window: QMainWindow, name: str, title: str, content: QWidget) -> QDockWidget:
    dock = QDockWidget(title, window)
    dock.setObjectName(name)
    dock.setFeatures(QDockWidget.DockWidgetFeature.NoDockWidgetFeatures)
    dock.setTitleBarWidget(QWidget())  # an empty one takes the title's place
    dock.setWidget(content)
    return dock
