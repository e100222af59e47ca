"""Measuring with mouse and keys in a window over the demo study."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from windows import LEFT, NONE, Person, send_move

from viewer.media.volume import Volume
from viewer.review.measured import Measurement

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
SIZE = 256


def only(person: Person) -> Measurement:
    (one,) = person.session.measurements.by_number.values()
    return one


def length(person: Person) -> float:
    found = person.window.hands.measuring.numbers.sizes(only(person)).length
    assert found is not None
    return found


def pixels(person: Person) -> np.ndarray:
    media = person.session.current
    assert media is not None
    assert isinstance(media, Volume)
    picture = media.picture(person.session.slice)
    assert picture is not None
    return media.in_units(picture, person.session.slice)


@pytest.mark.parametrize("turn", ["", "look.right", "look.flip_h"])
def test_d_measures_a_length_in_mm_however_the_view_is_turned(person: Person, turn: str) -> None:
    if turn:
        person.window.actions_[turn].trigger()
        person.settle()
    media = person.session.current
    assert media is not None
    person.key(Qt.Key.Key_D)
    person.drag(person.at_place("axial", 60, 80), person.at_place("axial", 160, 180))
    dx, dy = media.spacing_mm
    assert length(person) == pytest.approx(np.hypot(100 * dx, 100 * dy), abs=2 * dx)
    assert not person.session.history.steps
    picture = person.view().picture
    assert picture is not None
    (mark,) = picture.measured
    assert mark.lines == (f"{length(person):,.1f}\u2009mm",)


def test_q_tells_the_values_inside_and_they_are_numpys(person: Person) -> None:
    person.key(Qt.Key.Key_Q)
    person.drag(person.at_pixel(100, 100), person.at_pixel(140, 130))
    person.bot.waitUntil(lambda: not person.window.jobs.is_busy())
    person.settle()
    values = person.window.hands.measuring.numbers.values(only(person))
    assert values is not None
    (found,) = values.inside
    media = person.session.current
    assert media is not None
    (x0, y0), (x1, y1) = (only(person).points / media.spacing_mm).tolist()
    down, across = np.mgrid[:SIZE, :SIZE] + 0.5
    u = (across - (x0 + x1) / 2) / ((x1 - x0) / 2)
    v = (down - (y0 + y1) / 2) / ((y1 - y0) / 2)
    truth = pixels(person)[u**2 + v**2 <= 1]
    assert found.count == len(truth)
    assert found.mean == pytest.approx(truth.mean())
    assert found.median == pytest.approx(np.median(truth))


def test_what_is_being_drawn_has_no_numbers_of_what_was_drawn_before(person: Person) -> None:
    view = person.view()

    def lines_while_drawn(key: Qt.Key) -> tuple[str, ...]:
        person.key(key)
        start, end = person.at_pixel(100, 100), person.at_pixel(140, 130)
        QTest.mousePress(view, LEFT, NONE, QPoint(*map(round, start)))
        send_move(view, np.array(end), LEFT, NONE)
        person.settle()  # values are asked for as it is painted
        person.bot.waitUntil(lambda: not person.window.jobs.is_busy())
        person.settle()
        assert view.picture is not None
        lines = view.picture.measured[-1].lines
        QTest.mouseRelease(view, LEFT, NONE, QPoint(*map(round, end)))
        person.settle()
        return lines

    assert len(lines_while_drawn(Qt.Key.Key_Q)) > 2
    person.session.viewing.set_crosshair((128, 128, 40))
    assert len(lines_while_drawn(Qt.Key.Key_D)) == 1


def test_a_reformat_is_measured_in_mm_of_the_patient(person: Person) -> None:
    person.key(Qt.Key.Key_D)
    view = person.view("coronal")
    shown = view.port.shown
    assert shown is not None
    start, end = (person.at_place("coronal", 50, k) for k in (20, 100))
    person.drag(start, end, plane="coronal")
    assert length(person) == pytest.approx(80 * 2.5, abs=3.0)
    assert only(person).spot == (0, shown.axis, view.port.index)
    assert view.picture is not None
    assert len(view.picture.measured) == 1
    axial = person.view().picture
    assert axial is not None
    assert axial.measured == ()


def test_handles_are_dragged_with_any_hand_and_ctrl_z_is_about_measurements_while_one_measures(
    person: Person,
) -> None:
    start, end = person.at_pixel(60, 80), person.at_pixel(160, 80)
    person.key(Qt.Key.Key_D)
    person.drag(start, end)
    first = length(person)
    window = person.session.viewing.window
    person.key(Qt.Key.Key_W)
    person.drag(end, (end[0], end[1] + 60))
    assert length(person) > first
    assert person.session.viewing.window == window
    person.key(Qt.Key.Key_D)
    person.key(Qt.Key.Key_Z, CTRL)
    assert length(person) == first
    person.key(Qt.Key.Key_Z, CTRL)
    assert not person.session.measurements.by_number
    person.key(Qt.Key.Key_Y, CTRL)
    assert length(person) == first


def test_esc_gives_up_and_delete_takes_the_selected_one_away(person: Person) -> None:
    person.key(Qt.Key.Key_D, SHIFT)
    for x, y in ((60, 80), (100, 80)):
        person.click(person.at_pixel(x, y))
    person.key(Qt.Key.Key_Escape)
    assert not person.session.measurements.by_number
    for x, y in ((60, 80), (100, 80), (100, 140)):
        person.click(person.at_pixel(x, y))
    degrees = person.window.hands.measuring.numbers.sizes(only(person)).degrees
    assert degrees == pytest.approx(90.0, abs=1.0)
    person.key(Qt.Key.Key_Delete)
    assert not person.session.measurements.by_number


def test_a_measurement_is_seen_on_its_own_slice_alone(person: Person) -> None:
    person.key(Qt.Key.Key_J)
    person.click(person.at_pixel(100, 100))
    person.key(Qt.Key.Key_Up)
    picture = person.view().picture
    assert picture is not None
    assert picture.measured == ()
    person.key(Qt.Key.Key_Down)
    media = person.session.current
    assert media is not None
    person.bot.waitUntil(lambda: not person.window.jobs.is_busy())
    person.settle()
    values = person.window.hands.measuring.numbers.values(only(person))
    assert values is not None
    assert values.at is not None
    column, row = np.floor(only(person).points[0] / media.spacing_mm).astype(int)
    assert values.at[0] == pixels(person)[row, column]
    assert abs(column - 100) <= 1


def test_in_edit_the_keys_draw_and_what_was_measured_is_left_alone(person: Person) -> None:
    start, end = person.at_pixel(60, 80), person.at_pixel(160, 80)
    person.key(Qt.Key.Key_D)
    person.drag(start, end)
    first = length(person)
    person.key(Qt.Key.Key_F3)
    person.key(Qt.Key.Key_A)
    person.drag(end, (end[0], end[1] + 60))
    assert length(person) == first
    assert not person.window.actions_["measure.length"].isEnabled()
    picture = person.view().picture
    assert picture is not None
    assert [mark.handles for mark in picture.measured] == [None]


def test_beside_what_is_measured_the_window_tool_and_selecting_work_as_ever(person: Person) -> None:
    person.key(Qt.Key.Key_D)
    person.drag(person.at_pixel(60, 80), person.at_pixel(160, 80))
    person.key(Qt.Key.Key_W)
    window = person.session.viewing.window
    person.drag(person.at_pixel(100, 20), person.at_pixel(140, 30))
    assert person.session.viewing.window != window
    assert person.session.measurements.selected is not None
    person.click(person.at_pixel(100, 20))
    assert person.session.measurements.selected is None
