"""MD.ai's `data` objects as shapes.

Boxes, vertices and ellipses are image coordinates from the top-left corner of the first pixel.
Mask rings are pixel indices, filled with their border: all foreground first, then all background
cleared, as `SegExport.load_mask_instance` of MD.ai's own library (mdai 0.16) does with OpenCV.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from viewer.errors import BadRecord, GeometryError
from viewer.formats.json_tools import is_list, is_object
from viewer.formats.mdai.records import Number, Record
from viewer.geometry.mask import Mask
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
from viewer.model.ontology import ShapeKind

Json: TypeAlias = Mapping[str, Any]
Size: TypeAlias = tuple[int, int]
KIND_OF_MODE: Mapping[str, ShapeKind] = {
    "bbox": "box",
    "freeform": "polygon",
    "polygon": "polygon",
    "line": "polyline",
    "location": "point",
    "ellipse": "ellipse",
    "mask": "mask",
}
_LARGEST_MASK = 2**28  # pixels of a mask's bounding box; hostile rings ask for any size


def whole(number: Number, limit: int = 2**31 - 1) -> int:
    """Return a count or index of a record; -1 when it is absent or none."""
    if isinstance(number, float):
        number = int(number) if number.is_integer() else None
    return -1 if number is None or not 0 <= number <= limit else number


def size_of(record: Record) -> Size | None:
    """Return (width, height) of the image as the record states it, None without."""
    width, height = whole(record.width), whole(record.height)
    return (width, height) if width > 0 and height > 0 else None


def shape_of(mode: str | None, data: object, size: Size | None = None) -> Shape | None:
    """Return the shape of a record's `data`; None for no geometry (a verified negative).

    Args:
        mode: annotationMode of the record's label.
        size: (width, height) of the image in pixels, which clips mask rings.

    Raises:
        BadRecord: the data does not fit the mode, or its numbers describe no shape.
    """
    if data is None:
        return None
    if not is_object(data):
        raise BadRecord("its data is no object")
    if mode is None:
        raise BadRecord("its label has no drawing mode, yet it holds geometry")
    if mode not in KIND_OF_MODE:
        raise BadRecord(f"its label's mode {mode!r} is not known")
    try:
        return _shape(mode, data, size)
    except (GeometryError, TypeError, ValueError, OverflowError) as error:
        raise BadRecord(f"its data describes no {KIND_OF_MODE[mode]}: {error}") from error


def _shape(mode: str, data: Json, size: Size | None) -> Shape | None:
    match mode, data:
        case "bbox", {"x": x, "y": y, "width": width, "height": height}:
            return Box(*_named(x=x, y=y, width=width, height=height))
        case "location", {"x": x, "y": y}:
            return Point(*_named(x=x, y=y))
        case "ellipse", {"cx": cx, "cy": cy, "rx": rx, "ry": ry}:
            return Ellipse(*_named(cx=cx, cy=cy, rx=rx, ry=ry))
        case "polygon" | "freeform", {"vertices": vertices}:
            return Polygon(_vertices(vertices))
        case "line", {"vertices": vertices}:
            return Polyline(_vertices(vertices))
        case "mask", {"foreground": foreground, "background": background}:
            return mask_of_rings(_rings(foreground), _rings(background), size)
        case "mask", {"mask": rows}:
            return _mask_of_grid(rows)
        case _:
            keys = ", ".join(sorted(data)) or "none"
            raise GeometryError(f"the keys of mode {mode!r} are missing (found: {keys})")


def _named(**numbers: object) -> tuple[float, ...]:
    return tuple(_float(number, name) for name, number in numbers.items())


def _float(number: object, name: str) -> float:
    """Return a number of a record; `name` says in an error which one it is."""
    if isinstance(number, bool) or not isinstance(number, int | float) or number != number:
        raise GeometryError(f"{name} is {str(number)[:40]!r}, which is no number")
    if not abs(number) <= FARTHEST:
        raise GeometryError(f"{name} is {_short(number)}, but no picture has 1e9 pixels in a row")
    return float(number)


def _short(number: float) -> str:
    digits = str(number)
    return digits if len(digits) <= 24 else f"{digits[:12]}... ({len(digits)} digits)"


def is_flat(vertices: list[object]) -> bool:
    """Whether a list of vertices is spelled [x0, y0, x1, y1, ...]."""
    return bool(vertices) and not any(is_list(item) for item in vertices)


def _vertices(vertices: object) -> Points:
    if not is_list(vertices):
        raise GeometryError("its vertices are no list")
    numbers: list[object] = []
    if is_flat(vertices):
        numbers = vertices
    else:
        for pair in vertices:
            if not is_list(pair) or len(pair) != 2:
                raise GeometryError("a vertex is no pair of numbers")
            numbers.extend(pair)
    if len(numbers) % 2:
        raise GeometryError("its vertices are an odd count of numbers")
    floats = [_float(number, f"vertex {at // 2 + 1}") for at, number in enumerate(numbers)]
    return points_of(np.array(floats).reshape(-1, 2), 1)


def _rings(rings: object) -> list[Points]:
    if not is_list(rings):
        raise GeometryError("foreground and background must be lists of rings")
    return [_vertices(ring) for ring in rings if ring != []]


def mask_of_rings(
    foreground: Sequence[Points], background: Sequence[Points], size: Size | None
) -> Mask | None:
    """Return the pixels that foreground rings fill and background rings do not clear.

    Args:
        foreground, background: rings of pixel indices; fractions are cut off.
        size: (width, height) of the image; pixels outside are no part of the mask.

    Raises:
        GeometryError: the rings reach over more pixels than a mask may have.
    """
    import cv2

    if not foreground and not background:
        return None
    if not foreground:
        return Mask(0, 0, 0, 0, np.zeros(0, dtype=np.int32))
    # Of all rings: OpenCV draws another line where one is cut off at the edge of what it fills.
    low, high = _window([*foreground, *background], size)
    if (high - low).prod() > _LARGEST_MASK:
        low, high = _window(foreground, size)
    span = high - low
    if span.prod() > _LARGEST_MASK or np.abs(np.concatenate(foreground)).max() > 2**30:
        raise GeometryError(f"its rings span {span[0]:.0f} x {span[1]:.0f} pixels")
    canvas = np.zeros((int(span[1]), int(span[0])), dtype=np.uint8)
    for ring in foreground:
        cv2.fillPoly(canvas, [_indices(ring, low)], (1,))
    for ring in background:
        cv2.fillPoly(canvas, [_indices(ring, low)], (0,))
    return Mask.from_array(canvas.astype(np.bool_), int(low[0]), int(low[1]))


def _window(
    rings: Sequence[Points], size: Size | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the first pixel of what rings reach over, and the one behind its last."""
    corners = np.trunc(np.concatenate(rings))
    low, high = corners.min(axis=0), corners.max(axis=0) + 1
    if size is not None and ((low < 0).any() or (high > size).any()):
        return np.zeros(2), np.array(size, dtype=np.float64)
    return low, high


def _indices(ring: Points, low: NDArray[np.float64]) -> NDArray[np.int32]:
    limited = np.clip(np.trunc(ring), -(2**30), 2**30)
    return (limited - low).astype(np.int32)


def _mask_of_grid(rows: object) -> Mask:
    lines = [row for row in rows if is_list(row)] if is_list(rows) else []
    if not is_list(rows) or len(lines) != len(rows):
        raise GeometryError("its mask is no list of rows")
    if len({len(line) for line in lines}) > 1:
        raise GeometryError("the rows of its mask differ in length")
    values = np.array(
        [[_float(n, f"row {y} of its mask") for n in line] for y, line in enumerate(lines, 1)]
    )
    bitmap = values != 0 if values.size else np.zeros((0, 0), dtype=np.bool_)
    return Mask.from_array(bitmap, 0, 0)
