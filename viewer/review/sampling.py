"""Samples of labels: at random from a seed, the same everywhere."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

Trait: TypeAlias = Literal["class", "author", "size", "status"]


class SampleRule(msgspec.Struct, frozen=True):
    """How a sample is drawn.

    Args:
        count: how many labels in all; of each stratum where `each`.
        seed: 0 and above; the same one draws the same labels of the same export again.
        by: what makes strata: labels that are alike in all of it; () for one stratum of all.
        each: `count` of each stratum, or as many as there are; else in all, shared among strata in
            proportion.
    """

    count: int
    seed: int
    by: tuple[Trait, ...] = ()
    each: bool = False
