"""What models said: read with who said it and how sure, shown, and never changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from format_cases import DATA

from viewer.errors import CannotWrite
from viewer.formats import read_export, record_fields, write_export
from viewer.formats.format import detect
from viewer.formats.mdai.outputs import OUTPUT
from viewer.formats.table import FORMATS
from viewer.geometry.measure import bounds
from viewer.geometry.shapes import Box, Point, Polygon
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.placement import Placement
from viewer.model.project import Project
from viewer.model.relations import relations_of
from viewer.model.subject import MediaKey
from viewer.model.table import BETWEEN, KEY, KINDS
from viewer.session.linked import linked_with

Json = Any
FILE = DATA / "mdai" / "model_outputs.json"
NONE, UNKNOWN = KINDS.index("none"), KINDS.index("unknown")


@pytest.fixture(scope="module")
def project() -> Project:
    return read_export(FILE)


def at(project: Project, number: int) -> Annotation:
    return project.annotations[AnnotationId("1", number)]


def said(annotation: Annotation) -> dict[str, object]:
    return {each.name: each.value for each in annotation.attributes}


def changed(folder: Path, **keys: Json) -> Project:
    """The file with other keys in its first output."""
    tree = json.loads(FILE.read_bytes())
    tree["datasets"][0]["modelOutputs"][0].update(keys)
    path = folder / "changed.json"
    path.write_text(json.dumps(tree))
    return read_export(path)


def test_the_kinds_of_exports_are_told_apart_by_the_keys_of_their_datasets():
    for name in ("all_modes", "videos", "model_outputs", "model"):
        assert detect((DATA / "mdai" / f"{name}.json").read_bytes(), "x", FORMATS).name == "mdai"


def test_the_author_of_an_output_is_its_model_and_version(project: Project):
    names = ["model Nodule net v2"] * 6 + ["model Nodule net, version MV_9"]
    assert [at(project, number).author for number in range(7)] == names
    assert project.exports["1"].author_kinds == dict.fromkeys(names, "model")
    tree = json.loads(FILE.read_bytes())
    assert record_fields(project, AnnotationId("1", 0))[1] == ("modelId", tree["models"][0]["id"])


@pytest.mark.parametrize("number", [2, "2", "v2", 2.0])
def test_versions_are_named_however_their_number_is_spelled(number: Json, tmp_path: Path):
    tree = json.loads(FILE.read_bytes())
    tree["models"][0]["versions"][1]["versionNumber"] = number
    (tmp_path / "a.json").write_text(json.dumps(tree))
    assert at(read_export(tmp_path / "a.json"), 0).author == "model Nodule net v2"


def test_a_probability_is_a_number_or_a_list(project: Project):
    assert said(at(project, 0)) == {"probability": 0.87}
    assert [(each.name, each.text, each.depth) for each in at(project, 2).attributes] == [
        ("probability", "2 values", 0),
        ("1", "class_index: 0, probability: 0.7", 1),
        ("2", "class_index: 1, probability: 0.3", 1),
    ]
    assert said(at(project, 6)) == {}


@pytest.mark.parametrize("value", ["0.9", {"a": 1}, True, [1, [2]], [], [None], {}, 1e300])
def test_an_odd_probability_is_shown_as_it_is_and_costs_no_label(value: Json, tmp_path: Path):
    output = at(changed(tmp_path, probability=value), 0)
    assert output.placements[0].shape == Box(2, 3, 4, 3)
    assert "probability" in said(output)


def test_a_note_is_text_or_an_object(project: Project):
    assert at(project, 5).note == "seen"
    assert at(project, 3).note is None
    assert said(at(project, 3)) == {"probability": 1, "note: input": "a", "note: output": "b"}


def test_shapes_are_those_of_the_label_and_a_grid_is_a_mask(project: Project):
    shapes = [at(project, number).placements[0].shape for number in range(4)]
    assert shapes[0] == Box(2, 3, 4, 3)
    assert isinstance(shapes[2], Polygon)
    assert shapes[3] == Point(5, 6)
    grid = np.array(json.loads(FILE.read_bytes())["datasets"][0]["modelOutputs"][1]["data"]["mask"])
    mask = shapes[1]
    whole = np.zeros_like(grid)
    whole[mask.y : mask.y + mask.height, mask.x : mask.x + mask.width] = mask.to_array()
    assert (whole == grid).all()


def test_an_interval_is_on_each_of_its_frames_and_on_no_other(project: Project):
    output = at(project, 4)
    frames = [placement.media.frame for placement in output.placements]
    assert frames == list(range(3, 10))
    assert {placement.media.entry for placement in output.placements} == {"1.2.3.2.7"}
    columns = project.annotations.bases["1"].columns
    rows = columns.owners == 4
    assert columns.frames[rows].tolist() == frames
    assert columns.roles[rows].tolist() == [KEY, *[BETWEEN] * 5, KEY]
    assert said(output)["frames"] == "3 to 9, as MD.ai counts"
    (issue,) = project.exports["1"].issues
    assert issue.code == "intervals-taken"


def test_an_interval_behind_an_annotation_is_one_in_a_file_that_is_not_strict_too(tmp_path: Path):
    tree = json.loads(FILE.read_bytes())
    (dataset, *_) = tree["datasets"]
    interval = {"start_frame_number": 2, "end_frame_number": 4}
    one = {**dataset["modelOutputs"][0], "data": interval}
    label = {"id": "A", "labelId": one["labelId"]}
    dataset |= {"modelOutputs": [one]}
    tree["datasets"] = [{**dataset, "annotations": [label], "modelOutputs": []}, dataset]
    for text in (json.dumps(tree), json.dumps(tree)[:-1] + ",}"):
        path = tmp_path / "mixed.json"
        path.write_text(text)
        placed = at(read_export(path), 1).placements
        assert [placement.media.frame for placement in placed] == [2, 3, 4]


@pytest.mark.parametrize(
    ("interval", "words"),
    [
        ({"start_frame_number": 5, "end_frame_number": 4}, "from frame 5 to frame 4 is none"),
        ({"start_frame_number": -1, "end_frame_number": 4}, "from frame -1"),
        ({"start_frame_number": 0, "end_frame_number": 10**9}, "1,000,000,001 frames is too long"),
        ({"start_frame_number": 0, "end_frame_number": 10**30}, "is none"),
        ({"start_frame_number": "0", "end_frame_number": 1}, "no interval"),
        ({"start_frame_number": 0}, "no interval"),
    ],
)
def test_an_interval_that_is_none_is_listed_with_the_reason(
    interval: Json, words: str, tmp_path: Path
):
    project = changed(tmp_path, data=interval)
    output = at(project, 0)
    assert words in (output.locked_reason or "")
    assert len(output.placements) == 1
    columns = project.annotations.bases["1"].columns
    assert columns.kinds[0] == UNKNOWN
    assert len(columns.owners) == 13


@pytest.mark.parametrize("tail", ["", " not JSON"], ids=["whole", "damaged"])
def test_intervals_are_of_outputs_alone_whatever_else_the_file_holds(tail: str, tmp_path: Path):
    tree = json.loads(FILE.read_bytes())
    own = json.loads((DATA / "mdai" / "videos.json").read_bytes())["datasets"][0]["annotations"]
    data = {"start_frame_number": 1, "end_frame_number": 4}
    dataset = tree["datasets"][0]
    rows = {"annotations": [own[0], {**own[3], "data": data}]}
    tree["datasets"][0] = {**rows, **dataset}
    (tmp_path / "a.json").write_text(json.dumps(tree) + tail)
    project = read_export(tmp_path / "a.json")
    found = {one.native_id: one for one in map(project.annotations.opened, project.annotations)}
    assert [len(found[id].placements) for id in ("A_1", "A_4", "O_1", "O_5")] == [1, 1, 1, 7]
    assert "no drawing mode" in (found["A_4"].locked_reason or "")
    assert found["O_5"].locked_reason == OUTPUT


def test_bounds_of_outputs_are_those_of_their_shapes(tmp_path: Path):
    tree = json.loads(FILE.read_bytes())
    outputs = tree["datasets"][0]["modelOutputs"]
    outputs[:] = [one for one in outputs if one["id"] != "O_5"]
    (tmp_path / "a.json").write_text(json.dumps(tree))
    project = read_export(tmp_path / "a.json")
    base = project.annotations.bases["1"]
    assert base.bounds is not None
    found = base.bounds(np.arange(base.columns.count), lambda: None)
    for row, box in enumerate(found):
        shape = at(project, row).placements[0].flat
        assert (np.isnan(box).all()) if shape is None else (box == bounds(shape)).all()


def test_outputs_are_locked_and_refused_before_a_file_is_touched(project: Project, tmp_path: Path):
    assert {at(project, number).locked_reason for number in range(7)} == {OUTPUT}
    first = at(project, 0)
    edits = (
        project.with_annotation(first.with_shape(0, Box(1, 1, 1, 1))),
        project.with_annotation(msgspec.structs.replace(first, note="x")),
        project.without_annotations([first.id]),
        project.with_annotation(_new()),
    )
    for current, words in zip(
        edits, ("edited", "edited", "deleted", "no annotations"), strict=True
    ):
        with pytest.raises(CannotWrite, match=words):
            write_export(project, current, "1", tmp_path / "out.json")
        assert not (tmp_path / "out.json").exists()


def _new() -> Annotation:
    key = MediaKey("1.2.3.1", "1.2.3.1.1", "1.2.3.1.1.1")
    placement = Placement(key, shape=Box(1, 2, 3, 4), size=(11, 9))
    id = AnnotationId("1", 0, new=True)
    return Annotation(id, "", "L_box", "", (placement,), created="2026-01-01T00:00:00.000Z")


def test_an_empty_file_of_outputs_takes_no_annotations(tmp_path: Path):
    tree = json.loads(FILE.read_bytes())
    tree["datasets"][0]["modelOutputs"] = []
    (tmp_path / "a.json").write_text(json.dumps(tree))
    empty = read_export(tmp_path / "a.json")
    assert not empty.exports["1"].planes
    with pytest.raises(CannotWrite, match="no annotations"):
        write_export(empty, empty.with_annotation(_new()), "1", tmp_path / "b.json")


def test_annotations_beside_outputs_in_one_file_are_edited_and_outputs_stay(tmp_path: Path):
    tree = json.loads(FILE.read_bytes())
    own = json.loads((DATA / "mdai" / "videos.json").read_bytes())
    tree["datasets"][0]["annotations"] = own["datasets"][0]["annotations"][4:5]
    path = tmp_path / "both.json"
    path.write_text(json.dumps(tree))
    project = read_export(path)
    columns = project.annotations.bases["1"].columns
    assert (np.diff(columns.starts) > 0).all()
    (mine,) = [id for id in project.annotations if project.annotations[id].native_id == "A_5"]
    current = project.with_annotation(
        project.annotations[mine].with_shape(0, Box(1, 1, 1, 1))
    ).with_annotation(_new())
    write_export(project, current, "1", tmp_path / "out.json")
    written = json.loads((tmp_path / "out.json").read_bytes())["datasets"][0]
    assert written["modelOutputs"] == tree["datasets"][0]["modelOutputs"]
    assert len(written["annotations"]) == 2
    (relation,) = relations_of(project, project.annotations[mine])
    assert project.annotations[relation.target].native_id == "O_1"


def test_an_annotation_made_of_an_output_leads_to_it_where_both_are_open():
    alone = read_export(DATA / "mdai" / "videos.json")
    mine = AnnotationId("1", 4)
    assert alone.annotations[mine].made_from == "O_1"
    assert said(alone.annotations[mine])["cloned from model output"] == "O_1"
    assert relations_of(alone, alone.annotations[mine]) == ()
    both = read_export(DATA / "mdai" / "videos.json", FILE)
    (relation,) = relations_of(both, both.annotations[mine])
    output = AnnotationId("2", 0)
    assert (relation.name, relation.source, relation.target) == ("made from", mine, output)
    assert linked_with(both, [mine]) == {mine, output}
    assert linked_with(both, [output]) == {mine, output}
    assert linked_with(both, [AnnotationId("2", 1)]) == {AnnotationId("2", 1)}


def test_a_model_opened_alone_says_that_it_holds_no_annotations(tmp_path: Path):
    path = DATA / "mdai" / "model.json"
    project = read_export(path)
    export = project.exports["1"]
    assert len(project.annotations) == 0
    assert [label.title for label in export.ontology.classes] == [
        "Box", "Ring", "Line", "Spot", "Mask",
    ]  # fmt: skip
    assert ("model", "Nodule net") in export.facts
    (issue,) = export.issues
    assert "holds no annotations" in issue.sentence
    with pytest.raises(CannotWrite, match="no annotations"):
        write_export(project, project.with_annotation(_new()), "1", tmp_path / "b.json")
    write_export(project, project, "1", tmp_path / "b.json")
    assert (tmp_path / "b.json").read_bytes() == path.read_bytes()
