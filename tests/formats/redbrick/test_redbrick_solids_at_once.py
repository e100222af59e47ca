from __future__ import annotations

import json
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from viewer.errors import BadRecord
from viewer.formats.redbrick.solids import KEYS, solid_of
from viewer.formats.redbrick.solids_at_once import doubtful_rows

AFFINES = (
    None,
    (0.7, 0.0, 0.0, -180.0, 0.0, 0.7, 0.0, -170.0, 0.0, 0.0, 2.5, 100.0),
    (0.0, 0.5, 0.0, 1.0, 0.5, 0.0, 0.0, 2.0, 0.0, 0.0, 1.0, 3.0),
    (0.0,) * 12,
)
NUMBERS = st.floats(-5, 5) | st.integers(-3, 3) | st.sampled_from((1e9, 1e10, 1e300, True, None))


def places(names: str) -> st.SearchStrategy[Any]:
    whole = st.fixed_dictionaries(dict.fromkeys(names, NUMBERS))
    return whole | st.lists(NUMBERS, max_size=4) | st.none()


@st.composite
def solids(draw: st.DrawFn) -> tuple[str, dict[str, Any], int]:
    place = draw(st.sampled_from(sorted(KEYS)))
    record: dict[str, Any] = {}
    affine = AFFINES[1]
    for inside, outside in KEYS[place]:
        record[inside], record[outside] = draw(places("ijk")), draw(places("xyz"))
        if draw(st.booleans()):  # two that fit
            i, j, k = draw(st.tuples(*[st.integers(0, 200)] * 3))
            record[inside] = {"i": i, "j": j, "k": k}
            mm = (affine[0] * i + affine[3], affine[5] * j + affine[7], affine[10] * k + affine[11])
            record[outside] = dict(zip("xyz", mm, strict=True))
    return place, record, draw(st.integers(-1, len(AFFINES) - 1))


@given(st.lists(solids(), max_size=6))
def test_a_solid_is_looked_at_alone_unless_its_places_agree(
    found: list[tuple[str, dict[str, Any], int]],
) -> None:
    data = [msgspec.Raw(json.dumps(record).encode()) for _, record, _ in found]
    asked = [(row, found[row][0], raw, found[row][2]) for row, raw in enumerate(data)]

    doubtful = doubtful_rows(asked, AFFINES)

    assert doubtful == sorted(set(doubtful))
    assert doubts(found) <= set(doubtful)


def test_solids_whose_places_agree_need_no_second_look() -> None:
    record = {
        "point": {"i": 10, "j": 20, "k": 3},
        "absolutePoint": {"x": -173, "y": -156, "z": 107},
    }
    raw = msgspec.Raw(json.dumps(record).encode())

    assert doubtful_rows([(7, "landmarks3d", raw, 1), (8, "landmarks3d", raw, -1)], AFFINES) == []
    assert doubtful_rows([(7, "landmarks3d", raw, 2)], AFFINES) == [7]


def doubts(found: list[tuple[str, dict[str, Any], int]]) -> set[int]:
    """Return the rows that are damaged or doubtful, each told by itself."""
    odd: set[int] = set()
    for row, (place, record, entry) in enumerate(found):
        try:
            if solid_of(place, record, AFFINES[entry] if entry >= 0 else None)[1]:
                odd.add(row)
        except BadRecord:
            odd.add(row)
    return odd
