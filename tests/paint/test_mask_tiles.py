"""Masks cover the very device pixels whose middles they hold, at every zoom, turn and ratio."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scenes import new_id, painted

from viewer.geometry.mask import Mask
from viewer.paint.mask_tiles import draw_outlines
from viewer.paint.picture import ViewPicture
from viewer.render.lines import Lines, Raster, lines_of_mask
from viewer.render.overlay import Mark

BITMAP = np.zeros((12, 15), dtype=np.bool_)
BITMAP[2:9, 3:11] = True
BITMAP[4:6, 5:7] = False
WHOLE = Mask.from_array(BITMAP)
MARK = Mark(new_id(0), 0, "#ff0000", "", lines_of_mask(WHOLE, (1.0, 1.0)))
SIZE = (180.0, 160.0)
TURNS = {
    "plain": np.array([[1.0, 0.0], [0.0, 1.0]]),
    "mirrored": np.array([[-1.0, 0.0], [0.0, 1.0]]),
    "a quarter": np.array([[0.0, -1.0], [1.0, 0.0]]),
    "a quarter mirrored": np.array([[0.0, 1.0], [1.0, 0.0]]),
}


def inside(affine: np.ndarray, ratio: float = 1.0, mask: Mask = WHOLE) -> np.ndarray:
    """Whether the middles of device pixels lie in the mask, through the inverse of the affine."""
    y, x = np.mgrid[: round(SIZE[1] * ratio), : round(SIZE[0] * ratio)] + 0.5
    screen = np.stack([x.ravel(), y.ravel()], axis=1) / ratio
    pixels = np.linalg.solve(affine[:, :2], (screen - affine[:, 2]).T).T
    i, j = np.floor(pixels).astype(int).T - [[mask.x], [mask.y]]
    is_there = (i >= 0) & (i < mask.width) & (j >= 0) & (j < mask.height)
    held: np.ndarray = np.zeros(len(i), dtype=np.bool_)
    held[is_there] = mask.to_array()[j[is_there], i[is_there]]
    return held.reshape(y.shape)


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize("scale", [7.3, 30.0])
def test_a_fill_covers_the_pixels_whose_middles_are_inside(
    turn: str, ratio: float, scale: float
) -> None:
    linear = TURNS[turn] * scale
    middle = np.array(SIZE) / 2 + (0.37, -0.21)
    affine = np.hstack([linear, (middle - linear @ (7.0, 5.5))[:, None]])
    view = ViewPicture(SIZE, affine, marks=(MARK,), style="fill", bare=True)
    assert np.array_equal(painted(view, ratio)[:, :, 0] > 40, inside(affine, ratio))
    hovered = (replace(MARK, state="hovered"),)
    pixels = painted(replace(view, standing=hovered), ratio)
    held = inside(affine, ratio)
    assert not (pixels[held][:, 0] <= 40).any()


@pytest.mark.parametrize("state", ["hovered", "selected"])
def test_a_mask_that_stands_out_lies_where_it_does_at_rest(state: str) -> None:
    affine = np.array([[9.0, 0.0, 20.3], [0.0, 9.0, 14.8]])
    view = ViewPicture(SIZE, affine, marks=(MARK,), style="outline", bare=True)
    rest = painted(view)[:, :, 0] > 120
    standing = painted(replace(view, standing=(replace(MARK, state=state),)))  # type: ignore[arg-type]
    red = (standing[:, :, 0] > 120) & (standing[:, :, 1] < 80)
    for axis in (0, 1):
        ends = [np.flatnonzero(part.any(axis=axis))[[0, -1]] for part in (rest, red)]
        assert np.abs(ends[0] - ends[1]).max() <= 1


def test_a_narrow_mask_is_seen_far_out() -> None:
    line = np.zeros((400, 400), dtype=np.bool_)
    line[201, 20:380] = True
    thin = replace(MARK, drawn=lines_of_mask(Mask.from_array(line), (1.0, 1.0)))
    affine = np.array([[0.3, 0.0, 10.0], [0.0, 0.3, 10.0]])
    pixels = painted(ViewPicture(SIZE, affine, marks=(thin,), bare=True))
    assert (pixels[:, :, 0] > 120).sum() > 90


def raster(bitmap: np.ndarray, x: int, y: int) -> Raster:
    """Return a mask with pixels of 1 mm."""
    found = lines_of_mask(Mask.from_array(bitmap, x, y), (1.0, 1.0)).raster
    assert found is not None
    return found


@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize("scale", [1.0, 1.7, 13.0, 60.0])
def test_masks_drawn_together_lie_where_each_does_alone(turn: str, scale: float) -> None:
    rng = np.random.default_rng(5)
    masks = [
        (raster(rng.random((rows, columns)) < 0.6, x, y), value)
        for value, (rows, columns, x, y) in enumerate(
            ((12, 15, 0, 0), (7, 9, 4, 3), (20, 4, 8, -3)), start=1
        )
    ]
    linear = TURNS[turn] * scale
    affine = np.hstack([linear, (np.array([90.3, 80.2]) - linear @ (7.0, 5.5))[:, None]])
    held = np.stack([inside(affine, mask=one.mask) for one, _ in masks])
    together = np.zeros((160, 180), dtype=np.uint8)
    draw_outlines(together, masks, affine)
    edge = np.zeros_like(together)
    for cells, (_, value) in zip(held, masks, strict=True):
        four = np.stack([cells[1:, 1:], cells[:-1, 1:], cells[1:, :-1], cells[:-1, :-1]])
        edge[1:, 1:][four.any(axis=0) & ~four.all(axis=0)] = value
    assert np.array_equal(together[1:, 1:], edge[1:, 1:])
    shown = painted(
        ViewPicture(
            SIZE,
            affine,
            marks=tuple(
                replace(MARK, id=new_id(value), drawn=Lines(raster=one)) for one, value in masks
            ),
            style="fill",
            bare=True,
        )
    )
    assert len(np.unique(shown[:, :, 0])) > 2
    for count in range(len(masks) + 1):
        reds = np.unique(shown[:, :, 0][held.sum(axis=0) == count])
        assert len(reds) <= 1
