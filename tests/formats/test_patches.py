"""Patches change what they name, and never take away what they did not expect."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.errors import CannotWrite
from viewer.formats.json_tools import Span
from viewer.formats.patches import GONE, ListPatch, ObjectPatch, Put, edits_of
from viewer.formats.style import style_of
from viewer.model.source import spliced


def patched(base: bytes, change: ObjectPatch | ListPatch) -> bytes:
    plan = edits_of(base, Span(0, len(base)), change, style_of(base))
    return b"".join(spliced(base, plan))


KEYS = st.sampled_from("abcde")
VALUES = st.integers(-9, 9) | st.text(max_size=3) | st.none()


@given(st.dictionaries(KEYS, VALUES), st.dictionaries(KEYS, st.just(GONE) | VALUES))
def test_members_come_change_and_go_and_the_others_stay(old, wanted):
    members = {key: one if one is GONE else Put(one) for key, one in wanted.items()}
    left = {key: value for key, value in old.items() if key not in wanted}
    left |= {key: one for key, one in wanted.items() if one is not GONE}
    assert json.loads(patched(json.dumps(old).encode(), ObjectPatch(members))) == left


@pytest.mark.parametrize("there", [b"[1, 2]", b"5", b'"text"', b"true"])
def test_what_is_no_object_is_not_replaced_by_one(there: bytes):
    with pytest.raises(CannotWrite):
        patched(there, ObjectPatch({"a": Put(1)}))


@pytest.mark.parametrize("there", [b'{"a": 1}', b"5", b'"text"'])
def test_what_is_no_list_is_not_replaced_by_one(there: bytes):
    with pytest.raises(CannotWrite):
        patched(there, ListPatch(added=[1]))


def test_null_becomes_what_is_put_into_it():
    assert patched(b"null", ListPatch(added=[1])) == b"[1]"


def test_a_number_keeps_the_spelling_of_the_one_before():
    changed = patched(b'{"a": 2, "b": 2.0}', ObjectPatch({"a": Put(3.0), "b": Put(3.0)}))
    assert changed == b'{"a": 3, "b": 3.0}'
