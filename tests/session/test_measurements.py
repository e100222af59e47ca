"""What was measured, and its own undo."""

from __future__ import annotations

import numpy as np
from stacks import STACKS, volume_of

from viewer.review.measured import Measurement
from viewer.session.measurements import Measurements

LINE = np.array([(1.0, 2.0), (3.0, 4.0)])


def test_every_change_is_taken_back_step_by_step_and_made_again() -> None:
    kept = Measurements()
    one = kept.add("length", (0, 2, 0), LINE)
    two = kept.add("ellipse", (0, 2, 1), LINE)
    kept.change(one.number, LINE + 1)
    kept.delete(two.number)
    kept.clear()
    states = [dict(kept.by_number)]
    while kept.can_undo:
        kept.undo()
        states.append(dict(kept.by_number))
    assert [sorted(state) for state in states] == [[], [1], [1, 2], [1, 2], [1], []]
    assert states[3][1] is one
    while kept.can_redo:
        states.pop()
        kept.redo()
    assert kept.by_number == {}
    assert len(states) == 1


def test_a_number_is_never_given_twice() -> None:
    kept = Measurements()
    first = kept.add("probe", (0, 2, 0), LINE[:1])
    kept.undo()
    assert kept.add("probe", (0, 2, 0), LINE[:1]).number != first.number


def test_measurements_stay_with_media_that_stay_open_and_go_with_the_others() -> None:
    kept = Measurements()
    old = [volume_of(STACKS["axial"], np.zeros((8, 9, 11), np.int16)) for _ in range(3)]
    for number in range(3):
        kept.add("length", (number, 2, 5), LINE)
    kept.over(old, [old[2], old[0]])
    assert {one.number: one.spot[0] for one in kept.by_number.values()} == {1: 1, 3: 0}
    assert not kept.can_undo


def test_what_is_gone_is_not_selected_and_listeners_hear_of_it() -> None:
    kept = Measurements()
    heard: list[tuple[Measurement, ...]] = []
    kept.changed.connect(lambda: heard.append(kept.on((0, 2, 0))))
    one = kept.add("length", (0, 2, 0), LINE)
    assert kept.selected == one.number
    kept.delete(one.number)
    assert kept.selected is None
    assert [len(there) for there in heard] == [1, 0]
