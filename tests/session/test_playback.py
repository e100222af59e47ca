"""Playing: every frame at its own time, at any speed, and what was left out is counted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.session.playback import Playback, there_and_back

steps = st.lists(st.integers(1, 400), min_size=1, max_size=60)
speeds = st.sampled_from([0.25, 0.5, 1.0, 2.0, 4.0])
starts = st.floats(0.0, 1e6)


def playback(steps_ms: list[int], *, is_loop: bool = False) -> Playback:
    times = np.cumsum([0, *steps_ms]) / 1000.0
    return Playback(times[:-1], float(times[-1]), is_loop=is_loop)


@given(steps, speeds, starts, st.data())
def test_a_frame_is_due_from_its_time_until_the_next_ones(
    steps_ms: list[int], speed: float, start: float, data: st.DataObject
) -> None:
    still = playback(steps_ms)
    playing = still.at_speed(speed, start).played(start)
    frame = data.draw(st.integers(0, still.count - 1))
    begin = still.times_s[frame]
    end = still.times_s[frame + 1] if frame + 1 < still.count else still.duration_s
    for part in (0.01, 0.5, 0.99):
        now = start + (begin + part * (end - begin)) / speed
        if now > start:
            assert playing.due(now) == frame


@given(steps, speeds)
def test_waiting_as_long_as_told_passes_every_frame_once_and_ends_on_the_last(
    steps_ms: list[int], speed: float
) -> None:
    now = 100.0
    playing = playback(steps_ms).at_speed(speed, now).played(now)
    seen: list[int] = []
    while playing.settled(now).is_playing:
        due = playing.due(now)
        assert not seen or due == seen[-1] + 1
        seen.append(due)
        playing = playing.shown(due)
        wait = playing.wait_s(now)
        assert wait is not None
        now += wait + 1e-7
    assert seen == list(range(playing.count))
    assert playing.dropped == 0
    assert playing.settled(now).frame == playing.count - 1
    assert abs((now - 100.0) * speed - playing.duration_s) < 1e-3


@given(steps, st.integers(0, 1000))
def test_frames_that_are_passed_over_are_counted(steps_ms: list[int], stride: int) -> None:
    playing = playback(steps_ms).played(0.0)
    shown = sorted({0, *range(0, playing.count, stride + 1)})
    for frame in shown:
        playing = playing.shown(frame)
    assert playing.dropped == shown[-1] + 1 - len(shown)


@given(steps, st.integers(0, 5), st.floats(0.001, 0.999))
def test_a_loop_begins_again_after_the_last_frame(
    steps_ms: list[int], rounds: int, part: float
) -> None:
    looping = playback(steps_ms, is_loop=True).played(0.0)
    once = playback(steps_ms).played(0.0)
    now = part * looping.duration_s
    assert looping.position_s(rounds * looping.duration_s + now) == pytest.approx(now, abs=1e-6)
    assert once.due(now) == looping.due(now)
    assert looping.settled(99 * looping.duration_s).is_playing


def test_the_step_over_a_loops_end_drops_nothing() -> None:
    playing = playback([40] * 10, is_loop=True).at(9, 0.0).played(0.0)
    playing = playing.at(9, 0.0).shown(9)
    assert playing.shown(0).dropped == 0
    assert playing.shown(2).dropped == 2


@given(steps, speeds, speeds, st.floats(0.0, 1.0))
def test_a_new_speed_keeps_the_place(
    steps_ms: list[int], speed: float, other: float, part: float
) -> None:
    now = part * 0.99 * sum(steps_ms) / 1000 / speed
    playing = playback(steps_ms).at_speed(speed, 0.0).played(0.0)
    changed = playing.at_speed(other, now)
    assert changed.position_s(now) == pytest.approx(playing.position_s(now))
    assert changed.looping(now, is_loop=True).position_s(now) == pytest.approx(
        playing.position_s(now) % playing.duration_s, abs=1e-6
    )


@given(steps, st.integers(0, 60))
def test_what_was_never_shown_when_the_end_is_reached_is_counted(
    steps_ms: list[int], at: int
) -> None:
    playing = playback(steps_ms).played(0.0)
    shown = min(at, playing.count - 1)
    ended = playing.shown(shown).settled(playing.duration_s + 1.0)
    assert not ended.is_playing
    assert ended.frame == ended.count - 1
    frames = {0, shown, ended.frame}
    assert ended.dropped == ended.count - len(frames)


@given(steps, st.integers(0, 60))
def test_going_to_a_frame_while_playing_plays_on_from_there(steps_ms: list[int], to: int) -> None:
    playing = playback(steps_ms).played(0.0).at(to, 7.0)
    assert playing.is_playing
    assert playing.due(7.0) == playing.frame == min(to, playing.count - 1)


def test_playing_again_on_the_last_frame_begins_at_the_first() -> None:
    ended = playback([40] * 5).at(4, 0.0)
    assert ended.played(10.0).due(10.0) == 0
    assert ended.at(3, 0.0).played(10.0).due(10.0) == 3


def test_the_rate_is_the_recorded_one_on_average() -> None:
    assert playback([40] * 50).rate_hz == pytest.approx(25.0)
    assert Playback(np.zeros(1), 0.0).rate_hz == 0.0


def test_fast_playing_looks_for_frames_farther_ahead() -> None:
    playing = playback([40] * 50)
    assert playing.ahead() == 0
    assert playing.played(0.0).ahead() == 1
    assert playing.at_speed(4.0, 0.0).played(0.0).ahead() == 4


@pytest.mark.parametrize("speed", [0.0, -1.0, float("nan")])
def test_a_speed_that_plays_nothing_is_refused(speed: float) -> None:
    with pytest.raises(ValueError, match="plays nothing"):
        playback([40]).at_speed(speed, 0.0)


@given(st.lists(st.integers(1, 400), min_size=2, max_size=60))
def test_a_round_there_and_back_shows_the_ends_once_and_each_frame_as_long_as_on_the_way_there(
    steps_ms: list[int],
) -> None:
    still = playback(steps_ms)
    order, times, duration = there_and_back(still.times_s, still.duration_s)
    count = still.count
    assert order.tolist() == [*range(count), *reversed(range(1, count - 1))]
    own = np.diff(still.times_s, append=still.duration_s)
    assert np.diff(times, append=duration) == pytest.approx(own[order])
    assert np.abs(np.diff(order, append=order[0])).tolist() == [1] * len(order)
