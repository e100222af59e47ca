"""Two-dimensional shapes in pixel space: immutable, checked at the door, without colour or label.

Pixel space: (x, y) = (column, row), counted from the top-left corner of the first pixel, so that
its centre is (0.5, 0.5) and the right edge of the last pixel is x = width.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property
from typing import Literal, TypeAlias, get_args

import msgspec
import numpy as np
from numpy.typing import NDArray

from viewer.errors import GeometryError
from viewer.geometry.mask import Mask

FARTHEST = 1e9  # no picture is larger; beyond it sums and areas lose their meaning
_NOWHERE = "a coordinate is not a finite number of at most 1e9 pixels"

Points: TypeAlias = NDArray[np.float64]  # (n, 2), read-only
NodeState = Literal["visible", "occluded", "invisible", "self-occluded"]
_STATES = frozenset(get_args(NodeState))


def points_of(values: object, least: int) -> Points:
    """Return a read-only (n, 2) copy of `values`.

    Raises:
        GeometryError: not (n, 2), fewer than `least` points, or a coordinate is not finite or
            beyond 1e9.
    """
    try:
        points = np.array(values, dtype=np.float64)
    except OverflowError as error:
        raise GeometryError(_NOWHERE) from error
    except (TypeError, ValueError) as error:
        raise GeometryError("vertices must be pairs of numbers") from error
    if points.size == 0:
        points = points.reshape(0, 2)
    if points.ndim != 2 or points.shape[1] != 2:
        raise GeometryError("vertices must be pairs of numbers")
    if len(points) < least:
        raise GeometryError(f"{len(points)} vertices where at least {least} are needed")
    if not (np.abs(points) <= FARTHEST).all():
        raise GeometryError(_NOWHERE)
    points.flags.writeable = False
    return points


def _check(*numbers: float) -> None:
    for number in numbers:
        if not abs(number) <= FARTHEST:  # also true of what is no number
            raise GeometryError(_NOWHERE)


def _check_box(box: Box | RotatedBox) -> None:
    _check(box.x, box.y, box.width, box.height)
    if box.width < 0 or box.height < 0:
        raise GeometryError(f"a box of {box.width} x {box.height} has a negative side")


def _turn(angle: float) -> NDArray[np.float64]:
    cosine, sine = math.cos(angle), math.sin(angle)
    return np.array([(cosine, -sine), (sine, cosine)])


class Point(msgspec.Struct, frozen=True, tag=True):
    """A single location."""

    x: float
    y: float

    def __post_init__(self) -> None:
        _check(self.x, self.y)


class Box(msgspec.Struct, frozen=True, tag=True):
    """An axis-aligned rectangle; (x, y) is its top-left corner.

    Raises:
        GeometryError: a number is not finite or beyond 1e9, or a side is negative.
    """

    x: float
    y: float
    width: float
    height: float

    def __post_init__(self) -> None:
        _check_box(self)

    @property
    def area(self) -> float:
        """Enclosed area in square pixels."""
        return self.width * self.height

    @property
    def corners(self) -> Points:
        """(4, 2) clockwise from the top left."""
        x1, y1 = self.x + self.width, self.y + self.height
        return np.array([(self.x, self.y), (x1, self.y), (x1, y1), (self.x, y1)])


class RotatedBox(msgspec.Struct, frozen=True, tag=True):
    """A rectangle turned about its own centre.

    Args:
        x, y, width, height: of the box before it is turned, as in `Box`.
        angle: radians, clockwise on the screen, as of an ellipse.

    Raises:
        GeometryError: a number is not finite or beyond 1e9, or a side is negative.
    """

    x: float
    y: float
    width: float
    height: float
    angle: float = 0.0

    def __post_init__(self) -> None:
        _check_box(self)
        if not math.isfinite(self.angle):
            raise GeometryError("the angle of a rotated box is not a finite number")

    @staticmethod
    def around(cx: float, cy: float, width: float, height: float, angle: float) -> RotatedBox:
        """Return the box with this centre."""
        return RotatedBox(cx - width / 2, cy - height / 2, width, height, angle)

    @property
    def area(self) -> float:
        """Enclosed area in square pixels."""
        return self.width * self.height

    @property
    def centre(self) -> tuple[float, float]:
        """What it is turned about."""
        return self.x + self.width / 2, self.y + self.height / 2

    @property
    def turn(self) -> NDArray[np.float64]:
        """(2, 2) rotation: columns are the directions of its own sides, that of width first."""
        return _turn(self.angle)

    @property
    def corners(self) -> Points:
        """(4, 2) as turned, clockwise from its own top left."""
        half = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * (self.width / 2, self.height / 2)
        return half @ self.turn.T + self.centre

    @property
    def reach(self) -> tuple[float, float]:
        """How far it goes from its centre along x and along y."""
        across, down = np.abs(self.turn) @ (self.width / 2, self.height / 2)
        return float(across), float(down)


class Ellipse(msgspec.Struct, frozen=True, tag=True):
    """An ellipse: centre (cx, cy) and radii (rx, ry) along its own axes.

    Args:
        angle: radians, clockwise on the screen: from the x axis towards +y to the axis of rx.

    Raises:
        GeometryError: a number is not finite or beyond 1e9, or a radius is negative.
    """

    cx: float
    cy: float
    rx: float
    ry: float
    angle: float = 0.0

    def __post_init__(self) -> None:
        _check(self.cx, self.cy, self.rx, self.ry)
        if not math.isfinite(self.angle):
            raise GeometryError("the angle of an ellipse is not a finite number")
        if self.rx < 0 or self.ry < 0:
            raise GeometryError(f"an ellipse of radii {self.rx}, {self.ry} has a negative radius")

    @property
    def area(self) -> float:
        """Enclosed area in square pixels."""
        return float(np.pi * self.rx * self.ry)

    @property
    def turn(self) -> NDArray[np.float64]:
        """(2, 2) rotation: columns are the directions of its own axes, rx first."""
        return _turn(self.angle)

    @property
    def reach(self) -> tuple[float, float]:
        """How far it goes from its centre along x and along y."""
        cosine, sine = math.cos(self.angle), math.sin(self.angle)
        return (
            math.hypot(self.rx * cosine, self.ry * sine),
            math.hypot(self.rx * sine, self.ry * cosine),
        )


class Polygon(msgspec.Struct, frozen=True, tag=True, eq=False, dict=True):
    """A closed ring; the last vertex joins the first and is not repeated.

    Args:
        vertices: (n, 2) with n >= 1, made read-only on construction; one or two vertices are
            kept because exports hold them, and enclose nothing.
        holes: rings of the same kind, cut out of the first.

    Raises:
        GeometryError: no vertex, or a coordinate is not finite or beyond 1e9.
    """

    vertices: Points
    holes: tuple[Points, ...] = ()

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "vertices", points_of(self.vertices, 1))
        holes = tuple(points_of(hole, 3) for hole in self.holes)
        msgspec.structs.force_setattr(self, "holes", holes)

    @property
    def rings(self) -> tuple[Points, ...]:
        """Every ring, the outer one first."""
        return (self.vertices, *self.holes)

    def with_rings(self, rings: Sequence[Points]) -> Polygon:
        """Return it with other rings, in the order of `rings`."""
        return Polygon(rings[0], tuple(rings[1:]))

    @cached_property
    def area(self) -> float | None:
        """Enclosed area in square pixels, holes taken off (even-odd for crossing rings).

        None for a tangle that crosses itself thousands of times.
        """
        from viewer.geometry.rings import polygon_area

        return polygon_area(self.vertices, self.holes)


class Regions(msgspec.Struct, frozen=True, tag=True, eq=False, dict=True):
    """One label of several closed regions, each with holes of its own.

    What lies inside: the region with the largest outer ring is filled and its holes are cleared,
    then the next, and so on; an island in a hole is a region of its own.

    Args:
        parts: in the order of the file.

    Raises:
        GeometryError: there is no region.
    """

    parts: tuple[Polygon, ...]

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "parts", tuple(self.parts))
        if not self.parts:
            raise GeometryError("a label of several regions has none")

    @property
    def rings(self) -> tuple[Points, ...]:
        """Every ring, region by region, each outer one before its holes."""
        return tuple(ring for part in self.parts for ring in part.rings)

    def with_rings(self, rings: Sequence[Points]) -> Regions:
        """Return the same regions and holes with other rings, in the order of `rings`."""
        following = iter(rings)
        parts = ((next(following), *(next(following) for _ in one.holes)) for one in self.parts)
        return Regions(tuple(Polygon(outer, tuple(holes)) for outer, *holes in parts))

    @cached_property
    def are_apart(self) -> bool:
        """No two rings cross and no regions overlap: even-odd, `rings` tell the inside."""
        from viewer.geometry.rings import are_apart

        return are_apart(self.parts)

    @cached_property
    def filled(self) -> tuple[Points, ...]:
        """Rings whose inside, even-odd, is what is filled; `rings` for a tangle of them."""
        from viewer.geometry.rings import filled_rings

        return self.rings if self.are_apart or self._are_tangled else filled_rings(self.parts)

    @cached_property
    def area(self) -> float | None:
        """Enclosed area in square pixels; None for a tangle of rings."""
        from viewer.geometry.rings import filled_area

        if self.are_apart:
            return sum(part.area or 0.0 for part in self.parts)
        return None if self._are_tangled else filled_area(self.parts)

    @cached_property
    def _are_tangled(self) -> bool:
        from viewer.geometry.rings import are_tangled

        return are_tangled(self.rings)


class Polyline(msgspec.Struct, frozen=True, tag=True, eq=False):
    """An open line through its vertices.

    Raises:
        GeometryError: no vertex, or a coordinate is not finite or beyond 1e9.
    """

    vertices: Points

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "vertices", points_of(self.vertices, 1))

    @property
    def rings(self) -> tuple[Points, ...]:
        """The line alone."""
        return (self.vertices,)

    def with_rings(self, rings: Sequence[Points]) -> Polyline:
        """Return another line, the first."""
        return Polyline(rings[0])


class Skeleton(msgspec.Struct, frozen=True, tag=True, eq=False):
    """Nodes, some of them joined by edges.

    Args:
        points: (n, 2) with n >= 1, made read-only on construction.
        states: how each node is seen.
        edges: pairs of node numbers; none where the file does not tell them.

    Raises:
        GeometryError: no node, a coordinate is not finite or beyond 1e9, not one state a node, or
            an edge that joins no two nodes.
    """

    points: Points
    states: tuple[NodeState, ...]
    edges: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "points", points_of(self.points, 1))
        count = len(self.points)
        if len(self.states) != count or not _STATES.issuperset(self.states):
            raise GeometryError(f"a skeleton of {count} nodes has {len(self.states)} known states")
        if not all(0 <= node < count for edge in self.edges for node in edge):
            raise GeometryError(f"an edge of a skeleton goes to none of its {count} nodes")

    @property
    def rings(self) -> tuple[Points, ...]:
        """The nodes, which can be moved as the vertices of a line are."""
        return (self.points,)

    def with_rings(self, rings: Sequence[Points]) -> Skeleton:
        """Return it with its nodes elsewhere, at the first of `rings`."""
        return Skeleton(rings[0], self.states, self.edges)

    @property
    def ends(self) -> NDArray[np.float64]:
        """(edges, 2, 2) places of both ends of each edge."""
        return self.points[np.array(self.edges, dtype=np.intp).reshape(-1, 2)]


Outlined: TypeAlias = Polygon | Regions | Polyline | Skeleton  # with `rings` of vertices
Shape: TypeAlias = Point | Box | RotatedBox | Ellipse | Outlined | Mask
