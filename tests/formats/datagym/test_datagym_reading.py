"""What DATAGYM's exports say and how it is taken: each trap of the format."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from format_cases import DATA
from listed import all_of
from msgspec.structs import replace

from viewer.errors import CannotRead, CannotWrite
from viewer.formats import FORMATS, read_export, write_export
from viewer.formats.format import detect
from viewer.geometry.shapes import Box, Point, Polygon, Polyline, Shape
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.project import Project

Json = Any
EVERYTHING = DATA / "datagym" / "everything.json"
RING = [{"x": 0, "y": 0}, {"x": 9, "y": 0}, {"x": 9, "y": 9}, {"x": 0, "y": 0}]
HOLE = [{"x": 6, "y": 2}, {"x": 8, "y": 2}, {"x": 8, "y": 4}, {"x": 6, "y": 2}]
PLACES = [{"x": 1, "y": 2}, {"x": 5, "y": 2}, {"x": 5, "y": 7}]


def task(labels: Json | None = None, **more: Json) -> Json:
    given = {"internal_media_ID": "m", "external_media_ID": "a.jpg", "labels": labels or {}}
    return {**given, **more}


def export(*tasks: Json, classes: dict[str, str] | None = None) -> Json:
    """A list of classes and tasks; a segmentation stands under the other key, as it is written."""
    rows = [
        {"class_name": name, "geometry_type" if word in FLAT else "classification_type": word}
        for name, word in (classes or {}).items()
    ]
    return [{"label_classes": rows}, *tasks]


FLAT = ("rectangle", "polygon", "line", "point")


def opened(folder: Path, tree: Json) -> Project:
    path = folder / "export.json"
    path.write_text(json.dumps(tree), encoding="utf-8")
    return read_export(path)


def only(folder: Path, tree: Json) -> Annotation:
    (label,) = all_of(opened(folder, tree))
    return label


def shape_of(
    folder: Path, key: str, geometry: Json, classes: dict[str, str] | None = None
) -> Shape:
    shape = only(folder, export(task({"c": [{key: geometry}]}), classes=classes)).placements[0].flat
    assert shape is not None
    return shape


def answers_of(label: Annotation) -> list[tuple[str, object, str, int]]:
    return [(one.key, one.value, one.kind, one.depth) for one in label.attributes]


def test_the_shared_exports_are_read_and_kept(shared: Path, tmp_path: Path):
    for path in sorted((shared / "data" / "exports" / "datagym").glob("*.json")):
        project = read_export(path)
        assert len(project.annotations) > 1
        write_export(project, project, "1", tmp_path / path.name)
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()


# The top ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "tree",
    [
        [{"label_classes": []}],
        [{"internal_media_ID": "m"}],
        [{"internal_image_ID": "m"}],
        {"frames": {}, "object": {}},
        {"object": {"u": {"12": {"rectangle": []}}}},
        {"frames": {"12": [{"visibleObjectId": "u"}]}},
    ],
)
def test_an_export_is_told_by_what_it_holds(tree: Json):
    assert detect(json.dumps(tree).encode(), "x", FORMATS).name == "datagym"


@pytest.mark.parametrize("tree", [[], {"frames": {}}, {"object": 5}, [{"labels": {}}]])
def test_what_could_be_anything_is_told_what_was_looked_for(tree: Json):
    with pytest.raises(CannotRead, match=r"DATAGYM: a list with .label_classes"):
        detect(json.dumps(tree).encode(), "x", FORMATS)


def test_a_segmentation_stands_under_classification_type_and_is_no_question(tmp_path: Path):
    value = {"image_segmentation": [RING]}
    tree = export(task({"seg": [value]}), classes={"seg": "image_segmentation"})
    (label,) = opened(tmp_path, tree).exports["1"].ontology.classes
    assert (label.id, label.kind, label.mode) == ("seg", "polygon", "image_segmentation")


def test_one_class_name_may_have_two_types(tmp_path: Path):
    tree = export(task({"car": [{"point": PLACES[:1]}]}, global_classifications={"car": ["a"]}))
    tree[0]["label_classes"] = [
        {"class_name": "car", "geometry_type": "point"},
        {"class_name": "car", "classification_type": "select"},
    ]
    classes = opened(tmp_path, tree).exports["1"].ontology.classes
    assert [(one.id, one.kind) for one in classes] == [
        ("car", "point"),
        ("global_classifications/car", None),
    ]


def test_a_task_says_who_labelled_it_and_how_far_it_is(tmp_path: Path):
    tree = export(
        task({"c": [{"point": PLACES[:1]}]}, labeler="someone", status="reviewed"),
        task({}, internal_media_ID="n", labeler=None, status="skipped"),
    )
    project = opened(tmp_path, tree)
    facts = dict(project.exports["1"].facts)
    assert (facts["tasks"], facts["status reviewed"]) == ("2", "1 task")
    assert all_of(project)[0].author == "someone"


# Media ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("a.jpg", ("a.jpg",)),
        ("a%20b.jpg", ("a b.jpg",)),
        ("1590000000000_a.mp4", ("1590000000000_a.mp4", "a.mp4")),
        ("https://x/y/a%20b.jpg?z=1", ("a b.jpg",)),
        ("12_a.jpg", ("12_a.jpg",)),
        ("", ()),
    ],
)
def test_a_file_is_looked_for_by_its_name_decoded_and_without_a_time(
    name: str, names: tuple[str, ...], tmp_path: Path
):
    (entry,) = opened(tmp_path, export(task(external_media_ID=name))).exports["1"].entries
    assert entry.names == names


def test_both_generations_of_ids_are_read(tmp_path: Path):
    old = {"internal_image_ID": "m", "external_image_ID": "a.jpg", "labels": {}}
    for tree in (export(old), export(task())):
        (entry,) = opened(tmp_path, tree).exports["1"].entries
        assert (entry.id, entry.names, entry.keys) == ("m", ("a.jpg",), ("m",))


# Geometry ---------------------------------------------------------------------------------------


def test_every_type_is_read_in_both_generations(tmp_path: Path):
    for name, classes in (("everything.json", None), ("old.json", None)):
        assert classes is None
        project = read_export(EVERYTHING.with_name(name))
        shapes = [label.placements[0].flat for label in all_of(project)]
        kinds = [type(shape) for shape in shapes if shape is not None]
        nested = [Box] if name == "everything.json" else []
        assert kinds == [Box, Box, Point, Polyline, Polygon, Polygon, Polygon, *nested]


@pytest.mark.parametrize(
    ("geometry", "word", "kind"),
    [
        ([{"x": 1, "y": 2, "w": 3, "h": 4}], None, Box),
        ([RING], None, Polygon),
        (PLACES, "line", Polyline),
        (PLACES, "polygon", Polygon),
        (PLACES[:1], "point", Point),
        (PLACES[:1], "polygon", Polygon),
        (PLACES[:1], None, Point),
        (PLACES[:2], None, Polyline),
        (PLACES, None, Polygon),
    ],
)
def test_a_geometry_of_the_old_generation_is_told_by_its_form_and_class(
    geometry: Json, word: str | None, kind: type, tmp_path: Path
):
    classes = {"c": word} if word else None
    assert type(shape_of(tmp_path, "geometry", geometry, classes)) is kind


@pytest.mark.parametrize(
    ("lists", "count"),
    [
        ([], 2),
        (["polygon"], 0),
        (["select"], 2),
        (["polygon", "line"], 2),
        (["rectangle", "polygon"], 0),
    ],
)
def test_geometries_of_the_old_generation_that_no_list_tells_are_counted(
    lists: list[str], count: int, tmp_path: Path
):
    held = [{"geometry": PLACES}, {"geometry": PLACES[:2]}, {"geometry": [RING]}]
    tree = export(task({"c": held, "d": [{"geometry": [{"x": 1, "y": 2, "w": 3, "h": 4}]}]}))
    head = {"label_classes": [{"class_name": "c", "geometry_type": word} for word in lists]}
    issues = opened(tmp_path, [head, *tree[1:]]).exports["1"].issues
    said = [one.sentence for one in issues if one.code == "typed-by-form"]
    assert [sentence.startswith(f"{count} labels") for sentence in said] == [True] * bool(count)


@pytest.mark.parametrize(("word", "kind"), [("LINE", Polyline), ("POLYGON", Polygon)])
def test_a_configuration_that_is_opened_with_it_tells_the_types_of_the_old_generation(
    word: str, kind: type, tmp_path: Path
):
    path = tmp_path / "export.json"
    path.write_text(json.dumps(export(task({"c": [{"geometry": PLACES}]}))))
    known = tmp_path / "known.json"
    known.write_text(json.dumps([{"children": [], "type": word, "entryKey": "c"}]))
    project = read_export(path, known)
    (id,) = project.annotations
    assert type(project.annotations[id].placements[0].flat) is kind
    assert "typed-by-form" not in {one.code for one in project.exports["1"].issues}


def test_a_closed_ring_does_not_repeat_its_first_place_and_holes_are_cut_out(tmp_path: Path):
    shape = shape_of(tmp_path, "image_segmentation", [RING, HOLE])
    assert isinstance(shape, Polygon)
    assert len(shape.vertices) == 3
    assert [len(hole) for hole in shape.holes] == [3]
    assert shape.area == 40.5 - 2


def test_places_that_are_null_are_passed_over_and_stay_through_an_edit(tmp_path: Path):
    null = {"x": None, "y": None}
    geometry = [PLACES[0], null, *PLACES[1:], null]
    project = opened(tmp_path, export(task({"c": [{"polygon": geometry}]})))
    (label,) = all_of(project)
    assert label.locked_reason is None
    assert np.array_equal(label.placements[0].flat.vertices, [(1, 2), (5, 2), (5, 7)])  # type: ignore[union-attr]
    for vertices in ([(1, 2), (6, 2), (5, 7)], [(1, 2), (5, 7)], [(1, 2), (3, 3), (5, 2), (5, 7)]):
        edited = project.with_annotation(label.with_shape(0, Polygon(vertices)))
        write_export(project, edited, "1", tmp_path / "out.json")
        found = json.loads((tmp_path / "out.json").read_bytes())[1]["labels"]["c"][0]["polygon"]
        assert [(one["x"], one["y"]) for one in found if one["x"] is not None] == vertices
        assert found.count(null) == 2
        assert found[1] == null


@pytest.mark.parametrize("key", ["x", "y", "w", "h"])
def test_a_rectangle_with_a_null_is_listed_and_locked(key: str, tmp_path: Path):
    geometry = [{"x": 1, "y": 1, "w": 1, "h": 1, key: None}]
    label = only(tmp_path, export(task({"c": [{"rectangle": geometry}]})))
    assert label.placements[0].shape is None
    assert "null in the export" in (label.locked_reason or "")


def test_negative_places_are_written_and_said(tmp_path: Path):
    project = opened(tmp_path, export(task({"c": [{"point": PLACES[:1]}]})))
    (label,) = all_of(project)
    edited = project.with_annotation(label.with_shape(0, Point(-1.5, 2)))
    report = write_export(project, edited, "1", tmp_path / "out.json")
    assert any("refuse the file" in note for note in report.notes)
    assert any("cuts them off" in note for note in report.notes)


def test_what_a_class_cannot_hold_is_refused(tmp_path: Path):
    project = opened(tmp_path, export(task({"c": [{"polygon": PLACES}]})))
    (label,) = all_of(project)
    for shape, why in (
        (Polygon([(0, 0), (9, 0), (9, 9)], ([(5, 2), (6, 2), (6, 3)],)), "holes"),
        (Box(1, 2, 3, 4), "holds polygon, not box"),
    ):
        edited = project.with_annotation(label.with_shape(0, shape))
        with pytest.raises(CannotWrite, match=why):
            write_export(project, edited, "1", tmp_path / "out.json")


def test_a_segmentation_keeps_its_rings_closed(tmp_path: Path):
    project = opened(tmp_path, export(task({"c": [{"image_segmentation": [RING, HOLE]}]})))
    (label,) = all_of(project)
    shape = label.placements[0].flat
    assert isinstance(shape, Polygon)
    for rings in (
        [[(1, 0), (9, 0), (9, 9)], [(6, 2), (8, 2), (8, 4)]],
        [[(1, 0), (9, 0), (9, 9), (0, 9)]],
    ):
        edited = label.with_shape(0, Polygon(rings[0], tuple(rings[1:])))
        write_export(project, project.with_annotation(edited), "1", tmp_path / "out.json")
        tree = json.loads((tmp_path / "out.json").read_bytes())
        found = tree[1]["labels"]["c"][0]["image_segmentation"]
        assert [[(one["x"], one["y"]) for one in ring] for ring in found] == [
            [*ring, ring[0]] for ring in rings
        ]


# Nesting ----------------------------------------------------------------------------------------


def nested(*keys: str) -> Json:
    return {"polygon": PLACES, "nested_geometries": {k: [{"point": PLACES[:1]}] for k in keys}}


def test_nested_geometries_are_labels_with_a_parent_and_a_class_of_their_own(tmp_path: Path):
    project = opened(tmp_path, export(task({"car": [nested("plate")]}), classes={"plate": "point"}))
    outer, inner = all_of(project)
    assert (inner.parent, inner.class_id) == (outer.id, "plate")
    assert project.exports["1"].ontology.by_id["plate"].parent == "car"


def test_one_name_in_two_classes_is_two_classes(tmp_path: Path):
    tree = export(task({"car": [nested("plate")], "bus": [nested("plate")]}))
    assert [one.class_id for one in all_of(opened(tmp_path, tree))] == [
        "car", "car/plate", "bus", "bus/plate",
    ]  # fmt: skip


def test_a_nested_label_whose_outer_one_is_deleted_stands_by_itself(tmp_path: Path):
    project = opened(tmp_path, export(task({"car": [nested("plate")]})))
    report = write_export(
        project, project.without_annotations([AnnotationId("1", 0)]), "1", tmp_path / "out.json"
    )
    (_, found) = json.loads((tmp_path / "out.json").read_bytes())
    assert found["labels"] == {"plate": [{"point": PLACES[:1]}]}
    assert any("stands by itself now" in note for note in report.notes)


def test_a_deleted_label_takes_deleted_nested_ones_along(tmp_path: Path):
    project = opened(tmp_path, export(task({"car": [nested("plate", "lamp"), nested()]})))
    gone = project.without_annotations([AnnotationId("1", n) for n in range(3)])
    write_export(project, gone, "1", tmp_path / "out.json")
    (_, found) = json.loads((tmp_path / "out.json").read_bytes())
    assert found["labels"] == {"car": [nested()]}


def test_a_class_without_labels_goes_in_the_current_generation_alone(tmp_path: Path):
    for name, left in (("everything.json", False), ("old.json", True)):
        project = read_export(EVERYTHING.with_name(name))
        points = [one.id for one in all_of(project) if one.class_id == "lm"]
        write_export(project, project.without_annotations(points), "1", tmp_path / "out.json")
        tree = json.loads((tmp_path / "out.json").read_bytes())
        assert ("lm" in tree[1]["labels"]) == left


# Answers ----------------------------------------------------------------------------------------

TYPES = {"weather": "select", "day": "radio", "tags": "checklist", "note": "freetext"}


def test_answers_are_read_by_the_type_of_their_class(tmp_path: Path):
    said = {"weather": ["sunny", {"day": ["noon", {"tags": ["a", "b"]}]}], "note": ["null"],
            "tags": [None]}  # fmt: skip
    tree = export(task({"c": [{"point": PLACES[:1], "classifications": said}]}), classes=TYPES)
    assert answers_of(only(tmp_path, tree)) == [
        ("/weather", "sunny", "choice", 0),
        ("/weather/day", "noon", "choice", 1),
        ("/weather/day/tags", ("a", "b"), "choices", 2),
        ("/note", "null", "text", 0),
        ("/tags", (), "choices", 0),
    ]


def test_a_parent_without_an_answer_may_have_answers_below(tmp_path: Path):
    said = {"weather": [None, {"day": ["noon"]}]}
    label = only(tmp_path, export(task(global_classifications=said), classes=TYPES))
    assert label.class_id == "global_classifications/weather"
    assert answers_of(label) == [
        ("/weather", None, "choice", 0),
        ("/weather/day", "noon", "choice", 1),
    ]


def test_an_edited_answer_changes_its_own_list_alone(tmp_path: Path):
    alien = {"x": 1, "y": 2}
    said = {"weather": ["sunny", {"day": ["noon"]}, alien], "tags": ["a"]}
    label = {"point": PLACES[:1], "classifications": said}
    project = opened(tmp_path, export(task({"c": [label]}), classes=TYPES))
    (found,) = all_of(project)
    edited = found.with_attribute(None, "/weather/day", "dusk").with_attribute(
        None, "/tags", ("a", "b")
    )
    write_export(project, project.with_annotation(edited), "1", tmp_path / "out.json")
    (_, written) = json.loads((tmp_path / "out.json").read_bytes())
    assert written["labels"]["c"][0]["classifications"] == {
        "weather": ["sunny", {"day": ["dusk"]}, alien],
        "tags": ["a", "b"],
    }


def test_an_answer_taken_away_is_null(tmp_path: Path):
    project = opened(tmp_path, export(task(global_classifications={"note": ["x"]}), classes=TYPES))
    (label,) = all_of(project)
    edited = project.with_annotation(label.with_attribute(None, "/note", None))
    write_export(project, edited, "1", tmp_path / "out.json")
    (_, written) = json.loads((tmp_path / "out.json").read_bytes())
    assert written["global_classifications"] == {"note": [None]}


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999"])
def test_a_record_with_a_number_that_json_cannot_hold_is_not_written_anew(
    tmp_path: Path, number: str
) -> None:
    value = {"polygon": PLACES, "classifications": {}, "score": "@"}
    path = tmp_path / "export.json"
    tree = export(task({"a": [value]}), classes={"a": "polygon", "b": "polygon"})
    path.write_text(json.dumps(tree).replace('"@"', number))
    project = read_export(path)
    (label,) = all_of(project)
    other = project.with_annotation(replace(label, class_id="b"))
    with pytest.raises(CannotWrite, match="NaN"):
        write_export(project, other, "1", tmp_path / "out.json")
    assert not (tmp_path / "out.json").exists()
