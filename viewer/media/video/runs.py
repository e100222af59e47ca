"""Decoding packets one after the other, each picture known by its packet's number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, cast

from viewer.media.video.demux import Demuxed

if TYPE_CHECKING:
    from av.packet import Packet
    from av.video.codeccontext import VideoCodecContext
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

# Codecs whose decoders leave out pictures that no other refers to, and those only. HEVC's pictures
# without references may have some in higher temporal layers.
_SKIPPING = ("h264", "mpeg2video", "mpeg1video")
Way = Literal["threaded", "prompt", "careful"]
_PREDICTED = (2, 3)  # P and B in `av.video.frame.PictureType`


@dataclass(frozen=True)
class Step:
    """What came of feeding one packet.

    Args:
        pictures: undamaged ones, by their packets' numbers.
        failed: packets whose pictures are damaged; the one that was fed where the decoder, which
            may be some packets behind, does not say.
    """

    pictures: tuple[tuple[int, VideoFrame], ...]
    failed: tuple[int, ...]


class Run:
    """A decoder that goes through the packets from some key on.

    Args:
        way: "threaded" for many packets, "prompt" for the first pictures soonest, "careful" in one
            thread, so that it is known which packet is damaged.

    Attributes:
        began: the key that it began at.
        fed: the next packet that the decoder gets.
        pending: packets that the decoder got and whose pictures have not come yet.
        has_skipped: packets were given that need not have come to pictures.
        is_over: all packets were decoded; `begin` first.
    """

    def __init__(self, demuxed: Demuxed, way: Way) -> None:
        self._demuxed = demuxed
        self._count = len(demuxed.facts)
        decoders = {
            "threaded": demuxed.threaded_decoder,
            "prompt": demuxed.prompt_decoder,
            "careful": demuxed.single_decoder,
        }
        self._context = decoders[way]()
        self.way = way
        self.began = self.fed = 0
        self.pending: set[int] = set()
        self.is_over = self.has_skipped = False
        self.can_skip = demuxed.codec in _SKIPPING and way != "careful"
        self._is_skipping = False
        self._is_fresh = True

    def begin(self, packet: int) -> None:
        """Go on at a key; what the decoder still held is dropped."""
        if not self._is_fresh:
            self._context.flush_buffers()
        self.began = self.fed = packet
        self.pending.clear()
        self.is_over = self.has_skipped = False

    def step(self, *, skip: bool = False) -> Step:
        """Feed one packet, or the end.

        Args:
            skip: the packet's picture is not wanted, unless others refer to it; `can_skip` first.
        """
        self._is_fresh = False
        packet, number = None, self.fed
        self._skip(skip)
        if number < self._count:
            packet = self._demuxed.packet(number)
            if not skip:
                self.pending.add(number)
            self.fed += 1
        else:
            self.is_over = True
        frames = _decoded(self._context, packet)
        if frames is None:
            return Step((), (number,))
        found = [(frame.pts, frame) for frame in frames if frame.pts is not None]
        self.pending.difference_update(number for number, _ in found)
        return Step(
            tuple((number, frame) for number, frame in found if not frame.is_corrupt),
            tuple(number for number, frame in found if frame.is_corrupt),
        )

    def _skip(self, skip: bool) -> None:
        self.has_skipped = self.has_skipped or skip
        if skip != self._is_skipping:
            self._context.skip_frame = "NONREF" if skip else "DEFAULT"
            self._is_skipping = skip


class KeyDecoder:
    """Decodes single key packets, each at once; made when it is first used."""

    def __init__(self, demuxed: Demuxed) -> None:
        self._demuxed = demuxed
        self._context: VideoCodecContext | None = None

    def picture(self, packet: int) -> VideoFrame | None:
        """Return the picture of a key; None where it is damaged or needs others."""
        context = self._context
        if context is None:
            context = self._context = self._demuxed.single_decoder()
        frames = _decoded(context, self._demuxed.packet(packet)) or []
        frames += _decoded(context, None) or []
        context.flush_buffers()
        for frame in frames:
            if frame.pts == packet and not frame.is_corrupt:
                return frame if stands_alone(frame) else None
        return None


def stands_alone(frame: VideoFrame) -> bool:
    """Whether a picture is not predicted from others."""
    return int(frame.pict_type) not in _PREDICTED


class _Decoder(Protocol):
    def decode(self, packet: Packet[VideoStream] | None) -> list[VideoFrame]: ...


def _decoded(
    context: VideoCodecContext, packet: Packet[VideoStream] | None
) -> list[VideoFrame] | None:
    """Return the pictures that come out; None where the decoder finds damage."""
    from av.error import FFmpegError

    try:
        return cast("_Decoder", context).decode(packet)
    except (FFmpegError, ValueError):
        return None
