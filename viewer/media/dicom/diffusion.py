"""The b-value and gradient direction of a slice: of the standard, else of the vendor's own tags.

A private element counts only where its group's first block is reserved by the creator that defines
it (PS3.5 7.8.1); any other creator's element of the same number is something else.
"""

from __future__ import annotations

import math

from viewer.media.dicom import tags
from viewer.media.dicom.header import Header

_SIEMENS = tags.SIEMENS_HEADER_CREATOR, "SIEMENS MR HEADER"
_GE = tags.GE_PARAMETERS_CREATOR, "GEMS_PARM_01"
_PHILIPS = tags.PHILIPS_IMAGING_CREATOR, "Philips Imaging DD 001"
_GE_BIAS = 1e9  # GE adds it to b-values that are not its first choice
_HIGHEST = 1e6  # s/mm²; far above what any scanner does


def b_value_of(header: Header) -> float | None:
    """Return the b-value in s/mm², None where the header has none."""
    numbers = (header.double(tags.B_VALUE),)
    if numbers[0] is None:
        numbers = _private_b_values(header)
    return next((b for b in numbers if b is not None and 0 <= b <= _HIGHEST), None)


def direction_of(header: Header) -> tuple[float, ...]:
    """Return the gradient direction, three numbers; () where the header has none."""
    way = header.binaries(tags.DIFFUSION_DIRECTION, "d")
    if not way and _is_by(header, _SIEMENS):
        way = header.binaries(tags.SIEMENS_DIRECTION, "d")
    return way if len(way) == 3 and all(map(math.isfinite, way)) else ()


def _private_b_values(header: Header) -> tuple[float | None, ...]:
    siemens = header.number(tags.SIEMENS_B_VALUE) if _is_by(header, _SIEMENS) else None
    ge = header.number(tags.GE_B_VALUE) if _is_by(header, _GE) else None
    if ge is not None and ge >= _GE_BIAS:
        ge -= _GE_BIAS
    philips = header.binaries(tags.PHILIPS_B_VALUE, "f") if _is_by(header, _PHILIPS) else ()
    return siemens, ge, *(b for b in philips[:1] if math.isfinite(b))


def _is_by(header: Header, creator: tuple[int, str]) -> bool:
    tag, name = creator
    return header.text(tag).upper() == name.upper()
