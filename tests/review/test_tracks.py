"""Where the frames of a track lie: key frames, stretches, and what edits make of them."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tracked import FRAMES, SERIES, TRACK, frames_shown, track_of, track_project

from viewer.geometry.shapes import Box
from viewer.model.placement import Placement
from viewer.model.subject import MediaKey
from viewer.model.table import DERIVED, KEY
from viewer.model.track import Track
from viewer.review.matching import match
from viewer.review.places import places_of_annotation
from viewer.review.tracks import (
    MOST_KEPT,
    Stretch,
    TrackFrames,
    frames_of_track,
    tracks_ahead,
)


def frames_of(folder, roles: str, first: int = 0) -> TrackFrames:
    project = track_project(folder, roles, first)
    return frames_of_track(match(project, (frames_shown(),)), TRACK, 0)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet="kbd ", min_size=1, max_size=12).filter(str.strip), st.integers(0, 9))
def test_stretches_cover_every_frame_of_the_track_and_no_other(tmp_path, roles, first):
    found = frames_of(tmp_path, roles, first)
    covered = {at for part in found.stretches for at in range(part.first, part.last + 1)}
    expected = {first + at for at, role in enumerate(roles) if role != " "}
    assert covered == expected
    assert found.keys.tolist() == [first + at for at, role in enumerate(roles) if role == "k"]


def test_a_stretch_is_derived_between_keys_held_behind_the_last_and_else_stored(tmp_path):
    found = frames_of(tmp_path, "kddkbbkdd  kk", 2)
    assert found.stretches == (
        Stretch(2, 5, "derived"),
        Stretch(5, 8, "stored"),
        Stretch(8, 10, "held"),
        Stretch(13, 14, "stored"),
    )


@pytest.mark.parametrize(("at", "on", "expected"), [(0, 1, 3), (3, 1, 6), (6, 1, None), (4, -1, 3)])
def test_from_key_frame_to_key_frame(tmp_path, at, on, expected):
    found = frames_of(tmp_path, "kddkddk")
    assert found.next_key(at, on) == expected
    assert found.next_key(0, -1) is None


def test_of_a_track_that_was_not_edited_the_same_is_known_whatever_else_was(tmp_path):
    project = track_project(tmp_path, "kddkbbk", 1)
    matches = match(project, (frames_shown(),))
    tracks_ahead(matches, [TRACK], 0)
    before = frames_of_track(matches, TRACK, 0)
    edited = project.with_annotation(project.annotations[TRACK].with_shape(2, Box(0, 0, 2, 2)))
    assert frames_of_track(matches.with_edits(edited), TRACK, 0) is not before
    assert frames_of_track(matches.with_edits(edited).with_edits(project), TRACK, 0) is before
    anew = frames_of_track(match(project, (frames_shown(),)), TRACK, 0)
    assert anew is not before
    assert anew.stretches == before.stretches


def test_jobs_and_views_ask_for_more_tracks_than_are_kept_at_one_time(tmp_path):
    matches = match(track_project(tmp_path, "kbk"), (frames_shown(),))
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as jobs:
            asked = jobs.map(
                lambda media: len(frames_of_track(matches, TRACK, media).slices),
                [at % (MOST_KEPT + 9) for at in range(4000)],
            )
            assert set(asked) == {0, 3}
    finally:
        sys.setswitchinterval(interval)
    recent = [frames_of_track(matches, TRACK, media) for media in range(MOST_KEPT)]
    again = [frames_of_track(matches, TRACK, media) for media in range(MOST_KEPT)]
    assert all(one is other for one, other in zip(recent, again, strict=True))


def test_an_edited_track_says_the_same_of_what_was_not_edited(tmp_path):
    project = track_project(tmp_path, "kddkbbk", 1)
    matches = match(project, (frames_shown(),))
    before = frames_of_track(matches, TRACK, 0)
    shape = Box(0, 0, 2, 2)
    edited = project.with_annotation(project.annotations[TRACK].with_shape(2, shape))
    after = frames_of_track(matches.with_edits(edited), TRACK, 0)
    assert after.slices.tolist() == before.slices.tolist()
    assert before.roles[2] == DERIVED
    assert after.roles[2] == KEY
    same = [number for number in range(7) if number != 2]
    assert after.roles[same].tolist() == before.roles[same].tolist()


@st.composite
def edited_tracks(draw: st.DrawFn) -> tuple[str, Track]:
    roles = draw(st.text(alphabet="kbd ", min_size=1, max_size=12).filter(str.strip))
    track = track_of(roles)
    for _ in range(draw(st.integers(0, 4))):
        number = draw(st.integers(0, max(0, len(track) - 1)))
        free = sorted(set(range(FRAMES)) - set(track.frames.tolist()))
        match draw(st.sampled_from(["move", "empty", "delete", "new"])):
            case "move" if len(track):
                track = track.with_(number, key_on(int(track.frames[number]), Box(0, 0, 2, 2)))
            case "empty" if len(track):
                track = track.with_(number, key_on(int(track.frames[number]), None))
            case "delete" if len(track):
                track = track.without(number)
            case "new":
                frame = draw(st.sampled_from(free))
                track = track.with_new(key_on(frame, Box(0, 0, 3, 3)), frame)
            case _:
                pass
    return roles, track


def key_on(frame: int, shape: Box | None) -> Placement:
    return Placement(MediaKey("1.2", SERIES, frame=frame), index=frame, shape=shape)


def before_a_moved_key() -> tuple[str, Track]:
    """What is stored before the first key frame has nothing that it could follow."""
    return "bbk", track_of("bbk").with_(2, key_on(2, Box(0, 0, 2, 2)))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(before_a_moved_key())
@given(edited_tracks())
def test_an_edited_track_is_where_its_placements_one_by_one_would_be(tmp_path, edited):
    roles, track = edited
    project = track_project(tmp_path, roles)
    export, columns = project.exports["1"], project.annotations.bases["1"].columns
    lookup = match(project, (frames_shown(),)).lookup
    annotation = msgspec.structs.replace(project.annotations[TRACK], placements=track)

    quick = places_of_annotation(annotation, export, lookup, columns)

    one_by_one = places_of_annotation(annotation, export, lookup)
    assert list(quick) == list(one_by_one)
    assert quick.drawn.tolist() == one_by_one.drawn.tolist()
