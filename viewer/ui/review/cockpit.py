"""The review cockpit put together: what stands where, and who tells whom."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Literal, TypeAlias, TypeVar

from PySide6.QtCore import QEvent, QObject, Qt, Signal

from viewer.model.task import TaskKey
from viewer.model.verdict import Target
from viewer.review.measured import Measurement
from viewer.review.worklist import Rule
from viewer.session.commands import Judge
from viewer.session.jobs import Jobs
from viewer.session.reviewing import Reviewing
from viewer.session.session import Session
from viewer.session.showing import why_unseen
from viewer.ui.media.contact_sheet import ContactSheet
from viewer.ui.review.done import DoneStrip
from viewer.ui.review.making import Making
from viewer.ui.review.overview import Overview
from viewer.ui.review.progress import ProgressStrip
from viewer.ui.review.verdict_panel import VerdictPanel
from viewer.ui.review.worklist_panel import WorklistPanel
from viewer.ui.view.page import ViewsPage
from viewer.ui.view.view import PlaneView
from viewer.ui.widgets.typing_into import is_typing

if TYPE_CHECKING:
    from PySide6.QtWidgets import QGridLayout

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
BESIDE_FROM_PX = 1000  # of the centre; narrower, the whole image lies over the view
SHARES = (11, 5)  # of the centre's width: the view, and the whole image beside it
T = TypeVar("T")
Runs: TypeAlias = dict[str, Callable[[], None]]  # by action id
WRITES = ("review.save", "review.csv")
EDIT_UNDONE = 'That was no verdict: a label is as it was before "{}". Ctrl+Y makes it again.'
UNSEEN = "Go back to the images to judge: no verdict is given on what is not seen."
NOT_YET = "The picture is still being read: no verdict is given on what is not seen."


class Cockpit(QObject):
    """The parts of Review over one session.

    Args:
        session: what is judged.
        around: the grid of the window's centre, whose first cell holds the pages.
    """

    shown = Signal(bool)  # the cockpit stands, or is gone

    def __init__(self, session: Session, jobs: Jobs, views: ViewsPage, around: QGridLayout) -> None:
        super().__init__(views)
        self.session = session
        self._views = views
        self._around = around
        self._is_shown = False
        self._warned: Target | None = None  # that is judged unseen when a key is pressed again
        self._measured: tuple[Measurement, ...] = ()  # when a verdict was given last
        self.reviewing = Reviewing(session)
        self.making = Making(session, jobs, self)
        self.worklist = WorklistPanel(session)
        self.verdict = VerdictPanel(session, self.reviewing, jobs, self.judge)
        self.progress = ProgressStrip(session)
        self.overview = Overview(session, self.main_view, views.turns)
        self.done = DoneStrip(views)
        self.progress.hide()
        self.overview.hide()
        around.addWidget(self.overview, 0, 1)
        around.addWidget(self.progress, 1, 0, 1, 2)
        views.installEventFilter(self)
        self._connect()

    def _connect(self) -> None:
        session, reviewing = self.session, self.reviewing
        session.mode_changed.connect(self.arrange)
        session.viewing.look_changed.connect(self._place_overview)
        session.viewing.media_changed.connect(self.arrange)
        session.work.moved.connect(self._moved)
        session.work.changed.connect(self._changed)
        session.project_changed.connect(self._project_changed)
        session.decided.connect(self._decided)
        for part in (self.worklist, self.progress):
            part.asked.connect(self.go_to)
        self.worklist.wanted.connect(self.make)
        self.making.begun.connect(self._begun)
        self.overview.framed.connect(self._framed, Qt.ConnectionType.QueuedConnection)
        self.verdict.correct_asked.connect(self.correct)
        self.verdict.undo_asked.connect(self.undo)
        self.verdict.left.connect(lambda: self._views.active.setFocus())
        self.done.sample_asked.connect(self._new_sample)
        reviewing.ended.connect(self._ended)
        reviewing.changed.connect(self._project_changed)

    @property
    def is_shown(self) -> bool:
        """The window shows the cockpit: in Review, and while a label is corrected."""
        session = self.session
        return session.mode == "review" or session.correction is not None

    @property
    def is_judged_last(self) -> bool:
        """In Review, and nothing was measured since a verdict was given; undo is about that one."""
        return self.is_shown and self._measured == _measured(self.session)

    def main_view(self) -> PlaneView | None:
        """Return the view that the label is judged in: the large one."""
        views, large = self._views, self.session.viewing.large
        if self.session.current is None:
            return None
        chosen = (view for view in views.shown if view.port.is_current and view.plane == large)
        return next(chosen, views.active)

    def arrange(self) -> None:
        """Show or hide the parts, as the mode says."""
        is_shown = self.is_shown
        self.progress.setVisible(is_shown)
        self._place_overview()
        if is_shown != self._is_shown:
            self._is_shown = is_shown
            self.shown.emit(is_shown)
            if is_shown:
                self._decided()
                self.worklist.set_chosen(len(self.reviewing.chosen))
                self._moved()
                self._views.active.setFocus()  # else the list that is hidden passes its keys on
            else:
                self.done.dismiss()
        if self.session.correction is not None:
            self._bring_into_sight()
        self._refresh(self.verdict.refresh)

    def _bring_into_sight(self) -> None:
        """Show what is corrected where the picture was moved away from it."""
        for view in self._views.shown:
            view.port.follow()

    def go_to(self, position: int) -> None:
        """Show the target at a position of the worklist."""
        if self.reviewing.is_held():
            self.worklist.show_current()
        else:
            self.session.work.go_to(self.session.work.worklist[position])

    def undo(self) -> None:
        """Take a rejection back that waits for its reason; else the last step."""
        if not self.reviewing.let_be():
            self.session.undo()

    def correct(self) -> None:
        """Unlock the label that is shown; what was typed of it is no part of the correction."""
        self.verdict.comment.commit()
        self.reviewing.correct()
        self._views.active.setFocus()

    def key(self, key: int) -> bool:
        """Take Enter and Esc, which no tool or field had use for; False where they mean nothing."""
        reviewing = self.reviewing
        if key in ENTER and is_typing():
            return False  # it ends a number or a search, and judges nothing
        if self.session.correction is not None:
            if key in ENTER:
                reviewing.take_correction()
                return True
            return key == Qt.Key.Key_Escape and reviewing.give_up_correction()
        if self.session.mode != "review":
            return False
        if key in ENTER:
            self.judge(reviewing.accept)
            return True
        return key == Qt.Key.Key_Escape and reviewing.let_be()

    def judge(self, does: Callable[[], None]) -> None:
        """Give a verdict by key or button, where what is judged is seen; else say why not."""
        session = self.session
        sheets = self._views.findChildren(ContactSheet)
        if not self._views.isVisible() or any(sheet.isVisible() for sheet in sheets):
            session.say(UNSEEN)
        elif session.current is not None and not session.has_step(session.step):
            session.say(NOT_YET)
        elif session.work.current != self._warned and (why := why_unseen(session)):
            self._warned = session.work.current
            session.say(why)
        else:
            self.promptly(does)

    def promptly(self, does: Callable[[], T]) -> T:
        """Do what may lead to another label, and draw that one before the lists around it."""
        before, done = self.session.work.current, does()
        view = self.main_view()
        if view is not None and self.session.work.current not in (None, before):
            view.repaint()
        return done

    def begin_comment(self) -> None:
        """Give the comment the focus."""
        self.verdict.ensureWidgetVisible(self.verdict.comment)
        self.verdict.comment.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def commit(self) -> None:
        """Keep what is still being typed, and a rejection that waits for its reason."""
        self.verdict.comment.commit()
        self.reviewing.commit()

    def make(self, rule: Rule) -> None:
        """Make another worklist in a job, and begin it; not while a label is corrected."""
        if self.reviewing.is_held():
            self.worklist.refresh()
        else:
            self.making.make(rule, self.reviewing.chosen)

    def _begun(self, is_begun: bool) -> None:
        self.done.dismiss()
        if not is_begun:
            self.worklist.refresh()

    def _new_sample(self) -> None:
        self.worklist.again.click()

    def _ended(self) -> None:
        work = self.session.work
        is_sample = work.worklist.rule.sample is not None
        self.done.open_with(work.counts, is_sample=is_sample)

    def _moved(self) -> None:
        """Bring the views to what is judged now."""
        self._warned = None
        if not self.is_shown:
            return
        self.verdict.comment.commit()
        if isinstance(self.session.work.current, TaskKey):
            self._views.fit()
        else:
            self._views.fit_label()
        self._refresh(self.worklist.show_current, self.verdict.refresh, self.progress.refresh)
        self._place_overview()

    def _changed(self) -> None:
        self._refresh(self.worklist.refresh, self.worklist.model.refresh, self.progress.refresh)
        if self.is_shown and self.session.work.counts.left:
            self.done.dismiss()

    def _decided(self) -> None:
        self._measured = _measured(self.session)

    def _project_changed(self) -> None:
        if self.is_shown:
            self._refresh(self.verdict.refresh)

    def _refresh(self, *parts: Callable[[], None]) -> None:
        """Bring parts up to date in turns of their own, behind the picture."""
        for part in parts:
            self._views.turns.ask(part, part)

    def _place_overview(self) -> None:
        """Show the whole image beside a lone view where there is room, else over the large one."""
        view, session, around = self.main_view(), self.session, self._around.parentWidget()
        is_shown = self.is_shown and view is not None and self._views.isVisible()
        room = self._views.width() if around is None else around.width()
        is_beside = is_shown and room >= BESIDE_FROM_PX and len(self._views.shown) == 1
        self._set_beside(is_beside)
        if is_shown and not is_beside and view is not None:
            self.overview.setGeometry(self.overview.inset_rect().toRect())
            self.overview.raise_()
        is_empty = self.overview.width() < 16 or session.current is None
        self.overview.setVisible(is_shown and not is_empty and self.overview.says_more)
        if is_shown:
            self.overview.refresh()

    def _framed(self) -> None:
        """Hide the whole image where the view shows it, and keep it off the label."""
        overview = self.overview
        is_moved = overview.is_inset and overview.geometry() != overview.inset_rect().toRect()
        if self.is_shown and (is_moved or overview.isVisible() != overview.says_more):
            self._place_overview()

    def _set_beside(self, is_beside: bool) -> None:
        is_in_grid = self._around.indexOf(self.overview) >= 0
        self.overview.is_inset = not is_beside
        for column, share in enumerate(SHARES if is_beside else (1, 0)):
            self._around.setColumnStretch(column, share)
        if is_beside and not is_in_grid:
            self._around.addWidget(self.overview, 0, 1)
        elif not is_beside and is_in_grid:
            self._around.removeWidget(self.overview)
            self.overview.setParent(self._views)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the whole image in its place when the views get another size."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide):
            self._place_overview()
        return False


def _measured(session: Session) -> tuple[Measurement, ...]:
    return tuple(session.measurements.by_number.values())


def _committed(cockpit: Cockpit, writes: Callable[[], None]) -> None:
    """Write verdicts with what is still being typed, or waits for its reason."""
    cockpit.commit()
    writes()


def _undo(cockpit: Cockpit, usual: Callable[[], None]) -> None:
    """Undo as usual; in Review, where labels are locked, what changes one back is said."""
    if cockpit.reviewing.let_be():
        return
    session = cockpit.session
    steps = session.history.steps
    usual()
    is_edit = len(session.history.steps) < len(steps) and not isinstance(steps[-1].command, Judge)
    if is_edit and session.mode == "review":
        session.say(EDIT_UNDONE.format(steps[-1].command.verb))


def run_of(cockpit: Cockpit, usual: Runs) -> Runs:
    """Return what the actions do that Review has a use of its own for, else the usual."""
    reviewing = cockpit.reviewing

    def in_review(does: Callable[[], object], otherwise: str) -> Callable[[], None]:
        def run() -> None:
            if cockpit.is_shown:
                does()
            else:
                usual[otherwise]()

        return run

    def preset(digit: int) -> Callable[[], None]:
        def run() -> None:
            if not cockpit.promptly(partial(reviewing.choose, digit)):
                usual[f"preset.{digit}"]()

        return run

    def skip(on: Literal[1, -1]) -> Callable[[], None]:
        return lambda: cockpit.promptly(partial(reviewing.skip, on))

    return {
        "review.accept": partial(cockpit.judge, reviewing.accept),
        "review.reject": partial(cockpit.judge, reviewing.reject),
        "review.change": partial(cockpit.judge, reviewing.need_change),
        "review.comment": cockpit.begin_comment,
        "label.next": in_review(skip(1), "label.next"),
        "label.previous": in_review(skip(-1), "label.previous"),
        "mode.edit": in_review(cockpit.correct, "mode.edit"),
        "edit.undo": partial(_undo, cockpit, usual["edit.undo"]),
        **{id: partial(_committed, cockpit, usual[id]) for id in WRITES},
        **{f"preset.{digit}": preset(digit) for digit in range(1, 8)},
    }
