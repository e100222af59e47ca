"""Packets of a video too large to be held in memory: found by reading the file again.

A container's own search is not trusted to be exact: what it finds is told by its identity.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from viewer.errors import CannotDecode
from viewer.media.video.container import Container

if TYPE_CHECKING:
    from av.packet import Packet
    from av.video.stream import VideoStream

PacketId = tuple[int, int]
Reopen = Callable[[], Container]
_SEARCH_BACK = 16  # packets farther back that a second search begins


class Reread:
    """Finds packets by their numbers.

    Args:
        reopen: opens the file anew.
        ids, times: identity of each packet, and the time to search it by.
        name: of the file, for sentences.
    """

    def __init__(
        self, reopen: Reopen, ids: Sequence[PacketId], times: Sequence[int], name: str
    ) -> None:
        self._reopen, self._ids, self._times, self._name = reopen, ids, times, name
        counts = Counter(ids)
        self._number_of = {id: number for number, id in enumerate(ids) if counts[id] == 1}
        self._container = reopen()
        self._reading: Iterator[Packet[VideoStream]] = iter(())
        self._next = -1

    def packet(self, number: int) -> Packet[VideoStream]:
        """Return a packet; the next one at once, others after a search.

        Raises:
            CannotDecode: it is not found, since the file has changed.
        """
        found = self._following() if number == self._next else None
        if found is not None and identity(found) == self._ids[number]:
            self._next += 1
            return found
        back = 0
        while True:
            start = max(0, number - back)
            found = self._found_from(start, number)
            if found is not None:
                self._next = number + 1
                return found
            if start == 0:
                raise CannotDecode(f"{self._name}: changed since it was opened.")
            back = max(2 * back, _SEARCH_BACK)

    def _following(self) -> Packet[VideoStream] | None:
        from av.error import FFmpegError

        try:
            return next(self._reading, None)
        except FFmpegError:
            return None  # it is searched for anew

    def _found_from(self, start: int, number: int) -> Packet[VideoStream] | None:
        """Search from where the container takes packet `start` to be; None where it is behind."""
        from av.error import FFmpegError

        at: int | None = None
        try:
            self._reading = self._read_from(start)
            for packet in self._reading:
                at = self._number_of.get(identity(packet)) if at is None else at + 1
                if at is not None and at >= number:
                    return packet if at == number else None
        except FFmpegError:
            return None  # the container cannot go there; it is tried from farther back
        return None

    def _read_from(self, number: int) -> Iterator[Packet[VideoStream]]:
        """Return the packets from about `number` on; exactly from the first for 0."""
        if number == 0:
            self._container.close()
            self._container = self._reopen()
        else:
            self._container.seek(self._times[number])
        return self._container.packets()


def time_of(packet: Packet[VideoStream], before: Sequence[int]) -> int:
    """Return a time to search by; the one before where the packet has none."""
    time = packet.pts if packet.dts is None else packet.dts
    return time if time is not None else before[-1] if before else 0


def identity(packet: Packet[VideoStream]) -> PacketId:
    """Return what tells a packet from the others: its place in the file, or its time, and size."""
    place = packet.pos if packet.pos is not None and packet.pos >= 0 else packet.dts
    return (-1 if place is None else place), packet.size
