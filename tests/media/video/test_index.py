"""The packet index, by laws: display order is the order of times, and keys come before frames."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from viewer.media.video.index import NEVER, PacketFacts, by_decoding, by_times, without_lead

packet = st.builds(
    PacketFacts,
    pts=st.integers(-(2**40), 2**40),
    duration=st.just(1),
    is_key=st.booleans(),
    is_discarded=st.booleans(),
    is_hidden=st.booleans(),
)
packets = st.lists(packet, min_size=1, max_size=60, unique_by=lambda one: one.pts)


@given(packets)
def test_frames_are_the_shown_packets_in_order_of_their_times(found: list[PacketFacts]) -> None:
    index = by_times(found)
    assert index is not None
    shown = [n for n, one in enumerate(found) if not one.is_hidden and not one.is_discarded]
    assert sorted(index.packet_of.tolist()) == shown
    assert index.pts.tolist() == sorted(found[n].pts or 0 for n in shown)
    for frame, number in enumerate(index.packet_of.tolist()):
        assert index.frame_at[index.place_of[number]] == frame
    for number, one in enumerate(found):
        assert (index.place_of[number] == NEVER) == one.is_hidden


@given(packets)
def test_decoding_begins_at_a_key_that_is_before_the_frame_in_both_orders(
    found: list[PacketFacts],
) -> None:
    index = by_times(found)
    assert index is not None
    for frame in range(index.count):
        start, own = index.start_of(frame), int(index.packet_of[frame])
        assert start <= own
        if start:
            assert found[start].is_key
            assert index.place_of[start] <= index.place_of[own]
            if start != own:
                assert index.without_key(start).start_of(frame) < start


@given(packets, st.integers(0, 59))
def test_the_nearest_key_frame_is_a_displayed_key(found: list[PacketFacts], frame: int) -> None:
    index = by_times(found)
    assert index is not None
    near = index.key_frame_near(frame)
    frames = index.frame_at[index.place_of[index.keys]]
    shown = frames[frames != NEVER]
    assert (near is None) == (len(shown) == 0)
    if near is not None:
        assert abs(near - frame) == np.abs(shown - frame).min()


@given(packets, st.data())
def test_times_that_are_missing_or_repeated_do_not_tell_the_order(
    found: list[PacketFacts], data: st.DataObject
) -> None:
    number = data.draw(st.integers(0, len(found) - 1))
    one = found[number]
    unknown = PacketFacts(None, one.duration, one.is_key, one.is_discarded, is_hidden=False)
    assert by_times([*found[:number], unknown, *found[number + 1 :]]) is None
    seen = PacketFacts(one.pts, 1, is_key=False, is_discarded=False, is_hidden=False)
    assert by_times([*found[:number], seen, seen, *found[number + 1 :]]) is None


@given(packets, st.randoms(use_true_random=False))
def test_a_decoders_order_is_taken_as_it_is(found: list[PacketFacts], random: object) -> None:
    shown = [n for n, one in enumerate(found) if not one.is_discarded]
    random.shuffle(shown)  # type: ignore[attr-defined]
    index = by_decoding(found, np.array(shown, np.int64), np.arange(len(shown)))
    assert index.packet_of.tolist() == shown


@given(packets, st.data())
def test_without_its_lead_a_video_begins_at_the_first_picture(
    found: list[PacketFacts], data: st.DataObject
) -> None:
    index = by_times(found)
    assert index is not None
    if not index.count:
        return
    frame = data.draw(st.integers(0, index.count - 1))
    rest = without_lead(found, index, int(index.packet_of[frame]))
    assert rest.packet_of.tolist() == index.packet_of[frame:].tolist()
    assert rest.pts.tolist() == index.pts[frame:].tolist()
