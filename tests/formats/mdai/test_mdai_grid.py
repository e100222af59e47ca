"""Masks spelled as a full grid of 0 and 1."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.formats.mdai.grid import grid_of

GRIDS = st.integers(1, 6).flatmap(
    lambda width: st.lists(
        st.lists(st.integers(0, 1), min_size=width, max_size=width), min_size=1, max_size=6
    )
)
SPELLINGS = st.sampled_from([(", ", ": "), (",", ":"), (" ,\n", "\t: ")])


@given(GRIDS, SPELLINGS, st.sampled_from([None, 1]))
def test_a_grid_of_0_and_1_is_read_as_json_reads_it(
    rows: list[list[int]], marks: tuple[str, str], indent: int | None
) -> None:
    found = grid_of(json.dumps({"mask": rows}, separators=marks, indent=indent).encode())
    assert found is not None
    assert np.array_equal(found, np.array(rows, dtype=bool))


@pytest.mark.parametrize(
    "text",
    [
        '{"mask": []}',
        '{"mask": [[]]}',
        '{"mask": [[0, 2]]}',
        '{"mask": [[0, 1], [1]]}',
        '{"mask": [[0 1]]}',
        '{"mask": [[0, 10]]}',
        '{"mask": [[0, 1]], "x": [[1]]}',
        '{"ma sk": [[0, 1]]}',
        '{"mask": [[0, 1]] }}',
        '{"mask": [[0, 1,]]}',
        '{"mask": null}',
    ],
)
def test_everything_else_is_left_to_the_careful_way(text: str) -> None:
    assert grid_of(text.encode()) is None
