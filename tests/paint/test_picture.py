"""Views as they are painted: labels lie on the pixels they belong to, at every zoom and ratio."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scenes import new_id, painted

from viewer.geometry.views import SIGNED_PERMUTATIONS
from viewer.model.annotation import AnnotationId
from viewer.paint.framing import Framing, framed, on_screen
from viewer.paint.furniture import Cross, Letters
from viewer.paint.marks import MANY
from viewer.paint.picture import ViewPicture
from viewer.paint.states import GapBand, Loading, Message
from viewer.render.lines import Lines
from viewer.render.looks import ExportLook, dressed
from viewer.render.overlay import Mark

SIZE = (420.0, 380.0)
SQUARE = (12, 9, 20, 15)  # x0, y0, x1, y1 of the bright pixels
YELLOW = "#ffff00"


def view(image: NDArray[np.uint8], framing: Framing, turn: NDArray[np.float64]) -> ViewPicture:
    bounds = (0.0, 0.0, image.shape[1] * 0.8, image.shape[0] * 0.5)
    affine = framed(bounds, turn, SIZE, framing)
    return ViewPicture(SIZE, affine, image, bounds, bare=True)


def bright_square() -> NDArray[np.uint8]:
    image = np.zeros((30, 36), dtype=np.uint8)
    x0, y0, x1, y1 = SQUARE
    image[y0:y1, x0:x1] = 255
    return image


def square_mark(**more: object) -> Mark:
    x0, y0, x1, y1 = SQUARE
    ring = np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)]) * (0.8, 0.5)
    return Mark(new_id(0), 0, YELLOW, "square", Lines(rings=(ring,)), **more)  # type: ignore[arg-type]


def middle_of(layer: NDArray[np.float64]) -> NDArray[np.float64]:
    """Centre of brightness (x, y) in px from the corner of the first."""
    y, x = np.mgrid[: layer.shape[0], : layer.shape[1]] + 0.5
    return np.array([(layer * x).sum(), (layer * y).sum()]) / layer.sum()


@pytest.mark.parametrize("ratio", [1.0, 2.0, 1.5])
@pytest.mark.parametrize("smooth", [True, False])
@given(
    scale=st.floats(3.0, 14.0),
    turn=st.sampled_from(SIGNED_PERMUTATIONS),
    off=st.tuples(st.floats(-3, 3), st.floats(-3, 3)),
)
def test_a_label_lies_on_the_edges_of_the_pixels_it_was_drawn_around(
    ratio: float, smooth: bool, scale: float, turn: NDArray[np.float64], off: tuple[float, float]
) -> None:
    size = (240.0, 220.0)
    framing = Framing(scale, (12.8 + off[0], 6.0 + off[1]))
    affine = framed((0.0, 0.0, 28.8, 15.0), turn, size, framing)
    shown = replace(view(bright_square(), framing, turn), size=size, affine=affine, smooth=smooth)
    square = painted(shown, ratio)[:, :, 0] / 255
    outline = replace(shown, image=None, marks=(square_mark(),), style="outline")
    lines = painted(outline, ratio)[:, :, 0] / 255
    off_px = np.abs(middle_of(square) - middle_of(lines)).max()
    assert off_px <= (0.25 if smooth else 0.55)  # blocks end at whole device pixels
    sides = np.array([(SQUARE[2] - SQUARE[0]) * 0.8, (SQUARE[3] - SQUARE[1]) * 0.5])
    expected = np.abs(shown.affine[:, :2] @ sides) * ratio
    for axis in (0, 1):
        assert abs(square.sum(axis=1 - axis).max() - expected[axis]) <= 1.01
        across = np.flatnonzero(lines.max(axis=axis) > 0.5)
        assert abs(np.ptp(across) + 1 - (expected[axis] + 2 * ratio)) <= 2.0


def test_without_smoothing_every_source_pixel_is_a_block_of_equal_device_pixels() -> None:
    rng = np.random.default_rng(3)
    image = rng.integers(1, 255, (6, 7), dtype=np.uint8)
    bounds = (0.0, 0.0, 7.0, 6.0)
    affine = np.array([[10.0, 0.0, 5.0], [0.0, 10.0, 3.0]])
    shown = ViewPicture((90.0, 70.0), affine, image, bounds, smooth=False, bare=True)
    for ratio in (1, 2):
        pixels = painted(shown, ratio)[:, :, 0]
        block = 10 * ratio
        own = pixels[3 * ratio : 3 * ratio + 6 * block, 5 * ratio : 5 * ratio + 7 * block]
        assert np.array_equal(own, np.kron(image, np.ones((block, block))))
        assert pixels.sum() == own.sum()


def test_a_yellow_line_on_white_has_black_beside_it() -> None:
    white = np.full((30, 36), 255, dtype=np.uint8)
    shown = replace(view(white, Framing(8.0), np.eye(2)), marks=(square_mark(),))
    pixels = painted(shown)
    x, y = on_screen(shown.affine, np.array([[SQUARE[0] * 0.8, 12 * 0.5]]))[0]
    row = pixels[round(y), round(x) - 6 : round(x) + 6]
    assert (row[:, 0] - row[:, 2]).max() > 200
    assert row.sum(axis=1).min() < 3 * 120


@pytest.mark.parametrize(
    "other",
    [
        square_mark(state="hovered"),
        square_mark(state="selected"),
        square_mark(dashed=True),
        square_mark(is_predicted=True),
        square_mark(is_unsure=True),
        square_mark(judgement="rejected"),
        Mark(new_id(0), 0, YELLOW, "cut", Lines(bands=np.array([[9.6, 4.5, 16.0, 7.5]]))),
        Mark(new_id(0), 0, YELLOW, "point", Lines(points=np.array([[12.8, 6.0]]))),
    ],
)
def test_every_state_of_a_label_looks_different(other: Mark) -> None:
    grey = np.full((30, 36), 110, dtype=np.uint8)
    shown = view(grey, Framing(8.0), np.eye(2))
    normal = painted(replace(shown, marks=(square_mark(),)))
    standing = () if other.state == "normal" else (other,)
    unlike = painted(replace(shown, marks=(other.at_rest,), standing=standing))
    assert (np.abs(normal - unlike).sum(axis=2) > 40).sum() > 100


def test_the_selected_label_is_cased_in_white_and_drawn_over_the_others() -> None:
    black = np.zeros((30, 36), dtype=np.uint8)
    shown = view(black, Framing(8.0), np.eye(2))
    beside = replace(square_mark(), id=new_id(1), color="#ff0000")
    selected = square_mark(state="selected")
    pixels = painted(replace(shown, marks=(selected.at_rest, beside), standing=(selected,)))
    assert ((pixels > 240).all(axis=2)).sum() > 60
    assert not ((pixels[:, :, 0] > 200) & (pixels[:, :, 1] < 60)).any()


def test_fills_can_be_left_out_and_drawn_alone() -> None:
    grey = np.full((30, 36), 110, dtype=np.uint8)
    shown = replace(view(grey, Framing(8.0), np.eye(2)), marks=(square_mark(),))
    x, y = on_screen(shown.affine, np.array([[16 * 0.8, 12 * 0.5]]))[0].astype(int)
    inside = {
        style: painted(replace(shown, style=style))[y, x].tolist()  # type: ignore[arg-type]
        for style in ("both", "outline", "fill")
    }
    assert inside["outline"] == [110, 110, 110]
    assert inside["both"][2] < 110 < inside["both"][0]
    assert inside["fill"][2] < inside["both"][2]


def test_above_two_hundred_labels_each_still_has_its_line_and_halo_in_its_place() -> None:
    white = np.full((30, 36), 255, dtype=np.uint8)
    shown = view(white, Framing(8.0), np.eye(2))
    few = painted(replace(shown, marks=(square_mark(),), style="outline"))
    many = painted(replace(shown, marks=(square_mark(),) * (MANY + 1)))
    is_line = [(part[:, :, 0] - part[:, :, 2]) > 150 for part in (few, many)]
    centres = [middle_of(part.astype(np.float64)) for part in is_line]
    assert np.abs(centres[0] - centres[1]).max() <= 0.5
    spans = [np.ptp(np.nonzero(part)[1]) for part in is_line]
    assert abs(spans[0] - spans[1]) <= 1
    assert (many.sum(axis=2) < 3 * 120).any()


def test_above_two_hundred_labels_there_is_no_fill() -> None:
    grey = np.full((30, 36), 110, dtype=np.uint8)
    shown = replace(view(grey, Framing(8.0), np.eye(2)), marks=(square_mark(),) * (MANY + 1))
    x, y = on_screen(shown.affine, np.array([[16 * 0.8, 12 * 0.5]]))[0].astype(int)
    assert painted(shown)[y, x].tolist() == [110, 110, 110]


def test_a_bare_view_has_picture_and_labels_alone() -> None:
    grey = np.full((30, 36), 110, dtype=np.uint8)
    bare = replace(view(grey, Framing(8.0), np.eye(2)), marks=(square_mark(),))
    dressed = replace(
        bare, letters=Letters("R", "L"), cross=Cross(10, 5, "sagittal", "coronal"), notice="Words"
    )
    assert np.array_equal(painted(bare), painted(dressed))
    assert not np.array_equal(painted(bare), painted(replace(dressed, bare=False)))


def test_a_gap_is_hatched_and_never_shows_the_picture_beneath() -> None:
    white = np.full((30, 36), 255, dtype=np.uint8)
    shown = view(white, Framing(8.0), np.eye(2))
    gap = GapBand((0.0, 5.0, 28.8, 8.0), "gap: 2 slices missing, 8.0 mm")
    pixels = painted(replace(shown, gaps=(gap,)))
    top, bottom = on_screen(shown.affine, np.array([[0.0, 5.0], [0.0, 8.0]]))[:, 1].astype(int)
    assert pixels[top + 1 : bottom - 1, 100:300].max() < 120
    assert len(np.unique(pixels[top + 1 : bottom - 1, 100:300, 0])) > 1


def test_a_message_stands_in_place_of_the_picture_and_loading_above_it() -> None:
    empty = ViewPicture(SIZE, np.eye(2, 3), message=Message("Broken", "It stops.", is_broken=True))
    assert painted(empty)[150:260].max() > 150
    assert (painted(replace(empty, loading=Loading(3, 9))) != painted(empty)).any()


def test_crosshair_lines_have_the_colours_of_their_planes_and_stay_open_at_the_centre() -> None:
    shown = replace(
        view(np.zeros((30, 36), dtype=np.uint8), Framing(8.0), np.eye(2)),
        cross=Cross(14.4, 7.5, "sagittal", "coronal"),
        bare=False,
        is_calibrated=False,
    )
    pixels = painted(shown)
    x, y = on_screen(shown.affine, np.array([[14.4, 7.5]]))[0].astype(int)
    assert pixels[y - 25 : y + 26, x - 25 : x + 26].max() == 0
    assert pixels[40, x].tolist() == [0xC9, 0xB4, 0x6A]
    assert pixels[y, 60].tolist() == [0x8C, 0xC0, 0x8A]


def test_quarter_turns_of_the_screen_turn_the_crosshair_along() -> None:
    turn = np.array([[0.0, -1.0], [1.0, 0.0]])
    shown = replace(
        view(np.zeros((30, 36), dtype=np.uint8), Framing(8.0), turn),
        cross=Cross(14.4, 7.5, "sagittal", "coronal"),
        bare=False,
        is_calibrated=False,
    )
    pixels = painted(shown)
    x, y = on_screen(shown.affine, np.array([[14.4, 7.5]]))[0].astype(int)
    assert pixels[y, 60].tolist() == [0xC9, 0xB4, 0x6A]
    assert pixels[40, x].tolist() == [0x8C, 0xC0, 0x8A]


@pytest.mark.parametrize("px_per_mm", [8.0, 1.0, 0.25])
def test_an_overlay_stands_over_its_pixels_at_every_zoom(px_per_mm: float) -> None:
    image = np.zeros((64, 64), dtype=np.uint8)
    bits = np.zeros((64, 64), dtype=np.bool_)
    bits[16:32, 40:56] = True
    affine = np.array([[px_per_mm, 0.0, 0.0], [0.0, px_per_mm, 0.0]])
    size = (64 * px_per_mm, 64 * px_per_mm)
    picture = ViewPicture(size, affine, image, (0.0, 0.0, 64.0, 64.0), overlay=bits, bare=True)
    colours = painted(picture)
    y, x = np.nonzero(colours[..., 0] > 100)
    edges = np.array([x.min(), x.max() + 1, y.min(), y.max() + 1]) / px_per_mm
    assert np.abs(edges - [40, 56, 16, 32]).max() <= 1 / px_per_mm


def test_outlines_of_several_exports_at_one_place_are_all_seen() -> None:
    colors = {"#ff0000": (255, 0, 0), "#00ff00": (0, 255, 0), "#ff00ff": (255, 0, 255)}
    looks = [
        (str(number), ExportLook(color=color, weight=weight))
        for number, (color, weight) in enumerate(zip(colors, ("thin", "wide", "bold"), strict=True))
    ]
    one = square_mark()
    marks = tuple(replace(one, id=AnnotationId(export, 0)) for export, _ in looks)
    shown = view(bright_square(), Framing(12.0, (12.8, 6.0)), np.eye(2))
    drawn = replace(shown, image=None, style="outline", marks=dressed(marks, tuple(looks)))
    found = painted(drawn, 2.0)[:, :, :3].reshape(-1, 3).astype(int)
    counts = [int((np.abs(found - rgb).max(axis=1) < 40).sum()) for rgb in colors.values()]
    assert min(counts) > 200
