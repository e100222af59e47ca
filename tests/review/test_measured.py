"""Numbers of measurements on phantoms whose truth is known."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray
from stacks import ODD, STACKS, volume_of

from viewer.geometry.shapes import Ellipse
from viewer.geometry.views import Axis, ViewPlane, view_planes
from viewer.media.dicom.suv import Suv
from viewer.media.instance import Rescale
from viewer.media.presentation import Presentation
from viewer.media.scale import Region
from viewer.media.volume import FrameStack, Media, SeriesFacts, Volume
from viewer.review.measured import (
    MeasureKind,
    Measurement,
    Sizes,
    Values,
    patient_place,
    sizes_of,
    values_of,
)
from viewer.review.sheets import LOADING, NOT_HERE, Sheet, sheet_of

Floats = NDArray[np.float64]
FIELD = np.array([3.0, -2.0, 5.0])  # values for each mm of the patient
AXES: tuple[Axis, ...] = (0, 1, 2)
PLANES = list(product(sorted(STACKS), AXES))
WHOLE = [(name, axis) for name, axis in PLANES if "gapped" not in name and name != "one slice"]


def linear(name: str) -> Volume:
    """A volume whose values grow evenly through the patient."""
    stack = STACKS[name]
    k, j, i = np.indices((stack.count, stack.rows, stack.columns)).reshape(3, -1)
    values = stack.patient_of_voxel(np.stack([i, j, k], axis=1)) @ FIELD
    return volume_of(stack, values.reshape(stack.count, stack.rows, stack.columns))


def plane(volume: Volume, axis: Axis) -> ViewPlane:
    return next(one for one in view_planes(volume.stack).values() if one.axis == axis)


def sheet(media: Media, axis: Axis = 2, index: int = 0) -> Sheet:
    found = sheet_of(media, axis, index)
    assert isinstance(found, Sheet)
    return found


def frames(pixels: NDArray[np.generic], **facts: object) -> FrameStack:
    """Frames that are loaded."""
    return FrameStack(
        id="1",
        title="frames",
        facts=SeriesFacts("1", "2"),
        instances=(),
        pixels=pixels,
        ready=np.ones(len(pixels), dtype=np.bool_),
        reader=volume_of(STACKS["axial"], np.zeros((8, 9, 11), np.int16)).reader,
        rescale=Rescale(),
        **facts,  # pyright: ignore[reportArgumentType]
    )


def measured(media: Media, kind: MeasureKind, points: object, spot: object = (0, 2, 0)) -> Sizes:
    made = Measurement(1, kind, spot, np.array(points))  # pyright: ignore[reportArgumentType]
    return sizes_of(made, media)


def valued(
    media: Media, kind: MeasureKind, points: object, axis: Axis = 2, index: int = 0
) -> Values:
    made = Measurement(1, kind, (0, axis, index), np.array(points))
    return values_of(made, sheet(media, axis, index))


@pytest.mark.parametrize(("name", "axis"), PLANES)
def test_lengths_and_angles_on_every_plane_are_those_in_the_patient(name: str, axis: Axis) -> None:
    volume = linear(name)
    view = plane(volume, axis)
    random = np.random.default_rng(5)
    limits = (volume.columns, volume.rows, volume.count)
    voxels = random.integers(0, limits, (3, 3)).astype(np.float64)
    voxels[:, axis] = 0
    points, places = view.place(voxels), volume.stack.patient_of_voxel(voxels)
    spot = (0, axis, 0)
    found = measured(volume, "length", points[:2], spot)
    assert found.length == pytest.approx(np.linalg.norm(places[1] - places[0]))
    assert found.is_mm
    one, other = places[0] - places[1], places[2] - places[1]
    long = np.linalg.norm(one) * np.linalg.norm(other)
    if long > 0:
        degrees = np.degrees(np.arccos(np.clip(one @ other / long, -1, 1)))
        assert measured(volume, "angle", points, spot).degrees == pytest.approx(degrees, abs=1e-4)
    first = patient_place(Measurement(1, "probe", (0, axis, 0), points[:1]), volume)
    assert first == pytest.approx(places[0])


@pytest.mark.parametrize(("name", "axis"), PLANES)
def test_a_region_sums_up_the_pixels_whose_centres_lie_inside(name: str, axis: Axis) -> None:
    volume = linear(name)
    view = plane(volume, axis)
    index = view.count // 2
    p0, q0, p1, q1 = view.bounds_mm
    low = np.array([p0 + 0.21 * (p1 - p0), q0 + 0.13 * (q1 - q0)])
    high = np.array([p0 + 0.83 * (p1 - p0), q0 + 0.91 * (q1 - q0)])
    k, j, i = np.indices(volume.pixels.shape).reshape(3, -1)
    voxels = np.stack([i, j, k], axis=1)
    voxels = voxels[voxels[:, axis] == index]
    away = (view.place(voxels) - (low + high) / 2) / ((high - low) / 2)
    inside = voxels[(away**2).sum(axis=1) <= 1]
    truth = volume.stack.patient_of_voxel(inside) @ FIELD
    (found,) = valued(volume, "ellipse", [low, high], axis, index).inside
    assert found.count == len(truth) > 0
    for value, expected in (
        (found.mean, truth.mean()),
        (found.deviation, truth.std()),
        (found.low, truth.min()),
        (found.high, truth.max()),
        (found.median, np.median(truth)),
    ):
        assert value == pytest.approx(expected, abs=1e-6)
    sizes = measured(volume, "ellipse", [low, high], (0, axis, index))
    assert sizes.area == pytest.approx(np.pi * np.prod(high - low) / 4)
    assert sizes.extent == pytest.approx(high - low)


@pytest.mark.parametrize(("name", "axis"), WHOLE)
def test_a_profile_through_an_even_field_is_straight_on_every_plane(name: str, axis: Axis) -> None:
    volume = linear(name)
    view = plane(volume, axis)
    index = view.count // 2
    last = np.array([volume.columns, volume.rows, volume.count]) - 1.0
    ends = np.array([[0.2, 0.2, 0.2], [0.8, 0.7, 0.8]]) * last
    ends[:, axis] = index
    points = view.place(ends)
    line = valued(volume, "profile", points, axis, index).profile
    assert line is not None
    truth = view.patient_of_plane(index, line.points) @ FIELD
    assert np.allclose(line.values, truth, atol=1e-6)
    assert line.way[-1] == pytest.approx(np.hypot(*(points[1] - points[0])))
    assert np.allclose(np.diff(line.way), line.way[1])


@pytest.mark.parametrize("name", [name for name in ODD if "gapped" in name])
def test_a_profile_across_a_gap_has_nothing_there_and_mixes_nothing_across(name: str) -> None:
    volume = linear(name)
    volume.pixels[:] = np.arange(volume.count)[:, None, None]
    view = plane(volume, 1)
    p0, q0, p1, q1 = view.bounds_mm
    line = valued(volume, "profile", [[(p0 + p1) / 2, q0 + 0.01], [(p0 + p1) / 2, q1 - 0.01]], 1)
    assert line.profile is not None
    values, q = line.profile.values, line.profile.points[:, 1]
    assert np.array_equal(np.isnan(values), view.slices_at(q) < 0)
    assert np.isnan(values).any()
    (after,) = (gap.after for gap in volume.stack.gaps[:1])
    beside = (q > view.centres_q[after]) & (q <= view.strips_q[after, 1])
    assert (values[beside] == after).all()


def test_a_profile_is_numpys_linear_interpolation_between_the_centres() -> None:
    pixels = np.random.default_rng(1).integers(0, 4000, (1, 9, 11)).astype(np.int16)
    media = frames(pixels, spacing_mm=(0.5, 2.0), is_calibrated=True)
    line = valued(media, "profile", [[0.0, 9.0], [5.5, 9.0]]).profile  # along row 4, at its centre
    assert line is not None
    centres = (np.arange(11) + 0.5) * 0.5
    assert np.allclose(line.values, np.interp(line.way, centres, pixels[0, 4].astype(float)))


def test_pixels_that_are_not_square_are_measured_in_mm() -> None:
    media = frames(np.zeros((1, 20, 30), np.uint8), spacing_mm=(0.5, 2.0), is_calibrated=True)
    ends = np.array([(2.0, 4.0), (8.0, 7.0)]) * media.spacing_mm  # 6 columns, 3 rows
    assert measured(media, "length", ends).length == pytest.approx(np.hypot(3.0, 6.0))
    box = measured(media, "rectangle", ends)
    assert (box.area, box.perimeter) == pytest.approx((18.0, 18.0))
    assert box.extent == pytest.approx((3.0, 6.0))
    (found,) = valued(media, "rectangle", ends).inside
    assert found.count == 6 * 3
    square = np.array([(0, 0), (4, 0), (4, 4), (0, 4)]) * 1.0
    assert measured(media, "region", square).area == pytest.approx(16.0)


def test_without_calibration_lengths_are_in_pixels_and_angles_as_they_are_seen() -> None:
    media = frames(np.zeros((1, 20, 30), np.uint8), spacing_mm=(1.0, 2.0))
    ends = np.array([(2.0, 4.0), (5.0, 8.0)]) * media.spacing_mm  # 3 columns, 4 rows
    found = measured(media, "length", ends)
    assert (found.length, found.is_mm) == (5.0, False)
    assert measured(media, "rectangle", ends).area == pytest.approx(12.0)
    seen = measured(media, "angle", [(4.0, 0.0), (0.0, 0.0), (4.0, 4.0)])
    assert seen.degrees == pytest.approx(45.0)


@pytest.mark.parametrize(
    ("ends", "degrees"),
    [((1, 0, 0, 1), 90.0), ((1, 0, -1, 0), 180.0), ((1, 0, 1, 0), 0.0), ((1, 0, -1, -1), 135.0)],
)
def test_angles_are_the_smaller_ones(ends: tuple[int, ...], degrees: float) -> None:
    media = frames(np.zeros((1, 20, 30), np.uint8), is_calibrated=True)
    places = [(5 + ends[0], 5 + ends[1]), (5, 5), (5 + ends[2], 5 + ends[3])]
    assert measured(media, "angle", places).degrees == pytest.approx(degrees)
    assert measured(media, "angle", [(5, 5), (5, 5), (6, 6)]).degrees is None


def test_colours_are_summed_up_by_channel() -> None:
    pixels = np.random.default_rng(2).integers(0, 256, (2, 12, 16, 3)).astype(np.uint8)
    media = frames(pixels)
    found = valued(media, "rectangle", [(3.0, 2.0), (9.0, 8.0)], index=1).inside
    part = pixels[1, 2:8, 3:9].reshape(-1, 3).astype(float)
    assert [one.mean for one in found] == pytest.approx(part.mean(axis=0))
    assert [one.deviation for one in found] == pytest.approx(part.std(axis=0))
    at = valued(media, "probe", [(4.2, 3.9)], index=1).at
    assert at is not None
    assert at.tolist() == pixels[1, 3, 4].tolist()
    line = valued(media, "profile", [(0.5, 0.5), (15.5, 0.5)], index=1).profile
    assert line is not None
    assert np.allclose(line.values[::2], pixels[1, 0])


def test_ultrasound_is_measured_in_mm_inside_one_region_alone() -> None:
    regions = (Region((0, 0, 9, 19), (0.2, 0.4)), Region((10, 0, 29, 19), (0.5, 0.5)))
    media = frames(np.zeros((1, 20, 30), np.uint8), regions=regions)
    left = measured(media, "length", [(1.0, 1.0), (4.0, 5.0)])
    assert (left.length, left.is_mm) == (pytest.approx(np.hypot(0.6, 1.6)), True)
    right = measured(media, "rectangle", [(10.0, 0.0), (30.0, 20.0)])
    assert (right.area, right.is_mm) == (pytest.approx(100.0), True)
    across = measured(media, "length", [(4.0, 5.0), (14.0, 5.0)])
    assert (across.length, across.is_mm, across.outside) == (10.0, False, True)
    degrees = measured(media, "angle", [(4.0, 2.0), (2.0, 2.0), (4.0, 4.0)]).degrees
    assert degrees == pytest.approx(np.degrees(np.arctan2(0.8, 0.4)))


def test_each_slice_of_a_reformat_has_its_own_rescale_and_padding_counts_nowhere() -> None:
    stack = STACKS["uneven"]
    pixels = np.random.default_rng(3).integers(0, 900, (8, 9, 11)).astype(np.int16)
    pixels[2:4, 4, 3:5] = -2000
    volume = volume_of(stack, pixels)
    rescales = tuple(Rescale(1.0 + k, -10.0 * k, "HU") for k in range(8))
    volume.presentation = Presentation(rescales=rescales)
    volume.padding = -2000.0
    view = plane(volume, 1)
    p0, q0, p1, q1 = view.bounds_mm
    (found,) = valued(volume, "rectangle", [(p0, q0), (p1, q1)], 1, 4).inside
    shown = pixels[:, 4] * (1.0 + np.arange(8))[:, None] - 10.0 * np.arange(8)[:, None]
    truth = shown[pixels[:, 4] != -2000]
    assert (found.count, found.mean) == (len(truth), pytest.approx(truth.mean()))
    at = valued(volume, "probe", view.place((3, 4, 2)), 1, 4).at
    assert at is not None
    assert np.isnan(at).all()


def test_where_the_uptake_is_known_values_are_told_as_suv_too() -> None:
    media = frames(np.full((1, 9, 11), 200, np.int16))
    media.presentation = Presentation(suv=Suv(factor=0.01))
    (found,) = valued(media, "ellipse", [(1.0, 1.0), (9.0, 8.0)]).inside
    assert found.suv == 0.01
    assert valued(media, "probe", [(2.0, 2.0)]).suv == 0.01


def test_what_is_not_a_number_is_left_out() -> None:
    pixels = np.ones((1, 4, 4), np.float32)
    pixels[0, 0] = (np.nan, np.inf, -np.inf, 3.0)
    (found,) = valued(frames(pixels), "rectangle", [(0.0, 0.0), (4.0, 1.0)]).inside
    assert (found.count, found.mean) == (1, 3.0)


def test_values_are_not_made_up_where_pixels_are_not_at_hand() -> None:
    volume = linear("axial")
    volume.ready[3] = False
    assert sheet_of(volume, 2, 3) == NOT_HERE
    assert sheet_of(volume, 0, 3) == LOADING
    assert isinstance(sheet_of(volume, 2, 2), Sheet)


def test_outside_the_picture_there_is_nothing() -> None:
    media = frames(np.ones((1, 4, 4), np.uint8))
    assert valued(media, "probe", [(4.5, 1.0)]).at is None
    assert valued(media, "ellipse", [(5.0, 5.0), (9.0, 9.0)]).inside == ()
    line = valued(media, "profile", [(-2.0, 1.5), (6.0, 1.5)]).profile
    assert line is not None
    assert np.array_equal(np.isnan(line.values), (line.way < 2) | (line.way > 6))


def test_regions_are_the_even_odd_inside_of_their_outline() -> None:
    media = frames(np.arange(400).reshape(1, 20, 20).astype(np.int16), is_calibrated=True)
    bow = np.array([(2, 2), (18, 18), (18, 2), (2, 18)]) * 1.0
    (found,) = valued(media, "region", bow).inside
    sizes = measured(media, "region", bow)
    assert sizes.area == pytest.approx(128.0)
    assert found.count == pytest.approx(128, abs=9)


def test_an_area_is_known_by_its_kind() -> None:
    made = Measurement(1, "ellipse", (0, 2, 0), np.array([(9.0, 8.0), (1.0, 2.0)]))
    assert made.area == Ellipse(5.0, 5.0, 4.0, 3.0)
