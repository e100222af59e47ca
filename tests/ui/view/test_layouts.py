"""Layouts by key, button and menu: which views stand where, and come back as they were."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from played import timed
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from windows import LEFT, Person, opened_window

from viewer.app import Program
from viewer.paint.framing import FIT
from viewer.review.matching import match
from viewer.session.kept_layout import layout_file

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    layout_file().unlink(missing_ok=True)
    yield
    layout_file().unlink(missing_ok=True)


def places(person: Person) -> dict[str, tuple[int, int]]:
    """Which views are in sight, in columns and rows of the centre's quarters and thirds."""
    return {
        view.port.pane.id: (view.x(), view.y())
        for view in person.window.views.shown
        if view.isVisible()
    }


def test_keys_choose_how_many_views_stand_in_the_centre(person: Person) -> None:
    person.key(Qt.Key.Key_3, ALT)
    row = places(person)
    assert list(row) == ["axial", "sagittal", "coronal"]
    assert {y for _, y in row.values()} == {0}
    widths = [view.width() for view in person.window.views.shown]
    assert max(widths) - min(widths) <= 1
    person.key(Qt.Key.Key_4, ALT)
    four = places(person)
    assert list(four) == ["axial", "sagittal", "coronal", "fourth"]
    assert four["axial"] == (0, 0)
    assert four["sagittal"][0] == four["fourth"][0] > 0
    assert four["coronal"][1] == four["fourth"][1] > 0
    person.key(Qt.Key.Key_1, ALT)
    assert list(places(person)) == ["axial"]
    person.key(Qt.Key.Key_2, ALT)
    assert places(person)["axial"] == (0, 0)
    assert person.view().height() == person.window.views.height() > person.view("coronal").height()


@pytest.mark.parametrize("id", ["axial", "coronal", "fourth"])
def test_a_double_click_brings_any_view_of_a_layout_forward_and_back(
    person: Person, id: str
) -> None:
    person.key(Qt.Key.Key_4, ALT)
    before = places(person)
    view = next(view for view in person.window.views.shown if view.port.pane.id == id)
    for shown in ({id}, set(before)):
        QTest.mouseDClick(view, LEFT, Qt.KeyboardModifier.NoModifier, view.rect().center())
        person.settle()
        assert set(places(person)) == shown
    assert places(person) == before


def test_zoom_outlasts_a_change_of_layout(person: Person) -> None:
    person.wheel(3, Qt.KeyboardModifier.ControlModifier, "sagittal", (60.0, 60.0))
    framing = person.view("sagittal").port.camera.framing
    for digit in (Qt.Key.Key_4, Qt.Key.Key_1, Qt.Key.Key_3):
        person.key(digit, ALT)
    assert person.view("sagittal").port.camera.framing == framing != FIT


def test_the_buttons_drawings_choose_a_layout_and_mark_the_one_in_use(person: Person) -> None:
    button = person.window.toolbar.layout
    QTest.mouseClick(button, LEFT)
    popup = button.popup
    assert popup.isVisible()
    assert [id for id, one in popup.buttons.items() if one.isChecked()] == ["layout.main"]
    QTest.mouseClick(popup.buttons["layout.four"], LEFT)
    person.settle()
    assert not popup.isVisible()
    assert person.session.viewing.layout == "four"
    assert len(places(person)) == 4
    assert [id for id, one in popup.buttons.items() if one.isChecked()] == ["layout.four"]


def test_a_film_has_one_view_in_any_layout(person: Person) -> None:
    person.key(Qt.Key.Key_4, ALT)
    session = person.session
    media = (*session.media, timed())
    session.open(session.project, media, (), match(session.project, media))
    session.viewing.show(1)
    person.settle()
    assert list(places(person)) == ["axial"]
    actions = person.window.actions_
    can = {id: actions[id].isEnabled() for id in ("layout.single", "layout.row", "layout.four")}
    assert can == {"layout.single": True, "layout.row": False, "layout.four": False}
    person.session.viewing.show(0)
    person.settle()
    assert len(places(person)) == 4


def test_the_layout_is_there_again_at_the_next_start(person: Person) -> None:
    person.key(Qt.Key.Key_3, ALT)
    again = Program()
    again.furnish()
    assert again.session.viewing.layout == "row"
    again.window.close()
    again.window.deleteLater()


@pytest.mark.parametrize("kept", [b"", b"seven\n", b"\xff\xfe", b"compare\n"])
def test_what_is_no_layout_is_the_usual_one(qtbot: QtBot, kept: bytes) -> None:
    layout_file().parent.mkdir(parents=True, exist_ok=True)
    layout_file().write_bytes(kept)
    with opened_window(qtbot, demo=False) as person:
        assert person.session.viewing.layout == "main"
