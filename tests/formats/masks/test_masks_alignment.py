"""Where masks lie: voxel for voxel where sizes agree, by the affine else, never in silence."""

from __future__ import annotations

import gzip
from itertools import permutations, product
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from stacks import COLUMNS, COUNT, ROWS, UNIFORM, built

from viewer.errors import GeometryError
from viewer.formats.masks import (
    LabelVolume,
    aligned,
    aligned_with_frames,
    ras_of,
    read_nifti,
)
from viewer.geometry.space import Floats
from viewer.geometry.stack import Stack
from viewer.media import open_media
from viewer.media.volume import Volume

STACK = UNIFORM["axial"]
SHAPE = (COUNT, ROWS, COLUMNS)
NUMBERS = np.arange(np.prod(SHAPE)).reshape(SHAPE) + 1
LPS = np.diag([-1.0, -1.0, 1.0, 1.0])
TURNS = [
    (order, signs)
    for order in permutations(range(3))
    for signs in product((1, -1), repeat=3)
    if (order, signs) != ((0, 1, 2), (1, 1, 1))
]


def volume_of(affine: Floats | None, values: NDArray[np.int64] = NUMBERS) -> LabelVolume:
    return LabelVolume("S.nii.gz", values, values, b"", affine)


@pytest.mark.parametrize("name", UNIFORM)
def test_a_mask_in_the_place_of_its_series_is_shown_voxel_by_voxel_without_a_word(
    name: str,
) -> None:
    stack = UNIFORM[name]
    found = aligned(volume_of(ras_of(stack), NUMBERS[: stack.count]), stack)
    assert found.is_voxel_for_voxel
    assert found.issue is None
    for k in range(stack.count):
        np.testing.assert_array_equal(found.plane(NUMBERS, k), NUMBERS[k])


@pytest.mark.parametrize("name", UNIFORM)
def test_the_affine_of_a_stack_places_each_voxel_where_the_stack_does(name: str) -> None:
    stack = UNIFORM[name]
    voxels = np.array(list(product((0, 4, COLUMNS - 1), (0, 3, ROWS - 1), (0, stack.count - 1))))
    there = np.column_stack([voxels, np.ones(len(voxels))]) @ ras_of(stack).T
    np.testing.assert_allclose(there[:, :3] * (-1, -1, 1), stack.patient_of_voxel(voxels))


@pytest.mark.parametrize("name", UNIFORM)
def test_by_the_affine_the_same_place_shows_the_same_voxels(name: str) -> None:
    stack = UNIFORM[name]
    found = aligned(volume_of(ras_of(stack), NUMBERS[: stack.count]), stack, by="affine")
    assert not found.is_voxel_for_voxel
    assert found.issue is not None
    for k in range(stack.count):
        np.testing.assert_array_equal(found.plane(NUMBERS, k), NUMBERS[k])


@pytest.mark.parametrize(("order", "signs"), TURNS)
def test_a_mask_with_turned_axes_is_shown_where_its_affine_places_it(
    order: tuple[int, int, int], signs: tuple[int, int, int]
) -> None:
    """The same volume with axes exchanged and turned, as other programs save it."""
    turned = NUMBERS.transpose(2, 1, 0).transpose(order)  # [i, j, k] of the file
    flips = tuple(slice(None, None, sign) for sign in signs)
    turned = turned[flips]
    own = np.zeros((4, 4))  # from the file's voxels to the stack's
    own[3, 3] = 1
    for axis, (of, sign) in enumerate(zip(order, signs, strict=True)):
        own[of, axis] = sign
        own[of, 3] = turned.shape[axis] - 1 if sign < 0 else 0
    volume = volume_of(ras_of(STACK) @ own, turned.transpose(2, 1, 0))
    found = aligned(volume, STACK, by="affine")
    for k in range(COUNT):
        np.testing.assert_array_equal(found.plane(volume.values, k), NUMBERS[k])


@pytest.mark.parametrize("affine", [None, LPS])
def test_a_mask_without_a_place_is_shown_in_voxel_order_and_said_to_be(
    affine: Floats | None,
) -> None:
    found = aligned(volume_of(affine), STACK)
    assert list(found.order) == list(range(COUNT))
    assert found.issue is not None
    assert (found.issue.severity, found.issue.code) == ("note", "mask-without-place")


