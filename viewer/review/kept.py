"""Answers that are kept and can be asked for without being worked out."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock, RLock
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Kept(Generic[K, V]):
    """The answers used last; safe from several threads, of which one works an answer out.

    Args:
        limit: how many are kept.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lock = Lock()
        self._answers: OrderedDict[K, V] = OrderedDict()
        self._at_work: dict[K, RLock] = {}

    def __contains__(self, key: K) -> bool:
        with self._lock:
            return key in self._answers

    def known(self, key: K) -> V | None:
        """Return the answer to a key, None where it is not kept."""
        with self._lock:
            return self._answers.get(key)

    def get(self, key: K, work_out: Callable[[], V]) -> V:
        """Return the answer to a key, worked out unless it is kept."""
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                return self._answers[key]
            at_work = self._at_work.setdefault(key, RLock())
        with at_work:
            with self._lock:
                if key in self._answers:
                    return self._answers[key]
            try:
                return self._keep(key, work_out())
            finally:
                with self._lock:
                    self._at_work.pop(key, None)

    def _keep(self, key: K, answer: V) -> V:
        with self._lock:
            self._answers[key] = answer
            while len(self._answers) > self._limit:
                self._answers.popitem(last=False)
        return answer
