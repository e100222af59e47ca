"""Nodes and edges: what they reach, how they move, and where planes cut them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shape_strategies import skeletons
from stacks import L, P, built

from viewer.errors import GeometryError
from viewer.geometry import measure
from viewer.geometry.between import between
from viewer.geometry.cuts import cut_of
from viewer.geometry.plane_frame import PlaneFrame
from viewer.geometry.raster import rasterised
from viewer.geometry.shapes import Polyline, Skeleton
from viewer.geometry.views import view_planes

PLAIN = view_planes(built(L, P, spacing=(1, 1)))
HAND = Skeleton(
    [(1, 1), (4, 5), (7, 1), (9, 9)],
    ("visible", "occluded", "invisible", "self-occluded"),
    ((0, 1), (1, 2)),
)


def test_it_is_measured_by_its_edges_and_its_farthest_nodes():
    assert measure.length_px(HAND) == 10
    assert measure.area_px(HAND) is None
    assert measure.physical(HAND, (2.0, 1.0)).longest_mm == pytest.approx(np.hypot(16, 8))
    assert measure.bounds(HAND) == (1, 1, 9, 9)
    bare = Skeleton(HAND.points, HAND.states)
    assert measure.length_px(bare) is None
    assert measure.outline(bare) == ()
    assert not rasterised(HAND, 20, 20).area


@given(skeletons(), st.integers(-9, 9), st.integers(-9, 9))
def test_moved_it_keeps_its_states_and_edges(shape, dx, dy):
    moved = measure.translated(shape, dx, dy)
    np.testing.assert_array_equal(moved.points, shape.points + np.array((dx, dy)))
    assert (moved.states, moved.edges) == (shape.states, shape.edges)
    assert measure.same_shape(moved, shape) == np.array_equal(moved.points, shape.points)


@given(skeletons(), st.booleans(), st.booleans(), st.booleans(), st.sampled_from([1.0, 2.0]))
def test_flipped_twice_it_is_where_it_was(shape, x, y, across, scale):
    frame, size = PlaneFrame(x, y, scale, across), (40, 30)
    shown = frame.shown(shape, size)
    nodes = frame.shown(Polyline(shape.points), size)
    np.testing.assert_array_equal(shown.points, nodes.vertices)
    np.testing.assert_allclose(frame.stored(shown, size).points, shape.points, atol=1e-9)
    assert measure.same_shape(frame.stored(shown, size, shape), shape)


@given(skeletons(), st.integers(0, 8))
def test_a_plane_cuts_its_edges_as_it_cuts_lines_and_meets_its_nodes(shape, index):
    view = PLAIN["sagittal"]
    ticks = cut_of(shape, 0, view, index).ticks
    edges = [cut_of(Polyline(ends), 0, view, index).ticks for ends in shape.ends]
    here = np.floor(shape.points[:, 0]) == index
    assert len(ticks) == sum(map(len, edges)) + here.sum()


def test_between_key_frames_its_nodes_go_straight_and_are_seen_as_before():
    last = Skeleton(HAND.points + np.array((2, 4)), ("visible",) * 4, HAND.edges)
    found = between(HAND, last, 0.5)
    np.testing.assert_array_equal(found.points, HAND.points + np.array((1, 2)))
    assert (found.states, found.edges) == (HAND.states, HAND.edges)
    others = Skeleton(last.points, last.states, ((0, 1),))
    assert between(HAND, others, 0.5) is HAND


@pytest.mark.parametrize(
    ("points", "states", "edges", "words"),
    [
        ([], (), (), "0 vertices"),
        ([(1, 1)], (), (), "known states"),
        ([(1, 1)], ("hidden",), (), "known states"),
        ([(1, 1)], ("visible",), ((0, 1),), "an edge"),
        ([(1, 1)], ("visible",), ((-1, 0),), "an edge"),
        ([(float("nan"), 1)], ("visible",), (), "finite"),
    ],
)
def test_what_is_no_skeleton_is_refused(points, states, edges, words):
    with pytest.raises(GeometryError, match=words):
        Skeleton(points, states, edges)
