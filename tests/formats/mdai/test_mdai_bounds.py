"""Bounds of many shapes at once are the bounds of each shape as it is decoded."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mdai_spelling import data_of_mode

from viewer import read_export
from viewer.formats.mdai import FORMAT
from viewer.formats.mdai.shapes import KIND_OF_MODE
from viewer.geometry.measure import bounds
from viewer.geometry.shapes import Polygon
from viewer.model.source import Source
from viewer.model.table import Base, Boxes
from viewer.review.probability import probability_of

DATA = Path(__file__).parents[2] / "data" / "mdai"
NOWHERE = (np.nan,) * 4
LABELS = [{"id": mode, "name": mode, "annotationMode": mode} for mode in (*KIND_OF_MODE, "cube")]
LABELS.append({"id": "none", "name": "none"})


def base_of(records: Sequence[bytes]) -> Base:
    """Return the base of an export that holds these records."""
    groups = json.dumps([{"name": "all", "labels": LABELS}]).encode()
    text = b'{"labelGroups":%s,"datasets":[{"annotations":[%s]}]}' % (groups, b",".join(records))
    return FORMAT.open("1", (Source(0, "annotations", "a.json", "", text),), FORMAT.index([text]))[
        1
    ]


def record(label: str, data: bytes, more: str = "") -> bytes:
    return b'{"labelId":"%s","data":%s%s}' % (label.encode(), data, more.encode())


def one_by_one(base: Base) -> Boxes:
    shapes = [base.decode(row).placements[0].shape for row in range(base.columns.count)]
    boxes = [NOWHERE if shape is None else bounds(shape) for shape in shapes]
    return np.array(boxes).reshape(-1, 4)


def at_once(base: Base) -> Boxes:
    assert base.bounds is not None
    return base.bounds(np.arange(base.columns.count), lambda: None)


MORE = [
    "",
    "",
    "",
    ',"note":"seen"',
    ',"note":5',
    ',"groupId":[]',
    ',"height":"tall"',
    ',"data":null',
]


@st.composite
def records(draw: st.DrawFn) -> bytes:
    mode, data = draw(data_of_mode())
    label = draw(st.sampled_from([mode, mode, mode, "polygon", "cube", "none", "gone"]))
    return record(label, data, draw(st.sampled_from(MORE)))


@given(st.lists(records(), max_size=80))
def test_the_bounds_of_many_records_are_those_of_each(found: list[bytes]):
    base = base_of(found)
    assert np.array_equal(at_once(base), one_by_one(base), equal_nan=True)


RING = record("polygon", b'{"vertices":[[1,2.5],[3,-4],[5.25,6e1]]}')
ODD = [
    b'{"vertices":[[1,2],3,4]}',
    b'{"vertices":[1,2,3,4]}',
    b'{"vertices":[1,2,3]}',
    b'{"vertices":[]}',
    b'{"vertices":[[]]}',
    b'{"vertices":[[1,2,3],[4]]}',
    b'{"vertices":[[1e9,2],[1000000001,3]]}',
    b'{"vertices":[[1e400,2]]}',
    b'{"vertices":[[NaN,2]]}',
    b'{"vertices":[["1",2]]}',
    b'{"vertices":[[1,2]],"vertices":[[7,8]]}',
    b'{"vertices" : [ [1, 2],\n [3 , 4] ]}',
    b"null",
    b"7",
]


@pytest.mark.parametrize("data", ODD)
def test_an_odd_record_changes_no_bounds_beside_it(data: bytes):
    base = base_of([RING, record("line", data), RING])
    found = at_once(base)
    assert np.array_equal(found, one_by_one(base), equal_nan=True)
    assert found[0].tolist() == found[2].tolist() == [1.0, -4.0, 5.25, 60.0]


@pytest.mark.parametrize("name", ["all_modes.json", "tabs_crlf_bom.json"])
def test_an_export_with_every_mode_has_the_bounds_of_its_shapes(name: str):
    (base,) = read_export(DATA / name).annotations.bases.values()
    assert np.array_equal(at_once(base), one_by_one(base), equal_nan=True)


def test_a_real_export_has_the_bounds_of_its_shapes(shared: Path):
    for path in sorted((shared / "data" / "exports" / "mdai").glob("*.json")):
        (base,) = read_export(path).annotations.bases.values()
        assert np.array_equal(at_once(base), one_by_one(base), equal_nan=True)


def test_work_that_is_no_longer_wanted_ends():
    class NotWanted(Exception):
        pass

    def check() -> None:
        raise NotWanted

    base = base_of([RING])
    assert base.bounds is not None
    with pytest.raises(NotWanted):
        base.bounds(np.arange(1), check)


def rings_of(base: Base) -> tuple[np.ndarray, np.ndarray]:
    assert base.rings is not None
    return base.rings(np.arange(base.columns.count))


@given(st.lists(records(), max_size=20))
def test_rings_that_are_read_at_once_are_those_of_free_records_and_of_nothing_else(
    found: list[bytes],
):
    base = base_of(found)
    points, counts = rings_of(base)
    assert len(points) == counts.sum()
    for row, ring in enumerate(np.split(points, np.cumsum(counts))[:-1]):
        label = base.decode(row)
        shape = label.placements[0].shape
        if counts[row]:
            assert isinstance(shape, Polygon)
            assert not shape.holes
            assert np.array_equal(shape.vertices, ring)
            assert label.locked_reason is None
            assert probability_of(label) is None
        if len(found) == 1 and label.locked_reason is None and isinstance(shape, Polygon):
            is_flat = b"[[" not in found[0]  # spelled as single numbers
            assert counts[row] or is_flat or len(shape.vertices) < 3
