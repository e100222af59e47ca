"""Typed letters find names; which letters they are is told."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.ui.actions.matching import letters_meant
from viewer.ui.actions.reasons import WHY_OFF
from viewer.ui.actions.table import ACTIONS, Rule

NAMES = st.sampled_from([spec.text for spec in ACTIONS])


def meant(name: str, typed: str) -> str | None:
    fit = letters_meant(name, typed)
    return None if fit is None else "".join(name[at] for at in fit[1])


@pytest.mark.parametrize(
    ("name", "typed", "letters"),
    [
        ("Hide this label", "hid", "Hid"),
        ("Hide this label", "lab hi", "Hilab"),
        ("Next label of this class", "nlc", "Nlc"),
        ("Next label of this class", "nexc", "Nexc"),
        ("Hide this label", "ide", "ide"),
        ("Hide this label", "hx", None),
        ("Straße", "STRASSE", None),
        ("Straße", "tra", "tra"),
        ("Anything", "", ""),
    ],
)
def test_words_and_initials_find_names(name, typed, letters) -> None:
    assert meant(name, typed) == letters


@given(NAMES, st.data())
def test_any_part_of_a_name_finds_it_and_better_the_nearer_to_its_beginning(name, data) -> None:
    start = data.draw(st.integers(0, len(name) - 1))
    part = name[start : data.draw(st.integers(start + 1, len(name)))]
    fit, whole = letters_meant(name, part.upper()), letters_meant(name, name)
    assert fit is not None
    assert whole == (0, whole[1])
    assert {name[at].casefold() for at in fit[1]} >= {*part.casefold()} - {" "}
    assert fit[1] == tuple(sorted(set(fit[1])))


def test_every_rule_says_why_an_action_is_off() -> None:
    assert set(WHY_OFF) == set(get_args(Rule))
