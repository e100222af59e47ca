"""Rows of videos and of objects with many frames: their entries, and what is written of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

import msgspec
import pytest
from bound import film
from composed import cine
from format_cases import DATA

from viewer.errors import CannotRead
from viewer.formats import read_export, write_export
from viewer.formats.format import HEAD_BYTES
from viewer.formats.mdai.write import TIMESTAMP
from viewer.formats.record_text import part_bytes, record_parts
from viewer.geometry.shapes import Box
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.placement import Placement
from viewer.model.project import Project
from viewer.model.subject import MediaKey
from viewer.model.table import BETWEEN
from viewer.render.classified import classified_on
from viewer.render.overlay import every_label, marks_on
from viewer.render.planes import Section
from viewer.review.binding import Choice, Choices
from viewer.review.matching import Matches, match
from viewer.session.linked import linked_with

Json = Any
FILE = DATA / "mdai" / "videos.json"
BESIDE = DATA / "mdai_beside" / "dicom_metadata.json"
VIDEO, OBJECT = "1.2.3.2.7", "1.2.3.1.1.2"


@pytest.fixture(scope="module")
def project() -> Project:
    return read_export(FILE)


def label(project: Project, number: int) -> Annotation:
    return project.annotations[AnnotationId("1", number)]


def places(matches: Matches, *numbers: int) -> list[tuple[int | None, int | None, str]]:
    found = [matches.of(AnnotationId("1", number))[0] for number in numbers]
    return [(place.media, place.slice, place.reason) for place in found]


def written(opened: Project, current: Project, folder: Path) -> tuple[list[Json], tuple[str, ...]]:
    report = write_export(opened, current, "1", folder / "out.json")
    tree = json.loads((folder / "out.json").read_bytes())
    return tree["datasets"][0]["annotations"], report.notes


def test_rows_without_an_object_name_a_video_by_its_series(project: Project):
    first, second = project.exports["1"].entries
    assert (first.id, first.kind, first.series, first.size) == (VIDEO, "video", VIDEO, (11, 9))
    assert first.names == (f"{VIDEO}.mp4",)
    assert (second.id, second.names) == (OBJECT, (OBJECT,))
    keys = [label(project, number).placements[0].media for number in range(9)]
    assert [(key.entry, key.instance, key.frame) for key in keys] == [
        (VIDEO, None, 3), (VIDEO, None, 4), (VIDEO, None, 5), (VIDEO, None, None),
        (None, "1.2.3.1.1.1", None), (VIDEO, None, 0), (VIDEO, None, 7),
        (OBJECT, None, 4), (OBJECT, None, 0),
    ]  # fmt: skip
    assert keys[0] == MediaKey("1.2.3.2", VIDEO, entry=VIDEO, frame=3)


def test_a_video_is_found_by_the_name_that_its_export_gives_it(project: Project):
    media = [film("other.mp4", 20), film(f"{VIDEO}.mp4", 20)]
    matches = match(project, media)
    assert places(matches, 0, 1, 2, 5) == [(1, 3, ""), (1, 4, ""), (1, 5, ""), (1, 0, "")]
    assert matches.of(AnnotationId("1", 3))[0].media == 1  # what is said of the whole video


def test_the_metadata_tell_which_file_was_uploaded():
    project = read_export(FILE, BESIDE)
    entries = {entry.id: entry for entry in project.exports["1"].entries}
    assert entries[VIDEO].title == "us clip 01.avi"
    assert entries[VIDEO].names == (f"{VIDEO}.mp4", "us clip 01.avi", "us clip 01.mp4")
    assert list(entries) == [VIDEO, OBJECT, "1.2.3.2.8"]
    for name in ("us clip 01.avi", "us clip 01.mp4"):
        assert places(match(project, [film(name, 20)]), 0) == [(0, 3, "")]
    assert len(project.exports) == 1


def test_metadata_that_lie_beside_go_with_the_export_and_alone_they_say_so(tmp_path: Path):
    for path in (FILE, BESIDE):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (export,) = read_export(tmp_path).exports.values()
    assert [source.role for source in export.sources] == ["annotations", "metadata"]
    with pytest.raises(CannotRead, match=r"metadata of MD\.ai exports and no labels"):
        read_export(tmp_path / BESIDE.name)


def with_exam_label(folder: Path) -> Path:
    """Return the file with a label of the videos' whole exam behind the others."""
    tree = json.loads(FILE.read_bytes())
    rows = tree["datasets"][0]["annotations"]
    keys = {"id": "A_10", "labelId": "L_exam", "StudyInstanceUID": "1.2.3.2"}
    rows.append({**{key: rows[3][key] for key in list(rows[3])[:-2]}, **keys})
    (folder / "exam.json").write_text(json.dumps(tree))
    return folder / "exam.json"


