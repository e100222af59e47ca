"""What an annotation was copied from is found by its id, in exports of its format."""

from __future__ import annotations

import msgspec
from format_cases import DATA

from viewer.formats import read_export
from viewer.model.annotation import Annotation, AnnotationId, Relation
from viewer.model.project import Project
from viewer.model.relations import relations_of

MINE = AnnotationId("1", 4)


def both() -> Project:
    return read_export(DATA / "mdai" / "videos.json", DATA / "mdai" / "model_outputs.json")


def made_from(project: Project, id: str | None) -> Annotation:
    return msgspec.structs.replace(project.annotations[MINE], made_from=id)


def test_the_first_record_of_exactly_that_id_is_what_it_was_copied_from():
    project = both()
    for id, ordinal in (("O_1", 0), ("O_7", 6)):
        wanted = Relation("made from", MINE, AnnotationId("2", ordinal))
        assert relations_of(project, made_from(project, id)) == (wanted,)
    for id in ("O_", "O_11", "o_1", "", None, "O_1O_2"):
        assert relations_of(project, made_from(project, id)) == ()


def test_its_own_relations_come_first_and_no_annotation_comes_from_itself():
    project = both()
    own = Relation("feeds", MINE, AnnotationId("1", 0))
    mine = msgspec.structs.replace(made_from(project, "O_2"), relations=(own,))
    names = [relation.name for relation in relations_of(project, mine)]
    assert names == ["feeds", "made from"]
    assert relations_of(project, made_from(project, "A_5")) == ()


def test_what_was_deleted_or_is_of_another_vendor_is_not_led_to():
    project = both()
    mine = made_from(project, "O_1")
    gone = project.without_annotations([AnnotationId("2", 0)])
    assert relations_of(gone, mine) == ()
    other = read_export(DATA / "mdai" / "videos.json", DATA / "labelbox" / "everything.json")
    labels = other.annotations.bases["2"].columns.native_ids
    assert relations_of(other, made_from(other, labels[0])) == ()
