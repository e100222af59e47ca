"""The steps since opening as rows: one more is one row more, worded when it is painted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import takewhile

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from viewer.model.annotation import AnnotationId
from viewer.model.counted import counted
from viewer.model.project import Project
from viewer.model.task import TaskKey
from viewer.session.commands import (
    AddAnnotation,
    ChangeAttribute,
    ChangeAttributes,
    ChangeClass,
    ChangeNote,
    Command,
    DeleteAnnotations,
    DeletePlacement,
    Judge,
    MovePlacement,
    Reshape,
    ReshapeSlice,
)
from viewer.session.history import Step
from viewer.session.session import Session

Index = QModelIndex | QPersistentModelIndex
STEP_ROLE = Qt.ItemDataRole.UserRole + 2
NOWHERE = QModelIndex()


@dataclass(frozen=True)
class StepItem:
    """One row: what was done, to what, when."""

    icon: str
    verb: str
    subject: str
    time: str
    is_undone: bool = False


OPENED = StepItem("folder-open", "As opened", "", "")


class HistoryModel(QAbstractListModel):
    """Newest first, what is undone above; the last row is what was opened."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._steps: tuple[Step, ...] = ()  # in the order of time, with those undone
        self._done = 0

    @property
    def current(self) -> int:
        """The row of the state that is the current one."""
        return len(self._steps) - self._done

    def refresh(self) -> None:
        """Follow the history; rows that stay are left alone."""
        history = self._session.history
        steps, before, was = (*history.steps, *history.undone), self._steps, self.current
        pairs = zip(steps, before, strict=False)
        kept = sum(1 for _ in takewhile(lambda pair: pair[0] is pair[1], pairs))
        gone, more = len(before) - kept, len(steps) - kept
        if gone:
            self.beginRemoveRows(NOWHERE, 0, gone - 1)
            self._steps = before[:kept]
            self._done = min(self._done, kept)
            self.endRemoveRows()
        if more:
            self.beginInsertRows(NOWHERE, 0, more - 1)
            self._steps = steps
            self.endInsertRows()
        self._done = len(history.steps)
        low, high = sorted((self.current, max(was - gone, 0) + more))
        self.dataChanged.emit(self.index(low), self.index(min(high, len(steps))))

    def item(self, row: int) -> StepItem:
        """Return what a row says."""
        place = len(self._steps) - 1 - row
        if place < 0:
            return OPENED
        step = self._steps[place]
        return step_item(step.command, step.project, is_undone=place >= self._done)

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """Return the number of steps, and one."""
        return 0 if parent.isValid() else len(self._steps) + 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a row in words, or what its painter needs."""
        if not index.isValid():
            return None
        if role == STEP_ROLE:
            return self.item(index.row()), index.row() == self.current
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            item = self.item(index.row())
            return f"{item.verb}, {item.subject}" if item.subject else item.verb
        return None


# Icon and verb of each kind of command; "" where the command has the verb.
LOOKS: Mapping[type[Command], tuple[str, str]] = {
    Reshape: ("pencil-simple", ""),
    ReshapeSlice: ("pencil-simple", ""),
    AddAnnotation: ("plus-circle", "New label"),
    DeleteAnnotations: ("trash", "Delete"),
    ChangeClass: ("tag", "Change label"),
    ChangeNote: ("note-pencil", "Change note"),
    ChangeAttribute: ("check-square-offset", ""),
    ChangeAttributes: ("check-square-offset", ""),
    MovePlacement: ("arrows-in", ""),
    DeletePlacement: ("trash", ""),
    Judge: ("check-circle", ""),
}


def step_item(command: Command, project: Project, is_undone: bool = False) -> StepItem:
    """Return a command in words; `project` is the one it led to."""
    icon_name, verb = LOOKS[type(command)]
    subject = _subject(command, project)
    return StepItem(icon_name, verb or command.verb, subject, command.made.time[11:16], is_undone)


def _subject(command: Command, project: Project) -> str:
    match command:
        case AddAnnotation():
            return _title(project, command.annotation.id)
        case DeleteAnnotations():
            many = len(command.ids)
            return counted(many, "label")
        case ChangeAttributes():
            return f"{len(command.changes):,} labels"
        case Judge():
            return _judged(command, project)
        case ChangeClass():
            return f"to {_title(project, command.id)}"
        case _:
            return _title(project, command.id)


def _judged(command: Judge, project: Project) -> str:
    match command.said:
        case ((AnnotationId() as id, _),):
            return _title(project, id)
        case ((TaskKey() as key, _),):
            return next(
                (one.title for one in project.exports[key.export].tasks if one.id == key.task),
                key.task,
            )
        case said:
            return counted(len(said), "label" if command.labels else "task")


def _title(project: Project, wanted: AnnotationId) -> str:
    annotation = project.annotations[wanted]
    return project.exports[wanted.export].ontology.title_of(annotation.class_id)
