"""A small picture of what a view shows, drawn again with every change."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from viewer.geometry.views import PlaneName
from viewer.paint.compose import Extras, view_picture
from viewer.paint.look import look_of
from viewer.paint.picture import paint_view
from viewer.session.jobs import Jobs
from viewer.session.panes import pane_of
from viewer.session.session import Session
from viewer.ui.labels.labels_ahead import LabelsAhead
from viewer.ui.widgets.theme import theme

EXTRAS = Extras(bare=True, tags=False, frame=False)


class Preview(QWidget):
    """One plane of the session's media with its labels, and nothing else."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.plane: PlaneName = "axial"
        self._ahead: LabelsAhead | None = None
        self.setAccessibleName("Preview")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(QSize(160, 120))
        session.project_changed.connect(self._repaint)
        session.pixels_changed.connect(self._on_pixels)
        session.viewing.media_changed.connect(self._repaint)
        session.viewing.crosshair_changed.connect(self._repaint)
        session.viewing.window_changed.connect(self._repaint)
        session.display.changed.connect(self._repaint)

    def show_plane(self, plane: PlaneName) -> None:
        """Show another plane."""
        self.plane = plane
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the picture as the view does."""
        size = (float(self.width()), float(self.height()))
        with QPainter(self) as painter:
            paint_view(
                painter,
                view_picture(self._session, self.plane, size, self._extras()),
                look_of(theme().name),
            )

    def work_ahead(self, jobs: Jobs) -> None:
        """Leave the labels that are too many for one frame to background jobs."""
        repaint = self.update
        self._ahead = LabelsAhead(self._session, jobs, lambda _pane: repaint(), "preview labels")

    def _extras(self) -> Extras:
        is_known = self._ahead is None or self._ahead.are_ready(pane_of(self.plane))
        return replace(EXTRAS, labels=is_known)

    def _repaint(self) -> None:
        self.update()

    def _on_pixels(self, _media: int) -> None:
        self.update()
