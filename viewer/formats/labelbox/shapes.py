"""Objects of Labelbox as shapes: told apart by their geometry key, whatever their kind is called.

Numbers are pixels from the top-left corner of the view that was drawn on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import msgspec
import numpy as np

from viewer.errors import BadRecord, GeometryError
from viewer.formats.filling import filled
from viewer.formats.json_tools import BadJson, Bytes, is_list, is_object, value_of
from viewer.formats.labelbox.records import (
    OBJECT,
    OLD_OBJECT,
    Corner,
    Object,
    OldObject,
    Sides,
)
from viewer.formats.problems import FAST_REFUSES
from viewer.geometry.rings import opened
from viewer.geometry.shapes import FARTHEST, Box, Point, Points, Polygon, Polyline, Shape
from viewer.model.ontology import ShapeKind

KEY_OF_KIND: Mapping[ShapeKind, str] = {
    "box": "bounding_box",
    "point": "point",
    "polygon": "polygon",
    "polyline": "line",
    "mask": "mask",
}
_GEOMETRY = ("bounding_box", "bbox", "polygon", "line", "point")
_S = TypeVar("_S", Object, OldObject)


def object_of(record: Bytes | msgspec.Raw) -> tuple[Object, str | None]:
    """Return an object and, where it is damaged, why; what is damaged counts as absent.

    Objects of v1 and rows of imports are spelled otherwise, and come as the same.
    """
    found, reason = _typed(record, OBJECT, Object)
    if found.feature_id is None and found.annotation_kind is None:
        old, odd = _typed(record, OLD_OBJECT, OldObject)
        is_bare = found.name is None and found.bounding_box is None
        if old.feature_id or old.uuid or old.title or old.bbox or is_bare:
            return old.as_object(), odd
    return found, reason


def _typed(
    record: Bytes | msgspec.Raw, decoder: msgspec.json.Decoder[_S], kind: type[_S]
) -> tuple[_S, str | None]:
    try:
        return decoder.decode(record), None
    except FAST_REFUSES:
        pass
    data = bytes(record)
    objects, found = filled(data, kind)
    if not objects or found.broken is not None:
        return kind(), "it is no readable object"
    return objects[0], _odd_geometry(data)


def kind_of_object(found: Object) -> ShapeKind | None:
    """Return the kind of an object's geometry; None where none is known."""
    if found.bounding_box is not None:
        return "box"
    if found.polygon is not None:
        return "polygon"
    if found.line is not None:
        return "polyline"
    if found.point is not None:
        return "point"
    is_mask = found.mask is not msgspec.UNSET or found.composite_mask is not msgspec.UNSET
    return "mask" if is_mask else None


def shape_of_object(found: Object) -> Shape | None:
    """Return an object's shape; None for a mask, which is in a file of its own.

    Raises:
        BadRecord: it has no geometry that is known, or numbers that describe no shape.
    """
    try:
        if found.bounding_box is not None:
            return _box(found.bounding_box)
        if found.polygon is not None:
            return Polygon(opened(vertices_of(found.polygon)))
        if found.line is not None:
            return Polyline(vertices_of(found.line))
        if found.point is not None:
            return Point(found.point.x, found.point.y)
    except GeometryError as error:
        kind = kind_of_object(found)
        raise BadRecord(f"its geometry describes no {kind}: {error}") from error
    if kind_of_object(found) is None:
        name = found.annotation_kind or "no name"
        raise BadRecord(f"its kind {name!r} holds no geometry that is known here")
    return None


def _box(sides: Sides) -> Box:
    return Box(sides.left, sides.top, sides.width, sides.height)


def vertices_of(corners: list[Corner]) -> Points:
    """Return corners as (n, 2), unchecked."""
    return np.array([(corner.x, corner.y) for corner in corners], dtype=np.float64).reshape(-1, 2)


def _odd_geometry(record: bytes) -> str | None:
    """Return what is wrong with the geometry of an object that the fast parser refuses."""
    try:
        value = value_of(record)
    except BadJson as error:
        return f"it cannot be read: {error}"
    if not is_object(value):
        return "it is no object"
    for key in _GEOMETRY:
        if key in value and value[key] is not None:
            wrong = _odd_numbers(value[key], key)
            if wrong:
                return f"its {key} {wrong}"
    return None


def _odd_numbers(value: object, key: str) -> str | None:
    if key in ("polygon", "line"):
        if not is_list(value):
            return "is no list of points"
        return next(filter(None, (_odd_corner(one, ("x", "y")) for one in value)), None)
    names = ("x", "y") if key == "point" else ("top", "left", "height", "width")
    return _odd_corner(value, names)


def _odd_corner(value: object, names: tuple[str, ...]) -> str | None:
    if not is_object(value):
        return f"holds {str(value)[:40]!r}, which is no object with {', '.join(names)}"
    for name in names:
        number = value.get(name)
        if isinstance(number, bool) or not isinstance(number, int | float):
            return f"has {str(number)[:40]!r} as {name}, which is no number"
        if not abs(number) <= FARTHEST:
            return f"has {str(number)[:24]} as {name}, but no picture has 1e9 pixels in a row"
    return None
