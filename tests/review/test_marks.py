"""The classes of slices, told for all slices at once."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from viewer.review.marks import marks_of

KEYS = [("1", f"L_{number}") for number in range(150)]
PARTS = st.lists(st.tuples(st.sampled_from(KEYS), st.frozensets(st.integers(0, 40))), max_size=200)


@given(PARTS)
def test_each_slice_has_the_classes_that_are_on_it_and_no_other(parts):
    marks = marks_of((key, np.array(sorted(slices), dtype=np.int64)) for key, slices in parts)
    expected: dict[int, set[tuple[str, str]]] = {}
    for key, slices in parts:
        for slice in slices:
            expected.setdefault(slice, set()).add(key)
    assert {slice: set(keys) for slice, keys in marks.items()} == expected
    assert list(marks) == sorted(marks)
    assert all(len(set(keys)) == len(keys) for keys in marks.values())
