"""Two pictures beside each other: scrolled, zoomed and windowed together by mouse and keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot
from windows import LEFT, NONE, Person, demo_study, opened_window, send_move

from viewer.demo import LABELBOX_FOLDER, demo_folder
from viewer.formats import read_export
from viewer.media.volume import Volume
from viewer.paint.framing import FIT
from viewer.review.matching import match
from viewer.session.kept_layout import layout_file
from viewer.ui.view.hands import ELSEWHERE
from viewer.ui.view.view import PlaneView

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def beside(volume: Volume, series: str) -> Volume:
    """The same slices as a series of its own, its pixels shared."""
    facts = replace(volume.facts, series_uid=series)
    return replace(volume, id=series, title="Again", facts=facts)


@pytest.fixture(name="person")
def at_two_series_and_two_exports(qtbot: QtBot) -> Iterator[Person]:
    """The demo's series twice, with labels of two vendors over the first one."""
    first = demo_study().media[0]
    assert isinstance(first, Volume)
    first = replace(first, facts=replace(first.facts, frame_of_reference_uid="1.9"))
    media = (first, beside(first, "1.2.77"))
    labelbox = demo_folder()[1].parent / LABELBOX_FOLDER / "thorax_export_v2.ndjson"
    project = read_export(str(demo_folder()[1]), str(labelbox))
    with opened_window(qtbot, demo=False) as person:
        person.session.open(project, media, (), match(project, media))
        person.session.viewing.show(0)
        person.bot.waitUntil(lambda: not person.window.jobs.is_busy(), timeout=60_000)
        person.settle()
        person.window.views.active.setFocus()
        yield person
    layout_file().unlink(missing_ok=True)


def pair(person: Person) -> tuple[PlaneView, PlaneView]:
    left, right = person.window.views.shown
    return left, right


def with_series(person: Person) -> tuple[PlaneView, PlaneView]:
    """Compare the first series with the second by the Media panel's menu."""
    series = person.window.media_panel.list
    at = series.visualItemRect(series.item(1)).center()
    series.customContextMenuRequested.emit(at)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    line = menu.actions()[0]
    assert line.text() == "Compare with this"
    QTest.mouseClick(menu, LEFT, NONE, menu.actionGeometry(line).center())
    person.settle()
    person.window.activateWindow()
    person.bot.waitUntil(person.window.isActiveWindow)
    person.window.views.active.setFocus()
    return pair(person)


def test_two_exports_stand_each_on_its_own_picture_of_the_same_slice(person: Person) -> None:
    person.key(Qt.Key.Key_6, ALT)
    left, right = pair(person)
    person.wheel_over(right, 1)
    person.wheel_over(right, -1)
    exports = person.session.project.exports
    assert [view.port.pane.title for view in (left, right)] == [
        export.title for export in exports.values()
    ]
    for view, id in zip((left, right), exports, strict=True):
        assert view.picture is not None
        assert {mark.id.export for mark in view.picture.marks} == {id}
        assert view.picture.corners.top_right[0] == exports[id].title
    assert left.port.index == right.port.index == 64
    assert left.picture is not None
    assert right.picture is not None
    assert left.picture.image is right.picture.image  # decoded and windowed once


