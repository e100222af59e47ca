"""Shapes as Labelbox's geometry, in the spelling that a record already has."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from viewer.errors import CannotWrite
from viewer.formats.containers import Container, New, changed, container_at
from viewer.formats.json_tools import BadJson, Bytes, Span, is_object, numbers_in, value_of
from viewer.formats.labelbox.shapes import KEY_OF_KIND
from viewer.formats.patches import list_difference, number_edit
from viewer.formats.style import JsonValue, Style, line_indent
from viewer.geometry.rings import is_closed
from viewer.geometry.shapes import Box, Point, Points, Polygon, Polyline, Shape
from viewer.model.ontology import kind_of
from viewer.model.source import Edit, Replace


def geometry_of(shape: Shape) -> tuple[str, JsonValue]:
    """Return the key and the value that hold a shape.

    Raises:
        CannotWrite: Labelbox has no such shape.
    """
    match shape:
        case Box() | Point():
            return KEY_OF_KIND[kind_of(shape)], dict(_numbers(shape))
        case Polygon(_, holes):
            if holes:
                raise CannotWrite("polygons of Labelbox have no holes")
            return "polygon", _corners(_ring(shape.vertices, closed=False))
        case Polyline(vertices):
            return "line", _corners(vertices)
        case _:
            raise CannotWrite(f"Labelbox holds no {kind_of(shape)} in its records")


def geometry_edits(base: Bytes, record: Span, shape: Shape, style: Style) -> list[Edit]:
    """Return the edits that make the object at `record` hold `shape`.

    Only numbers that differ are replaced, and vertices that come or go.

    Raises:
        CannotWrite: the object holds another kind of geometry, or is damaged.
    """
    key, value = geometry_of(shape)
    try:
        found = container_at(base, record)
    except BadJson as error:
        raise CannotWrite(f"its record is damaged: {error}") from error
    at = found.find(key)
    if at is None and key == "bounding_box":
        at = found.find("bbox")  # as v1 spells it
    if at is None:
        raise CannotWrite(f"its record has no {key} to change")
    span = found.value(at)
    try:
        if isinstance(shape, Polygon | Polyline):
            return _vertex_edits(base, span, shape, style)
        return _member_edits(base, container_at(base, span), _numbers(shape))
    except (BadJson, KeyError):  # spelled in a way of its own: the whole value is written anew
        return [Replace(*span, style.dumped(value, line_indent(base, span.start)))]


def _numbers(shape: Shape) -> Mapping[str, float]:
    match shape:
        case Box(x, y, width, height):
            return {"top": y, "left": x, "height": height, "width": width}
        case Point(x, y):
            return {"x": x, "y": y}
        case _:
            raise KeyError(kind_of(shape))


def _member_edits(base: Bytes, found: Container, numbers: Mapping[str, float]) -> list[Edit]:
    edits: list[Edit] = []
    for name, number in numbers.items():
        at = found.find(name)
        if at is None:
            raise KeyError(name)
        edits += number_edit(base, found.value(at), float(number))
    return edits


def _vertex_edits(base: Bytes, span: Span, shape: Polygon | Polyline, style: Style) -> list[Edit]:
    found = container_at(base, span)
    if found.keys is not None:
        raise KeyError("no list")
    old = [_corner_at(base, found.value(number)) for number in range(len(found))]
    new = shape.vertices
    if isinstance(shape, Polygon):
        ring = np.array(old, dtype=np.float64).reshape(-1, 2)
        new = _ring(new, closed=is_closed(ring))
    wanted = [(float(x), float(y)) for x, y in new]
    if len(wanted) == len(old):
        pairs = zip(range(len(found)), wanted, strict=True)
        return [
            edit
            for number, (x, y) in pairs
            for edit in _member_edits(
                base, container_at(base, found.value(number)), {"x": x, "y": y}
            )
        ]
    head, tail = list_difference(old, wanted)
    gone = range(head, len(old) - tail)
    come = wanted[head : len(wanted) - tail]
    news = [New(head, {"x": x, "y": y}) for x, y in come]
    return changed(found, style, gone, news)


def _ring(vertices: Points, *, closed: bool) -> Points:
    """Return a ring as it is stored: one that was closed, or would be read so, gets its end."""
    return np.vstack((vertices, vertices[:1])) if closed or is_closed(vertices) else vertices


def _corner_at(base: Bytes, span: Span) -> tuple[float, float]:
    value = value_of(base[span.start : span.end])
    numbers = (value.get("x"), value.get("y")) if is_object(value) else ()
    found = numbers_in(numbers)
    if len(found) != 2:
        raise KeyError("no corner")
    return found[0], found[1]


def _corners(vertices: Points) -> JsonValue:
    return [{"x": float(x), "y": float(y)} for x, y in vertices]
