"""The numbers of Encord's geometry that shapes become; those of the file stay where they fit.

A number of the file is kept where it makes the very pixel that the shape has.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from viewer.errors import CannotWrite
from viewer.formats.encord.bitmask import text_of_mask
from viewer.formats.encord.shapes import Json, Size
from viewer.formats.json_tools import is_object, numbers_in
from viewer.formats.style import JsonValue
from viewer.geometry.mask import Mask
from viewer.geometry.rings import is_closed
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
)
from viewer.model.ontology import kind_of

Pair: TypeAlias = tuple[float, float]
GEOMETRY_KEYS = (
    "boundingBox", "rotatableBoundingBox", "polygon", "polygons", "polyline", "point", "skeleton",
    "bitmask", "cuboid_2d", "circle", "ellipse",
)  # fmt: skip
STATE_WORDS: Mapping[NodeState, str] = {
    "visible": "visible",
    "occluded": "occluded",
    "invisible": "invisible",
    "self-occluded": "selfOccluded",
}
_NODE_KEYS = ("name", "color", "value", "featureHash")
_TURN = math.nan  # in place of a side: the number is an angle
_UNSAID = {"theta": 0.0, "stretch": 1.0}  # what holds where a record does not say it


def geometry_of(
    word: str, shape: Shape, size: Size, nodes: Sequence[Json] = ()
) -> dict[str, JsonValue]:
    """Return the members that hold a new shape.

    Args:
        word: Encord's word for the shape of its class.
        size: (width, height) of its picture in pixels.
        nodes: what the nodes of a skeleton are called.

    Raises:
        CannotWrite: an object of this word holds no such shape.
    """
    match word, shape:
        case "polygon", Polygon() | Regions():
            parts = parts_of(shape)
            regions = [flat_rings(part, size) for part in parts]
            return {"polygon": _corners(parts[0].vertices, size), "polygons": regions}
        case "polyline", Polyline(vertices):
            return {"polyline": _corners(vertices, size)}
        case "point", Point(x, y):
            return {"point": {"0": {"x": x / size[0], "y": y / size[1]}}}
        case "bitmask", Mask():
            return {"bitmask": bitmask_of(shape, size)}
        case "skeleton", Skeleton():
            return {"skeleton": _nodes(shape, size, nodes)}
        case _:
            key, values = plain_numbers(word, shape, size, {})
            return {key: dict(values)}


def _nodes(shape: Skeleton, size: Size, nodes: Sequence[Json]) -> JsonValue:
    """Return the nodes of a skeleton with the names that those of its class have.

    Raises:
        CannotWrite: they are not known.
    """
    if len(nodes) != len(shape.points):
        raise CannotWrite("the nodes of its class are not known; open the ontology with the export")
    made: dict[str, JsonValue] = {}
    rows = zip(nodes, shape.points.tolist(), shape.states, strict=True)
    for number, (node, (x, y), state) in enumerate(rows):
        names = {key: str(node[key]) for key in _NODE_KEYS if isinstance(node.get(key), str)}
        seen = {} if state == "visible" else {STATE_WORDS[state]: True}
        made[str(number)] = {"x": x / size[0], "y": y / size[1], **names, **seen}
    return made


def parts_of(shape: Polygon | Regions) -> tuple[Polygon, ...]:
    """Return the regions of a polygon."""
    return (shape,) if isinstance(shape, Polygon) else shape.parts


class Kept:
    """Turns pixels into parts of the picture; a pixel that a number of the file made keeps it.

    Args:
        size: (width, height) of the picture.
        old: vertices as the file has them.
    """

    def __init__(self, size: Size, old: Sequence[Pair]) -> None:
        self._size = size
        self._old = old
        self._known = [{pair[axis] * size[axis]: pair[axis] for pair in old} for axis in (0, 1)]

    def pairs(self, vertices: Points) -> list[Pair]:
        """Return vertices as the file counts."""
        return [
            (self._one(x, 0, at), self._one(y, 1, at))
            for at, (x, y) in enumerate(vertices.tolist())
        ]

    def _one(self, value: float, axis: int, at: int) -> float:
        side = self._size[axis]
        if at < len(self._old) and self._old[at][axis] * side == value:
            return self._old[at][axis]
        known = self._known[axis].get(value)
        return value / side if known is None else known


def plain_numbers(
    word: str, shape: Shape, size: Size, record: Json
) -> tuple[str, dict[str, float]]:
    """Return the key of a geometry without vertices, and its numbers.

    Args:
        record: whose numbers are kept where the shape is as they say.

    Raises:
        CannotWrite: an object of this word holds no such shape.
    """
    key, wanted = _wanted(word, shape, size)
    held = record.get(key)
    there = held if is_object(held) else {}
    found: dict[str, float] = {}
    for name, (value, whole) in wanted.items():
        said = numbers_in([there.get(name)])
        before = said[0] if said else _UNSAID.get(name) if there else None
        is_kept = before is not None and _made(before, whole) == value
        if there and not said and is_kept:
            continue  # said by nothing, as before
        found[name] = before if before is not None and is_kept else _part(value, whole)
    return key, found


def _wanted(word: str, shape: Shape, size: Size) -> tuple[str, dict[str, tuple[float, float]]]:
    """Return the key, and each number in pixels with the side that it is a part of."""
    across, down = size
    match word, shape:
        case "bounding_box", Box(x, y, width, height):
            return "boundingBox", _box(x, y, width, height, size)
        case "rotatable_bounding_box", RotatedBox(x, y, width, height, angle):
            numbers = {**_box(x, y, width, height, size), "theta": (angle, _TURN)}
            return "rotatableBoundingBox", numbers
        case "ellipse", Ellipse(cx, cy, rx, ry, angle):
            radii = {"rx": (rx, across), "ry": (ry, down)}
            return "ellipse", {"x": (cx, across), "y": (cy, down), **radii, "theta": (angle, _TURN)}
        case "circle", Ellipse(cx, cy, rx, ry, angle):
            if not rx:
                raise CannotWrite("a circle of Encord needs a radius")
            radii = {"r": (rx, across), "stretch": (ry, rx)}
            return "circle", {"x": (cx, across), "y": (cy, down), **radii, "theta": (angle, _TURN)}
        case _:
            spelled = word or "object without a shape"
            raise CannotWrite(f"a {spelled} of Encord cannot hold a {kind_of(shape)}")


def _part(value: float, whole: float) -> float:
    return math.degrees(value) if math.isnan(whole) else value / whole


def _made(number: float, whole: float) -> float:
    return math.radians(number) if math.isnan(whole) else number * whole


def _box(x: float, y: float, width: float, height: float, size: Size) -> dict[str, Pair]:
    across, down = size
    return {"h": (height, down), "w": (width, across), "x": (x, across), "y": (y, down)}


def bitmask_of(mask: Mask, size: Size) -> dict[str, JsonValue]:
    """Return the value of a bitmask: always of the whole picture.

    Raises:
        CannotWrite: it goes beyond the picture.
    """
    text = text_of_mask(mask, *size)
    return {"top": 0, "left": 0, "width": size[0], "height": size[1], "rleString": text}


def flat_rings(part: Polygon, size: Size) -> list[JsonValue]:
    """Return the rings of a region as flat lists of numbers."""
    found: list[JsonValue] = []
    for ring in part.rings:
        closed = [*ring.tolist(), *(ring[:1].tolist() if is_closed(ring) else ())]
        found.append([part for x, y in closed for part in (x / size[0], y / size[1])])
    return found


def _corners(vertices: Points, size: Size) -> dict[str, JsonValue]:
    return {
        str(at): {"x": x / size[0], "y": y / size[1]} for at, (x, y) in enumerate(vertices.tolist())
    }
