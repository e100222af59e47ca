"""Frames of one object are slices, each with its own place, values and point."""

from __future__ import annotations

import random
import time
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import whole
from enhanced import UID, FrameTags, diffusion, dose, echo, enhanced, group
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRBigEndian, ImplicitVRLittleEndian
from slices import AXIAL, SAGITTAL, a_slice, saved

from viewer.media import load, open_media
from viewer.media.dicom.point_marks import time_of_day_s
from viewer.media.volume import FrameStack, MediaSet, Volume


def opened(dataset: Dataset, folder: Path) -> MediaSet:
    return whole.opened(saved(dataset, folder / "a.dcm"))


def volumes(found: MediaSet) -> list[Volume]:
    assert all(isinstance(media, Volume) for media in found.media)
    return [media for media in found.media if isinstance(media, Volume)]


def codes(found: MediaSet) -> list[str]:
    return [issue.code for issue in found.issues]


SHUFFLED = random.Random(5).sample(range(8), 8)


@pytest.mark.parametrize("syntax", ["explicit", ImplicitVRLittleEndian, ExplicitVRBigEndian])
@pytest.mark.parametrize("undefined", [False, True])
def test_frames_are_ordered_by_their_positions_and_keep_their_pixels(
    syntax: str, undefined: bool, tmp_path: Path
) -> None:
    frames = [FrameTags((-10, -20, 2.0 * k), level=100 * k) for k in SHUFFLED]
    dataset = enhanced(frames)
    if syntax != "explicit":
        dataset.file_meta.TransferSyntaxUID = syntax
        if syntax == ExplicitVRBigEndian:
            dataset.PixelData = np.frombuffer(dataset.PixelData, "<u2").astype(">u2").tobytes()
    for name in ("PerFrameFunctionalGroupsSequence", "SharedFunctionalGroupsSequence"):
        dataset[name].is_undefined_length = undefined
        for item in dataset[name].value:
            item.is_undefined_length_sequence_item = undefined
    (volume,) = volumes(opened(dataset, tmp_path))
    assert [instance.frame for instance in volume.instances] == list(np.argsort(SHUFFLED))
    assert volume.stack.origins[:, 2].tolist() == [2.0 * k for k in range(8)]
    assert volume.pixels[:, 2, 3].tolist() == [100 * k for k in range(8)]
    assert volume.stack.spacing_mm == (0.75, 0.5)
    assert volume.slice_of[UID, SHUFFLED.index(3)] == 3
    assert (volume.windows[0].center, volume.windows[0].width) == (50, 100)


def test_a_rescale_of_each_frame_gives_modality_values(tmp_path: Path) -> None:
    frames = [FrameTags((0, 0, k), level=10, slope=float(k + 1)) for k in range(3)]
    (volume,) = volumes(opened(enhanced(frames), tmp_path))
    values = [volume.in_units(volume.pixels[k], k)[0, 0] for k in range(3)]
    assert values == [10, 20, 30]


def test_stacks_are_told_apart_by_their_id_and_orientation(tmp_path: Path) -> None:
    frames = [
        *(FrameTags((0, 0, k), stack="1") for k in range(3)),
        *(FrameTags((0, 0, k + 0.5), stack="2") for k in range(4)),
        *(FrameTags((k, 0, 0), SAGITTAL, stack="3") for k in range(5)),
    ]
    found = opened(enhanced(frames), tmp_path)
    assert [volume.count for volume in volumes(found)] == [5, 4, 3]
    assert "orientations" in next(i.sentence for i in found.issues if i.code == "series-split")


def test_four_dimensions_become_a_volume_for_each_point_in_order_of_the_value(
    tmp_path: Path,
) -> None:
    order = random.Random(7).sample(list(product(range(4), (30.0, 4.2, 100.0))), 12)
    frames = [
        FrameTags((0, 0, 2.0 * k), level=round(10 * ms) + k, groups=echo(ms)) for k, ms in order
    ]
    found = opened(enhanced(frames), tmp_path)
    assert [volume.count for volume in volumes(found)] == [4, 4, 4]
    points = [volume.point for volume in volumes(found)]
    assert [(p.name, p.value, p.index, p.count) for p in points if p] == [
        ("echo time", "4.2 ms", 0, 3),
        ("echo time", "30 ms", 1, 3),
        ("echo time", "100 ms", 2, 3),
    ]
    assert len({p.group for p in points if p}) == 1
    for volume, ms in zip(volumes(found), (42, 300, 1000), strict=True):
        assert volume.pixels[:, 0, 0].tolist() == [ms + k for k in range(4)]


