"""An ellipse at any angle, held against a polygon of many vertices."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st
from stacks import COLUMNS, ROWS, L, P, built

from viewer.errors import GeometryError
from viewer.geometry import measure
from viewer.geometry.between import between
from viewer.geometry.cuts import cut_of
from viewer.geometry.plane_frame import PlaneFrame
from viewer.geometry.raster import rasterised
from viewer.geometry.shapes import Ellipse, Polygon
from viewer.geometry.views import view_planes

SIDES = 4096
near, radii, angles = st.floats(-20, 20), st.floats(0.5, 30), st.floats(-10, 10)
ellipses = st.builds(Ellipse, near, near, radii, radii, angles)
spacings = st.tuples(st.floats(0.2, 3), st.floats(0.2, 3))
PLAIN = view_planes(built(L, P, spacing=(1, 1)))


def ring(ellipse: Ellipse) -> np.ndarray:
    """Points of the ellipse by its definition, clockwise on a screen whose y points down."""
    t = np.linspace(0, 2 * np.pi, SIDES, endpoint=False)
    u, v = ellipse.rx * np.cos(t), ellipse.ry * np.sin(t)
    c, s = np.cos(ellipse.angle), np.sin(ellipse.angle)
    return np.stack([ellipse.cx + u * c - v * s, ellipse.cy + u * s + v * c], axis=1)


def test_the_angle_goes_from_x_towards_y():
    ellipse = Ellipse(10, 10, 5, 1, np.pi / 4)
    mask = rasterised(ellipse, 20, 20).to_array()
    half = 13**0.5
    assert measure.bounds(ellipse) == pytest.approx((10 - half, 10 - half, 10 + half, 10 + half))
    down, right = np.nonzero(mask)
    assert np.corrcoef(right, down)[0, 1] > 0.8


@given(ellipses, spacings)
def test_all_that_is_measured_is_that_of_a_polygon_of_many_vertices(ellipse, spacing):
    there = shapely.Polygon(ring(ellipse))
    near = {"rel": 1e-4, "abs": 1e-4}
    assert ellipse.area == pytest.approx(there.area, **near)
    assert measure.bounds(ellipse) == pytest.approx(there.bounds, **near)
    assert measure.centre(ellipse) == pytest.approx((there.centroid.x, there.centroid.y), **near)
    stretched = ring(ellipse) * spacing
    sizes = measure.physical(ellipse, spacing)
    perimeter = shapely.Polygon(stretched).length
    assert sizes.length_mm == pytest.approx(perimeter, rel=2e-3)
    half = stretched[: SIDES // 2] - stretched[SIDES // 2 :]
    assert sizes.longest_mm == pytest.approx(np.hypot(*half.T).max(), **near)
    assert sizes.area_mm2 == pytest.approx(shapely.Polygon(stretched).area, **near)
    ((drawn, closed),) = measure.outline(ellipse)
    assert closed
    assert shapely.Polygon(drawn).hausdorff_distance(there) < 0.01 * max(ellipse.rx, ellipse.ry)


@given(ellipses)
def test_a_pixel_belongs_to_it_when_its_centre_is_inside(ellipse):
    moved = measure.translated(ellipse, 25, 25)
    mask = rasterised(moved, 50, 50)
    drawn = np.zeros((50, 50), dtype=bool)
    drawn[mask.y : mask.y + mask.height, mask.x : mask.x + mask.width] = mask.to_array()
    y, x = np.mgrid[:50, :50] + 0.5
    edge = shapely.LinearRing(ring(moved))
    shapely.prepare(edge)
    area = shapely.Polygon(edge)
    shapely.prepare(area)
    inside = shapely.contains_xy(area, x, y)
    doubtful = shapely.dwithin(edge, shapely.points(x, y), 1e-3)
    assert ((drawn == inside) | doubtful).all()


@pytest.mark.parametrize("name", ["sagittal", "coronal"])
@given(ellipse=ellipses, index=st.integers(0, 8))
def test_a_cut_is_the_chord_of_the_polygon(name, ellipse, index):
    view = PLAIN[name]
    moved = measure.translated(ellipse, COLUMNS / 2, ROWS / 2)
    at = index + 0.5
    ends = [(at, -99), (at, 99)] if view.axis == 0 else [(-99, at), (99, at)]
    chord = shapely.LineString(ends).intersection(shapely.Polygon(ring(moved)))
    x0, y0, x1, y1 = measure.bounds(moved)
    assume(min(abs(at - end) for end in ((x0, x1) if view.axis == 0 else (y0, y1))) > 1e-3)
    bands = cut_of(moved, 0, view, index).bands
    assert len(bands) == (not chord.is_empty)
    if len(bands):
        low, high = chord.bounds[1 - view.axis], chord.bounds[3 - view.axis]
        np.testing.assert_allclose(bands[0, [0, 2]], (low, high), atol=0.02)


@given(near, near, radii, radii, st.floats(-4, 4))
def test_a_quarter_turn_swaps_the_radii_and_half_a_turn_is_none(x, y, rx, ry, angle):
    one = Ellipse(x, y, rx, ry, angle)
    for other in (Ellipse(x, y, ry, rx, angle + np.pi / 2), Ellipse(x, y, rx, ry, angle + np.pi)):
        assert measure.bounds(other) == pytest.approx(measure.bounds(one))
        assert measure.length_px(other) == pytest.approx(measure.length_px(one))
        there = shapely.Polygon(ring(other))
        assert shapely.Polygon(ring(one)).symmetric_difference(there).area < 1e-6 * one.area + 1e-6


@given(ellipses, ellipses, st.floats(0, 1))
def test_between_two_key_frames_it_turns_the_shorter_way(first, last, share):
    found = between(first, last, share)
    assert isinstance(found, Ellipse)
    assert abs(found.angle - first.angle) <= np.pi / 2 * share + 1e-9
    end = between(first, last, 1.0)
    assert np.sin(end.angle - last.angle) == pytest.approx(0, abs=1e-9)
    assert (end.cx, end.cy, end.rx, end.ry) == pytest.approx((last.cx, last.cy, last.rx, last.ry))


@pytest.mark.parametrize("angle", [float("nan"), float("inf")])
def test_an_angle_that_is_no_number_is_refused(angle: float):
    with pytest.raises(GeometryError, match="angle"):
        Ellipse(1, 1, 1, 1, angle)


@given(ellipses, st.booleans(), st.booleans(), st.floats(0.3, 4))
def test_on_a_plane_counted_otherwise_it_is_the_polygon_counted_so(ellipse, flip_x, flip_y, scale):
    frame, size = PlaneFrame(flip_x, flip_y, scale), (40, 30)
    shown = frame.shown(ellipse, size)
    there = frame.shown(Polygon(ring(ellipse)), size)
    apart = shapely.Polygon(ring(shown)).symmetric_difference(shapely.Polygon(there.vertices))
    assert apart.area < 1e-4 * shown.area + 1e-6
    again = frame.stored(shown, size)
    back = shapely.Polygon(ring(again)).symmetric_difference(shapely.Polygon(ring(ellipse)))
    assert back.area < 1e-4 * ellipse.area + 1e-6
