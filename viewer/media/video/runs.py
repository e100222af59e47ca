"""Decoding packets one after the other, each picture known by its packet's number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

from viewer.media.video.demux import Demuxed

if TYPE_CHECKING:
    from av.packet import Packet
    from av.video.codeccontext import VideoCodecContext
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

Pictures = list[tuple[int, "VideoFrame"]]  # a packet's number and its picture
_PREDICTED = (2, 3)  # P and B in `av.video.frame.PictureType`


class Run:
    """A decoder that goes through the packets from some key on.

    Attributes:
        began: the key that it began at.
        fed: the next packet that the decoder gets.
        is_over: all packets were decoded; `begin` first.
    """

    def __init__(self, demuxed: Demuxed) -> None:
        self._demuxed = demuxed
        self._count = len(demuxed.facts)
        self._context: VideoCodecContext = demuxed.stream.codec_context
        self._context.thread_type = "AUTO"
        self.began = self.fed = 0
        self.pending: set[int] = set()
        self.is_over = False
        self._is_fresh = True

    def begin(self, packet: int) -> None:
        """Go on at a key; what the decoder still held is dropped."""
        if not self._is_fresh:
            self._context.flush_buffers()
        self.began = self.fed = packet
        self.pending.clear()
        self.is_over = False

    def step(self) -> Pictures:
        """Feed one packet, or the end; return the pictures that came out, without damage only."""
        self._is_fresh = False
        packet = None
        if self.fed < self._count:
            packet = self._demuxed.packet(self.fed)
            self.pending.add(self.fed)
            self.fed += 1
        else:
            self.is_over = True
        frames = _decoded(self._context, packet)
        found = [(frame.pts, frame) for frame in frames if frame.pts is not None]
        self.pending.difference_update(number for number, _ in found)
        return [(number, frame) for number, frame in found if self._is_whole(number, frame)]

    def _is_whole(self, number: int, frame: VideoFrame) -> bool:
        """A picture predicted from others that begins a run was predicted from nothing."""
        is_false_key = number == self.began and int(frame.pict_type) in _PREDICTED
        return not frame.is_corrupt and not is_false_key


class KeyDecoder:
    """Decodes single key packets, each at once; made when it is first used."""

    def __init__(self, demuxed: Demuxed) -> None:
        self._demuxed = demuxed
        self._context: VideoCodecContext | None = None

    def picture(self, packet: int) -> VideoFrame | None:
        """Return the picture of a key; None where it is damaged or needs others."""
        context = self._context
        if context is None:
            context = self._context = self._demuxed.key_decoder()
        frames = [*_decoded(context, self._demuxed.packet(packet)), *_decoded(context, None)]
        context.flush_buffers()
        for frame in frames:
            if frame.pts == packet and not frame.is_corrupt:
                return None if int(frame.pict_type) in _PREDICTED else frame
        return None


class _Decoder(Protocol):
    def decode(self, packet: Packet[VideoStream] | None) -> list[VideoFrame]: ...


def _decoded(context: VideoCodecContext, packet: Packet[VideoStream] | None) -> list[VideoFrame]:
    """Return the pictures that come out; a damaged one stays away, and is missed when wanted."""
    from av.error import FFmpegError

    try:
        return cast("_Decoder", context).decode(packet)
    except (FFmpegError, ValueError):
        return []
