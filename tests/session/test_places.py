"""Back and forward through the places that one jumped away from."""

from __future__ import annotations

from itertools import groupby

import pytest
from composed import RING, cine, project_of_rows, row, volume
from hypothesis import given
from hypothesis import strategies as st

from viewer.model.annotation import AnnotationId
from viewer.review.matching import match
from viewer.session.commands import DeleteAnnotations
from viewer.session.places import MOST_PLACES
from viewer.session.session import Session

FIRST, SECOND = AnnotationId("1", 0), AnnotationId("1", 1)


@pytest.fixture
def session(tmp_path):
    rows = [row("L_ring", RING, 2), row("L_box", {"x": 1, "y": 2, "width": 4, "height": 6}, 5)]
    project = project_of_rows(tmp_path, rows)
    media = (volume(), cine({"a": 0}, 6))
    session = Session()
    session.open(project, media, (), match(project, media))
    return session


def at(session: Session) -> tuple[int | None, int, frozenset[AnnotationId]]:
    return session.viewing.media_index, session.slice, session.selection


def scroll(session: Session, slice: int) -> None:
    i, j, _ = session.viewing.crosshair
    session.viewing.set_crosshair((i, j, float(slice)))


def jump(session: Session, id: AnnotationId) -> None:
    session.places.leave()
    session.select({id})
    session.go_to(id)


def test_back_shows_slice_and_selection_as_they_were_left_and_forward_the_other(session) -> None:
    session.select({SECOND})
    scroll(session, 4)
    jump(session, FIRST)
    assert at(session) == (0, 2, {FIRST})
    session.go_back()
    assert at(session) == (0, 4, {SECOND})
    session.go_forward()
    assert at(session) == (0, 2, {FIRST})


def test_slices_gone_through_leave_nothing_behind_but_the_one_that_is_jumped_from(session) -> None:
    for slice in range(6):
        scroll(session, slice)
    assert not session.places.has_behind
    session.places.leave()
    session.viewing.show(1)
    session.go_back()
    assert at(session)[:2] == (0, 5)
    session.go_back()
    assert at(session)[:2] == (0, 5)


def test_a_jump_gives_up_what_was_ahead(session) -> None:
    jump(session, FIRST)
    jump(session, SECOND)
    session.go_back()
    assert session.places.has_ahead
    scroll(session, 0)
    jump(session, SECOND)
    assert not session.places.has_ahead
    session.go_back()
    assert session.slice == 0


@given(st.lists(st.integers(0, 7), min_size=1, max_size=12))
def test_the_way_forward_is_the_way_back_turned_round(slices) -> None:
    session = Session()
    media = (volume(),)
    session.open(session.project, media, (), match(session.project, media))
    for slice in slices:
        session.places.leave()
        scroll(session, slice)
    back, forward = [session.slice], []
    while session.places.has_behind:
        session.go_back()
        back.append(session.slice)
    forward.append(session.slice)
    while session.places.has_ahead:
        session.go_forward()
        forward.append(session.slice)
    back = [slice for slice, _ in groupby(back)]
    assert forward == back[::-1]
    assert set(slices) <= {*back}


def test_a_jump_to_where_one_is_counts_for_nothing(session) -> None:
    jump(session, FIRST)
    jump(session, FIRST)
    session.go_back()
    session.go_back()
    assert not session.places.has_behind
    assert session.slice != 2


def test_places_are_bounded(session) -> None:
    for number in range(3 * MOST_PLACES):
        session.places.leave()
        scroll(session, number % 8)
    steps = 0
    while session.places.has_behind:
        session.go_back()
        steps += 1
    assert steps <= MOST_PLACES


def test_places_of_media_that_stay_open_are_kept_and_others_are_forgotten(session) -> None:
    kept = session.media[1]
    jump(session, FIRST)
    session.places.leave()
    session.viewing.show(1)
    scroll(session, 3)
    session.places.leave()
    session.viewing.show(0)
    media = (cine({"b": 0}, 2), kept)
    session.open(session.project, media, (), match(session.project, media), kept=("1",))
    session.viewing.show(0)
    session.go_back()
    assert at(session)[:2] == (1, 3)
    assert not session.places.has_behind


def test_labels_that_are_gone_are_not_selected_again(session) -> None:
    session.select({FIRST, SECOND})
    scroll(session, 0)
    jump(session, FIRST)
    session.do(DeleteAnnotations((SECOND,), (), session.stamp()))
    session.go_back()
    assert session.selection == {FIRST}


def test_labels_of_an_export_that_is_closed_are_not_taken_for_those_of_the_next(session) -> None:
    session.select({SECOND})
    scroll(session, 0)
    jump(session, FIRST)
    session.open(session.project, session.media, (), session.matches)
    session.go_back()
    assert session.slice == 0
    assert session.selection == frozenset()
