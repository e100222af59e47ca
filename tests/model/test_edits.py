"""Edits as a value: one law with a dictionary, and versions that share what they hold."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.geometry.shapes import Point
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.edits import NO_EDITS, Edits
from viewer.model.placement import Placement
from viewer.model.project import Project
from viewer.model.subject import MediaKey

ids = st.builds(AnnotationId, st.sampled_from(["1", "2"]), st.integers(0, 9), st.booleans())


def made(number: int) -> Annotation:
    id = AnnotationId("1", number, new=True)
    return Annotation(id, "", "L", "", (Placement(MediaKey("1"), shape=Point(1, 2)),))


@given(st.lists(st.tuples(ids, st.sampled_from(["set", "delete", "forget"]))))
def test_edits_are_what_a_dictionary_says_in_id_order(steps: list[tuple[AnnotationId, str]]):
    edits, wanted = NO_EDITS, dict[AnnotationId, Annotation | None]()
    for id, step in steps:
        if step == "forget":
            edits = edits.without(id)
            wanted.pop(id, None)
        else:
            wanted[id] = made(id.ordinal) if step == "set" else None
            edits = edits.with_(id, wanted[id])
        assert edits == wanted
        assert list(edits) == sorted(wanted)
        assert len(edits) == len(wanted)
        assert all(id in edits for id in wanted)
    assert Edits(wanted) == edits


def test_what_was_not_edited_is_a_key_error_and_taking_it_back_changes_nothing():
    id = AnnotationId("1", 0)
    assert NO_EDITS.without(id) is NO_EDITS
    assert id not in NO_EDITS
    with pytest.raises(KeyError):
        NO_EDITS[id]


def test_an_edit_leaves_the_version_before_as_it_was():
    first = NO_EDITS.with_(AnnotationId("1", 0), None)
    second = first.with_(AnnotationId("1", 1), None)
    assert (len(NO_EDITS), len(first), len(second)) == (0, 1, 2)
    assert len(second.without(AnnotationId("1", 0))) == len(second) - 1


def bytes_of_versions(annotations: list[Annotation]) -> int:
    """Return the bytes that a chain of projects holds, one edit each; all of them kept."""
    versions = [Project()]
    tracemalloc.start()
    for annotation in annotations:
        versions.append(versions[-1].with_annotation(annotation))
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(versions[-1].annotations.edits) == len(annotations)
    return held


def test_the_memory_of_successive_versions_grows_about_linearly():
    annotations = [made(number) for number in range(5_000)]
    some, every = bytes_of_versions(annotations[:500]), bytes_of_versions(annotations)
    assert every < 20 * some  # 10 times the versions, each of the logarithm of what was edited
    assert every < 5_000 * 8_192


def allocated_by_one_edit(count: int) -> int:
    """Return the bytes that the next edit allocates when `count` edits were made before."""
    project = Project()
    for number in range(count):
        project = project.with_annotation(made(number))
    peak = 0
    for number in range(count, count + 20):
        more = made(number)
        tracemalloc.start()
        after = project.with_annotation(more)
        peak = max(peak, tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert len(after.annotations.edits) == count + 1
    return peak


def test_what_an_edit_allocates_hardly_grows_with_the_edits_before():
    assert allocated_by_one_edit(10_000) < 10 * allocated_by_one_edit(100)
