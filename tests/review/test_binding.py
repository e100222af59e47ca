"""Every entry of an export finds its media by the strongest key, or none, and says why."""

from __future__ import annotations

import random
from dataclasses import replace

import msgspec
import numpy as np
import pytest
from bound import drawn, film, pictures, project_of, scan
from hypothesis import given
from hypothesis import strategies as st
from stacks import STACKS

from viewer.geometry.solids import Landmark
from viewer.media.frame_fetcher import FrameFetcher
from viewer.media.instance import FileRef
from viewer.media.volume import Media, SeriesFacts, Video
from viewer.model.annotation import AnnotationId
from viewer.model.project import Entry
from viewer.review.binding import (
    NO_CHOICES,
    NOTHING,
    Binding,
    Bindings,
    Choice,
    Choices,
    bind,
)
from viewer.review.matching import match
from viewer.review.turns import Turn

UUID = "3f2b8c1e-9d4a-4c67-8b1f-0a2d3e4f5a6b"
CT, OTHER = scan(), scan("1.2.3.5", folder="mr", names="MR{:03}")


def entry(id: str = "a", *names: str, **other: object) -> Entry:
    return Entry(id, f"row {id}", names, **other)  # pyright: ignore[reportArgumentType]


def bound(entries: list[Entry], media: list[Media], chosen: Choices = NO_CHOICES) -> Bindings:
    return bind(project_of(entries, []).exports["1"], media, chosen)


def only(one: Entry, media: list[Media], choice: Choice | None = None) -> Binding:
    chosen = Choices(entries={one.id: choice}) if choice else Choices()
    return bound([one], media, chosen).bindings[0]


@pytest.mark.parametrize(
    ("one", "index", "strength", "words"),
    [
        (entry("a", series="1.2.3.5"), 1, "certain", "Series Instance UID"),
        (entry("a", "1.2.3.5"), 1, "certain", "Series Instance UID"),
        (entry("a", "1.2.3.5.2.dcm"), 1, "certain", "SOP Instance UID"),
        (entry("a", items=("1.2.3.5.2", "1.2.3.5.3")), 1, "certain", "2 of 2 SOP"),
        (entry("a", "IM0003.dcm"), 0, "likely", "File name"),
        (entry("a", "im0003.DCM"), 0, "likely", "but for upper and lower case"),
        (entry("a", "IM%30003.dcm"), 0, "likely", "spelled as in an address"),
        (entry("a", "IM0003"), 0, "likely", "but for its ending"),
        (entry("a", f"{UUID}-IM0003.dcm"), 0, "likely", "but for a leading identifier"),
        (entry("a", f"{UUID.replace('-', '')}_im0003"), 0, "likely", "leading identifier"),
        (entry("a", items=("MR001", "MR002")), 1, "likely", "2 of 2 file names"),
        (entry("a", "gone", "IM0003.dcm"), 0, "likely", "File name"),
        (entry("a", "IM0003.dcm", series="1.2.3.5"), 1, "certain", "Series"),
    ],
)
def test_the_strongest_key_wins_and_is_told(one, index, strength, words):
    found = only(one, [CT, OTHER])
    assert (found.index, found.strength) == (index, strength)
    assert words in found.evidence


def test_an_entry_of_one_file_is_that_file_and_not_its_folder():
    photos = pictures(["a.png", "b.png", "c.png"])
    bindings = bound([entry("x", "b.png"), entry("y", "c.png")], [photos])
    names = [bindings.files.names[b.file] for b in bindings.bindings if b.file is not None]
    assert names == ["b.png", "c.png"]


def test_a_name_that_several_files_have_is_not_guessed():
    media: list[Media] = [scan("1.2.1.1", folder="x"), scan("1.2.1.2", folder="y")]
    found = only(entry("a", "IM0001.dcm"), media)
    assert (found.index, found.is_ambiguous, found.strength) == (-1, True, "none")
    assert "2 open files are called IM0001.dcm" in found.evidence
    items = only(entry("a", items=("IM0001.dcm", "IM0002.dcm")), media)
    assert (items.index, items.is_ambiguous) == (-1, True)


def test_items_choose_the_folder_that_holds_most_of_them():
    short = scan("1.2.1.1", folder="x", stack="one slice")
    found = only(entry("a", items=("IM0000.dcm", "IM0003.dcm")), [short, CT])
    assert (found.index, found.evidence) == (1, "2 of 2 file names")


def test_of_stacks_of_one_series_the_one_of_the_stated_size_is_meant():
    split = replace(film("x", 4), id="1.2.3.4#2", facts=SeriesFacts("1.2", "1.2.3.4"))
    one = entry("a", series="1.2.3.4", count=4, size=(11, 9))
    assert only(one, [CT, split]).index == 1
    unsaid = only(entry("a", series="1.2.3.4"), [CT, split])
    assert (unsaid.index, unsaid.is_ambiguous) == (-1, True)
    assert "2 open series alike" in unsaid.evidence


