"""The table and the project: edits over files, undone by going back, flat in cost."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from viewer.formats import read_export
from viewer.geometry.shapes import Point
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.placement import Placement
from viewer.model.project import Project
from viewer.model.subject import MediaKey
from viewer.model.table import AnnotationTable

FIXTURE = Path(__file__).parents[1] / "data" / "mdai" / "all_modes.json"


@pytest.fixture(scope="module")
def project() -> Project:
    return read_export(FIXTURE)


def made(number: int, export: str = "1") -> Annotation:
    id = AnnotationId(export, number, new=True)
    return Annotation(id, "", "L_location", "", (Placement(MediaKey("1"), shape=Point(1, 2)),))


def test_iteration_length_and_membership_agree(project: Project):
    changed = project.without_annotations([AnnotationId("1", 3)]).with_annotation(made(0))
    changed = changed.with_annotation(project.annotations[AnnotationId("1", 5)])
    changed = changed.with_annotation(made(1)).without_annotations([made(1).id])
    ids = list(changed.annotations)
    assert len(ids) == len(changed.annotations) == 20
    assert all(id in changed.annotations for id in ids)
    assert AnnotationId("1", 3) not in changed.annotations
    assert ids[-1] == made(0).id
    assert ids[:-1] == sorted(ids[:-1])


@pytest.mark.parametrize(
    "id", [AnnotationId("1", 99), AnnotationId("1", -1), AnnotationId("9", 0), made(5).id]
)
def test_an_id_that_is_not_there_is_a_key_error(project: Project, id: AnnotationId):
    assert id not in project.annotations
    with pytest.raises(KeyError):
        project.annotations[id]
    with pytest.raises(KeyError):
        project.without_annotations([id])


def test_deleting_many_at_once_is_deleting_one_after_another(project: Project):
    changed = project.with_annotation(made(0)).with_annotation(made(1))
    gone = [AnnotationId("1", 3), made(0).id, AnnotationId("1", 7)]
    one_by_one = changed
    for id in gone:
        one_by_one = one_by_one.without_annotations([id])
    at_once = changed.without_annotations(gone)
    assert dict(at_once.annotations.edits) == dict(one_by_one.annotations.edits)
    assert list(at_once.annotations) == list(one_by_one.annotations)
    assert list(changed.annotations.edits) == [made(0).id, made(1).id]
    with pytest.raises(KeyError):
        changed.without_annotations([gone[0], gone[0]])


def test_a_deleted_annotation_can_still_be_seen_as_it_was_opened(project: Project):
    id = AnnotationId("1", 0)
    gone = project.without_annotations([id])
    with pytest.raises(KeyError):
        gone.annotations[id]
    assert gone.annotations.opened(id).native_id == "A_01"
    assert project.annotations[id] is gone.annotations.opened(id)


def test_an_edit_shares_everything_but_the_edits(project: Project):
    changed = project.with_annotation(made(0))
    assert changed.annotations.bases is project.annotations.bases
    assert changed.exports is project.exports
    assert project.annotations.edits == {}
    assert list(changed.annotations.edits_of("1")) == [made(0).id]
    assert changed.annotations.edits_of("2") == {}


def test_new_ids_count_on(project: Project):
    table = project.annotations
    assert table.next_new("1") == AnnotationId("1", 0, new=True)
    assert table.with_edit(made(4).id, made(4)).next_new("1").ordinal == 5


def test_the_cache_of_decoded_records_is_bounded(project: Project):
    table = AnnotationTable(project.annotations.bases)
    table._cache.limit = 3
    for id in table:
        assert table[id].id == id
    assert len(table._cache.kept) == 3


def test_with_shape_changes_one_placement_only():
    one = msgspec.structs.replace(made(0), placements=made(0).placements * 3)
    changed = one.with_shape(1, Point(7, 8))
    assert [p.shape for p in changed.placements] == [Point(1, 2), Point(7, 8), Point(1, 2)]
    assert one.placements[1].shape == Point(1, 2)


@pytest.mark.parametrize(
    ("key", "scope"),
    [
        (MediaKey("1", "2", "3"), "instance"),
        (MediaKey("1", "2", frame=0), "instance"),
        (MediaKey("1", "2"), "series"),
        (MediaKey("1"), "study"),
        (MediaKey(), "study"),
    ],
)
def test_the_scope_of_a_key_is_the_narrowest_it_names(key: MediaKey, scope: str):
    assert key.scope == scope
