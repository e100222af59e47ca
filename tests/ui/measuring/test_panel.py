"""The list of measurements, and the plot of profiles."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from studies import rows_of_csv
from windows import Person

from viewer.review.measured import Profile
from viewer.ui.measuring.profile_plot import pieces, ticks

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def quiet(person: Person) -> None:
    person.bot.waitUntil(lambda: not person.window.jobs.is_busy())
    QTest.qWait(1)
    person.settle()


def profiled(person: Person) -> Profile:
    """A length, and a profile that is selected, with the drawer open."""
    person.key(Qt.Key.Key_D)
    person.drag(person.at_pixel(60, 60), person.at_pixel(120, 60))
    person.key(Qt.Key.Key_J, SHIFT)
    person.drag(person.at_pixel(60, 100), person.at_pixel(200, 100))
    person.key(Qt.Key.Key_M, CTRL)
    quiet(person)
    one = person.session.measurements.by_number[2]
    values = person.window.hands.measuring.numbers.values(one)
    assert values is not None
    assert values.profile is not None
    return values.profile


def test_rows_name_numbers_and_places_and_a_click_goes_there(person: Person) -> None:
    profiled(person)
    panel, start = person.window.measured, person.session.slice
    rows = [[item.text(column) for column in range(4)] for item in panel.list.items]
    assert [row[0] for row in rows] == ["Length 1", "Profile 2"]
    assert rows[0][1].endswith("\u2009mm")
    assert rows[0][3] == f"axial {start + 1}"
    person.session.viewing.set_crosshair((0.0, 0.0, 3.0))
    person.settle()
    at = panel.list.visualItemRect(panel.list.items[0]).center()
    QTest.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=at)
    person.settle()
    assert person.session.slice == start
    assert person.session.measurements.selected == 1


def test_the_pointer_on_the_plot_marks_its_place_on_the_picture(person: Person) -> None:
    profile = profiled(person)
    plot = person.window.measured.plot
    assert plot.isVisible()
    sample = len(profile.way) // 3
    QTest.mouseMove(plot, QPoint(round(plot.place_at(sample).x()), 40))
    person.settle()
    picture = person.view().picture
    assert picture is not None
    (pointed,) = (mark.pointed for mark in picture.measured if mark.pointed is not None)
    near = np.hypot(*(profile.points - pointed).T).argmin()
    assert abs(int(near) - sample) <= len(profile.way) / plot.width() + 1
    assert plot.words.startswith(f"{profile.way[near]:.1f} mm: ")
    QApplication.sendEvent(plot, QEvent(QEvent.Type.Leave))
    person.settle()
    picture = person.view().picture
    assert picture is not None
    assert all(mark.pointed is None for mark in picture.measured)


def test_csv_holds_the_numbers_unrounded(person: Person) -> None:
    profile = profiled(person)
    panel = person.window.measured
    panel.copy.click()
    rows = rows_of_csv(QApplication.clipboard().text())
    length = person.window.hands.measuring.numbers.sizes(
        person.session.measurements.by_number[1]
    ).length
    assert [row["name"] for row in rows] == ["Length 1", "Profile 2"]
    assert float(rows[0]["length"]) == length
    assert rows[0]["size_unit"] == "mm"
    panel.copy_profile.click()
    samples = rows_of_csv(QApplication.clipboard().text())
    assert [float(row["mm"]) for row in samples] == pytest.approx(profile.way.tolist())
    assert [float(row["HU"]) for row in samples] == pytest.approx(profile.values.tolist())


def test_rows_are_deleted_by_key_all_of_them_cleared_and_undo_brings_them_back(
    person: Person,
) -> None:
    profiled(person)
    panel = person.window.measured
    panel.list.setCurrentItem(panel.list.items[0])
    panel.list.setFocus()
    person.key(Qt.Key.Key_Delete)
    quiet(person)
    assert [item.text(0) for item in panel.list.items] == ["Profile 2"]
    panel.clear.click()
    quiet(person)
    assert panel.list.items == []
    assert not panel.clear.isEnabled()
    person.window.actions_["edit.undo"].trigger()
    quiet(person)
    assert len(panel.list.items) == 1


def test_the_drawer_opens_and_closes_by_key(person: Person) -> None:
    drawer = person.window.drawer
    assert not drawer.isVisible()
    person.key(Qt.Key.Key_M, CTRL)
    assert drawer.isVisible()
    person.key(Qt.Key.Key_I, CTRL)
    assert drawer.currentWidget() is person.window.tags
    person.key(Qt.Key.Key_I, CTRL)
    assert not drawer.isVisible()


@pytest.mark.parametrize(
    ("low", "high", "most", "expected"),
    [
        (0, 100, 5, (0, 20, 40, 60, 80, 100)),
        (-0.3, 0.35, 4, (-0.2, 0, 0.2)),
        (7, 8, 2, (7, 7.5, 8)),
    ],
)
def test_ticks_stand_at_round_places(
    low: float, high: float, most: int, expected: tuple[float, ...]
) -> None:
    assert ticks(low, high, most) == pytest.approx(expected)


def test_a_line_is_broken_where_nothing_is_known() -> None:
    places = np.array([(0, 1), (1, np.nan), (2, 3), (3, 4)])
    assert [part.tolist() for part in pieces(places)] == [[[0, 1]], [[2, 3], [3, 4]]]
