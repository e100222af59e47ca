"""A taxonomy beside an export, or opened with it, gives colours, hierarchy and questions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from redbrick_beside import FolderBeside, opened_with

from viewer.errors import CannotWrite
from viewer.formats import read_export, write_export
from viewer.formats.redbrick.taxonomy import taxonomy_of
from viewer.geometry.shapes import Box
from viewer.model.project import Export
from viewer.model.subject import MediaKey
from viewer.session.commands import Stamp
from viewer.session.making import Target, annotation_made

DATA = Path(__file__).parents[2] / "data" / "redbrick"
COLORS = {0: "#501cc0", 1: "#5baea3", 7: "#5579a7", 65534: "#2ead19"}
BESIDE = DATA.parent / "redbrick_taxonomy"


def classes_of(export: Export) -> dict[str, Any]:
    return {label.id: label for label in export.ontology.classes}


def test_a_taxonomy_beside_is_joined():
    export, _ = opened_with(DATA / "tasks.json", beside=FolderBeside(BESIDE))
    found = classes_of(export)
    assert found["segmentMap/liver"].color == "#00aa00"
    assert found["segmentMap/tumor"].parent == "segmentMap/liver"
    assert found["segmentMap/tumor"].description == "enhancing part"
    assert found["boundingBoxes/other"].group == "gone / deep"
    assert found["boundingBoxes/other"].description == "archived"
    assert [label.id for label in found.values() if label.is_archived] == ["boundingBoxes/other"]
    assert found["boundingBoxes/other"].color is not None
    assert ("taxonomy", "Liver") in export.facts


def test_a_class_given_by_number_has_the_name_and_colour_of_the_taxonomy():
    export, _ = opened_with(DATA / "tasks.json", beside=FolderBeside(BESIDE))
    fifth = classes_of(export)["landmarks/~i5"]
    assert (fifth.name, fifth.color) == ("apex", "#00ff00")


def test_a_taxonomy_may_come_first_or_last_among_the_sources():
    paths = (BESIDE / "taxonomy.json", DATA / "tasks.json")
    for some in (paths, paths[::-1]):
        export, base = opened_with(*some)
        assert classes_of(export)["boundingBoxes/box"].color == "#123456"
        label = base.decode(4)
        assert label.native_id == "b0"
        assert label.placements[0].origins[0].source == some.index(DATA / "tasks.json")


def test_questions_have_options_and_open_ones_can_be_answered():
    _, base = opened_with(DATA / "tasks.json", beside=FolderBeside(BESIDE))
    answered = {one.key: one for one in base.decode(5).attributes}
    assert answered["grade"].kind == "choice"
    assert answered["grade"].options == ("I", "II")
    assert answered["seen"].options == ("a", "b", "c")
    opened = {one.key: one.value for one in base.decode(4).attributes if one.key}
    assert opened == dict.fromkeys(("grade", "diam", "sure", "seen", "say"))
    phase = base.decode(3).attributes[0]
    assert (phase.kind, phase.options) == ("choice", ("arterial", "venous"))


def test_version_1_colours_the_paths_of_its_tree(tmp_path: Path):
    tree = {
        "isNew": False,
        "categories": [{"name": "object", "children": [
            {"name": "organ", "classId": 0, "children": [
                {"name": "kidney", "classId": 1, "disabled": True}]}]}],
        "colorMap": [{"trail": ["object", "organ", "kidney"], "color": "#0f0"}],
        "taskAttributes": None,
    }  # fmt: skip
    (tmp_path / "taxonomy.json").write_text(json.dumps(tree), encoding="utf-8")
    export, _ = opened_with(DATA / "tasks.json", beside=FolderBeside(tmp_path))
    kidney = classes_of(export)["polygons/organ/kidney"]
    assert (kidney.color, kidney.description) == ("#00ff00", "archived")
    assert kidney.is_archived


def test_parents_in_a_circle_are_cut_and_said():
    objects = [
        {"category": a, "classId": n, "labelType": "BBOX", "parents": [b]}
        for n, (a, b) in enumerate([("x", "y"), ("y", "x"), ("z", "z")])
    ]
    found = taxonomy_of(json.dumps({"isNew": True, "objectTypes": objects}).encode())
    parents = {label.id: label.parent for label in found.classes}
    for id in parents:
        steps, above = 0, parents[id]
        while above is not None:
            above, steps = parents[above], steps + 1
            assert steps <= len(parents)
    assert [issue.code for issue in found.issues] == ["parent-cycle"]


def test_a_taxonomy_of_wrong_types_gives_what_is_sound():
    texts = (
        b'{"isNew":true,"objectTypes":[null,3,{"category":7,"labelType":"BBOX"},'
        b'{"category":"a","labelType":[]},{"category":"b","labelType":"BBOX","color":"red",'
        b'"parents":{},"attributes":[1,{"name":2},{"name":"q","attrType":9,"options":3}]}]}',
        b'{"isNew":1,"objectTypes":{}}',
        b'{"categories":[[[]]],"colorMap":[1,{"trail":9}],"isNew":false}',
        b'{"isNew":true,"objectTypes":[{"category":"a","labelType":"BBOX"',
    )
    for text in texts:
        taxonomy_of(text)
    assert [label.name for label in taxonomy_of(texts[0]).classes] == ["", "b"]
    assert [issue.code for issue in taxonomy_of(texts[3]).issues] == ["broken-taxonomy"]


def attribute(name: str, kind: str, **more: object) -> dict[str, Any]:
    return {"name": name, "attrType": kind, "attrId": 0, **more}


def test_questions_stand_with_their_classes_with_bounds_and_first_answers(tmp_path: Path):
    options = [{"name": "I", "optionId": 4}, {"name": "II", "optionId": 9}]
    asked = [
        attribute("mm", "NUMBER", minValue=0, maxValue="9.5", stepValue=0.5, defaultValue=3),
        attribute("grade", "SELECT", options=options, defaultValue=9),
        attribute("seen", "MULTISELECT", options=options, defaultValue=[9, 4]),
        attribute("sure", "BOOL", defaultValue=True),
        attribute("say", "TEXT", defaultValue="none"),
        attribute("gone", "TEXT", archived=True),
    ]
    kind = {"category": "box", "classId": 1, "labelType": "BBOX", "attributes": asked}
    tree = {"isNew": True, "objectTypes": [kind], "instanceClassify": [attribute("dim", "BOOL")]}
    (tmp_path / "taxonomy.json").write_text(json.dumps(tree), encoding="utf-8")
    export, base = opened_with(DATA / "tasks.json", beside=FolderBeside(tmp_path))
    found = classes_of(export)["boundingBoxes/box"].questions
    assert [(one.key, one.value) for one in found] == [
        ("mm", 3.0), ("grade", "II"), ("seen", ("II", "I")), ("sure", True), ("say", "none"),
    ]  # fmt: skip
    assert (found[0].low, found[0].high) == (0.0, 9.5)
    assert found[1].options == ("I", "II")
    opened = {one.key: one for one in base.decode(4).attributes if one.key}
    assert (opened["mm"].low, opened["mm"].high) == (0.0, 9.5)
    assert "gone" not in opened
    frames = classes_of(export)["instanceClassifications"]
    assert (frames.scope, [one.key for one in frames.questions]) == ("instance", ["dim"])


def test_a_class_without_a_colour_has_that_of_its_number():
    # worked out with redbrick.utils.common_utils.get_color of redbrick-sdk 2.35.4
    for number, wanted in COLORS.items():
        kind = {"category": "a", "classId": number, "labelType": "BBOX"}
        found = taxonomy_of(json.dumps({"isNew": True, "objectTypes": [kind]}).encode())
        assert found.classes[0].color == wanted
        tree = {"name": "object", "children": [{"name": "a", "classId": number}]}
        old = taxonomy_of(json.dumps({"isNew": False, "categories": [tree]}).encode())
        assert old.by_path["a",] == (wanted, "")


def test_a_number_out_of_the_taxonomys_bounds_is_refused(tmp_path: Path):
    opened = read_export(DATA / "tasks.json", BESIDE / "taxonomy.json")
    found = [opened.annotations[id] for id in opened.annotations]
    (box,) = [one for one in found if one.native_id == "b1"]
    changed = opened.with_annotation(box.with_attribute(None, "diam", -1.0))
    with pytest.raises(CannotWrite, match="'diam': -1 is not at least 0"):
        write_export(opened, changed, "1", tmp_path / "out.json")


def test_a_new_label_begins_with_the_first_answers_of_its_class(tmp_path: Path):
    opened = read_export(DATA / "tasks.json", BESIDE / "taxonomy.json")
    key = MediaKey(entry="t-1/0", item=1)
    target = Target("1", "boundingBoxes/box", "box", key, (64, 48), index=1)
    made = annotation_made(opened, target, Box(1, 2, 3, 4), Stamp("2026-01-01T00:00:00.000Z"))
    write_export(opened, made.apply(opened), "1", tmp_path / "out.json")
    (_, _, found) = json.loads((tmp_path / "out.json").read_bytes())[0]["series"][0][
        "boundingBoxes"
    ]
    assert found["attributes"] == {"grade": "II"}
