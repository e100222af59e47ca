"""Strings end to end in one buffer."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.model.strings import StringColumn

WORDS = st.text(st.sampled_from("aAbß\u00e9\u65e5\U0001f600\ud800 ."), max_size=6)


@given(st.lists(WORDS, max_size=12))
def test_a_column_holds_what_it_was_made_of(words):
    column = StringColumn.of(words)
    assert len(column) == len(words)
    assert [column[row] for row in range(len(words))] == words
    assert column.strings_at(np.arange(len(words))[::-1]) == words[::-1]


@given(st.lists(WORDS, max_size=12), WORDS)
def test_rows_are_found_by_any_part_but_never_across_two(words, wanted):
    found = StringColumn.of(words).find(wanted).tolist()
    needle = folded(wanted)
    assert found == [row for row, word in enumerate(words) if needle and needle in folded(word)]


def folded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass").lower()


@pytest.mark.parametrize("row", [-1, 2])
def test_there_is_no_row_before_the_first_or_behind_the_last(row):
    with pytest.raises(IndexError):
        StringColumn.of(["a", "b"])[row]


@pytest.mark.parametrize("wanted", ["A_", "A_7", "A_199", "_", "A_200"])
def test_a_row_is_found_among_many_that_hold_its_text(wanted: str) -> None:
    texts = [f"A_{number}" for number in range(200)] + ["A_"]
    for _ in range(2):
        found = StringColumn.of(texts).row_of(wanted)
        assert found == (texts.index(wanted) if wanted in texts else None)


@given(st.lists(st.text(max_size=4), max_size=12), st.text(max_size=4))
def test_a_row_is_found_by_its_whole_text_to_the_letter(texts: list[str], other: str) -> None:
    column = StringColumn.of(texts)
    for wanted in {*texts, other}:
        found = texts.index(wanted) if wanted in texts and wanted else None
        assert column.row_of(wanted) == found
