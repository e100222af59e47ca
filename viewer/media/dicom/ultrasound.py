"""Ultrasound regions: how large the pixels of a part of a picture are."""

from __future__ import annotations

import math
import struct

from viewer.media.dicom import tags
from viewer.media.dicom.header import Header
from viewer.media.dicom.images import is_possible_mm
from viewer.media.dicom.nested import BROKEN, elements_in, items_in
from viewer.media.scale import Region

_CODES = {  # struct's, by tag
    **dict.fromkeys((0x00186012, 0x00186024, 0x00186026), "H"),
    **dict.fromkeys((0x00186018, 0x0018601A, 0x0018601C, 0x0018601E), "I"),
    **dict.fromkeys((0x0018602C, 0x0018602E), "d"),
}
_FORMAT, _UNIT_X, _UNIT_Y, _DELTA_X, _DELTA_Y = (
    *(0x00186012, 0x00186024, 0x00186026),
    *(0x0018602C, 0x0018602E),
)
_BOX = (0x00186018, 0x0018601A, 0x0018601C, 0x0018601E)
_TWO_D, _CENTIMETRES = 1, 3
_SAME = 1e-3  # relative
_REGIONS_LIMIT = 100


def regions_of(header: Header) -> tuple[Region, ...]:
    """Return the two-dimensional regions in centimetres; none where they are damaged.

    Source: DICOM PS3.3 C.8.5.5.
    """
    raw = header.elements.get(tags.ULTRASOUND_REGIONS, b"")
    found: list[Region] = []
    try:
        for start, end in items_in(raw, 0, len(raw), header.encoding):
            values = {
                tag: _number(raw[begin:stop], header.byte_order + _CODES[tag])
                for tag, begin, stop in elements_in(raw, start, end, header.encoding)
                if tag in _CODES
            }
            region = _region(values)
            if region is not None and len(found) < _REGIONS_LIMIT:
                found.append(region)
    except BROKEN:
        return ()
    return tuple(found)


def common_spacing(regions: tuple[Region, ...]) -> tuple[float, float] | None:
    """Return (dx, dy) in mm that all regions share; None where they differ, or without any."""
    if not regions:
        return None
    first = regions[0].spacing_mm
    for region in regions[1:]:
        pairs = zip(first, region.spacing_mm, strict=True)
        if not all(math.isclose(one, other, rel_tol=_SAME) for one, other in pairs):
            return None
    return first


def _number(value: bytes, code: str) -> float:
    return struct.unpack_from(code, value)[0]


def _region(values: dict[int, float]) -> Region | None:
    units = values.get(_UNIT_X), values.get(_UNIT_Y)
    deltas = abs(values.get(_DELTA_X, 0.0)), abs(values.get(_DELTA_Y, 0.0))
    if values.get(_FORMAT) != _TWO_D or units != (_CENTIMETRES, _CENTIMETRES):
        return None
    if not all(is_possible_mm(10 * delta) for delta in deltas):
        return None
    x0, y0, x1, y1 = (int(values.get(tag, 0)) for tag in _BOX)
    return Region((x0, y0, x1, y1), (10 * deltas[0], 10 * deltas[1]))
