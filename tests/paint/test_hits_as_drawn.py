"""What is drawn under the pointer is what it takes, at every zoom, turn and pixel ratio."""

from __future__ import annotations

import numpy as np
import pytest
from scenes import new_id, painted

from viewer.geometry.mask import Mask
from viewer.paint.framing import on_plane
from viewer.paint.picture import ViewPicture
from viewer.render.lines import Lines, lines_of_mask
from viewer.render.overlay import Mark
from viewer.render.pointing import EDGE_PX, POINT_PX, marks_at

SIZE = (200.0, 160.0)
BLOB = np.hypot(*(np.mgrid[:9, :9] - 4)) < 4.3
MARKS = (
    Mark(new_id(0), 0, "#ff0000", "", Lines(rings=(np.array([(4.0, 3), (22, 5), (13, 21)]),))),
    Mark(new_id(1), 0, "#00ff00", "", lines_of_mask(Mask.from_array(BLOB, 14, 4), (1.0, 1.0))),
    Mark(new_id(2), 0, "#0000ff", "", Lines(points=np.array([(6.0, 17.0)]))),
)
TURNED = np.array([[0.0, -1.0], [1.0, 0.0]])


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("turn", [np.eye(2), TURNED], ids=["plain", "turned"])
@pytest.mark.parametrize("scale", [3.0, 7.1])
def test_every_pixel_that_shows_a_label_picks_it(
    ratio: float, turn: np.ndarray, scale: float
) -> None:
    linear = turn * scale
    affine = np.hstack([linear, (np.array(SIZE) / 2 - linear @ (13.0, 12.0))[:, None]])
    view = ViewPicture(SIZE, affine, marks=MARKS, bare=True)
    pixels = painted(view, ratio)
    rng = np.random.default_rng(3)
    for number, mark in enumerate(MARKS):
        own = pixels[:, :, number] - np.delete(pixels, number, axis=2).max(axis=2)
        seen = np.argwhere(own > 150)
        assert len(seen) > 20
        for row, column in rng.choice(seen, 15):
            at = on_plane(affine, (column + 0.5) / ratio, (row + 0.5) / ratio)
            assert mark.id in marks_at(MARKS, at, scale)


@pytest.mark.parametrize("scale", [0.5, 3.0, 40.0])
def test_a_line_reaches_6_and_a_point_12_logical_px_at_any_zoom(scale: float) -> None:
    line = Mark(new_id(3), 0, "#ff0000", "", Lines(lines=(np.array([(0.0, 0.0), (50.0, 0.0)]),)))
    point = Mark(new_id(4), 0, "#ff0000", "", Lines(points=np.array([(25.0, 0.0)])))
    for mark, reach in ((line, EDGE_PX), (point, POINT_PX)):
        assert marks_at((mark,), (25.0, (reach - 0.2) / scale), scale) == (mark.id,)
        assert marks_at((mark,), (25.0, (reach + 0.2) / scale), scale) == ()


def test_of_labels_inside_each_other_the_smallest_area_comes_first() -> None:
    corners = np.array([(0.0, 0.0), (1, 0), (1, 1), (0, 1)])
    thin = Mark(new_id(5), 0, "#ff0000", "", Lines(rings=(corners * (200, 20) - (50, 0),)))
    wide = Mark(new_id(6), 0, "#ff0000", "", Lines(rings=(corners * (100, 60) - (0, 20),)))
    assert marks_at((wide, thin), (50.0, 10.0), 1.0) == (thin.id, wide.id)
