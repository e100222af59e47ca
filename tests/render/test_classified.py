"""What is said of slices, series and exams."""

from __future__ import annotations

from scenes import phantom, project_of

from viewer.geometry.shapes import Box
from viewer.render.classified import classified_on
from viewer.review.matching import match

PROJECT = project_of({3: [("said", None), ("yellow", Box(2, 3, 4, 3))]})


def test_a_classification_is_worded_on_its_own_slice_alone() -> None:
    matches = match(PROJECT, (phantom(),))
    said = [classified_on(PROJECT, matches, 0, k, lambda _id, _class: True) for k in range(5)]
    assert [[item.words for item in items] for items in said] == [[], [], [], ["Blurred"], []]
    assert said[3][0].scope == "image"


def test_a_hidden_classification_is_not_said() -> None:
    matches = match(PROJECT, (phantom(),))
    assert classified_on(PROJECT, matches, 0, 3, lambda _id, class_id: class_id != "said") == ()
