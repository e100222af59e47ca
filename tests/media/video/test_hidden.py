"""Packets that show nothing are told from their first bits, as their decoders do."""

from __future__ import annotations

from pathlib import Path

import av
import pytest
from films import FRAMES, written
from hypothesis import given
from hypothesis import strategies as st

from viewer.media.video.hidden import is_hidden


@pytest.mark.parametrize("name", ["vp8", "vp9"])
def test_the_packets_that_show_something_are_as_many_as_the_frames(
    tmp_path: Path, name: str
) -> None:
    film = written(tmp_path, name)
    with av.open(str(film.path)) as container:
        packets = [bytes(packet) for packet in container.demux(video=0) if packet.size]
    assert sum(not is_hidden(name, packet) for packet in packets) == FRAMES


@given(st.sampled_from(["vp8", "vp9", "h264"]), st.binary(max_size=40))
def test_any_bytes_are_told_without_failing(codec: str, data: bytes) -> None:
    assert is_hidden(codec, data) in (True, False)


@pytest.mark.parametrize(
    ("first", "hidden"),
    [
        (0b10_00_0_0_1_0, False),  # profile 0, a frame that is shown
        (0b10_00_0_0_0_0, True),
        (0b10_00_1_000, False),  # an earlier frame is shown
        (0b10_11_0_0_0_1, False),  # profile 3 has a reserved bit more
        (0b10_11_0_0_0_0, True),
    ],
)
def test_a_vp9_frame_is_shown_as_its_header_says(first: int, hidden: bool) -> None:
    assert is_hidden("vp9", bytes([first, 0, 0, 0])) == hidden
    frame = bytes([first, 0])
    hidden_one = bytes([0b10_00_0_0_0_0, 0])
    superframe = hidden_one + frame + bytes([0b110_00_001, 2, 2, 0b110_00_001])
    assert is_hidden("vp9", superframe) == hidden
