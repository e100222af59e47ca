"""A brush touches the pixels it covers on its way, and strokes are sets of pixels."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from viewer.geometry.brushes import swept, united, without
from viewer.geometry.mask import EMPTY, Mask

SIZE = (24, 17)
places = st.lists(
    st.tuples(st.floats(-4, SIZE[0] + 4), st.floats(-4, SIZE[1] + 4)), min_size=1, max_size=4
).map(np.array)
radii = st.tuples(st.floats(0, 6), st.floats(0, 6))
masks = st.builds(
    lambda bits, x, y: Mask.from_array(np.array(bits).reshape(4, 5), x, y),
    st.lists(st.booleans(), min_size=20, max_size=20),
    st.integers(0, 9),
    st.integers(0, 9),
)


def pixels(mask: Mask, size: tuple[int, int] = SIZE) -> NDArray[np.bool_]:
    found = np.zeros((size[1], size[0]), dtype=np.bool_)
    found[mask.y : mask.y + mask.height, mask.x : mask.x + mask.width] = mask.to_array()
    return found


@given(places, radii)
def test_a_pixel_is_painted_when_the_brush_covered_its_centre_on_the_way(ways, reach) -> None:
    rx, ry = (max(one, 1e-6) for one in reach)
    steps = [ways[0]]
    for start, end in pairwise(ways):
        steps += [start + (end - start) * share for share in np.linspace(0, 1, 200)]
    x, y = np.meshgrid(np.arange(SIZE[0]) + 0.5, np.arange(SIZE[1]) + 0.5)
    distance = np.min([((x - a) / rx) ** 2 + ((y - b) / ry) ** 2 for a, b in steps], axis=0)
    found = pixels(swept(ways, reach, SIZE))
    assert found[distance <= 1].all()
    under = np.zeros_like(found)
    for a, b in np.floor(ways).astype(int):
        if 0 <= a < SIZE[0] and 0 <= b < SIZE[1]:
            under[b, a] = True
    slack = (1 + 0.05 * (1 + np.hypot(*np.ptp(ways, axis=0)) / min(rx, ry))) ** 2
    assert not found[(distance > slack) & ~under].any()


def test_the_smallest_brush_paints_the_pixel_under_it_and_no_other() -> None:
    found = swept(np.array([[3.9, 2.1]]), (0.5, 0.5), SIZE)
    assert (found.x, found.y, found.area) == (3, 2, 1)


def test_a_brush_beside_the_picture_paints_nothing() -> None:
    assert swept(np.array([[-9.0, 3.0]]), (2.0, 2.0), SIZE) is EMPTY


@given(masks, masks)
def test_painting_unites_and_erasing_takes_away(one: Mask, other: Mask) -> None:
    assert (pixels(united(one, other)) == pixels(one) | pixels(other)).all()
    assert (pixels(without(one, other)) == pixels(one) & ~pixels(other)).all()
    left = without(united(one, other), other)
    assert left.area <= one.area
