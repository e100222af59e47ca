"""The quick way from a record's `data` to its shape: typed decoding, no look at each number.

It answers for data spelled as MD.ai spells it; what it does not take, damaged or only odd, is left
to `viewer.formats.mdai.shapes`, which says the same or why not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import chain
from typing import TypeAlias, cast

import msgspec
import numpy as np

from viewer.errors import GeometryError
from viewer.formats.json_tools import Bytes, value_of
from viewer.formats.mdai.grid import grid_of
from viewer.formats.mdai.shapes import Size, mask_of_rings, shape_of
from viewer.formats.problems import FAST_REFUSES
from viewer.geometry.mask import Mask
from viewer.geometry.shapes import Box, Ellipse, Point, Points, Polygon, Polyline, Shape, points_of

_Pairs: TypeAlias = list[tuple[float, float] | float]  # pairs, or flat: x0, y0, x1, y1 ...
Pairs: TypeAlias = list[tuple[float, float]]


class _Corner(msgspec.Struct, gc=False):
    x: float
    y: float


class _Box(_Corner, gc=False):
    width: float
    height: float


class _Ellipse(msgspec.Struct, gc=False):
    cx: float
    cy: float
    rx: float
    ry: float


class _Vertices(msgspec.Struct, gc=False):
    vertices: _Pairs


class _Mask(msgspec.Struct, gc=False):
    foreground: list[_Pairs] | None = None
    background: list[_Pairs] | None = None
    mask: list[list[int | float]] | None = None


_BOX = msgspec.json.Decoder(_Box)
_CORNER = msgspec.json.Decoder(_Corner)
_ELLIPSE = msgspec.json.Decoder(_Ellipse)
_VERTICES = msgspec.json.Decoder(_Vertices)
_MASK = msgspec.json.Decoder(_Mask)
_REFUSED = (*FAST_REFUSES, GeometryError, TypeError, ValueError, OverflowError)


def shape_of_bytes(mode: str | None, data: Bytes | msgspec.Raw, size: Size | None) -> Shape | None:
    """Return what `shape_of` does for the bytes of a record's `data`, the quick way if it can.

    Raises:
        BadRecord: as `shape_of`, or the bytes are no JSON value.
    """
    shape = quick_shape(mode, data, size)
    return shape_of(mode, value_of(bytes(data)), size) if shape is None else shape


def quick_shape(mode: str | None, data: Bytes | msgspec.Raw, size: Size | None) -> Shape | None:
    """Return the shape of a record's `data`; None when only the careful way can tell.

    Args:
        mode: annotationMode of the record's label.
        data: the bytes of the value.
        size: (width, height) of the image in pixels, which clips mask rings.
    """
    way = _WAYS.get(mode or "")
    if way is None:
        return None
    try:
        return way(data, size)
    except _REFUSED:
        return None  # the careful way finds out whether and why it is damaged


def pairs_of(mode: str | None, data: Bytes | msgspec.Raw) -> Pairs | None:
    """Return the vertices of a ring or line whose first one is spelled as a pair.

    None for every other shape, without vertices, and when only the careful way can tell. The
    others may be single numbers, which makes the data damaged; no number is checked.
    """
    if mode not in _WITH_VERTICES:
        return None
    try:
        found = _VERTICES.decode(data).vertices
    except _REFUSED:
        return None
    return cast("Pairs", found) if found and isinstance(found[0], tuple) else None


def _box(data: Bytes | msgspec.Raw, _: Size | None) -> Box:
    found = _BOX.decode(data)
    return Box(found.x, found.y, found.width, found.height)


def _point(data: Bytes | msgspec.Raw, _: Size | None) -> Point:
    found = _CORNER.decode(data)
    return Point(found.x, found.y)


def _ellipse(data: Bytes | msgspec.Raw, _: Size | None) -> Ellipse:
    found = _ELLIPSE.decode(data)
    return Ellipse(found.cx, found.cy, found.rx, found.ry)


def _polygon(data: Bytes | msgspec.Raw, _: Size | None) -> Polygon:
    return Polygon(_points(_VERTICES.decode(data).vertices))


def _polyline(data: Bytes | msgspec.Raw, _: Size | None) -> Polyline:
    return Polyline(_points(_VERTICES.decode(data).vertices))


def _mask(data: Bytes | msgspec.Raw, size: Size | None) -> Mask | None:
    grid = grid_of(bytes(data))
    if grid is not None:
        return Mask.from_array(grid)
    found = _MASK.decode(data)
    if found.foreground is not None and found.background is not None:
        rings = (found.foreground, found.background)
        foreground, background = ([points_of(_points(r), 1) for r in each if r] for each in rings)
        return mask_of_rings(foreground, background, size)
    if found.mask is None or found.foreground is not None or found.background is not None:
        return None
    return Mask.from_array(np.array(found.mask, ndmin=2) != 0, 0, 0) if found.mask else None


def _points(pairs: _Pairs) -> Points:
    """Return the vertices as (n, 2), unchecked.

    Raises:
        TypeError, ValueError: pairs and single numbers are mixed, or an odd number is left over.
    """
    if pairs and isinstance(pairs[0], float):
        return np.array(pairs, dtype=np.float64).reshape(-1, 2)
    flat = chain.from_iterable(cast("Pairs", pairs))
    return np.fromiter(flat, np.float64, 2 * len(pairs)).reshape(-1, 2)


_WAYS: Mapping[str, Callable[[Bytes | msgspec.Raw, Size | None], Shape | None]] = {
    "bbox": _box,
    "location": _point,
    "ellipse": _ellipse,
    "polygon": _polygon,
    "freeform": _polygon,
    "line": _polyline,
    "mask": _mask,
}
_WITH_VERTICES = frozenset(mode for mode, way in _WAYS.items() if way in (_polygon, _polyline))
