"""The centre while something is open: three linked views, or one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from psygnal import SignalInstance
from PySide6.QtCore import QPoint, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from viewer.geometry.views import PlaneName
from viewer.paint.layout import layout_rects
from viewer.paint.states import Loading
from viewer.render.planes import acquired_plane
from viewer.session.jobs import Jobs
from viewer.session.session import Session
from viewer.session.viewing import Layout
from viewer.ui.labels.labels_ahead import LabelsAhead
from viewer.ui.view.hands import Hands
from viewer.ui.view.plane import is_reformatted
from viewer.ui.view.view import PlaneView, ViewStyle
from viewer.ui.widgets.theme import color
from viewer.ui.widgets.turns import Turns

PLANES: tuple[PlaneName, ...] = ("axial", "sagittal", "coronal")


class ViewsPage(QWidget):
    """The acquired plane large, the others above each other; frames and short stacks alone."""

    menu_wanted = Signal(QPoint, tuple)  # global place, Offers there
    pointed = Signal(object)  # voxel place under the pointer, or None

    def __init__(self, session: Session, hands: Hands, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._style = ViewStyle()
        self._series: tuple[int, ...] = ()  # the media of what was shown last
        self.turns = Turns(self)
        self.views: dict[PlaneName, PlaneView] = {}
        for plane in PLANES:
            view = PlaneView(session, plane, hands, self._style)
            view.setParent(self)
            view.menu_wanted.connect(self.menu_wanted)
            view.maximise_wanted.connect(self.maximise)
            view.pointed.connect(self.pointed)
            self.views[plane] = view
        self.setMinimumSize(QSize(320, 240))
        hands.changed.connect(self.refresh)
        for signal, call in self._connections():
            signal.connect(call)

    @property
    def shown_planes(self) -> Sequence[PlaneName]:
        """The planes that have a view now."""
        media, layout = self._session.current, self._session.viewing.layout
        if media is None:
            return PLANES[:1]
        if not is_reformatted(media):
            return (acquired_plane(media),)
        return PLANES if layout == "mpr" else (layout,)

    @property
    def active(self) -> PlaneView:
        """The view that keys act on."""
        shown = self.shown_planes
        wanted = self._session.viewing.active
        return self.views[wanted if wanted in shown else shown[0]]

    @property
    def is_painted(self) -> bool:
        """What the session says stands on the screen; also where nothing is to be seen."""
        shown = (self.views[plane] for plane in self.shown_planes)
        return not any(view.is_stale and view.isVisible() for view in shown)

    def work_ahead(self, jobs: Jobs) -> None:
        """Leave the labels that are too many for one frame to background jobs."""
        ahead = LabelsAhead(self._session, jobs, lambda plane: self.views[plane].update())
        self._style.are_labels_ready = ahead.are_ready

    def maximise(self, plane: PlaneName) -> None:
        """Make one view the whole centre, or show all three again."""
        viewing = self._session.viewing
        layout: Layout = plane if viewing.layout == "mpr" else "mpr"
        viewing.set_look(layout=layout, active=plane)

    def set_tags(self, all_of_them: bool) -> None:
        """Show the names of all labels, or of the selected one alone."""
        self._style.tags = all_of_them
        self.refresh()

    def set_loading(self, done: int, total: int) -> None:
        """Show how many slices are decoded; nothing once all are."""
        self._style.loading = Loading(done, total) if done < total else None
        self.refresh()

    def set_late(self, frame: int | None) -> None:
        """Say that a frame is being waited for; None when it is there."""
        self._style.late = frame
        self.refresh()

    def refresh(self) -> None:
        """Paint the views again, each in its own turn of the event loop, the active one first."""
        for plane in (self.active.plane, *self.shown_planes):
            self.views[plane].is_stale = True
            self.turns.ask(plane, partial(self._paint, plane))

    def _paint(self, plane: PlaneName) -> None:
        view = self.views[plane]
        view.setVisible(plane in self.shown_planes)
        view.update()

    def arrange(self) -> None:
        """Place the views; those of other layouts are hidden."""
        shown = self.shown_planes
        layout = "mpr" if len(shown) > 1 else "single"
        main = self._session.viewing.large if layout == "mpr" else shown[0]
        rects = layout_rects((self.width(), self.height()), layout, main)
        for plane, view in self.views.items():
            if plane in shown:
                view.setGeometry(*rects[plane])
            else:
                view.hide()
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """Let the views come one after another, behind the rest of the window."""
        for view in self.views.values():
            view.hide()
        self.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the views anew."""
        self.arrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill the gaps between the views."""
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), color("divider"))

    def _connections(self) -> Iterator[tuple[SignalInstance, Callable[..., None]]]:
        session = self._session
        viewing = session.viewing
        yield viewing.media_changed, self._media_changed
        yield viewing.look_changed, self.arrange
        yield viewing.crosshair_changed, self._crosshair_changed
        yield viewing.window_changed, self.refresh
        yield session.display.changed, self.refresh
        yield session.project_changed, self.refresh
        yield session.selection_changed, self.refresh
        yield session.mode_changed, self.refresh
        yield session.pixels_changed, self._pixels_changed

    def _media_changed(self) -> None:
        """Fit another series; between the points of one, zoom and pan stay."""
        viewing, media = self._session.viewing, self._session.media
        series = tuple(id(media[number]) for number in viewing.points)
        if series != self._series:
            self._series = series
            for view in self.views.values():
                view.port.camera.fit()
        self.arrange()

    def _crosshair_changed(self) -> None:
        for plane in self.shown_planes:
            self.views[plane].port.follow()
        self.refresh()

    def _pixels_changed(self, index: int) -> None:
        if index == self._session.viewing.media_index:
            self.refresh()
