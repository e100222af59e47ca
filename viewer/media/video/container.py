"""Opening the container of a video; in the decoding process only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from viewer.errors import CannotDecode, CannotRead
from viewer.media.video.ending import whole_boxes
from viewer.media.video.source import Bytes, ByteSource, opened

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.stream import VideoStream

Told = Callable[[], None]
# What is tried; nothing that names other files or addresses (playlists, image sequences, devices).
CONTAINERS = (
    "mov,matroska,avi,gif,mpegts,mpeg,mpegvideo,m4v,h264,hevc,asf,flv,ogg,obu,ivf,mjpeg,mxf"
)
LARGEST_PIXELS = 1 << 26  # of a frame: 8192 x 8192
_BUFFER = 1 << 16
_ENCRYPTED = b"encv"  # the sample entry of an encrypted track (ISO/IEC 14496-12 8.12)
_SEARCHED = 1 << 20


@dataclass(frozen=True, eq=False)
class Container:
    """An open container and its first stream of moving pictures.

    Args:
        streams: how many such streams it has.
    """

    bytes: Bytes
    container: InputContainer
    stream: VideoStream
    streams: int

    def packets(self) -> Iterator[Packet[VideoStream]]:
        """Yield the stream's packets from where the container stands.

        Raises:
            FFmpegError: the container is damaged there.
        """
        return (packet for packet in self.container.demux(self.stream) if packet.size)

    def seek(self, time: int) -> None:
        """Go to about a time of the stream.

        Raises:
            FFmpegError: the container cannot be searched.
        """
        self.container.seek(time, stream=self.stream)

    def close(self) -> None:
        """Close the file; decoders stay as they are, since closing one may hang."""
        self.bytes.close()


def opened_container(source: ByteSource, told: Told) -> Container:
    """Open a container.

    Args:
        source: where the bytes are.
        told: called as a sign of life.

    Raises:
        CannotRead: the bytes are not there, or are no video.
        CannotDecode: no stream of pictures is in it, or they are too large.
    """
    stream = opened(source, told)
    try:
        return _container(stream, source.file.name)
    except (CannotRead, CannotDecode):
        stream.close()
        raise


def _container(stream: Bytes, name: str) -> Container:
    from av.error import FFmpegError
    from av.stream import Disposition

    try:
        container = _opened(stream)
    except (FFmpegError, ValueError, IndexError) as error:
        whole = None if stream.is_shortened else whole_boxes(stream)
        if whole:
            stream.shorten(whole)
            return _container(stream, name)
        words = "the video is damaged, cut off, or of a kind that is not read"
        raise CannotRead(f"{name}: {words}; copy or export it again.") from error
    no_video = Disposition.attached_pic | Disposition.timed_thumbnails
    real = [one for one in container.streams.video if not one.disposition & no_video]
    if not real:
        raise CannotDecode(f"{name}: the file holds no moving pictures, perhaps sound alone.")
    _check(real[0], name)
    return Container(stream, container, real[0], len(real))


def _opened(stream: Bytes) -> InputContainer:
    import av

    return av.open(
        stream,
        "r",
        options={"format_whitelist": CONTAINERS, "protocol_whitelist": "file"},
        buffer_size=_BUFFER,
        metadata_errors="replace",
    )


def _check(stream: VideoStream, name: str) -> None:
    """Raise CannotDecode for what no decoder is there for, or what fits into no memory."""
    context = stream.codec_context
    if not context:
        words = "there is no decoder for its pictures"
        raise CannotDecode(f"{name}: {words}; export it as H.264 or VP9.")
    if context.width * context.height > LARGEST_PIXELS:
        size = f"{context.width}x{context.height}"
        raise CannotDecode(f"{name}: frames of {size} pixels are too large to be decoded.")


def encrypted(name: str) -> str:
    """Return what is said of a video that nobody can decode without its key."""
    return f"{name}: the video is encrypted; export it without protection."


def undecodable(container: Container, name: str) -> str:
    """Return why no frame of a video can be decoded."""
    ends = b""  # where containers keep the description of their tracks
    for place in (0, max(0, container.bytes.size - _SEARCHED)):
        container.bytes.seek(place)
        ends += container.bytes.read(_SEARCHED)
    if _ENCRYPTED in ends:
        return encrypted(name)
    return f"{name}: none of the video's frames can be decoded; copy or export it again."
