"""The main window: its parts, and who tells whom; the parts do the work."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QTimer
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QApplication, QWidget

from viewer.demo import STUDY
from viewer.session.jobs import Jobs
from viewer.ui.widgets.theme import theme
from viewer.ui.window.modes import ON_LABELS
from viewer.ui.window.shell import NO_LABELS, Shell
from viewer.ui.window.title import title_of

if TYPE_CHECKING:
    from viewer.session.session import Session
    from viewer.tools.offers import Offer
    from viewer.ui.window import parts

NARROW = 1600  # below this width only the selected label's name stands on the picture


class MainWindow(Shell):
    """One window: a shell that is furnished with parts over one session."""

    session: Session
    hands: parts.Hands
    views: parts.ViewsPage
    deletion: parts.DeleteStrip
    media_panel: parts.MediaPanel
    label_panel: parts.LabelPanel
    inspector: parts.Inspector
    classified: parts.ClassifiedPanel
    saving: parts.Saving
    opening: parts.Opening
    matching: parts.MatchPage
    tasks: parts.TaskPage
    reviews: parts.ReviewsPage
    verdicts: parts.JournalKeeper
    naming: parts.NameStrip
    frames: parts.FramesWanted
    player: parts.Player
    playback: parts.PlaybackPanel
    cockpit: parts.Cockpit
    docks: parts.Docks
    comparing: parts.Comparing
    laying: parts.Laying
    slabbing: parts.Slabbing
    sheet: parts.ContactSheet
    measured: parts.MeasurementPanel
    tags: parts.TagsPage
    drawer: parts.Drawer
    palette_: parts.Palette
    keeper: parts.SessionKeeper

    def __init__(self, jobs: Jobs) -> None:
        super().__init__()
        self.jobs = jobs
        self._builders: Iterator[None] = iter(())
        self.welcome.dropped.connect(self.open)

    def furnish(self, session: Session) -> None:
        """Build all parts over a session, at once."""
        self.begin_furnishing(session)
        while self.furnish_more():
            pass

    def begin_furnishing(self, session: Session) -> None:
        """Take a session; `furnish_more` builds the parts, some at each call."""
        self.session = session
        self._builders = self._furnishing(session)

    def furnish_more(self) -> bool:
        """Build the next parts; False when all are there. Importing them comes first."""
        return next(self._builders, True) is None

    def _furnishing(self, session: Session) -> Iterator[None]:
        """Build the parts, with a pause wherever the window may paint and listen."""
        from viewer.ui.window import parts

        for build in (
            self._build_views,
            self._build_media,
            self._build_labels,
            self._build_inspector,
            self._build_work,
            self._build_playback,
            self._build_review,
            self._build_boxes,
        ):
            build(session)
            yield
        self._build_docks(session)
        parts.wire(self)
        self.media_changed()
        self._fit_width()
        self._furnished()

    def _build_views(self, session: Session) -> None:
        from viewer.ui.window import parts

        self.hands = parts.Hands(session, self, self.jobs)
        self.views = parts.ViewsPage(session, self.hands)
        self.views.work_ahead(self.jobs)
        self.sheet = parts.ContactSheet(session, self.jobs, self.views)
        self.deletion = parts.DeleteStrip(session, self.views)

    def _build_media(self, session: Session) -> None:
        from viewer.ui.window import parts

        self.media_panel = parts.MediaPanel(session, jobs=self.jobs)

    def _build_labels(self, session: Session) -> None:
        from viewer.ui.window import parts

        self.label_panel = parts.LabelPanel(session, jobs=self.jobs)
        self.label_panel.model.views_ahead = self.views.filter_ahead

    def _build_inspector(self, session: Session) -> None:
        from viewer.ui.window import parts

        self.inspector = parts.Inspector(session, jobs=self.jobs)
        self.classified = parts.ClassifiedPanel(session, jobs=self.jobs)

    def _build_work(self, session: Session) -> None:
        """Build what opens and saves, and what the actions do."""
        from viewer.ui.window import parts

        self.saving = parts.Saving(session, self.jobs, self)
        self.opening = parts.Opening(session, self.jobs, self.saving.may_leave, self)
        rebinding = parts.Rebinding(session, self.jobs, self)
        self.matching = parts.MatchPage(session, rebinding)
        self.tasks = parts.TaskPage(session, self.jobs)
        looks = parts.LooksKeeper(session, self.jobs, self)
        self.verdicts = self.saving.verdicts = parts.JournalKeeper(session, self)
        for keeper in (rebinding, looks, self.verdicts):
            self.saving.written.connect(keeper.keep_as)
        self.reviews = parts.ReviewsPage(session, self.jobs, self.open)
        for page in (self.views, self.saving.page, self.matching, self.tasks, self.reviews):
            self.centre.addWidget(page)
        self.naming = parts.NameStrip(session, self.centre)
        self.steering = parts.Steering(session, self.views, self.label_panel.neighbour)

    def _build_playback(self, session: Session) -> None:
        from viewer.ui.window import parts

        self.frames = parts.FramesWanted(session, self)
        self.player = parts.Player(session, lambda: self.views.is_painted, self.frames.want, self)
        self.playback = parts.PlaybackPanel(session, self.actions_, self.player)

    def _build_review(self, session: Session) -> None:
        from viewer.ui.window import parts

        self.cockpit = parts.Cockpit(session, self.jobs, self.views, self.around)

    def _build_boxes(self, session: Session) -> None:
        """Build what the toolbar and the status line lack."""
        from viewer.ui.window import parts

        labels = parts.LabelBox(session, self.hands)
        self.toolbar.follow(session, parts.PresetBox(session), labels)
        self.styles = parts.StylePopup(session, self)
        self.status.follow(session, parts.hint_of)

    def _build_docks(self, session: Session) -> None:
        """Build what the docks stand in, and what the keys do."""
        from viewer.ui.window import parts

        left = (self.media_panel, self.label_panel)
        right = parts.RightDock(session, self.inspector, self.classified)
        review = (self.cockpit.worklist, self.cockpit.verdict)
        self.docks = parts.Docks(self, left, right, self.playback, review)
        parts.MeasurementsKeeper(session, self.jobs, self)
        self.measured = parts.MeasurementPanel(session, self.hands.measuring)
        self.tags = parts.TagsPage(session, self.jobs)
        self.drawer = parts.Drawer({"Measurements": self.measured, "Tags": self.tags})
        self.docks.add_drawer(self.drawer)
        self.drops = parts.Drops(self)
        self.laying = parts.Laying(session, self)
        self.slabbing = parts.Slabbing(session, self)
        self.comparing = parts.Comparing(session, self.actions_, self.media_panel.list, self)
        self.palette_ = parts.Palette(session, self.jobs, parts.PopupList(self), self.actions_)
        self.run = parts.commands_of(self, self.steering)
        self.actions_.add_views(self.views)
        lists = (self.label_panel.tree.viewport(), self.media_panel.list.viewport())
        self.keeper = parts.SessionKeeper(session, self.jobs, self)
        self._side_buttons = parts.SideButtons(self, lists, self.run)
        self._held = parts.HeldHide(session, self, application())

    def _commit(self) -> None:
        """Write what is still being typed."""
        self.inspector.label.commit()
        self.classified.commit()
        self.cockpit.commit()

    def open(self, paths: list[str]) -> None:
        """Open files and folders; asks where unsaved changes would go."""
        self.when_furnished(lambda: self._open(paths), opens=True)

    def _open(self, paths: list[str]) -> None:
        self._commit()
        self.opening.open(paths)

    def open_demo(self, name: str = STUDY) -> None:
        """Open a demo; asks where unsaved changes would go."""
        self.when_furnished(lambda: self._open_demo(name), opens=True)

    def _open_demo(self, name: str) -> None:
        self._commit()
        self.opening.open_demo(name)

    def save(self) -> None:
        """Show what saving would write, with a note that is still being typed."""
        self._commit()
        self.saving.show()

    def show_matches(self) -> None:
        """Show what the labels of each export are shown on, and by which evidence."""
        self.show_page(self.matching)
        self.matching.open()

    def show_tasks(self) -> None:
        """Show the tasks of the open exports."""
        self.show_page(self.tasks)
        self.tasks.open()

    def show_keys(self) -> None:
        """Show all keys."""
        from viewer.ui.window import parts

        parts.KeySheet(self).show()

    def media_changed(self) -> None:
        """Show what goes with other media: playback, page, docks."""
        self.player.stop_unless_own()
        if not self.player.is_playing:
            self.player.forget_dropped()
        self.playback.refresh()
        is_matched = self.centre.currentWidget() is self.matching and self.session.project.exports
        self.show_page(self.matching if is_matched else None)
        self.refresh()
        self.fit_media_soon()

    def group_changed(self) -> None:
        """Follow what stands side by side now."""
        self.playback.refresh()
        self.show_docks()
        self.refresh()

    def selection_changed(self) -> None:
        """Stay at the frame in which a label was selected, and show its key frames."""
        if self.session.selection:
            self.player.stop()
        self.playback.show_track()

    def step_changed(self) -> None:
        """Follow the slice or frame that is shown."""
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
        is_drawn = self.is_open and self.centre.currentWidget() is self.views
        if self.is_furnished:
            self.docks.show_drawer(is_drawn and self.drawer.is_wanted)

    def show_page(self, page: QWidget | None = None) -> None:
        """Show a page in the centre; without one the views, or the welcome when nothing is open."""
        self.centre.setCurrentWidget(page or (self.views if self.is_open else self.welcome))
        self.show_docks()
        if self.is_furnished:
            self.fit_media_soon()  # with the timeline, or without

    def refresh(self) -> None:
        """Bring title, actions and toolbar in line with the session."""
        session, actions = self.session, self.actions_
        actions.refresh(session)
        actions.set_checked(f"mode.{session.mode}", True)
        measured = self.hands.measuring.kind
        actions.set_checked(f"measure.{measured}" if measured else f"hand.{self.hands.hand}", True)
        actions.set_checked(f"draw.{self.hands.tool}", True)
        actions.set_checked(f"theme.{theme().choice}", True)
        actions.set_checked("look.invert", session.viewing.is_inverted)
        actions.set_checked(f"map.{session.viewing.color_map}", True)
        actions.set_checked("look.smooth", session.viewing.smooth)
        actions.set_checked("look.hide_patient", session.viewing.patient_hidden)
        self.hidden_patient.setVisible(session.viewing.patient_hidden)
        actions.set_checked("look.overlays", session.display.overlays)
        actions.set_checked("look.side_by_side", session.are_parts_shown)
        actions.set_checked(f"layout.{session.viewing.layout}", True)
        compared = session.viewing.compared
        actions.set_checked("compare.link", compared is not None and compared.is_linked)
        actions.set_checked("compare.window", compared is not None and compared.shares_window)
        actions.set_checked("look.patient_axes", session.viewing.is_along_patient)
        slab = session.viewing.slabs.wanted(session.active_pane)
        actions.set_checked("slab.off" if slab is None else f"slab.{slab.projection}", True)
        actions.set_checked("label.shown", session.display.labels_on)
        self.toolbar.refresh()
        for mode in ON_LABELS:
            self.toolbar.mode.set_off(mode, "" if session.project.exports else NO_LABELS)
        self.setWindowTitle(title_of(session))

    def refresh_save_page(self) -> None:
        """Show what saving would write now, where that page is open."""
        if self.centre.currentWidget() is self.saving.page:
            self.saving.refresh()

    def show_progress(self, words: str, done: int, total: int) -> None:
        """Show how far opening is."""
        self.status.show_job(words, done, total)

    def show_idle(self) -> None:
        """Show that nothing is being opened."""
        self.status.end_job()
        self.views.set_loading(0, 0)

    def show_menu(self, at: QPoint, offers: tuple[Offer, ...]) -> None:
        """Show the menu of a place on the picture."""
        from viewer.ui.window import parts

        parts.view_menu(self, self.session, self.actions_, offers).popup(at)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit docks and tags to the width too."""
        super().resizeEvent(event)
        if self.is_furnished:
            self._fit_width()

    def _fit_width(self) -> None:
        width = self.width()
        self.docks.set_width(width)
        self.fit_media_soon()  # the docks are as high as before until they are laid out
        self.views.set_tags(width >= NARROW)

    def fit_media_soon(self) -> None:
        """Once the panels know their rows."""
        QTimer.singleShot(0, self, self._fit_media)

    def _fit_media(self) -> None:
        self.media_panel.fit_exports()
        most = 3 if self.media_panel.problems.is_open else 2
        self.docks.fit_media(most if self.session.project.exports else 4)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Give Esc, Enter and Ctrl+arrows to the tool."""
        if not self.is_furnished:
            super().keyPressEvent(event)
            return
        is_taken = self.hands.key(event.key(), event.modifiers()) or event.isAutoRepeat()
        if not is_taken and not self.cockpit.key(event.key()):
            why = self.actions_.why_off(QKeySequence(event.keyCombination()))
            self.session.say(why) if why else None
            super().keyPressEvent(event)
        self.views.refresh()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about unsaved changes; then let go of the session.

        Half a window is finished first, so that only whole ones are taken apart.
        """
        self._wishes.clear()
        while self.furnish_more():
            pass
        if not self.is_furnished:
            super().closeEvent(event)
            return
        self._commit()
        if not self.saving.may_leave(frozenset(self.session.project.exports)):
            event.ignore()
            return
        self.player.stop()
        self.keeper.keep()
        self.opening.cancel()
        self.session.let_go()
        self.verdicts.journal.wait()
        self._held.release()
        event.accept()
        self.closed.emit()


def application() -> QApplication:
    """Return the application, which outlives its windows."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        raise RuntimeError("a window needs a running QApplication")
    return app
