"""What an annotation was copied from is found by its id, in exports of its format."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
from format_cases import DATA

from viewer.formats import read_export
from viewer.formats.table_bytes import Head, Index
from viewer.model.annotation import Annotation, AnnotationId, Relation
from viewer.model.project import Project
from viewer.model.relations import MOST_COPIES, copies_of, relations_of

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


def test_a_record_tells_of_all_its_copies_and_they_tell_of_it(tmp_path: Path):
    tree = json.loads((DATA / "mdai" / "videos.json").read_bytes())
    rows = tree["datasets"][0]["annotations"]
    for number, origin in enumerate(["O_1", "O_2", ["O_1"], "O_1", "O_11", "", 7]):
        rows[number]["clonedFromModelOutputId"] = origin
    (tmp_path / "copies.json").write_text(json.dumps(tree))
    project = read_export(tmp_path / "copies.json", DATA / "mdai" / "model_outputs.json")
    output = project.annotations[AnnotationId("2", 0)]
    copies = [AnnotationId("1", number) for number in (0, 3)]
    wanted = tuple(Relation("made from", copy, output.id) for copy in copies)
    assert relations_of(project, output) == wanted
    for copy, relation in zip(copies, wanted, strict=True):
        assert relations_of(project, project.annotations[copy]) == (relation,)
    fewer = project.without_annotations(copies[:1])
    assert relations_of(fewer, output) == wanted[1:]
    columns = project.annotations.bases["1"].columns
    again = Index.from_bytes(Index(columns, Head()).to_bytes()).columns
    assert (again.copied == columns.copied).all()
    assert [again.copied_from[row] for row in range(4)] == ["O_1", "O_2", "O_1", "O_11"]


def test_of_very_many_copies_the_first_are_told(tmp_path: Path):
    tree = json.loads((DATA / "mdai" / "videos.json").read_bytes())
    rows = tree["datasets"][0]["annotations"]
    rows[:] = [{**rows[4], "id": f"A_{number}"} for number in range(MOST_COPIES + 2)]
    (tmp_path / "copies.json").write_text(json.dumps(tree))
    project = read_export(tmp_path / "copies.json", DATA / "mdai" / "model_outputs.json")
    output = project.annotations[AnnotationId("2", 0)]
    assert len(relations_of(project, output)) == MOST_COPIES
    assert len(list(copies_of(project, output))) == MOST_COPIES + 2
