"""An edit of a RedBrick AI export changes that label's own fields and nothing else."""

from __future__ import annotations

import difflib
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from listed import named

from tests.telling import tell
from viewer.errors import CannotWrite
from viewer.formats import read_export, write_export
from viewer.formats.writing import WriteReport
from viewer.geometry.shapes import Box, Ellipse, Point, Polygon, Polyline
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.placement import Attribute, Placement
from viewer.model.project import Project
from viewer.model.subject import MediaKey

DATA = Path(__file__).parents[2] / "data" / "redbrick"
TASKS = DATA / "tasks.json"
MADE = "2026-01-02T03:04:05.678Z"
Json = Any
replace = msgspec.structs.replace


@pytest.fixture
def opened() -> Project:
    return read_export(TASKS)


def written(before: Project, after: Project, folder: Path) -> tuple[bytes, WriteReport]:
    path = folder / "saved.json"
    report = write_export(before, after, "1", path, overwrite=True)
    return path.read_bytes(), report


def changed_lines(before: Project, after: Project, folder: Path) -> list[str]:
    """Return the lines that differ, without white space: "-old" and "+new"."""
    old = TASKS.read_text(encoding="utf-8").splitlines()
    new = written(before, after, folder)[0].decode().splitlines()
    found = [line for line in difflib.ndiff(old, new) if line[0] in "+-"]
    return [line[0] + line[1:].strip() for line in found]


def answer(annotation: Annotation, key: str, value: Json) -> Annotation:
    answers = tuple(
        replace(one, value=value) if one.key == key else one for one in annotation.attributes
    )
    return replace(annotation, attributes=answers)


def new(class_id: str, placement: Placement, number: int = 0, **more: Json) -> Annotation:
    id = AnnotationId("1", number, new=True)
    return Annotation(id, "", class_id, more.pop("author", ""), (placement,), created=MADE, **more)


def test_moving_a_corner_changes_one_number(opened: Project, tmp_path: Path):
    before = named(opened, "b1")
    shape = before.placements[0].shape
    assert isinstance(shape, Box)
    after = opened.with_annotation(before.with_shape(0, replace(shape, y=24.0)))
    assert changed_lines(opened, after, tmp_path) == ['-"yNorm": 0.25', '+"yNorm": 0.5']


def test_a_number_follows_the_spelling_before_it(opened: Project, tmp_path: Path):
    moved = named(opened, "k0").with_shape(0, Point(64.0, 36.0))
    lines = changed_lines(opened, opened.with_annotation(moved), tmp_path)
    assert lines == ['-"xNorm": 2.5E-1,', '+"xNorm": 1.0,']  # and 0.750 stays as it is


def test_a_new_vertex_leaves_the_others_as_they_are_spelled(opened: Project, tmp_path: Path):
    before = named(opened, "p0")
    shape = before.placements[0].shape
    assert isinstance(shape, Polygon)
    ring = [*shape.vertices.tolist(), [32.0, 12.0]]
    after = opened.with_annotation(before.with_shape(0, Polygon(ring)))
    lines = changed_lines(opened, after, tmp_path)
    assert [line for line in lines if "Norm" in line] == ['+"xNorm": 0.5,', '+"yNorm": 0.25']
    assert not [line for line in lines if line.startswith("-") and line not in ("-}", "-},")]


def test_a_turned_ellipse_keeps_its_other_numbers(opened: Project, tmp_path: Path):
    before = named(opened, "e0")
    shape = before.placements[0].shape
    assert isinstance(shape, Ellipse)
    after = opened.with_annotation(before.with_shape(0, replace(shape, angle=0.5)))
    assert changed_lines(opened, after, tmp_path) == ['-"rotationRad": 0,', '+"rotationRad": 0.5,']


def test_stats_of_the_former_shape_go_and_it_is_said(opened: Project, tmp_path: Path):
    moved = named(opened, "b0").with_shape(0, Box(1, 2, 3, 4))
    data, report = written(opened, opened.with_annotation(moved), tmp_path)
    assert "stats" not in json.loads(data)[0]["series"][0]["boundingBoxes"][0]
    assert "stats" in report.notes[0]


