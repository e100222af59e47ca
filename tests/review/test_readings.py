"""Readings hold for the entries whose question they are, chosen for one or for all."""

from __future__ import annotations

from typing import get_args

import pytest
from bound import drawn, pictures, project_of, scan
from hypothesis import given
from hypothesis import strategies as st

from tests.telling import matched
from viewer.geometry.plane_frame import PlaneFrame
from viewer.model.annotation import AnnotationId
from viewer.model.project import Entry, Reading
from viewer.review.binding import Choice, Choices
from viewer.review.matching import Matches
from viewer.review.readings import TURNED, readings_of

READINGS: tuple[Reading, ...] = get_args(Reading)
CHOSEN = st.dictionaries(st.sampled_from(READINGS), st.booleans())
BOTH = (AnnotationId("1", 0), AnnotationId("1", 1))


def twins(left_open: tuple[Reading, ...], choices: Choices) -> Matches:
    """Two entries on one series; the first one leaves its place in the pixel open."""
    entries = (
        Entry("a", "a", series="1.2.3.4", left_open=("pixel-centres",)),
        Entry("b", "b", series="1.2.3.4", left_open=left_open),
    )
    project = project_of(entries, [drawn("a", frame=1), drawn("b", frame=2)])
    return matched(project, [scan()], {"1": choices})


@given(CHOSEN, CHOSEN)
def test_what_is_chosen_of_one_entry_goes_before_what_holds_for_all(own, general):
    entry = Entry("a", "a", left_open=READINGS, orientation=6)
    choice = Choices(Choice(readings=general), {"a": Choice(readings=own)}).of("a")
    expected = {reading for reading in READINGS if own.get(reading, general.get(reading, False))}
    assert readings_of(entry, choice.readings, None) == expected


@given(CHOSEN, st.sets(st.sampled_from(READINGS)))
def test_a_reading_that_is_no_question_of_an_entry_never_holds(chosen, listed):
    entry = Entry("a", "a", left_open=tuple(listed), orientation=3)
    assert readings_of(entry, chosen, (4, 3)) <= listed


@pytest.mark.parametrize("orientation", TURNED)
def test_only_a_size_on_its_side_says_that_the_stored_picture_is_meant(orientation: int):
    entry = Entry("a", "a", size=(4, 3), left_open=("stored-picture",), orientation=orientation)
    found = [bool(readings_of(entry, {}, size)) for size in ((3, 4), (4, 3), (8, 6), None)]
    assert found == [orientation > 4, False, False, False]


def test_of_two_entries_on_one_series_what_is_no_question_of_one_leaves_it_shown():
    alone = Choices(entries={"a": Choice(readings={"pixel-centres": True})})
    for left_open, reason in ((), ""), (("pixel-centres",), "turned twice"):
        found = twins(left_open, alone)
        assert [found.of(id)[0].reason for id in BOTH] == ["", reason]
        assert found.frame_of("1", 0, 2) == PlaneFrame(is_centred=True)
    both = twins(("pixel-centres",), Choices(Choice(readings={"pixel-centres": True})))
    assert [both.of(id)[0].reason for id in BOTH] == ["", ""]


def test_what_is_chosen_of_an_entry_holds_before_its_pictures_are_open():
    entry = Entry("a", "a", ("a.png",), left_open=("radius-by-width",))
    project = project_of([entry], [drawn("a")])
    chosen = Choices(Choice(readings={"radius-by-width": True}))
    found = matched(project, [], {"1": chosen}).lookup.bindings["1"].of("a")
    assert found is not None
    assert found.readings == {"radius-by-width"}
    assert "radius-by-width" in project.annotations.bases["1"].told.of("a").readings


def test_an_export_without_choices_is_shown_as_it_counts():
    entry = Entry("a", "a", ("a.png",), left_open=READINGS, orientation=8)
    found = matched(project_of([entry], [drawn("a")]), [pictures(["a.png"])])
    assert found.frames == {}