def test_what_is_clicked_in_one_is_a_label_of_its_export(person: Person) -> None:
    person.key(Qt.Key.Key_6, ALT)
    left, right = pair(person)
    for view, id in zip((left, right), person.session.project.exports, strict=True):
        assert view.picture is not None
        for step in range(10, view.width(), 12):
            QTest.mouseClick(view, LEFT, NONE, QPoint(step, view.height() // 2))
            assert {found.export for found in person.session.selection} <= {id}
        assert person.window.views.active is view


def test_series_of_one_frame_of_reference_are_scrolled_and_zoomed_together(person: Person) -> None:
    left, right = with_series(person)
    assert [view.port.pane.media for view in (left, right)] == [0, 1]
    for view, expected in ((left, 65), (right, 66)):
        person.wheel_over(view, 1)
        assert left.port.index == right.port.index == expected
    person.wheel_over(right, 4, CTRL, (80.0, 120.0))
    one, other = (view.port.affine() for view in (left, right))
    assert one is not None
    assert other is not None
    assert one == pytest.approx(other)
    assert left.port.camera.framing != FIT
    person.key(Qt.Key.Key_R, SHIFT)
    assert left.port.camera.framing == right.port.camera.framing == FIT


def test_alt_and_the_wheel_move_one_alone_and_the_picture_says_by_how_much(person: Person) -> None:
    left, right = with_series(person)
    start = left.port.index
    for _ in range(3):
        person.wheel_over(right, 1, ALT)
    assert (left.port.index, right.port.index) == (start, start + 3)
    person.wheel_over(left, -1)
    assert (left.port.index, right.port.index) == (start - 1, start + 2)
    assert right.picture is not None
    assert right.picture.corners.top_right[-1] == "linked by patient position, +3 slices"


def test_unlinked_one_goes_alone_and_linked_again_both_stay_where_they_are(person: Person) -> None:
    left, right = with_series(person)
    start = left.port.index
    person.key(Qt.Key.Key_U)
    person.wheel_over(left, 2)
    assert (left.port.index, right.port.index) == (start + 2, start)
    person.key(Qt.Key.Key_U)
    person.wheel_over(left, 1)
    assert (left.port.index, right.port.index) == (start + 3, start + 1)


def test_a_window_that_is_dragged_holds_for_both_until_they_are_parted(person: Person) -> None:
    left, _ = with_series(person)
    viewing = person.session.viewing
    person.drag_in(left, (60, 60), (100, 90))
    assert viewing.window_of(0) == viewing.window_of(1)
    person.key(Qt.Key.Key_W, SHIFT)
    person.drag_in(left, (60, 60), (100, 90))
    assert viewing.window_of(0) != viewing.window_of(1)


def test_the_crosshair_of_one_is_at_the_same_place_in_the_other(person: Person) -> None:
    left, right = with_series(person)
    send_move(left, np.array((150.0, 300.0)), Qt.MouseButton.NoButton, SHIFT)
    person.settle()
    at, beside = (person.session.viewing.crosshair_of(number) for number in (0, 1))
    assert at == pytest.approx(beside)
    assert right.port.crosshair_at() == pytest.approx((150.0, 300.0), abs=1.0)


def test_a_double_click_shows_one_of_two_alone_and_brings_the_other_back(person: Person) -> None:
    _, right = with_series(person)
    for alone in (True, False):
        QTest.mouseClick(right, LEFT, NONE, QPoint(40, 60))
        QTest.mouseDClick(right, LEFT, NONE, QPoint(40, 60))
        person.settle()
        shown = [view for view in person.window.views.shown if view.isVisible()]
        assert (shown == [right]) is alone
    assert len(person.window.views.shown) == 2


def test_where_nothing_can_be_compared_a_sentence_says_what_to_open(qtbot: QtBot) -> None:
    with opened_window(qtbot) as person:
        said: list[str] = []
        person.session.said.connect(said.append)
        person.key(Qt.Key.Key_5, ALT)
        assert said[-1].startswith("There is nothing to compare with: open a second series")
        assert person.window.actions_["layout.main"].isChecked()
        assert len(person.window.views.shown) == 3


def test_a_label_is_drawn_in_the_picture_that_shows_its_export_alone(person: Person) -> None:
    person.key(Qt.Key.Key_6, ALT)
    left, right = pair(person)
    exports = tuple(person.session.project.exports)
    person.key(Qt.Key.Key_F3)
    hands, session = person.window.hands, person.session
    person.key(Qt.Key.Key_L)
    box = person.window.toolbar.labels
    keys = [box.itemData(row) for row in range(box.count())]
    middle = left.height() / 2
    start, end = (150, middle), (200, middle + 40)
    for export, wanted, other in zip(exports, (left, right), (right, left), strict=True):
        row = next(n for n, key in enumerate(keys) if key is not None and key[0] == export)
        box.setCurrentIndex(row)
        box.activated.emit(row)
        count, steps = len(session.project.annotations), len(session.history.steps)
        person.drag_in(other, start, end)
        person.key(Qt.Key.Key_Return)
        assert (len(session.project.annotations), len(session.history.steps)) == (count, steps)
        assert person.window.status.hint.text() == ELSEWHERE.format(
            session.project.exports[export].title
        )
        person.drag_in(wanted, start, end)
        person.key(Qt.Key.Key_Return)
        assert len(session.project.annotations) == count + 1
        assert {id.export for id in session.selection} == {export}
        assert hands.label is not None


def test_both_go_through_the_other_planes_by_key_side_by_side(person: Person) -> None:
    left, right = with_series(person)
    person.wheel_over(left, 3, CTRL)
    for plane in ("sagittal", "coronal", "axial"):
        person.key(Qt.Key.Key_U, SHIFT)
        assert [view.port.pane.plane for view in pair(person)] == [plane] * 2
        person.wheel_over(left, 2)
        assert left.port.index == right.port.index
        assert left.port.camera.framing == right.port.camera.framing == FIT
        assert right.picture is not None
        assert right.picture.corners.top_right[0] == plane.capitalize()
