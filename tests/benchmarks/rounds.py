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
    names = list(methods)
    seconds: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(rounds + 1):
        at = turn % len(names)
        for name in names[at:] + names[:at]:
            began = time.perf_counter()
            methods[name]()
            if turn:
                seconds[name].append(time.perf_counter() - began)
    first = seconds[names[0]]
    return {
        name: (
            statistics.median(times),
            statistics.median(a / b for a, b in zip(times, first, strict=True)),
        )
        for name, times in seconds.items()
    }
