"""Your name: asked beside the work, kept for the next run, and said when it cannot be kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from studies import ids_of
from windows import LEFT, Person

from viewer.session.commands import ChangeNote
from viewer.session.preferences import author_file, read_author


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A settings folder of this test's own, not there yet."""
    folder = tmp_path / "settings"
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder))
    return folder


def ask(person: Person) -> None:
    person.window.actions_["app.author"].trigger()
    person.settle()


def test_enter_keeps_the_typed_name_for_now_and_for_the_next_run(
    person: Person, settings: Path
) -> None:
    focus = QApplication.focusWidget()
    ask(person)
    strip = person.window.naming
    assert QApplication.activeModalWidget() is None
    assert QApplication.focusWidget() is strip.field
    QTest.keyClicks(strip.field, "  Dr. Ada  Lovelace ")
    person.key(Qt.Key.Key_Return)
    assert not strip.isVisible()
    assert QApplication.focusWidget() is focus
    assert person.session.author == "Dr. Ada Lovelace"
    assert settings in author_file().parents
    assert read_author(author_file()) == "Dr. Ada Lovelace"
    label = ids_of(person.session, "Liver")[0]
    command = ChangeNote(label, "seen", person.session.stamp())
    assert command.made.author == "Dr. Ada Lovelace"


@pytest.mark.parametrize("way", ["Esc", "Cancel"])
def test_leaving_changes_no_name_and_writes_no_file(
    person: Person, settings: Path, way: str
) -> None:
    person.session.author = "Ada"
    ask(person)
    strip = person.window.naming
    assert strip.field.selectedText() == "Ada", "ready to be typed over"
    QTest.keyClicks(strip.field, "Eve")
    if way == "Esc":
        person.key(Qt.Key.Key_Escape)
    else:
        QTest.mouseClick(strip.cancel, LEFT)
    assert not strip.isVisible()
    assert person.session.author == "Ada"
    assert not settings.exists()


def test_all_of_it_is_reached_with_tab_and_enter_presses_the_button_in_focus(
    person: Person, settings: Path
) -> None:
    ask(person)
    strip = person.window.naming
    QTest.keyClicks(strip.field, "Ada")
    person.key(Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is strip.cancel
    person.key(Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is strip.keep
    person.key(Qt.Key.Key_Return)
    assert person.session.author == "Ada"
    assert not strip.isVisible()


def test_letters_typed_for_a_name_are_no_commands(person: Person, settings: Path) -> None:
    window = person.session.viewing.window
    ask(person)
    QTest.keyClicks(person.window.naming.field, "nisw2")
    person.settle()
    assert person.window.naming.field.text() == "nisw2"
    assert person.session.selection == frozenset()
    assert person.session.viewing.window == window
    assert not person.session.viewing.is_inverted


def test_the_work_goes_on_beside_the_question(person: Person, settings: Path) -> None:
    ask(person)
    start = person.view().port.index
    person.wheel(1)
    assert person.view().port.index == start + 1
    person.window.resize(1000, 650)
    person.settle()
    around, strip = person.window.centre, person.window.naming
    assert around.rect().contains(strip.geometry())
    assert strip.isVisible()


def test_a_settings_folder_that_cannot_be_written_is_named_and_the_name_holds_until_the_end(
    person: Person, settings: Path
) -> None:
    settings.write_text("a file stands where the folder would be")
    ask(person)
    strip = person.window.naming
    QTest.keyClicks(strip.field, "Ada")
    person.key(Qt.Key.Key_Return)
    assert strip.isVisible()
    assert strip.problem.isVisible()
    assert str(author_file().parent) in strip.problem.text()
    assert strip.problem.text().endswith(".")
    assert person.session.author == "Ada"
    assert read_author(author_file()) == ""
    settings.unlink()
    QTest.mouseClick(strip.keep, LEFT)
    person.settle()
    assert not strip.isVisible()
    assert read_author(author_file()) == "Ada"
    ask(person)
    assert not strip.problem.isVisible(), "an old problem is not said again"


def test_an_emptied_name_is_kept_as_no_name(person: Person, settings: Path) -> None:
    person.session.author = "Ada"
    ask(person)
    person.key(Qt.Key.Key_Backspace)
    person.key(Qt.Key.Key_Return)
    assert person.session.author == ""
    assert read_author(author_file()) == ""
    assert author_file().exists()


def test_it_can_be_asked_while_nothing_is_open(empty: Person, settings: Path) -> None:
    ask(empty)
    strip = empty.window.naming
    assert strip.isVisible()
    assert QApplication.focusWidget() is strip.field
