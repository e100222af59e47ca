"""The main window: its parts, and who tells whom; the parts do the work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import cast

from psygnal import SignalInstance
from PySide6.QtCore import QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QKeyEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QMainWindow,
    QMenu,
    QStackedWidget,
    QStatusBar,
    QWidget,
)

from viewer.session.jobs import Jobs
from viewer.session.session import Session
from viewer.session.viewing import Voxel
from viewer.ui.actions import ActionSet
from viewer.ui.delete_strip import DeleteStrip
from viewer.ui.frames_wanted import FramesWanted
from viewer.ui.icons import icon
from viewer.ui.inspector import Inspector
from viewer.ui.label_panel import LabelPanel
from viewer.ui.media_panel import MediaPanel
from viewer.ui.name_strip import NameStrip
from viewer.ui.opening import Opening
from viewer.ui.playback_panel import PlaybackPanel
from viewer.ui.player import Player
from viewer.ui.saving import Saving
from viewer.ui.status import StatusLine
from viewer.ui.theme import theme
from viewer.ui.view_hands import Hands
from viewer.ui.view_plane import probe_text
from viewer.ui.views_page import ViewsPage
from viewer.ui.welcome import WelcomePage
from viewer.ui.window_commands import commands_of
from viewer.ui.window_docks import Docks
from viewer.ui.window_drop import Drops
from viewer.ui.window_keys import HeldHide
from viewer.ui.window_keysheet import KeySheet
from viewer.ui.window_steering import Steering
from viewer.ui.window_title import title_of
from viewer.ui.window_toolbar import MainToolBar

NOTICE = "For research and label review. Not for diagnosis."
NOTHING_TO_EDIT = "Edit (F3): open a label export first."
NARROW = 1600  # below this width only the selected label's name stands on the picture


class MainWindow(QMainWindow):
    """One window over one session."""

    closed = Signal()

    def __init__(self, session: Session, jobs: Jobs) -> None:
        super().__init__()
        self.session = session
        self.hands = Hands(session, self)
        self.views = ViewsPage(session, self.hands)
        self.views.work_ahead(jobs)
        self.deletion = DeleteStrip(session, self.views)
        self.media_panel = MediaPanel(session, jobs=jobs)
        self.label_panel = LabelPanel(session)
        self.inspector = Inspector(session, jobs=jobs)
        self.status = StatusLine(session)
        self.welcome = WelcomePage(session)
        self.saving = Saving(session, jobs, self)
        self.opening = Opening(session, jobs, self.saving.may_leave, self)
        self.centre = QStackedWidget()
        for page in (self.welcome, self.views, self.saving.page):
            self.centre.addWidget(page)
        self.setCentralWidget(self.centre)
        self.naming = NameStrip(session, self.centre)
        self.setMinimumSize(QSize(960, 600))
        self.setDockNestingEnabled(False)
        self._steering = Steering(session, self.views, self.label_panel.neighbour)
        self.run = commands_of(self, self._steering)
        self.actions_ = ActionSet(self, self.run, icon, self.views)
        self.actions_.set_checked("app.docks", True)
        self.toolbar = MainToolBar(self, session, self.actions_, self.hands)
        left = (self.media_panel, self.label_panel)
        self.frames = FramesWanted(session, self)
        self.player = Player(session, lambda: self.views.is_painted, self.frames.want, self)
        self.playback = PlaybackPanel(session, self.actions_, self.player)
        self.docks = Docks(self, left, self.inspector, self.playback)
        self._drops = Drops(self)
        self._build_bars()
        self._connect_widgets()
        self._links = tuple(self._session_links())
        for signal, call in self._links:
            signal.connect(call)
        self._held = HeldHide(session, self, application())
        self._media_changed()

    def open(self, paths: list[str]) -> None:
        """Open files and folders; asks where unsaved changes would go."""
        self.inspector.label.note.commit()
        self.opening.open(paths)

    def open_demo(self) -> None:
        """Open the demo study; asks where unsaved changes would go."""
        self.inspector.label.note.commit()
        self.opening.open_demo()

    def save(self) -> None:
        """Show what saving would write, with a note that is still being typed."""
        self.inspector.label.note.commit()
        self.saving.show()

    def show_keys(self) -> None:
        """Show all keys."""
        KeySheet(self).show()

    def _build_bars(self) -> None:
        self.actions_.fill(self.menuBar())
        notice = QLabel(NOTICE, self.menuBar())
        notice.setObjectName("notice")
        self.menuBar().setCornerWidget(notice, Qt.Corner.TopRightCorner)
        notice.show()
        bar = QStatusBar()
        bar.setSizeGripEnabled(False)
        bar.setContentsMargins(0, 0, 0, 0)
        bar.addWidget(self.status, 1)
        self.setStatusBar(bar)

    def _connect_widgets(self) -> None:
        run = self.run
        self.welcome.demo_asked.connect(run["open.demo"])
        self.welcome.folder_asked.connect(run["open.folder"])
        self.welcome.export_asked.connect(run["open.export"])
        self.welcome.dropped.connect(self.open)
        self._drops.dropped.connect(self.open)
        self.media_panel.add_asked.connect(run["open.folder"])
        self.media_panel.problems.fold.folded.connect(self._fit_media_soon)
        self.label_panel.delete_asked.connect(self.hands.delete)
        self.status.cancel_asked.connect(self.opening.cancel)
        self.status.unsaved_asked.connect(run["save.copy"])
        self.toolbar.presets.picked.connect(self._steering.preset)
        self.views.menu_wanted.connect(self._show_menu)
        self.views.pointed.connect(self._probe)
        self.hands.changed.connect(self._refresh)
        self.opening.progressed.connect(self._progress)
        self.opening.ended.connect(self._idle)
        self.opening.slices_loaded.connect(self.views.set_loading)
        self.hands.pressed.connect(self.player.stop)
        self.hands.delete_wanted.connect(self.naming.dismiss)
        self.hands.delete_wanted.connect(self.deletion.ask)
        self.centre.currentChanged.connect(self.naming.raise_)
        self.status.unplaced_asked.connect(self.inspector.show_issues)
        self.media_panel.unplaced_asked.connect(self.inspector.show_issues)
        self.status.placed_asked.connect(self.label_panel.tree.setFocus)
        self.saving.page_wanted.connect(self._show_page)
        self.playback.left.connect(lambda: self.views.active.setFocus())
        self.frames.late_changed.connect(lambda: self.views.set_late(self.frames.late))

    def _session_links(self) -> Iterator[tuple[SignalInstance, Callable[..., None]]]:
        session = self.session
        yield session.media_changed, self._media_changed
        yield session.viewing.media_changed, self._media_changed
        yield session.viewing.window_changed, self._refresh
        yield session.viewing.look_changed, self._refresh
        yield session.display.changed, self._refresh
        yield session.project_changed, self._refresh
        yield session.project_changed, self._refresh_save_page
        yield session.project_changed, self.playback.refresh
        yield session.viewing.crosshair_changed, self._step_changed
        yield session.viewing.media_changed, self.frames.step_changed
        yield session.selection_changed, self._selection_changed
        yield session.mode_changed, self.player.stop
        yield session.selection_changed, self._refresh
        yield session.mode_changed, self.hands.cancel
        yield session.mode_changed, self._refresh
        yield session.viewing.media_changed, self.hands.cancel
        yield session.viewing.look_changed, self.hands.leave

    def _media_changed(self) -> None:
        self.player.stop_unless_own()
        if not self.player.is_playing:
            self.player.forget_dropped()
        self.playback.refresh()
        self._show_page()
        self._refresh()
        self._fit_media_soon()

    def _selection_changed(self) -> None:
        """Stay at the frame in which a label was selected."""
        if self.session.selection:
            self.player.stop()

    def _step_changed(self) -> None:
        self.player.stop_unless_own()
        self.frames.step_changed()
        self.playback.show_step()

    @property
    def is_open(self) -> bool:
        """There is something to show, if only a sentence that says why there is nothing."""
        session = self.session
        return bool(session.media or session.project.exports or session.issues)

    def show_docks(self) -> None:
        """Show the docks or hide them, as the menu says; the welcome page stands alone."""
        self.docks.show(self.is_open and self.actions_["app.docks"].isChecked())
        is_played = self.centre.currentWidget() is self.views and self.playback.is_wanted
        self.docks.below.setVisible(is_played)

    def _show_page(self, page: QWidget | None = None) -> None:
        """Show a page in the centre; without one the views, or the welcome when nothing is open."""
        self.centre.setCurrentWidget(page or (self.views if self.is_open else self.welcome))
        self.show_docks()

    def _refresh(self) -> None:
        """Bring title, actions and toolbar in line with the session."""
        session, actions = self.session, self.actions_
        actions.refresh(session)
        actions.set_checked(f"mode.{session.mode}", True)
        actions.set_checked(f"hand.{self.hands.hand}", True)
        actions.set_checked(f"draw.{self.hands.tool}", True)
        actions.set_checked(f"theme.{theme().choice}", True)
        actions.set_checked("look.invert", session.viewing.is_inverted)
        actions.set_checked("look.smooth", session.viewing.smooth)
        actions.set_checked("look.overlays", session.display.overlays)
        actions.set_checked("label.shown", session.display.labels_on)
        self.toolbar.refresh()
        self.toolbar.mode.set_editable("" if session.project.exports else NOTHING_TO_EDIT)
        self.setWindowTitle(title_of(session))

    def _refresh_save_page(self) -> None:
        if self.centre.currentWidget() is self.saving.page:
            self.saving.refresh()

    def _probe(self, voxel: object) -> None:
        media = self.session.current
        if media is None or voxel is None:
            self.status.show_probe("")
        else:
            self.status.show_probe(probe_text(media, cast(Voxel, voxel)))

    def _progress(self, words: str, done: int, total: int) -> None:
        self.status.show_job(words, done, total)

    def _idle(self) -> None:
        self.status.end_job()
        self.views.set_loading(0, 0)

    def _show_menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        for id in ("label.next", "label.hide", "label.solo", "edit.delete"):
            menu.addAction(self.actions_[id])
        menu.addSeparator()
        for id in ("look.maximise", "look.reset", "look.invert", "look.flip_h", "look.flip_v"):
            menu.addAction(self.actions_[id])
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(at)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit docks, toolbar and tags to the width."""
        super().resizeEvent(event)
        width = self.width()
        self.docks.set_width(width)
        self._fit_media()
        self.toolbar.set_width(width)
        self.views.set_tags(width >= NARROW)

    def _fit_media_soon(self) -> None:
        """Once the panels know their rows."""
        QTimer.singleShot(0, self, self._fit_media)

    def _fit_media(self) -> None:
        most = 3 if self.media_panel.problems.is_open else 2
        self.docks.fit_media(most if self.session.project.exports else 4)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Give Esc, Enter and Ctrl+arrows to the tool."""
        if not self.hands.key(event.key(), event.modifiers()):
            super().keyPressEvent(event)
        self.views.refresh()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about unsaved changes; then let go of the session."""
        self.inspector.label.note.commit()
        if not self.saving.may_leave(frozenset(self.session.project.exports)):
            event.ignore()
            return
        self.player.stop()
        self.opening.cancel()
        for signal, call in self._links:
            signal.disconnect(call)  # pyright: ignore[reportUnknownMemberType] (psygnal)
        self.views.release()
        self._held.release()
        event.accept()
        self.closed.emit()


def application() -> QApplication:
    """Return the application, which outlives its windows."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        raise RuntimeError("a window needs a running QApplication")
    return app