def said_of_exam(project: Project, matches: Matches, media: int) -> list[str]:
    found = classified_on(project, matches, media, 0, every_label)
    return [one.text for one in found if one.scope == "exam"]


def test_a_label_of_an_exam_of_videos_alone_is_shown_on_each_of_them(tmp_path: Path):
    project = read_export(with_exam_label(tmp_path), BESIDE)
    films = [film("alien.mp4", 20), film("other.mp4", 20), film(f"{VIDEO}.mp4", 20)]
    matches = match(project, films)
    assert places(matches, 9) == [(2, None, "")]
    assert [said_of_exam(project, matches, media) for media in range(3)] == [[], ["Exam"], ["Exam"]]
    lost = match(project, [film("alien.mp4", 20)])
    assert places(lost, 9) == [(None, None, "series not loaded")]


def test_a_label_of_an_exam_of_series_and_videos_is_shown_on_all_of_them(tmp_path: Path):
    project = read_export(with_exam_label(tmp_path))
    media = [film(f"{VIDEO}.mp4", 20), cine({"1.2.3.2.9": 0}, 6, "1.2.3.2.5", "1.2.3.2")]
    matches = match(project, media)
    assert places(matches, 9, 0) == [(1, None, ""), (0, 3, "")]
    assert said_of_exam(project, matches, 0) == said_of_exam(project, matches, 1) == ["Exam"]
    assert [place.sentence for place in matches.of(AnnotationId("1", 0))] == [""]


def test_a_video_is_never_bound_by_its_size_or_its_place_alone(project: Project):
    for media in (film("clip.mp4", 20), cine({"9.9": 0}, 20, "9.9")):
        assert [place[:2] for place in places(match(project, [media]), 0, 7)] == [(None, None)] * 2


def test_a_video_is_bound_by_hand(project: Project):
    media = film("clip.mp4", 20)
    chosen = {"1": Choices(entries={VIDEO: Choice(media="clip.mp4")})}
    assert places(match(project, [media], chosen), 0, 5) == [(0, 3, ""), (0, 0, "")]


@pytest.mark.parametrize(("first", "slices"), [(None, (4, 0)), (0, (4, 0)), (1, (3, None))])
def test_frames_of_an_object_count_from_nought_unless_a_person_says_otherwise(
    project: Project, first: Literal[0, 1] | None, slices: tuple[int | None, ...]
):
    media = cine({OBJECT: 0}, 6, "1.2.3.1.1", "1.2.3.1")
    chosen = {"1": Choices(Choice(first_frame=first))}
    assert [place[1] for place in places(match(project, [media], chosen), 7, 8)] == list(slices)


def test_an_object_that_is_not_open_is_not_looked_for_in_its_series(project: Project):
    media = cine({"1.2.3.1.1.77": 0}, 6, "1.2.3.1.1", "1.2.3.1")
    assert [place[:2] for place in places(match(project, [media]), 7, 8)] == [(None, None)] * 2