def test_categories_keep_their_form(opened: Project, tmp_path: Path):
    renamed = replace(named(opened, "p0"), class_id="polygons/unsized")
    lines = changed_lines(opened, opened.with_annotation(renamed), tmp_path)
    assert '+"category": "unsized",' in lines
    back = replace(named(opened, "u0"), class_id="polygons/organ/kidney")
    tell(opened, "t-1/1", size=(10, 10))
    ready = replace(named(opened, "u0"), class_id=back.class_id)
    data, _ = written(opened, opened.with_annotation(ready), tmp_path)
    assert json.loads(data)[0]["series"][1]["polygons"][0]["category"] == ["organ", "kidney"]


def test_a_class_given_by_number_stays_a_number_where_the_taxonomy_is_open(tmp_path: Path):
    taxonomy = DATA.parent / "redbrick_taxonomy" / "taxonomy.json"
    opened = read_export(TASKS, taxonomy)
    renamed = replace(named(opened, "k0"), class_id="landmarks/mid")
    data, _ = written(opened, opened.with_annotation(renamed), tmp_path)
    assert json.loads(data)[0]["series"][0]["landmarks"][0]["category"] == 7


def test_answers_change_in_their_own_type(opened: Project, tmp_path: Path):
    label = named(opened, "b1")
    for key, value, wanted in (
        ("sure", False, False),
        ("grade", "II", "II"),
        ("diam", 4.0, 4.0),
        ("seen", ("c",), ["c"]),
    ):
        changed = answer(label, key, value)
        data, _ = written(opened, opened.with_annotation(changed), tmp_path)
        found = json.loads(data)[0]["series"][0]["boundingBoxes"][1]["attributes"]
        was = json.loads(TASKS.read_bytes())[0]["series"][0]["boundingBoxes"][1]["attributes"]
        assert found == {**was, key: wanted}


def test_an_answer_that_is_taken_back_goes_and_a_first_one_makes_its_object(opened, tmp_path):
    taken = answer(named(opened, "b1"), "grade", None)
    data, _ = written(opened, opened.with_annotation(taken), tmp_path)
    assert list(json.loads(data)[0]["series"][0]["boundingBoxes"][1]["attributes"]) == [
        "sure", "diam", "seen", "odd",
    ]  # fmt: skip
    label = named(opened, "b0")
    asked = Attribute("q", "a", "q", "text")
    first = replace(label, attributes=(*label.attributes, asked))
    data, _ = written(opened, opened.with_annotation(first), tmp_path)
    assert json.loads(data)[0]["series"][0]["boundingBoxes"][0]["attributes"] == {"q": "a"}


def test_classifications_of_study_series_and_frame_are_answered(opened: Project, tmp_path: Path):
    data, _ = written(
        opened, opened.with_annotation(answer(named(opened, "s0"), "quality", "bad")), tmp_path
    )
    assert json.loads(data)[0]["classification"]["attributes"]["quality"] == "bad"
    frame = next(
        opened.annotations[id]
        for id in opened.annotations
        if opened.annotations[id].class_id == "instanceClassifications"
    )
    data, _ = written(opened, opened.with_annotation(answer(frame, "why", "blood")), tmp_path)
    said = json.loads(data)[1]["series"][0]["instanceClassifications"][0]
    assert said == {"fileIndex": 2, "fileName": "clip.mp4",
                    "values": {"blurry": False, "why": "blood"}}  # fmt: skip


def test_groups_are_joined_and_left(opened: Project, tmp_path: Path):
    for group in (None, "other"):
        changed = replace(named(opened, "b1"), group=group)
        data, _ = written(opened, opened.with_annotation(changed), tmp_path)
        assert json.loads(data)[0]["series"][0]["boundingBoxes"][1].get("group") == group


def test_a_move_to_another_slice_changes_frame_and_file(opened: Project, tmp_path: Path):
    label = named(opened, "b0")
    (placement,) = label.placements
    moved = replace(placement, index=5, media=replace(placement.media, item=0))
    after = opened.with_annotation(label.with_placement(0, moved))
    lines = [line for line in changed_lines(opened, after, tmp_path) if "Index" in line]
    assert lines == [
        '-"seriesItemIndex": 2,', '+"seriesItemIndex": 0,', '-"frameIndex": 3', '+"frameIndex": 5',
    ]  # fmt: skip
    assert '-"stats": {' in changed_lines(opened, after, tmp_path)  # those of its former slice
    half = replace(placement, index=5)
    with pytest.raises(CannotWrite, match="former slice"):
        written(opened, opened.with_annotation(label.with_placement(0, half)), tmp_path)
    away = replace(placement, media=MediaKey(entry="t-1/1"))
    with pytest.raises(CannotWrite, match="another series"):
        written(opened, opened.with_annotation(label.with_placement(0, away)), tmp_path)


