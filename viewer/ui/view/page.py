"""The centre while something is open: three linked views, one, or the parts of a group."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from psygnal import SignalInstance
from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from viewer.geometry.views import PlaneName
from viewer.media.volume import Media
from viewer.paint.layout import Rect, grid_rects, layout_rects
from viewer.paint.states import Loading
from viewer.render.planes import acquired_plane
from viewer.review.boxes import box_of
from viewer.review.media_groups import Part, Spot
from viewer.session.jobs import Jobs
from viewer.session.moving import place_here
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
    """The acquired plane large, the others above each other; frames and short stacks alone.

    Parts of a group stand side by side, each by its acquired plane.
    """

    menu_wanted = Signal(QPoint, tuple)  # global place, Offers there
    group_changed = Signal()  # other parts stand side by side, or none
    pointed = Signal(str)  # the pixel under the pointer in words, "" for none

    def __init__(self, session: Session, hands: Hands, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._hands = hands
        self._style = ViewStyle()
        self._series: tuple[int, ...] = ()  # the media of what was shown last
        self.turns = Turns(self)
        self.views: dict[PlaneName, PlaneView] = {plane: self._made(plane) for plane in PLANES}
        self._panes: dict[tuple[Part, Media], PlaneView] = {}  # of the group that is shown
        self._is_split = False  # they stand side by side
        self.setMinimumSize(QSize(320, 240))
        hands.changed.connect(self.refresh)
        hands.measuring.changed.connect(self.refresh)
        for signal, call in self._connections():
            signal.connect(call)

    def _made(self, plane: PlaneName, part: Part | None = None) -> PlaneView:
        view = PlaneView(self._session, plane, self._hands, self._style, part)
        view.setParent(self)
        view.menu_wanted.connect(self.menu_wanted)
        view.maximise_wanted.connect(self.maximise)
        view.pointed.connect(self.pointed)
        return view

    @property
    def shown(self) -> Sequence[PlaneView]:
        """The views that there are now, one at least."""
        if self._is_split:
            return list(self._panes.values())
        return [self.views[plane] for plane in self.shown_planes]

    @property
    def shown_planes(self) -> Sequence[PlaneName]:
        """The planes of the media shown that have a view, where it stands alone."""
        media, layout = self._session.current, self._session.viewing.layout
        if media is None:
            return PLANES[:1]
        if not is_reformatted(media):
            return (acquired_plane(media),)
        return PLANES if layout == "mpr" else (layout,)

    @property
    def active(self) -> PlaneView:
        """The view that keys act on."""
        shown, wanted = self.shown, self._session.viewing.active
        chosen = (view for view in shown if view.port.is_current and view.plane == wanted)
        return next(chosen, shown[0])

    @property
    def is_painted(self) -> bool:
        """What the session says stands on the screen; also where nothing is to be seen."""
        return not any(view.is_stale and view.isVisible() for view in self.shown)

    def work_ahead(self, jobs: Jobs) -> None:
        """Leave the labels that are too many for one frame to background jobs."""
        ahead = LabelsAhead(self._session, jobs, self._paint_labels)
        self._style.are_labels_ready = ahead.are_ready

    def maximise(self, plane: PlaneName) -> None:
        """Make one view the whole centre, or show all again."""
        viewing = self._session.viewing
        if viewing.layout == "mpr" and len(self.shown) == 1:
            return
        layout: Layout = plane if viewing.layout == "mpr" else "mpr"
        viewing.set_look(layout=layout, active=plane)

    def fit_label(self) -> None:
        """Bring all views near the selected label, where it is shown now."""
        session = self._session
        id = min(session.selection, default=None)
        place = None if id is None else place_here(session, id) or session.matches.first_of(id)
        box = None if id is None else box_of(session.project, session.matches, id, place)
        if box is not None:
            for view in self.shown:
                view.port.look_at(box)
            self.refresh()

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
        for view in (self.active, *self.shown):
            view.is_stale = True
            self.turns.ask(view, partial(self._paint, view))

    def _paint(self, view: PlaneView) -> None:
        if view in self.shown:
            view.show()
            view.update()

    def _paint_labels(self, plane: PlaneName, at: Spot | None) -> None:
        for view in self.shown:
            if view.plane == plane and view.port.spot == at:
                view.update()

    def arrange(self) -> None:
        """Place the views; those of other layouts are hidden, and of other groups let go."""
        session, media = self._session, self._session.current
        if session.panes and media is not None and session.viewing.active != acquired_plane(media):
            session.viewing.set_look(active=acquired_plane(media))  # the one a part has a view of
            return  # which arranges them
        gone = self._make_panes()
        rects = self._rects()
        for view, rect in rects.items():
            view.setGeometry(*rect)
        others = [*gone, *self.views.values(), *self._panes.values()]
        self._keep_focus([view for view in others if view not in rects])
        for view in others:
            if view not in rects:
                view.hide()
        for view in gone:
            view.deleteLater()
        self.refresh()

    def _keep_focus(self, going: Sequence[PlaneView]) -> None:
        """Hand the focus on: Qt gives that of hidden widgets to whatever comes next."""
        if any(view.hasFocus() for view in going):
            self.active.show()
            self.active.setFocus(Qt.FocusReason.OtherFocusReason)

    def _make_panes(self) -> Sequence[PlaneView]:
        """Have a view for each part of the group that is shown; return those of other parts.

        While one is shown alone, the views of all stay as they are.
        """
        if not self._is_other_group():
            return ()
        known, self._is_split = self._panes, bool(self._session.panes)
        self._panes = {
            (part, media): known.pop((part, media), None) or self._made(acquired_plane(media), part)
            for part, media in self._parts()
        }
        self.group_changed.emit()
        return tuple(known.values())

    def _rects(self) -> dict[PlaneView, Rect]:
        """Return where each view goes that there is now."""
        shown, size = self.shown, (self.width(), self.height())
        if self._is_split:
            rects = grid_rects(size, [part.cell for part, _ in self._panes])
            return dict(zip(shown, rects, strict=True))
        layout = "mpr" if len(shown) > 1 else "single"
        main = self._session.viewing.large if layout == "mpr" else shown[0].plane
        by_plane = layout_rects(size, layout, main)
        return {view: by_plane[view.plane] for view in shown}

    def showEvent(self, event: QShowEvent) -> None:
        """Let the views come one after another, behind the rest of the window."""
        for view in (*self.views.values(), *self._panes.values()):
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
        yield session.project_changed, self._project_changed
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
        if self._is_other_group():
            self.arrange()
        for view in self.shown:
            view.port.follow()
        self.refresh()

    def _project_changed(self) -> None:
        """Labels may be shown on other media, and so other parts side by side."""
        if self._is_other_group():
            self.arrange()
        else:
            self.refresh()

    def _is_other_group(self) -> bool:
        is_split = bool(self._session.panes)
        return self._is_split != is_split or tuple(self._panes) != self._parts()

    def _parts(self) -> tuple[tuple[Part, Media], ...]:
        """The parts of the group that is shown, each with its media."""
        session = self._session
        return tuple((part, session.media[part.spot[0]]) for part in session.media_group)

    def _pixels_changed(self, index: int) -> None:
        if any(view.port.number == index for view in self.shown):
            self.refresh()
