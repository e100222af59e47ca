from __future__ import annotations

import json

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from viewer.formats.spans import spans_of

VALUES = st.lists(st.recursive(st.integers() | st.text() | st.none(), st.lists), max_size=80)


@given(VALUES, st.sampled_from((None, 1, "\t")), st.binary(max_size=9))
def test_raw_values_stand_where_their_spans_say(
    values: list[object], indent: int | str | None, before: bytes
) -> None:
    whole = memoryview(before + json.dumps(values, indent=indent).encode())
    data = whole[len(before) :]
    raws = msgspec.json.decode(data, type=list[msgspec.Raw])

    starts, ends = spans_of(data, raws)

    found = [bytes(data[start:end]) for start, end in zip(starts, ends, strict=True)]
    assert found == [bytes(raw) for raw in raws]
    assert (starts[1:] >= ends[:-1]).all()


@given(st.permutations(range(60)))
def test_spans_come_in_the_order_that_is_asked_for(order: list[int]) -> None:
    data = json.dumps({str(number): [number] for number in range(60)}).encode()
    raws = msgspec.json.decode(data, type=dict[str, msgspec.Raw])

    starts, ends = spans_of(data, [raws[str(number)] for number in order])

    found = [json.loads(data[start:end]) for start, end in zip(starts, ends, strict=True)]
    assert found == [[number] for number in order]