def test_interpolated_rows_are_between_and_a_change_makes_them_drawn(
    project: Project, tmp_path: Path
):
    columns = project.annotations.bases["1"].columns
    assert columns.roles.tolist().count(BETWEEN) == 1
    assert [label(project, n).placements[0].is_key for n in range(3)] == [True, False, True]
    moved = label(project, 1).with_shape(0, Box(9, 9, 1, 1))
    rows, _ = written(project, project.with_annotation(moved), tmp_path)
    assert rows[1]["isInterpolated"] is False
    assert rows[1]["data"] == {"x": 9, "y": 9, "width": 1, "height": 1}
    assert [rows[0], *rows[2:]] == [
        row for n, row in enumerate(json.loads(FILE.read_bytes())["datasets"][0]["annotations"])
        if n != 1
    ]  # fmt: skip


@pytest.mark.parametrize("value", [1, "true", [True], {}, None])
def test_any_other_word_for_interpolated_is_none_and_costs_nothing(value: Json, tmp_path: Path):
    tree = json.loads(FILE.read_bytes())
    tree["datasets"][0]["annotations"][0]["isInterpolated"] = value
    (tmp_path / "a.json").write_text(json.dumps(tree))
    first = label(read_export(tmp_path / "a.json"), 0)
    assert first.placements[0].is_key
    assert first.locked_reason is None


def test_labels_of_one_group_are_one_object(project: Project):
    assert label(project, 0).group == "AG_1"
    wanted = {AnnotationId("1", number) for number in range(3)}
    assert linked_with(project, [AnnotationId("1", 1)]) == wanted


def test_reviews_are_shown_and_cannot_be_changed(project: Project):
    reviewed = label(project, 2)
    assert reviewed.reviews == (2, 1)
    assert label(project, 1).reviews == (0, 0)
    (shown,) = reviewed.attributes
    assert (shown.name, shown.value, shown.kind) == ("timestamp", 0.2, "shown")


@pytest.mark.parametrize("value", ["2", [1], {"a": 1}, -1, 1.5, True])
def test_odd_counts_of_reviews_cost_no_label(value: Json, tmp_path: Path):
    tree = json.loads(FILE.read_bytes())
    tree["datasets"][0]["annotations"][0].update(reviewsPositiveCount=value, timestamp=value)
    (tmp_path / "a.json").write_text(json.dumps(tree))
    first = label(read_export(tmp_path / "a.json"), 0)
    assert first.locked_reason is None
    assert first.reviews == (0, 0)
    assert first.placements[0].shape == Box(1, 2, 4, 3)


def test_a_label_moves_to_another_frame_and_the_report_tells_of_its_timestamp(
    project: Project, tmp_path: Path
):
    before = label(project, 2)
    key = msgspec.structs.replace(before.placements[0].media, frame=9)
    moved = before.with_moved(0, msgspec.structs.replace(before.placements[0], media=key), 0)
    rows, notes = written(project, project.with_annotation(moved), tmp_path)
    assert (rows[2]["frameNumber"], rows[2]["timestamp"]) == (9, 0.2)
    assert list(rows[2])[-4:] == [
        "StudyInstanceUID", "SeriesInstanceUID", "frameNumber", "timestamp",
    ]  # fmt: skip
    assert TIMESTAMP in notes


def new(entry: str, frame: int | None, class_id: str = "L_box") -> Annotation:
    shape = Box(1, 2, 3, 4) if class_id == "L_box" else None
    placement = Placement(
        MediaKey(entry=entry, frame=frame), index=frame, shape=shape, size=(11, 9)
    )
    id = AnnotationId("1", 0, new=True)
    return Annotation(id, "", class_id, "", (placement,), created="2026-01-01T00:00:00.000Z")


