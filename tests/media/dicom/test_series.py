"""Series are grouped, split and ordered by what their headers say, and nothing is lost."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from slices import AXIAL, SAGITTAL, SERIES, a_slice, saved, series

from viewer.media import load, open_media
from viewer.media.instance import Instance
from viewer.media.volume import FrameStack, MediaSet, Volume


def codes(found: MediaSet) -> list[str]:
    return [issue.code for issue in found.issues]


def volumes(found: MediaSet) -> list[Volume]:
    return [media for media in found.media if isinstance(media, Volume)]


def test_slices_are_ordered_by_position_never_by_name_or_number(tmp_path: Path) -> None:
    for number in (3, 1, 2):
        saved(a_slice(number, InstanceNumber=10 - number), tmp_path / f"{number * 5 % 4}.dcm")
    (volume,) = volumes(open_media(tmp_path))
    load(volume)
    assert volume.pixels[:, 0, 0].tolist() == [100, 200, 300]
    assert volume.stack.positions_mm.tolist() == [2, 4, 6]
    assert [volume.slice_of[instance.sop_uid, 0] for instance in volume.instances] == [0, 1, 2]


@given(order=st.permutations(range(1, 6)))
def test_the_order_of_the_files_does_not_matter(
    order: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("order")
    for at, number in enumerate(order):
        saved(a_slice(number), folder / f"{at}.dcm")
    (volume,) = volumes(open_media(folder))
    assert volume.stack.positions_mm.tolist() == [2, 4, 6, 8, 10]


def test_header_facts_are_kept(tmp_path: Path) -> None:
    series(
        tmp_path,
        PatientName="Doe^John",
        WindowCenter=[40, -600],
        WindowWidth=[400, 1500],
        WindowCenterWidthExplanation=["SOFT", "LUNG"],
        PixelPaddingValue=0,
    )
    (volume,) = volumes(open_media(tmp_path))
    assert volume.id == volume.facts.series_uid == SERIES
    assert volume.facts.patient.name == "Doe John"
    assert [(w.center, w.width, w.name) for w in volume.windows] == [
        (40, 400, "SOFT"),
        (-600, 1500, "LUNG"),
    ]
    assert volume.rescale.intercept == -1024
    assert volume.unit == "HU"
    assert volume.padding == 0
    assert volume.spacing_mm == (0.75, 0.5)


def test_two_series_are_two_volumes_with_the_larger_first(tmp_path: Path) -> None:
    series(tmp_path / "a", 2, SeriesInstanceUID="1.2.3")
    series(tmp_path / "b", 4)
    assert [volume.count for volume in volumes(open_media(tmp_path))] == [4, 2]


def test_files_of_one_name_without_series_uid_are_never_one_series(tmp_path: Path) -> None:
    for name in "abc":
        image = a_slice(ord(name), SeriesInstanceUID=None, StudyInstanceUID=None)
        image.PatientID, image.PatientName = name, f"Patient^{name}"
        saved(image, tmp_path / name / "IM1.dcm")
    found = open_media(tmp_path).media
    assert sorted((media.facts.patient.id, media.count) for media in found) == [
        ("a", 1),
        ("b", 1),
        ("c", 1),
    ]
    assert len({media.id for media in found}) == 3


def test_mixed_orientations_become_one_stack_each(tmp_path: Path) -> None:
    series(tmp_path, 3)
    for number in (11, 12):
        saved(
            a_slice(
                number,
                ImageOrientationPatient=list(SAGITTAL),
                ImagePositionPatient=[number, 0.0, 0.0],
            ),
            tmp_path / f"s{number}.dcm",
        )
    found = open_media(tmp_path)
    assert [volume.count for volume in volumes(found)] == [3, 2]
    assert [volume.id for volume in volumes(found)] == [SERIES, f"{SERIES}#2"]
    assert "series-split" in codes(found)


@pytest.mark.parametrize(
    "values",
    [
        {"Rows": 6, "Columns": 5},
        {"PixelSpacing": [0.9, 0.9]},
        {"ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"]},
    ],
)
def test_sizes_spacings_and_localizers_are_kept_apart(
    values: dict[str, object], tmp_path: Path
) -> None:
    series(tmp_path, 3)
    saved(a_slice(9, **values), tmp_path / "other.dcm")
    found = open_media(tmp_path)
    assert [volume.count for volume in volumes(found)] == [3, 1]
    assert "series-split" in codes(found)


def test_directions_that_differ_by_rounding_stay_one_stack(tmp_path: Path) -> None:
    for number in range(1, 5):
        turned = [1.0, 1e-5 * number, 0.0, -1e-5 * number, 1.0, 0.0]
        saved(a_slice(number, ImageOrientationPatient=turned), tmp_path / f"{number}.dcm")
    assert [volume.count for volume in volumes(open_media(tmp_path))] == [4]


@pytest.mark.parametrize(
    "tag", ["EchoTime", "AcquisitionNumber", "TemporalPositionIdentifier", "DiffusionBValue"]
)
def test_repeated_positions_are_told_apart_by_what_differs(tag: str, tmp_path: Path) -> None:
    for number in range(1, 4):
        for turn in (1, 2):
            saved(
                a_slice(number, InstanceNumber=2 * number + turn, **{tag: turn * 5}),
                tmp_path / f"{number}-{turn}.dcm",
            )
    found = open_media(tmp_path)
    assert [volume.count for volume in volumes(found)] == [3, 3]
    assert "positions-repeat" in codes(found)
    for volume in volumes(found):
        assert len(set(volume.stack.positions_mm.tolist())) == 3


def test_repeats_that_nothing_explains_go_by_instance_number(tmp_path: Path) -> None:
    for number in range(1, 4):
        for turn in (0, 1):
            saved(
                a_slice(number, InstanceNumber=number + 10 * turn),
                tmp_path / f"{number}-{turn}.dcm",
            )
    found = open_media(tmp_path)
    numbers = [[instance.number for instance in v.instances] for v in volumes(found)]
    assert numbers == [[1, 2, 3], [11, 12, 13]]


def test_an_unexplained_extra_slice_is_put_aside_with_a_sentence(tmp_path: Path) -> None:
    series(tmp_path, 4)
    saved(a_slice(2, InstanceNumber=99), tmp_path / "again.dcm")
    found = open_media(tmp_path)
    assert [volume.count for volume in volumes(found)] == [4]
    (issue,) = [issue for issue in found.issues if issue.code == "repeated-position"]
    assert "1 image is" in issue.sentence
    assert "again.dcm" in issue.sentence


def turn_and_place(image: Instance) -> tuple[int, int]:
    """As `cut_series` wrote them into the UID."""
    turn, place = image.sop_uid.split(".")[-2:]
    return int(turn), int(place)


def cut_series(folder: Path, cells: set[tuple[int, int]], says: str, places: int) -> MediaSet:
    """Images (turn, place) of volumes taken one after the other, slices `says` how in a turn."""
    for path in folder.glob("*.dcm"):
        path.unlink()
    for turn, place in cells:
        after = turn * places + (place if says != "backwards" else places - 1 - place)
        numbered = says in ("numbers", "backwards")
        image = a_slice(place, InstanceNumber=after + 1 if numbered else None)
        image.SOPInstanceUID = f"1.2.3.{turn}.{place}"
        if not numbered:
            image.AcquisitionTime = f"1000{0.5 * after:09.6f}"
        saved(image, folder / f"{(turn * 37 + place * 11) % 101}.dcm")
    return open_media(folder)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(
    turns=st.integers(2, 5),
    places=st.integers(3, 5),
    says=st.sampled_from(["numbers", "backwards", "times"]),
    chosen=st.data(),
)
def test_a_cut_series_keeps_every_image_in_its_own_volume(
    tmp_path: Path, turns: int, places: int, says: str, chosen: st.DataObject
) -> None:
    """The place that is taken first lacks nothing; without numbers nothing else could be told."""
    cells = set(product(range(turns), range(places)))
    first = 0 if says != "backwards" else places - 1
    lost = chosen.draw(
        st.sets(
            st.sampled_from(sorted(cell for cell in cells if cell[1] != first)),
            min_size=1,
            max_size=max(1, (turns * places) // 4),
        )
    )
    kept = cells - lost
    assume(len({place for _, place in kept}) == places)
    found = cut_series(tmp_path, kept, says, places)
    shown = [[turn_and_place(image) for image in v.instances] for v in volumes(found)]
    assert {turn for volume in shown for turn, _ in volume} == set(range(turns))
    assert all(len({turn for turn, _ in volume}) == 1 for volume in shown)
    assert {cell for volume in shown for cell in volume} == kept
    (issue,) = [issue for issue in found.issues if issue.code == "volumes-incomplete"]
    assert f"{len(lost)} image" in issue.sentence
    points = [volume.point for volume in volumes(found)]
    assert [p.index for p in points if p] == [turns_of[0][0] for turns_of in shown]


def test_what_is_put_aside_is_counted_whole(tmp_path: Path) -> None:
    series(tmp_path, 9)
    for number in range(1, 8):
        image = a_slice(number, InstanceNumber=None, AcquisitionNumber=number)
        saved(image, tmp_path / f"again{number}.dcm")
    found = open_media(tmp_path)
    (issue,) = [issue for issue in found.issues if issue.code == "repeated-position"]
    assert "7 images are" in issue.sentence
    assert "and 2 more" in issue.sentence


def test_images_at_one_position_are_frames(tmp_path: Path) -> None:
    for number in range(1, 5):
        saved(a_slice(number, ImagePositionPatient=[0.0, 0.0, 0.0]), tmp_path / f"{number}.dcm")
    found = open_media(tmp_path)
    (stack,) = found.media
    assert isinstance(stack, FrameStack)
    assert stack.count == 4
    assert "one-position" in codes(found)


def test_the_same_instance_twice_is_shown_once_and_said(tmp_path: Path) -> None:
    series(tmp_path / "a", 3)
    series(tmp_path / "b", 3)
    found = open_media(tmp_path)
    assert [media.count for media in found.media] == [3]
    (issue,) = [issue for issue in found.issues if issue.code == "repeated-instance"]
    assert "3 files" in issue.sentence


def test_a_slice_without_position_is_left_out_with_a_sentence(tmp_path: Path) -> None:
    series(tmp_path, 3)
    saved(a_slice(9, ImagePositionPatient=None), tmp_path / "lost.dcm")
    found = open_media(tmp_path)
    assert [media.count for media in found.media] == [3]
    (issue,) = [issue for issue in found.issues if issue.code == "slice-without-position"]
    assert "lost.dcm" in issue.sentence


def test_a_series_without_positions_is_frames_in_order_of_number(tmp_path: Path) -> None:
    series(tmp_path, 3, ImagePositionPatient=None, ImageOrientationPatient=None)
    found = open_media(tmp_path)
    (stack,) = found.media
    assert isinstance(stack, FrameStack)
    load(stack)
    assert stack.pixels[:, 0, 0].tolist() == [100, 200, 300]
    assert "frames-without-position" in codes(found)


def test_slices_of_different_rescale_keep_stored_values_and_each_its_rescale(
    tmp_path: Path,
) -> None:
    for number in (1, 2):
        saved(a_slice(number, RescaleSlope=float(number)), tmp_path / f"{number}.dcm")
    (volume,) = volumes(open_media(tmp_path))
    load(volume)
    assert volume.pixels.dtype == np.uint16
    values = [float(volume.in_units(volume.pixels[k, 0, 1], k)) for k in range(2)]
    assert values == [101 - 1024, 2 * 201 - 1024]
    assert volume.unit == "HU"


def test_every_file_ends_in_a_picture_or_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    (tmp_path / "labels.json").write_text("{}")
    (tmp_path / "empty.dcm").touch()
    found = open_media(tmp_path)
    assert found.exports == (str(tmp_path / "labels.json"),)
    assert found.skipped == 2
    assert codes(found) == ["file-empty", "not-dicom", "no-media"]
    assert found.issues[0].sentence == "empty.dcm: the file is empty; copy it again."
    assert found.issues[1].sentence == "1 file is no picture and not shown (1 .txt)."


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    series(tmp_path / "a", 2)
    (tmp_path / "a" / "up").symlink_to(tmp_path, target_is_directory=True)
    found = open_media(tmp_path)
    assert [media.count for media in found.media] == [2]
    assert "repeated-instance" not in codes(found)


def test_nothing_is_odd_about_evenly_stacked_axial_slices(tmp_path: Path) -> None:
    series(tmp_path, 4)
    (volume,) = volumes(open_media(tmp_path))
    assert volume.stack.oddities() == ()
    assert volume.stack.row_direction.tolist() == list(AXIAL[:3])


def test_the_window_of_a_volume_is_that_of_its_middle_slice(tmp_path: Path) -> None:
    for number, width in enumerate((256, 1500, 1600)):
        one = a_slice(number, WindowCenter=width / 2, WindowWidth=width)
        saved(one, tmp_path / f"{number}.dcm")
    (volume,) = open_media(tmp_path).media
    assert isinstance(volume, Volume)
    assert [window.width for window in volume.windows] == [1500]
