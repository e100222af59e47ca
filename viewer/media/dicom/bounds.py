"""How far a header is read: real ones stay far below, and endless ones end in a sentence."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import repeat
from typing import BinaryIO

from viewer.media.stopping import Cancel, never, stop_if

STEPS_LIMIT = 2_000_000  # elements and items that our own walker passes, less than 1 us each
READS_LIMIT = 60_000  # that pydicom makes, some 10 us each
BYTES_LIMIT = 64 << 20  # no header of a real image is larger
FARTHEST_PACKED = 128 << 20  # bytes of a zip's member that are unpacked to find its pixels
_BETWEEN = 20_000  # steps, or
_READS_BETWEEN = 1_000  # reads from one question whether to stop to the next


class EndlessHeaderError(Exception):
    """A header has more elements or bytes than that of any picture."""


def steps(cancelled: Cancel = never, most: int = STEPS_LIMIT) -> Iterator[None]:
    """Yield once for each step that may be taken.

    Raises:
        EndlessHeaderError: all have been taken.
        Cancelled: `cancelled` answered yes.
    """
    for left in range(most, 0, -_BETWEEN):
        stop_if(cancelled)
        yield from repeat(None, min(left, _BETWEEN))
    raise EndlessHeaderError


class BoundedStream:
    """A stream for pydicom that ends an endless header.

    Args:
        stream: the file.
        farthest: offset up to which it may be sought; None for no limit.
    """

    def __init__(
        self, stream: BinaryIO, cancelled: Cancel = never, farthest: int | None = None
    ) -> None:
        self._stream = stream
        self._cancelled = cancelled
        self._farthest = farthest
        self._reads = self._bytes = 0

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes.

        Raises:
            EndlessHeaderError: too many reads or bytes; or all that is left is asked for.
            Cancelled: the work is to stop.
        """
        if self._reads % _READS_BETWEEN == 0:
            stop_if(self._cancelled)
        self._reads += 1
        if size < 0 or self._reads > READS_LIMIT or self._bytes > BYTES_LIMIT:
            raise EndlessHeaderError
        data = self._stream.read(min(size, BYTES_LIMIT))
        self._bytes += len(data)
        return data

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Go to an offset.

        Raises:
            EndlessHeaderError: it is too far to be unpacked.
        """
        ahead = offset + (self._stream.tell() if whence == os.SEEK_CUR else 0)
        if self._farthest is not None and (ahead > self._farthest or whence == os.SEEK_END):
            raise EndlessHeaderError
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        """Return the offset of the next byte."""
        return self._stream.tell()