def test_b_values_and_directions_tell_apart_together(tmp_path: Path) -> None:
    ways = [diffusion(0.0), diffusion(1000.0, (1, 0, 0)), diffusion(1000.0, (0, 1, 0))]
    frames = [FrameTags((0, 0, k), groups=way) for k in range(3) for way in ways]
    found = opened(enhanced(frames), tmp_path)
    points = [volume.point for volume in volumes(found)]
    assert [p.value for p in points if p] == [
        "0 s/mm²",
        "1000 s/mm², (1, 0, 0)",
        "1000 s/mm², (0, 1, 0)",
    ]
    assert {p.name for p in points if p} == {"b-value and direction"}


def test_a_dimension_that_only_the_object_names_tells_apart(tmp_path: Path) -> None:
    frames = [
        FrameTags(
            (0, 0, k),
            groups={"FrameContentSequence": group(StackID="1", DimensionIndexValues=[k + 1, n])},
        )
        for k in range(3)
        for n in (1, 2)
    ]
    pointers = [group(DimensionIndexPointer=tag) for tag in (0x00200032, 0x00189077)]
    found = opened(enhanced(frames, DimensionIndexSequence=pointers), tmp_path)
    points = [volume.point for volume in volumes(found)]
    assert [(p.name, p.value) for p in points if p] == [
        ("parallel acquisition", "1"),
        ("parallel acquisition", "2"),
    ]


def test_single_slices_of_a_dynamic_series_are_named_by_time(tmp_path: Path) -> None:
    for number, turn in product(range(1, 4), (0, 1)):
        values = {"AcquisitionTime": f"2359{50 + turn * 9 + number / 10:04.1f}"}
        image = a_slice(number, InstanceNumber=number + 10 * turn, **values)
        saved(image, tmp_path / f"{number}-{turn}.dcm")
    points = [volume.point for volume in volumes(open_media(tmp_path))]
    assert [(p.name, p.value) for p in points if p] == [
        ("acquisition time", "0 s"),
        ("acquisition time", "9 s"),
    ]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("101112.5", 36672.5),
        ("1011", 36660),
        ("10", 36000),
        ("10:11:12", 36672),
        ("", None),
        ("1", None),
        ("tomorrow", None),
    ],
)
def test_a_time_of_day_is_seconds(text: str, seconds: float | None) -> None:
    assert time_of_day_s(text) == seconds


def test_times_with_dates_go_on_across_midnight() -> None:
    late, early = time_of_day_s("20240131235959.5+0100"), time_of_day_s("20240201000000.5+0100")
    assert late is not None
    assert early is not None
    assert early - late == 1


def test_frames_without_a_place_are_left_out_and_said(tmp_path: Path) -> None:
    frames = [FrameTags((0, 0, k)) for k in range(4)]
    dataset = enhanced(frames)
    dataset.PerFrameFunctionalGroupsSequence = dataset.PerFrameFunctionalGroupsSequence[:3]
    found = opened(dataset, tmp_path)
    assert [volume.count for volume in volumes(found)] == [3]
    (issue,) = found.issues
    assert "a.dcm frame 4: the header describes 3 of 4 frames" in issue.sentence


def test_frames_at_one_position_stay_frames_that_labels_find(tmp_path: Path) -> None:
    delays = {
        k: {"CardiacSynchronizationSequence": group(NominalCardiacTriggerDelayTime=20.0 * k)}
        for k in range(5)
    }
    frames = [FrameTags((0, 0, 0), level=k, groups=delays[k]) for k in (3, 1, 4, 0, 2)]
    (stack,) = opened(enhanced(frames), tmp_path).media
    assert isinstance(stack, FrameStack)
    assert stack.times_s is not None
    assert stack.times_s.tolist() == pytest.approx([0, 0.02, 0.04, 0.06, 0.08])
    assert stack.pixels[:, 0, 0].tolist() == [0, 1, 2, 3, 4]
    assert stack.slice_of[UID, 2] == 4


