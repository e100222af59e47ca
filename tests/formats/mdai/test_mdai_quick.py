"""The quick way to a shape says what the careful way says, or nothing."""

from __future__ import annotations

import json
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.errors import BadRecord
from viewer.formats.json_tools import value_of
from viewer.formats.mdai.quick import quick_shape
from viewer.formats.mdai.shapes import KIND_OF_MODE, shape_of
from viewer.geometry.mask import Mask
from viewer.geometry.measure import same_shape
from viewer.geometry.shapes import Polygon, Polyline, Shape

ODD = ["true", "null", '"1"', "NaN", "1e999", "-1e999", "9" * 400, "9" * 30, "1e9", "-0", "[]"]
plain = st.integers(-9, 99).map(str) | st.floats(0, 512).map(repr)
number = st.one_of(plain, plain, plain, st.sampled_from(ODD), st.floats().map(json.dumps))


def listed(items: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(items, max_size=5).map(lambda found: "[" + ", ".join(found) + "]")


pair = st.tuples(plain, plain).map(lambda two: f"[{two[0]},{two[1]}]")
vertices = st.one_of(listed(pair), listed(plain), listed(pair | number), listed(listed(number)))
values = st.one_of(number, vertices, listed(vertices), listed(listed(st.sampled_from("01"))))
names = ["x", "y", "width", "height", "cx", "cy", "rx", "ry"]
names += ["vertices", "foreground", "background", "mask", "more"]
FILLED = {
    "bbox": dict.fromkeys(("x", "y", "width", "height"), number),
    "location": dict.fromkeys(("x", "y"), number),
    "ellipse": dict.fromkeys(("cx", "cy", "rx", "ry"), number),
    "line": {"vertices": vertices},
    "polygon": {"vertices": vertices},
    "freeform": {"vertices": vertices},
    "mask": {"foreground": listed(vertices), "background": listed(vertices)},
}


def spelled(members: list[tuple[str, str]]) -> bytes:
    return ("{" + ",".join(f'"{name}":{value}' for name, value in members) + "}").encode()


@st.composite
def data_of_mode(draw: st.DrawFn) -> tuple[str, bytes]:
    """Return a mode and the bytes of a `data` value, mostly of that mode."""
    mode = draw(st.sampled_from(sorted(FILLED)))
    members = [(name, draw(value)) for name, value in FILLED[mode].items()]
    if draw(st.booleans()):
        members += draw(st.lists(st.tuples(st.sampled_from(names), values), max_size=2))
    if draw(st.booleans()):
        members = draw(st.permutations(members))[draw(st.integers(0, 1)) :]
    return mode, spelled(members)


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
