"""Skeletons and regions as they are painted: what a node looks like, and what is filled."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given
from numpy.typing import NDArray
from scenes import new_id, painted
from shape_strategies import regions

from viewer.geometry.measure import outline, translated
from viewer.geometry.raster import rasterised
from viewer.geometry.shapes import NodeState, Polygon, Regions, Skeleton
from viewer.paint.nodes import NODE_PX
from viewer.paint.picture import ViewPicture
from viewer.render.lines import shape_lines
from viewer.render.overlay import Mark

SIDE = 100
SCALE = 3.0  # screen px per mm
BLACK = np.zeros((SIDE, SIDE), dtype=np.uint8)
PLAIN = ViewPicture(
    (SIDE * SCALE, SIDE * SCALE),
    np.array([[SCALE, 0.0, 0.0], [0.0, SCALE, 0.0]]),
    BLACK,
    (0.0, 0.0, float(SIDE), float(SIDE)),
    bare=True,
)


def marked(shape: Regions | Skeleton) -> ViewPicture:
    """The view with one red label and nothing else."""
    mark = Mark(new_id(0), 0, "#ff0000", "", shape_lines(shape, (1.0, 1.0)))
    return replace(PLAIN, marks=(mark,))


def halves(state: NodeState) -> tuple[float, float]:
    """How much of the left and of the right inside of a lone node is red."""
    shape = Skeleton(np.array([(50.0, 50.0)]), (state,))
    red = painted(marked(shape))[:, :, 0] > 200
    reach = int(NODE_PX / 2) - 2
    at = round(50 * SCALE)
    inside = red[at - reach : at + reach, at - reach : at + reach]
    return float(inside[:, : reach - 1].mean()), float(inside[:, reach + 1 :].mean())


@pytest.mark.parametrize(
    ("state", "left", "right"),
    [
        ("visible", True, True),
        ("occluded", True, False),
        ("self-occluded", False, True),
        ("invisible", False, False),
    ],
)
def test_a_node_is_filled_by_how_it_is_seen(state: NodeState, left: bool, right: bool) -> None:
    found = halves(state)
    assert [share > 0.8 for share in found] == [left, right]
    assert [share < 0.2 for share in found] == [not left, not right]


def test_no_edge_shows_through_a_node_that_is_hollow() -> None:
    nodes = Skeleton(np.array([(20.0, 50.0), (80.0, 50.0)]), ("invisible",) * 2, ((0, 1),))
    red = painted(marked(nodes))[:, :, 0]
    row = red[round(50 * SCALE)]
    assert row[round(50 * SCALE)] > 200
    assert (row[[round(20 * SCALE), round(80 * SCALE)]] < 100).all()


def filled_of(shape: Regions) -> NDArray[np.bool_]:
    """Which pixel centres are painted over."""
    picture = painted(replace(marked(shape), style="fill"))[:, :, 0]
    middles = np.round((np.arange(SIDE) + 0.5) * SCALE - 0.5).astype(int)
    return picture[np.ix_(middles, middles)] > 20


@given(regions)
def test_what_is_filled_is_what_its_raster_sets(shape: Regions) -> None:
    moved = translated(shape, 50, 50)
    assert isinstance(moved, Regions)
    mask, wanted = rasterised(moved, SIDE, SIDE), np.zeros((SIDE, SIDE), dtype=bool)
    wanted[mask.y : mask.y + mask.height, mask.x : mask.x + mask.width] = mask.to_array()
    y, x = np.mgrid[:SIDE, :SIDE] + 0.5
    centres = shapely.points(x, y)
    near = np.zeros((SIDE, SIDE), dtype=bool)
    for ring, _ in outline(moved):
        near |= shapely.distance(shapely.LinearRing(ring), centres) < 0.5
    assert ((filled_of(moved) == wanted) | near).all()


def test_where_two_regions_overlap_both_are_filled_and_so_is_what_they_share() -> None:
    square = np.array([(0.0, 0.0), (40.0, 0.0), (40.0, 40.0), (0.0, 40.0)])
    both = Regions((Polygon(square + 10), Polygon(square + 30)))
    filled = filled_of(both)
    assert filled[[20, 40, 60], [20, 40, 60]].all()
    assert not filled[20, 60]
