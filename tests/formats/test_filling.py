"""What is read of a text that the fast parser refuses is always of its fields' types."""

from __future__ import annotations

import json

import msgspec
from hypothesis import example, given
from hypothesis import strategies as st

from viewer.formats.filling import filled


class Inner(msgspec.Struct):
    name: str | None = None
    size: float = 0.0


class Outer(msgspec.Struct):
    many: list[Inner] = []
    numbers: list[int] = []
    one: Inner | None = None
    either: Inner | list[Inner] | None = None
    named: dict[str, Inner | list[int] | None] | None = None
    on: bool = False


KEYS = st.sampled_from([*Outer.__struct_fields__, *Inner.__struct_fields__, "other"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(-9, 9) | st.text(max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(KEYS, VALUES, max_size=6))
@example({"many": {}})
@example({"numbers": {}, "one": []})
@example({"named": {"name": {"size": "x"}, "size": []}})
def test_a_value_of_another_type_counts_as_absent(tree: dict[str, object]) -> None:
    (found,), _ = filled(json.dumps(tree).encode(), Outer)
    assert msgspec.convert(msgspec.to_builtins(found), Outer) == found


@given(st.dictionaries(KEYS, VALUES, max_size=6))
def test_a_clean_text_is_read_as_the_fast_parser_reads_it(tree: dict[str, object]) -> None:
    text = json.dumps(tree).encode()
    try:
        fast = msgspec.json.decode(text, type=Outer)
    except msgspec.ValidationError:
        return
    assert filled(text, Outer)[0] == [fast]
