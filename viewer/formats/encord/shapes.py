"""Objects of Encord as shapes: parts of the picture's width and height, turns in degrees."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import msgspec
import numpy as np

from viewer.errors import BadRecord, GeometryError
from viewer.formats.encord.bitmask import mask_of
from viewer.formats.json_tools import BadJson, Bytes, is_list, is_object, value_of
from viewer.formats.problems import FAST_REFUSES
from viewer.geometry.rings import opened
from viewer.geometry.shapes import (
    Box,
    Ellipse,
    NodeState,
    Point,
    Points,
    Polygon,
    Polyline,
    Regions,
    RotatedBox,
    Shape,
    Skeleton,
    points_of,
)

Json: TypeAlias = Mapping[str, Any]
Size: TypeAlias = tuple[int, int]

KIND_OF: Mapping[str, str] = {
    "bounding_box": "box",
    "rotatable_bounding_box": "rotated-box",
    "polygon": "polygon",
    "polyline": "polyline",
    "point": "point",
    "skeleton": "skeleton",
    "cuboid_2d": "skeleton",
    "bitmask": "mask",
    "circle": "ellipse",
    "ellipse": "ellipse",
}


def kind_of_word(word: str | None) -> str:
    """Return the kind of shape that Encord's word means, "unknown" for one that is not drawn."""
    return KIND_OF.get(word or "", "unknown")


def record_of(data: Bytes | msgspec.Raw) -> Json:
    """Return the members of a record; none of what is no object.

    Raises:
        BadJson: it is no JSON value.
    """
    try:
        found: object = msgspec.json.decode(data)
    except FAST_REFUSES:
        found = value_of(bytes(data))
    return found if is_object(found) else {}


CUBOID_REASON = "Encord keeps fewer numbers of a cuboid than it has corners, so it can only be seen"
_CUBOID_EDGES = tuple(
    edge for n in range(4) for edge in ((n, (n + 1) % 4), (4 + n, 4 + (n + 1) % 4), (n, 4 + n))
)
# By the key that says it; the first one that holds counts, as in Encord's own library.
_STATE_KEYS: Mapping[str, NodeState] = {
    "invisible": "invisible",
    "occluded": "occluded",
    "selfOccluded": "self-occluded",
    "visible": "visible",
}


def shape_of(record: Json, size: Size, edges: Sequence[tuple[str, str]] = ()) -> Shape:
    """Return the shape of an object.

    Args:
        record: the whole object.
        size: (width, height) of its picture in pixels.
        edges: pairs of the hashes of nodes that a skeleton's edges join.

    Raises:
        BadRecord: its numbers describe no such shape, or it is of a kind that is not drawn.
    """
    word = record.get("shape")
    way = _WAYS.get(word) if isinstance(word, str) else None
    if way is None:
        raise BadRecord(unknown_shape(word))
    try:
        return _skeleton(record, size, edges) if word == "skeleton" else way(record, size)
    except (GeometryError, TypeError, ValueError, OverflowError, KeyError) as error:
        what = f"the key {error}" if isinstance(error, KeyError) else str(error)
        raise BadRecord(f"it describes no {word}: {what}") from error


def unknown_shape(word: object) -> str:
    """Say that a shape cannot be drawn."""
    spelled = str(word)[:40] if isinstance(word, str) else "no shape"
    return f"its shape ({spelled}) cannot be drawn here"


def reason_of(data: msgspec.Raw) -> str | None:
    """Return what is wrong with an object whatever the size of its picture; None if nothing."""
    try:
        record = record_of(data)
        if record.get("shape") == "bitmask":
            shape_of(record, _sides_of(record.get("bitmask")))
        else:
            shape_of(record, (1, 1))
    except (BadJson, BadRecord, TypeError, ValueError) as error:
        return str(error)
    return None


def _sides_of(bitmask: object) -> Size:
    """Return the size that a bitmask says it is made for; any where it says none."""
    try:
        return (whole(bitmask, "width"), whole(bitmask, "height")) if is_object(bitmask) else (1, 1)
    except (KeyError, ValueError, OverflowError):
        return 1, 1


def number(value: Json, key: str) -> float:
    """Return a number of an object.

    Raises:
        KeyError, ValueError: there is none.
    """
    found = value[key]
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise ValueError(f"{key} is no number")
    return float(found)


def whole(value: Json, key: str) -> int:
    """Return a whole number of an object.

    Raises:
        KeyError, ValueError, OverflowError: there is none.
    """
    found = number(value, key)
    if found != int(found):
        raise ValueError(f"{key} is no whole number")
    return int(found)


def corners_in(value: object) -> list[Json]:
    """Return the nodes of a shape in their order: those of a list, or by number.

    Raises:
        ValueError: it is neither, or a key is no number.
    """
    if is_object(value):
        keys = sorted(value, key=int)
        nodes = [value[key] for key in keys]
    elif is_list(value):
        nodes = value
    else:
        raise ValueError("its vertices are no list")
    if not all(is_object(node) for node in nodes):
        raise ValueError("a vertex is none")
    return [node for node in nodes if is_object(node)]


def _held(record: Json, key: str) -> Json:
    found = record[key]
    if not is_object(found):
        raise ValueError(f"{key} is no object")
    return found


def _box(record: Json, size: Size) -> Shape:
    held = _held(record, "boundingBox")
    x, y, w, h = (number(held, key) for key in "xywh")
    return Box(x * size[0], y * size[1], w * size[0], h * size[1])


def _rotated_box(record: Json, size: Size) -> Shape:
    held = _held(record, "rotatableBoundingBox")
    x, y, w, h = (number(held, key) for key in "xywh")
    turn = number(held, "theta") if "theta" in held else 0.0
    return RotatedBox(x * size[0], y * size[1], w * size[0], h * size[1], math.radians(turn))