def test_damaged_groups_show_frames_as_stored_and_say_so(tmp_path: Path) -> None:
    path = saved(enhanced([FrameTags((0, 0, k), level=k) for k in range(3)]), tmp_path / "a.dcm")
    data = bytearray(path.read_bytes())
    at = data.index(b"\x20\x00\x13\x91SQ")  # the first Plane Position Sequence
    data[at + 8 : at + 12] = b"\xff\xff\xff\x7f"
    path.write_bytes(data)
    found = open_media(path)
    (stack,) = found.media
    assert isinstance(stack, FrameStack)
    assert stack.count == 3
    assert codes(found) == ["frame-positions-unused"]
    assert "damaged" in found.issues[0].sentence


def test_a_file_that_ends_early_shows_the_frames_that_are_there(tmp_path: Path) -> None:
    path = saved(enhanced([FrameTags((0, 0, k), level=k) for k in range(4)]), tmp_path / "a.dcm")
    path.write_bytes(path.read_bytes()[:-90])
    found = open_media(path)
    (volume,) = volumes(found)
    load(volume)
    assert volume.ready.tolist() == [True, True, False, False]
    assert codes(found).count("pixels-short") == 1


GROUPED = enhanced([FrameTags((0, 0, k), groups=echo(1.0)) for k in range(6)])


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=10))
def test_mutated_groups_end_in_sentences(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[float, int]]
) -> None:
    path = saved(GROUPED, tmp_path_factory.mktemp("mutated") / "a.dcm")
    data = bytearray(path.read_bytes())
    for where, value in changes:
        data[140 + int(where * (len(data) - 141))] = value
    path.write_bytes(data)
    began = time.perf_counter()
    found = open_media(path)
    assert found.media or found.issues
    assert all(issue.sentence.endswith(".") for issue in found.issues)
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize(
    ("orientation", "offsets", "expected"),
    [
        (AXIAL, (0, 2.5, 5, 7.5), (30, 32.5, 35, 37.5)),
        (AXIAL, (0, -2.5, -5), (25, 27.5, 30)),
        (AXIAL, (30, 33, 36), (30, 33, 36)),
        ((1, 0, 0, 0, -1, 0), (0, 2, 4), (26, 28, 30)),
        ((1, 0, 0, 0, -1, 0), (30, 28, 26), (26, 28, 30)),
    ],
)
def test_dose_planes_lie_at_the_offsets_of_the_grid(
    orientation: tuple[float, ...],
    offsets: tuple[float, ...],
    expected: tuple[float, ...],
    tmp_path: Path,
) -> None:
    found = opened(dose(offsets, ImageOrientationPatient=list(orientation)), tmp_path)
    (volume,) = volumes(found)
    assert sorted(volume.stack.origins[:, 2].tolist()) == list(expected)
    assert volume.unit == "Gy"
    for k, instance in enumerate(volume.instances):
        frame = instance.frame or 0
        assert volume.in_units(volume.pixels[k])[0, 0] == pytest.approx(0.1 * frame)
        away = offsets[frame] if offsets[0] == 0 else offsets[frame] - 30
        up = volume.stack.normal[2] if offsets[0] == 0 else 1
        assert volume.stack.origins[k, 2] == pytest.approx(30 + away * up)


def test_offsets_that_fit_no_plane_are_said(tmp_path: Path) -> None:
    found = opened(dose((17, 19, 21)), tmp_path)
    (stack,) = found.media
    assert isinstance(stack, FrameStack)
    assert "Grid Frame Offset Vector" in found.issues[0].sentence


