"""Laws of kept answers."""

from __future__ import annotations

from threading import Thread
from time import sleep

import pytest

from viewer.errors import Cancelled
from viewer.review.kept import Kept


def test_an_answer_is_worked_out_once_however_many_threads_ask() -> None:
    kept: Kept[str, int] = Kept(2)
    asked: list[int] = []

    def work_out() -> int:
        asked.append(1)
        sleep(0.02)
        return 7

    threads = [Thread(target=kept.get, args=("a", work_out)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert asked == [1]
    assert kept.get("a", work_out) == 7


def test_the_answers_used_last_stay() -> None:
    kept: Kept[str, int] = Kept(2)
    for key in ("a", "b", "a", "c"):
        kept.get(key, lambda: 0)
    assert "a" in kept
    assert "c" in kept
    assert "b" not in kept


def test_work_that_is_stopped_leaves_no_answer_and_can_be_asked_again() -> None:
    kept: Kept[str, int] = Kept(2)

    def stopped() -> int:
        raise Cancelled("stopped")

    with pytest.raises(Cancelled, match="stopped"):
        kept.get("a", stopped)
    assert "a" not in kept
    assert kept.get("a", lambda: 1) == 1
