"""Two-dimensional shapes in pixel space: immutable, checked at the door, without colour or label.

Pixel space: (x, y) = (column, row), counted from the top-left corner of the first pixel, so that
its centre is (0.5, 0.5) and the right edge of the last pixel is x = width.
"""

from __future__ import annotations

import math
from functools import cached_property
from typing import TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from viewer.errors import GeometryError
from viewer.geometry.mask import Mask

FARTHEST = 1e9  # no picture is larger; beyond it sums and areas lose their meaning
_NOWHERE = "a coordinate is not a finite number of at most 1e9 pixels"

Points: TypeAlias = NDArray[np.float64]  # (n, 2), read-only


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
        _check(self.x, self.y, self.width, self.height)
        if self.width < 0 or self.height < 0:
            raise GeometryError(f"a box of {self.width} x {self.height} has a negative side")

    @property
    def area(self) -> float:
        """Enclosed area in square pixels."""
        return self.width * self.height


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
        cosine, sine = math.cos(self.angle), math.sin(self.angle)
        return np.array([(cosine, -sine), (sine, cosine)])

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

    @cached_property
    def area(self) -> float:
        """Enclosed area in square pixels, holes taken off (even-odd for crossing rings)."""
        from viewer.geometry.measure import polygon_area

        return polygon_area(self.vertices, self.holes)


class Polyline(msgspec.Struct, frozen=True, tag=True, eq=False):
    """An open line through its vertices.

    Raises:
        GeometryError: no vertex, or a coordinate is not finite or beyond 1e9.
    """

    vertices: Points

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "vertices", points_of(self.vertices, 1))


Shape: TypeAlias = Point | Box | Ellipse | Polygon | Polyline | Mask
