"""The right dock: the inspector's tabs, and below them what is said of the image shown."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

from viewer.session.session import Session
from viewer.ui.inspector.classified_panel import ClassifiedPanel

MOST_SHARE = 0.4  # of the height, for what is below
LEAST_PX = 72


class RightDock(QSplitter):
    """Below is as high as the most that was shown of this media, within its share.

    It never shrinks by itself, so that nothing jumps from frame to frame; a place that was
    chosen by hand stays until more is shown.
    """

    def __init__(self, session: Session, tabs: QWidget, below: ClassifiedPanel) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self._below = below
        self._wanted_px = 0
        self.setHandleWidth(1)
        self.setChildrenCollapsible(False)
        self.addWidget(tabs)
        self.addWidget(below)
        self.setStretchFactor(0, 1)
        self.setStretchFactor(1, 0)
        below.height_changed.connect(self._fit)
        session.viewing.media_changed.connect(self._start_anew)
        session.project_changed.connect(self._show_wanted)
        self._show_wanted()

    def _start_anew(self) -> None:
        self._wanted_px = 0
        self._show_wanted()
        self._fit()

    def _show_wanted(self) -> None:
        self._below.setVisible(self._below.is_wanted)

    def _fit(self) -> None:
        """Give what is below the room that it needs, if that is more than before."""
        wanted = max(LEAST_PX, self._below.wanted_height())
        if wanted > self._wanted_px and self.height() > 0:
            self._wanted_px = wanted
            used = min(wanted, round(self.height() * MOST_SHARE))
            self.setSizes([self.height() - used, used])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit anew."""
        super().resizeEvent(event)
        wanted, self._wanted_px = self._wanted_px, 0
        self._fit()
        self._wanted_px = max(wanted, self._wanted_px)