@pytest.mark.parametrize(("id", "frame"), [("b0", 1), ("b1", 1), ("p0", 1)])
def test_a_file_that_is_named_takes_the_frame_along(opened: Project, tmp_path, id, frame):
    label = named(opened, id)  # the files stand the other way round, which two labels show
    (placement,) = label.placements
    moved = replace(placement, media=replace(placement.media, item=4))
    data, report = written(opened, opened.with_annotation(label.with_placement(0, moved)), tmp_path)
    series = json.loads(data)[0]["series"][0]
    labels = {one["id"]: one for one in (*series["boundingBoxes"], *series["polygons"])}
    assert labels[id]["video"]["seriesItemIndex"] == 4
    assert labels[id]["video"]["frameIndex"] == frame
    assert not [note for note in report.notes if "frameIndex" in note]


def test_a_frame_that_cannot_be_told_goes_and_it_is_said(tmp_path: Path):
    text = TASKS.read_text(encoding="utf-8").replace('"frameIndex": 3', '"frameIndex": 4')
    (tmp_path / "odd.json").write_text(text, encoding="utf-8")
    opened = read_export(tmp_path / "odd.json")
    label = named(opened, "b0")
    (placement,) = label.placements
    moved = replace(placement, media=replace(placement.media, item=4))
    data, report = written(opened, opened.with_annotation(label.with_placement(0, moved)), tmp_path)
    assert "frameIndex" not in json.loads(data)[0]["series"][0]["boundingBoxes"][0]["video"]
    assert "no frameIndex" in report.notes[0]


def test_a_label_drawn_on_the_screen_names_its_slice_as_entries_do(opened: Project, tmp_path: Path):
    for key, wanted in (
        (MediaKey(entry="t-2/0", frame=7), {"seriesItemIndex": 0, "frameIndex": 7}),
        (MediaKey(entry="t-1/0", item=2), {"seriesItemIndex": 2}),
        (MediaKey(entry="t-1/1"), None),
    ):
        made = new("boundingBoxes/box", Placement(key, shape=Box(1, 2, 3, 4), size=(64, 48)))
        data, _ = written(opened, opened.with_annotation(made), tmp_path)
        series = json.loads(data)[int(key.entry[2]) - 1]["series"][int(key.entry[-1])]
        video = series["boundingBoxes"][-1].get("video")
        flags = {"trackId": "", "keyFrame": True, "endTrack": True}
        assert video == (None if wanted is None else {**flags, **wanted})


def test_a_label_without_slice_gets_one(opened: Project, tmp_path: Path):
    label = named(opened, "k1")
    (placement,) = label.placements
    moved = replace(placement, index=4, media=replace(placement.media, item=1))
    data, _ = written(opened, opened.with_annotation(label.with_placement(0, moved)), tmp_path)
    video = json.loads(data)[0]["series"][0]["landmarks"][1]["video"]
    assert video == {"trackId": "", "keyFrame": True, "endTrack": True, "frameIndex": 4,
                     "seriesItemIndex": 1}  # fmt: skip


def test_a_new_label_stands_in_the_series_and_list_of_its_class(opened: Project, tmp_path: Path):
    line = Polyline([[6.4, 4.8], [32, 24]])
    key = MediaKey(entry="t-1/0", item=2)
    made = new("polylines/vessel", Placement(key, index=3, shape=line, size=(64, 48)))
    data, report = written(opened, opened.with_annotation(made), tmp_path)
    label = json.loads(data)[0]["series"][0]["polylines"][-1]
    assert list(label) == ["points", "id", "category", "video"]
    assert label["points"] == [{"xNorm": 0.1, "yNorm": pytest.approx(0.1)},
                               {"xNorm": 0.5, "yNorm": 0.5}]  # fmt: skip
    assert (label["video"]["frameIndex"], label["video"]["seriesItemIndex"]) == (3, 2)
    assert [one.verb for one in report.changed] == ["added"]
    lines = changed_lines(opened, opened.with_annotation(made), tmp_path)
    assert not [line for line in lines if line.startswith("-")]


def test_the_first_label_of_a_series_makes_its_list(opened: Project, tmp_path: Path):
    placement = Placement(MediaKey(entry="t-4/1"), shape=Point(1, 2), size=(10, 10))
    made = [new("landmarks/apex", placement, number) for number in range(2)]
    after = opened.with_annotation(made[0]).with_annotation(made[1])
    data, _ = written(opened, after, tmp_path)
    labels = json.loads(data)[3]["series"][1]["landmarks"]
    assert [label["point"] for label in labels] == [{"xNorm": 0.1, "yNorm": 0.2}] * 2
    assert len({label["id"] for label in labels}) == 2


