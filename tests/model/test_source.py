"""Edit plans: sorted, disjoint, and nothing outside them changes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.model.source import Delete, Edit, Insert, Replace, planned, span_of, spliced

BASE = bytes(range(48, 112))
EDITS = st.one_of(
    st.builds(Insert, st.integers(0, 64), st.binary(max_size=4)),
    st.builds(lambda a, n: Delete(a, min(64, a + n)), st.integers(0, 64), st.integers(0, 9)),
    st.builds(
        lambda a, n, new: Replace(a, min(64, a + n), new),
        st.integers(0, 64),
        st.integers(0, 9),
        st.binary(max_size=4),
    ),
)


def applied(base: bytes, plan: list[Edit]) -> bytes:
    """Edit from the end, one at a time: the plain meaning of a plan."""
    data = bytearray(base)
    for edit in reversed(plan):
        start, end = span_of(edit)
        data[start:end] = b"" if isinstance(edit, Delete) else edit.new
    return bytes(data)


@given(st.lists(EDITS, max_size=8))
def test_splicing_is_editing_from_the_end(edits: list[Edit]):
    try:
        plan = list(planned(edits))
    except ValueError:
        return
    assert b"".join(spliced(BASE, edits)) == applied(BASE, plan)
    assert sorted(map(repr, plan)) == sorted(map(repr, edits))


def test_no_edits_give_the_base():
    assert b"".join(spliced(memoryview(BASE), ())) == BASE
    assert list(spliced(b"", ())) == []


def test_inserts_at_one_place_keep_their_order_and_stand_before_a_deletion_there():
    edits = [Delete(3, 5), Insert(3, b"a"), Insert(3, b"b"), Insert(5, b"c")]
    assert b"".join(spliced(b"0123456789", edits)) == b"012abc56789"


@pytest.mark.parametrize(
    "edits",
    [
        [Delete(1, 4), Delete(3, 6)],
        [Replace(1, 4, b""), Insert(2, b"x")],
        [Delete(4, 1)],
    ],
)
def test_edits_that_touch_the_same_bytes_are_refused(edits: list[Edit]):
    with pytest.raises(ValueError, match="overlap"):
        planned(edits)
