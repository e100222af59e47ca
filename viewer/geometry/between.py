"""Shapes between two key frames, as annotation tools work them out: straight lines in time."""

from __future__ import annotations

import math

import msgspec

from viewer.geometry.shapes import Box, Ellipse, Point, Polygon, Polyline, Shape


def between(first: Shape, last: Shape, share: float) -> Shape:
    """Return the shape `share` (0 to 1) of the way from `first` to `last`.

    Boxes, points and ellipses by their numbers, lines and polygons vertex by vertex; an ellipse
    turns the shorter way. `first` itself where the two are of different kinds, have different
    counts of vertices or holes, or are masks.
    """
    match first, last:
        case Ellipse(), Ellipse():
            turn = math.remainder(last.angle - first.angle, math.pi)  # half round is none
            nearest = msgspec.structs.replace(last, angle=first.angle + turn)
            return _by_numbers(first, nearest, share)
        case (Point(), Point()) | (Box(), Box()):
            return _by_numbers(first, last, share)
        case (Polygon(), Polygon()) if not first.holes and not last.holes:
            if first.vertices.shape == last.vertices.shape:
                return Polygon(first.vertices + (last.vertices - first.vertices) * share)
        case (Polyline(), Polyline()) if first.vertices.shape == last.vertices.shape:
            return Polyline(first.vertices + (last.vertices - first.vertices) * share)
        case _:
            pass
    return first


def _by_numbers(
    first: Point | Box | Ellipse, last: Point | Box | Ellipse, share: float
) -> Point | Box | Ellipse:
    names = first.__struct_fields__
    pairs = [(float(getattr(first, n)), float(getattr(last, n))) for n in names]
    return type(first)(*(a + (b - a) * share for a, b in pairs))
