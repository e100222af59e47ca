"""N and Shift+N: from label to label in the order of the list as shown."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from windows import LEFT, Person

from viewer.model.annotation import AnnotationId
from viewer.ui.labels.cells import Column
from viewer.ui.window.commands import LIST_REVIEWED

SHIFT = Qt.KeyboardModifier.ShiftModifier


def as_shown(person: Person) -> list[AnnotationId]:
    """The placed labels from the first row of the list to the last."""
    model = person.window.label_panel.model
    model.set_open(range(len(model.groups.groups)), is_open=True)
    lines = [model.index(line, 0) for line in range(model.rowCount())]
    rows = [index for index in lines if model.row_at(index) is not None]
    ids = [model.id_at(row) for row in rows]
    return [id for id in ids if id is not None and not person.session.matches.reason_of(id)]


def filtered(person: Person, words: str) -> None:
    QTest.keyClicks(person.window.label_panel.filter, words)
    person.bot.waitUntil(lambda: person.session.display.filter.text == words)
    person.settle()


def walk(
    person: Person, steps: int, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> list[AnnotationId]:
    """The label that is selected after each of so many presses of N."""
    person.view().setFocus()
    found = list[AnnotationId]()
    for _ in range(steps):
        person.key(Qt.Key.Key_N, held)
        found += person.session.selection
    return found


def sort_by(person: Person, column: Column) -> None:
    header = person.window.label_panel.tree.header()
    middle = header.sectionViewportPosition(column) + header.sectionSize(column) // 2
    at = header.rect().center()
    at.setX(middle)
    QTest.mouseClick(header.viewport(), LEFT, pos=at)
    person.settle()


def test_n_walks_the_list_from_its_first_row_down_and_round(person: Person) -> None:
    listed = as_shown(person)
    assert len(listed) > 20
    assert walk(person, 12) == listed[:12]
    person.session.select({listed[-2]})
    assert walk(person, 3) == [listed[-1], *listed[:2]]


def test_shift_n_walks_it_from_its_last_row_up_and_round(person: Person) -> None:
    listed = as_shown(person)
    assert walk(person, 5, SHIFT) == listed[:-6:-1]
    person.session.select({listed[1]})
    assert walk(person, 2, SHIFT) == [listed[0], listed[-1]]


@pytest.mark.parametrize("held", [Qt.KeyboardModifier.NoModifier, SHIFT])
def test_a_filtered_list_is_walked_as_it_is_shown(
    person: Person, held: Qt.KeyboardModifier
) -> None:
    everything = as_shown(person)
    filtered(person, "nodule reader b")
    listed = as_shown(person)
    assert 2 < len(listed) < len(everything)
    wanted = listed[::-1] if held else listed
    assert walk(person, len(listed) + 1, held) == [*wanted, wanted[0]]


@pytest.mark.parametrize("clicks", [1, 2])
@pytest.mark.parametrize("column", [Column.LABEL, Column.SLICE])
def test_a_list_sorted_by_its_header_is_walked_as_it_is_shown(
    person: Person, column: Column, clicks: int
) -> None:
    before = as_shown(person)
    for _ in range(clicks):
        sort_by(person, column)
    listed = as_shown(person)
    assert sorted(listed) == sorted(before)
    assert walk(person, 4) == listed[:4]


def test_hidden_labels_are_passed_over(person: Person) -> None:
    filtered(person, "nodule reader b")
    listed = as_shown(person)
    person.session.display.set_hidden(listed[1], True)
    assert walk(person, 2) == [listed[0], listed[2]]


def test_without_a_label_to_go_to_n_says_so(person: Person) -> None:
    said: list[str] = []
    person.session.said.connect(said.append)
    filtered(person, "no such label")
    assert walk(person, 1) == []
    assert said == ["No label in the list is shown on this study."]


def test_a_key_that_can_do_nothing_now_says_why(person: Person) -> None:
    said: list[str] = []
    person.session.said.connect(said.append)
    person.view().setFocus()
    person.key(Qt.Key.Key_Delete)
    person.key(Qt.Key.Key_X)
    assert said == [
        "Delete label: Select a label first.",
        "Reject: Only in Review (F4), with a label to judge.",
    ]


def test_one_key_goes_to_the_filter_and_enter_back_to_the_picture(person: Person) -> None:
    window, said = person.window, list[str]()
    person.session.said.connect(said.append)
    control = Qt.KeyboardModifier.ControlModifier
    person.view().setFocus()
    person.key(Qt.Key.Key_F, control)
    assert window.label_panel.filter.hasFocus()
    QTest.keyClicks(window.label_panel.filter, "lung")
    QTest.keyClick(window.label_panel.filter, Qt.Key.Key_Return)
    assert window.views.active.hasFocus()
    assert window.label_panel.filter.text() == "lung"
    person.key(Qt.Key.Key_F4)
    person.key(Qt.Key.Key_F, control)
    assert said[-1] == LIST_REVIEWED
