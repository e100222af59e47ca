"""Rows that name an entry of their export find media, plane and slice, or say why not."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import msgspec
import numpy as np
import pytest
from bound import BOX, columns_of, drawn, film, pictures, project_of, scan, sized
from encord_rows import box, row
from encord_rows import frames as frames_of_film

from viewer.formats import read_export
from viewer.geometry.plane_frame import PLAIN, PlaneFrame
from viewer.geometry.shapes import Box
from viewer.media.volume import Media, SeriesFacts
from viewer.model.annotation import AnnotationId
from viewer.model.placement import Placement
from viewer.model.project import Entry
from viewer.model.strings import StringColumn
from viewer.model.subject import MediaKey
from viewer.review.binding import Choice, Choices
from viewer.review.centres import centre_of
from viewer.review.doubts import doubtful_on, unsure_on
from viewer.review.matching import Matches, Place, match
from viewer.review.slice_orders import SliceOrder
from viewer.review.turns import Turn

NAMES = tuple(f"IM{k:04}.dcm" for k in range(8))
CT = scan()
SERIES = Entry("s", "chest", series="1.2.3.4")
FILES = Entry("f", "files", items=NAMES[::-1])
FILM = Entry("v", "clip", ("clip.mp4",), kind="video")


def matched(
    placements: list[Placement],
    media: list[Media],
    entries: tuple[Entry, ...] = (SERIES, FILES, FILM),
    choice: Choice | None = None,
) -> Matches:
    chosen = {"1": Choices(choice or Choice())}
    return match(project_of(entries, placements), media, chosen)


def places(
    placements: list[Placement],
    media: list[Media],
    entries: tuple[Entry, ...] = (SERIES, FILES, FILM),
    choice: Choice | None = None,
) -> list[Place]:
    """Return the places of the placements, the same by columns and by decoded annotations."""
    project = project_of(entries, placements)
    matches = match(project, media, {"1": Choices(choice or Choice())})
    ids = [AnnotationId("1", n) for n in range(len(placements))]
    edited = project
    for id in ids:
        annotation = msgspec.structs.replace(project.annotations[id], note="seen")
        edited = edited.with_annotation(annotation)
    after = matches.with_edits(edited)
    assert [after.of(id) for id in ids] == [matches.of(id) for id in ids]
    assert after.counts() == matches.counts()
    return [place for id in ids for place in matches.of(id)]


def test_items_go_by_the_names_of_files_and_never_by_number():
    found = places([drawn("f", item=n) for n in range(8)], [CT])
    assert [place.slice for place in found] == [7, 6, 5, 4, 3, 2, 1, 0]


def test_frames_of_a_series_are_its_slices_in_order_of_position():
    backwards = scan(stack="axial in reverse order")
    found = places([drawn("s", frame=n) for n in (0, 3, 7, 8)], [backwards])
    assert [place.slice for place in found] == [0, 3, 7, None]
    assert found[3].reason == "frame out of range"
    assert "no frame 8" in found[3].sentence


def test_an_item_goes_before_the_frame_that_a_viewer_counted():
    (found,) = places([drawn("f", item=7, frame=5)], [CT])
    assert found.slice == 0


@pytest.mark.parametrize(
    ("order", "offset", "slices"),
    [
        ("stack", 0, [0, 1, 7]),
        ("reversed", 0, [7, 6, 0]),
        ("stack", 2, [2, 3, None]),
        ("stack", -1, [None, 0, 6]),
        ("reversed", 1, [6, 5, None]),
    ],
)
def test_order_and_offset_are_as_chosen(order: SliceOrder, offset, slices):
    choice = Choice(slice_order=order, offset=offset)
    found = places([drawn("s", frame=n) for n in (0, 1, 7)], [CT], choice=choice)
    assert [place.slice for place in found] == slices


def test_the_order_of_the_exports_files_can_be_chosen():
    frames = [drawn("f", frame=n) for n in (0, 2)]
    assert [p.slice for p in places(frames, [CT])] == [0, 2]
    by_items = places(frames, [CT], choice=Choice(slice_order="items"))
    assert [place.slice for place in by_items] == [7, 5]


@pytest.mark.parametrize(
    ("taken", "chosen", "frames"),
    [(0, None, [0, 1]), (1, None, [0, 1]), (1, 0, [1, 2]), (0, 1, [None, 0]), (0, 0, [0, 1])],
)
def test_the_first_frame_is_nought_or_one_as_chosen(taken, chosen, frames):
    clip = msgspec.structs.replace(FILM, first_frame=taken)
    choice = Choice(first_frame=chosen)
    rows = [drawn("v", frame=n) for n in (0, 1)]
    found = places(rows, [film("clip.mp4", 4)], (clip,), choice)
    assert [place.slice for place in found] == frames
    planes = [drawn("s", frame=n, plane="sagittal") for n in (0, 1)]
    series = msgspec.structs.replace(SERIES, first_frame=taken)
    assert [place.slice for place in places(planes, [CT], (series,), choice)] == frames


@pytest.mark.parametrize(
    ("stack", "axes"),
    [
        ("axial", {"axial": 2, "sagittal": 0, "coronal": 1}),
        ("sagittal", {"sagittal": 2, "coronal": 0, "axial": 1}),
        ("coronal", {"coronal": 2, "sagittal": 0, "axial": 1}),
    ],
)
def test_planes_are_cut_along_the_axis_that_fits_them(stack, axes):
    media = scan(stack=stack)
    for plane, axis in axes.items():
        last = (media.columns, media.rows, media.count)[axis] - 1
        numbers = (0, last, last + 1)
        found = places([drawn("s", frame=n, plane=plane) for n in numbers], [media])
        assert [(place.axis, place.slice) for place in found[:2]] == [(axis, 0), (axis, last)]
        assert found[2].reason == "frame out of range"


def test_frames_without_a_place_in_the_patient_have_no_other_planes():
    rows = [drawn("v", frame=1, plane=plane) for plane in ("axial", "sagittal", "coronal")]
    found = places(rows, [film("clip.mp4", 4)])
    assert [place.slice for place in found] == [1, None, None]
    assert found[1].reason == "no such plane"
    assert "sagittal plane" in found[1].sentence


def test_sizes_are_those_of_the_plane():
    fits = [
        sized(drawn("s", frame=1), 11, 9),
        sized(drawn("s", frame=1, plane="sagittal"), 9, 8),
        sized(drawn("s", frame=1, plane="coronal"), 11, 8),
    ]
    wrong = [
        sized(drawn("s", frame=1), 9, 11),
        sized(drawn("s", frame=1, plane="sagittal"), 11, 8),
        sized(drawn("s", frame=1, plane="coronal"), 11, 30),
    ]
    found = places(fits + wrong, [CT])
    assert [place.reason for place in found] == ["", "", "", *["size differs"] * 3]
    assert "Equal spacing for the coronal plane" in found[5].sentence  # 8 slices of 3 mm by 0.8
    scaled = Choice(planes={"coronal": Turn(scale_y=30 / 8)})
    again = places(fits + wrong, [CT], choice=scaled)
    assert [again[2].reason, again[5].reason] == ["size differs", ""]


def test_the_size_of_the_entry_stands_for_those_of_its_labels():
    small = msgspec.structs.replace(SERIES, size=(22, 18))
    shape, said = drawn("s", frame=1), drawn("s", frame=1, shape=None)
    found = places([shape, said, drawn("s", frame=1, plane="coronal")], [CT], (small,))
    assert [place.reason for place in found] == ["size differs", "", ""]
    assert "22 x 18 pixels, the open one is 11 x 9" in found[0].sentence


def test_a_single_picture_needs_no_number():
    photos = pictures(["a.png", "b.png", "c.png"])
    entries = (Entry("x", "B", ("b.png",)), Entry("y", "series", items=("c.png", "a.png")))
    rows = [drawn("x"), drawn("x", shape=None), drawn("y", item=0), drawn("y", item=1, frame=6)]
    found = places([*rows, drawn("y")], [photos], entries)
    assert [place.slice for place in found] == [1, 1, 2, 0, None]
    assert found[4].reason == "no image named"
    assert "names no frame of series" in found[4].sentence


def test_frames_inside_a_file_of_several_count_within_it():
    photos = pictures(["a.png", "b.png"])
    shown = [*photos.reader.instances]  # pyright: ignore[reportAttributeAccessIssue]
    shown[1] = msgspec.structs.replace(shown[1], frames=3)
    pages = replace(
        film("x", 4),
        frame_of={"a.png": 0, "b.png": 1},
        reader=type(photos.reader)(tuple(shown), (0, 1)),  # pyright: ignore[reportCallIssue]
    )
    both = Entry("e", "both", items=("b.png", "a.png"))
    rows = [drawn("e", item=0, frame=n) for n in (0, 2, 3)] + [drawn("e", item=1, frame=9)]
    found = places(rows, [pages], (both,))
    assert [place.slice for place in found] == [1, 3, None, 0]
    assert found[2].reason == "frame out of range"


def test_items_that_other_series_show_are_found_there():
    left, right = scan("1.5.1", stack="one slice", names="L.dcm"), scan("1.5.2", names="R{}.dcm")
    views = Entry("m", "views", items=("L.dcm", "R3.dcm"))
    found = places([drawn("m", item=0), drawn("m", item=1)], [left, right], (views,))
    assert [(place.media, place.slice) for place in found] == [(0, 0), (1, 3)]


@pytest.mark.parametrize(
    ("study", "folder", "media"), [("1.2", "o", 1), ("1.3", "o", None), ("", "o", None)]
)
def test_a_file_of_the_name_that_another_patients_series_has_is_not_taken(study, folder, media):
    own = scan("1.5.1", names="IM{}.dcm")
    other = replace(
        scan("1.5.2", folder=folder, names="R{}.dcm"), facts=SeriesFacts(study, "1.5.2")
    )
    entry = Entry("m", "views", series="1.5.1", items=("IM0.dcm", "R3.dcm"))
    found = places([drawn("m", item=0), drawn("m", item=1)], [own, other], (entry,))
    assert [place.media for place in found] == [0, media]
    assert (found[1].reason == "instance missing") == (media is None)


def test_pictures_of_one_folder_belong_together_and_those_of_two_do_not():
    large = pictures(["a.png", "c.png"])
    for folder, media in (("photos", 1), ("others", None)):
        small = pictures(["b.png"], size=(5, 4), folder=folder)
        entry = Entry("m", "views", items=("a.png", "c.png", "b.png"))
        found = places([drawn("m", item=2, shape=None)], [large, small], (entry,))
        assert found[0].media == media


def test_a_name_that_several_files_of_an_entry_have_means_none_of_them():
    one = pictures(["a.png", "b.png"])
    entry = Entry("m", "views", items=("a.png", "b.png", "a.png"))
    found = places([drawn("m", item=n, frame=n) for n in range(3)], [one], (entry,))
    assert [place.slice for place in found] == [None, 1, None]
    assert "2 files of views are called a.png" in found[0].sentence


@pytest.mark.parametrize(
    ("placement", "reason", "words"),
    [
        (drawn("gone"), "media not found", "does not list gone"),
        (drawn("n", frame=1), "media not found", "belong to lost (lost.dcm, other.dcm)"),
        (drawn("d", frame=1), "several images", "2 open files are called IM0001.dcm"),
        (drawn("p", item=1), "instance missing", "no.dcm of part is not open"),
        (drawn("p", item=5), "instance missing", "part has no file number 5"),
        (drawn("p", item=-3, frame=1), "", ""),
    ],
)
def test_each_case_has_its_reason_in_words(placement, reason, words):
    entries = (
        SERIES,
        Entry("n", "lost", ("lost.dcm", "other.dcm")),
        Entry("d", "twice", ("IM0001.dcm",)),
        Entry("p", "part", items=("IM0000.dcm", "no.dcm", "IM0002.dcm")),
    )
    media: list[Media] = [CT]
    if placement.media.entry == "d":
        media.append(scan("1.2.7", folder="twin"))
    (found,) = places([placement], media, entries)
    assert found.reason == reason
    assert words in found.sentence
    assert (found.media is None) == bool(reason)


def test_an_image_that_the_record_names_itself_goes_before_its_entry():
    rows = [drawn("s", instance="1.2.3.4.6"), drawn("s", frame=3, instance="9.9")]
    found = places(rows, [CT])
    assert [place.slice for place in found] == [6, 3]


def test_classifications_of_a_whole_entry_belong_to_its_media_alone():
    other = scan("1.2.9.9", folder="other")
    rows = [drawn("s", shape=None), drawn("f", shape=None)]
    matches = matched(rows, [other, CT])
    said = [[id.ordinal for id, _ in matches.whole(media)] for media in (0, 1)]
    files = matches.lookup.bindings["1"].of("f")
    assert files is not None
    assert files.is_ambiguous
    assert said == [[], [0]]


@pytest.mark.parametrize(
    ("entry", "choice", "doubtful", "unsure"),
    [
        (SERIES, None, False, False),
        (Entry("s", "x", ("IM0001.dcm",)), None, False, False),
        (Entry("s", "x", items=NAMES, series="9.9.9"), None, True, False),
        (SERIES, Choice(media="1.2.9.9"), True, False),
        (Entry("s", "x", ("z",), size=(11, 9), count=8), None, False, True),
    ],
)
def test_labels_of_another_series_or_of_little_evidence_are_doubtful(
    entry, choice, doubtful, unsure
):
    other = replace(scan("1.2.9.9", folder="o", names="{}"), facts=SeriesFacts("1.3", "1.2.9.9"))
    media: list[Media] = [CT, other] if choice else [CT]
    chosen = {"1": Choices(entries={"s": choice})} if choice else {}
    matches = match(project_of([entry], [drawn("s", frame=0)]), media, chosen)
    index = 1 if choice else 0
    assert doubtful_on(matches, index) == doubtful
    assert unsure_on(matches, index) == unsure
    assert bool(matches.of(AnnotationId("1", 0))[0].sentence) == (doubtful or unsure)


def test_a_record_that_names_another_study_than_its_images_is_doubtful():
    rows = [drawn("s", frame=0, study="1.2"), drawn("s", frame=0, study="1.99")]
    assert doubtful_on(matched(rows, [CT]), 0) == 1


def test_slices_that_run_back_turn_the_rows_of_the_other_planes():
    def frames(choice: Choice | None) -> list[PlaneFrame]:
        found = matched([drawn("s", frame=1)], [CT], choice=choice)
        return [found.frame_of("1", 0, axis) for axis in range(3)]

    upended = PlaneFrame(flip_y=True)
    assert frames(None) == [PLAIN] * 3
    assert frames(Choice(slice_order="reversed")) == [upended, upended, PLAIN]
    twice = Choice(slice_order="reversed", planes={"sagittal": Turn(flip_y=True)})
    assert frames(twice) == [PLAIN, upended, PLAIN]
    own = Choice(planes={"axial": Turn(flip_x=True), "coronal": Turn(scale_y=3.75)})
    assert frames(own) == [PLAIN, PlaneFrame(scale_y=3.75), PlaneFrame(flip_x=True)]


def test_the_middle_of_a_label_is_where_its_plane_shows_it():
    label = Box(2, 1, 2, 2)  # its middle is at column 3, row 2 of its plane, from the corner
    rows = [drawn("s", frame=4, plane=plane, shape=label) for plane in ("sagittal", "coronal")]
    project = project_of([SERIES], rows)
    plain, flipped = Choice(), Choice(planes={"sagittal": Turn(flip_x=True, flip_y=True)})
    for choice, sagittal in ((plain, (4.0, 2.5, 1.5)), (flipped, (4.0, 5.5, 5.5))):
        matches = match(project, [CT], {"1": Choices(choice)})
        centres = [centre_of(project, matches, AnnotationId("1", n)) for n in range(2)]
        assert [centre.voxel for centre in centres if centre] == [sagittal, (2.5, 4.0, 1.5)]


def test_a_million_placements_by_entry_are_matched_without_decoding_a_record():
    def never(ordinal: int) -> None:
        raise AssertionError(f"record {ordinal} was decoded")

    entries = [Entry(f"e{n}", f"e{n}", (f"p{n}.png",)) for n in range(1000)]
    media: list[Media] = [pictures([f"p{n}.png" for n in range(500)])]
    project = project_of(entries, [drawn("e0")])
    base = project.annotations.bases["1"]
    count, numbers = 1_000_000, np.arange(1_000_000)
    one = columns_of([drawn("e0")])
    many = {
        name: np.repeat(getattr(one, name), count)
        for name in one.__dataclass_fields__
        if isinstance(getattr(one, name), np.ndarray)
    }
    columns = replace(
        one,
        **{**many, "entries": (numbers % 1000).astype(np.int32), "owners": numbers},
        native_ids=StringColumn.of([""] * count),
        keys=StringColumn.of([entry.id for entry in entries]),
    )
    table = replace(
        project.annotations,
        bases=MappingProxyType({"1": replace(base, columns=columns, decode=never)}),
    )
    matches = match(replace(project, annotations=table), media)
    assert matches.counts() == {"": 500_000, "media not found": 500_000}
    assert len(matches.on(0, 3)) == 1000


def test_new_labels_find_their_entry_again():
    project = project_of([SERIES], [drawn("s", frame=1)])
    matches = match(project, [CT])
    added = project.with_annotation(
        msgspec.structs.replace(
            project.annotations[AnnotationId("1", 0)],
            id=AnnotationId("1", 0, new=True),
            placements=(Placement(MediaKey(entry="s", item=None, frame=5), shape=BOX),),
        )
    )
    after = matches.with_edits(added)
    assert [id for id, _ in after.on(0, 5)] == [AnnotationId("1", 0, new=True)]


@pytest.mark.parametrize(("chosen", "frame"), [(None, 12), (1, 12), (0, 13)])
def test_frames_of_a_labelbox_video_move_by_the_chosen_first_frame(tmp_path, chosen, frame):
    one = '{"bounding_box":{"top":1,"left":2,"height":3,"width":4},"feature_id":"f","name":"n"}'
    label = (
        '{"label_kind":"Video","annotations":{"frames":{"13":{"objects":{"f":' + one + "}}},"
        '"segments":{"f":[[13,13]]},"key_frame_feature_map":{"f":[13]}}}'
    )
    path = tmp_path / "labels.ndjson"
    path.write_text(
        '{"data_row":{"id":"r","external_id":"clip.mp4"},"media_attributes":{"mime_type":'
        '"video/mp4"},"projects":{"p":{"name":"n","labels":[' + label + "]}}}\n"
    )
    project = read_export(path)
    (id,) = project.exports
    matches = match(project, [film("clip.mp4", 30)], {id: Choices(Choice(first_frame=chosen))})
    assert [place.slice for place in matches.of(AnnotationId(id, 0))] == [frame]


def test_the_first_places_of_a_track_are_those_of_all_its_places(tmp_path: Path):
    path = tmp_path / "a.json"
    held = frames_of_film({number: [box("t", 0.1)] for number in range(20)})
    path.write_text(json.dumps([row("video", held, "a")]))
    project, id = read_export(path), AnnotationId("1", 0)
    matches = match(project, [film("a.bin", 5, size=(64, 32))])
    edited = matches.with_edits(project.with_annotation(project.annotations[id]))
    for some in (matches, edited):
        every = some.of(id)
        assert len(every) == 20
        assert [some.of(id, most) for most in (0, 1, 7, 99)] == [(), every[:1], every[:7], every]
