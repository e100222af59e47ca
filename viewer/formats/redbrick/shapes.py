"""Labels' geometry as shapes.

Flat labels count in parts of the picture's width and height, from its top-left corner; values
outside of 0 to 1 are kept. Source: docstrings of redbrick-sdk 2.35.4.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import msgspec
import numpy as np

from viewer.errors import BadRecord, GeometryError
from viewer.formats.json_tools import Bytes, is_list, is_object, value_of
from viewer.formats.problems import FAST_REFUSES
from viewer.geometry.shapes import (
    FARTHEST,
    Box,
    Ellipse,
    Point,
    Points,
    Polygon,
    Polyline,
    Shape,
    points_of,
)

Json: TypeAlias = Mapping[str, Any]
Size: TypeAlias = tuple[int, int]
_NEAR_AREA = 0.02  # of an ellipse's area: nearer is the same


def record_of(data: Bytes | msgspec.Raw) -> object:
    """Return the value of a record's bytes.

    Raises:
        BadJson: they are no JSON value.
    """
    try:
        return msgspec.json.decode(data)
    except FAST_REFUSES:
        return value_of(bytes(data))


def shape_of(list_name: str, record: object, size: Size) -> Shape:
    """Return the shape of a flat label.

    Args:
        list_name: where the label stands.
        record: the whole label.
        size: (width, height) of its picture in pixels.

    Raises:
        BadRecord: its numbers describe no such shape.
    """
    if not is_object(record):
        raise BadRecord("it is no object")
    try:
        return _WAYS[list_name](record, size)
    except (GeometryError, TypeError, ValueError, OverflowError) as error:
        raise BadRecord(f"it describes no shape of {list_name}: {error}") from error


def _point(record: Json, size: Size) -> Shape:
    if "point" not in record and "x" in record:  # as exported before August 2022
        return Point(_number(record, "x") * size[0], _number(record, "y") * size[1])
    return Point(*_pixel(record, "point", size))


def _box(record: Json, size: Size) -> Shape:
    x, y = _pixel(record, "pointTopLeft", size)
    width, height = _number(record, "wNorm") * size[0], _number(record, "hNorm") * size[1]
    return Box(x, y, width, height)


def _ellipse(record: Json, size: Size) -> Shape:
    x, y = _pixel(record, "pointCenter", size)
    rx, ry = _number(record, "xRadiusNorm") * size[0], _number(record, "yRadiusNorm") * size[1]
    return Ellipse(x, y, rx, ry, _number(record, "rotationRad"))


def by_widths(record: Json, size: Size, affine: Sequence[float] | None) -> bool | None:
    """Whether an ellipse's second radius is in parts of the width; None unless its area shows it.

    The docstrings of redbrick-sdk say so in one sentence, where all else of y is by the height.
    """
    stats = record.get("stats")
    area = stats.get("area") if is_object(stats) else None
    if affine is None or isinstance(area, bool) or not isinstance(area, int | float):
        return None
    columns = np.linalg.norm(np.array(affine, dtype=np.float64).reshape(3, 4)[:, :2], axis=0)
    pixel_mm2 = float(columns.prod())
    across = _number(record, "xRadiusNorm") * size[0]
    sides = (_number(record, "yRadiusNorm") * side for side in size)
    width, height = (abs(np.pi * across * down * pixel_mm2 - area) for down in sides)
    near = _NEAR_AREA * abs(area)
    if height <= near:
        return False
    return True if width <= near else None


def _polygon(record: Json, size: Size) -> Shape:
    return Polygon(_vertices(record, size))


def _polyline(record: Json, size: Size) -> Shape:
    return Polyline(_vertices(record, size))


_WAYS: Mapping[str, Callable[[Json, Size], Shape]] = {
    "landmarks": _point,
    "boundingBoxes": _box,
    "ellipses": _ellipse,
    "polygons": _polygon,
    "polylines": _polyline,
}


def _vertices(record: Json, size: Size) -> Points:
    points = record.get("points")
    if not is_list(points):
        raise GeometryError("it has no list of points")
    pairs = [_pair(point, f"point {at}") for at, point in enumerate(points, 1)]
    return points_of(np.array(pairs, dtype=np.float64).reshape(-1, 2) * size, 1)


def _pixel(record: Json, key: str, size: Size) -> tuple[float, float]:
    x, y = _pair(record.get(key), key)
    return x * size[0], y * size[1]


def _pair(point: object, name: str) -> tuple[float, float]:
    if not is_object(point):
        raise GeometryError(f"{name} is missing, or no object")
    return _number(point, "xNorm"), _number(point, "yNorm")


def _number(record: Json, key: str) -> float:
    number = record.get(key)
    if isinstance(number, bool) or not isinstance(number, int | float) or number != number:
        raise GeometryError(f"{key} is {str(number)[:40]!r}, which is no number")
    if not abs(number) <= FARTHEST:
        raise GeometryError(f"{key} is out of all bounds")
    return float(number)
