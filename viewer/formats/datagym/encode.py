"""Shapes as DATAGYM's geometries, in the spelling that a record already has."""

from __future__ import annotations

from collections.abc import Sequence

from viewer.errors import CannotWrite
from viewer.formats.containers import New, changed, container_at
from viewer.formats.datagym.shapes import is_closed, place_of
from viewer.formats.json_tools import Span, elements, is_list, members, value_of
from viewer.formats.patches import list_difference
from viewer.formats.pen import Pen
from viewer.formats.style import JsonValue
from viewer.geometry.shapes import Box, Point, Points, Polygon, Polyline, Shape


def type_for(shape: Shape | None, mode: str | None) -> str | None:
    """Return the type that holds a shape of a class of type `mode`; None where it cannot."""
    match shape, mode:
        case (Box(), "rectangle") | (Point(), "point") | (Polyline(), "line"):
            return mode
        case Polygon(), "polygon" | "image_segmentation":
            return mode
        case _:
            return None


def geometry_of(name: str, shape: Shape, *, is_closed_ring: bool = True) -> JsonValue:
    """Return the value of a geometry.

    Raises:
        CannotWrite: the type cannot hold the shape.
    """
    match shape:
        case Box():
            numbers = zip("xywh", (shape.x, shape.y, shape.width, shape.height), strict=True)
            return [dict(numbers)]
        case Point():
            return [{"x": shape.x, "y": shape.y}]
        case Polyline():
            return _points(shape.vertices)
        case Polygon() if name == "image_segmentation":
            return [_ring(ring, is_closed_ring) for ring in (shape.vertices, *shape.holes)]
        case Polygon():
            check_holes(shape)
            return _points(shape.vertices)
        case _:
            raise CannotWrite("DATAGYM holds no such shape.")


def check_holes(shape: Polygon) -> None:
    """Refuse holes in what is no segmentation.

    Raises:
        CannotWrite: there are some.
    """
    if shape.holes:
        raise CannotWrite(
            "DATAGYM's polygons cannot have holes; use a class of type image_segmentation."
        )


def reshape(pen: Pen, span: Span, name: str, shape: Shape) -> None:
    """Note the edits that make the geometry at `span` hold a shape.

    Only numbers that differ are replaced as long as their count is the same; points that are null
    stay where they are.
    """
    held = value_of(bytes(pen.base[span.start : span.end]))
    items = list(elements(pen.base, span.start))
    match shape:
        case Box():
            _numbers(pen, items[0], (shape.x, shape.y, shape.width, shape.height))
        case Point():
            _numbers(pen, items[0], (shape.x, shape.y))
        case Polygon() if name == "image_segmentation":
            _reshape_rings(pen, span, held, shape)
        case Polygon() | Polyline():
            if isinstance(shape, Polygon):
                check_holes(shape)
            _reshape_points(pen, span, shape.vertices)
        case _:
            raise CannotWrite("DATAGYM holds no such shape.")


def _points(vertices: Points) -> list[JsonValue]:
    return [{"x": float(x), "y": float(y)} for x, y in vertices]


def _ring(vertices: Points, is_closed_ring: bool) -> JsonValue:
    points = _points(vertices)
    return [*points, points[0]] if is_closed_ring else points


def _numbers(pen: Pen, item: Span, values: Sequence[float]) -> None:
    found = {one.key.lower(): Span(one.start, one.end) for one in members(pen.base, item.start)}
    for key, value in zip("xywh", values, strict=False):
        pen.number(found[key], value)


def _reshape_rings(pen: Pen, span: Span, held: object, shape: Polygon) -> None:
    """Note new rings: number by number where each has as many places as before."""
    rings = [ring for ring in held if is_list(ring)] if is_list(held) else []
    closed = [is_closed(ring) for ring in rings]
    now = (shape.vertices, *shape.holes)
    spans = list(elements(pen.base, span.start))
    counts = [len(ring) - int(end) for ring, end in zip(rings, closed, strict=True)]
    is_same = counts == [len(ring) for ring in now]
    is_whole = all(place_of(point) is not None for ring in rings for point in ring)
    if not (is_same and is_whole and len(spans) == len(rings)):
        pen.put(span, geometry_of("image_segmentation", shape, is_closed_ring=all(closed)))
        return
    for at, vertices, end in zip(spans, now, closed, strict=True):
        places = [*vertices.tolist(), *([vertices[0].tolist()] if end else [])]
        for item, (x, y) in zip(elements(pen.base, at.start), places, strict=True):
            _numbers(pen, item, (x, y))


def _reshape_points(pen: Pen, span: Span, vertices: Points) -> None:
    items = list(elements(pen.base, span.start))
    points = [value_of(bytes(pen.base[item.start : item.end])) for item in items]
    places = [place_of(point) for point in points]
    drawn = [number for number, place in enumerate(places) if place is not None]
    old = [place for place in places if place is not None]
    new: list[tuple[float, float]] = [(float(x), float(y)) for x, y in vertices]
    if len(old) == len(new):
        for number, (x, y) in zip(drawn, new, strict=True):
            if (x, y) != places[number]:
                _numbers(pen, items[number], (x, y))
        return
    head, tail = list_difference(old, new)
    gone = drawn[head : len(drawn) - tail]
    before = drawn[len(drawn) - tail] if tail else len(items)
    fresh: list[New] = [New(before, {"x": x, "y": y}) for x, y in new[head : len(new) - tail]]
    pen.edits += changed(container_at(pen.base, span), pen.style, gone, fresh)


def numbers_of(shape: Shape) -> list[float]:
    """Return the numbers of a shape as they are written."""
    match shape:
        case Box():
            return [shape.x, shape.y, shape.width, shape.height]
        case Point():
            return [shape.x, shape.y]
        case Polyline():
            return shape.vertices.ravel().tolist()
        case Polygon():
            return [n for ring in (shape.vertices, *shape.holes) for n in ring.ravel().tolist()]
        case _:
            return []