def test_size_and_number_are_weak_evidence_and_only_where_they_are_alone():
    one = entry("a", "gone.dcm", size=(11, 9), count=8)
    found = only(one, [film("x", 3), CT])
    assert (found.index, found.strength, found.is_doubtful) == (1, "weak", True)
    assert only(one, [OTHER, CT]).index == -1
    twice = bound([one, msgspec.structs.replace(one, id="b")], [film("x", 3), CT, film("y", 4)])
    assert [b.index for b in twice.bindings] == [-1, -1]


def test_order_counts_where_there_are_as_many_media_as_entries():
    media: list[Media] = [film("b10", 2), film("b9", 2), CT]
    entries = [entry("x", "p.mp4"), entry("y", "IM0003.dcm"), entry("z", "q.mp4")]
    found = bound(entries, media).bindings
    assert [b.index for b in found] == [1, 2, 0]
    assert [b.strength for b in found] == ["weak", "likely", "weak"]
    assert [b.index for b in bound(entries[:2], media).bindings] == [-1, 2]


def test_a_video_is_never_shown_on_a_volume_for_its_place_in_the_export_alone():
    film_row = entry("v", "cine.avi", kind="video")
    assert only(film_row, [CT]).index == -1
    assert only(msgspec.structs.replace(film_row, kind="volume"), [CT]).strength == "weak"


class NoFrames(FrameFetcher):
    """Of a video that nobody looks at."""


@pytest.mark.parametrize(("frames", "found"), [(20, -1), (1, 0)])
def test_an_image_is_never_shown_on_a_film_for_its_place_in_the_export_alone(frames, found):
    file, times = FileRef("/data/cine.avi"), np.arange(float(frames))
    facts = film("cine.avi", frames).facts
    cine = Video("v", "cine.avi", facts, file, 9, 11, times, float(frames), NoFrames())
    assert only(entry("a", "a.jpg", kind="image"), [cine]).index == found


def test_what_does_not_agree_is_said_and_nothing_is_stretched():
    one = entry("a", "IM0003.dcm", "x", size=(22, 9), count=20, kind="video", series="9.9.9")
    said = only(msgspec.structs.replace(one, names=(), items=("IM0001.dcm", "no.dcm")), [CT])
    assert len(said.mismatches) == 5
    assert "22 x 9 pixels, the open images have 11 x 9" in said.mismatches[0]
    assert "20 pictures, the open images have 8" in said.mismatches[1]
    assert "names series 9.9.9" in said.mismatches[2]
    assert "a video is" not in said.mismatches[3]
    assert "1 of the 2 files" in said.mismatches[4]
    assert said.is_doubtful
    assert said.differs


def affine_of(name: str, first: int = 0, *, backwards: bool = False) -> tuple[float, ...]:
    """Return the affine of a stack's voxels whose slices begin elsewhere, or run back."""
    stack = STACKS[name]
    last = stack.count - 1 if backwards else 0
    origin = stack.origins[0] + (last + first) * stack.run
    steps = [
        stack.row_direction * stack.spacing_mm[0],
        stack.column_direction * stack.spacing_mm[1],
        -stack.run if backwards else stack.run,
        origin,
    ]
    return tuple(np.stack(steps, axis=1).ravel().tolist())


@pytest.mark.parametrize("name", ["axial", "sagittal", "oblique", "axial in reverse order"])
@pytest.mark.parametrize("backwards", [False, True])
def test_the_exports_geometry_votes_on_the_order_of_slices(name, backwards):
    media = scan(stack=name)
    one = entry("a", "IM0001.dcm", "x", affine=affine_of(name, backwards=backwards), count=8)
    found = only(msgspec.structs.replace(one, names=(), series="1.2.3.4"), [media])
    assert (found.slice_order, found.offset) == ("reversed" if backwards else "stack", 0)
    assert found.mismatches == ()


def test_slices_that_are_missing_at_the_start_shift_the_count():
    one = entry("a", series="1.2.3.4", affine=affine_of("axial", -3), count=11)
    found = only(one, [CT])
    assert (found.slice_order, found.offset) == ("stack", -3)
    assert any("-3 slices" in sentence for sentence in found.mismatches)


@pytest.mark.parametrize(
    "affine",
    [
        (1.0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0),
        (float("nan"),) * 12,
        (0.0,) * 12,
        (1e300,) * 12,
        (1.0, 2.0),
    ],
)
def test_a_geometry_that_lies_elsewhere_is_said_and_does_not_count(affine):
    found = only(entry("a", series="1.2.3.4", affine=affine), [CT])
    assert (found.index, found.slice_order, found.offset) == (0, "stack", 0)
    assert "By the order of the open images" in found.mismatches[0]


