"""Reading the packets of a video, without decoding; in the decoding process only."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from viewer.errors import CannotDecode, CannotRead
from viewer.media.video.container import Container, Told, encrypted, opened_container
from viewer.media.video.ending import is_cut_off, tears_last_packet
from viewer.media.video.hidden import is_hidden
from viewer.media.video.index import PacketFacts
from viewer.media.video.reread import PacketId, Reread, identity, time_of
from viewer.media.video.source import ByteSource

if TYPE_CHECKING:
    from av.packet import Packet
    from av.video.codeccontext import VideoCodecContext
    from av.video.stream import VideoStream

HELD_BYTES = 256 << 20  # packets up to here are held in memory, beyond it they are read again
HELD_PACKETS = 300_000
PACKETS_LIMIT = 20_000_000
_MOST_THREADS = 16
_TELL_TORN = ("mov", "avi")  # containers whose reader marks a packet that is cut off
_IN_CIRCLES = 8  # times a file's size that its packets may take together


class Demuxed:
    """One video stream of a file and its packets.

    Args:
        source: where the bytes are.
        told: called as a sign of life.
        held_bytes: packets up to here are held in memory.

    Raises:
        CannotRead: the bytes are not there, or are no video.
        CannotDecode: no stream of pictures is in it, they are too large or encrypted.
    """

    def __init__(self, source: ByteSource, told: Told, held_bytes: int = HELD_BYTES) -> None:
        self._source, self._told = source, told
        self.name = source.file.name
        self._open: list[Container] = []
        self.container = self._opened()
        self.stream = self.container.stream
        self.codec = self.stream.codec_context.name
        self.is_lossy = bool(self.stream.codec_context.codec.lossy)
        self.facts: list[PacketFacts] = []
        self.is_cut_off = self._is_torn = False  # torn: the last packet is half a packet
        self._held: list[Packet[VideoStream]] | None = []
        self._ids: list[PacketId] = []
        self._times: list[int] = []
        self._reread: Reread | None = None
        self._gather(held_bytes)
        self._check_end()

    def packet(self, number: int) -> Packet[VideoStream]:
        """Return a packet; its time is its number, so that its picture is known by it.

        Raises:
            CannotDecode: it cannot be found again.
        """
        if self._held is not None:
            found = self._held[number]
        else:
            if self._reread is None:
                self._reread = Reread(self._opened, self._ids, self._times, self.name)
            found = self._reread.packet(number)
        found.pts = found.dts = number
        return found

    def threaded_decoder(self) -> VideoCodecContext:
        """Return the decoder that decodes several packets at a time; one for all time."""
        context = self.stream.codec_context
        context.thread_type = "AUTO"
        context.thread_count = _cores()  # the library would take one more, which is slower
        return context

    def prompt_decoder(self) -> VideoCodecContext:
        """Return a further decoder, whose threads share one packet where it has several slices."""
        context = self._opened().stream.codec_context
        context.thread_type = "SLICE"
        context.thread_count = _cores()
        return context

    def single_decoder(self) -> VideoCodecContext:
        """Return a further decoder, which decodes each packet before it takes the next."""
        context = self._opened().stream.codec_context
        context.thread_count = 1
        return context

    def close(self) -> None:
        """Close the file."""
        for container in self._open:
            container.close()

    def _opened(self) -> Container:
        """Open the container once more; those that were closed meanwhile are forgotten."""
        container = opened_container(self._source, self._told)
        self._open = [*(one for one in self._open if not one.bytes.closed), container]
        return container

    def _gather(self, held_bytes: int) -> None:
        """Read all packets once; a damaged end leaves those before it."""
        container = self.container.container.format.name
        total, most = 0, _IN_CIRCLES * max(self.container.bytes.size, 1)
        for packet in self._demuxed():
            total += packet.size
            if total > most or len(self.facts) >= PACKETS_LIMIT:
                raise CannotRead(_damaged(self.name, "its table of frames goes in circles"))
            if packet.has_sidedata("encryption_info"):  # at times noise decodes to a picture
                raise CannotDecode(encrypted(self.name))
            self._told()
            self.facts.append(_facts(packet, self.codec))
            self._is_torn = packet.is_corrupt and container.startswith(_TELL_TORN)
            self._ids.append(identity(packet))
            self._times.append(time_of(packet, self._times))
            if self._held is not None:
                self._held.append(packet)
                if total > held_bytes or len(self._held) > HELD_PACKETS:
                    self._held = None

    def _check_end(self) -> None:
        """Tell a file that is cut off from one that ends; half a packet is left out."""
        container = self.container.container.format.name
        stream = self.container.bytes
        is_short = stream.is_shortened or is_cut_off(stream, container)
        self.is_cut_off = self.is_cut_off or is_short or self._is_torn
        if len(self.facts) > 1 and (self._is_torn or (is_short and tears_last_packet(container))):
            for packets in (self.facts, self._ids, self._times, self._held):
                if packets is not None:
                    packets.pop()
        if self.is_cut_off:
            self._leave_out_what_follows_a_hole()

    def _leave_out_what_follows_a_hole(self) -> None:
        """Leave out frames before which others of the missing part may be displayed.

        A frame is never displayed before it is decoded, so all that is missing comes later than
        the last packet's decoding time; what is displayed later still would get a wrong number.
        """
        last = self._times[-1]
        later = [n for n, one in enumerate(self.facts) if one.pts is not None and one.pts > last]
        if len(later) < len(self.facts):
            for number in later:
                self.facts[number] = replace(self.facts[number], is_discarded=True)

    def _demuxed(self) -> Iterator[Packet[VideoStream]]:
        from av.error import FFmpegError

        try:
            yield from self.container.packets()
        except (FFmpegError, ValueError) as error:
            self.is_cut_off = True
            if not self.facts:
                raise CannotRead(_damaged(self.name, "no frame is in it")) from error


def _cores() -> int:
    """How many cores this process may use; systems that cannot say, say how many there are."""
    usable = getattr(os, "sched_getaffinity", None)
    return min(len(usable(0)) if usable else os.cpu_count() or 1, _MOST_THREADS)


def _damaged(name: str, words: str) -> str:
    return f"{name}: the video is damaged, {words}; copy or export it again."


def _facts(packet: Packet[VideoStream], codec: str) -> PacketFacts:
    hides = codec in ("vp8", "vp9") and is_hidden(codec, bytes(packet))
    return PacketFacts(
        packet.pts, packet.duration or 0, packet.is_keyframe, packet.is_discard, hides
    )
