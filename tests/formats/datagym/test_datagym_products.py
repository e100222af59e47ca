"""The file for import: what the platform's own schema takes, and what is left out and named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from format_cases import DATA, edited
from hypothesis import given
from hypothesis import strategies as st

from viewer.cli.opening import opened
from viewer.errors import BadRecord
from viewer.formats import read_export
from viewer.formats.datagym.products import import_file
from viewer.formats.importing import unimportable

Json = Any
EVERYTHING = DATA / "datagym" / "everything.json"
FLAT = ("rectangle", "polygon", "line", "point")


def check_schema(rows: Json) -> None:
    """Check a file by the rules of the platform's JSON schema.

    Raises:
        BadRecord: it would refuse the file.
    """
    if not isinstance(rows, list):
        raise BadRecord("the top is no list")
    for row in rows:
        for lists in (row.get("global_classifications", {}),):
            for values in lists.values():
                _check_answers(values)
        for values in row.get("labels", {}).values():
            _check_values(values)


def _check_values(values: Json) -> None:
    if not values:
        raise BadRecord("an empty list")
    for value in values:
        known = {"geometry", *FLAT, "image_segmentation", "classifications", "nested_geometries"}
        if set(value) - known:
            raise BadRecord("a key that is not known")
        for key in ("geometry", *FLAT):
            _check_places(value.get(key))
        for held in value.get("classifications", {}).values():
            _check_answers(held)
        for inside in value.get("nested_geometries", {}).values():
            _check_values(inside)


def _check_places(places: Json) -> None:
    if places == []:
        raise BadRecord("an empty list")
    for place in places or ():
        _check_place(place)


def _check_place(place: Json) -> None:
    if not isinstance(place, dict):
        raise BadRecord("rings under geometry")
    for number in place.values():
        is_digits = isinstance(number, str) and number.isdecimal()
        is_number = isinstance(number, int | float) and not isinstance(number, bool)
        if not is_digits and not (is_number and number >= 0):
            raise BadRecord("null, negative or no number")


def _check_answers(values: Json) -> None:
    if not values:
        raise BadRecord("an empty list")
    for at, value in enumerate(values):
        is_fitting = (
            isinstance(value, str)
            or (at == 0 and value is None)
            or (at == 1 and isinstance(value, dict))
        )
        if not is_fitting:
            raise BadRecord(f"item {at} is of another type")
        for inside in value.values() if isinstance(value, dict) else ():
            _check_answers(inside)


def value(geometry: Json, key: str = "rectangle", **more: Json) -> Json:
    return {key: geometry, "classifications": {}, **more}


BOX = {"x": 1, "y": 2, "w": 3, "h": 4}


def rows_of(*values: Json, answers: Json | None = None) -> Json:
    labels = {"bus": list(values)}
    return [{"internal_media_ID": "t", "global_classifications": answers or {}, "labels": labels}]


ROWS = pytest.mark.parametrize(
    ("rows", "is_taken"),
    [
        (rows_of(value([BOX])), True),
        (rows_of(value([BOX], "geometry")), True),
        (rows_of(value([BOX], id="mine")), False),
        (rows_of(value([{**BOX, "x": None}])), False),
        (rows_of(value([{**BOX, "x": -1}])), False),
        (rows_of(value([{**BOX, "x": "1.5"}])), False),
        (rows_of(value([{**BOX, "x": "15"}])), True),
        (rows_of(value([{**BOX, "x": 1.5}])), True),
        (rows_of(value([[{"x": 1, "y": 2}]], "geometry")), False),
        (rows_of(value([[{"x": 1, "y": 2}]], "image_segmentation")), True),
        (rows_of(), False),
        ({"internal_media_ID": "t", "labels": {}}, False),
        (rows_of(value([BOX]), answers={"a": ["x", {"b": ["y"]}]}), True),
        (rows_of(value([BOX]), answers={"a": [None, {"b": ["y"]}]}), True),
        (rows_of(value([BOX]), answers={"a": ["x", {"b": ["y"]}, {"c": ["y"]}]}), False),
        (rows_of(value([BOX]), answers={"a": ["x", "y", {"b": ["y"]}]}), False),
        (rows_of(value([BOX]), answers={"a": []}), False),
        (rows_of(value([BOX], nested_geometries={"b": [value([BOX])]})), True),
        (rows_of(value([BOX], nested_geometries={"b": [value([{**BOX, "y": -2}])]})), False),
        (rows_of(value([], "polygon")), False),
    ],
)


@ROWS
def test_the_rules_are_those_that_the_platforms_schema_was_found_to_have(rows, is_taken: bool):
    if is_taken:
        check_schema(rows)
    else:
        with pytest.raises(BadRecord):
            check_schema(rows)


@given(data=st.data())
def test_a_file_for_import_is_always_one_that_the_schema_takes(data: st.DataObject):
    for name in ("everything.json", "old.json"):
        project = data.draw(edited(read_export(EVERYTHING.with_name(name))))
        made = import_file(project, "1")
        rows = json.loads(made.content)
        check_schema(rows)
        assert len(rows) == made.count


def test_what_cannot_be_imported_is_left_out_and_named():
    made = import_file(read_export(EVERYTHING), "1")
    rows = json.loads(made.content)
    assert [row["keepData"] for row in rows] == [False] * len(rows)
    assert all("seg" not in row["labels"] for row in rows)
    assert any("seg on " in note and "empty one" in note for note in made.notes)
    bus = {"rectangle": [{"x": 1, "y": 2, "w": 30, "h": 40}], "classifications": {}}
    assert rows[0]["labels"]["bus"][0] == bus
    assert rows[1]["labels"]["car"][1]["nested_geometries"]["plate"][0]["rectangle"]


def test_two_nested_answers_are_more_than_the_schema_takes(tmp_path: Path):
    path = tmp_path / "export.json"
    answers = {"a": ["x", {"b": ["y"]}, {"c": ["z"]}], "d": ["x", "y", {"e": ["z"]}]}
    path.write_text(json.dumps(rows_of(value([BOX]), answers=answers)))
    made = import_file(read_export(path), "1")
    (row,) = json.loads(made.content)
    assert row["global_classifications"] == {"a": ["x", {"b": ["y"]}], "d": ["x", "y"]}
    assert any("a on t" in note or "t, a" in note for note in made.notes)


@ROWS
def test_what_the_schema_refuses_is_said_when_an_export_is_opened(
    rows, is_taken: bool, tmp_path: Path
):
    path = tmp_path / "export.json"
    path.write_text(json.dumps(rows))
    said = [one.sentence for one in unimportable(read_export(path), "1")]
    assert any("its schema refuses" in sentence for sentence in said) == (not is_taken)


def test_each_rule_is_said_once_with_how_often_it_is_broken(tmp_path: Path):
    path = tmp_path / "export.json"
    null, ring = {**BOX, "x": None, "y": None}, [{"x": 1, "y": 2}, {"x": 2, "y": 2}]
    held = [value([null]), value([{**BOX, "w": -3}]), value([BOX], mine=1)]
    seg = [value([ring], "image_segmentation")] * 2
    task = {"internal_media_ID": "t", "labels": {"bus": held, "seg": seg, "old": []}}
    video = {"frames": {"1": [{"visibleObjectId": "u"}]}, "object": {"u": {"1": value([BOX])}}}
    tree = [{"label_classes": []}, task, {"internal_media_ID": "v", "labels": video}]
    path.write_text(json.dumps(tree))
    said = [one.sentence for one in unimportable(read_export(path), "1")]
    for words in (
        "no numbers (2 here: 2 in bus)", "not know (1 here: 1 in bus)", "empty lists (1 here: 1 in",
        "image segmentation (2 here: 2 in seg)", "labels of videos have no import (1 here)",
    ):  # fmt: skip
        assert sum(words in sentence for sentence in said) == 1, words
    assert len(said) == 5
    assert {one.code for one in opened([str(path)]).issues} >= {"not-importable"}


def test_what_is_nested_very_deeply_is_looked_at_no_further(tmp_path: Path):
    answers = '{"a": [null, ' * 480 + "{}" + "]}" * 480
    values = '{"b": [{"classifications": {}, "nested_geometries": ' * 300 + "{}" + "}]}" * 300
    path = tmp_path / "export.json"
    task = f'{{"internal_media_ID": "t", "global_classifications": {answers}, "labels": {values}}}'
    path.write_text(f"[{task}]")
    assert not any("coordinates" in one.sentence for one in unimportable(read_export(path), "1"))


def test_the_old_generation_keeps_its_own_word_for_an_id():
    rows = json.loads(import_file(read_export(EVERYTHING.with_name("old.json")), "1").content)
    assert all("internal_image_ID" in row for row in rows)


def test_points_that_are_null_are_named_where_a_file_for_import_lacks_them(tmp_path: Path):
    line = [{"x": 1, "y": 2}, {"x": None, "y": None}, {"x": 3, "y": 4}]
    path = tmp_path / "export.json"
    path.write_text(json.dumps(rows_of(value(line, "line"), value(line[::2], "line"))))
    made = import_file(read_export(path), "1")
    assert json.loads(made.content)[0]["labels"]["bus"][0]["line"] == line[::2]
    assert [note for note in made.notes if "null" in note] == [
        "Not in it: 1 (bus on t); points whose coordinates are null; what else these labels have "
        "is in it."
    ]
