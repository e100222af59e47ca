"""Shapes in voxel space lie where shapes on frames do, or are refused in words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import nibabel
import numpy as np
import pytest
from bound import drawn, pictures, project_of, scan
from hypothesis import given
from hypothesis import strategies as st
from redbrick_masks import SHAPE, export, put

from tests.telling import matched
from viewer import open_media
from viewer.formats import read_export
from viewer.geometry.mask import Mask
from viewer.geometry.plane_frame import PlaneFrame
from viewer.geometry.shapes import Box, Point
from viewer.geometry.solids import Angle, Cuboid, Landmark, Length, MaskVolume, masks_of
from viewer.geometry.stack import stack_of
from viewer.media.volume import Media, Volume
from viewer.media.volume import Point as VolumePoint
from viewer.model.annotation import AnnotationId
from viewer.model.ontology import LabelClass, Ontology
from viewer.model.project import Entry
from viewer.render.planes import planes_of
from viewer.review.binding import Choice, Choices
from viewer.review.centres import centre_of
from viewer.review.doubts import doubt_words
from viewer.review.entry_keys import entry_key_of
from viewer.review.entry_spots import axes_of_planes
from viewer.review.matching import Matches
from viewer.review.solids import with_solids
from viewer.review.turns import Turn, chosen_turn, counting
from viewer.review.voxel_order import grid_shown
from viewer.session.editing import ON_ACQUIRED, target_of
from viewer.session.making import annotation_made
from viewer.session.session import Session

CT = scan()  # 11 columns, 9 rows, 8 slices
BACK = scan(stack="axial in reverse order")
SERIES = Entry("s", "chest", series="1.2.3.4")
SEE = " · see Labels and images"
AT = (3.0, 2.0, 5.0)
ANNOTATIONS = [AnnotationId("1", n) for n in range(6)]
SOLIDS = (
    Landmark(AT),
    Length((2, 2, 5), (4, 2, 5)),
    Angle((2, 2, 5), AT, (4, 2, 5)),
    Cuboid((2, 1, 5), (4, 3, 5)),
    MaskVolume(masks_of({5: Mask.from_array(np.ones((3, 3), np.bool_), 2, 1)})),
)
TURNS = st.builds(Turn, st.booleans(), st.booleans(), st.sampled_from([1.0, 2.5]))
CHOICES = st.builds(
    Choice,
    first_frame=st.sampled_from([None, 0, 1]),
    slice_order=st.sampled_from([None, "stack", "reversed", "items", "numbers", "names"]),
    offset=st.sampled_from([None, 0, 1, -2]),
    planes=st.dictionaries(st.sampled_from(["acquired", "axial", "sagittal"]), TURNS),
)
AFFINES = st.sampled_from(
    [None, (0.8, 0, 0, -31.5, 0, 0.8, 0, 12.25, 0, 0, 3, -104.0),
     (0.8, 0, 0, -31.5, 0, 0.8, 0, 12.25, 0, 0, -3, -83.0),
     (0.8, 0, 0, -31.5, 0, 0.8, 0, 12.25, 0, 0, 3, -107.0)]
)  # fmt: skip


def solved(
    media: list[Media], entries: tuple[Entry, ...], placed: list, choices: Choices
) -> Matches:
    found, _ = with_solids(matched(project_of(entries, placed), media, {"1": choices}))
    return found


@given(CHOICES, AFFINES, st.sampled_from([CT, BACK]), st.sampled_from([0, 1]))
def test_a_solid_lies_on_the_slice_of_its_frame_or_is_refused_in_words(
    choice, affine, media, first
):
    entry = Entry("s", "chest", series="1.2.3.4", affine=affine, count=8, first_frame=first)
    flat = drawn("s", frame=5, shape=Point(3.5, 2.5))
    solids = [drawn("s", shape=solid) for solid in SOLIDS]  # pyright: ignore[reportArgumentType]
    found = solved([media], (entry,), [flat, *solids], Choices(choice))
    wanted = centre_of(found.project, found, ANNOTATIONS[0])
    for id in ANNOTATIONS[1:]:
        (place,) = found.of(id)
        if place.reason:
            assert place.reason == "voxels turned"
            own = chosen_turn(choice.planes, 0, axes_of_planes(media))
            assert own.scale_y != 1 or id == ANNOTATIONS[5]
            assert "under Labels and images" in place.sentence
            assert found.extents_of(id) == ()
            assert "not shown, since slices or sides" in doubt_words(found, 0)
            continue
        here = centre_of(found.project, found, id)
        assert here is not None
        if id == ANNOTATIONS[5] and (affine or choice.first_frame is not None):
            continue  # files of voxels have no numbers; where they differ it is said
        if here.voxel is None or found.of(ANNOTATIONS[0])[0].reason != "":
            assert found.extents_of(id) == ()  # both are beyond the slices
            assert found.of(ANNOTATIONS[0])[0].reason == "frame out of range"
            continue
        assert wanted is not None
        assert here.voxel == pytest.approx(wanted.voxel)


@given(CHOICES, st.sampled_from(["landmark", "volume", "box"]))
def test_a_solid_is_made_only_where_it_will_be_seen(choice, kind):
    project = project_of([SERIES], [])
    export = project.exports["1"]
    export = replace(export, ontology=Ontology((LabelClass("L", "L", kind=kind),)))
    project = project.with_export(export, project.annotations.bases["1"])
    session = Session()
    session.open(project, [CT], (), matched(project, [CT], {"1": Choices(choice)}))
    target = target_of(session, ("1", "L"))
    if target is None:
        return
    shape = {"landmark": SOLIDS[0], "volume": SOLIDS[4], "box": Box(1, 1, 2, 2)}[kind]
    made = annotation_made(session.project, target, shape, session.stamp())  # pyright: ignore[reportArgumentType]
    session.do(made)
    (place,) = session.matches.of(made.annotation.id)
    assert place.reason == ""


@pytest.mark.parametrize("kind", ["volume", "landmark"])
def test_a_volume_is_begun_on_the_acquired_plane_alone(kind):
    project = project_of([SERIES], [])
    export = replace(project.exports["1"], ontology=Ontology((LabelClass("L", "L", kind=kind),)))
    project = project.with_export(export, project.annotations.bases["1"])
    session = Session()
    session.open(project, [CT], (), matched(project, [CT], {}))
    for view in planes_of(CT.stack).values():
        target = target_of(session, ("1", "L"), None if view.is_acquired else view)
        assert target is not None
        is_refused = kind == "volume" and not view.is_acquired
        assert (target.refused == ON_ACQUIRED) == is_refused


def test_by_the_order_that_a_geometry_shows_masks_stay_and_it_is_said():
    entry = Entry("s", "chest", series="1.2.3.4", affine=(0.8, 0, 0, -31.5, 0, 0.8, 0, 12.25, 0, 0,
                                                          -3, -83.0), count=8)  # fmt: skip
    found = solved([CT], (entry,), [drawn("s", shape=SOLIDS[4])], Choices())
    assert found.solids is not None
    (issue,) = found.solids.issues
    assert "masks in files are shown voxel by voxel" in issue.sentence
    assert doubt_words(found, 0) == "masks and frames are counted differently" + SEE
    chosen = solved([CT], (entry,), [drawn("s", shape=SOLIDS[4])],
                    Choices(Choice(slice_order="reversed")))  # fmt: skip
    assert chosen.of(ANNOTATIONS[0])[0].reason == "voxels turned"
    forward = solved([CT], (entry,), [drawn("s", shape=SOLIDS[4])],
                     Choices(Choice(slice_order="stack")))  # fmt: skip
    assert forward.solids is not None
    assert (forward.solids.issues, doubt_words(forward, 0)) == ((), "")


def test_a_place_in_voxels_of_one_picture_is_not_shown_on_another():
    photos = pictures(["a.png", "b.png"])
    first, second = Entry("a", "a", ("a.png",)), Entry("b", "b", ("b.png",))
    solid = Landmark((3, 2, 0))
    placed = [drawn(id, shape=solid) for id in ("a", "b")]  # pyright: ignore[reportArgumentType]
    found = solved([photos], (first, second), placed, Choices())
    assert [found.of(id)[0].reason for id in ANNOTATIONS[:2]] == ["voxels turned"] * 2


@given(TURNS, TURNS, st.booleans())
def test_two_entries_on_one_media_never_share_a_turn_that_is_of_one_of_them(one, other, swapped):
    entries = (SERIES, Entry("t", "again", series="1.2.3.4"))
    ids = ("t", "s") if swapped else ("s", "t")
    choices = {ids[0]: Choice(planes={"acquired": one}), ids[1]: Choice(planes={"axial": other})}
    rows = [drawn(id, frame=2, shape=Box(1, 1, 2, 2)) for id in ("s", "t")]
    found = solved([CT], entries, rows, Choices(entries=choices))
    turns = {"s": choices["s"], "t": choices["t"]}
    frame = found.frame_of("1", 0, 2)
    for id, entry in zip(ANNOTATIONS[:2], ("s", "t"), strict=True):
        (place,) = found.of(id)
        (turn,) = turns[entry].planes.values()
        if place.reason:
            assert place.reason == "turned twice"
            assert "choose the same for both under Labels and images" in place.sentence
        else:
            assert counting(turn, (), 1).frame(CT.rows) == frame
    assert not found.of(ANNOTATIONS[0])[0].reason
    key = entry_key_of(found.lookup, "1", 0, 2, 2)
    assert key is not None
    (turn,) = turns[key[0].entry or ""].planes.values()
    assert counting(turn, (), 1).frame(CT.rows) == frame


@pytest.mark.parametrize("step", [2.0, -2.0])
def test_voxels_of_a_file_that_is_shown_from_its_end_are_turned_for_points(step, tmp_path: Path):
    affine = np.diag([-1.0, -1.0, step, 1.0])
    nibabel.save(nibabel.Nifti1Image(np.zeros((11, 9, 8), np.int16), affine), tmp_path / "b.nii.gz")
    (media,) = open_media(tmp_path).media
    assert grid_shown(media).is_turned is (step < 0)
    rows = [drawn("n", frame=5, shape=Point(3.5, 2.5)), drawn("n", shape=SOLIDS[0])]
    found = solved([media], (Entry("n", "b", ("b.nii.gz",)),), rows, Choices())
    assert found.of(ANNOTATIONS[0])[0].slice == (5 if step > 0 else 2)
    (extent,) = found.extents_of(ANNOTATIONS[1])
    assert extent.solid == Landmark((3, 2, 5 if step > 0 else 2))


def test_what_files_of_masks_say_of_their_place_stays_in_sight(tmp_path: Path):
    put(tmp_path, "segmentations/S.nii.gz", np.ones(SHAPE, np.uint8))
    masks = {"segmentations": "segmentations/S.nii.gz", "segmentMap": {"1": {"category": "a"}}}
    path = export(tmp_path, masks)
    slices, rows, columns = SHAPE
    planes = (replace(plane, columns=columns, rows=rows) for plane in CT.stack.planes[:slices])
    shown = scan(stack=stack_of(planes), names="{}.dcm")
    project = read_export(path)
    found, issues = with_solids(matched(project, [shown]))
    assert [issue.code for issue in issues] == ["mask-affine-differs"]
    assert doubt_words(found, 0) == "1 mask file says another place than these images" + SEE
    nothing = {"1": Choices(entries={"t/0": Choice(media="")})}
    gone, issues = with_solids(matched(project, [shown], nothing))
    assert (issues, doubt_words(gone, 0)) == ((), "")
    again, issues = with_solids(matched(project, [shown]))
    assert [issue.code for issue in issues] == ["mask-affine-differs"]
    assert doubt_words(again, 0)


def test_the_planes_two_names_lead_to_one_turn():
    both = Choice(planes={"acquired": Turn(flip_x=True), "axial": Turn(flip_y=True)})
    rows = [drawn("s", frame=1, plane=plane) for plane in ("acquired", "axial")]
    found = solved([CT], (SERIES,), rows, Choices(both))
    assert found.frame_of("1", 0, 2) == PlaneFrame(flip_x=True)
    assert [found.of(id)[0].reason for id in ANNOTATIONS[:2]] == ["", ""]


def test_rows_of_the_exports_plane_are_whole():
    near = Choice(planes={"coronal": Turn(scale_y=3.7499)})  # as a field of few digits keeps 30 / 8
    found = solved([CT], (SERIES,), [drawn("s", frame=1, plane="coronal")], Choices(near))
    assert found.frame_of("1", 0, 1) == PlaneFrame(scale_y=30 / 8)


def test_what_holds_for_many_mask_files_is_not_told_of_each(tmp_path: Path):
    keys = [str(number) for number in range(1, 10)]
    for key in keys:
        put(tmp_path, f"m/{key}.nii.gz", np.ones(SHAPE, np.uint8))
    series = {
        "segmentations": [f"m/{key}.nii.gz" for key in keys],
        "segmentMap": {key: {"category": "a", "mask": f"m/{key}.nii.gz"} for key in keys},
        "binaryMask": True,
    }
    path = export(tmp_path, series)
    slices, rows, columns = SHAPE
    planes = (replace(plane, columns=columns, rows=rows) for plane in CT.stack.planes[:slices])
    shown = scan(stack=stack_of(planes), names="{}.dcm")
    found, issues = with_solids(matched(read_export(path), [shown]))
    assert len(issues) == 6
    assert issues[-1].sentence.startswith("The same holds for 4 more, from m/6.nii.gz to m/9")
    assert doubt_words(found, 0) == "9 mask files say another place than these images" + SEE


def test_of_volumes_that_differ_by_a_point_the_first_is_counted_first(
    tmp_path: Path,
):
    data = np.zeros((11, 9, 8, 2), np.int16)
    nibabel.save(nibabel.Nifti1Image(data, np.diag([-1.0, -1.0, 2.0, 1.0])), tmp_path / "b.nii.gz")
    media = list(open_media(tmp_path).media)
    rows = [drawn("n", frame=frame) for frame in (5, 8, 16)]
    rows.append(drawn("n", shape=SOLIDS[0]))  # pyright: ignore[reportArgumentType]
    found = solved(media, (Entry("n", "b", ("b.nii.gz",)),), rows, Choices())
    places = [found.of(id)[0] for id in ANNOTATIONS[:4]]
    assert [(place.media, place.slice) for place in places[:2]] == [(0, 5), (1, 0)]
    assert places[2].reason == "frame out of range"
    assert (places[3].media, places[3].reason) == (0, "")
    binding = found.lookup.bindings["1"].bindings[0]
    assert "has 2 volumes that differ by" in " ".join(binding.mismatches)
    assert "does not agree with these images" in doubt_words(found, 0)


def test_the_points_of_a_dicom_series_are_one_series_and_files_say_which_is_meant():
    def point(index: int) -> Volume:
        made = scan(names=f"{index}-{{}}.dcm")
        facts = VolumePoint("g", "echo time", f"{index} ms", index, 2)
        instances = tuple(
            msgspec.structs.replace(one, sop_uid=f"1.2.3.4.{index}.{k}")
            for k, one in enumerate(made.instances)
        )
        slices = {(one.sop_uid, 0): k for k, one in enumerate(instances)}
        return replace(made, id=f"e{index}", point=facts, instances=instances, slice_of=slices)

    media = [point(0), point(1)]
    items = tuple(f"{index}-{k}.dcm" for index in range(2) for k in range(8))
    rows = [drawn("s", item=11), drawn("s", frame=2), drawn("s", frame=9)]
    for names in (items, ()):
        entry = Entry("s", "b", series="1.2.3.4", items=names)
        found = solved(media, (entry,), rows, Choices())
        places = [found.of(id)[0] for id in ANNOTATIONS[:3]]
        if names:
            assert (places[0].media, places[0].slice) == (1, 3)
        assert (places[1].media, places[1].slice) == (0, 2)
        assert places[2].reason == "frame out of range"
        assert "differ by echo time" in found.lookup.bindings["1"].bindings[0].mismatches[-1]
