"""Colour in every encoding ends as the same RGB."""

from __future__ import annotations

import struct
import subprocess
import sys
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import JPEGBaseline8Bit
from slices import a_slice, saved

from viewer.media import load, open_media
from viewer.media.pixel_data.colour import rgb_of_ybr
from viewer.media.volume import FrameStack


def frame(path: Path) -> NDArray[np.int64]:
    (stack,) = open_media(path).media
    assert isinstance(stack, FrameStack)
    load(stack)
    assert stack.ready.all(), stack.slice_errors
    assert stack.is_colour
    assert stack.pixels.dtype == np.uint8
    return stack.pixels[0].astype(np.int64)


@pytest.mark.parametrize(
    ("name", "most", "mean"),
    [
        ("JPEG-LS-Lossless", 0, 0.0),
        ("JPEG-Lossless_RGB", 0, 0.0),
        ("JPEG-LS-NearLossless", 2, 1.1),
        ("JPEG-Baseline_YBRFull", 80, 1.0),
        ("JPEG-Baseline_YBR422", 80, 1.0),
        ("Palette", 80, 0.5),
        ("Palette_16", 80, 0.5),
    ],
)
def test_a_test_pattern_has_its_colours_in_every_encoding(
    name: str, most: int, mean: float, shared: Path
) -> None:
    folder = shared / "data" / "dicom" / "sc_colour"
    difference = np.abs(
        frame(folder / f"TestPattern_{name}.dcm") - frame(folder / "TestPattern_RGB.dcm")
    )
    assert difference.max() <= most
    assert difference.mean() <= mean


@pytest.mark.parametrize("name", ["16bit", "32bit", "expb", "jpeg_gdcm", "rle"])
def test_colour_bars_are_equal_in_every_depth_and_syntax(name: str, shared: Path) -> None:
    folder = shared / "data" / "dicom" / "sc_colour"
    assert (frame(folder / f"SC_rgb_{name}.dcm") == frame(folder / "SC_rgb.dcm")).all()


@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_ybr_and_back_is_the_same_colour(colour: tuple[int, int, int]) -> None:
    red, green, blue = colour
    luma = 0.299 * red + 0.587 * green + 0.114 * blue  # PS3.3 C.7.6.3.1.2
    ybr = np.array([luma, 128 + (blue - luma) / 1.772, 128 + (red - luma) / 1.402])
    rounded = np.clip(np.floor(ybr + 0.5), 0, 255).astype(np.uint8)
    found = rgb_of_ybr(rounded.reshape(1, 1, 3))[0, 0].astype(int)
    assert np.abs(found - colour).max() <= 2


def of_colours(photometric: str, pixels: bytes, **values: int) -> Dataset:
    """A picture of three samples of 8 bits."""
    return a_slice(
        1,
        SamplesPerPixel=3,
        PhotometricInterpretation=photometric,
        BitsAllocated=8,
        BitsStored=8,
        HighBit=7,
        PixelData=pixels,
        **values,
    )


@pytest.mark.parametrize("planar", [0, 1])
def test_colours_by_pixel_and_by_plane_are_the_same(planar: int, tmp_path: Path) -> None:
    rgb = np.random.default_rng(2).integers(0, 256, (5, 6, 3)).astype(np.uint8)
    stored = rgb.transpose(2, 0, 1) if planar else rgb
    dataset = of_colours("RGB", stored.tobytes(), PlanarConfiguration=planar)
    assert (frame(saved(dataset, tmp_path / "a.dcm")) == rgb).all()


def test_half_width_colours_of_an_odd_width_are_a_sentence(tmp_path: Path) -> None:
    dataset = of_colours("YBR_FULL_422", bytes(50), PlanarConfiguration=0, Columns=5)
    saved(dataset, tmp_path / "a.dcm")
    (stack,) = open_media(tmp_path).media
    load(stack)
    assert "even number of columns" in stack.slice_errors[0]


def test_a_palette_that_is_missing_is_a_sentence(tmp_path: Path) -> None:
    saved(a_slice(1, PhotometricInterpretation="PALETTE COLOR"), tmp_path / "a.dcm")
    (stack,) = open_media(tmp_path).media
    load(stack)
    assert "palette" in stack.slice_errors[0]


def test_opening_needs_no_decoder_library() -> None:
    """They are imported with the first file that needs them: start-up stays short."""
    code = (
        "import sys, viewer.media;"
        "assert not {'pydicom', 'imagecodecs', 'cv2', 'PySide6'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_partial_range_colours_have_black_at_16_and_white_at_235(tmp_path: Path) -> None:
    quad = bytes([16, 235, 128, 128])
    dataset = of_colours("YBR_PARTIAL_422", quad * 15, PlanarConfiguration=0)
    found = frame(saved(dataset, tmp_path / "a.dcm"))
    assert (found[:, 0::2] == 0).all()
    assert (found[:, 1::2] == 255).all()


def segment(marker: int, value: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(value) + 2) + value


@pytest.mark.parametrize("is_rgb", [True, False])
@pytest.mark.parametrize(
    "before",
    [
        b"",
        segment(0xFE, b"Photographed; Adobe Photoshop CS"),
        segment(0xED, b"Adobe\0\1\1\1\1\1\1\1\1"),
        segment(0xFE, b"JFIF\0"),
        segment(0xE1, b"\xff\xda Adobe\0\0\0\0\0\0\1"),
    ],
)
def test_only_the_marker_of_adobe_says_what_the_colours_of_a_jpeg_are(
    before: bytes, is_rgb: bool, tmp_path: Path
) -> None:
    picture = np.zeros((40, 48, 3), np.uint8)
    picture[:] = (200, 90, 10)
    space = "RGB" if is_rgb else "YCbCr"
    stream = imagecodecs.jpeg8_encode(picture, level=98, colorspace="RGB", outcolorspace=space)
    while stream[2] == 0xFF and stream[3] in (0xE0, 0xEE):
        stream = stream[:2] + stream[4 + struct.unpack_from(">H", stream, 4)[0] :]
    adobe = segment(0xEE, b"Adobe\0\x64\0\0\0\0" + bytes([0 if is_rgb else 1]))
    dataset = a_slice(1, Rows=40, Columns=48, SamplesPerPixel=3, PlanarConfiguration=0)
    dataset.PhotometricInterpretation = "YBR_FULL" if is_rgb else "RGB"  # the stream counts
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 8, 8, 7
    dataset.file_meta.TransferSyntaxUID = JPEGBaseline8Bit
    dataset.PixelData = encapsulate([stream[:2] + before + adobe + stream[2:]])
    dataset["PixelData"].is_undefined_length = True
    shown = frame(saved(dataset, tmp_path / "a.dcm"))
    assert np.abs(shown - (200, 90, 10)).max() <= 3
