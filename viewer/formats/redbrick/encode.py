"""Flat shapes as RedBrick AI's geometry: parts of the picture's width and height."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TypeAlias

from viewer.errors import CannotWrite
from viewer.formats.json_tools import Bytes, Span, elements, members, value_of
from viewer.formats.pen import Pen
from viewer.formats.redbrick.shapes import Size
from viewer.formats.style import JsonValue, line_indent
from viewer.geometry.shapes import Box, Ellipse, Point, Points, Polygon, Polyline, Shape
from viewer.model.source import Replace

Leaf: TypeAlias = tuple[tuple[str, ...], float, int | None]  # path, value in pixels, axis


def list_for(shape: Shape) -> str:
    """Return the name of the list that holds shapes of this kind, "" where there is none."""
    match shape:
        case Point():
            return "landmarks"
        case Box():
            return "boundingBoxes"
        case Ellipse():
            return "ellipses"
        case Polygon(_, holes):
            return "" if holes else "polygons"
        case Polyline():
            return "polylines"
        case _:
            return ""


def geometry_of(shape: Shape, size: Size) -> dict[str, JsonValue]:
    """Return the members that describe a shape on a picture of (width, height) pixels."""
    if isinstance(shape, Polygon | Polyline):
        return {"points": [_vertex(x, y, size) for x, y in shape.vertices.tolist()]}
    found: dict[str, JsonValue] = {}
    nested: dict[str, dict[str, float]] = {}
    for path, value, axis in _leaves(shape):
        number = value if axis is None else value / size[axis]
        if len(path) == 1:
            found[path[0]] = number
        else:
            found[path[0]] = nested.setdefault(path[0], {})
            nested[path[0]][path[1]] = number
    return found


def _leaves(shape: Shape) -> Iterator[Leaf]:
    """Yield the numbers of a shape that has no list of points."""
    match shape:
        case Point(x, y):
            yield from _corner("point", x, y)
        case Box(x, y, width, height):
            yield from _corner("pointTopLeft", x, y)
            yield ("wNorm",), width, 0
            yield ("hNorm",), height, 1
        case Ellipse(cx, cy, rx, ry, angle):
            yield from _corner("pointCenter", cx, cy)
            yield ("xRadiusNorm",), rx, 0
            yield ("yRadiusNorm",), ry, 1
            yield ("rotationRad",), angle, None
        case _:
            return


def _corner(key: str, x: float, y: float) -> Iterator[Leaf]:
    yield (key, "xNorm"), x, 0
    yield (key, "yNorm"), y, 1


def _vertex(x: float, y: float, size: Size) -> dict[str, JsonValue]:
    return {"xNorm": x / size[0], "yNorm": y / size[1]}


def reshape(pen: Pen, start: int, before: Shape, after: Shape, size: Size) -> None:
    """Note the edits that turn the geometry of the record at byte `start` into `after`.

    Only numbers that differ are replaced, as long as their count is the same.

    Args:
        before: the shape as the record describes it.
        size: (width, height) in pixels of the picture both are on.
    """
    if isinstance(before, Polygon | Polyline) and isinstance(after, Polygon | Polyline):
        _reshape_points(pen, start, before.vertices, after.vertices, size)
        return
    old = {path: value for path, value, _ in _leaves(before)}
    for path, value, axis in _leaves(after):
        if _is_other(old.get(path), value):
            span = _span_at(pen.base, start, path)
            pen.number(span, value / _unit(pen.base, span, path, old[path], axis, size))


def _is_other(old: float | None, new: float) -> bool:
    """Whether a number was changed; what lies between key frames comes out rounded otherwise."""
    return old is None or not math.isclose(old, new, rel_tol=1e-12, abs_tol=1e-12)


def _unit(
    base: Bytes, span: Span, path: Sequence[str], before: float, axis: int | None, size: Size
) -> float:
    """Return how many pixels a number of a record counts; 1 for an angle.

    A radius may be in parts of the other side, which is told by what it was read as.
    """
    if axis is None:
        return 1.0
    raw = value_of(bytes(base[span.start : span.end])) if path == ("yRadiusNorm",) else None
    if isinstance(raw, int | float) and raw > 0 and math.isclose(before, raw * size[0]):
        return size[0]
    return size[axis]


def _span_at(base: Bytes, start: int, path: Sequence[str]) -> Span:
    at = Span(start, start)
    for key in path:
        found = [member for member in members(base, at.start) if member.key == key]
        if not found:
            raise CannotWrite(f"A label has no {key} to change.")
        at = Span(found[-1].start, found[-1].end)
    return at


def _reshape_points(pen: Pen, start: int, before: Points, after: Points, size: Size) -> None:
    at = _span_at(pen.base, start, ("points",))
    items = list(elements(pen.base, at.start))
    if len(items) == len(after):
        for item, old, new in zip(items, before.tolist(), after.tolist(), strict=True):
            for axis, key in enumerate(("xNorm", "yNorm")):
                if _is_other(old[axis], new[axis]):
                    span = _span_at(pen.base, item.start, (key,))
                    pen.number(span, new[axis] / size[axis])
        return
    known = {
        old.tobytes(): bytes(pen.base[item.start : item.end])
        for item, old in zip(items, before, strict=True)
    }
    opening = bytes(pen.base[at.start + 1 : items[0].start])
    closing = bytes(pen.base[items[-1].end : at.end - 1])
    comma = next((bytes(pen.base[a.end : b.start]) for a, b in pairwise(items)), None)
    gap = comma if comma is not None else b"," + (opening or pen.style.comma[1:])
    indent = line_indent(pen.base, items[0].start) if pen.style.newline else b""
    texts = [
        known.get(vertex.tobytes())
        or pen.style.dumped(_vertex(float(vertex[0]), float(vertex[1]), size), indent)
        for vertex in after
    ]
    pen.edits.append(Replace(at.start, at.end, b"[" + opening + gap.join(texts) + closing + b"]"))
