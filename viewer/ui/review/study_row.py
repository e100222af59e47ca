"""The verdict on the study, task or row as a whole that a label belongs to."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QWidget

from viewer.model.annotation import AnnotationId
from viewer.model.task import TaskKey
from viewer.model.verdict import Judgement, Target
from viewer.review.task_codes import task_of
from viewer.session.judging import judge, take_back, verdict_of
from viewer.session.session import Session
from viewer.ui.review.buttons import Face, KeyButton
from viewer.ui.widgets.chips import Elided, titled

CHOICES: tuple[tuple[Judgement, str, str, str], ...] = (
    ("accepted", "Accept the whole study", "check-circle", "ok"),
    ("rejected", "Reject the whole study", "x-circle", "bad"),
    ("needs_change", "The whole study needs change", "warning-circle", "caution"),
)


class StudyRow(QWidget):
    """Three buttons; the one that holds is filled, and takes its verdict back.

    Args:
        judge: gives a verdict where what is judged is seen.
    """

    def __init__(
        self,
        session: Session,
        judge: Callable[[Callable[[], None]], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._judge = judge
        self._key: TaskKey | None = None
        self.name = Elided()
        self.name.setProperty("kind", "quiet")
        self.buttons: dict[Judgement, KeyButton] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(titled("Whole study"))
        layout.addWidget(self.name, 1)
        for judgement, words, icon, token in CHOICES:
            made = KeyButton("", Face(icon, ink=token), words)
            made.setAccessibleName(words)
            made.setCheckable(True)
            made.clicked.connect(partial(self._choose, judgement))
            self.buttons[judgement] = made
            layout.addWidget(made)

    def show_target(self, target: Target | None) -> None:
        """Show the study of a label, or nothing where its export lists none."""
        project = self._session.project
        self._key = target if isinstance(target, TaskKey) else None
        task = None
        if isinstance(target, AnnotationId) and target in project.annotations:
            task = task_of(project, target)
            self._key = None if task is None else TaskKey(target.export, task.id)
        self.name.setText("" if task is None else task.title)
        self.setVisible(task is not None)
        self._show_verdict()

    def _show_verdict(self) -> None:
        held = None if self._key is None else verdict_of(self._session, self._key).judgement
        for judgement, made in self.buttons.items():
            made.setChecked(judgement == held)

    def _choose(self, judgement: Judgement) -> None:
        key = self._key
        if key is None:
            return
        if verdict_of(self._session, key).judgement == judgement:
            take_back(self._session, (key,))
        else:
            self._judge(lambda: judge(self._session, (key,), judgement))
        self._show_verdict()  # a click checks the button, whatever became of it
