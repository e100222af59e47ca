"""Files dragged over the window: a frame says what would be opened, and goes with the drag."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox
from windows import LEFT, NONE, Person, labels_of

from viewer.session.commands import ChangeNote
from viewer.ui.window.welcome import DropArea

COPY = Qt.DropAction.CopyAction


def files(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def enter(person: Person, data: QMimeData) -> QDragEnterEvent:
    event = QDragEnterEvent(QPoint(300, 300), COPY, data, LEFT, NONE)
    QApplication.sendEvent(person.window, event)
    return event


def move(person: Person, data: QMimeData) -> QDragMoveEvent:
    event = QDragMoveEvent(QPoint(310, 300), COPY, data, LEFT, NONE)
    QApplication.sendEvent(person.window, event)
    return event


def has_frame(person: Person) -> bool:
    return person.window.drops.frame.isVisible()


def test_the_frame_stands_while_files_are_over_the_window(person: Person, tmp_path: Path) -> None:
    data = files(tmp_path)
    assert enter(person, data).isAccepted()
    assert move(person, data).isAccepted()
    assert has_frame(person)
    QApplication.sendEvent(person.window, QDragLeaveEvent())
    assert not has_frame(person)


def test_what_is_no_file_is_not_taken(person: Person) -> None:
    data = QMimeData()
    data.setText("words")
    assert not enter(person, data).isAccepted()
    assert not move(person, data).isAccepted()
    assert not has_frame(person)


@pytest.mark.parametrize("by", ["motion", "press", "wheel"])
def test_a_drag_whose_program_ended_is_over_with_the_next_motion_by_hand(
    person: Person, tmp_path: Path, by: str
) -> None:
    data = files(tmp_path)
    enter(person, data)
    match by:
        case "motion":
            person.point((200.0, 200.0))
        case "press":
            QTest.mouseClick(person.window.label_panel.tree.viewport(), LEFT)
        case _:
            person.wheel(1)
    assert not has_frame(person)
    move(person, data)  # it was not over
    assert has_frame(person)
    QApplication.sendEvent(person.window, QDragLeaveEvent())


def test_the_welcome_page_forgets_such_a_drag_too(empty: Person, tmp_path: Path) -> None:
    area, data = empty.window.welcome.findChild(DropArea), files(tmp_path)
    assert isinstance(area, DropArea)
    QApplication.sendEvent(area, QDragEnterEvent(QPoint(5, 5), COPY, data, LEFT, NONE))
    assert area.property("over") == "true"
    QTest.mouseMove(area, QPoint(9, 9))
    empty.settle()
    QTest.mouseMove(area, QPoint(12, 12))
    empty.settle()
    assert area.property("over") == "false"


def test_a_drop_is_over_before_anything_is_asked(person: Person, tmp_path: Path) -> None:
    id = labels_of(person.session, "Right lung")[0]
    person.session.do(ChangeNote(id, "seen", person.session.stamp()))
    export = person.session.project.exports[id.export].sources[0].path
    data = files(Path(export))
    enter(person, data)
    drop = QDropEvent(QPointF(310, 300), COPY, data, LEFT, NONE)
    QApplication.sendEvent(person.window, drop)
    assert drop.isAccepted()
    assert not has_frame(person)
    assert QApplication.activeModalWidget() is None
    asked: list[str] = []

    def cancel() -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            asked.append(box.text())
            box.reject()
        else:
            QTimer.singleShot(20, cancel)

    QTimer.singleShot(20, cancel)
    person.bot.waitUntil(lambda: bool(asked))
    assert asked == ["1 label is changed."]
