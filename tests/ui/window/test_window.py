"""The window as a whole: its parts by width, its words, and what it shows for a drawing."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot
from shiboken6 import isValid
from studies import click_cell
from windows import Person, labels_of, opened_window

from viewer.app import application
from viewer.review.filtering import Filter
from viewer.session.commands import DeleteAnnotations
from viewer.ui.view.plane import probe_text
from viewer.ui.window.docks import dock_widths
from viewer.ui.window.shell import NOTICE


def test_docks_take_their_width_from_the_window() -> None:
    assert dock_widths(1280) == (248, 260)
    assert dock_widths(1920) == (304, 320)
    assert dock_widths(2560) == (340, 380)


def test_the_views_share_the_centre_axial_left_in_full_height(person: Person) -> None:
    page = person.window.views
    axial, sagittal, coronal = (person.view(name) for name in ("axial", "sagittal", "coronal"))
    assert axial.height() == page.height()
    assert axial.width() == pytest.approx(0.6 * page.width(), abs=3)
    assert sagittal.x() == coronal.x() == axial.width() + 2
    assert coronal.y() == sagittal.height() + 2


def test_the_notice_stands_in_the_menu_corner_and_ends_the_title(person: Person) -> None:
    corner = person.window.menuBar().cornerWidget(Qt.Corner.TopRightCorner)
    assert corner is not None
    notice = corner.findChild(QLabel, "notice")
    assert isinstance(notice, QLabel)
    assert notice.text() == NOTICE
    assert notice.isVisible()
    assert person.window.windowTitle().endswith("Overread - not for diagnosis")


def test_the_mode_is_shown_by_band_switch_frame_and_lock(person: Person) -> None:
    def shown() -> tuple[object, object, bool]:
        picture = person.view().picture
        assert picture is not None
        band = person.window.toolbar.band
        return band.property("mode"), picture.frame, person.window.toolbar.is_locked_shown

    assert shown() == ("view", "active", True)
    person.key(Qt.Key.Key_F3)
    assert shown() == ("edit", "edit", False)
    other = person.view("coronal").picture
    assert other is not None
    assert other.frame == "edit-dim"
    person.key(Qt.Key.Key_F2)
    assert shown() == ("view", "active", True)


def test_a_view_says_what_it_shows(person: Person) -> None:
    view = person.view()

    def says(words: str) -> bool:
        return words in view.accessibleName()

    person.bot.waitUntil(lambda: says("Axial view, slice 65 of 128, "))
    lung = next(
        id
        for id in labels_of(person.session, "Right lung")
        if (id, 0) in person.session.matches.on(0, 64)
    )
    person.session.select({lung})
    person.bot.waitUntil(lambda: says("Right lung selected"))


def test_the_status_line_reads_the_pixel_under_the_pointer(person: Person) -> None:
    person.point(person.at_pixel(128.5, 100.5))
    words = person.window.status.probe.text()
    assert words.startswith("x 128.")
    assert "HU" in words
    assert words.endswith("mm")


def test_the_status_line_follows_the_picture_under_a_resting_pointer(person: Person) -> None:
    person.point(person.at_pixel(128.5, 100.5))
    status, session = person.window.status, person.session

    def is_true() -> bool:
        at = person.view()._pointer
        media = session.current
        assert at is not None
        assert media is not None
        voxel = person.view().port.voxel_at(at.x(), at.y())
        return voxel is not None and status.probe.text() == probe_text(media, voxel)

    before = status.probe.text()
    person.view().setFocus()
    for key in (Qt.Key.Key_Home, Qt.Key.Key_Down, Qt.Key.Key_H, Qt.Key.Key_N):
        person.key(key)
        assert is_true()
    assert status.probe.text() != before
    person.wheel(-3)
    assert is_true()
    person.wheel(2, Qt.KeyboardModifier.ControlModifier)
    assert is_true()


def test_selecting_in_the_list_moves_all_views_and_selecting_in_a_view_marks_the_row(
    person: Person,
) -> None:
    panel = person.window.label_panel
    id = labels_of(person.session, "Carina")[0]
    person.session.select({id})
    person.settle()
    assert panel.selected_ids() == (id,)
    other = labels_of(person.session, "Spine axis")[0]
    panel.model.unfold_to(other)
    index = panel.model.index_of(other)
    panel.tree.scrollTo(index)
    click_cell(panel.tree, index, 0)
    person.settle()
    assert person.session.selection == {other}
    place = person.session.matches.of(other)[0]
    assert person.view().port.index == place.slice


def test_a_label_outside_a_zoomed_picture_is_brought_into_it(person: Person) -> None:
    person.view().port.zoom(8.0, 30.0, 30.0)
    person.settle()
    id = labels_of(person.session, "Carina")[0]
    person.session.select({id})
    person.session.go_to(id)
    person.settle()
    x, y = person.on_screen(id)
    assert 0 < x < person.view().width() - 14
    assert 0 < y < person.view().height()


def test_many_changes_in_one_turn_of_the_event_loop_paint_a_view_once(person: Person) -> None:
    view = person.view()
    pictures = set()
    for k in range(20, 40):
        person.session.viewing.set_crosshair((100.0, 100.0, float(k)))
        pictures.add(id(view.picture))
    assert len(pictures) == 1
    person.settle()
    assert view.port.index == 39
    assert id(view.picture) not in pictures


def test_f6_goes_round_the_parts_of_the_window(person: Person) -> None:
    seen = []
    for _ in range(12):
        person.key(Qt.Key.Key_F6)
        focus = QApplication.focusWidget()
        assert focus is not None
        seen.append(focus)
    assert {person.view(plane) for plane in ("axial", "sagittal", "coronal")} <= set(seen)
    assert any(person.window.label_panel.isAncestorOf(widget) for widget in seen)


def test_the_themes_change_at_once_and_the_next_run_begins_with_the_last(person: Person) -> None:
    before = person.window.palette().window().color().name()
    person.window.actions_["theme.light"].trigger()
    person.settle()
    light = person.window.palette().window().color().name()
    assert light != before
    assert application().palette().window().color().name() == light
    person.window.actions_["theme.dark"].trigger()
    person.settle()
    assert person.window.palette().window().color().name() == before


def test_a_closed_window_lets_go_of_the_session(qtbot: QtBot) -> None:
    with opened_window(qtbot) as someone:
        session = someone.session
        (first, *_) = session.project.annotations
    assert not isValid(someone.window)
    session.viewing.set_look(smooth=False)
    session.display.set_filter(Filter("liver"))
    session.set_mode("edit")
    session.select([first])
    session.do(DeleteAnnotations((first,), (), session.stamp()))
    session.undo()
    session.say("Nobody hears it.")
