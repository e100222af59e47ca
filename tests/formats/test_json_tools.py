"""The byte scanner against Python's own JSON, and what it forgives."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.formats.json_tools import (
    BadJson,
    Span,
    Walker,
    elements,
    is_list,
    is_object,
    members,
    text_of,
    value_of,
)

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20
)
LAYOUTS = st.sampled_from([(None, (",", ":")), (None, (", ", " : ")), (1, None), ("\t", None)])


def dumped(value: object, layout: tuple[object, tuple[str, str] | None], ascii_only: bool) -> bytes:
    indent, separators = layout
    text = json.dumps(
        value,
        indent=indent,  # pyright: ignore[reportArgumentType]
        separators=separators,
        ensure_ascii=ascii_only,
        allow_nan=False,
    )
    return text.encode("utf-8", "surrogatepass")


@given(VALUES, LAYOUTS, st.booleans())
def test_a_value_is_passed_over_whole(value, layout, ascii_only):
    data = b" \n" + dumped(value, layout, ascii_only) + b"  "
    walker = Walker(data)
    assert walker.skip() == Span(2, len(data) - 2)
    assert walker.start() == len(data)


FOLLOWERS = st.sampled_from([b"", b" ", b"]", b"\n}", b" , {}", b"\t/* {} */ ]", b"// }", b"\r\n{"])


@given(st.lists(VALUES, min_size=1), LAYOUTS, FOLLOWERS, st.integers(0, 3))
def test_what_follows_a_value_is_not_taken_for_its_end(value, layout, follower, before):
    # A long value is passed at once, by a reader that tells which byte follows it.
    data = b"[" * before + dumped([{"a": value}], layout, ascii_only=False)
    assert Walker(data + follower, before).skip() == Span(before, len(data))


@pytest.mark.parametrize("inside", [b"NaN", b"1, // no\n 2", b'"\x01"', b'"\xff"', b"1,", b"+1"])
def test_what_a_strict_reader_refuses_inside_a_value_is_passed_over_too(inside):
    data = b'[{"a": [' + inside + b']}, {"b": 1}] ]'
    assert Walker(data).skip() == Span(0, len(data) - 2)


@given(st.dictionaries(st.text(), VALUES), LAYOUTS, st.booleans())
def test_members_are_those_that_python_reads(value, layout, ascii_only):
    data = dumped(value, layout, ascii_only)
    found = list(members(data))
    assert {member.key: value_of(data[member.start : member.end]) for member in found} == value
    assert [text_of(data[member.key_start : member.key_end]) for member in found] == list(value)


@given(st.lists(VALUES), LAYOUTS)
def test_elements_are_those_that_python_reads(value, layout):
    data = dumped(value, layout, True)
    assert [json.loads(data[a:b]) for a, b in elements(data)] == value


@given(st.text(alphabet='{}[]",:0123456789.eE+-truefalsn \\u/\n', max_size=30))
def test_what_python_takes_is_taken_whole(text):
    data = text.encode()
    try:
        value = json.loads(text)
    except ValueError:
        return
    walker = Walker(data)
    walker.skip()
    assert walker.start() == len(data)
    assert value_of(data) == value


@given(st.lists(VALUES, min_size=1), st.data())
def test_a_cut_text_gives_every_element_before_the_cut(value, data):
    text = dumped(value, (None, (",", ":")), True)
    spans = list(elements(text))
    cut = data.draw(st.integers(0, len(text) - 1))
    got: list[Span] = []
    with pytest.raises(BadJson) as error:
        got.extend(elements(text[:cut]))
    assert error.value.at <= cut
    # A number at the very end may be the beginning of a longer one.
    whole = [span for span in spans if span.end < cut]
    assert got[: len(whole)] == whole


@given(VALUES)
def test_values_are_those_that_python_reads(value):
    assert value_of(dumped(value, (None, (",", ":")), True)) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b'\xef\xbb\xbf{"a":1}', {"a": 1}),
        (b"[1,/* two */2, // three\n3,]", [1, 2, 3]),
        (b'{"a":[1,],"b":{},}', {"a": [1], "b": {}}),
        (b'"\\ud800"', "\ud800"),
        (b'["\xff",]', ["\udcff"]),
        (b'["\\x",]', ["\\x"]),
        (b"[Infinity,-Infinity,+1,.5,]", [math.inf, -math.inf, 1, 0.5]),
        (b"[" + b"9" * 5000 + b"]", [math.inf]),
        (b'{"a":1,"a":2}', {"a": 2}),
        (b'"a\tb"', "a\tb"),
        (b"[true,false,null,]", [True, False, None]),
    ],
)
def test_what_people_write_is_forgiven(text, value):
    assert value_of(text) == value


def test_not_a_number_is_read_as_such():
    found = value_of(b"[NaN,]")
    assert is_list(found)
    assert math.isnan(float(str(found[0])))
    assert is_object(value_of(b"{}"))


@pytest.mark.parametrize(
    "text",
    [
        b"", b"{", b"[1 2]", b'{"a" 1}', b'{"a":}', b"{1:2}", b'"abc', b"[1}", b"nul", b"1 2",
        b"[1,,2]", b"[1.2.3,]", b"[/* open", b"[" * 300 + b"/**/" + b"]" * 300,
    ],
)  # fmt: skip
def test_what_is_no_json_says_where(text):
    with pytest.raises(BadJson, match="byte") as error:
        value_of(text)
    assert 0 <= error.value.at <= len(text)


def test_nesting_without_end_does_not_exhaust_the_stack():
    deep = b'{"a":[' * 100_000 + b"]}" * 100_000
    assert Walker(deep).skip() == Span(0, len(deep))
    with pytest.raises(BadJson):
        value_of(deep)


def test_several_documents_stand_in_a_row():
    data = b'\xef\xbb\xbf{"a":1}\n[2]\x1e 3 '
    walker = Walker(data, 3)
    found: list[bytes] = []
    while walker.start() < len(data):
        start, end = walker.skip()
        found.append(data[start:end])
    assert found == [b'{"a":1}', b"[2]", b"3"]


def test_a_consumer_may_walk_into_what_it_is_given_or_pass_it():
    walker = Walker(b'{"a":{"x":[1,2]},"b":[3,{"y":4}],"c":5}')
    seen: list[object] = []
    for key, start in walker.members():
        seen.append(bytes(walker.data[key.start : key.end]))
        if walker.is_array():
            seen += [at - start for at in walker.elements()]
    assert seen == [b'"a"', b'"b"', 1, 3, b'"c"']


@pytest.mark.parametrize("text", [b"[1]", b"1"])
def test_only_an_object_has_members(text):
    with pytest.raises(BadJson, match="an object was expected"):
        list(members(text))


def test_only_a_list_has_elements():
    with pytest.raises(BadJson, match="a list was expected"):
        list(elements(b"{}"))
