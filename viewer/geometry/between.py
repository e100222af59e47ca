"""Shapes between two key frames, as annotation tools work them out: straight lines in time."""

from __future__ import annotations

import math
from typing import TypeAlias

import msgspec

from viewer.geometry.shapes import (
    Box,
    Ellipse,
    Outlined,
    Point,
    Polygon,
    Polyline,
    Regions,
    RotatedBox,
    Shape,
    Skeleton,
)

_Numbered: TypeAlias = Point | Box | RotatedBox | Ellipse


def between(first: Shape, last: Shape, share: float) -> Shape:
    """Return the shape `share` (0 to 1) of the way from `first` to `last`.

    Boxes, points and ellipses by their numbers, all others vertex by vertex; an ellipse or a
    rotated box turns the shorter way, and the nodes of a skeleton are seen as at `first`. `first`
    itself where the two are of different kinds, have different counts of vertices, regions or
    edges, have holes, or are masks.
    """
    match first, last:
        case (Ellipse(), Ellipse()) | (RotatedBox(), RotatedBox()):
            turn = math.remainder(last.angle - first.angle, math.pi)  # half round is none
            nearest = msgspec.structs.replace(last, angle=first.angle + turn)
            return _by_numbers(first, nearest, share)
        case (Point(), Point()) | (Box(), Box()):
            return _by_numbers(first, last, share)
        case (
            (Polygon() | Regions() | Polyline() | Skeleton()),
            (Polygon() | Regions() | Polyline() | Skeleton()),
        ) if _made_of(first) == _made_of(last) and not _has_holes(first):
            pairs = zip(first.rings, last.rings, strict=True)
            return first.with_rings([a + (b - a) * share for a, b in pairs])
        case _:
            return first


def _made_of(shape: Outlined) -> tuple[object, ...]:
    """What two shapes must have in common to be moved vertex by vertex."""
    edges = shape.edges if isinstance(shape, Skeleton) else None
    holes = [len(part.holes) for part in shape.parts] if isinstance(shape, Regions) else []
    return type(shape), edges, holes, [len(ring) for ring in shape.rings]


def _has_holes(shape: Outlined) -> bool:
    parts = shape.parts if isinstance(shape, Regions) else (shape,)
    return any(isinstance(part, Polygon) and part.holes for part in parts)


def _by_numbers(first: _Numbered, last: _Numbered, share: float) -> _Numbered:
    names = first.__struct_fields__
    pairs = [(float(getattr(first, n)), float(getattr(last, n))) for n in names]
    return type(first)(*(a + (b - a) * share for a, b in pairs))
