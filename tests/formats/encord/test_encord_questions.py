"""What an ontology asks: of a label, of each of its frames, and below options."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from encord_edits import ONTOLOGY, added, film, saved
from encord_rows import answer, box, flat, read, row
from listed import all_of

from viewer.errors import CannotWrite
from viewer.formats import write_export
from viewer.geometry.shapes import Box
from viewer.model.annotation import Annotation
from viewer.model.project import Project
from viewer.session.answers import known_of

Json = Any


def answered(*others: Json) -> list[Json]:
    """Return a film of two boxes, of which the first one answers, with more rows."""
    tree = film()
    tree[0]["object_answers"]["t"]["classifications"] = [
        answer("q text", "old", "Text"), answer("q side", ["Left"], "Side")]  # fmt: skip
    return [*tree, *others]


def reclassed(opened: Project, class_id: str) -> tuple[Annotation, Project]:
    one = all_of(opened)[0]
    changed = msgspec.structs.replace(one, class_id=class_id)
    return one, opened.with_annotation(changed)


def test_a_new_object_is_asked_on_its_frame_and_answers_with_a_range(tmp_path: Path):
    opened = read(film(), tmp_path, ONTOLOGY)
    new = added(opened, "f bounding_box", Box(0, 0, 32, 16), frame=3)
    (asked,) = new.placements[0].attributes
    assert (asked.key, asked.kind, asked.options) == ("q dyn", "choices", ("One", "Two", "Three"))
    there = msgspec.structs.replace(
        new.placements[0], media=msgspec.structs.replace(new.placements[0].media, frame=4), index=4
    )
    new = msgspec.structs.replace(new, placements=(*new.placements, there))
    new = new.with_attribute(0, "q dyn", ("One", "Two")).with_attribute(1, "q dyn", ("One",))
    current = opened.with_annotation(new)
    (held,) = saved(opened, current, tmp_path)
    id = list(held["object_actions"])[-1]
    actions = held["object_actions"][id]["actions"]
    told = {each["answers"][0]["name"]: each["range"] for each in actions}
    assert told == {"One": [[3, 4]], "Two": [[3, 3]]}
    assert all(each["dynamic"] and each["featureHash"] == "q dyn" for each in actions)
    again = read((tmp_path / "out.json").read_bytes(), tmp_path, ONTOLOGY)
    (one,) = (one for one in all_of(again) if one.native_id == id)
    values = [placement.attributes[0].value for placement in one.placements]
    assert values == [("One", "Two"), ("One",)]


def test_a_new_object_without_answers_has_no_actions(tmp_path: Path):
    opened = read(film(), tmp_path, ONTOLOGY)
    new = added(opened, "f bounding_box", Box(0, 0, 32, 16), frame=3)
    (held,) = saved(opened, opened.with_annotation(new), tmp_path)
    assert list(held["object_actions"]) == ["t"]


def test_what_an_option_asks_is_known_from_the_ontology_alone(tmp_path: Path):
    opened = read(film(), tmp_path, ONTOLOGY)
    new = added(opened, "c radio", None, frame=3)
    known = known_of(opened, "1", "c radio")
    (radio,) = new.attributes
    (deep,) = known.asked_by(radio, "Yes")
    assert (deep.name, deep.key, deep.depth, deep.under) == ("Deep", "q deep", 1, "Yes")
    assert known.asked_by(radio, "No") == ()
    new = new.with_attribute(None, "q radio", "Yes", (deep,)).with_attribute(None, "q deep", "why")
    (held,) = saved(opened, opened.with_annotation(new), tmp_path)
    (said,) = held["classification_answers"].values()
    assert [each["featureHash"] for each in said["classifications"]] == ["q deep", "q radio"]


def test_another_class_says_which_answers_it_takes_away(tmp_path: Path):
    opened = read(answered(), tmp_path, ONTOLOGY)
    _, current = reclassed(opened, "f other")
    report = write_export(opened, current, "1", tmp_path / "out.json")
    (held,) = json.loads((tmp_path / "out.json").read_bytes())
    answers = held["object_answers"]["t"]["classifications"]
    assert [each["name"] for each in answers] == ["Side"]
    assert held["object_actions"] == {}
    (note,) = report.notes
    assert "'Text', 'Dynamic'" in note
    assert "(t)" in note


def test_without_ontology_another_class_keeps_what_its_other_labels_answer(tmp_path: Path):
    other = box("o", featureHash="f other")
    side = {"o": {"objectHash": "o", "classifications": [answer("q side", ["Right"], "Side")]}}
    opened = read(answered(row("image", flat(other), object_answers=side)), tmp_path)
    one, current = reclassed(opened, "f other")
    with pytest.raises(CannotWrite, match=r"\(t\): only the ontology .*'Text', 'Dynamic'; open"):
        saved(opened, current, tmp_path)
    bare = one.with_attribute(None, "q text", None)
    for frame in (*range(5), 9):
        bare = bare.with_attribute(frame, "q dyn", None)
    changed = msgspec.structs.replace(bare, class_id="f other")
    held, _ = saved(opened, opened.with_annotation(changed), tmp_path)
    answers = held["object_answers"]["t"]["classifications"]
    assert [each["name"] for each in answers] == ["Side"]


def test_another_class_keeps_what_no_ontology_knows(tmp_path: Path):
    tree = film()
    stranger = answer("q stranger", "kept", "Stranger")
    tree[0]["object_answers"]["t"]["classifications"] = [stranger]
    tree[0]["object_actions"]["t"]["actions"].append(
        answer("q odd", "kept", dynamic=True, range=[[1, 1]])
    )
    opened = read(tree, tmp_path, ONTOLOGY)
    _, current = reclassed(opened, "f other")
    (held,) = saved(opened, current, tmp_path)
    assert held["object_answers"]["t"]["classifications"] == [stranger]
    assert [each["featureHash"] for each in held["object_actions"]["t"]["actions"]] == ["q odd"]


@pytest.mark.parametrize("number", [10**400, -(10**400)])
def test_an_answer_that_is_no_number_of_double_precision_is_none(tmp_path: Path, number: int):
    tree = film()
    tree[0]["object_answers"]["t"]["classifications"] = [answer("unknown", number, "Size")]
    opened = read(tree, tmp_path)
    assert [one.value for one in all_of(opened)[0].attributes if one.name == "Size"] == [None]
