"""Opening a container and reading its packets, without decoding; in the decoding process only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import TYPE_CHECKING

from viewer.errors import CannotDecode, CannotRead
from viewer.media.video.hidden import is_hidden
from viewer.media.video.index import PacketFacts
from viewer.media.video.reread import PacketId, Reread, identity, time_of
from viewer.media.video.source import ByteSource, opened

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.codeccontext import VideoCodecContext
    from av.video.stream import VideoStream

Told = Callable[[], None]
# What is tried; nothing that names other files or addresses (playlists, image sequences, devices).
CONTAINERS = (
    "mov,matroska,avi,gif,mpegts,mpeg,mpegvideo,m4v,h264,hevc,asf,flv,ogg,obu,ivf,mjpeg,mxf"
)
HELD_BYTES = 256 << 20  # packets up to here are held in memory, beyond it they are read again
HELD_PACKETS = 300_000
PACKETS_LIMIT = 20_000_000
LARGEST_PIXELS = 1 << 26  # of a frame: 8192 x 8192
_BUFFER = 1 << 16
_READ_AGAIN = 8  # times its own size that a file is read before it is held to go in circles


class Demuxed:
    """One video stream of a file and its packets.

    Args:
        source: where the bytes are.
        told: called as a sign of life.
        held_bytes: packets up to here are held in memory.

    Raises:
        CannotRead: the bytes are not there, or are no video.
        CannotDecode: no stream of pictures is in it, or they are too large.
    """

    def __init__(self, source: ByteSource, told: Told, held_bytes: int = HELD_BYTES) -> None:
        self._source, self._told = source, told
        self.name = source.file.name
        self.container, self.stream, self.streams = self._opened()
        self.codec = self.stream.codec_context.name
        self.facts: list[PacketFacts] = []
        self.is_cut_off = False
        self._held: list[Packet[VideoStream]] | None = []
        self._ids: list[PacketId] = []
        self._times: list[int] = []
        self._reread: Reread | None = None
        self._gather(held_bytes)

    def packet(self, number: int) -> Packet[VideoStream]:
        """Return a packet; its time is its number, so that its picture is known by it.

        Raises:
            CannotDecode: it cannot be found again.
        """
        if self._held is not None:
            found = self._held[number]
        else:
            if self._reread is None:
                self._reread = Reread(self._reopened, self._ids, self._times, self.name)
            found = self._reread.packet(number)
        found.pts = found.dts = number
        return found

    def key_decoder(self) -> VideoCodecContext:
        """Return a second decoder, which gives a picture for each packet at once."""
        _container, stream, _count = self._opened()
        context = stream.codec_context
        context.thread_count = 1
        return context

    def _opened(self) -> tuple[InputContainer, VideoStream, int]:
        """Open the container; return it, its first stream of moving pictures, and how many."""
        import av
        from av.error import FFmpegError
        from av.stream import Disposition

        stream = opened(self._source, self._told)
        try:
            container = av.open(
                stream,
                "r",
                options={"format_whitelist": CONTAINERS, "protocol_whitelist": "file"},
                buffer_size=_BUFFER,
                metadata_errors="replace",
            )
        except (FFmpegError, ValueError, IndexError) as error:
            reason = str(error).partition("]")[2].partition(":")[0].strip() or "damaged"
            raise CannotRead(f"{self.name}: is not read as a video ({reason}).") from error
        no_video = Disposition.attached_pic | Disposition.timed_thumbnails
        real = [one for one in container.streams.video if not one.disposition & no_video]
        if not real:
            raise CannotDecode(f"{self.name}: holds no moving pictures.")
        _check(real[0], self.name)
        return container, real[0], len(real)

    def _gather(self, held_bytes: int) -> None:
        """Read all packets once; a damaged end leaves those before it."""
        total, largest = 0, _READ_AGAIN * max(self._size(), 1)
        for packet in self._demuxed():
            total += packet.size
            if total > largest or len(self.facts) >= PACKETS_LIMIT:
                raise CannotRead(f"{self.name}: its table of frames goes in circles.")
            self._told()
            self.facts.append(_facts(packet, self.codec))
            self._ids.append(identity(packet))
            self._times.append(time_of(packet, self._times))
            if self._held is not None:
                self._held.append(packet)
                if total > held_bytes or len(self._held) > HELD_PACKETS:
                    self._held = None

    def _demuxed(self) -> Iterator[Packet[VideoStream]]:
        from av.error import FFmpegError

        try:
            for packet in self.container.demux(self.stream):
                if packet.size:
                    yield packet
        except (FFmpegError, ValueError) as error:
            self.is_cut_off = True
            if not self.facts:
                raise CannotRead(f"{self.name}: is damaged; no frame is in it.") from error

    def _reopened(self) -> tuple[InputContainer, VideoStream]:
        container, stream, _count = self._opened()
        return container, stream

    def _size(self) -> int:
        with closing(opened(self._source, self._told)) as stream:
            return stream.size


def _check(stream: VideoStream, name: str) -> None:
    """Raise CannotDecode for what no decoder is there for, or what fits into no memory."""
    context = stream.codec_context
    if not context:
        raise CannotDecode(f"{name}: there is no decoder for its pictures.")
    if context.width * context.height > LARGEST_PIXELS:
        size = f"{context.width}x{context.height}"
        raise CannotDecode(f"{name}: frames of {size} pixels are too large to be decoded.")


def _facts(packet: Packet[VideoStream], codec: str) -> PacketFacts:
    hides = codec in ("vp8", "vp9") and is_hidden(codec, bytes(packet))
    return PacketFacts(
        packet.pts, packet.duration or 0, packet.is_keyframe, packet.is_discard, hides
    )
