"""Ids of labels as numbers say the same as the ids."""

from __future__ import annotations

import msgspec
from composed import project_of_rows, row
from hypothesis import given
from hypothesis import strategies as st

from viewer.model.annotation import AnnotationId
from viewer.model.project import Project
from viewer.review.label_keys import all_labels, keys_of

ids = st.builds(AnnotationId, st.sampled_from("ab"), st.integers(0, 2**44 - 1), st.booleans())


@given(st.lists(ids, unique=True, max_size=9), ids)
def test_labels_come_back_from_their_numbers_and_are_found_where_they_stand(among, other):
    keys = keys_of(Project(exports=dict.fromkeys("ab")), among)
    assert [keys.id_at(place) for place in range(len(keys))] == among
    assert [keys.place_of(id) for id in among] == list(range(len(among)))
    assert keys.place_of(other) == (among.index(other) if other in among else None)
    assert keys.place_of(AnnotationId("c", 0)) is None
    for code, ordinal, id in zip(keys.export_codes, keys.ordinals, among, strict=True):
        assert (keys.exports[code], ordinal) == (id.export, id.ordinal)
    assert keys.new.tolist() == [place for place, id in enumerate(among) if id.new]


def test_all_labels_are_those_of_the_project_in_its_order(tmp_path):
    project = project_of_rows(tmp_path, [row(k=k) for k in range(4)])
    new = AnnotationId("1", 0, new=True)
    edited = project.without_annotations([AnnotationId("1", 2)]).with_annotation(
        _as(project.annotations[AnnotationId("1", 1)], new)
    )
    for each in (project, edited, edited.without_annotations([new])):
        keys = all_labels(each)
        assert [keys.id_at(place) for place in range(len(keys))] == list(each.annotations)


def _as(annotation, id):

    return msgspec.structs.replace(annotation, id=id)
