"""Which labels are drawn."""

from __future__ import annotations

from viewer.model.annotation import AnnotationId
from viewer.session.display import Display

ONE, OTHER = AnnotationId("x", 0), AnnotationId("x", 1)


def test_the_filters_rule_hides_on_the_picture_what_it_leaves_out_of_the_list() -> None:
    display = Display()
    display.set_filter("nodule", lambda id: id == ONE)
    assert [display.is_drawn(id, "c") for id in (ONE, OTHER)] == [True, False]


def test_without_words_the_filter_hides_nothing() -> None:
    display = Display()
    display.set_filter("nodule", lambda _: False)
    display.set_filter(" ", lambda _: False)
    assert display.is_drawn(ONE, "c")
    display.set_filter("nodule", lambda _: False)
    display.reset()
    assert display.is_drawn(ONE, "c")
