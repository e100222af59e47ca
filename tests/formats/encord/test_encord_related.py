"""Answers that name other labels are relations: shown, never edited, carried as they are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from encord_edits import film, saved
from encord_rows import answer, box, flat, read, row
from listed import all_of

from viewer.formats import write_export
from viewer.geometry.shapes import Box
from viewer.model.annotation import Relation

Json = Any


def related(named: Json) -> list[Json]:
    said = {**answer("q rel", [], "Attached to"), **named}
    held = flat(box("one"), box("other", 0.5))
    return [row("image", held, "picture", object_answers={
        "one": {"objectHash": "one", "classifications": [said]},
        "other": {"objectHash": "other", "classifications": [answer("q text", "one", "Text")]},
    })]  # fmt: skip


@pytest.mark.parametrize("named", [
    {"answers": [{"objectHash": "other", "name": "box 2"}]},
    {"answers": ["other"]},
    {"answers": {"target": "other"}},
    {"objects": ["other"]},
])  # fmt: skip
def test_an_answer_that_names_another_label_is_a_relation_and_carried(tmp_path: Path, named):
    tree = related(named)
    opened = read(tree, tmp_path)
    one, other = all_of(opened)
    assert one.relations == other.relations == (Relation("Attached to", one.id, other.id),)
    assert "relations-taken" in [issue.code for issue in opened.exports["1"].issues]
    current = opened.with_annotation(one.with_shape(0, Box(1, 1, 2, 2)))
    (held,) = saved(opened, current, tmp_path)
    assert held["object_answers"] == tree[0]["object_answers"]


def test_an_answer_of_no_known_form_can_only_be_read(tmp_path: Path):
    (attribute,) = all_of(read(related({"answers": ["other", 3]}), tmp_path))[0].attributes
    assert (attribute.name, attribute.text) == ("Attached to", "other, 3")
    assert (attribute.key, attribute.kind) == ("", "shown")


def test_a_relation_that_names_a_deleted_label_stays_and_is_said(tmp_path: Path):
    tree = related({"answers": ["other"]})
    opened = read(tree, tmp_path)
    one, other = all_of(opened)
    current = opened.without_annotations([other.id])
    report = write_export(opened, current, "1", tmp_path / "out.json")
    (held,) = json.loads((tmp_path / "out.json").read_bytes())
    assert held["object_answers"]["one"] == tree[0]["object_answers"]["one"]
    (note,) = report.notes
    assert "(one)" in note
    both = opened.without_annotations([one.id, other.id])
    assert not write_export(opened, both, "1", tmp_path / "both.json").notes


def test_labels_of_other_rows_are_not_related(tmp_path: Path):
    rows = related({"answers": ["t"]}) + film()
    assert not any(one.relations for one in all_of(read(rows, tmp_path)))


def test_of_very_many_relations_the_first_are_shown(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("viewer.formats.encord.labels.MOST_RELATIONS", 3)
    monkeypatch.setattr("viewer.formats.encord.head.MOST_RELATIONS", 3)
    ids = [f"o{n}" for n in range(4)]
    said = {id: {"objectHash": id, "classifications": [answer("q", [], "With") | {"answers": ids}]}
            for id in ids}  # fmt: skip
    opened = read([row("image", flat(*map(box, ids)), object_answers=said)], tmp_path)
    assert len({relation for one in all_of(opened) for relation in one.relations}) == 3
    (issue,) = (one for one in opened.exports["1"].issues if one.code == "relations-taken")
    assert "3; more are not shown" in issue.sentence
