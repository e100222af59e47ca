"""JPEG streams by libjpeg-turbo, whose warnings of a damaged scan simplejpeg hands on.

Other packages fill with grey what a scan lacks and say nothing. A scan says little of its own
damage: bytes changed so that they still make up as many blocks go unnoticed by every decoder.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray

from viewer.media.plain.damage import Damaged

_DAMAGE = ("Corrupt JPEG data", "Premature end", "Inconsistent progression")  # libjpeg's words
_PADDING = re.compile(r"Corrupt JPEG data: (\d+) extraneous bytes before marker 0xd9")
_END = b"\xff\xd9"
_MARKER = re.compile(rb"\xff([\x02-\xcf\xd9-\xfe])")  # but for those that lie within a scan
_END_CODE, _SCAN, _PROGRESSIVE = 0xD9, 0xDA, (0xC2, 0xCA)
_COEFFICIENTS = 64
_SCAN_HEAD = 3  # bytes of a scan's header behind its components


def decoded(data: bytes, colours: Literal["RGB", "GRAY"]) -> NDArray[np.uint8] | None:
    """Return (rows, columns, 3) or (rows, columns, 1), None for kinds that are not known here.

    Raises:
        Damaged: the scan ends early, or its blocks and markers do not fit.
    """
    import simplejpeg  # pyright: ignore[reportMissingTypeStubs]

    decode = cast(Callable[..., NDArray[np.uint8]], simplejpeg.decode_jpeg)
    if _lacks_scans(data):
        raise Damaged("its last scans are missing")
    try:
        return decode(data, colours)
    except ValueError as error:
        words = str(error)
    if _is_padded(data, words):
        return decode(data, colours, strict=False)
    if words.startswith(_DAMAGE):
        raise Damaged("its compressed data ends early or was changed")
    return None  # a rare kind, such as odd subsampling, or a damage that no decoder passes over


def check(data: bytes) -> None:
    """Decode a stream for its warnings alone.

    Raises:
        Damaged: as `decoded`.
    """
    decoded(data, "GRAY")


def _is_padded(data: bytes, words: str) -> bool:
    """Whether the bytes too many before the end are zeros, which some writers fill up with."""
    found = _PADDING.match(words)
    if found is None:
        return False
    end = data.find(_END, data.rfind(b"\xff\xda"))
    return end >= 0 and data[:end].endswith(bytes(int(found[1])))


def _lacks_scans(data: bytes) -> bool:
    """Whether a progressive stream ends before all coefficients have all their bits.

    Each scan brings coefficients of a band down to a bit, at last bit 0; decoders take what is
    there and warn of nothing. Source: ITU-T T.81, B.2.3 and G.1.1.1.
    """
    lowest: dict[int, list[int]] = {}  # bit that each coefficient of a component has come to
    at = 0
    while (marker := _MARKER.search(data, at)) is not None and marker[1][0] != _END_CODE:
        length = int.from_bytes(data[marker.end() : marker.end() + 2], "big")
        segment = data[marker.end() + 2 : marker.end() + length]
        at = marker.end() + max(2, length)
        if marker[1][0] in _PROGRESSIVE:
            lowest = {component: [-1] * _COEFFICIENTS for component in segment[6::3]}
        elif marker[1][0] == _SCAN and lowest and len(segment) > _SCAN_HEAD:
            ids, (first, last, bits) = segment[1 : 1 + 2 * segment[0] : 2], segment[-3:]
            for component in ids:
                band = lowest.get(component, [])
                band[first : last + 1] = [bits & 15] * len(band[first : last + 1])
    return any(bit != 0 for band in lowest.values() for bit in band)
