"""A header that contradicts itself, or says the impossible, is read one way and says which."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset
from slices import a_slice, saved

from viewer.media import load, open_media
from viewer.media.volume import MediaSet, Stored, Video

RAMP = np.linspace(-1.5, 2.5, 30)


def opened(dataset: Dataset, folder: Path) -> Stored:
    (media,) = found_in(dataset, folder).media
    assert not isinstance(media, Video)
    load(media)
    assert media.ready.all(), media.slice_errors
    return media


def found_in(dataset: Dataset, folder: Path) -> MediaSet:
    return open_media(saved(dataset, folder / "a.dcm"))


def codes(media: Stored) -> list[str]:
    return [issue.code for issue in media.issues]


@pytest.mark.parametrize("allocated", [8, 16, 32, 64])
@pytest.mark.parametrize(
    ("keyword", "bits"), [("FloatPixelData", 32), ("DoubleFloatPixelData", 64)]
)
def test_the_tag_of_floating_point_pixels_says_how_long_they_are(
    keyword: str, bits: int, allocated: int, tmp_path: Path
) -> None:
    dataset = a_slice(1, PixelData=None, BitsAllocated=allocated)
    values = RAMP.astype(f"<f{bits // 8}")
    setattr(dataset, keyword, values.tobytes())
    media = opened(dataset, tmp_path)
    assert media.pixels.dtype == values.dtype
    assert (media.pixels.ravel() == values).all()
    assert codes(media) == ([] if allocated == bits else ["float-bits"])


@pytest.mark.parametrize("slope", [0, "0.0", -2, 0.5])
def test_a_slope_of_zero_shows_stored_values_and_says_so(slope: object, tmp_path: Path) -> None:
    media = opened(a_slice(1, RescaleSlope=slope, RescaleIntercept=-1024), tmp_path)
    factor = float(str(slope))
    stored = media.pixels[0]
    shown = media.in_units(stored, 0)
    assert (shown == (stored * factor - 1024 if factor else stored)).all()
    assert media.unit == ("HU" if factor else "")
    assert codes(media) == ([] if factor else ["rescale-zero"])
