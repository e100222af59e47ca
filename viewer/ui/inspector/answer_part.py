"""The answers of some labels, as a part of a panel: asked for, shown, given."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from viewer.media.volume import Volume
from viewer.model.annotation import AnnotationId
from viewer.model.answers import AttributeValue
from viewer.session.answers import Known, is_known, known_of
from viewer.session.asking import Asked, ClassKey, asked_of, change_of
from viewer.session.jobs import Answers, Jobs
from viewer.session.session import Session
from viewer.ui.inspector.answer_form import AnswerForm

MOST_CLASSES = 8  # of labels that are answered for together


class AnswerPart(QWidget):
    """The questions about some labels; what others answered is looked up beside the window.

    Args:
        jobs: looks through other records off the main thread; without it they are read at once.
        name: of the look-up, one for each part of the window.
    """

    left = Signal()  # the focus may go back to the picture

    def __init__(self, session: Session, jobs: Jobs | None, name: str = "answers") -> None:
        super().__init__()
        self._session = session
        self._jobs = jobs
        self._name = name
        self._ids: tuple[AnnotationId, ...] = ()
        self._known: dict[ClassKey, Known] = {}
        self.form = AnswerForm()
        self.form.answered.connect(self._on_answered)
        self.form.left.connect(self.left)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.form)

    def show_labels(self, ids: Sequence[AnnotationId]) -> bool:
        """Show what is asked about these labels; False when nothing is."""
        self._ids = tuple(id for id in ids if id in self._session.project.annotations)
        return self._refresh()

    def commit(self) -> None:
        """Give the answers that are being typed."""
        self.form.commit()

    def _refresh(self) -> bool:
        every = asked_of(self._session, self._ids, self._known)
        self.form.show_asked(every, heads_of(self._session))
        if any(not each.locked and each.attribute.kind in ("choice", "choices") for each in every):
            self._look_up()
        return bool(every)

    def _look_up(self) -> None:
        """Learn what can be chosen, unless it is known."""
        project = self._session.project
        labels = [id for id in self._ids[:MOST_CLASSES] if id in project.annotations]
        found = {(id.export, project.annotations[id].class_id) for id in labels}
        wanted = sorted(found - self._known.keys())
        if not wanted:
            return
        if self._jobs is None or all(is_known(project, *key) for key in wanted):
            self._learn({key: known_of(project, *key) for key in wanted})
            return
        answers = Answers[dict[ClassKey, Known]](done=self._learn)
        self._jobs.newest(
            self._name,
            lambda control: {key: known_of(project, *key, control.check) for key in wanted},
            answers,
        )

    def _learn(self, found: dict[ClassKey, Known]) -> None:
        self._known.update(found)
        self._refresh()

    def forget(self) -> None:
        """Forget what was known of exports that were closed."""
        self._known.clear()

    def _on_answered(self, asked: Asked, value: AttributeValue) -> None:
        command = change_of(self._session, asked, value, self._known)
        if command is not None:
            self._session.do(command)


def heads_of(session: Session) -> tuple[str, str]:
    """Return what stands above answers for a whole label, and for the frame or slice shown."""
    is_volume = isinstance(session.current, Volume)
    word = "slice" if is_volume else "frame"
    return f"On all {word}s", f"On this {word}, {session.slice + 1}"