def test_what_a_person_chose_goes_before_what_is_found_and_is_taken_back():
    one = entry("a", "IM0003.dcm")
    chosen = only(one, [CT, OTHER], Choice(media="1.2.3.5", first_frame=1, offset=2))
    assert (chosen.index, chosen.strength) == (1, "chosen")
    assert (chosen.first_frame, chosen.offset) == (1, 2)
    nothing = only(one, [CT, OTHER], Choice(media=NOTHING))
    assert (nothing.index, nothing.strength) == (-1, "chosen")
    gone = only(one, [CT], Choice(media="1.2.3.5"))
    assert (gone.index, gone.strength) == (-1, "none")
    assert "1.2.3.5, which is not open" in gone.evidence
    assert only(one, [CT, OTHER], Choice()).index == 0


def test_a_single_picture_can_be_chosen():
    photos = pictures(["a.png", "b.png"])
    found = only(entry("x", "z.png"), [photos], Choice(media="photos", file="b.png"))
    assert (found.index, found.file) == (0, 1)
    assert only(entry("x"), [photos], Choice(media="photos", file="q.png")).index == -1


def test_a_choice_for_all_entries_holds_where_an_entry_has_none_of_its_own():
    chosen = Choices(Choice(first_frame=0, slice_order="reversed"), {"b": Choice(first_frame=1)})
    found = bound([entry("a", series="1.2.3.4"), entry("b", series="1.2.3.5")], [CT, OTHER], chosen)
    assert [b.first_frame for b in found.bindings] == [0, 1]
    assert [b.slice_order for b in found.bindings] == ["reversed", "reversed"]


def test_media_of_one_name_are_told_apart():
    media: list[Media] = [pictures(["a", "b"]), pictures(["c", "d"])]
    found = only(entry("x"), media, Choice(media="photos (2)"))
    assert (found.index, found.media) == (1, "photos (2)")


def test_an_entry_that_repeats_an_id_is_the_first_one():
    found = bound([entry("a", "IM0003.dcm"), entry("a", "MR001")], [CT, OTHER])
    assert [b.index for b in found.bindings] == [0]


@given(st.lists(st.text(max_size=12), max_size=4), st.lists(st.text(max_size=12), max_size=4))
def test_any_names_are_answered(names, items):
    found = only(Entry("a", "t", tuple(names), items=tuple(items)), [CT, OTHER])
    assert found.evidence


def test_many_entries_over_many_files_of_the_same_names_are_bound_in_few_steps():
    media: list[Media] = [scan(f"1.2.9.{n}", folder=f"s{n}") for n in range(60)]
    items = tuple(f"IM{k:04}.dcm" for k in range(8))
    entries = [entry(str(n), items=items, series=f"1.2.9.{n}") for n in range(60)]
    random.Random(1).shuffle(entries)
    found = bound(entries, media).bindings
    assert [f"1.2.9.{b.entry}" for b in found] == [b.media for b in found]
    unsaid = bound([msgspec.structs.replace(one, series=None) for one in entries], media)
    assert all(b.is_ambiguous for b in unsaid.bindings)


def test_a_file_inside_a_zip_goes_by_its_own_name():
    one = scan()
    refs = [FileRef("/d/a.zip", f"deep/IM{k:04}.dcm", k) for k in range(8)]
    instances = tuple(
        msgspec.structs.replace(i, file=ref) for i, ref in zip(one.instances, refs, strict=True)
    )
    zipped = replace(one, instances=instances, reader=type(one.reader)(instances, tuple(range(8))))  # pyright: ignore[reportCallIssue]
    assert only(entry("a", "IM0003.dcm"), [zipped]).index == 0


@pytest.mark.parametrize(
    ("from_right", "modality", "is_mirrored"),
    [(False, "MG", False), (None, "MG", True), (None, "CT", False), (True, "CT", True)],
)
def test_mammograms_are_counted_from_the_right_until_somebody_decides(
    from_right, modality, is_mirrored
):
    media = replace(CT, facts=replace(CT.facts, modality=modality))
    one = entry("a", series="1.2.3.4", from_right=from_right)
    found = only(one, [media])
    assert found.planes == ({"acquired": Turn(flip_x=True)} if is_mirrored else {})
    assert found.is_doubtful == is_mirrored
    assert ("masks in files lie pixel by pixel" in " ".join(found.mismatches)) == is_mirrored
    other = only(one, [media], Choice(planes={"sagittal": Turn(flip_y=True)}))
    assert ("acquired" in other.planes) == is_mirrored
    decided = only(one, [media], Choice(planes={"acquired": Turn()}))
    assert (decided.planes, decided.mismatches) == ({"acquired": Turn()}, ())
    solid = drawn("a", shape=Landmark((3, 2, 1)))  # pyright: ignore[reportArgumentType]
    matches = match(project_of([one], [solid]), [media])
    assert matches.of(AnnotationId("1", 0))[0].reason == ""
