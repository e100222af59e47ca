"""From slice to slice by labels, by their lack, and by the selected label."""

from __future__ import annotations

import numpy as np
import pytest
from composed import RING, project_of_rows, row, volume

from viewer.model.annotation import AnnotationId
from viewer.review.filtering import Filter
from viewer.review.fits import Fitting
from viewer.review.matching import match
from viewer.session.finding import (
    active_axis,
    bare_slices,
    labelled_slices,
    next_of,
    show_slice,
    slices_of_label,
)
from viewer.session.session import Session

BOX = {"x": 1, "y": 2, "width": 4, "height": 6}


@pytest.fixture
def session(tmp_path):
    rows = [row("L_ring", RING, 2), row("L_box", BOX, 5), row("L_ring", RING, 5), row(k=77)]
    project = project_of_rows(tmp_path, rows)
    media = (volume(),)
    session = Session()
    session.open(project, media, (), match(project, media))
    return session


def test_every_slice_has_labels_or_none(session) -> None:
    with_labels, without = labelled_slices(session, 2), bare_slices(session, 2)
    assert with_labels.tolist() == [2, 5]
    assert sorted([*with_labels, *without]) == list(range(session.media[0].count))


def test_what_the_filter_leaves_out_is_no_label_here(session) -> None:
    session.display.set_filter(Filter("box"), Fitting({"1": b"\0\1"}, {}))
    assert labelled_slices(session, 2).tolist() == [5]
    assert 2 in bare_slices(session, 2)


def test_a_label_is_found_on_its_own_slices_along_its_own_axis(session) -> None:
    assert slices_of_label(session, AnnotationId("1", 0), 2).tolist() == [2]
    assert slices_of_label(session, AnnotationId("1", 0), 0).tolist() == []
    assert slices_of_label(session, AnnotationId("1", 3), 2).tolist() == []  # not placed
    assert slices_of_label(session, AnnotationId("1", 99), 2).tolist() == []


def test_a_session_with_nothing_open_has_no_slices() -> None:
    session = Session()
    assert labelled_slices(session, 2).tolist() == bare_slices(session, 2).tolist() == []
    assert active_axis(session) == 2


@pytest.mark.parametrize(
    ("at", "on", "found"), [(2, 1, 5), (5, 1, None), (5, -1, 2), (2, -1, None)]
)
def test_the_next_one_is_beyond_the_one_shown(at, on, found) -> None:
    assert next_of(np.array([2, 5]), at, on) == found


def test_the_active_view_says_along_which_axis_it_goes(session) -> None:
    assert active_axis(session) == 2
    session.viewing.set_look(active="sagittal")
    assert active_axis(session) == 0


def test_a_slice_gone_to_can_be_gone_back_from(session) -> None:
    before = session.viewing.crosshair
    show_slice(session, 2, 7)
    assert session.slice == 7
    assert session.viewing.crosshair[:2] == before[:2]
    session.go_back()
    assert session.viewing.crosshair == before
