"""Every annotation finds its pixels, or says why not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest
from composed import BOX, RING, SERIES, cine, project_of_rows, row, volume
from hypothesis import given
from hypothesis import strategies as st

from viewer.geometry.shapes import Box
from viewer.model.annotation import AnnotationId
from viewer.model.project import Project
from viewer.model.strings import StringColumn
from viewer.model.table import Base, Columns
from viewer.review.doubts import doubtful_on
from viewer.review.matching import REASONS, match
from viewer.session.commands import (
    AddAnnotation,
    ChangeClass,
    ChangeNote,
    DeleteAnnotations,
    Reshape,
    Stamp,
)
from viewer.session.making import Target, annotation_made, media_key_of

MADE = Stamp("2024-06-01T00:00:00.000Z", "Reader")
FIRST = AnnotationId("1", 0)


def ids(*ordinals: int) -> list[AnnotationId]:
    return [AnnotationId("1", ordinal) for ordinal in ordinals]


@pytest.mark.parametrize(
    ("record", "reason", "words"),
    [
        (row(), "", ""),
        (row(width=512, height=400), "size differs", "512 x 400 pixels, the open one is 11 x 9"),
        (row("L_said", None, width=512, height=400), "", ""),
        (row(SOPInstanceUID="1.2.3.99"), "instance missing", "Image 1.2.3.99 is not among"),
        (row(SeriesInstanceUID="7", SOPInstanceUID="7.1"), "series not loaded", "Series 7 of"),
        (
            row(StudyInstanceUID="8", SeriesInstanceUID="7", SOPInstanceUID="7.1"),
            "exam not in list",
            "Exam 8 is not in the export's list",
        ),
        (row("L_said", None, k=None), "", ""),
        (row("L_said", None, k=None, SeriesInstanceUID=None), "", ""),
        (row("L_said", None, k=None, SeriesInstanceUID="7"), "series not loaded", "Series 7"),
        (row(labelId="L_gone"), "unknown class", "no label L_gone"),
        (row(data={"x": "left"}), "damaged record", "x"),
        (row(labelId=None), "damaged record", "it has no labelId"),
        (row(labelId=7), "damaged record", "labelId is 7"),
        (row(frameNumber="2"), "damaged record", 'frameNumber is "2"'),
        (row(note=5), "", ""),
        (row(k=None), "no image named", "a shape, but names only series 1.2.3 and no image"),
        (row(k=None, SeriesInstanceUID=None), "no image named", "names only exam 1.2 and no"),
        (row(k=None, SeriesInstanceUID="7"), "series not loaded", "Series 7"),
        (row(SOPInstanceUID=""), "no image named", "names only series 1.2.3"),
        (row(frameNumber=3), "frame out of range", "no frame 3"),
    ],
)
def test_each_case_has_its_reason_in_words(record, reason, words, tmp_path):
    project = project_of_rows(tmp_path, [record])
    matches = match(project, [volume()])
    (place,) = matches.of(FIRST)
    assert place.reason == reason
    assert words in place.sentence
    assert (place.media is None) == bool(reason)
    assert matches.counts() == {reason: 1}
    assert matches.reason_of(FIRST) == reason


def test_an_exam_that_the_list_leaves_out_is_shown_when_its_pixels_are_open(tmp_path):
    project = project_of_rows(tmp_path, [row()], studies=["another"])
    (place,) = match(project, [volume()]).of(FIRST)
    assert (place.media, place.slice, place.reason) == (0, 0, "")
    assert "not in the export's list" in place.sentence


def test_labels_of_a_whole_series_or_exam_belong_to_all_media_of_it(tmp_path):
    series = row("L_said", None, k=None)
    exam = row("L_said", None, k=None, SeriesInstanceUID=None)
    project = project_of_rows(tmp_path, [series, exam])
    split = replace(volume(), id=f"{SERIES}#2", slice_of={})
    matches = match(project, [volume(), split, volume("4"), volume("5", study="6")])
    assert [place.slice for id in ids(0, 1) for place in matches.of(id)] == [None, None]
    said = [[id.ordinal for id, _ in matches.whole(media)] for media in range(4)]
    assert said == [[0, 1], [0, 1], [1], []]


def test_frames_are_counted_from_nought_within_their_object(tmp_path):
    on = {"SeriesInstanceUID": "9"}
    rows = [
        row(SOPInstanceUID="b", frameNumber=0, **on),
        row(SOPInstanceUID="b", frameNumber=2, **on),
        row(SOPInstanceUID="b", frameNumber=3, **on),
        row(SOPInstanceUID="a", **on),
        row(k=None, width=11, height=9, frameNumber=4, **on),
        row(k=None, width=11, height=9, frameNumber=5, **on),
    ]
    matches = match(project_of_rows(tmp_path, rows), [volume(), cine({"a": 0, "b": 2}, 5)])
    places = [place for n in range(6) for place in matches.of(AnnotationId("1", n))]
    assert [place.slice for place in places] == [2, 4, None, 0, 4, None]
    assert places[2].reason == places[5].reason == "frame out of range"


@given(st.lists(st.integers(0, 9), max_size=12))
def test_on_and_the_strips_say_the_same_as_the_places(tmp_path, slices):
    rows = [row("L_ring" if k % 2 else "L_box", RING if k % 2 else BOX, k) for k in slices]
    project = project_of_rows(tmp_path, [*rows, row("L_said", None)])
    matches = match(project, [volume()])
    for k in range(8):
        wanted = ids(*(n for n, at in enumerate(slices) if at == k))
        assert [id for id, _ in matches.on(0, k)] == wanted
        classes = {("1", "L_ring" if k % 2 else "L_box")} if wanted else set()
        assert set(matches.marks(0).get(k, ())) == classes
    assert matches.counts().get("", 0) == matches.labels_on_media(0)
    assert sum(matches.counts().values()) == len(slices) + 1


def edited(project: Project) -> Project:
    """Delete the first label, note the second, move the third, add one on slice 5."""
    target = Target("1", "L_box", "box", media_key_of(volume(), 5), (11, 9))
    for command in (
        DeleteAnnotations((FIRST,), (), MADE),
        ChangeNote(AnnotationId("1", 1), "seen", MADE),
        Reshape(AnnotationId("1", 2), 0, Box(1, 1, 3, 3), MADE),
        annotation_made(project, target, Box(2, 2, 4, 4), MADE),
    ):
        project = command.apply(project)
    return project


def test_edits_are_matched_like_what_was_opened(tmp_path):
    rows = [row(k=1), row(k=1), row(k=2), row(k=1), row(k=77)]
    project = project_of_rows(tmp_path, rows)
    before = match(project, [volume()])
    after = before.with_edits(edited(project))
    new = AnnotationId("1", 0, new=True)
    assert [id for id, _ in after.on(0, 1)] == ids(3, 1)
    assert [id for id, _ in after.on(0, 5)] == [new]
    assert after.of(FIRST) == ()
    assert after.of(AnnotationId("1", 2)) == before.of(AnnotationId("1", 2))
    assert set(after.marks(0)) == {1, 2, 5}
    assert before.counts() == {"": 4, "instance missing": 1}
    assert after.counts() == {"": 4, "instance missing": 1}
    assert after.labels_on_media(0) == 4
    assert after.with_edits(project).counts() == before.counts()
    assert after.with_edits(project).on(0, 1) == before.on(0, 1)


def test_what_is_said_of_a_whole_series_is_edited_and_deleted_like_the_rest(tmp_path):
    said = row("L_said", None, k=None)
    of_exam = row("L_said", None, k=None, SeriesInstanceUID=None)
    project = project_of_rows(tmp_path, [said, said, of_exam, of_exam])
    media = [volume(), volume("1.2.4")]
    matches = match(project, media)
    assert [[id.ordinal for id, _ in matches.whole(m)] for m in (0, 1)] == [[0, 1, 2, 3], [2, 3]]
    for ordinal in (1, 3):
        project = ChangeNote(ids(ordinal)[0], "seen", MADE).apply(project)
    project = DeleteAnnotations(tuple(ids(0)), (), MADE).apply(project)
    after = matches.with_edits(project)
    assert [sorted(id.ordinal for id, _ in after.whole(m)) for m in (0, 1)] == [[1, 2, 3], [2, 3]]


def test_every_label_names_the_first_reason_that_it_has(tmp_path):
    project = project_of_rows(tmp_path, [row(), row(k=77), row(k=77), row(data={"x": "left"})])
    matches = match(project, [volume()])
    project = ChangeNote(ids(2)[0], "seen", MADE).apply(project)
    after = matches.with_edits(DeleteAnnotations(tuple(ids(1)), (), MADE).apply(project))
    reasons = ["", "instance missing", "instance missing", "damaged record"]
    assert [matches.reason_of(id) for id in ids(0, 1, 2, 3)] == reasons
    assert [after.reason_of(id) for id in ids(0, 2, 3)] == [reasons[n] for n in (0, 2, 3)]


def test_a_label_of_a_class_that_the_export_lacks_is_shown_and_says_so(tmp_path):
    project = ChangeClass(FIRST, "L_new", MADE).apply(project_of_rows(tmp_path, [row()]))
    (place,) = match(project, [volume()]).of(FIRST)
    assert (place.slice, place.reason) == (0, "")
    assert "no label L_new" in place.sentence


def test_a_deleted_new_label_leaves_nothing_behind(tmp_path):
    project = project_of_rows(tmp_path, [row()])
    matches = match(project, [volume()])
    target = Target("1", "L_box", "box", media_key_of(volume(), 5), (11, 9))
    command: AddAnnotation = annotation_made(project, target, Box(2, 2, 4, 4), MADE)
    added = command.apply(project)
    gone = DeleteAnnotations((command.annotation.id,), (), MADE).apply(added)
    assert matches.with_edits(added).on(0, 5)
    assert matches.with_edits(added).with_edits(gone).on(0, 5) == ()


def test_an_empty_project_and_no_media_match_to_nothing(tmp_path):
    matches = match(Project(), ())
    assert matches.counts() == {}
    assert matches.fullest_media() is None
    assert matches.on(0, 0) == ()
    unloaded = match(project_of_rows(tmp_path, [row(), row("L_said", None, k=None)]), ())
    assert unloaded.counts() == {"series not loaded": 2}
    assert match(Project(), [volume()]).fullest_media() == 0


def test_the_fullest_media_has_most_labels_then_most_slices(tmp_path):
    project = project_of_rows(tmp_path, [row()])
    few = cine({"a": 0}, 3)
    assert match(Project(), [few, volume()]).fullest_media() == 1
    assert match(project, [volume("4"), volume()]).fullest_media() == 1


def columns_of_many(count: int, uids: int) -> Columns:
    """Columns of boxes on images picked in turn from `uids` images of one series."""
    numbers = np.arange(count)
    minus = np.full(count, -1, dtype=np.int32)
    keys = StringColumn.of(["1.2", SERIES, *(f"{SERIES}.{k}" for k in range(uids))])
    nothing = np.zeros(count, dtype=np.int32)
    return Columns(
        native_ids=StringColumn.of([""] * count),
        class_codes=nothing,
        classes=("L_box",),
        author_codes=minus,
        authors=(),
        parents=np.full(count, -1, dtype=np.int64),
        sources=nothing,
        starts=numbers,
        ends=numbers,
        locked=minus,
        reasons=(),
        owners=numbers,
        studies=nothing,
        series=nothing + 1,
        instances=(2 + numbers % uids).astype(np.int32),
        entries=minus,
        items=minus,
        keys=keys,
        frames=np.full(count, -1, dtype=np.int64),
        planes=np.zeros(count, dtype=np.int8),
        roles=np.zeros(count, dtype=np.int8),
        runs=nothing,
        origin_sources=nothing,
        origin_starts=numbers,
        origin_ends=numbers,
        kinds=np.full(count, 2, dtype=np.int8),
        widths=np.full(count, 11, dtype=np.int32),
        heights=np.full(count, 9, dtype=np.int32),
    )


def test_a_million_placements_are_matched_without_decoding_a_record():
    def never(ordinal: int) -> None:
        raise AssertionError(f"record {ordinal} was decoded")

    base = Base("1", columns_of_many(1_000_000, 200_000), never)  # pyright: ignore[reportArgumentType]
    project = Project()
    table = replace(project.annotations, bases=MappingProxyType({"1": base}))
    project = replace(project, annotations=table)
    matches = match(project, [volume()])
    on = matches.on(0, 3)
    assert len(on) == 5
    assert matches.counts() == {"": 40, "instance missing": 999_960}
    assert matches.labels_on_media(0) == 40
    assert sum(len(matches.on(0, k)) for k in matches.marks(0)) == 40
    after = matches.with_edits(DeleteAnnotations((on[0][0],), (), MADE).apply(project))
    assert len(after.on(0, 3)) == 4
    assert after.rows is matches.rows  # nothing that was opened is matched again


def test_reasons_begin_with_matched():
    assert REASONS[0] == ""


def test_a_real_export_without_its_pixels_says_so_for_every_label(shared: Path):
    from viewer.formats import read_export

    path = shared / "data" / "exports" / "mdai" / "composed_all_modes.json"
    project = read_export(path)
    matches = match(project, [volume()])
    assert sum(matches.counts().values()) == len(project.annotations)
    assert "" not in matches.counts()
    for id in project.annotations:
        assert all(place.sentence for place in matches.of(id))


@pytest.mark.parametrize("names", [{"StudyInstanceUID": "1.99"}, {"SeriesInstanceUID": "1.2.99"}])
def test_an_image_whose_header_names_another_exam_is_shown_with_a_doubt(tmp_path, names):
    rows = [row(**names), row(k=1)]
    project = project_of_rows(tmp_path, rows, ("1.2", "1.99"))
    matches = match(project, [volume()])
    (doubtful,), (plain,) = matches.of(FIRST), matches.of(AnnotationId("1", 1))
    assert (doubtful.media, doubtful.slice, doubtful.reason) == (0, 0, "")
    assert "names another" in doubtful.sentence
    assert (plain.media, plain.sentence) == (0, "")
    assert doubtful_on(matches, 0) == 1
    reshaped = project.with_annotation(project.annotations[FIRST].with_shape(0, Box(0, 0, 1, 1)))
    assert matches.with_edits(reshaped).of(FIRST)[0].sentence == doubtful.sentence
