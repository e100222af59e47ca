"""Several exports over one series: each with its own colour, line, eye and authors."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QMessageBox
from pytestqt.qtbot import QtBot
from windows import Person, demo_study, opened_window

from viewer.demo import LABELBOX_FOLDER, REDBRICK_FOLDER, demo_folder
from viewer.formats import read_export
from viewer.model.annotation import AnnotationId
from viewer.review.matching import match
from viewer.session.commands import ChangeNote
from viewer.session.kept_looks import kept_looks
from viewer.ui.saving.page import SaveAsked

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
LEFT, SHIFT = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture(name="three")
def three_exports(qtbot: QtBot) -> Iterator[Person]:
    """A window over the demo's series with its exports of three vendors."""
    folder = demo_folder()[1].parent
    names = (
        demo_folder()[1],
        folder / LABELBOX_FOLDER / "thorax_export_v2.ndjson",
        folder / REDBRICK_FOLDER / "tasks.json",
    )
    with opened_window(qtbot, demo=False) as person:
        project, media = read_export(*map(str, names)), demo_study().media
        person.session.open(project, media, (), match(project, media))
        person.settle()
        qtbot.waitUntil(lambda: not person.window.jobs.is_busy(), timeout=60_000)
        person.settle()
        person.window.views.active.setFocus()
        yield person


def press(button: QAbstractButton) -> None:
    QTest.mouseClick(button, LEFT)


def drawn_by(person: Person, export: str) -> list[str]:
    """Colours of an export's marks in the axial view, as painted last."""
    person.settle()
    picture = person.view().picture
    assert picture is not None
    return [mark.color for mark in picture.marks if mark.id.export == export]


def test_one_key_shows_whose_each_outline_is_and_takes_it_back(three: Person) -> None:
    before = {id: drawn_by(three, id) for id in three.session.project.exports}
    three.key(Qt.Key.Key_C, SHIFT)
    tints = {id: set(drawn_by(three, id)) for id in before}
    assert all(len(found) <= 1 for found in tints.values())
    assert len(set().union(*tints.values())) == sum(bool(found) for found in tints.values()) >= 2
    three.key(Qt.Key.Key_C, SHIFT)
    assert {id: drawn_by(three, id) for id in before} == before


def test_colour_line_and_authors_are_chosen_by_mouse_seen_at_once_and_remembered(
    three: Person,
) -> None:
    session, panel = three.session, three.window.media_panel
    export = next(iter(session.project.exports))
    row, popup = panel._export_rows[export], panel.looks
    press(row.look)
    assert popup.isVisible()
    press(popup.colors.button(3))
    press(popup.weights.button(2))
    tint = session.display.look_of(export).color
    assert set(drawn_by(three, export)) == {tint}
    first = popup.authors.item(0)
    at = popup.authors.visualItemRect(first)
    box = QPoint(at.left() + 10, at.center().y())
    QTest.mouseClick(popup.authors.viewport(), LEFT, pos=box)
    hidden = session.display.look_of(export).hidden_authors
    assert hidden == (first.data(Qt.ItemDataRole.UserRole),)
    annotations = session.project.annotations
    picture = three.view().picture
    three.settle()
    picture = three.view().picture
    assert picture is not None
    assert not {m.id for m in picture.marks if annotations.author_of(m.id) in hidden}
    QTest.keyClick(popup, Qt.Key.Key_Escape)
    assert not popup.isVisible()
    three.bot.waitUntil(lambda: not three.window.jobs.is_busy(), timeout=10_000)
    assert kept_looks(session.project) == {export: session.display.look_of(export)}


def test_a_right_click_on_a_row_opens_what_its_button_opens(three: Person) -> None:
    panel = three.window.media_panel
    handle = three.window.windowHandle()
    for export, row in panel._export_rows.items():
        for part in (row.name, row.below, row.look):
            at = part.mapTo(three.window, part.rect().center())
            QTest.mouseClick(handle, Qt.MouseButton.RightButton, pos=at)
            assert panel.looks.isVisible()
            title = three.session.project.exports[export].title
            assert panel.looks.title.text() == title
            QTest.keyClick(panel.looks, Qt.Key.Key_Escape)
            assert not panel.looks.isVisible()


def test_the_eye_of_an_export_is_one_click_and_remembered(three: Person) -> None:
    session = three.session
    export = next(iter(session.project.exports))
    press(three.window.media_panel._export_rows[export].eye)
    assert drawn_by(three, export) == []
    three.bot.waitUntil(lambda: not three.window.jobs.is_busy(), timeout=10_000)
    assert kept_looks(session.project)[export].hidden


def test_how_an_export_is_drawn_is_remembered_of_its_saved_copy_too(
    three: Person, tmp_path: Path
) -> None:
    session = three.session
    export = next(iter(session.project.exports))
    noted(three, export)
    press(three.window.media_panel._export_rows[export].look)
    press(three.window.media_panel.looks.colors.button(3))
    QTest.keyClick(three.window.media_panel.looks, Qt.Key.Key_Escape)
    copy = tmp_path / "copy.json"
    with three.bot.waitSignal(three.window.saving.saved, timeout=20_000):
        three.window.saving.save(SaveAsked(export, str(copy), replaces=False))
    three.bot.waitUntil(lambda: not three.window.jobs.is_busy(), timeout=10_000)
    three.window.open([str(copy)])
    three.bot.waitUntil(lambda: not three.window.jobs.is_busy(), timeout=60_000)
    look = session.display.look_of(export)
    again = next(id for id, one in session.project.exports.items() if one.title == copy.name)
    assert look.color
    assert session.display.look_of(again) == look


def close_by_mouse(person: Person, export: str) -> None:
    panel = person.window.media_panel
    press(panel._export_rows[export].look)
    press(panel.looks.off)
    person.wait()


def noted(person: Person, export: str) -> AnnotationId:
    """Change a note of an export's first label."""
    session = person.session
    id = next(id for id in session.project.annotations if id.export == export)
    session.do(ChangeNote(id, "seen", session.stamp()))
    return id


def test_an_export_is_closed_and_the_others_stay_with_their_changes_at_the_same_place(
    three: Person,
) -> None:
    session = three.session
    first, second, third = session.project.exports
    changed = noted(three, first)
    session.viewing.set_crosshair((30.0, 40.0, 20.0))
    close_by_mouse(three, second)
    assert set(session.project.exports) == {first, third}
    assert session.viewing.crosshair == (30.0, 40.0, 20.0)
    assert session.project.annotations[changed].note == "seen"
    assert session.history.unsaved == {first}
    assert drawn_by(three, second) == []


@pytest.mark.parametrize(("button", "is_closed"), [("Cancel", False), ("Discard", True)])
def test_closing_an_export_with_unsaved_changes_asks_first(
    three: Person, button: str, is_closed: bool
) -> None:
    first = next(iter(three.session.project.exports))
    noted(three, first)

    said: list[str] = []

    def answer() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        said.append(box.text())
        press(next(one for one in box.buttons() if one.text() == button))

    QTimer.singleShot(200, answer)
    close_by_mouse(three, first)
    assert said == ["1 label of thorax_phantom_labels.json is changed."]
    assert (first not in three.session.project.exports) == is_closed
    assert bool(three.session.history.unsaved) != is_closed
