"""Tracks: what follows key frames follows them, and the rest stays as the file holds it."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.geometry.shapes import Box
from viewer.model.placement import Attribute, Placement
from viewer.model.subject import MediaKey
from viewer.model.track import Track

KEY, BETWEEN, DERIVED = "kbd"


def track_of(roles: str, first: int = 0, breaks: frozenset[int] = frozenset()) -> Track:
    """A box that the file holds at x = 10 * frame on keys, at x = 1 between them."""

    def decode(slot: int) -> Placement:
        role = roles[slot]
        x = 10.0 * (first + slot) if role == KEY else 1.0
        shape = None if role == DERIVED else Box(x, 0, 4, 4)
        key = MediaKey(entry="v", frame=first + slot)
        stored, is_key = role != DERIVED, role == KEY
        return Placement(key, index=first + slot, shape=shape, stored=stored, is_key=is_key)

    count = len(roles)
    numbers = np.arange(count)
    return Track(
        decode,
        slots=numbers,
        frames=numbers + first,
        runs=np.cumsum([n in breaks for n in range(count)]),
        keys=np.array([role == KEY for role in roles]),
        opened=count,
        derived=np.flatnonzero([role == DERIVED for role in roles]),
    )


def xs(track: Track) -> list[float | None]:
    return [p.shape.x if isinstance(p.shape, Box) else None for p in track]


def moved(track: Track, number: int, x: float) -> Track:
    placement = Placement(track[number].media, index=track[number].index, shape=Box(x, 0, 4, 4))
    return track.with_(number, placement)


def test_derived_placements_lie_on_the_line_between_their_keys_and_hold_the_last_one():
    assert xs(track_of("kddkd")) == [0, 10, 20, 30, 30]


def test_a_held_track_stays_as_at_the_key_frame_before_whatever_is_stored_elsewhere():
    held = replace(track_of("kddkdbk"), is_held=lambda: True)
    assert xs(held) == [0, 0, 0, 30, 30, 1, 60]
    assert xs(moved(held, 3, 5)) == [0, 0, 0, 5, 5, 5, 60]
    cut = held.without(2)
    assert xs(cut) == [0, 0, 30, 30, 1, 60]
    assert cut.keys.tolist() == [True, False, True, False, False, True]  # none is needed more


def test_stored_placements_stay_as_stored_until_a_key_beside_them_changes():
    track = track_of("kbbkbbk")
    assert xs(track) == [0, 1, 1, 30, 1, 1, 60]
    assert xs(moved(track, 0, -30)) == [-30, -10, 10, 30, 1, 1, 60]
    assert moved(track, 0, -30).differing() == [0, 1, 2]


def test_a_changed_frame_between_keys_becomes_a_key():
    track = moved(track_of("kdddk"), 2, 100)
    assert xs(track) == [0, 50, 100, 70, 40]
    assert track[2].is_key
    assert track.differing() == [1, 2, 3]


def test_nothing_is_derived_across_a_gap_or_before_the_first_key():
    assert xs(track_of("kdkd", breaks=frozenset({2}))) == [0, 0, 20, 20]
    assert xs(track_of("dk")) == [None, 10]
    without = track_of("kdddk").without(2)
    assert xs(without) == [0, 10, 30, 40]
    assert without.stretches() == [(0, 1), (2, 3)]


def test_a_track_without_its_first_key_frame_begins_with_one_where_it_was_seen_next():
    track = track_of("kdddk").without(0)
    assert xs(track) == [10, 20, 30, 40]
    assert track.keys.tolist() == [True, False, False, True]
    assert (track[0].stored, track[0].is_key) == (True, True)
    assert not track[1].stored
    assert track_of("kbbk").without(0).keys.tolist() == [False, False, True]  # as stored


def test_what_holds_a_key_frame_goes_on_without_another_one():
    assert track_of("kddd").without(3).keys.tolist() == [True, False, False]
    assert track_of("kddd").without(2).keys.tolist() == [True, False, True]


def test_what_nobody_stored_has_the_answers_of_the_key_frame_before():
    track = track_of("kdkd")
    said = (Attribute("Side", "left", "/0"),)
    with_answer = msgspec.structs.replace(track[0], attributes=said)
    assert [one.attributes for one in track.with_(0, with_answer)] == [said, said, (), ()]


# As the reader leaves it, nothing is worked out before the first key frame of a stretch.
ROLES = st.from_regex(r"\Ab{0,2}(?:k[bd]{0,4}){0,4}\Z")


@given(ROLES.filter(bool), st.data())
def test_a_track_that_is_taken_off_a_frame_stays_on_the_others_as_it_was_seen(roles, data):
    is_held = data.draw(st.booleans())
    track = replace(track_of(roles), is_held=lambda: is_held)
    for _ in range(data.draw(st.integers(0, 2))):
        track = moved(track, data.draw(st.integers(0, len(roles) - 1)), 500)
    seen = dict(zip(track.frames.tolist(), xs(track), strict=True))
    for _ in range(min(len(track), 3)):
        number = data.draw(st.integers(0, len(track) - 1))
        del seen[int(track.frames[number])]
        track = track.without(number)
        found = dict(zip(track.frames.tolist(), xs(track), strict=True))
        assert found.keys() == seen.keys()
        assert None not in found.values()
        for frame, x in seen.items():
            assert found[frame] == pytest.approx(x)


def test_what_is_stored_before_the_first_key_stays_as_stored_when_that_changes():
    track = track_of("bbkb")
    assert xs(moved(track, 2, -30)) == [1, 1, -30, -30]


def test_a_frame_is_added_once_and_next_to_its_stretch():
    track = track_of("kk", first=5)
    placement = Placement(MediaKey(entry="v", frame=7), index=7, shape=Box(9, 0, 4, 4))
    longer = track.with_new(placement, 7)
    assert xs(longer) == [50, 60, 9]
    assert longer.stretches() == [(0, 2)]
    assert track.with_new(placement, 9).stretches() == [(0, 1), (2, 2)]
    with pytest.raises(ValueError, match="frame 7 already"):
        longer.with_new(placement, 7)


@given(st.text(alphabet="kbd", min_size=1, max_size=12), st.data())
def test_only_the_neighbourhood_of_a_change_differs(roles: str, data: st.DataObject):
    track = track_of(roles)
    number = data.draw(st.integers(0, len(roles) - 1))
    changed = moved(track, number, 500)
    differing = set(changed.differing())
    assert number in differing
    for at, (before, after) in enumerate(zip(xs(track), xs(changed), strict=True)):
        if at not in differing:
            assert before == after
    assert xs(track) == xs(track_of(roles))


@given(st.text("kbd", min_size=1, max_size=9), st.frozensets(st.integers(0, 9)), st.data())
def test_the_key_frames_beside_all_placements_are_those_beside_each(roles, breaks, data):
    track = track_of(roles, 2, breaks)
    if len(track) > 1 and data.draw(st.booleans()):
        track = track.without(data.draw(st.integers(0, len(track) - 1)))
    before, after = (near.tolist() for near in track.neighbours())
    for number in range(len(track)):
        stretch = next(s for s in track.stretches() if s[0] <= number <= s[1])
        keys = [n for n in range(stretch[0], stretch[1] + 1) if track.keys[n]]
        assert before[number] == max((n for n in keys if n < number), default=-1)
        assert after[number] == min((n for n in keys if n > number), default=-1)
