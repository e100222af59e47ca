"""What the window and the decoding process say to each other, over two pipes.

Each message is a MessagePack map behind its length, four bytes, little-endian. Pixels do not
travel here: they lie in shared memory, in slots that are named by their numbers.
"""

from __future__ import annotations

import struct
from typing import BinaryIO, TypeAlias, TypeVar

import msgspec

from viewer.errors import Severity
from viewer.media.video.source import ByteSource

_LENGTH = struct.Struct("<I")
_LARGEST = 1 << 30


class Open(msgspec.Struct, tag=True, frozen=True):
    """Leave the video before, index this one."""

    source: ByteSource


class Leave(msgspec.Struct, tag=True, frozen=True):
    """Let go of the video; another one may follow."""


class Slots(msgspec.Struct, tag=True, frozen=True):
    """Where pictures go: `count` slots of `slot_bytes` in the shared memory `name`."""

    name: str
    slot_bytes: int
    count: int


class Wish(msgspec.Struct, tag=True, frozen=True):
    """Frames that are wanted, the first first; earlier wishes are off.

    Args:
        near: a key frame near the first is sent before it, where it comes much sooner.
        passing: now and then a frame that is decoded on the way is sent, unasked.
    """

    frames: tuple[int, ...]
    near: bool
    passing: bool = False


class Free(msgspec.Struct, tag=True, frozen=True):
    """A slot was read and may be written again."""

    slot: int


Order: TypeAlias = Open | Leave | Slots | Wish | Free


class Note(msgspec.Struct, frozen=True):
    """A sentence about the video without its name; see `viewer.errors.Issue`."""

    severity: Severity
    code: str
    sentence: str


class Ready(msgspec.Struct, tag=True, frozen=True):
    """The process runs."""


class Alive(msgspec.Struct, tag=True, frozen=True):
    """Work goes on."""


class Opened(msgspec.Struct, tag=True, frozen=True):
    """The video is indexed.

    Args:
        rows, columns: as displayed.
        times_s: when each frame is displayed, float64, from 0.
        aspect: width of a pixel by its height, as displayed.
        is_lossy: the codec may change values.
    """

    rows: int
    columns: int
    times_s: bytes
    duration_s: float
    aspect: float
    is_lossy: bool
    notes: tuple[Note, ...]


class Failed(msgspec.Struct, tag=True, frozen=True):
    """The video cannot be opened, and why.

    Args:
        is_read: its bytes were read, but cannot be decoded.
    """

    sentence: str
    is_read: bool


class Frame(msgspec.Struct, tag=True, frozen=True):
    """A frame lies in a slot, rows by columns by RGB."""

    index: int
    slot: int


class Broken(msgspec.Struct, tag=True, frozen=True):
    """A frame cannot be decoded, and why."""

    index: int
    sentence: str


Event: TypeAlias = Ready | Alive | Opened | Failed | Frame | Broken
Message = TypeVar("Message")
orders: msgspec.msgpack.Decoder[Order] = msgspec.msgpack.Decoder(Order)
events: msgspec.msgpack.Decoder[Event] = msgspec.msgpack.Decoder(Event)


def send(pipe: BinaryIO, message: Order | Event) -> None:
    """Write a message whole.

    Raises:
        OSError: nobody reads any more.
    """
    data = msgspec.msgpack.encode(message)
    pipe.write(_LENGTH.pack(len(data)) + data)
    pipe.flush()


def received(pipe: BinaryIO, decoder: msgspec.msgpack.Decoder[Message]) -> Message | None:
    """Return the next message; None when the other side is gone."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    data = pipe.read(length) if length <= _LARGEST else b""
    return decoder.decode(data) if len(data) == length else None
