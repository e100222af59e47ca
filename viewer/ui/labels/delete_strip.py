"""The question about children, beside the work and not in its way."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from viewer.model.annotation import AnnotationId
from viewer.model.project import Project
from viewer.session.children import descendants_of
from viewer.session.editing import deletion, refusal
from viewer.session.session import Session
from viewer.ui.widgets.chips import button, row_of, sentence_row
from viewer.ui.widgets.strip import Strip


class DeleteStrip(Strip):
    """Deletes at once what has no children; else asks: all, only these, or none."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._chosen: tuple[AnnotationId, ...] = ()
        self._below: tuple[AnnotationId, ...] = ()
        self.setObjectName("strip")
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.all = button("")
        self.only = button("")
        self.cancel = button("Cancel", "quiet")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.addLayout(sentence_row("warning", "caution", self.words))
        layout.addLayout(row_of(1, self.cancel, self.only, self.all))
        self.all.clicked.connect(lambda: self._delete(with_children=True))
        self.only.clicked.connect(lambda: self._delete(with_children=False))
        self.cancel.clicked.connect(self.dismiss)
        session.selection_changed.connect(self.dismiss)
        session.mode_changed.connect(self.dismiss)
        session.project_changed.connect(self.dismiss)

    def ask(self, ids: tuple[AnnotationId, ...]) -> None:
        """Delete these annotations, asking first when they have children."""
        project = self._session.project
        self._chosen = tuple(i for i in ids if i in project.annotations)
        if not self._chosen:
            return
        reason = refusal(project, self._chosen)
        if reason:
            self._session.say(reason)
            return
        self._below = descendants_of(project, self._chosen)
        if not self._below:
            self._delete(with_children=False)
            return
        self._say_choice(project)
        self.open_at(self.cancel)

    def _say_choice(self, project: Project) -> None:
        chosen, below = len(self._chosen), len(self._below)
        children = "1 child label" if below == 1 else f"{below:,} child labels"
        if chosen == 1:
            annotation = project.annotations[self._chosen[0]]
            label = project.exports[annotation.id.export].ontology.by_id.get(annotation.class_id)
            subject = f"{label.name if label else annotation.class_id} has"
        else:
            subject = f"{chosen:,} labels have"
        self.words.setText(f"{subject} {children}.")
        self.words.setAccessibleName(self.words.text())
        self.all.setText(f"Delete all {chosen + below:,}")
        self.only.setText(
            "Delete only this one" if chosen == 1 else f"Delete only these {chosen:,}"
        )

    def _delete(self, with_children: bool) -> None:
        self.dismiss()
        made = self._session.stamp()
        command = deletion(self._session.project, self._chosen, made, with_children=with_children)
        self._session.do(command)
