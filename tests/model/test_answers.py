"""An answer changes alone, but for those that were asked below it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.geometry.shapes import Box
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.answers import Attribute, answered
from viewer.model.placement import Placement
from viewer.model.subject import MediaKey
from viewer.model.track import Track

TREE = (
    Attribute("Finding", "nodule", "q1", "choice", ("nodule", "mass")),
    Attribute("Size", 3.5, "q2", "number", depth=1, under="nodule"),
    Attribute("Edge", "soft", "q3", "choice", depth=1, under="nodule"),
    Attribute("How soft", "very", "q4", "text", depth=2, under="soft"),
    Attribute("Signs", ("a", "b"), "q5", "choices", ("a", "b", "c")),
    Attribute("Of a", "x", "q6", "text", depth=1, under="a"),
    Attribute("Below of a", "x", "q7", "text", depth=2),
    Attribute("Of b", "y", "q8", "text", depth=1, under="b"),
    Attribute("Sure", True, "q9", "boolean"),
    Attribute("Machine", "v1", "m", "shown"),
)


def keys(attributes: tuple[Attribute, ...]) -> list[str]:
    return [each.key for each in attributes]


def test_another_choice_drops_what_was_asked_below_the_old_one_and_nothing_else():
    after = answered(TREE, "q1", "mass")
    assert keys(after) == ["q1", *keys(TREE[4:])]
    assert after[0].value == "mass"
    assert after[1:] == TREE[4:]


def test_the_same_choice_again_drops_nothing():
    assert answered(TREE, "q1", "nodule") == TREE


@pytest.mark.parametrize(
    ("chosen", "left"),
    [(("a", "b", "c"), ["q6", "q7", "q8"]), (("a",), ["q6", "q7"]), (("b", "c"), ["q8"]), ((), [])],
)
def test_of_several_choices_those_below_a_chosen_one_stay(chosen, left):
    after = answered(TREE, "q5", chosen)
    assert keys(after) == [*keys(TREE[:5]), *left, "q9", "m"]


def test_where_the_option_is_not_known_all_go_with_the_first_that_is_taken_away():
    vague = (
        Attribute("Signs", ("a", "b"), "q5", "choices"),
        Attribute("Of one", "x", "q6", "text", depth=1),
    )
    assert keys(answered(vague, "q5", ("a", "b", "c"))) == ["q5", "q6"]
    assert keys(answered(vague, "q5", ("a",))) == ["q5"]


def test_questions_that_an_answer_brings_follow_it_once():
    brought = (Attribute("Kind of mass", None, "n1", "text", depth=1, under="mass"),)
    after = answered(TREE, "q1", "mass", brought)
    assert keys(after)[:3] == ["q1", "n1", "q5"]
    assert keys(answered(after, "q1", "mass", brought)) == keys(after)


@given(st.sampled_from(["q2", "q4", "q9"]))
def test_an_answer_that_is_no_choice_changes_itself_alone(key):
    after = answered(TREE, key, None)
    assert [a for a in after if a.key != key] == [a for a in TREE if a.key != key]
    assert next(a for a in after if a.key == key).value is None


@pytest.mark.parametrize("key", ["", "gone", "Finding"])
def test_an_unknown_key_is_refused(key):
    with pytest.raises(KeyError):
        answered(TREE, key, "x")


@pytest.mark.parametrize(
    ("key", "value"),
    [("q1", True), ("q2", "3"), ("q2", True), ("q5", "a"), ("q9", "yes"), ("m", "v2")],
)
def test_a_value_of_another_kind_is_refused(key, value):
    with pytest.raises(ValueError, match=r"answer|read only"):
        answered(TREE, key, value)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, ""),
        (True, "yes"),
        (False, "no"),
        (3.0, "3"),
        (1234567.25, "1234567.25"),
        (("a", "b"), "a, b"),
    ],
)
def test_answers_in_words(value, words):
    assert Attribute("q", value).text == words


def test_an_answer_on_a_frame_between_two_key_frames_makes_it_one():
    said = (Attribute("Phase", "early", "p", "text"),)

    def decode(slot: int) -> Placement:
        is_key = slot in (0, 2)
        shape = Box(float(slot), 0, 2, 2) if is_key else None
        key = MediaKey(entry="e", frame=slot)
        return Placement(key, shape=shape, attributes=said, stored=is_key, is_key=is_key)

    keys_at = np.array([True, False, True])
    track = Track(decode, np.arange(3), np.arange(3), np.zeros(3, np.int64), keys_at, opened=3)
    opened = Annotation(AnnotationId("1", 0), "", "c", "", track)
    after = opened.with_attribute(1, "p", "late").placements
    assert [each.attributes[0].value for each in after] == ["early", "late", "early"]
    assert [each.is_key for each in after] == [True, True, True]
    assert after[1].stored
    assert after[1].shape == Box(1.0, 0, 2, 2)
    assert not opened.placements[1].is_key
