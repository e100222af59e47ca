"""Answers that are kept and can be asked for without being worked out."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import lru_cache
from threading import Lock, RLock
from typing import Generic, ParamSpec, TypeVar, cast

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
P = ParamSpec("P")
_of_views: list[Callable[[], None]] = []  # what clears the answers that views asked for


def kept_for_views(limit: int) -> Callable[[Callable[P, V]], Callable[P, V]]:
    """Keep the answers that a function gave last to what views ask, until files are closed."""

    def decorated(function: Callable[P, V]) -> Callable[P, V]:
        cached = lru_cache(maxsize=limit)(function)
        _of_views.append(cached.cache_clear)
        return cached  # pyright: ignore[reportReturnType] - its parameters are the function's

    return decorated


def forget_views() -> None:
    """Let go of all that was kept for views: it refers to projects and pixels that are closed."""
    for clear in _of_views:
        clear()


class _Hashed(Generic[K]):
    """A key whose hash is worked out once: those of a picture's labels are long."""

    __slots__ = ("_hash", "key")

    def __init__(self, key: K) -> None:
        self.key = key
        self._hash = hash(key)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Hashed):
            return False
        mine, theirs = self.key, cast("_Hashed[K]", other).key
        return mine is theirs or mine == theirs


class Kept(Generic[K, V]):
    """The answers used last; safe from several threads, of which one works an answer out.

    Args:
        limit: how many are kept.
        for_views: what views ask; let go of by `forget_views`.
        most: how many bytes they may have, and how many one of them has; the last one stays.
    """

    def __init__(
        self,
        limit: int,
        *,
        for_views: bool = False,
        most: tuple[int, Callable[[V], int]] | None = None,
    ) -> None:
        self._limit = limit
        self._most = most
        self._lock = Lock()
        self._answers: OrderedDict[_Hashed[K], V] = OrderedDict()
        self._at_work: dict[_Hashed[K], RLock] = {}
        if for_views:
            _of_views.append(self.clear)

    def __contains__(self, key: K) -> bool:
        hashed = _Hashed(key)
        with self._lock:
            return hashed in self._answers

    def known(self, key: K) -> V | None:
        """Return the answer to a key, None where it is not kept."""
        hashed = _Hashed(key)
        with self._lock:
            return self._answers.get(hashed)

    def get(self, key: K, work_out: Callable[[], V]) -> V:
        """Return the answer to a key, worked out unless it is kept."""
        hashed = _Hashed(key)
        with self._lock:
            if hashed in self._answers:
                self._answers.move_to_end(hashed)
                return self._answers[hashed]
            at_work = self._at_work.setdefault(hashed, RLock())
        with at_work:
            with self._lock:
                if hashed in self._answers:
                    return self._answers[hashed]
            try:
                return self._keep(hashed, work_out())
            finally:
                with self._lock:
                    self._at_work.pop(hashed, None)

    def clear(self) -> None:
        """Keep nothing of what was worked out so far."""
        with self._lock:
            self._answers.clear()

    def _keep(self, hashed: _Hashed[K], answer: V) -> V:
        with self._lock:
            self._answers[hashed] = answer
            while len(self._answers) > self._limit or self._is_too_large():
                self._answers.popitem(last=False)
        return answer

    def _is_too_large(self) -> bool:
        if self._most is None or len(self._answers) < 2:
            return False
        most_bytes, bytes_of = self._most
        return sum(map(bytes_of, self._answers.values())) > most_bytes
