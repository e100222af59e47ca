"""A JPEG stream gives all of its picture, or is refused; no missing part is filled with grey."""

from __future__ import annotations

import io
import re
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from PIL import Image

from viewer.media import jpegs
from viewer.media.plain.damage import Damaged

RNG = np.random.default_rng(5)
PICTURE = RNG.integers(0, 256, (48, 64, 3), dtype=np.uint8)
HOWS: dict[str, dict[str, Any]] = {
    "baseline": {},
    "progressive": {"progressive": True},
    "restarts": {"restart_marker_rows": 1},
}
END = b"\xff\xd9"


def stream(how: str = "baseline", mode: str = "RGB") -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(PICTURE).convert(mode).save(buffer, "JPEG", quality=90, **HOWS[how])
    return buffer.getvalue()


@pytest.mark.parametrize("how", HOWS)
def test_a_whole_stream_is_as_a_second_decoder_reads_it(how: str) -> None:
    shown = jpegs.decoded(stream(how), "RGB")
    assert shown is not None
    expected = cv2.imdecode(np.frombuffer(stream(how), np.uint8), cv2.IMREAD_COLOR)[..., ::-1]
    assert np.abs(shown.astype(int) - expected).max() <= 2
    assert jpegs.decoded(stream(how, "L"), "GRAY") is not None


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("tail", [b"", END], ids=["no end", "an end put behind"])
@given(data=st.data())
def test_a_stream_cut_anywhere_is_refused_or_lacks_nothing(
    how: str, tail: bytes, data: st.DataObject
) -> None:
    """A rare kind (None) is what a decoder refuses by itself."""
    whole = stream(how)
    cut = data.draw(st.integers(whole.index(b"\xff\xda") + 14, len(whole) - 3))
    try:
        shown = jpegs.decoded(whole[:cut] + tail, "RGB")
    except Damaged:
        return
    if shown is None:
        with pytest.raises(OSError, match=r"truncated|broken"):
            Image.open(io.BytesIO(whole[:cut] + tail)).load()
    else:
        assert np.array_equal(shown, jpegs.decoded(whole, "RGB"))


@given(data=st.data())
def test_a_hole_in_the_scan_is_refused(data: st.DataObject) -> None:
    whole = stream("restarts")
    marks = [mark.start() for mark in re.finditer(rb"\xff[\xd0-\xd7]", whole)]
    first = data.draw(st.integers(0, len(marks) - 2))
    last = data.draw(st.integers(first + 1, len(marks) - 1))
    with pytest.raises(Damaged, match="ends early or was changed"):
        jpegs.decoded(whole[: marks[first]] + whole[marks[last] :], "RGB")


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_a_check_tells_of_half_a_scan(mode: str) -> None:
    whole = stream(mode=mode)
    jpegs.check(whole)
    with pytest.raises(Damaged):
        jpegs.check(whole[: len(whole) * 2 // 3] + END)


def test_a_progressive_stream_without_its_last_scans_is_refused() -> None:
    whole = stream("progressive")
    starts = [mark.start() for mark in re.finditer(rb"\xff\xda", whole)]
    for start in starts[1:]:
        with pytest.raises(Damaged):
            jpegs.decoded(whole[:start] + END, "RGB")


@given(zeros=st.integers(1, 9), behind=st.binary(max_size=40))
def test_padding_before_and_anything_behind_the_end_is_no_damage(zeros: int, behind: bytes) -> None:
    assume(END not in behind)
    whole = stream()
    shown = jpegs.decoded(whole[:-2] + bytes(zeros) + END + behind, "RGB")
    assert np.array_equal(shown, jpegs.decoded(whole, "RGB"))


def test_a_later_revision_of_jfif_is_left_to_other_decoders() -> None:
    later = stream().replace(b"JFIF\0\x01", b"JFIF\0\x07")
    assert jpegs.decoded(later, "RGB") is None
