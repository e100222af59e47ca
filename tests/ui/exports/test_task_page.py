"""A person goes through the tasks of an export by keys and mouse."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from bound import drawn, pictures, project_of, scan
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from windows import LEFT, NONE, Person, opened_window

from viewer.model.annotation import AnnotationId
from viewer.model.project import Entry, Project
from viewer.model.task import Task, TaskKey
from viewer.review.matching import match
from viewer.session.judging import judge

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
ENTRIES = (
    Entry("ct", "chest", series="1.2.3.4"),
    Entry("photo", "B", ("b.png",)),
    Entry("lost", "nobody", ("lost.png",)),
    Entry("bare", "A", ("a.png",)),
)
TASKS = (
    Task("one", "chest", ("ct",), status="DONE", facts=(("score", "10"),)),
    Task("two", "=two()", ("photo",), status="SKIPPED", facts=(("score", "9"),)),
    Task("three", "lost", ("lost",)),
    Task("four", "bare", ("bare",)),
)
PLACED = [drawn("ct", frame=3), drawn("photo"), drawn("lost"), drawn("ct", frame=5)]
FIRST = AnnotationId("1", 0)


def project() -> Project:
    found = project_of(ENTRIES, PLACED)
    return replace(found, exports={"1": replace(found.exports["1"], tasks=TASKS)})


@pytest.fixture
def person(qtbot: QtBot) -> Iterator[Person]:
    with opened_window(qtbot, demo=False) as somebody:
        media = [scan(), pictures(["a.png", "b.png"])]
        somebody.session.open(project(), media, (), match(project(), media))
        qtbot.waitUntil(lambda: somebody.session.tasks.table is not None, timeout=20_000)
        somebody.window.views.active.setFocus()
        yield somebody


def rows(person: Person) -> list[str]:
    model = person.window.tasks.model
    return [str(model.index(row, 1).data()) for row in range(model.rowCount())]


def test_keys_go_from_task_to_task_and_stop_at_the_ends(person: Person):
    session = person.session
    person.key(Qt.Key.Key_PageDown, SHIFT)
    assert session.tasks.number == 0
    assert session.selection == {FIRST}
    person.key(Qt.Key.Key_PageDown, SHIFT)
    assert session.selection == {AnnotationId("1", 1)}
    assert (session.viewing.media_index, session.slice) == (1, 1)
    person.key(Qt.Key.Key_PageDown, SHIFT)
    assert "none of its pictures is open" in person.window.status.hint.text()
    person.key(Qt.Key.Key_PageDown, SHIFT)
    assert (session.selection, session.viewing.media_index) == (frozenset(), 1)
    person.key(Qt.Key.Key_PageDown, SHIFT)
    assert session.tasks.number == 3
    assert "last task" in person.window.status.hint.text()
    for _ in range(3):
        person.key(Qt.Key.Key_PageUp, SHIFT)
    assert session.selection == {FIRST}
    session.select({AnnotationId("1", 1)})  # of the second task, gone to by another way
    person.key(Qt.Key.Key_PageDown, SHIFT)
    assert session.tasks.number == 2


def shown_page(person: Person) -> None:
    person.key(Qt.Key.Key_T, CONTROL)
    assert person.window.centre.currentWidget() is person.window.tasks
    person.bot.waitUntil(lambda: len(rows(person)) == len(TASKS), timeout=20_000)


def test_the_list_says_what_vendors_say_and_sorts_numbers_by_size(person: Person):
    shown_page(person)
    page = person.window.tasks
    heads = page.model.columns
    assert heads[:3] == ("#", "Task", "Status")
    assert heads[-1] == "score"
    assert rows(person) == ["chest", "=two()", "lost", "bare"]
    place = page.tree.header().sectionViewportPosition(len(heads) - 1) + 8
    QTest.mouseClick(page.tree.header().viewport(), LEFT, NONE, QPoint(place, 8))
    assert rows(person)[:2] == ["=two()", "chest"]
    assert person.session.tasks.order[:2].tolist() == [1, 0]
    judge(person.session, (TaskKey("1", "two"),), "needs_change")
    person.bot.waitUntil(lambda: "Whole study" in page.model.columns, timeout=20_000)
    assert page.tree.header().sortIndicatorSection() == len(page.model.columns) - 1
    place = page.tree.header().sectionViewportPosition(len(page.model.columns) - 1) + 8
    QTest.mouseClick(page.tree.header().viewport(), LEFT, NONE, QPoint(place, 8))
    assert rows(person)[:2] == ["chest", "=two()"]  # falling, what says nothing is last again
    said = page.model.words(1, "Whole study"), page.model.words(0, "Whole study")
    assert said == ("needs change", "")


def test_filters_list_only_what_fits_and_keys_follow_them(person: Person):
    shown_page(person)
    page = person.window.tasks
    QTest.mouseClick(page.filters.segments["unplaced"], LEFT)
    assert rows(person) == ["lost"]
    judge(person.session, (FIRST, AnnotationId("1", 3)), "accepted")
    QTest.mouseClick(page.filters.segments["open"], LEFT)
    person.bot.waitUntil(lambda: rows(person) == ["=two()", "lost"], timeout=20_000)
    page.field.setFocus()
    QTest.keyClicks(page.field, "skipped")
    assert rows(person) == ["=two()"]
    assert page.count.text() == "1 of 4 tasks"
    QTest.keyClicks(page.field, "x")
    assert not page.tree.isVisible()
    assert page.empty.text() == "No task fits the filter."


def test_enter_shows_a_task_and_esc_leaves(person: Person):
    shown_page(person)
    page = person.window.tasks
    QTest.keyClick(page.tree, Qt.Key.Key_Down)
    QTest.keyClick(page.tree, Qt.Key.Key_Return)
    person.settle()
    assert person.window.centre.currentWidget() is person.window.views
    assert person.session.selection == {AnnotationId("1", 1)}
    person.key(Qt.Key.Key_T, CONTROL)
    assert page.tree.currentIndex().row() == 1
    QTest.keyClick(page.tree, Qt.Key.Key_Escape)
    assert person.window.centre.currentWidget() is person.window.views


def test_a_copy_is_csv_that_no_spreadsheet_runs(person: Person):
    shown_page(person)
    QTest.mouseClick(person.window.tasks.copy, LEFT)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].startswith("#,Task,Status,Labels,Not placed")
    assert len(lines) == 1 + len(TASKS)
    assert lines[2].startswith("2,'=two(),SKIPPED,1,")
