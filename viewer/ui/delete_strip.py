"""The question about children, beside the work and not in its way."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from viewer.model.annotation import AnnotationId
from viewer.model.project import Project
from viewer.session.commands import DeleteAnnotations
from viewer.session.session import Session
from viewer.ui.chips import Picture, button, row_of
from viewer.ui.label_box import stamp_now


class DeleteStrip(QFrame):
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
        line = row_of(Picture("warning", 18, "caution"), self.words)
        line.setStretch(1, 1)
        layout.addLayout(line)
        layout.addLayout(row_of(1, self.cancel, self.only, self.all))
        self.all.clicked.connect(lambda: self._delete((*self._chosen, *self._below), ()))
        self.only.clicked.connect(lambda: self._delete(self._chosen, self._below))
        self.cancel.clicked.connect(self.dismiss)
        session.selection_changed.connect(self.dismiss)
        session.mode_changed.connect(self.dismiss)
        session.project_changed.connect(self.dismiss)
        self.hide()

    def ask(self, ids: tuple[AnnotationId, ...]) -> None:
        """Delete these annotations, asking first when they have children."""
        project = self._session.project
        self._chosen = tuple(i for i in ids if i in project.annotations)
        locked = [i for i in self._chosen if project.annotations[i].locked_reason is not None]
        if locked or not self._chosen:
            reason = project.annotations[locked[0]].locked_reason if locked else None
            self._session.say(reason or "Nothing is selected.")
            return
        self._below = descendants(project, self._chosen)
        if not self._below:
            self._delete(self._chosen, ())
            return
        self._say_choice(project)
        self.show()
        self.cancel.setFocus(Qt.FocusReason.OtherFocusReason)

    def dismiss(self) -> None:
        """Leave everything as it is."""
        self.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc is Cancel."""
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            super().keyPressEvent(event)

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

    def _delete(self, ids: tuple[AnnotationId, ...], orphans: tuple[AnnotationId, ...]) -> None:
        project = self._session.project
        parents = set(ids)
        freed = tuple(i for i in orphans if project.annotations[i].parent in parents)
        self.hide()
        self._session.do(DeleteAnnotations(ids, freed, stamp_now(self._session.author)))


def descendants(project: Project, ids: tuple[AnnotationId, ...]) -> tuple[AnnotationId, ...]:
    """Return the children of annotations and theirs, in reading order, without the given ones."""
    children = _children(project)
    found: dict[AnnotationId, None] = {}
    waiting = list(ids)
    while waiting:
        for child in children.get(waiting.pop(), ()):
            if child not in found and child not in ids:
                found[child] = None
                waiting.append(child)
    return tuple(sorted(found))


def _children(project: Project) -> dict[AnnotationId, list[AnnotationId]]:
    """Return the children of every annotation that has some."""
    found: dict[AnnotationId, list[AnnotationId]] = {}
    for export, base in project.annotations.bases.items():
        parents = base.columns.parents
        for ordinal in (parents >= 0).nonzero()[0].tolist():
            child = AnnotationId(export, ordinal)
            if child not in project.annotations.edits:
                parent = AnnotationId(export, int(parents[ordinal]))
                found.setdefault(parent, []).append(child)
    for child, annotation in project.annotations.edits.items():
        if annotation is not None and annotation.parent is not None:
            found.setdefault(annotation.parent, []).append(child)
    return found
