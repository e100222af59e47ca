"""The packet index: which packet becomes which displayed frame, and where decoding may begin.

Packets count from 0 in the order they are decoded. Places count those packets that decode to a
picture in the order of display, from 0, also the ones that an edit list leaves out; frames count
the displayed ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
NEVER = -1  # the place of a packet that shows nothing


@dataclass(frozen=True)
class PacketFacts:
    """What the container says of one packet."""

    pts: int | None
    duration: int
    is_key: bool
    is_discarded: bool
    is_hidden: bool


@dataclass(frozen=True, eq=False)
class FrameIndex:
    """Where frames are.

    Args:
        packet_of: (frames,) the packet of each frame.
        place_of: (packets,) the place of each packet in display order, NEVER without one.
        frame_at: (places,) the frame at each place, NEVER for one that an edit list leaves out.
        keys: packets that decoding may begin at, ascending, with ascending places.
        pts: (frames,) in units of the time base.
    """

    packet_of: Integers
    place_of: Integers
    frame_at: Integers
    keys: Integers
    pts: Integers

    @property
    def count(self) -> int:
        """Number of frames."""
        return len(self.packet_of)

    @cached_property
    def key_places(self) -> Integers:
        """The place of each key."""
        return self.place_of[self.keys]

    def start_of(self, frame: int) -> int:
        """Return the packet to decode a frame from: the last key that both orders have before it.

        A key that displays after the frame does not help: pictures between refer to what is
        before the key (open groups of pictures).
        """
        packet = int(self.packet_of[frame])
        place = int(self.place_of[packet])
        earlier = int(np.searchsorted(self.keys, packet, side="right"))
        last = min(earlier, int(np.searchsorted(self.key_places, place, side="right"))) - 1
        return int(self.keys[last]) if last >= 0 else 0

    def without_key(self, packet: int) -> FrameIndex:
        """Return the index without a key that turned out to be none."""
        return replace(self, keys=self.keys[self.keys != packet])

    def key_frame_near(self, frame: int) -> int | None:
        """Return the displayed key frame that is nearest to a frame; None without any."""
        frames = self._key_frames
        if not len(frames):
            return None
        at = int(np.searchsorted(frames, frame))
        around = frames[max(0, at - 1) : at + 1]
        return int(around[np.argmin(np.abs(around - frame))])

    def key_frame_after(self, frame: int) -> int | None:
        """Return the first displayed key frame after a frame; None without any."""
        at = int(np.searchsorted(self._key_frames, frame, side="right"))
        return int(self._key_frames[at]) if at < len(self._key_frames) else None

    @cached_property
    def _key_frames(self) -> Integers:
        frames = self.frame_at[self.key_places]
        return frames[frames != NEVER]


def by_times(packets: Sequence[PacketFacts]) -> FrameIndex | None:
    """Return the index by the times in the container; None where they do not tell the order."""
    shown = [number for number, packet in enumerate(packets) if not packet.is_hidden]
    times = [packets[number].pts for number in shown]
    known = [time for time in times if time is not None]
    if len(known) < len(times) or len(set(known)) < len(known):
        return None
    order = np.array(shown, np.int64)[np.argsort(np.array(known, np.int64), kind="stable")]
    return _index(packets, order, np.sort(np.array(known, np.int64)))


def by_decoding(packets: Sequence[PacketFacts], order: Integers, pts: Integers) -> FrameIndex:
    """Return the index of packets in the order in which the decoder gave their pictures."""
    return _index(packets, order, pts)


def without_lead(packets: Sequence[PacketFacts], index: FrameIndex, first: int) -> FrameIndex:
    """Return the index without the frames that display before packet `first`.

    They refer to what was cut off before the stream's beginning.
    """
    place = int(index.place_of[first])
    order = np.argsort(index.place_of, kind="stable")[np.sum(index.place_of == NEVER) :]
    pts = np.zeros(len(order), np.int64)
    for frame, packet in enumerate(index.packet_of.tolist()):
        pts[index.place_of[packet]] = index.pts[frame]
    return _index(packets, order[place:], pts[place:])


def _index(packets: Sequence[PacketFacts], order: Integers, pts: Integers) -> FrameIndex:
    """Return the index of packets in order of display."""
    place_of = np.full(len(packets), NEVER, np.int64)
    place_of[order] = np.arange(len(order))
    numbers: list[int] = order.tolist()
    is_shown = np.array([not packets[number].is_discarded for number in numbers], np.bool_)
    frame_at = np.where(is_shown, np.cumsum(is_shown) - 1, NEVER)
    return FrameIndex(order[is_shown], place_of, frame_at, _keys(packets, place_of), pts[is_shown])


def _keys(packets: Sequence[PacketFacts], place_of: Integers) -> Integers:
    """Key packets in order; one that displays before an earlier one begins nothing new."""
    keys: list[int] = []
    reached = NEVER
    for number, packet in enumerate(packets):
        place = int(place_of[number])
        if packet.is_key and place > reached:
            keys.append(number)
            reached = place
    return np.array(keys, np.int64)
