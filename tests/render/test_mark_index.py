"""However many marks a view has, those near a place and of a label are the ones that are there."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scenes import new_id

from viewer.geometry.mask import Mask
from viewer.render.lines import Lines, lines_of_mask
from viewer.render.mark_index import MarkIndex, index_of
from viewer.render.overlay import Mark

BITMAP = np.array([[0, 1, 1], [1, 0, 0], [0, 0, 0], [0, 1, 0]], dtype=np.bool_)


def mark_of(ordinal: int, drawn: Lines) -> Mark:
    return Mark(new_id(ordinal), 0, "#ff0000", "", drawn)


@given(st.lists(st.tuples(st.integers(0, 5), st.floats(-9, 9), st.floats(-9, 9)), max_size=12))
def test_boxes_are_around_the_lines_and_places_lead_to_every_mark_of_a_label(given_marks) -> None:
    marks = tuple(
        mark_of(number, Lines(lines=(np.array([(p, q), (p + 1, q + 2)]),)))
        for number, p, q in given_marks
    )
    index = MarkIndex(marks)
    for at, mark in enumerate(marks):
        assert mark in index.of([mark.id])
        assert index.boxes[at].tolist() == [*mark.drawn.lines[0][0], *mark.drawn.lines[0][1]]
        assert mark in index.near(tuple(mark.drawn.lines[0][0]), 0.1)
    assert index.near((100.0, 100.0), 5.0) == []


def test_a_mark_without_lines_is_near_nothing() -> None:
    assert MarkIndex((mark_of(0, Lines()),)).near((0.0, 0.0), 1e6) == []
    marks = (mark_of(1, Lines(points=np.array([(2.0, 2.0)]))),)
    assert index_of(marks) is index_of(marks)


def test_a_mask_says_where_its_pixels_are_without_its_outline() -> None:
    lines = lines_of_mask(Mask.from_array(BITMAP, 10, 20), (0.5, 2.0))
    raster = lines.raster
    assert raster is not None
    assert raster.padded[1:-1, 1:-1].tolist() == BITMAP.astype(int).tolist()
    for j, row in enumerate(BITMAP):
        for i, is_set in enumerate(row):
            assert raster.holds((10 + i + 0.5) * 0.5, (20 + j + 0.5) * 2.0) == is_set
    outline = raster.edges.reshape(-1, 2)
    for way in ((1, -1), (-1, -1), (1, 1), (-1, 1)):
        assert (lines.corners @ way).max() == (outline @ way).max()
    assert (
        lines_of_mask(Mask.from_array(np.zeros((2, 2), dtype=np.bool_)), (1, 1)).corners.size == 0
    )