def test_an_affine_that_disagrees_is_said_and_not_followed() -> None:
    away = ras_of(STACK).copy()
    away[0, 3] += 12
    found = aligned(volume_of(away), STACK)
    assert list(found.order) == list(range(COUNT))
    assert found.issue is not None
    assert "up to 12 mm away" in found.issue.sentence
    assert found.issue.severity == "warning"


def test_an_affine_from_the_other_end_is_said_to_be_so() -> None:
    flipped = ras_of(STACK) @ np.array(
        [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, -1, COUNT - 1], [0, 0, 0, 1]]
    )
    found = aligned(volume_of(flipped), STACK)
    assert list(found.order) == list(range(COUNT))
    assert found.issue is not None
    assert "from the other end" in found.issue.sentence
    by_affine = aligned(volume_of(flipped), STACK, by="affine")
    np.testing.assert_array_equal(by_affine.plane(NUMBERS, 0), NUMBERS[-1])


def test_less_than_half_a_voxel_is_no_disagreement() -> None:
    near = ras_of(STACK).copy()
    near[0, 3] += 0.39
    assert aligned(volume_of(near), STACK).issue is None
    near[0, 3] += 0.02
    assert aligned(volume_of(near), STACK).issue is not None


def test_slices_of_an_image_file_in_its_own_order_are_those_of_its_mask() -> None:
    """A left-handed NIfTI: the stack's first slice is the file's last."""
    flipped = ras_of(STACK) @ np.array(
        [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, -1, COUNT - 1], [0, 0, 0, 1]]
    )
    order = range(COUNT)[::-1]
    found = aligned(volume_of(flipped), STACK, order)
    assert found.issue is None
    np.testing.assert_array_equal(found.plane(NUMBERS, 0), NUMBERS[-1])


def test_a_smaller_mask_is_placed_by_its_affine_and_zero_outside() -> None:
    part = NUMBERS[2:5, 1:4, 3:9]
    own = np.eye(4)
    own[:3, 3] = (3, 1, 2)
    found = aligned(volume_of(ras_of(STACK) @ own, part), STACK)
    assert not found.is_voxel_for_voxel
    assert found.issue is not None
    assert "cannot be painted" in found.issue.sentence
    expected = np.zeros(SHAPE, np.int64)
    expected[2:5, 1:4, 3:9] = part
    for k in range(COUNT):
        np.testing.assert_array_equal(found.plane(part, k), expected[k])


def test_a_finer_mask_shows_its_nearest_voxels() -> None:
    own = np.diag([0.5, 0.5, 1, 1])
    own[:2, 3] = -0.25
    fine = NUMBERS.repeat(2, axis=1).repeat(2, axis=2)
    found = aligned(volume_of(ras_of(STACK) @ own, fine), STACK)
    np.testing.assert_array_equal(found.plane(fine, 3), NUMBERS[3])


def far(mm: float) -> Floats:
    affine = ras_of(STACK).copy()
    affine[2, 3] += mm
    return affine


def flat() -> Floats:
    affine = ras_of(STACK).copy()
    affine[:3, 1] = affine[:3, 0]
    return affine


@pytest.mark.parametrize(
    ("affine", "words"),
    [
        (None, "gives no place"),
        (LPS, "gives no place"),
        (far(500), "outside of the series"),
        (flat(), "damaged"),
        (np.zeros((4, 4)), "damaged"),
        (far(1e9), "damaged"),
    ],
)
def test_what_fits_neither_way_is_refused_in_words(affine: Floats | None, words: str) -> None:
    part = NUMBERS[1:]
    with pytest.raises(GeometryError, match=words) as caught:
        aligned(volume_of(affine, part), STACK)
    assert str(caught.value).startswith("S.nii.gz: its 11 x 9 x 7 voxels do not fit 11 x 9 pixels")


def test_a_place_that_a_person_chose_is_refused_where_there_is_none() -> None:
    with pytest.raises(GeometryError, match="no place in the patient, so that it can only be"):
        aligned(volume_of(None), STACK, by="affine")


