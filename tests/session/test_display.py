"""Which labels are drawn."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from viewer.model.annotation import AnnotationId
from viewer.render.looks import ExportLook
from viewer.review.filtering import Filter
from viewer.review.fits import Classes, Eyes, Fitting
from viewer.review.label_keys import keys_in
from viewer.session.display import Display

ONE, OTHER = AnnotationId("x", 0), AnnotationId("x", 1)


def test_the_filters_rule_hides_on_the_picture_what_it_leaves_out_of_the_list() -> None:
    display = Display()
    display.set_filter(Filter("nodule"), Fitting({"x": b"\1\0"}, {}))
    assert [display.is_drawn(id, "c") for id in (ONE, OTHER)] == [True, False]


def test_without_words_the_filter_hides_nothing() -> None:
    display = Display()
    display.set_filter(Filter("nodule"), Fitting({}, {}))
    display.set_filter(Filter(" "), Fitting({}, {}))
    assert display.is_drawn(ONE, "c")
    display.set_filter(Filter("nodule"), Fitting({}, {}))
    display.reset()
    assert display.is_drawn(ONE, "c")


def test_a_new_label_is_seen_whatever_its_name_was_hidden_or_alone_before() -> None:
    display = Display()
    name = AnnotationId("1", 0, new=True)
    display.set_hidden(name, hidden=True)
    display.set_solo(name)
    display.forget(name)
    assert display.is_drawn(name, "L_1")
    assert display.solo is None
    other = AnnotationId("1", 1)
    display.set_hidden(other, hidden=True)
    display.forget(name)
    assert not display.is_drawn(other, "L_1")


def test_the_eye_of_an_export_hides_its_labels_and_no_others() -> None:
    display = Display()
    here, there = AnnotationId("1", 0), AnnotationId("2", 0)
    display.set_export_hidden("2", hidden=True)
    assert not display.draws_all
    assert [display.is_drawn(id, "c") for id in (here, there)] == [True, False]
    display.set_hidden(there, hidden=False)
    assert not display.is_drawn(there, "c")
    display.set_export_hidden("2", hidden=False)
    assert display.draws_all
    assert display.is_drawn(there, "c")


def test_labels_of_a_hidden_author_are_not_drawn_in_that_export_alone() -> None:
    authors = {AnnotationId("1", 0): "A", AnnotationId("1", 1): "B", AnnotationId("2", 0): "A"}
    display = Display(authors.__getitem__)
    display.set_look("1", ExportLook(hidden_authors=("A",)))
    assert not display.draws_all
    assert [display.is_drawn(id, "c") for id in authors] == [False, True, True]
    display.set_look("1", ExportLook())
    assert display.draws_all
    assert display.looks == ()


def test_looks_stay_with_the_exports_that_stay_open() -> None:
    display = Display()
    looks = {"1": ExportLook(color="#54B4F0"), "2": ExportLook(weight="bold")}
    display.set_looks(looks)
    display.reset(kept=("2",))
    assert dict(display.looks) == {"2": looks["2"]}


def test_telling_apart_twice_takes_it_back_and_leaves_the_rest_of_the_looks() -> None:
    display = Display()
    display.set_look("2", ExportLook(opacity=0.5, hidden=True))
    assert display.tell_apart(("1", "2"))
    assert len({display.look_of(id).color for id in ("1", "2")}) == 2
    assert not display.tell_apart(("1", "2"))
    assert dict(display.looks) == {"2": ExportLook(opacity=0.5, hidden=True)}


ids = st.builds(AnnotationId, st.sampled_from("xy"), st.integers(0, 3), st.booleans())
labels = st.tuples(ids, st.sampled_from("cd"))


@given(
    st.frozensets(ids | st.tuples(st.sampled_from("xy"), st.sampled_from("cd"))),
    st.sampled_from([None, "x", "y"]),
    st.none() | st.binary(max_size=4).map(lambda said: bytes(one & 1 for one in said)),
    st.lists(labels, max_size=12),
)
def test_eyes_and_filter_say_the_same_of_many_labels_as_of_each(closed, export, fits, asked):
    display = Display()
    for one in closed:
        display.set_hidden(one, hidden=True)
    if export is not None:
        display.set_export_hidden(export, hidden=True)
    if fits is not None:
        display.set_filter(Filter("some"), Fitting({"x": fits}, {"y": fits}))
    wanted = [display.is_drawn(id, class_id) for id, class_id in asked]
    drawn = display.drawn_of(None)
    assert [drawn(id, class_id) for id, class_id in asked] == wanted
    keys = keys_in(("x", "y"), [id for id, _ in asked])
    if isinstance(drawn, Eyes):
        classes = Classes.of((id.export, class_id) for id, class_id in asked)
        assert drawn.of(keys, classes).tolist() == wanted
    elif isinstance(drawn, Fitting):
        assert drawn.of(keys).tolist() == wanted
    else:
        assert (closed, export, fits or None) == (frozenset(), None, None)
