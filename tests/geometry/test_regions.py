"""One label of several regions: the largest is filled and its holes cleared, then the next."""

from __future__ import annotations

import json

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from stacks import L, P, built

from viewer.errors import GeometryError
from viewer.geometry import measure
from viewer.geometry.between import between
from viewer.geometry.cuts import cut_of
from viewer.geometry.plane_frame import PlaneFrame
from viewer.geometry.raster import rasterised
from viewer.geometry.rings import polygon_area
from viewer.geometry.shapes import Polygon, Regions
from viewer.geometry.views import view_planes

SIZE = 16
# Multiples of 1/8 off the centres, so that "inside" has one answer.
eighths = st.integers(-16, 150).map(lambda n: n / 8 + 1 / 16)
rings = st.lists(st.tuples(eighths, eighths), min_size=3, max_size=6)
polygons = st.builds(Polygon, rings, st.lists(rings, max_size=2).map(tuple))
regions = st.builds(Regions, st.lists(polygons, min_size=1, max_size=3).map(tuple))
PLAIN = view_planes(built(L, P, spacing=(1, 1)))


def square(x0: float, y0: float, x1: float, y1: float) -> list[tuple[float, float]]:
    return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]


def picture(shape) -> np.ndarray:
    mask, whole = rasterised(shape, SIZE, SIZE), np.zeros((SIZE, SIZE), dtype=bool)
    whole[mask.y : mask.y + mask.height, mask.x : mask.x + mask.width] = mask.to_array()
    return whole


def shoelace(ring: np.ndarray) -> float:
    """Twice the area between a ring and itself, by the vertices alone."""
    (x, y), (x1, y1) = ring.T, np.roll(ring, -1, axis=0).T
    return abs(float((x * y1 - x1 * y).sum()))


def truth(shape: Regions) -> np.ndarray:
    """The rule, ring by ring."""
    filled = np.zeros((SIZE, SIZE), dtype=bool)
    for part in sorted(shape.parts, key=lambda part: -shoelace(part.vertices)):
        filled |= picture(Polygon(part.vertices))
        for hole in part.holes:
            filled &= ~picture(Polygon(hole))
    return filled


def test_many_regions_of_which_few_meet_are_filled_in_few_steps():
    islands = [
        Polygon(square(k, n, k + 2, n + 2)) for k in range(0, 60, 3) for n in range(0, 60, 3)
    ]
    holed = Polygon(square(-9, -9, -1, -1), (np.array(square(-7, -7, -3, -3)),))
    within = Polygon(square(-6, -6, -5, -5))
    across = Polygon(square(1, 1, 4, 4))  # over a quarter of four islands
    shape = Regions((*islands, holed, within, across))
    assert shape.area == pytest.approx(400 * 4 + (64 - 16) + 1 + (9 - 4))
    assert sum(polygon_area(ring) or 0 for ring in shape.filled) == pytest.approx(
        shape.area + 2 * 16  # the hole is a ring too
    )


NESTED = Regions(
    (
        Polygon(square(6, 6, 9, 9), (square(7, 7, 8, 8),)),  # the island stands first in the file
        Polygon(square(1, 1, 14, 14), (square(4, 4, 11, 11),)),
        Polygon(square(15, 0, 16, 1)),
    )
)


def test_an_island_in_a_hole_survives_and_its_own_hole_is_clear():
    filled = picture(NESTED)
    assert filled[[2, 6, 0], [2, 6, 15]].all()
    assert not filled[[5, 7], [5, 7]].any()
    assert filled.sum() == NESTED.area == 13 * 13 - 49 + 9 - 1 + 1
    assert NESTED.are_apart
    assert len(NESTED.filled) == len(NESTED.rings) == 5


def test_where_regions_overlap_both_are_filled_and_a_later_hole_clears():
    both = Regions((Polygon(square(0, 0, 6, 6)), Polygon(square(4, 4, 9, 9))))
    assert both.area == pytest.approx(36 + 25 - 4)
    holed = Regions(
        (Polygon(square(0, 0, 9, 9)), Polygon(square(2, 2, 6, 6), (square(3, 3, 5, 5),)))
    )
    assert holed.area == pytest.approx(81 - 4)
    assert not picture(holed)[4, 4]


