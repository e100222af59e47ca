"""What fits is the same whether one label is asked for or many are, whatever is let through."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from viewer.model.annotation import AnnotationId
from viewer.review.fits import fitting_labels
from viewer.review.label_keys import keys_in
from viewer.review.label_table import Cell, LabelRows

EXPORTS = ("a", "b", "c")
labels = st.builds(AnnotationId, st.sampled_from(EXPORTS), st.integers(0, 12), st.booleans())


def table_of(ids: list[AnnotationId]) -> LabelRows:
    cells = np.zeros((len(ids), len(Cell)), dtype=np.int32)
    lines = [(EXPORTS.index(id.export), id.ordinal, id.new) for id in ids]
    cells[:, [Cell.EXPORT, Cell.ORDINAL, Cell.NEW]] = np.array(lines).reshape(-1, 3)
    return LabelRows(cells, EXPORTS)


@given(st.dictionaries(labels, st.booleans()), st.frozensets(labels, max_size=3), st.lists(labels))
def test_a_label_fits_by_its_row_or_because_it_is_let_through(
    known: dict[AnnotationId, bool], also: frozenset[AnnotationId], asked: list[AnnotationId]
) -> None:
    ids = sorted(known, key=lambda id: (id.new, id.export, id.ordinal))
    rows = table_of(ids)
    assert [rows.row_of(id) for id in ids] == list(range(len(ids)))
    there = [id for id in asked if id in known]
    assert rows.rows_of(asked).tolist() == [ids.index(id) for id in there]
    fits = fitting_labels(rows, np.array([known[id] for id in ids], dtype=np.bool_), lambda: also)
    wanted = [known.get(id, False) or id in also for id in asked]
    assert [fits(id) for id in asked] == wanted
    assert fits.of(keys_in(EXPORTS[::-1], asked)).tolist() == wanted
