"""How a file is laid out, seen from its bytes."""

from __future__ import annotations

import json

import pytest
from format_cases import LAYOUTS, Layout
from hypothesis import given
from hypothesis import strategies as st

from viewer.errors import CannotWrite
from viewer.formats.style import indent_at, line_indent, number_text, style_of

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
layouts = pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)


@layouts
@given(value=VALUES)
def test_what_is_put_in_is_spelled_as_the_file_is(layout: Layout, value):
    tree = {"name": "é", "other": 1, "value": value}
    base = layout.dumped(tree)
    style = style_of(base)
    assert layout.bom + style.dumped(tree) == base


@given(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from([b"", b"1", b"1.0"]))
def test_a_number_reads_back_as_itself_and_a_whole_one_looks_like_the_one_before(value, like):
    text = number_text(value, like)
    assert float(text) == value
    if value.is_integer() and abs(value) < 1e15:
        assert (b"." in text) == (b"." in like)
    assert json.loads(text) == value


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_what_is_no_number_of_json_is_refused_wherever_it_stands(value: float):
    for what in (value, [1, value], {"a": {"b": [value]}}):
        with pytest.raises(CannotWrite, match="NaN"):
            style_of(b"{}").dumped(what)


TEXT = b'{\n\t"a": {\n\t\t"b": [1, 2]\n\t}\n}'


@pytest.mark.parametrize(
    ("before", "indent", "of_line"),
    [(b'"b"', b"\t\t", b"\t\t"), (b"[1", b"", b"\t\t"), (b'"a"', b"\t", b"\t"), (b"{", b"", b"")],
)
def test_an_indentation_is_the_white_space_before_a_value_or_of_its_line(before, indent, of_line):
    at = TEXT.index(before)
    assert indent_at(TEXT, at) == indent
    assert line_indent(TEXT, at) == of_line


def test_in_a_long_line_no_blank_of_its_middle_is_an_indentation():
    text = b"\n  [" + b"1, " * 500 + b"]"
    for at in range(len(text) - 20, len(text)):
        assert line_indent(text, at) == b""
        assert indent_at(text, at) == b""


def test_a_file_that_breaks_off_or_is_empty_has_the_plainest_style():
    for base in (b"", b"{", b'{"a', b"[]"):
        assert style_of(base).dumped({"a": [1, 2]}) == b'{"a":[1,2]}'
