"""Samples: the same from the same seed, as many as asked for, and each label for itself."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.review.sampling import SampleRule, sample, shares, words

seeds = st.integers(0, 2**70)
sizes = st.lists(st.integers(1, 30), min_size=1, max_size=8)
strata = st.lists(st.integers(0, 4), max_size=60).map(
    lambda codes: np.unique(np.array(codes, dtype=np.int64), return_inverse=True)[1]
)


def words_by_hand(seed: int, stream: str, count: int) -> list[int]:
    """Return PCG64 XSL-RR as O'Neill's paper gives it, in whole numbers."""
    digest = hashlib.sha256(f"{seed} {stream}".encode()).hexdigest()
    state, increment = int(digest[:32], 16), int(digest[32:], 16) | 1
    found = []
    for _ in range(count):
        state = (state * 0x2360ED051FC65DA44385DF649FCCF645 + increment) % 2**128
        folded, turn = (state >> 64) ^ (state % 2**64), state >> 122
        found.append((folded >> turn | folded << (64 - turn)) % 2**64)
    return found


@given(seeds, st.text(max_size=5), st.integers(0, 40))
def test_words_are_those_of_pcg64_whatever_library_makes_them(seed, stream, count):
    assert words(seed, stream, count).tolist() == words_by_hand(seed, stream, count)


def test_other_seeds_and_other_streams_give_other_words():
    lists = [words(*of, 4).tolist() for of in ((0, "a"), (1, "a"), (0, "b"), (0, "a new"))]
    assert len({word for found in lists for word in found}) == 16


@given(sizes, st.integers(0, 260))
def test_shares_add_up_and_stand_next_to_proportion(sizes, count):
    found = shares(sizes, count)
    assert sum(found) == min(count, sum(sizes))
    for share, size in zip(found, sizes, strict=True):
        assert 0 <= share <= size
        if count < sum(sizes):
            assert abs(share - count * size / sum(sizes)) < 1


def test_what_rounding_leaves_goes_to_the_largest_remainder_then_the_larger_then_the_first():
    assert shares([6, 3, 1], 5) == [3, 2, 0]  # 3, 1.5, 0.5: of two halves the larger stratum's
    assert shares([1, 1, 1], 1) == [1, 0, 0]
    assert shares([7, 2], 4) == [3, 1]  # 3.1 and 0.9


@given(strata, seeds, st.integers(0, 70), st.booleans())
def test_a_sample_is_a_part_of_its_size_and_the_same_from_the_same_seed(codes, seed, count, each):
    rule = SampleRule(count, seed, ("class",), each)
    found = sample(codes, words(seed, "export", len(codes)), rule)
    assert found.tolist() == sorted(set(found.tolist()) & set(range(len(codes))))
    of_strata = np.bincount(codes).tolist() if len(codes) else []
    drawn = np.bincount(codes[found], minlength=len(of_strata)).tolist()
    if each:
        assert drawn == [min(count, size) for size in of_strata]
    else:
        assert drawn == shares(of_strata, count)
    again = sample(codes, words(seed, "export", len(codes)), rule)
    assert again.tolist() == found.tolist()


@given(strata.filter(len), seeds, st.integers(0, 9), st.data())
def test_what_becomes_of_one_label_changes_nothing_between_the_others(codes, seed, count, data):
    priorities = words(seed, "export", len(codes))
    gone = data.draw(st.integers(0, len(codes) - 1))
    others = np.delete(np.arange(len(codes)), gone)
    rule = SampleRule(count, seed, ("class",), each=True)
    before = set(sample(codes, priorities, rule).tolist())
    left = np.unique(codes[others], return_inverse=True)[1]
    after = set(others[sample(left, priorities[others], rule)].tolist())
    assert before - {gone} <= after
    assert len(after - before) <= 1
    assert all(codes[new] == codes[gone] for new in after - before)


def test_every_label_is_as_likely_as_any_other():
    drawn = np.zeros(20)
    for seed in range(600):
        rule = SampleRule(5, seed)
        drawn[sample(np.zeros(20, np.int64), words(seed, "export", 20), rule)] += 1
    expected = 600 * 5 / 20
    chi = float(((drawn - expected) ** 2 / expected).sum()) / (1 - 5 / 20)  # without replacement
    assert chi < 43.8  # 0.1 % of 19 degrees of freedom


@pytest.mark.parametrize(("count", "seed"), [(-1, 0), (1, -1), (10**8, 0)])
def test_numbers_that_mean_no_sample_are_refused(count, seed):
    with pytest.raises(ValueError, match="a sample has"):
        SampleRule(count, seed)
