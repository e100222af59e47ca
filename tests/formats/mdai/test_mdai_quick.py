"""The quick way to a shape says what the careful way says, or nothing."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mdai_spelling import data_of_mode

from viewer.errors import BadRecord
from viewer.formats.json_tools import value_of
from viewer.formats.mdai.quick import quick_shape
from viewer.formats.mdai.shapes import KIND_OF_MODE, shape_of
from viewer.geometry.mask import Mask
from viewer.geometry.measure import same_shape
from viewer.geometry.shapes import Polygon, Polyline, Shape


def careful(mode: str, data: bytes, size: tuple[int, int] | None) -> Shape | None:
    with suppress(BadRecord):
        return shape_of(mode, value_of(data), size)
    return None


@given(data_of_mode(), st.sampled_from([None, (64, 48)]))
def test_the_quick_way_says_what_the_careful_way_says(
    case: tuple[str, bytes], size: tuple[int, int] | None
):
    mode, data = case
    shape = quick_shape(mode, data, size)
    if shape is not None:
        assert same_shape(shape, careful(mode, data, size))
        if isinstance(shape, Polygon | Polyline):
            assert not shape.vertices.flags.writeable


PLAIN = {
    "bbox": b'{"x":1,"y":2.5,"width":3,"height":4}',
    "location": b'{"x":1,"y":2}',
    "ellipse": b'{"cx":1,"cy":2,"rx":3,"ry":4}',
    "line": b'{"vertices":[[1,2],[3.25,4]]}',
    "polygon": b'{"vertices":[[1,2],[3,4],[5,6]]}',
    "freeform": b'{"vertices":[1,2,3,4,5,6]}',
    "mask": b'{"foreground":[[[1,2],[3,4],[5,6]],[]],"background":[]}',
}


@pytest.mark.parametrize("mode", KIND_OF_MODE)
def test_the_quick_way_answers_for_what_is_spelled_plainly(mode: str):
    shape = quick_shape(mode, PLAIN[mode], (512, 512))
    assert shape is not None
    assert same_shape(shape, careful(mode, PLAIN[mode], (512, 512)))


@pytest.mark.parametrize(
    ("mode", "data"),
    [
        ("bbox", b'{"x":true,"y":2,"width":3,"height":4}'),
        ("bbox", b'{"x":1,"y":2,"width":-3,"height":4}'),
        ("location", b'{"x":1e999,"y":2}'),
        ("location", b'{"x":' + b"9" * 400 + b',"y":2}'),
        ("location", b'{"x":NaN,"y":2}'),
        ("line", b'{"vertices":[[1,2],3,4]}'),
        ("line", b'{"vertices":[1,2,3]}'),
        ("line", b'{"vertices":[]}'),
        ("mask", b'{"foreground":3,"background":[],"mask":[[1]]}'),
        ("mask", b'{"mask":[[1],[1,0]]}'),
        ("mask", b'{"mask":[[true]]}'),
        ("cuboid", b'{"x":1}'),
        (None, b'{"x":1,"y":2}'),
    ],
)
def test_what_is_damaged_is_left_to_the_careful_way(mode: str | None, data: bytes):
    assert quick_shape(mode, data, None) is None


def test_a_grid_of_rows_is_a_mask_either_way():
    data = b'{"mask":[[0,0,0],[0,2.5,1]]}'
    mask = quick_shape("mask", data, None)
    assert isinstance(mask, Mask)
    assert (mask.x, mask.y) == (1, 1)
    assert np.array_equal(mask.to_array(), [[True, True]])
    assert same_shape(mask, careful("mask", data, None))
