"""What stands in RedBrick AI's files is in the project: labels, places, people, answers."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from listed import named

from tests.telling import tell
from viewer.errors import CannotRead
from viewer.formats import read_export
from viewer.formats.format import detect
from viewer.formats.table import FORMATS
from viewer.geometry.shapes import Box, Ellipse, Point, Polygon
from viewer.model.annotation import AnnotationId
from viewer.model.project import Project
from viewer.model.track import Track

DATA = Path(__file__).parents[2] / "data" / "redbrick"
TAXONOMY = DATA.parent / "redbrick_taxonomy" / "taxonomy.json"
Json = Any


@pytest.fixture(scope="module")
def opened() -> Project:
    return read_export(DATA / "tasks.json")


def project_of(folder: Path, tree: Json, text: str | None = None) -> Project:
    path = folder / "tasks.json"
    path.write_text(json.dumps(tree) if text is None else text, encoding="utf-8")
    return read_export(path)


def task(*series: Json, **more: Json) -> Json:
    return {"taskId": "t", "name": "n", "series": list(series), **more}


def box(**more: Json) -> Json:
    return {"pointTopLeft": {"xNorm": 0.5, "yNorm": 0.25}, "wNorm": 0.25, "hNorm": 0.5,
            "category": "c", **more}  # fmt: skip


SIZE = {"imageHeaders": {"dimensions": [100, 40, 8]}}


def test_norms_are_parts_of_the_width_and_of_the_height(tmp_path: Path):
    first = project_of(tmp_path, [task({"boundingBoxes": [box()], **SIZE})])
    placement = first.annotations[AnnotationId("1", 0)].placements[0]
    assert placement.shape == Box(50, 10, 25, 20)
    assert placement.size == (100, 40)


def test_values_beyond_the_picture_are_kept(opened: Project):
    shape = named(opened, "b1").placements[0].shape
    assert isinstance(shape, Box)
    assert shape.x == pytest.approx(-3.2)
    assert shape.height > 48


def test_index_is_the_frame_and_item_the_file(opened: Project):
    placement = named(opened, "b0").placements[0]
    assert (placement.index, placement.media.item, placement.media.entry) == (3, 2, "t-1/0")


def test_a_frame_inside_the_only_file_is_kept_beside_the_frame_of_the_series(tmp_path: Path):
    video = {"seriesItemIndex": 0, "seriesFrameIndex": 4, "frameIndex": 9}
    first = project_of(
        tmp_path, [task({"items": ["a"], "boundingBoxes": [box(video=video)], **SIZE})]
    )
    placement = first.annotations[AnnotationId("1", 0)].placements[0]
    assert (placement.index, placement.media.item, placement.media.frame) == (9, None, 4)


def test_frames_count_within_files_of_many_frames(tmp_path: Path):
    video = {"seriesItemIndex": 1, "seriesFrameIndex": 4, "frameIndex": 9, "trackId": "t"}
    series = {"items": ["a.dcm", "b.dcm"], "boundingBoxes": [box(video=video)] * 2, **SIZE}
    found = project_of(tmp_path, [task(series)])
    placements = [found.annotations[id].placements[0] for id in found.annotations]
    assert [(one.index, one.media.item) for one in placements] == [(4, 1), (4, 1)]


def test_a_series_is_an_entry_with_names_sizes_and_affine(opened: Project):
    ct, picture, *_ = opened.exports["1"].entries
    assert ct.id == "t-1/0"
    assert ct.series == "1.2.840.99.1.2"
    assert ct.items[1] == "slice 1.dcm"
    assert (ct.size, ct.count, ct.kind) == ((64, 48), 6, "volume")
    assert ct.affine == (0.7, 0, 0, -20, 0, 0.8, 0, -30, 0, 0, 2.5, 100)
    assert (picture.names, picture.size, picture.kind) == (("x.png",), None, "image")


def test_a_shape_on_a_picture_of_unknown_size_comes_with_the_size(opened: Project):
    waiting = named(opened, "u0")
    assert waiting.placements[0].shape is None
    assert "size" in (waiting.locked_reason or "")
    tell(opened, "t-1/1", size=(10, 20))
    told = named(opened, "u0")
    assert told.locked_reason is None
    assert isinstance(told.placements[0].shape, Polygon)
    assert told.placements[0].shape.vertices[0].tolist() == [2, 4]
    assert told.placements[0].size == (10, 20)


def test_labels_of_one_track_are_one_annotation(opened: Project):
    track = named(opened, "v2").placements
    assert isinstance(track, Track)
    assert [placement.index for placement in track] == [2, 3, 4, 5, 6, 8, 9]
    assert [placement.is_key for placement in track] == [1, 0, 0, 1, 1, 0, 1]
    assert track.stretches() == [(0, 4), (5, 6)]
    assert all(placement.stored for placement in track)
    assert len({placement.origins[0].start for placement in track}) == 7


def test_what_a_frame_stores_is_shown_as_stored_also_between_keys(opened: Project):
    shape = named(opened, "v2").placements[5].shape  # a frame before any key of its stretch
    assert isinstance(shape, Box)
    assert shape.x == pytest.approx(64 * 0.4)


def test_tracks_of_other_classes_lists_and_series_stay_apart(tmp_path: Path):
    def on(frame: int, **more: Json) -> Json:
        return box(video={"trackId": "same", "frameIndex": frame}, **more)

    one = {"boundingBoxes": [on(0), on(1), on(1, category="other")], **SIZE}
    found = project_of(tmp_path, [task(one, {"boundingBoxes": [on(2)], **SIZE})])
    assert [len(found.annotations[id].placements) for id in found.annotations] == [2, 1, 1]


def test_a_second_label_of_a_track_on_a_frame_is_listed_by_itself(tmp_path: Path):
    video = {"trackId": "a", "frameIndex": 1}
    found = project_of(tmp_path, [task({"boundingBoxes": [box(video=video)] * 2, **SIZE})])
    assert len(found.annotations) == 2
    assert "repeated-frame" in [issue.code for issue in found.exports["1"].issues]


def test_tracks_may_stand_in_any_order(tmp_path: Path):
    labels = [box(video={"trackId": "a", "frameIndex": f, "endTrack": f == 3}) for f in (3, 1, 2)]
    found = project_of(tmp_path, [task({"boundingBoxes": labels, **SIZE})])
    (id,) = found.annotations
    track = found.annotations[id].placements
    assert [placement.index for placement in track] == [1, 2, 3]
    assert isinstance(track, Track)
    assert track.stretches() == [(0, 2)]


def test_flags_may_be_numbers(tmp_path: Path):
    video = {"trackId": "a", "frameIndex": 1, "keyFrame": 0, "endTrack": 1}
    found = project_of(tmp_path, [task({"boundingBoxes": [box(video=video)], **SIZE})])
    assert not found.annotations[AnnotationId("1", 0)].placements[0].is_key


def test_a_label_without_slice_on_many_slices_is_listed_and_said(opened: Project):
    assert named(opened, "k1").placements[0].index is None
    sentences = [i.sentence for i in opened.exports["1"].issues if i.code == "slice-unknown"]
    assert sentences
    assert "k1" in sentences[0]


def test_classes_are_lists_and_categories(opened: Project):
    classes = {label.id: label for label in opened.exports["1"].ontology.classes}
    assert named(opened, "p0").class_id == "polygons/organ/kidney"
    kidney = classes["polygons/organ/kidney"]
    assert (kidney.name, kidney.group, kidney.kind, kidney.mode) == (
        "kidney", "organ", "polygon", "POLYGON",
    )  # fmt: skip
    assert named(opened, "k0").class_id == "landmarks/~i5"
    assert classes["segmentMap/tumor"].kind == "volume"
    assert classes["classification"].scope == "study"
    assert classes["classifications"].scope == "series"
    assert classes["instanceClassifications"].scope == "instance"


def test_slashes_in_categories_are_no_path(tmp_path: Path):
    found = project_of(tmp_path, [task({"boundingBoxes": [box(category="a/b~c")], **SIZE})])
    (label,) = found.exports["1"].ontology.classes
    assert (label.id, label.name, label.group) == ("boundingBoxes/a~1b~0c", "a/b~c", "")


def test_answers_have_kinds_and_a_missing_one_is_open(opened: Project):
    answers = {one.key: (one.value, one.kind) for one in named(opened, "b1").attributes}
    assert answers == {
        "sure": (True, "boolean"), "grade": ("I", "text"), "diam": (3.5, "number"),
        "seen": (("a", "b"), "choices"), "odd": (None, "text"),
    }  # fmt: skip


def test_the_list_form_of_attributes_is_shown(tmp_path: Path):
    raw = [{"attrId": 3, "name": "grade", "optionId": 1, "value": "II"}, {"attrid": 4}, "x"]
    found = project_of(tmp_path, [task({"boundingBoxes": [box(attributes=raw)], **SIZE})])
    shown = found.annotations[AnnotationId("1", 0)].attributes
    assert (shown[0].name, shown[0].text) == ("grade", "II")
    assert {one.kind for one in shown} == {"shown"}
    assert len(shown) == 3


def test_answers_of_a_frame_belong_to_its_placement(opened: Project):
    track = named(opened, "v2")
    assert track.attributes == ()
    assert [placement.attributes[0].value for placement in track.placements[:3]] == [
        True, False, True,
    ]  # fmt: skip


def test_what_was_measured_is_shown(opened: Project):
    shown = {one.name: (one.value, one.kind) for one in named(opened, "b0").attributes}
    assert shown == {
        "average": (1.0, "shown"), "minimum": (0.0, "shown"), "maximum": (3.0, "shown"),
        "area": (2.0, "shown"), "intensityunit": ("HU", "shown"),
    }  # fmt: skip


def test_groups_and_read_only_labels(opened: Project):
    assert named(opened, "b1").group == named(opened, "g1").group == "grp-1"
    assert "read-only" in (named(opened, "l0").locked_reason or "")


def test_each_annotator_is_an_author_and_the_agreed_answer_too(opened: Project):
    authors = [
        opened.annotations[id].author
        for id in opened.annotations
        if opened.annotations[id].class_id == "landmarks/tip"
    ]
    assert authors == ["ann@x.y", "bob@x.y", "superTruth (ann@x.y)"]
    assert opened.exports["1"].author_kinds == {"superTruth (ann@x.y)": "agreed"}
    facts = dict(opened.exports["1"].facts)
    assert facts["agreed: consensus score"] == "87.5"
    assert facts["agreed: ann@x.y and bob@x.y"] == "87.5"


def test_a_consensus_of_before_top_level_series_has_entries(tmp_path: Path):
    sub = {"series": [{"items": ["a.dcm", "b.dcm"], "boundingBoxes": [box()]}], "updatedBy": "a"}
    tree = [{"taskId": "t", "name": "n", "consensus": True, "consensusTasks": [sub, sub]}]
    found = project_of(tmp_path, tree)
    assert [entry.items for entry in found.exports["1"].entries] == [("a.dcm", "b.dcm")]
    assert len(found.annotations) == 2


def test_classifications_have_their_scope_and_answers(opened: Project):
    study = named(opened, "s0")
    assert {one.name: one.value for one in study.attributes} == {
        "contrast": True, "quality": "good",
    }  # fmt: skip
    assert study.placements[0].shape is None
    frames = [
        opened.annotations[id]
        for id in opened.annotations
        if opened.annotations[id].class_id == "instanceClassifications"
    ]
    assert [frame.placements[0].index for frame in frames] == [2, 5]
    assert [one.value for one in frames[0].attributes] == [False, "dust"]


def test_a_frame_classification_names_its_file(tmp_path: Path):
    said = {"fileIndex": 0, "fileName": "v/f2.png", "values": {}}
    series = {"items": ["v/f0.png", "v/f2.png"], "instanceClassifications": [said]}
    found = project_of(tmp_path, [task(series)])
    placement = found.annotations[AnnotationId("1", 0)].placements[0]
    assert (placement.index, placement.media.item) == (0, 1)


def test_an_items_list_lists_media_and_no_labels():
    items = read_export(DATA / "items.json")
    assert len(items.annotations) == 0
    assert [(entry.id, entry.names, entry.items) for entry in items.exports["1"].entries] == [
        ("pat/1/0", ("ct.nii.gz", "CT"), ()),
        ("pat/1/1", (), ("1.dcm", "2.dcm")),
        ("pat/2/0", ("a.png", "pat/2"), ()),
    ]


def test_tasks_of_one_id_have_entries_of_their_own(tmp_path: Path):
    same = task({"boundingBoxes": [box()], **SIZE})
    found = project_of(tmp_path, [same, same])
    ids = [entry.id for entry in found.exports["1"].entries]
    assert ids == ["t/0", "t#2/0"]
    assert [found.annotations[id].placements[0].media.entry for id in found.annotations] == ids


def test_a_landmark_of_before_august_2022_is_shown_and_locked(tmp_path: Path):
    old = {"x": 0.5, "y": 0.5, "frameIndex": 3, "keyFrame": True, "endTrack": True, "category": "a"}
    found = project_of(tmp_path, [task({"landmarks": [old], **SIZE})])
    only = found.annotations[AnnotationId("1", 0)]
    assert only.placements[0].shape == Point(50, 20)
    assert only.placements[0].index == 3
    assert "August 2022" in (only.locked_reason or "")


def test_raw_labels_of_the_old_format_are_said(tmp_path: Path):
    tree = [{"taskId": "t", "name": "n", "items": ["a"], "labels": [{"studyclassify": True}]}]
    (issue,) = project_of(tmp_path, tree).exports["1"].issues
    assert issue.code == "old-format"


def test_mammography_is_said(tmp_path: Path):
    series = {"metaData": {"modality": "MG"}, "boundingBoxes": [box()], **SIZE}
    found = project_of(tmp_path, [task(series)])
    assert "mammography-origin" in [issue.code for issue in found.exports["1"].issues]
    assert found.annotations[AnnotationId("1", 0)].placements[0].shape == Box(50, 10, 25, 20)


def test_a_list_of_tasks_may_be_wrapped_or_be_one_task(tmp_path: Path):
    one = task({"boundingBoxes": [box()], **SIZE})
    for tree in ({"tasks": [one]}, one):
        found = project_of(tmp_path, tree)
        assert found.annotations[AnnotationId("1", 0)].placements[0].shape == Box(50, 10, 25, 20)


def test_a_list_of_items_needs_no_name(tmp_path: Path):
    tree = [{"items": ["a/1.dcm"], "segmentations": "a.nii.gz", "segmentMap": {"1": "Liver"}}]
    assert detect(json.dumps(tree).encode(), "items.json", FORMATS).name == "redbrick"
    (export,) = project_of(tmp_path, tree).exports.values()
    assert [entry.names for entry in export.entries] == [("1.dcm",)]


def test_the_vendors_own_layouts_are_recognised(shared: Path):
    for path in (shared / "data" / "exports" / "redbrick").rglob("*.json"):
        assert detect(path.read_bytes(), path.name, FORMATS).name == "redbrick"
        assert len(read_export(path).annotations) > 0


def test_other_vendors_exports_are_not_taken(shared: Path):
    redbrick = FORMATS[[known.name for known in FORMATS].index("redbrick")]
    for vendor in ("labelbox", "encord", "datagym", "mdai"):
        for path in (shared / "data" / "exports" / vendor).rglob("*"):
            if path.is_file():
                assert not redbrick.recognise(path.read_bytes()[: 2**18]), path


def test_a_taxonomy_alone_is_no_export():
    with pytest.raises(CannotRead, match="together with its export"):
        read_export(TAXONOMY)


def test_a_taxonomy_goes_with_the_export_that_lies_beside_or_is_opened_with_it(tmp_path: Path):
    tasks = DATA / "tasks.json"
    for source in (tasks, TAXONOMY):
        (tmp_path / source.name).write_bytes(source.read_bytes())
    for paths in ((tmp_path / "tasks.json",), (TAXONOMY, tasks), (tmp_path,)):
        (found,) = read_export(*paths).exports.values()
        assert found.ontology.by_id["boundingBoxes/box"].color == "#123456"


ELLIPSE = {"pointCenter": {"xNorm": 0.5, "yNorm": 0.5}, "xRadiusNorm": 0.1, "yRadiusNorm": 0.2,
           "rotationRad": 0.0, "category": "e"}  # fmt: skip
AFFINE = [[0.5, 0, 0, 0], [0, 2, 0, 0], [0, 0, 3, 0], [0, 0, 0, 1]]  # a pixel is 1 mm2 large


@pytest.mark.parametrize(
    ("size", "area", "ry", "code"),
    [
        ([100, 40, 1], None, 8, "radius-by-height"),
        ([100, 100, 1], None, 20, None),
        ([100, 40, 1], math.pi * 10 * 8, 8, None),
        ([100, 40, 1], math.pi * 10 * 20, 20, None),
        ([100, 40, 1], 5.0, 8, None),
    ],
)
def test_the_area_tells_how_a_radius_is_counted(tmp_path: Path, size, area, ry, code):
    stats = {} if area is None else {"stats": {"area": area}}
    series = {
        "items": ["a.dcm"],
        "imageHeaders": {"dimensions": size, "affine": AFFINE},
        "ellipses": [ELLIPSE | stats],
    }
    found = project_of(tmp_path, [task(series)])
    only = found.annotations[AnnotationId("1", 0)]
    shape = only.placements[0].shape
    assert isinstance(shape, Ellipse)
    assert shape.ry == pytest.approx(ry)
    codes = [issue.code for issue in found.exports["1"].issues]
    assert ([one for one in codes if one.startswith("radius")] or [None]) == [code]
    assert only.locked_reason is None
    told = [one.name for one in only.attributes]
    assert ("second radius" in told) == (size[0] != size[1] and ry == 20)


@pytest.mark.parametrize(
    ("headers", "video", "is_said"),
    [
        ({}, {"frameIndex": 3}, True),
        ({}, {"frameIndex": 3, "seriesItemIndex": 1}, False),
        ({"imageHeaders": {"dimensions": [9, 9, 4], "affine": AFFINE}}, {"frameIndex": 3}, False),
        ({"imageHeaders": {"dimensions": [9, 9, 4]}}, {"frameIndex": 3}, True),
    ],
)
def test_the_order_of_slices_is_said_where_nothing_confirms_it(tmp_path, headers, video, is_said):
    series = {"items": ["a.dcm", "b.dcm"], **headers, "boundingBoxes": [box(video=video)]}
    found = project_of(tmp_path, [task(series)])
    said = [one.sentence for one in found.exports["1"].issues if one.code == "slice-order"]
    assert bool(said) == is_said
    assert all("order can be chosen under Labels and images" in one for one in said)
