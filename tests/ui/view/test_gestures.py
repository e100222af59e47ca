"""Every line of the mouse table, with real events in a real window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot
from windows import LEFT, MIDDLE, RIGHT, Person, labels_of

from viewer.paint.framing import px_per_mm
from viewer.render.window import initial_window
from viewer.ui.view.gestures import crosshair_part

SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
EMPTY = (60.0, 560.0)  # air beside the body, off the crosshair


def slice_of(person: Person, plane: str = "axial") -> int:
    return person.view(plane).port.index


def test_the_wheel_goes_one_slice_up_the_strip_and_with_shift_ten(person: Person) -> None:
    start = slice_of(person)
    person.wheel(1)
    assert slice_of(person) == start + 1  # head is up
    person.wheel(-1)
    assert slice_of(person) == start
    person.wheel(1, SHIFT)
    assert slice_of(person) == start + 10
    person.wheel(-1, plane="coronal", at=(60.0, 60.0))
    assert slice_of(person) == start + 10


def test_ctrl_wheel_zooms_and_what_is_under_the_pointer_stays(person: Person) -> None:
    port = person.view().port
    at = (150.0, 260.0)
    before, place, index = port.mm_per_px(), port.plane_at(*at), port.index
    person.wheel(2, CTRL, at=at)
    assert port.mm_per_px() == pytest.approx(before / 1.44)
    assert port.plane_at(*at) == pytest.approx(place, abs=1e-6)
    assert port.index == index


def test_a_left_drag_changes_the_window_wherever_it_starts(person: Person) -> None:
    nodule = labels_of(person.session, "Descending aorta")[0]
    for start in (EMPTY, person.on_screen(nodule)):
        window = person.session.viewing.window
        person.drag(start, (start[0] + 60, start[1] + 40))
        changed = person.session.viewing.window
        assert changed is not None
        window = window or initial_window(person.session.media[0])
        assert changed.width > window.width
        assert changed.center > window.center


def test_less_than_four_pixels_is_a_click_and_changes_no_window(person: Person) -> None:
    window = person.session.viewing.window
    person.drag(EMPTY, (EMPTY[0] + 3, EMPTY[1] + 2))
    assert person.session.viewing.window == window


def test_a_line_of_the_crosshair_drags_the_other_views(person: Person) -> None:
    at = person.view().port.crosshair_at()
    assert at is not None
    i, j, k = person.session.viewing.crosshair
    window = person.session.viewing.window
    person.drag((at[0], at[1] + 120), (at[0] + 60, at[1] + 120))
    moved = person.session.viewing.crosshair
    assert moved[0] > i
    assert moved[1] == pytest.approx(j, abs=0.51)
    assert moved[2] == k
    assert person.session.viewing.window == window


def test_shift_and_moving_puts_the_crosshair_under_the_pointer_in_all_views(
    person: Person,
) -> None:
    person.point((260.0, 300.0), SHIFT)
    at = person.view().port.crosshair_at()
    assert at == pytest.approx((260.0, 300.0), abs=1.5)
    assert slice_of(person, "sagittal") == round(person.session.viewing.crosshair[0])


def test_the_middle_button_pans_and_the_right_one_zooms(person: Person) -> None:
    port = person.view().port
    place = port.plane_at(*EMPTY)
    person.drag(EMPTY, (EMPTY[0] + 30, EMPTY[1] - 20), MIDDLE)
    assert port.plane_at(EMPTY[0] + 30, EMPTY[1] - 20) == pytest.approx(place, abs=1e-6)
    before = port.mm_per_px()
    person.drag(EMPTY, (EMPTY[0], EMPTY[1] - 100), RIGHT)
    assert port.mm_per_px() < before
    assert person.window.findChildren(type(person.window.menuBar())) != []


def test_a_right_click_without_motion_asks_for_the_menu(person: Person, qtbot: QtBot) -> None:
    person.window.views.menu_wanted.disconnect()
    with qtbot.waitSignal(person.window.views.menu_wanted):
        person.click(EMPTY, RIGHT)


def test_a_click_selects_the_label_under_it_and_a_click_beside_it_none(person: Person) -> None:
    aorta = next(
        id
        for id in labels_of(person.session, "Descending aorta")
        if (id, 0) in person.session.matches.on(0, slice_of(person))
    )
    person.click(person.on_screen(aorta))
    assert person.session.selection == {aorta}
    person.click(EMPTY)
    assert person.session.selection == frozenset()


def test_a_double_click_makes_one_view_the_whole_centre_and_back(person: Person) -> None:
    person.double_click((60.0, 60.0), "coronal")
    assert person.session.viewing.layout == "single"
    assert person.view("coronal").width() == person.window.views.width()
    assert not person.view().isVisible()
    person.double_click((60.0, 60.0), "coronal")
    assert person.session.viewing.layout == "main"
    assert person.view().isVisible()


def test_the_slice_strip_goes_where_it_is_pressed(person: Person) -> None:
    view = person.view()
    x = view.width() - 6.0
    person.drag((x, 20.0), (x - 40.0, view.height() - 4.0))
    assert slice_of(person) == 0
    person.click((x, 2.0))
    assert slice_of(person) == 127


def test_the_hands_of_the_toolbar_change_what_the_left_button_does(person: Person) -> None:
    port = person.view().port
    person.window.actions_["hand.pan"].trigger()
    place = port.plane_at(*EMPTY)
    person.drag(EMPTY, (EMPTY[0] + 30, EMPTY[1]))
    assert port.plane_at(EMPTY[0] + 30, EMPTY[1]) == pytest.approx(place, abs=1e-6)
    person.window.actions_["hand.zoom"].trigger()
    before = px_per_mm(port.affine())
    person.drag(EMPTY, (EMPTY[0], EMPTY[1] - 80))
    assert px_per_mm(port.affine()) > before
    person.window.actions_["hand.crosshair"].trigger()
    person.drag((200.0, 250.0), (240.0, 300.0), LEFT)
    assert port.crosshair_at() == pytest.approx((240.0, 300.0), abs=2.0)


def test_dragging_a_selected_label_in_view_says_how_to_edit_and_moves_nothing(
    person: Person,
) -> None:
    aorta = next(
        id
        for id in labels_of(person.session, "Descending aorta")
        if (id, 0) in person.session.matches.on(0, slice_of(person))
    )
    said: list[str] = []
    person.session.said.connect(said.append)
    at = person.on_screen(aorta)
    person.click(at)
    project = person.session.project
    person.drag(at, (at[0] + 40, at[1]))
    assert said[-1] == "Labels are locked in View. F3 edits."
    assert person.session.project is project


def test_the_crosshair_is_caught_within_eight_pixels() -> None:
    centre = (100.0, 100.0)
    assert crosshair_part(centre, QPointF(104, 97)) == "both"
    assert crosshair_part(centre, QPointF(107, 300)) == "down"
    assert crosshair_part(centre, QPointF(300, 93)) == "across"
    assert crosshair_part(centre, QPointF(110, 110)) is None
    assert crosshair_part(None, QPointF(100, 100)) is None
