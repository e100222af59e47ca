"""The list of commands and places that lies over the window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtTest import QTest
from windows import LEFT, NONE, Person, labels_of

from viewer.ui.actions.reasons import WHY_OFF

CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


class Paints(QObject):
    """Counts how often what it is installed on is painted."""

    count = 0

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt names it
        self.count += event.type() == QEvent.Type.Paint
        return False


def opened(person: Person, key: Qt.Key = Qt.Key.Key_K) -> None:
    person.view().setFocus()
    person.key(key, CTRL)
    assert person.window.palette_.popup.isVisible()


def typed(person: Person, words: str) -> list[str]:
    """Type and wait for the answer; the titles that are listed."""
    popup = person.window.palette_.popup
    popup.field.clear()
    QTest.keyClicks(popup.field, words)
    person.bot.waitUntil(lambda: not person.window.jobs.is_busy("search"))
    person.settle()
    return [row.title for row in popup.rows]


def test_letters_find_a_command_and_enter_runs_it_with_the_focus_back_in_the_view(
    person: Person,
) -> None:
    opened(person)
    assert typed(person, "invert")[0] == "Invert"
    person.key(Qt.Key.Key_Return)
    assert person.session.viewing.is_inverted
    assert not person.window.palette_.popup.isVisible()
    assert person.view().hasFocus()


def test_a_command_that_is_off_says_why_and_does_nothing(person: Person) -> None:
    opened(person)
    typed(person, "redo")
    row = person.window.palette_.popup.rows[0]
    assert (row.title, row.is_on, row.beside) == ("Redo", False, WHY_OFF["redo"])
    said: list[str] = []
    person.session.said.connect(said.append)
    person.key(Qt.Key.Key_Return)
    assert said == ["Redo: Nothing was undone."]
    assert person.window.palette_.popup.isVisible()


def test_what_lies_below_is_not_painted_anew_with_every_letter(person: Person) -> None:
    person.bot.waitUntil(lambda: not person.window.jobs.is_busy())
    opened(person)
    typed(person, "e")
    before = person.window.palette_.popup.rows
    watch = Paints(person.window.views)
    for view in person.window.views.views.values():
        view.installEventFilter(watch)
    QTest.keyClicks(person.window.palette_.popup.field, "s")
    person.settle()
    assert person.window.palette_.popup.rows != before
    assert watch.count == 0


def test_arrows_go_round_and_a_click_runs(person: Person) -> None:
    opened(person)
    titles = typed(person, "theme")
    popup = person.window.palette_.popup
    person.key(Qt.Key.Key_Up)
    assert popup.list.currentIndex().row() == len(titles) - 1
    person.key(Qt.Key.Key_Down)
    assert popup.list.currentIndex().row() == 0
    typed(person, "flip left")
    at = popup.list.visualRect(popup.list.model().index(0, 0)).center()
    before = person.session.viewing.turn("axial")
    QTest.mouseClick(popup.list.viewport(), LEFT, NONE, at)
    person.settle()
    assert (person.session.viewing.turn("axial") != before).any()


def test_escape_closes_and_changes_nothing_and_so_does_a_click_beside(person: Person) -> None:
    popup = person.window.palette_.popup
    before = person.session.viewing.crosshair
    opened(person)
    person.key(Qt.Key.Key_Escape)
    assert not popup.isVisible()
    assert person.view().hasFocus()
    opened(person)
    QTest.mouseClick(person.view(), LEFT, NONE, QPoint(20, 500))
    person.settle()
    assert not popup.isVisible()
    assert person.session.viewing.crosshair == before


def test_ctrl_g_goes_to_a_slice_by_its_number_and_alt_left_back(person: Person) -> None:
    before = person.session.slice
    opened(person, Qt.Key.Key_G)
    assert "A number is a slice" in person.window.palette_.popup.sentence.text()
    assert typed(person, "17")[0] == "Slice 17 of 128"
    person.key(Qt.Key.Key_Return)
    assert person.session.slice == 16
    person.key(Qt.Key.Key_Left, ALT)
    assert person.session.slice == before


def test_enter_before_the_answer_waits_for_it(person: Person) -> None:
    opened(person, Qt.Key.Key_G)
    field = person.window.palette_.popup.field
    QTest.keyClicks(field, "=40")
    QTest.keyClick(field, Qt.Key.Key_Return)
    person.bot.waitUntil(lambda: person.session.slice == 39)
    assert not person.window.palette_.popup.isVisible()


def test_a_label_is_found_by_its_id_and_selected(person: Person) -> None:
    id = labels_of(person.session, "Nodule box")[1]
    native = person.session.project.annotations[id].native_id
    opened(person)
    assert len(typed(person, f"@{native}")) == 1
    row = person.window.palette_.popup.rows[0]
    assert native in row.beside
    assert row.color
    person.key(Qt.Key.Key_Return)
    assert person.session.selection == {id}


@pytest.mark.parametrize("words", ["#999", "0:01", "@no such label"])
def test_what_is_not_there_is_said_in_a_sentence_and_enter_does_nothing(
    person: Person, words: str
) -> None:
    opened(person, Qt.Key.Key_G)
    before = person.session.viewing.crosshair
    assert typed(person, words) == []
    popup = person.window.palette_.popup
    assert popup.sentence.isVisible()
    assert popup.sentence.text().endswith(".")
    person.key(Qt.Key.Key_Return)
    assert person.session.viewing.crosshair == before


def test_the_field_of_the_toolbar_opens_it_and_it_stays_inside_a_small_window(
    person: Person,
) -> None:
    person.window.resize(person.window.minimumSize())
    person.settle()
    QTest.mouseClick(person.window.toolbar.search, LEFT)
    person.settle()
    popup = person.window.palette_.popup
    assert popup.isVisible()
    assert person.window.rect().contains(popup.geometry())
    assert popup.field.hasFocus()


def test_with_nothing_open_it_lists_what_can_be_opened(empty: Person) -> None:
    empty.window.activateWindow()
    empty.key(Qt.Key.Key_K, CTRL)
    assert typed(empty, "demo")[0] == "Open the demo study" or "Demo" in typed(empty, "demo")[0]
    assert not empty.window.actions_["go.to"].isEnabled()
