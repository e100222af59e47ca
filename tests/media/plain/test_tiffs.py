"""TIFF: every depth, layout and packing, as tifffile itself and OpenCV read them."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from whole import only, opened

from viewer.media import open_media

RNG = np.random.default_rng(11)
TYPES = ("u1", "i1", "u2", "i2", "u4", "i4", "u8", "f4", "f8")
PACKINGS = (None, "lzw", "deflate", "zstd", "packbits", "lzma")
LAYOUTS: dict[str, dict[str, Any]] = {
    "one strip": {},
    "strips": {"rowsperstrip": 7},
    "tiles": {"tile": (32, 16)},
    "big": {"bigtiff": True, "tile": (16, 16)},
    "big endian": {"byteorder": ">", "rowsperstrip": 5},
}


def noise(shape: tuple[int, ...], dtype: str) -> NDArray[Any]:
    if np.dtype(dtype).kind == "f":
        return RNG.normal(size=shape).astype(dtype)
    limits = np.iinfo(dtype)
    return RNG.integers(limits.min, limits.max, shape, dtype=dtype, endpoint=True)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_grey_values_of_every_depth_are_kept(dtype: str, layout: str, tmp_path: Path) -> None:
    data, path = noise((37, 53), dtype), tmp_path / "a.tif"
    how = {"compression": "deflate", "photometric": "minisblack", **LAYOUTS[layout]}
    tifffile.imwrite(path, data, **how)
    stack = only(path)
    assert stack.pixels.dtype == data.dtype
    assert (stack.pixels[0] == data).all()


@pytest.mark.parametrize("dtype", ["u1", "i2", "u4", "f4", "f8"])
def test_predicted_values_are_kept(dtype: str, tmp_path: Path) -> None:
    data, path = noise((37, 53), dtype), tmp_path / "a.tif"
    tifffile.imwrite(path, data, compression="lzw", predictor=True, photometric="minisblack")
    assert (only(path).pixels[0] == data).all()


@pytest.mark.parametrize(("packing", "layout"), [*product(PACKINGS, ("strips", "tiles"))])
@pytest.mark.parametrize("planar", ["contig", "separate"])
def test_colours_of_every_packing_equal_a_second_decoders(
    packing: str | None, layout: str, planar: str, tmp_path: Path
) -> None:
    data, path = noise((37, 53, 3), "u1"), tmp_path / "a.tif"
    stored = np.moveaxis(data, -1, 0) if planar == "separate" else data
    how = {"photometric": "rgb", "planarconfig": planar, "compression": packing}
    tifffile.imwrite(path, stored, **how, **LAYOUTS[layout])
    assert (only(path).pixels[0] == data).all()
    by_cv2 = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    assert by_cv2 is None or (by_cv2[..., ::-1] == data).all()  # it lacks some packings


@pytest.mark.parametrize("layout", ["strips", "tiles"])
def test_jpeg_inside_is_within_two_levels_of_a_second_decoders(layout: str, tmp_path: Path) -> None:
    data = cv2.GaussianBlur(noise((64, 96, 3), "u1"), (0, 0), 4)
    path = tmp_path / "j.tif"
    layouts: dict[str, dict[str, Any]] = {
        "strips": {"rowsperstrip": 16},
        "tiles": {"tile": (32, 32)},
    }
    how = {"photometric": "rgb", "compression": "jpeg", **layouts[layout]}
    tifffile.imwrite(path, data, **how)
    stack = only(path)
    assert stack.lossy
    by_cv2 = cv2.imread(str(path))[..., ::-1].astype(int)
    assert np.abs(stack.pixels[0] - by_cv2).max() <= 2


def test_pages_are_frames_in_order(tmp_path: Path) -> None:
    data = noise((40, 9, 11), "u2")
    tifffile.imwrite(tmp_path / "s.tif", data, photometric="minisblack")
    stack = only(tmp_path / "s.tif")
    assert (stack.pixels == data).all()
    assert stack.frame_of == {"s.tif": 0}


def test_pages_of_other_sizes_stand_apart_and_reduced_ones_are_left_out(tmp_path: Path) -> None:
    with tifffile.TiffWriter(tmp_path / "p.tif") as writer:
        for shape in ((20, 30), (20, 30), (10, 15)):
            writer.write(noise(shape, "u1"), photometric="minisblack", metadata=None)
        writer.write(noise((5, 7), "u1"), photometric="minisblack", subfiletype=1, metadata=None)
    found = opened(tmp_path / "p.tif")
    assert sorted(media.pixels.shape for media in found.media) == [(1, 10, 15), (2, 20, 30)]
    assert {issue.code for issue in found.issues} == {"reduced-pages"}


def test_white_is_zero_is_shown_inverted_and_kept_as_stored(tmp_path: Path) -> None:
    data = noise((9, 11), "u1")
    tifffile.imwrite(tmp_path / "w.tif", data, photometric="miniswhite")
    stack = only(tmp_path / "w.tif")
    assert stack.is_inverted
    assert (stack.pixels[0] == data).all()


def test_colours_of_16_bits_and_floats_are_said(tmp_path: Path) -> None:
    deep = noise((9, 11, 3), "u2")
    tifffile.imwrite(tmp_path / "d.tif", deep, photometric="rgb")
    found = opened(tmp_path / "d.tif")
    assert (found.media[0].pixels[0] == np.rint(deep / 257)).all()
    assert [issue.code for issue in found.issues] == ["colour-depth"]
    floats = RNG.random((9, 11, 3)).astype("f4")
    tifffile.imwrite(tmp_path / "f.tif", floats, photometric="rgb")
    found = opened(tmp_path / "f.tif")
    assert (found.media[0].pixels[0] == np.rint(floats * 255)).all()
    assert [issue.code for issue in found.issues] == ["colour-floats"]


def test_half_floats_and_bits_are_held_in_types_that_can_be_windowed(tmp_path: Path) -> None:
    half = RNG.random((9, 11)).astype("f2")
    tifffile.imwrite(tmp_path / "h.tif", half, photometric="minisblack")
    stack = only(tmp_path / "h.tif")
    assert stack.pixels.dtype == np.float32
    assert (stack.pixels[0] == half).all()
    bits = RNG.random((9, 21)) > 0.5
    tifffile.imwrite(tmp_path / "b.tif", bits, photometric="minisblack")
    assert (only(tmp_path / "b.tif").pixels[0] == bits).all()


@pytest.mark.parametrize("tag", ["StripOffsets", "StripByteCounts"])
@pytest.mark.parametrize("count", [1, 5])
def test_a_page_without_all_its_strips_is_not_shown_as_black(
    count: int, tag: str, tmp_path: Path
) -> None:
    path = tmp_path / "s.tif"
    tifffile.imwrite(path, noise((37, 53), "u1"), rowsperstrip=7, photometric="minisblack")
    with tifffile.TiffFile(path) as tiff:
        at = tiff.pages[0].tags[tag].offset + 4  # how many values the tag has (TIFF 6.0, section 2)
    raw = bytearray(path.read_bytes())
    raw[at : at + 4] = count.to_bytes(4, "little")
    path.write_bytes(raw)
    found = opened(path)
    said = [*found.media[0].slice_errors.values()] if found.media else [found.issues[0].sentence]
    assert "of its 6 strips or tiles are missing" in said[0]


def test_further_channels_are_left_out_and_said(tmp_path: Path) -> None:
    data = noise((5, 9, 11), "u2")
    how = {"photometric": "minisblack", "planarconfig": "separate"}
    tifffile.imwrite(tmp_path / "c.tif", data, **how, extrasamples=[0] * 4)
    found = opened(tmp_path / "c.tif")
    assert (found.media[0].pixels[0] == data[0]).all()
    assert "only the first of its 5 channels" in found.issues[0].sentence


@pytest.mark.parametrize("dtype", ["u1", "u2"])
@pytest.mark.parametrize("count", [1, 3])
def test_associated_alpha_is_taken_as_stored_and_unassociated_is_composed_to_the_same(
    count: int, dtype: str, tmp_path: Path
) -> None:
    top = np.iinfo(dtype).max
    straight, opacity = noise((9, 11, count), dtype), noise((9, 11, 1), dtype)
    on_black = np.rint(straight * (opacity / top)).astype(dtype)
    photometric = "rgb" if count == 3 else "minisblack"
    shown = []
    for kind, colours in (("assocalpha", on_black), ("unassalpha", straight)):
        path = tmp_path / f"{kind}.tif"
        data = np.concatenate([colours, opacity], axis=2)
        how = {"photometric": photometric, "planarconfig": "contig", "extrasamples": [kind]}
        tifffile.imwrite(path, data, **how)
        found = opened(path)
        assert "alpha-composed" in {issue.code for issue in found.issues}
        shown.append(found.media[0].pixels[0])
    expected = on_black[..., 0] if count == 1 else np.rint(on_black * (255 / top))
    assert (shown[0] == expected).all()
    assert (shown[0] == shown[1]).all()


def test_printing_colours_are_shown_and_said(tmp_path: Path) -> None:
    data = noise((9, 11, 4), "u1")
    tifffile.imwrite(tmp_path / "c.tif", data, photometric="separated")
    found = opened(tmp_path / "c.tif")
    light = 1 - data / 255
    assert np.abs(found.media[0].pixels[0] - 255 * light[..., :3] * light[..., 3:]).max() <= 0.5
    assert [issue.code for issue in found.issues] == ["colour-cmyk"]


def test_a_cut_page_is_said_and_the_others_load(tmp_path: Path) -> None:
    path = tmp_path / "cut.tif"
    with tifffile.TiffWriter(path) as writer:
        for _ in range(3):
            writer.write(noise((20, 30), "u1"), photometric="minisblack", metadata=None)
    with tifffile.TiffFile(path) as tiff:
        last = tiff.pages[2].dataoffsets[0]
    path.write_bytes(path.read_bytes()[: last + 100])
    found = opened(path)
    sentences = [*(issue.sentence for issue in found.issues)]
    for media in found.media:
        sentences += media.slice_errors.values()
    assert any("cut.tif" in sentence for sentence in sentences)


def test_a_bomb_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    path = tmp_path / "b.tif"
    tifffile.imwrite(path, np.zeros((8, 8), np.uint8), photometric="minisblack", metadata=None)
    raw = bytearray(path.read_bytes())
    for code in (256, 257, 278):  # ImageWidth, ImageLength, RowsPerStrip
        with tifffile.TiffFile(path) as tiff:
            tag = tiff.pages[0].tags[code]
            raw[tag.valueoffset : tag.valueoffset + 2] = (65535).to_bytes(2, "little")
    path.write_bytes(raw)
    found = open_media(path)
    assert not found.media
    assert "decompression bomb" in found.issues[0].sentence


def test_a_jpeg_strip_that_lacks_a_part_of_its_scan_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    picture = noise((64, 64, 3), "uint8")
    tifffile.imwrite(path, picture, photometric="ycbcr", compression="jpeg", rowsperstrip=64)
    assert only(path).count == 1
    with tifffile.TiffFile(path) as file:
        page = file.pages[0]
        (start,), (length,) = page.dataoffsets, page.databytecounts
    data = bytearray(path.read_bytes())
    half = data[start : start + length // 2] + b"\xff\xd9"
    data[start : start + length] = half.ljust(length, b"\0")
    path.write_bytes(data)
    (media,) = opened(path).media
    assert "damaged" in media.slice_errors[0]
