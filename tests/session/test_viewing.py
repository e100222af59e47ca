"""Where the views stand, per media."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from composed import cine, volume
from hypothesis import given
from hypothesis import strategies as st

from viewer.geometry.stack import stack_of
from viewer.media.instance import Rescale
from viewer.media.volume import Point, Window
from viewer.session.viewing import Viewing

FLIP, QUARTER = np.diag([-1.0, 1.0]), np.array([[0.0, -1.0], [1.0, 0.0]])


@pytest.fixture
def viewing() -> Viewing:
    viewing = Viewing()
    viewing.reset([volume(), cine({"a": 0}, 6)], 0)
    return viewing


def test_without_media_every_question_has_an_answer_and_nothing_can_be_set() -> None:
    viewing = Viewing()
    viewing.reset([], None)
    viewing.set_crosshair((1, 1, 1))
    viewing.set_window(Window(40, 400))
    viewing.invert()
    viewing.turn_by("axial", FLIP)
    assert viewing.crosshair == (0.0, 0.0, 0.0)
    assert viewing.window is None
    assert not viewing.is_inverted
    assert np.array_equal(viewing.turn("axial"), np.eye(2))


def test_the_crosshair_begins_in_the_middle_and_stays_inside(viewing) -> None:
    media = volume()
    assert viewing.crosshair == (media.columns // 2, media.rows // 2, media.count // 2)
    viewing.set_crosshair((-1e9, 1e9, 3.25))
    assert viewing.crosshair == (0.0, media.rows - 1.0, 3.25)


@given(st.lists(st.sampled_from([0, 1]), max_size=8))
def test_turns_of_the_screen_follow_each_other_and_belong_to_one_plane_of_one_media(ways) -> None:
    viewing = Viewing()
    viewing.reset([volume(), volume("1.2.4")], 0)
    expected = np.eye(2)
    for way in ways:
        turn = (FLIP, QUARTER)[way]
        viewing.turn_by("axial", turn)
        expected = turn @ expected
    assert np.array_equal(viewing.turn("axial"), expected)
    assert np.array_equal(viewing.turn("coronal"), np.eye(2))
    viewing.show(1)
    assert np.array_equal(viewing.turn("axial"), np.eye(2))
    viewing.show(0)
    assert np.array_equal(viewing.turn("axial"), expected)


def test_four_quarter_turns_and_two_flips_are_none(viewing) -> None:
    for turn in (QUARTER,) * 4 + (FLIP,) * 2:
        viewing.turn_by("sagittal", turn)
    assert np.array_equal(viewing.turn("sagittal"), np.eye(2))


def test_a_look_changes_what_is_given_and_is_told_once(viewing) -> None:
    said: list[str] = []
    viewing.look_changed.connect(lambda: said.append("look"))
    viewing.set_look(smooth=False, text="none")
    assert (viewing.smooth, viewing.text, viewing.layout) == (False, "none", "main")
    assert (viewing.show_crosshair, viewing.active) == (True, "axial")
    viewing.set_look(show_crosshair=False, layout="single", active="coronal")
    assert (viewing.smooth, viewing.text, viewing.layout) == (False, "none", "single")
    assert (viewing.show_crosshair, viewing.active) == (False, "coronal")
    assert said == ["look", "look"]


def test_opening_others_forgets_what_was_set(viewing) -> None:
    viewing.set_crosshair((1, 1, 1))
    viewing.set_window(Window(40, 400))
    viewing.invert()
    viewing.turn_by("axial", FLIP)
    viewing.reset([volume()], None)
    assert viewing.crosshair != (1, 1, 1)
    assert viewing.window is None
    assert not viewing.is_inverted
    assert np.array_equal(viewing.turn("axial"), np.eye(2))


MAGNITUDE, PHASE = "M_FFE M FFE", "PHASE MAP P FFE"


@pytest.mark.parametrize(
    ("points", "units", "shared"),
    [
        (("4 ms", "9 ms"), ("", ""), True),
        (("0 s/mm², none", "800 s/mm², isotropic"), ("", ""), True),
        ((f"4 ms, {MAGNITUDE}", f"9 ms, {MAGNITUDE}"), ("", ""), True),
        ((f"4 ms, {MAGNITUDE}", f"4 ms, {PHASE}"), ("", ""), False),
        (("4 ms", "9 ms"), ("normalized", "mrad"), False),
    ],
)
def test_points_share_a_window_where_their_values_are_of_one_kind(
    points: tuple[str, str], units: tuple[str, str], shared: bool
) -> None:
    name = "echo time and image type" if "FFE" in points[0] else "point"
    media = [
        replace(
            volume(),
            rescale=Rescale(1.0, 0.0, unit),
            point=Point("series", name, value, index, len(points)),
        )
        for index, (value, unit) in enumerate(zip(points, units, strict=True))
    ]
    viewing = Viewing()
    viewing.reset(media, 0)
    viewing.set_window(Window(40, 400))
    viewing.invert()
    viewing.show(1)
    assert viewing.window == (Window(40, 400) if shared else None)
    assert viewing.is_inverted
    viewing.set_window(Window(10, 20))
    assert viewing.window_of(0) == (Window(10, 20) if shared else Window(40, 400))


def test_the_window_shown_is_that_of_the_frame_and_everyone_is_told_when_it_changes() -> None:
    stack = cine({"a": 0}, 3)
    own = tuple((Window(center, 10.0),) for center in (1.0, 2.0, 2.0))
    stack.windows, stack.frame_windows = own[0], own
    viewing = Viewing()
    viewing.reset([stack], 0)
    viewing.set_window(own[0][0])
    told: list[Window | None] = []
    viewing.window_changed.connect(lambda: told.append(viewing.window))
    for frame in (0, 1, 2, 0):
        viewing.set_crosshair((0.0, 0.0, float(frame)))
        assert viewing.window == own[frame][0] == viewing.window_at(frame)
    assert told == [own[1][0], own[0][0]]
    viewing.set_window(Window(7.0, 8.0))
    assert [viewing.window_at(k) for k in range(3)] == [Window(7.0, 8.0)] * 3


@given(st.sets(st.integers(0, 7), min_size=1), st.integers(0, 7))
def test_the_crosshair_stays_at_its_place_where_a_point_lacks_slices(
    there: set[int], k: int
) -> None:
    whole = volume()
    kept = sorted(there)
    cut = replace(whole, id="cut", stack=stack_of([whole.stack.planes[n] for n in kept]))
    whole.point, cut.point = (Point("g", "time", str(n), n, 2) for n in range(2))
    viewing = Viewing()
    viewing.reset([whole, cut], 0)
    viewing.set_crosshair((0.0, 0.0, float(k)))
    viewing.show(1)
    shown = kept[round(viewing.crosshair[2])]
    assert abs(shown - k) == min(abs(one - k) for one in kept)
    viewing.show(0)
    assert k not in there or viewing.crosshair[2] == pytest.approx(k)
