"""What was done since opening: a list to read, and to go back and forth in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

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
from viewer.session.session import Session
from viewer.ui.widgets.icons import paint_icon
from viewer.ui.widgets.theme import color, font_of

Index = QModelIndex | QPersistentModelIndex
STEP_ROLE = Qt.ItemDataRole.UserRole + 2
ROW_PX = 44
ICON_PX = 16


@dataclass(frozen=True)
class StepItem:
    """One row: what was done, to what, when."""

    icon: str
    verb: str
    subject: str
    time: str
    is_undone: bool = False


class HistoryPanel(QListWidget):
    """Newest first; what is undone stands greyed above; activating a row goes to that state."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setAccessibleName("History")
        self.setItemDelegate(_Delegate(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.itemActivated.connect(self._on_activated)
        session.project_changed.connect(self._refresh)
        self._refresh()

    def go_to_row(self, row: int) -> None:
        """Undo or redo until the state of a row is the current one."""
        ahead = len(self._session.history.undone)
        for _ in range(row - ahead):
            self._session.undo()
        for _ in range(ahead - row):
            self._session.redo()

    def _on_activated(self, item: QListWidgetItem) -> None:
        self.go_to_row(self.row(item))

    def _refresh(self) -> None:
        history = self._session.history
        self.clear()
        items = [step_item(step.command, step.project, is_undone=True) for step in history.undone]
        items.reverse()
        done = [step_item(step.command, step.project) for step in history.steps]
        items += reversed(done)
        items.append(StepItem("folder-open", "As opened", "", ""))
        for number, item in enumerate(items):
            row = QListWidgetItem()
            is_current = number == len(history.undone)
            row.setData(STEP_ROLE, (item, is_current))
            words = f"{item.verb}, {item.subject}" if item.subject else item.verb
            row.setData(Qt.ItemDataRole.AccessibleTextRole, words)
            row.setToolTip(words)
            self.addItem(row)


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


class _Delegate(QStyledItemDelegate):
    """Icon, verb and subject in two lines, time at the right."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(80, max(ROW_PX, 2 * QFontMetrics(font_of(13)).height() + 10))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        item, is_current = index.data(STEP_ROLE)
        rect: QRect = option.rect  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
        state: QStyle.StateFlag = option.state  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
        painter.save()
        if is_current:
            painter.fillRect(rect, color("accent-soft"))
            painter.fillRect(QRect(rect.left(), rect.top(), 2, rect.height()), color("accent"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, color("hover"))
        _paint_step(painter, rect, item)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(color("accent"))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
        painter.restore()


def _paint_step(painter: QPainter, rect: QRect, item: StepItem) -> None:
    token = "text-off" if item.is_undone else "text"
    quiet_token = "text-off" if item.is_undone else "text-2"
    middle = rect.center().y()
    sign = QRectF(rect.left() + 12, middle - ICON_PX / 2, ICON_PX, ICON_PX)
    paint_icon(painter, sign, item.icon, quiet_token)
    room = rect.adjusted(40, 4, -12, -4)
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    painter.setFont(font_of(12))
    painter.setPen(color(quiet_token))
    painter.drawText(room, right, item.time)
    room.adjust(0, 0, -44, 0)
    left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    half = room.height() // 2
    if item.subject:
        below = room.adjusted(0, half, 0, 0)
        words = painter.fontMetrics().elidedText(
            item.subject, Qt.TextElideMode.ElideRight, below.width()
        )
        painter.drawText(below, left, words)
        room = room.adjusted(0, 0, 0, -half)
    painter.setFont(font_of(13))
    painter.setPen(color(token))
    painter.drawText(room, left, item.verb)