@given(regions)
def test_its_pixels_are_those_of_the_rule_ring_by_ring(shape):
    np.testing.assert_array_equal(picture(shape), truth(shape))


@given(regions)
def test_the_rings_that_are_filled_cover_what_the_rule_covers(shape):
    even_odd = np.zeros((SIZE, SIZE), dtype=bool)
    near_edge = np.zeros((SIZE, SIZE), dtype=bool)
    y, x = np.mgrid[:SIZE, :SIZE] + 0.5
    centres = shapely.points(x, y)
    for ring in shape.filled:
        even_odd ^= picture(Polygon(ring))
    for ring in shape.rings:
        near_edge |= shapely.distance(shapely.LinearRing(ring), centres) < 1e-6
    assert ((even_odd == truth(shape)) | near_edge).all()


@given(regions)
def test_its_area_is_between_none_and_that_of_its_largest_regions(shape):
    outer = [polygon_area(part.vertices) for part in shape.parts]
    assert -1e-9 <= shape.area <= sum(outer) + 1e-6
    if not any(part.holes for part in shape.parts):
        assert shape.area >= max(outer) - 1e-6


@given(polygons)
def test_a_single_region_whose_rings_do_not_cross_is_its_polygon(polygon):
    one = Regions((polygon,))
    assert measure.bounds(one) == measure.bounds(polygon)
    if shapely.Polygon(polygon.vertices, polygon.holes).is_valid:
        assert one.area == polygon.area
        np.testing.assert_array_equal(picture(one), picture(polygon))


@given(regions, st.integers(-9, 9), st.integers(-9, 9))
def test_moved_and_moved_back_it_is_the_same(shape, dx, dy):
    moved = measure.translated(shape, dx, dy)
    assert not (dx or dy) or not measure.same_shape(moved, shape)
    assert measure.same_shape(measure.translated(moved, -dx, -dy), shape)
    assert [len(part.holes) for part in moved.parts] == [len(part.holes) for part in shape.parts]


@given(regions, st.booleans(), st.booleans(), st.booleans())
def test_flipped_twice_it_is_the_same_and_what_is_filled_is_flipped(shape, x, y, across):
    frame, size = PlaneFrame(x, y, is_transposed=across), (SIZE, SIZE)
    shown = frame.shown(shape, size)
    assert measure.same_shape(frame.stored(shown, size), shape)
    assert shown.area == pytest.approx(shape.area, abs=1e-6)
    turned = picture(shape).T if across else picture(shape)
    near = picture(shown) != turned[:: -1 if y else 1, :: -1 if x else 1]
    at = np.argwhere(near) + 0.5
    edges = [shapely.LinearRing(ring) for ring in shown.rings]
    assert all(min(shapely.distance(edge, shapely.Point(q, p)) for edge in edges) < 1e-6
               for p, q in at)  # fmt: skip


@pytest.mark.parametrize("name", ["sagittal", "coronal"])
@given(shape=regions, index=st.integers(0, 8))
def test_a_cut_meets_the_pixels_that_are_filled_in_its_column_or_row(name, shape, index):
    view = PLAIN[name]
    bands = cut_of(shape, 0, view, index).bands[:, [0, 2]]
    centres = np.arange(SIZE) + 0.5
    inside = ((bands[:, :1] <= centres) & (centres < bands[:, 1:])).any(axis=0)
    filled = truth(shape)
    expected = filled[:, index] if view.axis == 0 else filled[index]
    near = (np.abs(bands[:, :, None] - centres) < 1e-6).any(axis=(0, 1))
    assert ((inside == expected) | near).all()


