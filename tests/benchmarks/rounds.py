"""Methods timed in turn, so that a busy machine disturbs them alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping

Method = Callable[[], None]


def compared(methods: Mapping[str, Method], rounds: int) -> dict[str, tuple[float, float]]:
    """Return for each method its median seconds, and the median ratio to the first method's.

    The order rotates from round to round; a first round warms up and is not counted.
    """
    seconds = _taken(methods, rounds)
    first = seconds[next(iter(methods))]
    return {
        name: (
            statistics.median(times),
            statistics.median(a / b for a, b in zip(times, first, strict=True)),
        )
        for name, times in seconds.items()
    }


def at_best(methods: Mapping[str, Method], rounds: int) -> dict[str, tuple[float, float]]:
    """Return for each method its fewest seconds, and their ratio to the first method's.

    For methods that need both processors: whoever else uses one of them makes two threads as
    slow as one, and only rounds without that say anything.
    """
    best = {name: min(times) for name, times in _taken(methods, rounds).items()}
    first = best[next(iter(methods))]
    return {name: (seconds, seconds / first) for name, seconds in best.items()}


def _taken(methods: Mapping[str, Method], rounds: int) -> dict[str, list[float]]:
    names = list(methods)
    seconds: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(rounds + 1):
        at = turn % len(names)
        for name in names[at:] + names[:at]:
            began = time.perf_counter()
            methods[name]()
            if turn:
                seconds[name].append(time.perf_counter() - began)
    return seconds
