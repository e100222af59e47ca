from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from viewer.geometry.ring_spans import NARROW, spans_inside
from viewer.geometry.shapes import Points

# Corners on rows and half rows, many of them the same, beside such as lie anywhere.
corners = st.integers(0, 6).map(lambda half: half / 2) | st.floats(-1e9, 1e9) | st.floats(1, 1.001)
places = st.tuples(corners, corners)
rings = st.lists(places, min_size=3, max_size=12) | places.map(lambda place: [place] * 3)
there_and_back = rings.map(lambda ring: [*ring, *ring[::-1]])
touching = st.tuples(rings, rings).map(lambda two: [*two[0], *two[1], two[0][0]])
any_ring = st.one_of(rings, there_and_back, touching, rings.map(lambda ring: ring[::-1]))
shapes = st.lists(st.lists(any_ring.map(np.array), max_size=3), max_size=6)


def plainly(rings: Sequence[Points], axis: int, at: float) -> list[tuple[float, float]]:
    """The intervals inside the rings of one shape, side by side."""
    crossed: list[float] = []
    for ring in rings:
        for here, there in zip(ring, np.roll(ring, -1, axis=0), strict=True):
            if (here[axis] <= at) != (there[axis] <= at):
                share = (at - here[axis]) / (there[axis] - here[axis])
                crossed.append(float(here[1 - axis] + share * (there - here)[1 - axis]))
    crossed.sort()
    pairs = zip(crossed[::2], crossed[1::2], strict=True)
    return [(low, high) for low, high in pairs if high - low > NARROW]


@given(shapes, st.integers(0, 1), corners)
def test_the_spans_of_many_shapes_are_those_of_each_side_by_side(shapes, axis, at):
    spans, owners = spans_inside(shapes, axis, at)
    expected = [plainly(rings, axis, at) for rings in shapes]
    assert [*map(tuple, spans.tolist())] == [span for each in expected for span in each]
    assert owners.tolist() == [at for at, each in enumerate(expected) for _ in each]