@pytest.mark.parametrize(
    ("made", "uids"),
    [
        (new(VIDEO, 12), ("1.2.3.2", VIDEO, None, 12)),
        (new(VIDEO, 0, "L_beat"), ("1.2.3.2", VIDEO, None, 0)),
        (new(VIDEO, None, "L_series"), ("1.2.3.2", VIDEO, None, None)),
        (new(VIDEO, None, "L_exam"), ("1.2.3.2", None, None, None)),
        (new(OBJECT, 2), ("1.2.3.1", "1.2.3.1.1", OBJECT, 2)),
    ],
)
def test_what_is_drawn_anew_gets_the_uids_of_its_video_or_object(
    project: Project, tmp_path: Path, made: Annotation, uids: tuple[Json, ...]
):
    rows, _ = written(project, project.with_annotation(made), tmp_path)
    names = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "frameNumber")
    assert tuple(rows[-1].get(name) for name in names) == uids
    assert None not in (rows[-1].get(name, "") for name in names)  # absent, never null
    again = read_export(tmp_path / "out.json")
    assert label(again, 9).placements[0].media.entry in (VIDEO, OBJECT, None)
    assert all(issue.severity == "note" for issue in again.exports["1"].issues)


def test_a_video_that_no_row_names_gets_its_study_from_the_metadata(tmp_path: Path):
    project = read_export(FILE, BESIDE)
    rows, _ = written(project, project.with_annotation(new("1.2.3.2.8", 1)), tmp_path)
    assert (rows[-1]["StudyInstanceUID"], rows[-1]["SeriesInstanceUID"]) == ("1.2.3.2", "1.2.3.2.8")


def test_the_record_of_a_label_shows_the_tags_of_its_image():
    project = read_export(FILE, BESIDE)
    project_parts = {
        number: {part.title: part for part in record_parts(project, AnnotationId("1", number))}
        for number in (4, 7, 0)
    }
    tags = project_parts[4]["DICOM metadata"]
    assert json.loads(bytes(part_bytes(project, "1", tags)))["dicomTags"]["Modality"] == "CT"
    frames = project_parts[7]["DICOM metadata"]
    assert json.loads(bytes(part_bytes(project, "1", frames)))["dicomTags"]["NumberOfFrames"] == "6"
    assert list(project_parts[0]) == ["Record"]


def test_saving_takes_the_metadata_along_as_they_are(tmp_path: Path):
    project = read_export(FILE, BESIDE)
    moved = label(project, 0).with_shape(0, Box(1, 1, 1, 1))
    out = tmp_path / "out"
    out.mkdir()
    report = write_export(project, project.with_annotation(moved), "1", out)
    assert len(report.files) == 2
    assert (out / BESIDE.name).read_bytes() == BESIDE.read_bytes()


def test_interpolated_labels_are_drawn_dashed(project: Project):
    media = film(f"{VIDEO}.mp4", 20)
    matches = match(project, [media])
    dashed = {
        frame: [mark.dashed for mark in marks_on(project, matches, section, every_label)]
        for frame in (3, 4, 5)
        if (section := Section.of_frame(0, media, frame))
    }
    assert dashed == {3: [False], 4: [True], 5: [False]}


def long_studies(count: int = 6_000) -> list[Json]:
    return [{"StudyInstanceUID": f"1.2.840.{n}.9999", "number": n} for n in range(count)]


def test_long_lists_of_exams_hide_no_kind_of_export(tmp_path: Path):
    for name, path in (("labels", FILE), ("metadata", BESIDE)):
        tree = json.loads(path.read_bytes())
        tree.pop("labelGroups", None)
        tree["datasets"][0]["studies"] += long_studies()
        keys = sorted(tree["datasets"][0], key=lambda key: key.endswith(("ations", "data")))
        tree["datasets"][0] = {key: tree["datasets"][0][key] for key in keys}
        text = json.dumps(tree).encode()
        assert len(text) > HEAD_BYTES
        (tmp_path / f"{name}.json").write_bytes(text)
    (export,) = read_export(tmp_path).exports.values()
    assert [source.role for source in export.sources] == ["annotations", "metadata"]
    assert export.entries[0].title == "us clip 01.avi"
