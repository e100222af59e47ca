"""Lists of pictures end to end, each found by what it holds."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from viewer.review.frame_table import FrameTable


@given(st.lists(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3)), max_size=4)))
def test_the_lists_that_hold_a_picture_are_found(lists: list[list[tuple[int, int]]]) -> None:
    table = FrameTable(lists)
    for media, slice in product(range(3), range(4)):
        expected = {number for number, one in enumerate(lists) if (media, slice) in one}
        assert set(table.holding(media, slice).tolist()) == expected
