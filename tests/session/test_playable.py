"""What can be played, and the words for where one stands."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from composed import cine, volume
from hypothesis import given
from hypothesis import strategies as st
from played import VALUES, echoes, session_over, timed

from viewer.media.volume import Window
from viewer.session.playable import point_words, series_of, series_title, times_of
from viewer.session.session import Session


def words_of(session: Session, step: int) -> str:
    assert session.playable is not None
    return session.playable.words(step)


def test_a_plain_volume_and_a_single_picture_cannot_be_played() -> None:
    assert session_over(volume()).playable is None
    assert session_over(cine({}, 1)).playable is None
    assert Session().playable is None


def test_frames_with_times_say_frame_time_and_rate() -> None:
    session = session_over(timed(96, 1 / 30))
    assert session.playable is not None
    assert session.playable.rate == "30 fps"
    assert words_of(session, 44) == "45 of 96 · 1.467 s of 3.200 s"


def test_uneven_times_are_an_average_and_said_to_be_uneven() -> None:
    uneven = np.array([0.0, 0.1, 0.2, 0.6, 0.7])
    session = session_over(replace(cine({}, 5), times_s=uneven))
    assert session.playable is not None
    assert session.playable.rate == "5.71 fps on average, uneven"


@pytest.mark.parametrize("times", [None, np.zeros(4), np.array([0.0, 1.0])])
def test_without_usable_times_a_rate_is_taken_and_said_not_to_be_the_files(times) -> None:
    media = replace(cine({}, 4), times_s=times)
    session = session_over(media)
    assert times_of(media) is None
    assert session.playable is not None
    assert session.playable.rate == "no frame rate in the file, played at 10 fps"
    assert words_of(session, 2) == "3 of 4"


@given(st.integers(-50, 50))
def test_steps_stay_inside(step: int) -> None:
    session = session_over(timed(12))
    session.go_to_step(step)
    assert session.step == session.slice == min(max(step, 0), 11)


def test_points_of_a_series_are_one_row_in_their_order_whatever_lies_between() -> None:
    first, second, third = echoes()
    media = (third, timed(), first, second)
    assert series_of(media) == ((2, 3, 0), (1,))


def test_going_through_points_keeps_slice_window_and_turns() -> None:
    session = session_over(*echoes())
    viewing, flip, window = session.viewing, np.diag([-1.0, 1.0]), Window(40, 400)
    viewing.set_crosshair((3.0, 2.0, 5.0))
    viewing.turn_by("axial", flip)
    viewing.set_window(window)
    viewing.set_look(active="coronal")
    for step in (1, 2, 0):
        session.go_to_step(step)
        assert session.step == viewing.media_index == step
        assert viewing.crosshair == (3.0, 2.0, 5.0)
        assert np.array_equal(viewing.turn("axial"), flip)
        assert viewing.active == "coronal"
        assert viewing.window == window
        assert words_of(session, step) == f"{step + 1} of 3 · echo time {VALUES[step]}"


def test_a_series_is_shown_again_at_the_point_that_was_shown_last() -> None:
    session = session_over(*echoes(), timed())
    session.go_to_step(2)
    session.viewing.show_series(1)
    assert session.current is session.media[3]
    session.viewing.show_series(0)
    assert session.step == 2


def test_a_step_is_there_once_its_picture_is_or_is_known_to_be_broken() -> None:
    media = timed(3)
    media.ready[:] = [True, False, False]
    media.slice_errors[2] = "damaged"
    session = session_over(media)
    assert [session.has_step(step) for step in range(3)] == [True, False, True]


def test_titles_leave_the_point_out_where_it_is_said_beside_them() -> None:
    second = echoes()[1]
    assert series_title(second) == "Dual echo"
    assert point_words(second) == "echo time 8.4 ms, 2 of 3"
    assert series_title(replace(second, title="Angio (late)")) == "Angio (late)"
    assert point_words(timed()) == ""
