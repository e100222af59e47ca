"""The cells of a worklist: one each while there is room, then the worst of those that share one."""

from __future__ import annotations

import numpy as np

from viewer.review.worklist import Counts, State
from viewer.ui.review.progress import count_words, shared_cells

OPEN, ACCEPTED, REJECTED = State.OPEN, State.ACCEPTED, State.REJECTED


def test_each_target_has_a_cell_of_its_own_where_there_is_room() -> None:
    states = np.array([ACCEPTED, REJECTED, OPEN], dtype=np.int8)
    cells, width = shared_cells(states, 30)
    assert cells.tolist() == states.tolist()
    assert width == 10.0


def test_where_many_share_a_cell_none_that_needs_care_or_is_open_is_hidden() -> None:
    states = np.full(100_000, ACCEPTED, dtype=np.int8)
    states[77_777] = REJECTED
    states[10] = OPEN
    cells, width = shared_cells(states, 500)
    assert len(cells) * width <= 500
    assert cells[0] == OPEN
    assert (cells == REJECTED).nonzero()[0].tolist() == [77_777 * len(cells) // 100_000]
    assert set(cells[1:].tolist()) == {ACCEPTED, REJECTED}


def test_the_counts_in_words_leave_out_what_there_is_none_of() -> None:
    words = count_words(Counts(accepted=2, needs_change=1, left=5))
    assert words == "8: 2 accepted, 1 needs change, 5 left"