def test_between_key_frames_regions_without_holes_go_vertex_by_vertex():
    first = Regions((Polygon(square(0, 0, 2, 2)), Polygon(square(5, 5, 6, 6))))
    last = measure.translated(first, 4, 2)
    assert measure.same_shape(between(first, last, 0.5), measure.translated(first, 2, 1))
    assert between(first, NESTED, 0.5) is first
    assert between(NESTED, measure.translated(NESTED, 1, 1), 0.5) is NESTED


def test_a_region_of_two_vertices_encloses_nothing_and_is_kept():
    line = Regions((Polygon([(1, 1), (5, 5)]), Polygon(square(8, 8, 9, 9))))
    assert line.area == pytest.approx(1)
    assert picture(line).sum() == 1
    assert measure.bounds(line) == (1, 1, 9, 9)
    assert len(measure.outline(line)) == 2


def test_a_label_without_any_region_is_refused():
    with pytest.raises(GeometryError, match="has none"):
        Regions(())


def test_it_is_measured_as_the_sum_of_its_rings():
    sizes = measure.physical(NESTED, (1.0, 1.0))
    assert sizes.length_mm == 4 * (3 + 1 + 13 + 7 + 1)
    assert sizes.longest_mm == pytest.approx(np.hypot(15, 14))
    assert sizes.size_mm == (15, 14)


def coco_picture(counts: str, width: int, height: int) -> np.ndarray:
    """(height, width) of a compressed COCO string: numbers of 5 bits, runs column by column."""
    runs: list[int] = []
    number = shift = 0
    for letter in counts:
        bits = ord(letter) - 48
        number |= (bits & 31) << shift
        shift += 5
        if bits & 32:
            continue
        if bits & 16:
            number -= 1 << shift
        runs.append(number + (runs[-2] if len(runs) > 2 else 0))
        number = shift = 0
    return np.repeat(np.arange(len(runs)) % 2 == 1, runs).reshape(width, height).T


def test_a_vendors_own_picture_of_regions_differs_in_pixels_of_the_border_only(shared):
    folder = shared / "data" / "exports" / "encord"
    told = json.loads((folder / "polygons_multipolygon_expected_coco_rle.json").read_text())
    height, width = told["size"]
    rows = json.loads((folder / "polygons_multipolygon.json").read_text())
    parts = [[np.array(ring).reshape(-1, 2) * (width, height) for ring in row] for row in rows]
    shape = Regions(tuple(Polygon(outer, tuple(holes)) for outer, *holes in parts))
    mask, ours = rasterised(shape, width, height), np.zeros((height, width), dtype=bool)
    ours[mask.y : mask.y + mask.height, mask.x : mask.x + mask.width] = mask.to_array()
    y, x = np.nonzero(ours != coco_picture(told["counts"], width, height))
    border = shapely.union_all([shapely.LinearRing(ring) for ring in shape.rings])
    assert shapely.distance(border, shapely.points(x + 0.5, y + 0.5)).max() < 1
    assert mask.area == pytest.approx(shape.area, rel=1e-4)


def test_many_regions_on_one_another_are_no_tangle():
    on_one_another = Regions((Polygon(square(2, 3, 6, 9)),) * 300)
    assert on_one_another.area == pytest.approx(4 * 6)


def test_many_sides_beside_each_other_are_a_tangle():
    diagonals = [Polygon([(k / 8, 0), (k / 8 + 1, 0), (k / 8 + 500, 500)]) for k in range(900)]
    assert Regions((*diagonals, diagonals[0])).area is None


def test_a_tangle_of_rings_is_drawn_without_working_out_what_it_encloses():
    ring = np.random.default_rng(0).random((1200, 2)) * 500
    tangle = Regions((Polygon(ring), Polygon(square(0, 0, 9, 9))))
    assert tangle.area is None
    assert tangle.parts[0].area is None
    assert measure.area_px(tangle) is None
    assert measure.physical(tangle, (1, 1)).area_mm2 is None
    assert all(map(np.array_equal, tangle.filled, tangle.rings))
    assert rasterised(tangle, 500, 500).area > 0
