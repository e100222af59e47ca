"""Colours follow the standards' formulas, and a display matrix turns as it says."""

from __future__ import annotations

import itertools
import struct

import av
import numpy as np
import pytest

from viewer.media.video.pictures import Converter, Turn, matrix_of, turn_of

BT601, BT709, BT2020, UNSAID = 5, 1, 9, 2
WEIGHTS = {BT601: (0.299, 0.114), BT709: (0.2126, 0.0722), BT2020: (0.2627, 0.0593)}
SIZE = 64


def patches(*, is_full: bool) -> tuple[av.VideoFrame, list[np.ndarray]]:
    """Return a frame of even patches, and its planes at full size."""
    rng = np.random.default_rng(4)
    low, high, chroma = (0, 256, (0, 256)) if is_full else (16, 236, (16, 241))
    cells = [rng.integers(low, high, (4, 4)), *(rng.integers(*chroma, (4, 4)) for _ in range(2))]
    whole = [np.kron(cell, np.ones((16, 16))) for cell in cells]
    packed = np.concatenate([whole[0].ravel(), *(plane[::2, ::2].ravel() for plane in whole[1:])])
    data = packed.astype(np.uint8).reshape(SIZE * 3 // 2, SIZE)
    return av.VideoFrame.from_ndarray(data, format="yuv420p"), whole


def expected(planes: list[np.ndarray], matrix: int, *, is_full: bool) -> np.ndarray:
    """Return RGB by ITU-T H.273 8.3, equations 38 to 43."""
    y, u, v = (plane.astype(float) for plane in planes)
    if is_full:
        luma, blue, red = y, u - 128, v - 128
    else:
        luma, blue, red = (y - 16) * 255 / 219, (u - 128) * 255 / 224, (v - 128) * 255 / 224
    kr, kb = WEIGHTS[matrix]
    r, b = luma + 2 * (1 - kr) * red, luma + 2 * (1 - kb) * blue
    g = (luma - kr * r - kb * b) / (1 - kr - kb)
    return np.clip(np.round(np.stack([r, g, b], axis=-1)), 0, 255)


@pytest.mark.parametrize(
    ("said", "is_full"), list(itertools.product([*WEIGHTS, UNSAID], [False, True]))
)
def test_colours_are_those_of_the_matrix_and_range_that_the_file_says(
    said: int, is_full: bool
) -> None:
    frame, planes = patches(is_full=is_full)
    frame.colorspace, frame.color_range = said, 2 if is_full else 1
    target = np.zeros((SIZE, SIZE, 3), np.uint8)
    converter = Converter(frame)
    converter.into(frame, target)
    truth = expected(planes, BT601 if said == UNSAID else said, is_full=is_full)
    inner = np.kron(np.ones((4, 4)), np.pad(np.ones((8, 8)), 4)).astype(bool)
    assert np.abs(target.astype(int) - truth)[inner].max() <= 1
    codes = [note.code for note in converter.notes()]
    assert codes == (["colour-matrix-unknown"] if said == UNSAID else [])


@pytest.mark.parametrize(
    ("width", "height", "matrix"),
    [(720, 576, "ITU601"), (720, 480, "ITU601"), (1280, 720, "ITU709"), (1080, 1920, "ITU709")],
)
def test_without_a_word_high_definition_is_bt709_and_the_rest_bt601(
    width: int, height: int, matrix: str
) -> None:
    frame = av.VideoFrame(width, height, "yuv420p")
    frame.colorspace = UNSAID
    assert matrix_of(frame) == matrix


def test_deep_colours_are_said_to_be_shown_with_less() -> None:
    frame = av.VideoFrame(64, 64, "yuv420p10le")
    frame.colorspace = BT709
    assert [note.code for note in Converter(frame).notes()] == ["deep-colour"]


def test_transparent_parts_are_shown_on_black_and_said() -> None:
    rgba = np.random.default_rng(2).integers(0, 256, (16, 24, 4), dtype=np.uint8)
    for alpha, codes in ((255, []), (0, ["alpha-composed"]), (None, ["alpha-composed"])):
        if alpha is not None:
            rgba[..., 3] = alpha
        else:
            rgba[..., 3] = np.arange(24) * 10
        frame = av.VideoFrame.from_ndarray(rgba, format="rgba")
        target = np.zeros((16, 24, 3), np.uint8)
        converter = Converter(frame)
        converter.into(frame, target)
        truth = rgba[..., :3].astype(float) * rgba[..., 3:] / 255
        assert np.abs(target - truth).max() <= 0.5 + 1e-6
        assert [note.code for note in converter.notes()] == codes


@pytest.mark.parametrize("signs", [*itertools.product((1, -1), repeat=2)])
@pytest.mark.parametrize("is_crossed", [False, True])
def test_each_of_the_eight_turns_moves_pixels_as_its_matrix_says(
    signs: tuple[int, int], is_crossed: bool
) -> None:
    a, b, c, d = (0, signs[0], signs[1], 0) if is_crossed else (signs[0], 0, 0, signs[1])
    turn = turn_of(packed(a, b, c, d))
    rows, columns = 3, 5
    picture = np.arange(rows * columns).reshape(rows, columns)
    shown = turn.applied(picture)
    for y, x in np.ndindex(rows, columns):
        to_x = a * x + c * y
        to_y = b * x + d * y
        # What becomes negative is moved back by the picture's size, as the matrix' last row does.
        to_x += (shown.shape[1] - 1) if to_x < 0 or (a + c < 0) else 0
        to_y += (shown.shape[0] - 1) if to_y < 0 or (b + d < 0) else 0
        assert shown[to_y, to_x] == picture[y, x]


def test_a_turn_by_any_other_angle_is_not_applied_and_said() -> None:
    assert turn_of(b"") == Turn()
    assert not turn_of(packed(0.7, 0.7, -0.7, 0.7)).is_known
    assert not turn_of(packed(0, 0, 0, 0)).is_known
    assert turn_of(packed(1, 0, 0, 1)) == Turn()


def packed(a: float, b: float, c: float, d: float) -> bytes:
    fixed = [int(value * 65536) for value in (a, b, 0, c, d, 0, 0, 0)]
    return struct.pack("=9i", *fixed, 1 << 30)
