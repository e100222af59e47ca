"""How large the pixels of frames without positions are."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import UltrasoundImageStorage
from slices import a_slice, saved

from viewer.media import open_media
from viewer.media.scale import scale_at
from viewer.media.volume import FrameStack

CENTIMETRES, SECONDS = 3, 4


def region(delta: float, units: int = CENTIMETRES, x1: int = 4) -> Dataset:
    """A two-dimensional region whose pixels are twice as high as wide."""
    item = Dataset()
    item.RegionSpatialFormat, item.RegionDataType, item.RegionFlags = 1, 1, 0
    item.RegionLocationMinX0, item.RegionLocationMinY0 = 1, 0
    item.RegionLocationMaxX1, item.RegionLocationMaxY1 = x1, 3
    item.PhysicalUnitsXDirection = item.PhysicalUnitsYDirection = units
    item.PhysicalDeltaX, item.PhysicalDeltaY = delta, 2 * delta
    return item


def still(number: int, *regions: Dataset, **values: object) -> Dataset:
    """An ultrasound picture without position."""
    places = {"ImagePositionPatient": None, "ImageOrientationPatient": None, "PixelSpacing": None}
    return a_slice(
        number,
        SOPClassUID=UltrasoundImageStorage,
        Modality="US",
        SequenceOfUltrasoundRegions=Sequence(regions),
        **{**places, **values},
    )


def opened(folder: Path, *stills: Dataset) -> FrameStack:
    for number, data in enumerate(stills):
        saved(data, folder / f"{number}.dcm")
    (stack,) = open_media(folder).media
    assert isinstance(stack, FrameStack)
    return stack


def said(stack: FrameStack) -> dict[str, str]:
    return {issue.code: issue.sentence for issue in stack.issues}


def test_a_region_in_centimetres_gives_pixels_their_size_and_says_where_it_holds(
    tmp_path: Path,
) -> None:
    stack = opened(tmp_path, still(1, region(0.02)), still(2, region(0.02, x1=6)))
    assert stack.count == 2
    assert stack.is_calibrated
    assert stack.spacing_mm == pytest.approx((0.2, 0.4))
    assert "columns 2 to 5, rows 1 to 4" in said(stack)["region-spacing"]
    assert "detector-spacing" not in said(stack)


def test_pixel_spacing_goes_before_regions(tmp_path: Path) -> None:
    stack = opened(tmp_path, still(1, region(0.02), PixelSpacing=[0.5, 0.25]))
    assert stack.spacing_mm == (0.25, 0.5)
    assert "region-spacing" not in said(stack)


@pytest.mark.parametrize(
    ("stills", "code"),
    [
        ([still(1, region(0.02), region(0.03))], "regions-differ"),
        ([still(1, region(0.02)), still(2, region(0.03))], "spacings-differ"),
        ([still(1, region(0.02)), still(2)], "spacings-differ"),
        ([still(1, region(0.02, SECONDS))], ""),
        ([still(1, region(0.02, x1=7))], "regions-outside"),
        ([still(1)], ""),
    ],
    ids=["in one picture", "from picture to picture", "one without", "seconds", "scaled", "none"],
)
def test_where_regions_do_not_agree_lengths_are_in_pixels(
    tmp_path: Path, stills: list[Dataset], code: str
) -> None:
    stack = opened(tmp_path, *stills)
    assert not stack.is_calibrated
    assert stack.spacing_mm == (1.0, 1.0)
    assert {"regions-differ", "regions-outside", "spacings-differ"} & said(stack).keys() == {
        code
    } - {""}


def test_a_shape_without_a_size_is_kept(tmp_path: Path) -> None:
    stack = opened(tmp_path, still(1, PixelAspectRatio=["6", "5"]))
    assert not stack.is_calibrated
    assert stack.spacing_mm == (1.0, 1.2)


@pytest.mark.parametrize("spacing", ["1e-300", "1e30", "-2", "1e-7", "1001"])
@pytest.mark.parametrize("is_placed", [True, False])
def test_a_pixel_spacing_that_cannot_be_leaves_lengths_in_pixels_and_is_said(
    spacing: str, is_placed: bool, tmp_path: Path
) -> None:
    values = {"PixelSpacing": [spacing, spacing]}
    data = a_slice(1, **values) if is_placed else still(1, **values)
    stack = opened(tmp_path, data)
    assert not stack.is_calibrated
    assert stack.spacing_mm == (1.0, 1.0)
    assert f"{float(spacing):g} x {float(spacing):g} mm cannot be right" in " ".join(
        said(stack).values()
    )


@pytest.mark.parametrize("delta", [1e-300, 1e30])
def test_a_region_whose_pixels_cannot_be_so_large_has_none(delta: float, tmp_path: Path) -> None:
    stack = opened(tmp_path, still(1, region(delta)))
    assert not stack.is_calibrated
    assert stack.spacing_mm == (1.0, 1.0)


def test_lengths_hold_inside_the_regions_alone_those_that_all_pictures_share(
    tmp_path: Path,
) -> None:
    stack = opened(tmp_path, still(1, region(0.02), region(0.02, x1=6)), still(2, region(0.02)))
    assert stack.regions is not None
    (shared,) = stack.regions
    inside, beyond = [(1.0, 0.0), (2.0, 1.0)], [(1.0, 0.0), (shared.box[2] + 1.5, 1.0)]
    assert scale_at(stack, inside) == pytest.approx((0.2, 0.4))
    assert scale_at(stack, beyond) is None


def test_regions_of_different_sizes_each_have_their_own(tmp_path: Path) -> None:
    stack = opened(tmp_path, still(1, region(0.02, x1=2), region(0.05)))
    assert not stack.is_calibrated
    assert scale_at(stack, [(1.5, 0.5)]) == pytest.approx((0.2, 0.4))
    assert scale_at(stack, [(1.5, 0.5), (4.5, 0.5)]) == pytest.approx((0.5, 1.0))


def test_pixel_spacing_holds_everywhere(tmp_path: Path) -> None:
    stack = opened(tmp_path, still(1, region(0.02), PixelSpacing=[0.5, 0.25]))
    assert stack.regions is None
    assert scale_at(stack, [(0.0, 0.0), (9e3, 9e3)]) == (0.25, 0.5)
