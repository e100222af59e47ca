"""The right dock of Review: what is judged, the verdict, the reason, the comment, the evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from viewer.model.annotation import AnnotationId
from viewer.model.task import TaskKey
from viewer.model.verdict import Target
from viewer.session.jobs import Jobs
from viewer.session.judging import verdict_of
from viewer.session.reviewing import Reviewing
from viewer.session.session import Session
from viewer.session.showing import go_to_judged
from viewer.ui.inspector.label_box import ClassBox
from viewer.ui.labels.facts import meta_line, subject_of
from viewer.ui.review.buttons import Face, KeyButton
from viewer.ui.review.comment import CommentField
from viewer.ui.review.decisions import Decisions
from viewer.ui.review.evidence import Evidence
from viewer.ui.review.reasons import ReasonChips
from viewer.ui.review.study_row import StudyRow
from viewer.ui.review.targets import image_words, label_of, task_rows, title_of_task
from viewer.ui.widgets.chips import Elided, button, divider, key_cap, quiet, row_of, titled
from viewer.ui.widgets.facts import Fold
from viewer.ui.widgets.swatch import Swatch

WHY, WHY_NOW = "Why, if rejected", "Why? 1 to 7; Enter goes on without"
NOTHING = "Nothing to judge"
Does = Callable[[], None]


class VerdictPanel(QScrollArea):
    """What the reviewer says of the target that is shown."""

    correct_asked = Signal()
    undo_asked = Signal()
    left = Signal()  # the comment was left, and the view is to have the focus again

    def __init__(
        self, session: Session, reviewing: Reviewing, jobs: Jobs, judge: Callable[[Does], None]
    ) -> None:
        super().__init__()
        self._session = session
        self._reviewing = reviewing
        self._judge = judge
        self.swatch = Swatch()
        self.name = Elided()
        self.number = quiet()
        self.meta = Elided()
        self.accept = KeyButton(
            "Accept", Face("check-circle", "Enter", "ok-soft", "ok", "ok", tall=True),
            "Accept (Enter)\nThe label is right; go on.",
        )  # fmt: skip
        self.reject = KeyButton(
            "Reject", Face("x-circle", "X", "bad-soft", "bad", "bad", tall=True),
            "Reject (X)\n1 to 7 say why, Enter goes on without.",
        )  # fmt: skip
        self.correct = KeyButton("Correct", Face("pencil-simple", "F3"), "Change this one label.")
        self.change = KeyButton(
            "Needs change", Face("warning-circle", "⇧X"), "Ask the reader for a change (Shift+X)"
        )
        self.skip = KeyButton("Skip", Face("skip-forward", "N"), "Go to the next open label (N)")
        self.undo = KeyButton("", Face("arrow-u-up-left"), "Undo the last verdict (Ctrl+Z)")
        self.why = titled(WHY)
        self.reasons = ReasonChips()
        self.comment = CommentField(session, reviewing)
        self.study = StudyRow(session, judge)
        self.evidence = Evidence(session, jobs)
        self.decisions = Decisions(session)
        self.classes = ClassBox(session)
        self.take = button("Take the correction  Enter", "primary")
        self.give_up = button("Give it up  Esc")
        self._verdict, self._correction = QWidget(), QWidget()
        self._evident: tuple[object, object] = (None, None)  # a label, and its edit
        self._build()
        self._connect()
        self.refresh()

    def _build(self) -> None:
        self.setObjectName("panel")
        self.setWidgetResizable(True)
        self.name.setProperty("kind", "page")
        self.meta.setProperty("kind", "quiet")
        self.number.setProperty("kind", "quiet")
        self.undo.setAccessibleName("Undo the last verdict")
        inside = QWidget()
        inside.setObjectName("panel")
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(0, 12, 0, 12)
        layout.setSpacing(8)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.swatch)
        head.addWidget(self.name, 1)
        head.addWidget(self.number)
        for part in (head, self.meta, self._verdict, self._correction):
            layout.addLayout(_inset(part))
        self._build_verdict()
        self._build_correction()
        for parts in self._parts():
            layout.addWidget(divider())
            for part in parts:
                layout.addLayout(_inset(part))
        layout.addStretch(1)
        self.setWidget(inside)

    def _build_verdict(self) -> None:
        grid = QGridLayout(self._verdict)
        grid.setContentsMargins(0, 4, 0, 4)
        grid.setSpacing(8)
        for column in (0, 1):
            grid.setColumnStretch(column, 1)
        grid.addWidget(self.accept, 0, 0)
        grid.addWidget(self.reject, 0, 1)
        grid.addWidget(self.correct, 1, 0)
        grid.addWidget(self.skip, 1, 1)
        more = row_of(self.change, self.undo)
        more.setStretch(0, 1)
        grid.addLayout(more, 2, 0, 1, 2)

    def _build_correction(self) -> None:
        layout = QVBoxLayout(self._correction)
        layout.setContentsMargins(0, 4, 0, 4)
        layout.setSpacing(8)
        layout.addWidget(quiet("Correcting this label; all others are locked."))
        layout.addWidget(self.classes)
        layout.addWidget(self.take)
        layout.addWidget(self.give_up)

    def _parts(self) -> Iterator[tuple[QWidget | QHBoxLayout, ...]]:
        yield self.why, self.reasons
        yield row_of(titled("Comment"), 1, key_cap(";")), self.comment, self.study
        yield titled("Is it right?"), self.evidence
        fold = Fold("Decisions", self.decisions)
        fold.layout().setContentsMargins(0, 0, 0, 0)  # pyright: ignore[reportOptionalMemberAccess]
        yield (fold,)

    def _connect(self) -> None:
        reviewing = self._reviewing
        self.accept.clicked.connect(lambda: self._clicked(self._accept))
        self.reject.clicked.connect(lambda: self._clicked(reviewing.reject))
        self.change.clicked.connect(lambda: self._clicked(reviewing.need_change))
        self.correct.clicked.connect(self.correct_asked)
        self.skip.clicked.connect(lambda: reviewing.skip(1))
        self.undo.clicked.connect(self.undo_asked)
        self.reasons.chosen.connect(reviewing.give_reason)
        self.take.clicked.connect(reviewing.take_correction)
        self.give_up.clicked.connect(reviewing.give_up_correction)
        self.comment.left.connect(self.left)
        self.decisions.asked.connect(partial(go_to_judged, self._session))

    def _clicked(self, does: Does) -> None:
        """Judge; the button that the click checked shows what became of it."""
        self._judge(does)
        self.refresh()

    def _accept(self) -> None:
        """A click says accept also where a reason is waited for."""
        self._reviewing.let_be()
        self._reviewing.accept()

    def refresh(self) -> None:
        """Show what is judged, and what was said of it."""
        session, work = self._session, self._session.work
        target = work.current
        self.number.setText(f"{work.number:,} of {work.counts.total:,}" if target else "")
        self._show_name()
        said = None if target is None else verdict_of(session, target)
        is_asking = self._reviewing.is_asking
        judgement = None if said is None else said.judgement
        for each, name in ((self.accept, "accepted"), (self.reject, "rejected")):
            each.setCheckable(True)
            each.setChecked(judgement == name or (is_asking and each is self.reject))
        for each in (self.accept, self.reject, self.change, self.skip):
            each.setEnabled(target is not None)
        self.correct.setEnabled(isinstance(target, AnnotationId))
        self.undo.setEnabled(bool(session.history.steps))
        self.why.setText(WHY_NOW if is_asking else WHY)
        is_live = is_asking or judgement == "rejected"
        reason = said.reason if said is not None and not is_asking else ""
        self.reasons.show_state(is_live=is_live, chosen=reason)
        self.comment.show_target(target)
        self.study.show_target(target)
        self.decisions.refresh()
        is_correcting = session.correction is not None
        self.comment.setEnabled(target is not None and not is_correcting)
        self.study.setEnabled(not is_correcting)  # what is said now would be part of the correction
        self._verdict.setVisible(not is_correcting)
        self._correction.setVisible(is_correcting)
        self._show_evidence(target)

    def _show_evidence(self, target: Target | None) -> None:
        """Show what helps to judge; the same label again only where it was changed."""
        if isinstance(target, TaskKey):
            self._evident = target, None
            self.evidence.show_rows(task_rows(self._session, target))
            return
        id = target
        edit = None if id is None else self._session.project.annotations.edits.get(id)
        if id != self._evident[0] or edit is not self._evident[1]:
            self._evident = id, edit
            self.evidence.show_label(id)

    def _show_name(self) -> None:
        session, target = self._session, self._session.work.current
        if not isinstance(target, AnnotationId) or target not in session.project.annotations:
            self.name.setText(NOTHING if target is None else "Study as a whole")
            is_study = isinstance(target, TaskKey)
            self.meta.setText(title_of_task(session, target) if is_study else "")
            self.swatch.show_tint("")
            return
        label = label_of(session, target)
        self.name.setText(label.name)
        tint = session.display.color_of_label(session.project, target, label.id)
        self.swatch.show_tint(tint)
        self.meta.setText(
            f"{meta_line(subject_of(session, target))} · {image_words(session, target)}"
        )
        if session.correction is not None:
            self.classes.show_annotation(session.project.annotations[target])


def _inset(part: QWidget | QHBoxLayout) -> QHBoxLayout:
    """Return a part with the panel's distance at both sides."""
    row = QHBoxLayout()
    row.setContentsMargins(12, 0, 12, 0)
    if isinstance(part, QWidget):
        row.addWidget(part)
    else:
        row.addLayout(part)
    return row
