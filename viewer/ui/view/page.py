"""The centre while something is open: views of what the session has stand there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from psygnal import SignalInstance
from PySide6.QtCore import QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from viewer.geometry.views import PlaneName
from viewer.media.volume import Media
from viewer.paint.layout import grid_rects
from viewer.paint.picture import ViewPicture
from viewer.paint.states import Loading
from viewer.review.boxes import box_of
from viewer.session.arranging import active_of, compared_of, parts_of
from viewer.session.comparing import LEFT, RIGHT
from viewer.session.jobs import Jobs
from viewer.session.moving import place_here
from viewer.session.panes import PLANES, Pane, pane_of
from viewer.session.session import Session
from viewer.ui.labels.labels_ahead import Ahead, LabelsAhead
from viewer.ui.view.framing_beside import framing_beside
from viewer.ui.view.hands import Hands
from viewer.ui.view.pictures_ahead import PicturesAhead
from viewer.ui.view.resting import Resting
from viewer.ui.view.view import PlaneView, ViewStyle
from viewer.ui.widgets.theme import color
from viewer.ui.widgets.turns import Turns

REST_MS = 200  # after the last of many changes

_Key = tuple[str, Media | None]  # id of a pane, and the first media of its series


class ViewsPage(QWidget):
    """What the session's panes show, each in a view of its own.

    A view stays as it is while its pane keeps its name and shows the same series; also while
    another one stands alone.
    """

    menu_wanted = Signal(QPoint, tuple)  # global place, Offers there
    beside_changed = Signal()  # other media stand side by side, or none
    pointed = Signal(str)  # the pixel under the pointer in words, "" for none

    def __init__(self, session: Session, hands: Hands, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._hands = hands
        self._style = ViewStyle()
        self._ahead: LabelsAhead | None = None
        self._series: tuple[int, ...] = ()  # the media of what was shown last
        self.turns = Turns(self)
        self._resting = QTimer(self, singleShot=True, interval=REST_MS)
        self._resting.timeout.connect(self._rest)
        self._is_dragged = False  # display changes follow each other fast
        self.views: dict[PlaneName, PlaneView] = {
            plane: self._made(pane_of(plane)) for plane in PLANES
        }
        self._others: dict[_Key, PlaneView] = {}
        self._panes = session.panes  # as they are placed
        self._beside: tuple[_Key, ...] = ()  # those of them that are of named media
        self.setMinimumSize(QSize(320, 240))
        hands.changed.connect(self.refresh)
        hands.measuring.changed.connect(self.refresh)
        for signal, call in self._connections():
            signal.connect(call)

    def _made(self, pane: Pane) -> PlaneView:
        view = PlaneView(self._session, pane, self._hands, self._style)
        view.setParent(self)
        view.menu_wanted.connect(self.menu_wanted)
        view.maximise_wanted.connect(self.maximise)
        view.pointed.connect(self.pointed)
        view.framed.connect(partial(self._frame_beside, view))
        return view

    @property
    def shown(self) -> Sequence[PlaneView]:
        """The views that there are now, one at least."""
        return [self._view_of(pane) for pane in self._panes]

    @property
    def active(self) -> PlaneView:
        """The view that keys act on."""
        return self._view_of(active_of(self._session, self._panes))

    @property
    def is_painted(self) -> bool:
        """What the session says stands on the screen; also where nothing is to be seen."""
        return not any(view.is_stale and view.isVisible() for view in self.shown)

    def work_ahead(self, jobs: Jobs) -> None:
        """Leave the labels that are too many for one frame to background jobs."""
        ahead = self._ahead = LabelsAhead(self._session, jobs, self._paint_labels)
        self._style.are_labels_ready = ahead.are_ready
        resting = Resting(self._session, jobs, self._paint_labels, self)
        pictures = PicturesAhead(self._session, jobs)

        def painted(pane: Pane, picture: ViewPicture, ratio: float) -> None:
            resting.painted(pane)
            pictures.painted(pane, picture, ratio)

        self._style.painted = painted

    def filter_ahead(self) -> Ahead:
        """Return what a job does with a filter before the views show what it leaves in."""
        panes = [view.port.pane for view in self.shown]
        return (
            (lambda _fitting, _check: None) if self._ahead is None else self._ahead.of_filter(panes)
        )

    def maximise(self, id: str) -> None:
        """Make the view of a pane the whole centre, or show all again."""
        viewing = self._session.viewing
        if viewing.layout == "single":
            viewing.set_look(layout=viewing.several, active=id)
        elif len(self._panes) > 1:
            viewing.set_look(layout="single", active=id)

    def _frame_beside(self, view: PlaneView) -> None:
        """Show in what is compared with a view the same part at the same scale."""
        compared = self._session.viewing.compared
        if view not in self.shown or compared is None or not compared.is_linked:
            return
        for beside in self.shown:
            if beside is not view and beside.port.pane.id in (LEFT, RIGHT):
                beside.port.camera.framing = framing_beside(view.port, beside.port)
                beside.update()

    def fit_label(self) -> None:
        """Bring all views near the selected label, where it is shown now.

        One that is about a whole picture brings the whole pictures.
        """
        session = self._session
        id = min(session.selection, default=None)
        place = None if id is None else place_here(session, id) or session.matches.first_of(id)
        box = None if id is None else box_of(session.project, session.matches, id, place)
        if box is not None:
            for view in self.shown:
                view.port.look_at(box)
        elif id is not None:
            self.fit()
        self.refresh()

    def fit(self) -> None:
        """Show the whole pictures in all views."""
        for view in self.shown:
            view.port.camera.fit()
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

    def _display_changed(self) -> None:
        """Paint the views again; while a slider is dragged, the active one first."""
        self._is_dragged = self._resting.isActive()
        self._resting.start()
        if not self._is_dragged:
            self.refresh()
            return
        for view in self.shown:
            view.is_stale = True
        self.turns.ask(self.active, partial(self._paint, self.active))

    def follow(self) -> None:
        """Paint the active view now, under a slider: before what else there is to paint."""
        if self._is_dragged:
            self._paint(self.active)

    def _rest(self) -> None:
        """Have the views painted that did not follow."""
        self._is_dragged = False
        for view in self.shown:
            if view.is_stale:
                self.turns.ask(view, partial(self._paint, view))

    def _paint(self, view: PlaneView) -> None:
        if view in self.shown:
            view.show()
            if view.is_stale:
                view.repaint()  # now: what is updated in several turns is painted in one

    def _paint_labels(self, pane: Pane) -> None:
        for view in self.shown:
            if view.port.pane == pane:
                view.update()

    def arrange(self) -> None:
        """Place the views; those of other panes are hidden, and of other groups let go."""
        gone = self._take_panes()
        shown = self.shown
        rects = grid_rects((self.width(), self.height()), [pane.cell for pane in self._panes])
        for view, rect in zip(shown, rects, strict=True):
            view.setGeometry(*rect)
        others = [*gone, *self.views.values(), *self._others.values()]
        self._keep_focus([view for view in others if view not in shown])
        for view in others:
            if view not in shown:
                view.hide()
        for view in gone:
            view.deleteLater()
        self.refresh()

    def _keep_focus(self, going: Sequence[PlaneView]) -> None:
        """Hand the focus on: Qt gives that of hidden widgets to whatever comes next."""
        if any(view.hasFocus() for view in going):
            self.active.show()
            self.active.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take_panes(self) -> Sequence[PlaneView]:
        """Have a view for each pane; return those that cannot come back.

        The parts of a group can, while one of them is shown alone.
        """
        self._panes = self._session.panes
        for pane in self._panes:
            port = self._view_of(pane).port
            if port.pane.plane != pane.plane:
                port.camera.fit()  # the part that was shown lies on another plane
            port.pane = pane
        back = (*parts_of(self._session), *compared_of(self._session))
        kept = {self._key(pane) for pane in (*self._panes, *back)}
        gone = [key for key in self._others if key not in kept and key[1] is not None]
        beside = tuple(self._key(pane) for pane in self._panes if pane.spot is not None)
        if beside != self._beside:
            self._beside = beside
            self.beside_changed.emit()
        return [self._others.pop(key) for key in gone]

    def _view_of(self, pane: Pane) -> PlaneView:
        """Return the view of a pane, made when it is needed first."""
        linked = next((view for plane, view in self.views.items() if plane == pane.id), None)
        if linked is not None:
            return linked
        key = self._key(pane)
        if key not in self._others:
            self._others[key] = self._made(pane)
        return self._others[key]

    def _linked(self) -> Iterator[PlaneView]:
        """Yield the views of whatever media is shown."""
        yield from self.views.values()
        yield from (view for (_, media), view in self._others.items() if media is None)

    def _key(self, pane: Pane) -> _Key:
        session = self._session
        home = None if pane.media is None else session.viewing.home_of(pane.media)
        return pane.id, None if home is None else session.media[home]

    def showEvent(self, event: QShowEvent) -> None:
        """Let the views come one after another, behind the rest of the window."""
        for view in (*self.views.values(), *self._others.values()):
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
        yield viewing.planes_changed, self.refresh
        yield viewing.crosshair_changed, self._crosshair_changed
        yield viewing.window_changed, self.refresh
        yield viewing.laid_changed, self.refresh
        yield viewing.compared_changed, self.arrange
        yield session.display.changed, self._display_changed
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
            for view in self._linked():
                view.port.camera.fit()
        self.arrange()

    def _crosshair_changed(self) -> None:
        if self._panes != self._session.panes:
            self.arrange()
        for view in self.shown:
            view.port.follow()
        self.refresh()

    def _project_changed(self) -> None:
        """Labels may be shown on other media, and so other parts side by side."""
        if self._panes != self._session.panes:
            self.arrange()
        else:
            self.refresh()

    def _pixels_changed(self, index: int) -> None:
        if any(view.port.number == index for view in self.shown):
            self.refresh()
