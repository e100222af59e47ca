"""DATAGYM's geometries as shapes: pixels from the top-left corner, x to the right, y down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from viewer.errors import BadRecord, GeometryError
from viewer.formats.json_tools import is_list, is_object
from viewer.geometry.shapes import Box, Point, Polygon, Polyline, Shape, points_of
from viewer.model.ontology import FlatKind

Json: TypeAlias = dict[str, object]
Pair: TypeAlias = tuple[float, float]
SEGMENTATION = "image_segmentation"
# The kinds of geometry by what the key of a value is called, and what each is drawn as.
TYPES: Mapping[str, FlatKind] = {
    "rectangle": "box",
    "polygon": "polygon",
    "line": "polyline",
    "point": "point",
    SEGMENTATION: "polygon",
}
OLD_KEY = "geometry"
NULLS = "its coordinates are null in the export, as the platform writes missing and negative ones"


def geometry_in(record: Json, types: Sequence[str] = ()) -> tuple[str, object] | None:
    """Return the type of a value's geometry and the geometry; None where it has none.

    Args:
        types: of its class, as the list of classes has them: of the old generation the key tells
            none.
    """
    for name in TYPES:
        if name in record:
            return name, record[name]
    if OLD_KEY not in record:
        return None
    held = record[OLD_KEY]
    return old_type(held, types), held


def old_type(held: object, types: Sequence[str]) -> str:
    """Return the type of a geometry of the old generation: from its form, then from its class."""
    first = held[0] if is_list(held) and held else None
    if is_list(first):
        return SEGMENTATION
    if is_object(first) and "w" in first:
        return "rectangle"
    possible = of_points(types)
    count = len(held) if is_list(held) else 0
    form = "point" if count == 1 else "line" if count == 2 else "polygon"
    return form if form in possible or not possible else possible[0]


def of_points(types: Sequence[str]) -> list[str]:
    """Return those types whose geometries look alike in the old generation: a list of points."""
    return [name for name in types if name in ("polygon", "line", "point")]


def shape_of(name: str, held: object) -> Shape:
    """Return the shape of a geometry; points that are null are passed over.

    Raises:
        BadRecord: it holds no place, or none that a shape could have.
    """
    if not is_list(held) or not held:
        raise BadRecord(f"its {name} holds no list of points")
    try:
        if name == "rectangle":
            return _box(held)
        if name == "image_segmentation":
            return _regions(held)
        points = places_of(name, held)
        if name == "point":
            if len(held) > 1:
                raise BadRecord(f"its point has {len(held)} places")
            return Point(*points[0])
        vertices = points_of(points, 1)
        return Polygon(vertices) if name == "polygon" else Polyline(vertices)
    except GeometryError as error:
        raise BadRecord(str(error)) from error


def places_of(name: str, held: Sequence[object]) -> list[Pair]:
    """Return the places of points that have one.

    Raises:
        BadRecord: none has.
    """
    found = [pair for pair in map(place_of, held) if pair is not None]
    if not found:
        is_null = all(is_object(one) for one in held)
        raise BadRecord(NULLS if is_null else f"its {name} holds no points")
    return found


def place_of(point: object) -> Pair | None:
    """Return where a point is; None for one without a place. Videos spell y in capitals."""
    if not is_object(point):
        return None
    x, y = number_in(point, "x"), number_in(point, "y")
    return None if x is None or y is None else (x, y)


def number_in(point: Json, key: str) -> float | None:
    """Return a number; None for null, which videos spell as text."""
    value = point.get(key, point.get(key.upper()))
    if isinstance(value, str) and value.isdecimal() and value.isascii() and len(value) < 20:
        return float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value)
    except OverflowError:
        return float("inf")


def is_closed(ring: Sequence[object]) -> bool:
    """Whether the first place of a ring comes again as its last."""
    places = [place_of(point) for point in ring]
    return len(places) > 1 and places[0] is not None and places[0] == places[-1]


def _box(held: Sequence[object]) -> Box:
    if len(held) > 1:
        raise BadRecord(f"its rectangle has {len(held)} places")
    found = held[0]
    numbers = [number_in(found, key) for key in "xywh"] if is_object(found) else []
    if not numbers:
        raise BadRecord("its rectangle holds no numbers")
    x, y, width, height = numbers
    if x is None or y is None or width is None or height is None:
        raise BadRecord(NULLS)
    return Box(x, y, width, height)


def _regions(held: Sequence[object]) -> Polygon:
    """Return the region of a segmentation: its first ring, without the others."""
    rings: list[list[Pair]] = []
    for ring in held:
        if not is_list(ring):
            raise BadRecord("its image_segmentation holds no rings")
        places = places_of("image_segmentation", ring)
        rings.append(places[:-1] if is_closed(ring) else places)
    return Polygon(points_of(rings[0], 1), tuple(points_of(ring, 3) for ring in rings[1:]))