def test_half_way_between_two_voxels_each_pixel_takes_the_same_side() -> None:
    own = np.eye(4)
    own[:2, 3] = 0.5
    found = aligned(volume_of(ras_of(STACK) @ own), STACK, by="affine")
    np.testing.assert_array_equal(found.plane(NUMBERS, 3), NUMBERS[3])


def test_columns_and_rows_that_are_exchanged_are_said_to_be() -> None:
    with pytest.raises(GeometryError, match="columns and rows are exchanged"):
        aligned(volume_of(None, NUMBERS.transpose(0, 2, 1)), STACK)


def test_voxel_order_that_a_person_chose_is_refused_where_sizes_differ() -> None:
    with pytest.raises(GeometryError, match="do not fit"):
        aligned(volume_of(ras_of(STACK), NUMBERS[1:]), STACK, by="voxels")


def test_one_slice_is_placed_as_many_are() -> None:
    stack = built(np.array([1.0, 0, 0]), np.array([0, 1.0, 0]), steps=np.zeros(1))
    assert aligned(volume_of(ras_of(stack), NUMBERS[:1]), stack).issue is None


def test_masks_of_frames_go_by_their_size_alone() -> None:
    found = aligned_with_frames(volume_of(LPS), COLUMNS, ROWS, COUNT)
    assert found.issue is None
    np.testing.assert_array_equal(found.plane(NUMBERS, 2), NUMBERS[2])
    with pytest.raises(GeometryError, match="do not fit 9 x 11 pixels on 8 slices"):
        aligned_with_frames(volume_of(LPS), ROWS, COLUMNS, COUNT)


def test_a_real_mask_lies_on_its_series_as_simpleitk_places_it(shared: Path) -> None:
    """51 slices of a series, and a mask on 199: by the affine, against physical points of ITK."""
    import SimpleITK

    file = shared / "data/seg/ct_axial_phantom_rt/Lung_L.nii.gz"
    (series,) = (
        media
        for media in open_media(shared / "data/dicom/ct_axial_phantom_rt").media
        if isinstance(media, Volume)
    )
    volume = read_nifti(file.name, file.read_bytes(), 1 << 28)
    found = aligned(volume, series.stack)
    assert not found.is_voxel_for_voxel
    image = SimpleITK.ReadImage(str(file))
    generator = np.random.default_rng(4)
    hits = 0
    for k in range(0, series.count, 7):
        plane = found.plane(volume.values, k)
        for _ in range(200):
            i, j = int(generator.integers(512)), int(generator.integers(512))
            place = series.stack.patient_of_voxel([(i, j, k)])[0]
            index = image.TransformPhysicalPointToIndex(place.tolist())
            is_inside = all(0 <= n < size for n, size in zip(index, image.GetSize(), strict=True))
            assert plane[j, i] == (image[index] if is_inside else 0)
            hits += int(plane[j, i])
    assert hits


def test_a_redbrick_mask_lies_in_the_order_of_its_series(shared: Path) -> None:
    """The export tells spacing, origin and direction of its series of 12 x 10 x 6 voxels."""
    folder = shared / "data/exports/redbrick/all_labels/standard/segmentations/study-01"
    content = (folder / "CT_axial.nii.gz").read_bytes()
    volume = read_nifti("CT_axial.nii.gz", content, 1 << 20)
    stack = series_of(12, 10, 6, (0.7, 0.8), 2.5, (-20, -30, 100))
    found = aligned(volume, stack)
    assert found.issue is None
    assert found.is_voxel_for_voxel
    voxels = np.frombuffer(gzip.decompress(content)[352:], np.uint8).reshape(6, 10, 12)
    for k in range(6):
        np.testing.assert_array_equal(found.plane(volume.values, k), voxels[k])


def series_of(
    columns: int,
    rows: int,
    count: int,
    spacing: tuple[float, float],
    step: float,
    origin: tuple[float, float, float],
) -> Stack:
    from viewer.geometry.space import SlicePlane
    from viewer.geometry.stack import stack_of

    across, down, up = np.eye(3)
    planes = (
        SlicePlane(np.array(origin) + k * step * up, across, down, spacing, columns, rows)
        for k in reversed(range(count))
    )
    return stack_of(planes)