def test_reconstructed_nm_slices_lie_along_the_normal(tmp_path: Path) -> None:
    detector = group(ImagePositionPatient=[1.0, 2.0, 3.0], ImageOrientationPatient=list(AXIAL))
    dataset = dose((0, 1, 2), Modality="NM", ImageType=["ORIGINAL", "PRIMARY", "RECON TOMO"])
    for name in ("GridFrameOffsetVector", "ImagePositionPatient", "ImageOrientationPatient"):
        delattr(dataset, name)
    dataset.SOPClassUID = "1.2.840.10008.5.1.4.1.1.20"
    dataset.SliceVector = [1, 2, 3]
    dataset.SpacingBetweenSlices = 4.0
    dataset.DetectorInformationSequence = [detector]
    (volume,) = volumes(opened(dataset, tmp_path))
    assert volume.stack.origins.tolist() == [[1, 2, 3], [1, 2, 7], [1, 2, 11]]


@pytest.mark.parametrize(
    ("values", "times"),
    [
        ({"FrameTime": 40.0}, [0, 0.04, 0.08]),
        ({"FrameTimeVector": [0, 40, 60]}, [0, 0.04, 0.1]),
        ({"CineRate": 25}, [0, 0.04, 0.08]),
        ({"RecommendedDisplayFrameRate": 50, "CineRate": 25}, [0, 0.02, 0.04]),
        ({"FrameTime": 0.0}, None),
        ({"FrameTimeVector": [0, 40]}, None),
        ({}, None),
    ],
)
def test_a_cine_knows_when_its_frames_are_shown(
    values: dict[str, object], times: list[float] | None, tmp_path: Path
) -> None:
    stack = cine(tmp_path, **values)
    assert "rate-unusable" not in [issue.code for issue in stack.issues]
    if times is None:
        assert stack.times_s is None
    else:
        assert stack.times_s is not None
        assert stack.times_s.tolist() == pytest.approx(times)


def cine(folder: Path, **values: object) -> FrameStack:
    """Three frames without places."""
    dataset = dose((0, 1, 2), **values)
    for name in ("GridFrameOffsetVector", "ImagePositionPatient", "ImageOrientationPatient"):
        delattr(dataset, name)
    dataset.SOPClassUID = "1.2.840.10008.5.1.4.1.1.3.1"
    (stack,) = opened(dataset, folder).media
    assert isinstance(stack, FrameStack)
    return stack


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"FrameTime": "1e300"}, "a frame time of 1e+300 ms"),
        ({"FrameTime": "1e-300"}, "a frame time of 1e-300 ms"),
        ({"FrameTime": 3_600_000}, "a frame time of 3.6e+06 ms"),
        ({"FrameTime": -40}, "a frame time of -40 ms"),
        ({"FrameTimeVector": ["0", "1e300", "1e300"]}, "a frame time vector from 1e+300"),
        ({"FrameTimeVector": ["0", "-1e300", "1e300"]}, "a frame time vector from -1e+300"),
        ({"RecommendedDisplayFrameRate": 2_000_000}, "a frame rate of 2e+06"),
    ],
)
def test_a_rate_that_cannot_be_is_not_taken_and_said(
    values: dict[str, object], words: str, tmp_path: Path
) -> None:
    stack = cine(tmp_path, **values)
    (issue,) = [issue for issue in stack.issues if issue.code == "rate-unusable"]
    assert f"{words}" in issue.sentence
    assert stack.times_s is None


def test_behind_a_rate_that_cannot_be_another_one_counts(tmp_path: Path) -> None:
    stack = cine(tmp_path, FrameTime="1e300", CineRate=25)
    assert stack.times_s is not None
    assert stack.times_s.tolist() == pytest.approx([0, 0.04, 0.08])
    assert "rate-unusable" in [issue.code for issue in stack.issues]


@pytest.mark.parametrize("samples", [1, 3])
def test_frames_that_are_not_placed_say_the_true_reason(samples: int, tmp_path: Path) -> None:
    dataset = enhanced([FrameTags((0, 0, z)) for z in range(3)])
    if samples == 3:
        dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 3, "RGB"
        dataset.PlanarConfiguration = 0
        dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 8, 8, 7
        dataset.PixelData = bytes(3 * 30 * 3)
    else:
        for item in dataset.PerFrameFunctionalGroupsSequence:
            del item.PlanePositionSequence, item.PlaneOrientationSequence
    (issue,) = [i for i in opened(dataset, tmp_path).issues if i.code == "frame-positions-unused"]
    assert ("have no position" in issue.sentence) is (samples == 1)
    assert ("in colour" in issue.sentence) is (samples == 3)
