"""Samples of labels: at random from a seed, the same everywhere."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Literal, TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

Trait: TypeAlias = Literal["class", "author", "size", "status"]
Codes: TypeAlias = NDArray[np.int64]
Words: TypeAlias = NDArray[np.uint64]
MOST = 10_000_000  # that a sample may ask for; more than any list holds


class SampleRule(msgspec.Struct, frozen=True):
    """How a sample is drawn.

    Args:
        count: how many labels in all; of each stratum where `each`.
        seed: 0 and above; the same one draws the same labels of the same export again.
        by: what makes strata: labels that are alike in all of it; () for one stratum of all.
        each: `count` of each stratum, or as many as there are; else in all, shared among strata in
            proportion to their sizes (`shares`).

    Raises:
        ValueError: the count or the seed is below 0, or the count above `MOST`.
    """

    count: int
    seed: int
    by: tuple[Trait, ...] = ()
    each: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.count <= MOST or self.seed < 0:
            raise ValueError("a sample has a count of at most ten million and a seed from 0 up")


def words(seed: int, stream: str, count: int) -> Words:
    """Return (count,) random 64-bit words, of the labels with these ordinals of an export.

    Raw words of PCG64 (XSL-RR, 128 bits), the same in all versions of NumPy and on all machines.
    Its state and its increment are the two halves of the SHA-256 of "SEED STREAM" as big-endian
    numbers, the increment made odd. A label's word does not depend on any other label.

    Args:
        stream: which labels they are of, such as the digest of their export's files.
    """
    digest = hashlib.sha256(f"{seed} {stream}".encode()).digest()
    state, increment = (int.from_bytes(half, "big") for half in (digest[:16], digest[16:]))
    generator = np.random.PCG64(0)
    generator.state = {
        "bit_generator": "PCG64",
        "state": {"state": state, "inc": increment | 1},
        "has_uint32": 0,
        "uinteger": 0,
    }
    return generator.random_raw(count)


def shares(sizes: Sequence[int], count: int) -> list[int]:
    """Return how many of each stratum are drawn when `count` are shared in proportion.

    The largest remainders get what rounding down leaves; of equal ones the larger stratum, then the
    first. No stratum gives more than it has; together they give `count`, or all there are.
    """
    total = sum(sizes)
    if count >= total:
        return list(sizes)
    found = [count * size // total for size in sizes]
    left = count - sum(found)
    by_remainder = sorted(
        range(len(sizes)), key=lambda at: (-(count * sizes[at] % total), -sizes[at], at)
    )
    for at in by_remainder[:left]:
        found[at] += 1
    return found


def sample(strata: Codes, priorities: Words, rule: SampleRule) -> Codes:
    """Return the places of the labels drawn, rising.

    Args:
        strata: (n,) code of each label's stratum, from 0 and each with a label.
        priorities: (n,) `words` of the labels; the lowest of each stratum are drawn.
    """
    order = np.argsort(priorities, kind="stable")
    order = order[np.argsort(strata[order], kind="stable")]
    sizes = np.bincount(strata).tolist()
    wanted = [min(rule.count, size) for size in sizes] if rule.each else shares(sizes, rule.count)
    starts = np.cumsum([0, *sizes[:-1]])
    ranks = np.arange(len(order)) - np.repeat(starts, sizes) if sizes else np.arange(0)
    return np.sort(order[ranks < np.repeat(wanted, sizes)]) if sizes else order
