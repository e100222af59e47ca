"""Playback: frames come when they are due, late ones are dropped and counted, nothing waits."""

from __future__ import annotations

import pytest
from played import echoes, session_over, timed
from pytestqt.qtbot import QtBot

from viewer.media.volume import FrameStack
from viewer.session.session import Session
from viewer.ui.playback.player import Player


class Clock:
    """A clock that stands until it is set; in seconds."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Stage:
    """A player over a session, its clock in the hand of the test."""

    def __init__(self, session: Session, bot: QtBot) -> None:
        self.session, self.bot = session, bot
        self.clock = Clock()
        self.wanted: list[tuple[int, int]] = []
        self.is_painted = True
        self.player = Player(
            session,
            lambda: self.is_painted,
            lambda index, ahead: self.wanted.append((index, ahead)),
            clock=self.clock,
        )
        session.viewing.crosshair_changed.connect(self.player.stop_unless_own)
        session.viewing.media_changed.connect(self.player.stop_unless_own)

    def later(self, seconds: float, step: int) -> None:
        """Let time pass until a frame is shown."""
        self.clock.now += seconds
        self.bot.waitUntil(lambda: self.session.step == step)


@pytest.fixture
def stage(qtbot: QtBot) -> Stage:
    return Stage(session_over(timed(24, 0.04)), qtbot)


def test_each_frame_is_shown_when_it_is_due_and_those_passed_over_are_counted(
    stage: Stage,
) -> None:
    stage.player.toggle()
    stage.later(0.041, 1)
    stage.later(0.04, 2)
    assert stage.player.dropped == 0
    stage.later(0.2, 7)
    assert stage.player.dropped == 4
    assert stage.player.is_playing


def test_at_the_end_it_begins_again_in_a_loop_and_else_stays_at_the_last_frame(
    stage: Stage,
) -> None:
    stage.session.go_to_step(22)
    stage.player.toggle()
    stage.later(0.081, 0)
    assert stage.player.is_playing
    stage.player.set_repeat("once")
    stage.later(5.0, 23)
    stage.bot.waitUntil(lambda: not stage.player.is_playing)


def test_at_the_last_frame_play_begins_with_the_first(stage: Stage) -> None:
    stage.session.go_to_step(23)
    stage.player.toggle()
    assert stage.session.step == 0


def test_a_frame_that_is_not_there_is_asked_for_and_the_one_before_stays(stage: Stage) -> None:
    media = stage.session.current
    assert media is not None
    media.ready[3] = False  # pyright: ignore[reportAttributeAccessIssue]
    stage.session.go_to_step(2)
    stage.player.toggle()
    stage.clock.now += 0.041
    stage.bot.waitUntil(lambda: (3, 1) in stage.wanted)
    assert stage.session.step == 2
    stage.later(0.04, 4)
    assert stage.player.dropped == 1


def test_no_frame_follows_before_the_one_shown_is_painted(stage: Stage) -> None:
    stage.player.toggle()
    stage.is_painted = False
    stage.clock.now += 0.081
    stage.bot.wait(20)
    assert stage.session.step == 0
    stage.is_painted = True
    stage.later(0.0, 2)


def test_speed_goes_on_from_where_it_stands(stage: Stage) -> None:
    stage.player.toggle()
    stage.later(0.081, 2)
    stage.player.set_speed(4.0)
    dropped = stage.player.dropped
    stage.later(0.041, 6)
    assert stage.player.dropped == dropped + 3


def test_whoever_goes_elsewhere_stops_it(stage: Stage) -> None:
    stage.player.toggle()
    stage.session.go_to_step(9)
    assert not stage.player.is_playing
    assert stage.session.step == 9


def test_points_are_played_like_frames(qtbot: QtBot) -> None:
    stage = Stage(session_over(*echoes()), qtbot)
    stage.player.toggle()
    stage.later(0.51, 1)
    stage.later(0.5, 2)
    assert stage.player.is_playing


def hidden(stage: Stage, *steps: int, is_there: bool = False) -> None:
    """Let frames be decoded or not."""
    media = stage.session.current
    assert isinstance(media, FrameStack)
    media.ready[list(steps)] = is_there


def test_while_a_frame_is_long_in_coming_no_other_is_asked_for_and_it_is_shown_late(
    stage: Stage,
) -> None:
    hidden(stage, *range(3, 24))
    stage.session.go_to_step(2)
    stage.player.toggle()
    stage.wanted.clear()
    stage.clock.now += 0.041
    stage.bot.waitUntil(lambda: stage.wanted == [(3, 1)])
    for _frame in range(5):
        stage.clock.now += 0.041
        stage.bot.wait(8)
    assert stage.wanted == [(3, 1)]
    hidden(stage, 3, is_there=True)
    stage.later(0.0, 3)
    stage.bot.waitUntil(lambda: stage.wanted[-1] == (8, 1))
    assert stage.player.dropped == 0


def test_what_comes_on_the_way_to_a_late_frame_is_shown_and_the_rest_is_counted(
    stage: Stage,
) -> None:
    hidden(stage, *range(3, 24))
    stage.session.go_to_step(2)
    stage.player.toggle()
    stage.clock.now += 0.161
    stage.bot.waitUntil(lambda: (6, 1) in stage.wanted)
    hidden(stage, 4, is_there=True)
    stage.later(0.2, 4)
    assert stage.wanted[-1] == (6, 1)
    assert stage.player.dropped == 1
    hidden(stage, 6, is_there=True)
    stage.later(0.0, 6)
    assert stage.player.dropped == 2
    assert stage.player.is_playing


def test_there_and_back_turns_at_both_ends_and_asks_for_what_comes_next(stage: Stage) -> None:
    stage.player.set_repeat("ping-pong")
    stage.session.go_to_step(22)
    stage.player.toggle()
    for step in (23, 22, 21):
        stage.later(0.041, step)
    assert stage.wanted[-1] == (21, -1)
    stage.later(0.2, 16)
    assert stage.player.dropped == 4
    stage.session.go_to_step(1)
    stage.player.toggle()
    assert stage.session.step == 1
    assert stage.player.dropped == 0


def test_another_way_to_repeat_goes_on_from_the_frame_shown(stage: Stage) -> None:
    stage.player.toggle()
    stage.later(0.041, 1)
    stage.later(0.2, 6)
    assert stage.player.dropped == 4
    stage.player.set_repeat("ping-pong")
    assert stage.session.step == 6
    stage.later(0.041, 7)
    stage.player.set_repeat("loop")
    stage.later(0.041, 8)
    assert stage.player.dropped == 4


def test_slower_and_faster_stop_at_the_ends_of_the_usual_speeds(stage: Stage) -> None:
    player = stage.player
    assert player.fps == pytest.approx(25.0)
    player.set_speed(1.2)
    player.step_speed(1)
    assert player.speed == 1.5
    for _ in range(12):
        player.step_speed(-1)
    assert player.speed == 0.1
    assert player.fps == pytest.approx(2.5)
