from __future__ import annotations

import json

from hypothesis import example, given
from hypothesis import strategies as st

from viewer.formats.labelbox.stretches import (
    LARGEST,
    frame_of_key,
    frames_of_keys,
    key_frames_of,
    keys_of,
    plain_object,
)

KEYS = (
    st.integers(0, 30).map(str)
    | st.sampled_from(("", "007", "+1", "1.0", "²", "٣", "x", str(LARGEST), str(LARGEST + 1)))
    | st.text(max_size=3)
)


@given(st.lists(KEYS, unique=True, max_size=12))
def test_keys_read_at_once_are_the_frames_that_each_spells(keys: list[str]) -> None:
    frames = [frame_of_key(key) for key in keys]
    plain = all(str(frame) == key for frame, key in zip(frames, keys, strict=True))

    assert frames_of_keys(tuple(keys)) == (tuple(frames) if plain else None)


@given(st.dictionaries(KEYS, st.booleans() | st.sampled_from((0, 1, None, "x")), max_size=9))
@example({"7": True, "007": False})
def test_key_frames_are_the_frames_whose_flag_is_set(flags: dict[str, object]) -> None:
    drawn = {frame_of_key(key) for key, flag in flags.items() if flag is True} - {None}
    good = all(
        frame_of_key(key) is not None and isinstance(flag, bool) for key, flag in flags.items()
    )

    said = frozenset(drawn) if drawn or (good and flags) else None
    assert keys_of(flags) == (said, good)


@given(
    st.dictionaries(
        st.text(max_size=3),
        st.dictionaries(KEYS, st.booleans(), max_size=4) | st.lists(st.integers(), max_size=3),
        max_size=4,
    )
)
def test_a_key_frame_map_is_the_object_that_stands_there(value: dict[str, object]) -> None:
    data = json.dumps(value).encode()

    assert key_frames_of(data) == plain_object(data) == value


def test_what_is_no_key_frame_map_says_nothing() -> None:
    assert key_frames_of(b"[1]") == key_frames_of(b"{") == {}
