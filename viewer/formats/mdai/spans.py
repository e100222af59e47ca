"""Where in the document each raw value of the fast parser stands."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


def address(buffer: bytes | memoryview | msgspec.Raw) -> int:
    """Return where a buffer's first byte lies in memory."""
    return int(np.frombuffer(buffer, np.uint8).__array_interface__["data"][0])


def spans_of(data: bytes | memoryview, raws: Sequence[msgspec.Raw]) -> tuple[Ints, Ints]:
    """Return (starts, ends) of raw values of `data`, in the order given.

    A Raw of msgspec is a view into the bytes it was decoded from, so the distance of the two
    buffers is its place.
    """
    base = address(data)
    lengths = np.fromiter((len(memoryview(raw)) for raw in raws), np.int64, len(raws))
    starts = np.fromiter((address(raw) - base for raw in raws), np.int64, len(raws))
    return starts, starts + lengths
