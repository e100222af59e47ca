"""The timeline: where frames lie on it, and what mouse and keys do there."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from studies import shown

from viewer.ui.playback.timeline import Bar, Ruled, Timeline, bars_of, round_step

NONE = Qt.KeyboardModifier.NoModifier
LEFT = Qt.MouseButton.LeftButton


@given(st.floats(0.001, 1e7))
def test_the_step_of_a_ruler_is_1_2_or_5_times_a_power_of_ten_and_no_further_than_needed(
    least: float,
) -> None:
    step = round_step(least)
    assert step >= least
    assert str(step).rstrip("0") in ("1", "2", "5")
    assert step == 1 or step < 2.5 * least + 1


@given(st.dictionaries(st.integers(0, 60), st.sampled_from([("a",), ("b",), ("a", "b")])))
def test_bars_hold_each_frame_that_has_labels_once_and_no_other(colors) -> None:
    bars = bars_of(colors)
    frames = [(at, bar.colors) for bar in bars for at in range(bar.first, bar.last + 1)]
    assert frames == sorted(colors.items())
    assert all(
        one.last + 1 < other.first or one.colors != other.colors for one, other in pairwise(bars)
    )


def strip(bot: QtBot, count: int, width: int = 800) -> Timeline:
    timeline = Timeline()
    bot.addWidget(timeline)
    timeline.show_ruled(Ruled(count, "frame", (), (Bar(0, 0, ("#ff0000",)),)))
    timeline.show_at(count - 1)
    shown(timeline, width, 48)
    return timeline


def test_the_middle_of_every_frames_cell_is_that_frame(qtbot: QtBot) -> None:
    for count in (1, 2, 7, 96, 5_000, 100_000):
        timeline = strip(qtbot, count)
        assert all(
            timeline.index_at(timeline.x_of(at)) == at for at in range(0, count, 1 + count // 97)
        )
        assert timeline.index_at(-50) == 0
        assert timeline.index_at(10_000) == count - 1


def test_press_and_drag_go_to_the_frames_under_the_pointer(qtbot: QtBot) -> None:
    timeline, wanted = strip(qtbot, 20), []
    timeline.wanted.connect(wanted.append)
    QTest.mousePress(timeline, LEFT, NONE, QPoint(round(timeline.x_of(4)), 30))
    QTest.mouseMove(timeline, QPoint(round(timeline.x_of(9)), 30))
    QTest.mouseRelease(timeline, LEFT, NONE, QPoint(round(timeline.x_of(9)), 30))
    QTest.mouseMove(timeline, QPoint(round(timeline.x_of(15)), 30))
    assert wanted[0] == 4
    assert 15 not in wanted


def test_home_and_end_go_to_the_ends(qtbot: QtBot) -> None:
    timeline, wanted = strip(qtbot, 20), []
    timeline.wanted.connect(wanted.append)
    for key in (Qt.Key.Key_End, Qt.Key.Key_Home):
        QTest.keyClick(timeline, key)
    assert wanted == [19, 0]


def test_the_focus_is_a_ring_and_covers_nothing(qtbot: QtBot) -> None:
    timeline = strip(qtbot, 20)
    timeline.activateWindow()
    timeline.setFocus()
    qtbot.waitUntil(timeline.hasFocus)
    at = QPoint(round(timeline.x_of(0)), 34)
    assert timeline.grab().toImage().pixelColor(at).name() == "#ff0000"


def test_it_says_where_it_stands(qtbot: QtBot) -> None:
    timeline = strip(qtbot, 20)
    timeline.show_at(4)
    assert timeline.accessibleName() == "Timeline, frame 5 of 20"
    timeline.show_ruled(Ruled(3, "echo time", ("4.2 ms", "8.4 ms", "12.6 ms")))
    timeline.show_at(1)
    assert timeline.accessibleName() == "Timeline, 8.4 ms, echo time 2 of 3"
    timeline.repaint()


@given(st.dictionaries(st.integers(0, 12), st.sampled_from([("a",), ("b",), ("a", "b")])))
def test_bars_cover_each_frame_once_in_its_own_colours_and_are_as_long_as_can_be(colors):
    bars = bars_of(colors)
    shown = {at: bar.colors for bar in bars for at in range(bar.first, bar.last + 1)}
    assert shown == colors
    assert sum(bar.last - bar.first + 1 for bar in bars) == len(colors)
    for one, following in pairwise(bars):
        assert one.last + 1 < following.first or one.colors != following.colors
