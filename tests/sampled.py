"""What a short run tries of many real things, the same every time; a long one tries them all."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Hashable, Sequence
from itertools import chain
from typing import TypeVar

IS_LONG = bool(os.environ.get("OVERREAD_SOAK"))
One = TypeVar("One")


def some_of(every: Sequence[One], count: int) -> list[One]:
    """Return so many of them, in their order; all in a long run."""
    if IS_LONG or len(every) <= count:
        return list(every)
    chosen = random.Random(count).sample(range(len(every)), count)
    return [every[number] for number in sorted(chosen)]


def some_of_each(every: Sequence[One], kind: Callable[[One], Hashable], count: int) -> list[One]:
    """Return so many of each kind, in the order in which the kinds come; all in a long run."""
    kinds: dict[Hashable, list[One]] = {}
    for one in every:
        kinds.setdefault(kind(one), []).append(one)
    return list(chain.from_iterable(some_of(alike, count) for alike in kinds.values()))
