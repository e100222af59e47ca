"""PNG masks: told apart by kind, equal to what Pillow shows, written in the kind of the old one."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from viewer.errors import CannotWrite
from viewer.formats.masks import (
    composite_colors,
    read_composite,
    read_png_mask,
    write_composite,
    write_png_mask,
)
from viewer.formats.masks.pictures import depth_and_colour_type
from viewer.geometry.mask import Bitmap

LIMIT = 1 << 26
SIZE = (4, 7)
bitmaps = st.lists(st.booleans(), min_size=28, max_size=28).map(
    lambda cells: np.array(cells).reshape(SIZE)
)
MASK = np.zeros(SIZE, bool)
MASK[1:3, 2:6] = True


def saved(image: Image.Image, **how: int) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "PNG", **how)
    return stream.getvalue()


def encoded(samples: NDArray[Any]) -> bytes:
    return bytes(imagecodecs.png_encode(samples))


def grey(bitmap: Bitmap, top: int = 255) -> NDArray[np.uint8]:
    return bitmap.astype(np.uint8) * top


def kinds(bitmap: Bitmap) -> dict[str, bytes]:
    """A mask as PNG of every kind."""
    picture = Image.fromarray(grey(bitmap))
    indexed = Image.fromarray(grey(bitmap, 1))
    indexed.putpalette([0, 0, 0, 255, 255, 255])
    deep = bitmap.astype(np.uint16)
    clear = np.stack([grey(bitmap)] * 4, axis=2)
    return {
        "1": saved(picture.convert("1")),
        "L": saved(picture),
        "LA": saved(picture.convert("LA")),
        "RGB": saved(picture.convert("RGB")),
        "RGBA": saved(picture.convert("RGBA")),
        "RGBA on nothing": encoded(clear),
        "P": saved(picture.convert("P")),
        "P of 1 bit": saved(indexed, bits=1),
        "L with transparent black": saved(picture, transparency=0),
        "16 bits": encoded(deep * 65535),
        "16 bits to 255": encoded(deep * 255),
        "16 bits RGB": encoded(np.stack([deep * 65535] * 3, axis=2)),
    }


@given(bitmaps)
def test_a_mask_is_the_same_in_every_kind_of_png(bitmap: Bitmap) -> None:
    for kind, content in kinds(bitmap).items():
        mask = read_png_mask(kind, content, LIMIT)
        np.testing.assert_array_equal(mask.bitmap, bitmap, kind)
        assert not mask.is_zero_one


@given(bitmaps)
def test_a_mask_is_written_in_the_kind_of_the_one_before(bitmap: Bitmap) -> None:
    for kind, like in kinds(MASK).items():
        content = write_png_mask(bitmap, like)
        np.testing.assert_array_equal(read_png_mask(kind, content, LIMIT).bitmap, bitmap, kind)
        if not kind.startswith(("P", "L with")):
            assert depth_and_colour_type(content) == depth_and_colour_type(like)
            np.testing.assert_array_equal(
                imagecodecs.png_decode(write_png_mask(MASK, like)), imagecodecs.png_decode(like)
            )


def test_ones_and_zeros_are_a_mask_and_said_to_be() -> None:
    for top in (encoded(grey(MASK, 1)), encoded(MASK.astype(np.uint16))):
        mask = read_png_mask("m", top, LIMIT)
        np.testing.assert_array_equal(mask.bitmap, MASK)
        assert mask.is_zero_one
        again = read_png_mask("m", write_png_mask(~MASK, top), LIMIT)
        np.testing.assert_array_equal(again.bitmap, ~MASK)
        assert again.is_zero_one


@pytest.mark.parametrize(("value", "is_set"), [(127, False), (128, True), (2, False)])
def test_a_grey_pixel_is_set_above_the_middle(value: int, is_set: bool) -> None:
    mask = read_png_mask("m", encoded(np.full(SIZE, value, np.uint8)), LIMIT)
    assert mask.bitmap.all() == is_set
    assert mask.bitmap.any() == is_set


def test_transparent_pixels_are_background_whatever_their_colour() -> None:
    samples = np.full((*SIZE, 4), 255, np.uint8)
    samples[..., 3] = grey(MASK)
    content = encoded(samples)
    np.testing.assert_array_equal(read_png_mask("m", content, LIMIT).bitmap, MASK)
    white = read_png_mask("m", content, LIMIT, (255, 255, 255))
    np.testing.assert_array_equal(white.bitmap, MASK)
    assert read_composite("m", content, LIMIT).colors == ((255, 255, 255),)


def test_of_a_composite_the_mask_is_what_has_exactly_the_colour() -> None:
    samples = np.zeros((*SIZE, 3), np.uint8)
    samples[MASK] = (12, 200, 30)
    samples[0] = (12, 200, 31)
    samples[3] = (255, 255, 255)
    content = encoded(samples)
    np.testing.assert_array_equal(read_png_mask("m", content, LIMIT, (12, 200, 30)).bitmap, MASK)
    deep = encoded(samples.astype(np.uint16) * 257)
    np.testing.assert_array_equal(read_png_mask("m", deep, LIMIT, (12, 200, 30)).bitmap, MASK)
    assert not read_png_mask("m", content, LIMIT, (1, 2, 3)).bitmap.any()


def test_a_white_mask_is_taken_for_another_colour_in_grey_files_only() -> None:
    for kind, content in kinds(MASK).items():
        mask = read_png_mask("m", content, LIMIT, (12, 200, 30))
        is_grey = depth_and_colour_type(content)[1] in (0, 4)
        np.testing.assert_array_equal(mask.bitmap, MASK if is_grey else MASK & False, kind)


def test_a_grey_colour_of_a_composite_is_told_from_other_greys() -> None:
    samples = np.zeros((*SIZE, 3), np.uint8)
    samples[MASK] = 200
    samples[0] = 201
    mask = read_png_mask("m", encoded(samples), LIMIT, (200, 200, 200))
    np.testing.assert_array_equal(mask.bitmap, MASK)


def test_a_coloured_mask_without_a_colour_is_all_that_is_not_black() -> None:
    samples = np.zeros((*SIZE, 3), np.uint8)
    samples[MASK] = (3, 0, 0)
    np.testing.assert_array_equal(read_png_mask("m", encoded(samples), LIMIT).bitmap, MASK)


@given(st.lists(st.integers(0, 6), min_size=28, max_size=28), st.booleans())
def test_a_composite_holds_every_label_in_its_colour(cells: list[int], is_clear: bool) -> None:
    labels = np.array(cells).reshape(SIZE)
    colors = composite_colors(6)
    masks = {color: labels == number for number, color in enumerate(colors, 1)}
    content = write_composite(masks)
    if is_clear:
        samples = imagecodecs.png_decode(content)
        alpha = (labels > 0).astype(np.uint8)[..., None] * 255
        content = encoded(np.concatenate([samples, alpha], axis=2))
    found = read_composite("m", content, LIMIT)
    assert set(found.colors) == {colors[number - 1] for number in set(cells) - {0}}
    for color, bitmap in masks.items():
        np.testing.assert_array_equal(found.bitmap(color), bitmap)
        np.testing.assert_array_equal(read_png_mask("m", content, LIMIT, color).bitmap, bitmap)
    assert sorted(found.colors) == list(found.colors)


def test_a_composite_may_be_of_a_palette_or_grey() -> None:
    samples = np.zeros((*SIZE, 3), np.uint8)
    samples[MASK] = (12, 200, 30)
    palette = saved(Image.fromarray(samples).convert("P", palette=Image.Palette.ADAPTIVE))
    assert read_composite("m", palette, LIMIT).colors == ((12, 200, 30),)
    assert read_composite("m", encoded(grey(MASK, 9)), LIMIT).colors == ((9, 9, 9),)


def test_composite_colours_are_each_there_once_and_never_black() -> None:
    colors = composite_colors(70_000)
    assert len({*colors}) == 70_000
    assert (0, 0, 0) not in colors
    assert colors[:3] == composite_colors(3)
    with pytest.raises(ValueError, match="cannot be told apart"):
        composite_colors(1 << 24)


def test_overlapping_masks_and_black_ones_are_refused_in_a_composite() -> None:
    with pytest.raises(CannotWrite, match="overlap in 8 pixels"):
        write_composite({(1, 2, 3): MASK, (3, 2, 1): MASK})
    with pytest.raises(CannotWrite, match="black"):
        write_composite({(0, 0, 0): MASK})
    for masks in ({}, {(1, 2, 3): MASK, (3, 2, 1): MASK[:2]}):
        with pytest.raises(ValueError, match="one size"):
            write_composite(masks)


@pytest.mark.parametrize("number", [1, 2])
def test_real_masks_read_as_pillow_shows_them_and_are_written_alike(
    shared: Path, number: int
) -> None:
    folder = shared / "data/exports/redbrick/all_labels/png_binary/segmentations/xray/A"
    file = folder / f"mask-{number}.png"
    with Image.open(file) as image:
        assert image.mode == "RGB"
        samples = np.asarray(image)
    mask = read_png_mask(file.name, file.read_bytes(), LIMIT)
    np.testing.assert_array_equal(mask.bitmap, samples.any(axis=2))
    assert mask.bitmap.any()
    with Image.open(io.BytesIO(write_png_mask(mask.bitmap, file.read_bytes()))) as image:
        assert image.mode == "RGB"
        np.testing.assert_array_equal(np.asarray(image), samples)