def _skeleton(record: Json, size: Size, edges: Sequence[tuple[str, str]] = ()) -> Shape:
    nodes = corners_in(record["skeleton"])
    names = {node.get("featureHash"): at for at, node in enumerate(nodes)}
    joined = [(names[a], names[b]) for a, b in edges if a in names and b in names]
    states: tuple[NodeState, ...] = tuple(state_of(node) for node in nodes)
    return Skeleton(_vertices(nodes, size), states, tuple(joined))


def state_of(node: Json) -> NodeState:
    """Return how a node of a skeleton is seen, in either spelling."""
    seen: NodeState = "visible"
    for key, state in _STATE_KEYS.items():
        if node.get(key) is True:
            return state
    word = node.get("visibility")
    return _STATE_KEYS.get(word, seen) if isinstance(word, str) else seen


def _cuboid(record: Json, size: Size) -> Shape:
    """Return both faces of a cuboid: the back one is moved, or shrunk towards a point."""
    held = _held(record, "cuboid_2d")
    front = np.array(pairs_of(held["front"]), dtype=np.float64)
    if len(front) != 4:
        raise ValueError(f"its front has {len(front)} corners")
    if "vanishingPoint" in held:
        towards = _held(held, "vanishingPoint")
        point = np.array((number(towards, "x"), number(towards, "y")))
        back = point + (front - point) * number(held, "scaleRatio")
    else:
        offset = _held(held, "offset")
        back = front + np.array((number(offset, "x"), number(offset, "y")))
    points = points_of(np.concatenate((front, back)) * size, 8)
    states: list[NodeState] = ["visible"] * 8
    return Skeleton(points, tuple(states), _CUBOID_EDGES)


def _vertices(value: object, size: Size) -> Points:
    nodes = corners_in(value)
    if any("z" in node for node in nodes):
        raise ValueError("its vertices lie in space, not on a picture")
    return scaled([(number(node, "x"), number(node, "y")) for node in nodes], size)


def scaled(pairs: Sequence[tuple[float, float]], size: Size) -> Points:
    """Return vertices in pixels."""
    return points_of(np.array(pairs, dtype=np.float64).reshape(-1, 2) * size, 1)


def _point(record: Json, size: Size) -> Shape:
    (vertex,) = _vertices(record["point"], size)
    return Point(float(vertex[0]), float(vertex[1]))


def _polyline(record: Json, size: Size) -> Shape:
    return Polyline(_vertices(record["polyline"], size))


def _polygon(record: Json, size: Size) -> Shape:
    regions = record.get("polygons")
    if not (is_list(regions) and regions):
        return Polygon(opened(_vertices(record["polygon"], size)))
    parts = tuple(_region(rings, size) for rings in regions)
    return parts[0] if len(parts) == 1 else Regions(parts)


def _region(rings: object, size: Size) -> Polygon:
    if not (is_list(rings) and rings):
        raise ValueError("a region has no ring")
    outer, *holes = (opened(scaled(pairs_of(ring), size)) for ring in rings)
    return Polygon(outer, tuple(holes))


def pairs_of(ring: object) -> list[tuple[float, float]]:
    """Return the vertices of a flat list of numbers.

    Raises:
        ValueError: it is none, or has an odd number of them.
    """
    if not is_list(ring) or any(
        isinstance(n, bool) or not isinstance(n, int | float) for n in ring
    ):
        raise ValueError("a ring is no list of numbers")
    numbers = [float(n) for n in ring if isinstance(n, int | float)]
    if len(numbers) % 2 or not numbers:
        raise ValueError(f"a ring has {len(numbers)} numbers, which are no pairs")
    return list(zip(numbers[0::2], numbers[1::2], strict=True))


def _bitmask(record: Json, size: Size) -> Shape:
    held = _held(record, "bitmask")
    text, sides = held["rleString"], (whole(held, "width"), whole(held, "height"))
    if not isinstance(text, str):
        raise ValueError("its rleString is no text")
    if whole(held, "top") or whole(held, "left"):
        raise ValueError("it begins within its picture, which readers take in different ways")
    if sides != size:
        raise ValueError(
            f"it is made for a picture of {sides[0]} x {sides[1]}, and this one has {size[0]} x "
            f"{size[1]} pixels"
        )
    return mask_of(text, *sides)


def _circle(record: Json, size: Size) -> Shape:
    held = _held(record, "circle")
    radius = number(held, "r") * size[0]
    stretch, turn = (number(held, key) if key in held else rest for key, rest in _OF_CIRCLES)
    centre = number(held, "x") * size[0], number(held, "y") * size[1]
    return Ellipse(*centre, radius, radius * stretch, math.radians(turn))


_OF_CIRCLES = (("stretch", 1.0), ("theta", 0.0))  # as where the record does not say


def _ellipse(record: Json, size: Size) -> Shape:
    held = _held(record, "ellipse")
    centre = number(held, "x") * size[0], number(held, "y") * size[1]
    radii = number(held, "rx") * size[0], number(held, "ry") * size[1]
    turn = number(held, "theta") if "theta" in held else 0.0
    return Ellipse(*centre, *radii, math.radians(turn))


_WAYS: Mapping[str, Callable[[Json, Size], Shape]] = {
    "bounding_box": _box,
    "rotatable_bounding_box": _rotated_box,
    "polygon": _polygon,
    "polyline": _polyline,
    "point": _point,
    "skeleton": _skeleton,
    "cuboid_2d": _cuboid,
    "bitmask": _bitmask,
    "circle": _circle,
    "ellipse": _ellipse,
}