def test_a_new_label_of_a_consensus_goes_to_its_author_or_to_the_agreed_ones(opened, tmp_path):
    placement = Placement(
        MediaKey(entry="t-3/0", item=0), index=0, shape=Point(1, 2), size=(64, 48)
    )
    of_bob = new("landmarks/tip", placement, author="bob@x.y")
    task = json.loads(written(opened, opened.with_annotation(of_bob), tmp_path)[0])[2]
    holders = [*task["consensusTasks"], task["superTruth"]]
    assert [len(each["series"][0]["landmarks"]) for each in holders] == [1, 2, 1]
    of_me = new("landmarks/tip", placement, author="me")
    data, report = written(opened, opened.with_annotation(of_me), tmp_path)
    assert len(json.loads(data)[2]["superTruth"]["series"][0]["landmarks"]) == 2
    assert "superTruth" in report.notes[0]


def test_a_study_gets_one_classification(opened: Project, tmp_path: Path):
    said = (Attribute("ok", True, "ok", "boolean"),)
    first = new("classification", Placement(MediaKey(entry="t-2/0")), attributes=said)
    task = json.loads(written(opened, opened.with_annotation(first), tmp_path)[0])[1]
    assert task["classification"]["attributes"] == {"ok": True}
    second = new("classification", Placement(MediaKey(entry="t-1/0")), attributes=said)
    with pytest.raises(CannotWrite, match="has a classification already"):
        written(opened, opened.with_annotation(second), tmp_path)


def test_everything_may_go(opened: Project, tmp_path: Path):
    after = opened
    for id in opened.annotations:
        after = after.without_annotations([id])
    written(opened, after, tmp_path)
    again = read_export(tmp_path / "saved.json")
    assert len(again.annotations) == 0
    assert [e.id for e in again.exports["1"].entries] == [e.id for e in opened.exports["1"].entries]


@pytest.mark.parametrize(
    ("id", "change", "words"),
    [
        ("l0", lambda one: one.with_shape(0, Polyline([[1, 1]])), "read-only"),
        ("b0", lambda one: one.with_shape(0, Point(1, 1)), "hold no point"),
        ("b0", lambda one: replace(one, class_id="ellipses/ell"), "cannot get a class"),
        ("b0", lambda one: replace(one, note="x"), "hold no notes"),
        ("b0", lambda one: replace(one, parent=AnnotationId("1", 0)), "no parent"),
        ("p0", lambda one: one.with_shape(0, Polygon([[0, 0], [9, 0], [9, 9]],
            ([[1, 1], [2, 1], [2, 2]],))), "holes"),
        ("g1", lambda one: replace(one, class_id="segmentMap/tumor"), "no mask file"),
        ("b0", lambda one: one.with_placement(0, replace(one.placements[0], plane="sagittal")),
            "sagittal"),
    ],
)  # fmt: skip
def test_what_cannot_be_held_is_refused_by_name(opened, tmp_path, id, change, words):
    label = named(opened, id)
    after = opened.with_annotation(change(label))
    with pytest.raises(CannotWrite, match=words) as refused:
        written(opened, after, tmp_path)
    assert id in str(refused.value)
    assert not (tmp_path / "saved.json").exists()


def test_an_option_that_the_taxonomy_lacks_is_refused(tmp_path: Path):
    opened = read_export(TASKS, DATA.parent / "redbrick_taxonomy" / "taxonomy.json")
    with pytest.raises(CannotWrite, match="none of I, II"):
        written(
            opened, opened.with_annotation(answer(named(opened, "b1"), "grade", "IX")), tmp_path
        )


def test_a_segment_whose_mask_file_is_not_there_is_not_deleted(shared: Path, tmp_path: Path):
    folder = shared / "data" / "exports" / "redbrick" / "all_labels" / "standard"
    (tmp_path / "alone").mkdir()
    path = tmp_path / "alone" / "tasks.json"
    path.write_bytes((folder / "tasks.json").read_bytes())
    opened = read_export(path)
    with pytest.raises(CannotWrite, match="mask file"):
        written(opened, opened.without_annotations([AnnotationId("1", 0)]), tmp_path)
