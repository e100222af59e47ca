"""Where tasks, what holds labels in them, and their series stand in a file."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from viewer.formats.redbrick.layout import HolderPlace, layout_of

SERIES = {"name": "S", "items": ["a.dcm"]}
WORK = {"updatedBy": "x", "series": [SERIES]}


@st.composite
def exports(draw: st.DrawFn) -> bytes:
    tasks = [
        {
            "taskId": f"t{number}",
            "series": [SERIES],
            "consensusTasks": [WORK] * draw(st.integers(0, 3)),
            **({"superTruth": WORK} if draw(st.booleans()) else {}),
            "metaData": {"a": "b"},
        }
        for number in range(draw(st.integers(0, 4)))
    ]
    text = json.dumps(tasks, indent=draw(st.sampled_from([None, 1])))
    return text.encode()[: draw(st.integers(len(text) // 2, len(text)))]


def around(holder: HolderPlace, place: int) -> bool:
    return holder.at.start <= place and (holder.at.end is None or place < holder.at.end)


@given(base=exports())
def test_what_holds_a_byte_is_the_innermost_holder_around_it(base: bytes):
    layout = layout_of(base)
    for place in range(len(base)):
        found = [holder for holder in layout.holders if around(holder, place)]
        wanted = max(found, key=lambda holder: holder.at.start, default=None)
        assert layout.holder_at(place) == wanted
