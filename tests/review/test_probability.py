"""A probability is one number from 0 to 1 that a record names so; nothing else counts."""

from __future__ import annotations

import pytest

from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.placement import Attribute, Placement
from viewer.model.subject import MediaKey
from viewer.review.probability import probability_of


def label(*attributes: Attribute, placed: tuple[Attribute, ...] = ()) -> Annotation:
    placement = Placement(MediaKey(), attributes=placed)
    return Annotation(AnnotationId("1", 0), "", "c", "", (placement,), attributes=attributes)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0.25, 0.25), (1, 1.0), (True, None), ("3 values", None), (87.0, None), (float("nan"), None)],
)
def test_only_a_number_from_0_to_1_is_a_probability(value, expected) -> None:
    assert probability_of(label(Attribute("Probability", value))) == expected


def test_that_of_the_placement_goes_before_that_of_the_label() -> None:
    found = label(Attribute("confidence", 0.9), placed=(Attribute("probability", 0.4),))
    assert probability_of(found, found.placements[0]) == 0.4
    assert probability_of(found) == 0.9
    assert probability_of(label(Attribute("score", 0.4))) is None
