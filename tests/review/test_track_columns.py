"""What is counted of tracks, for all labels at once."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tracked import TRACK, frames_shown, track_project, track_session

from viewer.review.matching import Matches, match
from viewer.review.track_columns import Count, TrackColumns, track_columns
from viewer.review.tracks import frames_of_track
from viewer.session.moving import taken_off


def counted_one_by_one(matches: Matches) -> list[int]:
    """The counts of the track from its frames, one after another; the reference."""
    frames = frames_of_track(matches, TRACK, 0)
    places = sorted(set(frames.slices.tolist()))
    if len(places) < 2:
        return [0] * len(Count)
    gaps = sum(after - before > 1 for before, after in pairwise(places))
    keys = len(frames.keys)
    return [len(places), keys, len(frames.slices) - keys, gaps, 0]


def of_track(counts: TrackColumns) -> list[int]:
    return counts.counts[:, 0].tolist()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.text(alphabet="kbd ", min_size=1, max_size=12).filter(str.strip), st.integers(0, 9))
@example("kbbk  kd", 3)
def test_counts_of_all_labels_are_those_of_each_track(tmp_path, roles, first):
    project = track_project(tmp_path, roles, first)
    matches = match(project, (frames_shown(),))
    found = track_columns(project, matches)
    assert of_track(found) == counted_one_by_one(matches)
    assert found.are_tracks.tolist() == [len(roles.replace(" ", "")) > 1]
    nowhere = track_columns(project, match(project, ()))
    places = len(roles.replace(" ", ""))
    problems = places if places > 1 else 0
    assert of_track(nowhere)[: Count.PROBLEMS] == of_track(found)[: Count.PROBLEMS]
    assert nowhere.of(0, Count.PROBLEMS) == problems


def test_counts_follow_an_edit_of_the_track_and_its_undo(tmp_path):
    session = track_session(tmp_path, "kddkddk")
    before = track_columns(session.project, session.matches)
    session.go_to_step(1)
    off = taken_off(session, TRACK)
    assert not isinstance(off, str)
    session.do(off)
    edited = track_columns(session.project, session.matches)
    assert of_track(edited) == counted_one_by_one(session.matches)
    assert edited.of(0, Count.GAPS) == 1
    session.undo()
    assert np.array_equal(track_columns(session.project, session.matches).counts, before.counts)
