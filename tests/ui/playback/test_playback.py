"""Playing and stepping in a real window, by keys and mouse."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from composed import project_of_rows, row
from played import echoes, open_in, timed
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from windows import LEFT, NONE, Person

from viewer.review.matching import match

SHIFT = Qt.KeyboardModifier.ShiftModifier


def show(person: Person, *media) -> None:
    open_in(person.session, *media)
    person.window.views.active.setFocus()
    person.settle()


def test_the_transport_is_there_for_frames_and_points_and_for_nothing_else(person: Person) -> None:
    below = person.window.docks.below
    assert not below.isVisible()
    for media, is_there in (
        ((timed(),), True),
        (echoes(), True),
        (echoes()[:1], False),
        ((timed(1),), False),
    ):
        show(person, *media)
        assert below.isVisible() == is_there


def test_arrows_shift_home_end_and_space(empty: Person) -> None:
    show(empty, timed(40))
    for key, modifiers, step in (
        (Qt.Key.Key_Right, NONE, 1),
        (Qt.Key.Key_Right, SHIFT, 11),
        (Qt.Key.Key_Left, NONE, 10),
        (Qt.Key.Key_Left, SHIFT, 0),
        (Qt.Key.Key_End, NONE, 39),
        (Qt.Key.Key_Home, NONE, 0),
    ):
        empty.key(key, modifiers)
        assert empty.session.step == step
    empty.key(Qt.Key.Key_Space)
    assert empty.window.player.is_playing
    empty.bot.waitUntil(lambda: empty.session.step > 2)
    empty.key(Qt.Key.Key_Space)
    assert not empty.window.player.is_playing


def test_after_a_click_on_a_row_the_keys_that_play_and_step_work_and_others_go_through_rows(
    empty: Person,
) -> None:
    show(empty, timed(40), timed(30))
    rows = empty.window.media_panel.list
    QTest.mouseClick(rows.viewport(), LEFT, NONE, rows.visualItemRect(rows.item(1)).center())
    assert empty.session.viewing.media_index == 1
    rows.setFocus()
    for key, modifiers, step in (
        (Qt.Key.Key_Right, NONE, 1),
        (Qt.Key.Key_Right, SHIFT, 11),
        (Qt.Key.Key_Left, NONE, 10),
        (Qt.Key.Key_Left, SHIFT, 0),
    ):
        QTest.keyClick(rows, key, modifiers)
        assert empty.session.step == step
    QTest.keyClick(rows, Qt.Key.Key_Space)
    assert empty.window.player.is_playing
    QTest.keyClick(rows, Qt.Key.Key_Space)
    assert not empty.window.player.is_playing
    QTest.keyClick(rows, Qt.Key.Key_Up)
    assert empty.session.viewing.media_index == 0


def test_the_view_shows_the_frame_its_number_and_its_time(empty: Person) -> None:
    show(empty, replace(timed(40), slice_errors={7: "Frame 8 is damaged."}))
    for _ in range(5):
        empty.key(Qt.Key.Key_Right)
    picture = empty.view().picture
    assert picture is not None
    assert picture.corners.bottom_right == ("frame 6 / 40", "0.200\u2009s")
    assert picture.cross is None
    assert picture.strip is None
    assert empty.window.playback.transport.words.text() == "of 40 · 0.200 s of 1.600 s"
    for _ in range(2):
        empty.key(Qt.Key.Key_Right)
    picture = empty.view().picture
    assert picture is not None
    assert picture.message is not None
    assert picture.message.text == "Frame 8 is damaged."


def write(field: QWidget, text: str, last: Qt.Key) -> None:
    """Type over what a field holds, and press a last key."""
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(field, text)
    QTest.keyClick(field, last)


def test_a_number_and_enter_go_to_the_frame_and_give_the_focus_back(empty: Person) -> None:
    show(empty, timed(40))
    field = empty.window.playback.transport.field
    write(field, "17", Qt.Key.Key_Return)
    empty.settle()
    assert empty.session.step == 16
    assert empty.window.views.active.hasFocus()
    for typed, step in (("999", 39), ("0", 0), ("abc", 0), ("9" * 40, 39)):
        write(field, typed, Qt.Key.Key_Return)
        assert empty.session.step == step
        assert field.text() == str(step + 1)


def test_a_number_that_is_given_up_is_forgotten(empty: Person) -> None:
    show(empty, timed(40))
    field = empty.window.playback.transport.field
    write(field, "17", Qt.Key.Key_Escape)
    assert (field.text(), empty.session.step) == ("1", 0)


def test_dragging_on_the_timeline_stops_playing_and_shows_the_frames(empty: Person) -> None:
    show(empty, timed(40))
    timeline = empty.window.playback.timeline
    empty.key(Qt.Key.Key_Space)
    QTest.mousePress(timeline, LEFT, NONE, QPoint(round(timeline.x_of(30)), 30))
    assert not empty.window.player.is_playing
    assert empty.session.step == 30
    QTest.mouseRelease(timeline, LEFT, NONE, QPoint(round(timeline.x_of(30)), 30))


def test_the_wheel_and_another_series_stop_playing(empty: Person) -> None:
    show(empty, timed(40), timed(8, series="10"))
    empty.key(Qt.Key.Key_Space)
    empty.wheel(-1)
    assert not empty.window.player.is_playing
    empty.key(Qt.Key.Key_Space)
    empty.key(Qt.Key.Key_PageDown)
    assert not empty.window.player.is_playing
    assert empty.window.playback.transport.words.text().startswith("of 8")


def test_a_tool_takes_hold_of_the_frame_and_playing_waits_for_what_is_drawn(
    person: Person, tmp_path: Path
) -> None:
    project = project_of_rows(
        tmp_path, [row(SOPInstanceUID="a", SeriesInstanceUID="9", frameNumber=0)]
    )
    media = (timed(40),)
    person.session.open(project, media, (), match(project, media))
    person.window.views.active.setFocus()
    person.key(Qt.Key.Key_F3)
    person.key(Qt.Key.Key_R)
    person.key(Qt.Key.Key_Space)
    assert person.window.player.is_playing
    person.click(person.at_pixel(3, 3))
    assert not person.window.player.is_playing
    assert person.window.hands.is_busy
    person.key(Qt.Key.Key_Space)
    assert not person.window.player.is_playing
    person.key(Qt.Key.Key_Escape)
    person.key(Qt.Key.Key_Space)
    assert person.window.player.is_playing
    person.session.history.mark_saved()


def test_selecting_a_label_stops_playing(person: Person, tmp_path: Path) -> None:
    rows = [row(SOPInstanceUID="a", SeriesInstanceUID="9", frameNumber=k) for k in (0, 30)]
    project, media = project_of_rows(tmp_path, rows), (timed(40),)
    person.session.open(project, media, (), match(project, media))
    person.window.views.active.setFocus()
    person.settle()
    assert [bar.first for bar in person.window.playback.timeline.bars] == [0, 30]
    person.key(Qt.Key.Key_Space)
    person.key(Qt.Key.Key_N)
    assert not person.window.player.is_playing
    assert person.session.step in (0, 30)


def test_points_are_one_row_and_stepping_keeps_zoom_slice_and_window(empty: Person) -> None:
    show(empty, *echoes(), timed())
    panel = empty.window.media_panel.list
    assert panel.count() == 2
    empty.session.viewing.set_crosshair((3.0, 2.0, 6.0))
    empty.wheel(2, Qt.KeyboardModifier.ControlModifier)
    zoomed = empty.view().port.affine()
    assert zoomed is not None
    for key, step in (
        (Qt.Key.Key_Right, 1),
        (Qt.Key.Key_Right, 2),
        (Qt.Key.Key_Left, 1),
    ):
        empty.key(key)
        affine = empty.view().port.affine()
        assert empty.session.step == step
        assert empty.session.slice == 6
        assert affine is not None
        assert np.array_equal(affine, zoomed)
        assert panel.currentRow() == 0
    picture = empty.view().picture
    assert picture is not None
    assert "echo time 8.4 ms, 2 of 3" in picture.corners.bottom_right
    name = "echo time 8.4 ms, 2 of 3, slice 7 of 8"
    empty.bot.waitUntil(lambda: name in empty.view().accessibleName())
    empty.key(Qt.Key.Key_PageDown)
    assert panel.currentRow() == 1
    empty.key(Qt.Key.Key_PageUp)
    assert empty.session.step == 1


def test_frames_a_second_are_typed_and_the_native_rate_is_marked(empty: Person) -> None:
    show(empty, timed(40, 0.04))
    transport, player = empty.window.playback.transport, empty.window.player
    assert transport.fps.text() == "25"
    assert transport.rate.text() == "native 25 fps"
    for typed, speed in (("10", 0.4), ("12,5", 0.5), ("0", 0.1 / 25), ("-4", 0.1 / 25)):
        transport.fps.setFocus()
        transport.fps.selectAll()
        QTest.keyClicks(transport.fps, typed)
        empty.key(Qt.Key.Key_Return)
        assert abs(player.speed - speed) < 1e-9
    QTest.keyClicks(empty.window.views.active, ">")
    assert player.speed == 0.1
    assert transport.fps.text() == "2.5"
    assert "recorded at 25" in transport.fps.toolTip()


def test_the_loop_button_has_three_states(empty: Person) -> None:
    show(empty, timed(40))
    button, player = empty.window.playback.transport.buttons["play.loop"], empty.window.player
    seen: list[tuple[str, str, bool]] = []
    for _ in range(4):
        seen.append((player.repeat, button.text(), button.isChecked()))
        QTest.mouseClick(button, LEFT)
    assert seen == [
        ("loop", "Loop", True),
        ("ping-pong", "There and back", True),
        ("once", "Once", False),
        ("loop", "Loop", True),
    ]


def test_c_plays_the_slices_of_the_view_that_keys_act_on(person: Person) -> None:
    player, session = person.window.player, person.session
    for plane, axis in (("axial", 2), ("sagittal", 0), ("coronal", 1)):
        person.click((60, 60), plane=plane)
        before = session.viewing.crosshair
        person.key(Qt.Key.Key_C)
        assert player.is_playing
        person.bot.waitUntil(lambda at=axis, was=before: session.viewing.crosshair[at] > was[at])
        person.key(Qt.Key.Key_C)
        assert not player.is_playing
        after = session.viewing.crosshair
        assert [n for n in range(3) if after[n] != before[n]] == [axis]


def test_c_plays_frames_where_there_are_no_slices_and_a_step_stops_it(empty: Person) -> None:
    show(empty, timed(40))
    empty.key(Qt.Key.Key_C)
    assert empty.window.player.is_playing
    empty.key(Qt.Key.Key_Right)
    assert not empty.window.player.is_playing
