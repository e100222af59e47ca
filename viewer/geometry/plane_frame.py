"""From the coordinates in which an export counts on a plane to the plane's own pixel space.

Vendors say neither which way the slices of a reformat run on the screen nor whether they are drawn
as high as they are thick, nor at which place of a pixel they count, nor whether on a picture as it
is stored or as it is shown; a frame holds the answer, and turns shapes both ways.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from viewer.geometry.mask import Mask
from viewer.geometry.measure import ellipse_of, same_shape
from viewer.geometry.shapes import (
    Box,
    Ellipse,
    Point,
    Points,
    Polygon,
    Polyline,
    Regions,
    RotatedBox,
    Shape,
    Skeleton,
)
from viewer.geometry.space import pixel_from_voxel, voxel_from_pixel

Size: TypeAlias = tuple[int, int]  # width and height of the plane in its own pixels
_Numbers: TypeAlias = NDArray[np.float64]
_OneWay: TypeAlias = Callable[[_Numbers, int], _Numbers]  # (numbers, side: 0 for x) -> numbers
UPRIGHT = 1e-9  # sine of what a box may be turned by and still stand upright


@dataclass(frozen=True)
class PlaneFrame:
    """How an export counts on one plane.

    Args:
        flip_x: its x runs from the right edge.
        flip_y: its y runs from the bottom edge.
        scale_y: how many of its units a pixel of the plane is high; above 1 where a reformat was
            drawn in pixels as high as they are wide.
        is_transposed: its x runs along the plane's y, before all else.
        is_centred: its whole numbers are centres of pixels, not their edges; masks are pixels
            either way.
        turns_back: its ellipses and rotated boxes are turned against the clock.
    """

    flip_x: bool = False
    flip_y: bool = False
    scale_y: float = 1.0
    is_transposed: bool = False
    is_centred: bool = False
    turns_back: bool = False

    def __post_init__(self) -> None:
        if not 0 < self.scale_y < float("inf"):
            raise ValueError(f"a plane cannot be scaled by {self.scale_y}")

    def export_size(self, size: Size) -> Size:
        """Return width and height of the plane in the export's own pixels."""
        width, height = size[0], round(size[1] * self.scale_y)
        return (height, width) if self.is_transposed else (width, height)

    def keeps(self, shape: Shape) -> bool:
        """Return whether a shape is of its own kind on both sides of the frame.

        A rotated box that stands askew is none any more where pixels are not as high as the
        export's: it is shown as the polygon of its corners, which cannot be edited.
        """
        if self.scale_y == 1 or not isinstance(shape, RotatedBox):
            return True
        return abs(float(np.sin(2 * shape.angle))) < UPRIGHT

    def shown(self, shape: Shape, size: Size) -> Shape:
        """Return an export's shape in the plane's pixel space; itself for a frame that is plain."""
        if self == PLAIN:
            return shape
        straight = self._straight(shape)
        if isinstance(straight, Mask):
            return self._mask(straight, size, self.scale_y, size[1])
        return self._mapped(straight, lambda numbers, side: self._shown(numbers, side, size))

    def stored(self, shape: Shape, size: Size, before: Shape | None = None) -> Shape:
        """Return a shape of the plane's pixel space in the export's coordinates.

        Args:
            shape: as drawn or edited.
            size: of the plane.
            before: what the export held; coordinates that were not edited come back as they were,
                to the last digit.
        """
        if self == PLAIN:
            return shape
        old = None if before is None else self.shown(before, size)
        if before is not None and same_shape(shape, old):
            return before
        if isinstance(shape, Mask):
            height = round(size[1] * self.scale_y)
            return self._straight(self._mask(shape, size, 1 / self.scale_y, height))
        held = None if before is None else self._straight(before)
        known = self._known(held, size)
        turned = self._mapped(shape, lambda numbers, side: self._stored(numbers, side, size, known))
        return self._straight(_with_kept_sides(turned, shape, old, held))

    def shown_boxes(self, boxes: _Numbers, size: Size) -> _Numbers:
        """Return (n, 4) bounds x0, y0, x1, y1 of the plane's pixel space from an export's."""
        if self == PLAIN:
            return boxes
        if self.is_transposed:
            boxes = boxes[:, [1, 0, 3, 2]]
        x = self._shown(boxes[:, 0::2], 0, size)
        y = self._shown(boxes[:, 1::2], 1, size)
        return np.stack([x.min(axis=1), y.min(axis=1), x.max(axis=1), y.max(axis=1)], axis=1)

    def _straight(self, shape: Shape) -> Shape:
        """Return a shape with its sides and its turn exchanged; twice, it is the shape again."""
        if self.turns_back and isinstance(shape, Ellipse | RotatedBox):
            shape = msgspec.structs.replace(shape, angle=0.0 - shape.angle)
        return _transposed(shape) if self.is_transposed else shape

    def _mapped(self, shape: Shape, one_way: _OneWay) -> Shape:
        """Return a shape whose numbers went through a map of each side on its own."""
        if self.scale_y == 1 and isinstance(shape, Ellipse):  # no length changes by a digit
            cx, cy = (
                float(one_way(np.array([at]), side)[0])
                for side, at in enumerate((shape.cx, shape.cy))
            )
            return Ellipse(cx, cy, shape.rx, shape.ry, self._angle(shape))
        if isinstance(shape, RotatedBox) and self.keeps(shape):
            return self._turned_box(shape, one_way)
        found = _mapped(shape, one_way)
        if self.scale_y == 1 and isinstance(found, Box) and isinstance(shape, Box):
            return msgspec.structs.replace(found, width=shape.width, height=shape.height)
        return found

    def _turned_box(self, shape: RotatedBox, one_way: _OneWay) -> RotatedBox:
        """Return a rotated box that stays one; what it is turned about goes where its middle goes.

        Where heights are scaled it stands upright, on its own bottom or on its own side.
        """
        x, y, width, height = shape.x, shape.y, shape.width, shape.height
        if self.scale_y == 1:
            (left, _), (top, _) = _ends(x, width, 0, one_way), _ends(y, height, 1, one_way)
            return RotatedBox(left, top, width, height, self._angle(shape))
        lies = abs(np.sin(shape.angle)) > 0.5
        cx, cy = (float(one_way(np.array([at]), side)[0]) for side, at in enumerate(shape.centre))
        (left, right), (top, bottom) = (
            _ends(0.0, width, int(lies), one_way),
            _ends(0.0, height, int(not lies), one_way),
        )
        return RotatedBox.around(cx, cy, right - left, bottom - top, self._angle(shape))

    def _angle(self, shape: Ellipse | RotatedBox) -> float:
        return 0.0 - shape.angle if self.flip_x != self.flip_y else shape.angle

    def _is_flipped(self, side: int) -> bool:
        return self.flip_y if side else self.flip_x

    def _shown(self, numbers: _Numbers, side: int, size: Size) -> _Numbers:
        placed = pixel_from_voxel(numbers) if self.is_centred else numbers
        scaled = placed / self.scale_y if side else placed
        return size[side] - scaled if self._is_flipped(side) else scaled

    def _stored(
        self, numbers: _Numbers, side: int, size: Size, known: dict[tuple[int, float], float]
    ) -> _Numbers:
        straight = size[side] - numbers if self._is_flipped(side) else numbers
        scaled = straight * self.scale_y if side else straight
        scaled = voxel_from_pixel(scaled) if self.is_centred else scaled
        if not known:
            return scaled
        pairs = zip(numbers.ravel().tolist(), scaled.ravel().tolist(), strict=True)
        kept = [known.get((side, shown), worked_out) for shown, worked_out in pairs]
        return np.array(kept, dtype=np.float64).reshape(numbers.shape)

    def _known(self, before: Shape | None, size: Size) -> dict[tuple[int, float], float]:
        """Return the export's own number by side and by where it is shown."""
        known: dict[tuple[int, float], float] = {}

        def noted(numbers: _Numbers, side: int) -> _Numbers:
            shown = self._shown(numbers, side, size)
            for own, there in zip(numbers.ravel().tolist(), shown.ravel().tolist(), strict=True):
                known.setdefault((side, there), own)
            return shown

        if before is not None and not isinstance(before, Mask):
            self._mapped(before, noted)
        return known

    def _mask(self, mask: Mask, size: Size, divisor: float, height: int) -> Mask:
        """Return a mask turned over, each of its new rows that of the old ones it lies on."""
        bitmap, left, top = mask.to_array(), mask.x, mask.y
        old_height = round(height * divisor)
        if self.flip_x:
            bitmap, left = bitmap[:, ::-1], size[0] - mask.x - mask.width
        if self.flip_y:
            bitmap, top = bitmap[::-1], old_height - mask.y - mask.height
        first = max(int(np.floor(top / divisor)), 0)
        last = min(int(np.ceil((top + mask.height) / divisor)), height)
        rows = np.floor(pixel_from_voxel(np.arange(first, last)) * divisor).astype(np.int64) - top
        inside = (rows >= 0) & (rows < mask.height)
        if not inside.any():
            return Mask.from_array(np.zeros((0, 0), dtype=np.bool_))
        held = bitmap[np.clip(rows, 0, max(mask.height - 1, 0))] & inside[:, None]
        return Mask.from_array(held, left, first)


PLAIN = PlaneFrame()


def _transposed(shape: Shape) -> Shape:
    """Return a shape with x and y exchanged."""
    match shape:
        case Point(x, y):
            return Point(y, x)
        case Box(x, y, width, height):
            return Box(y, x, height, width)
        case Ellipse(cx, cy, rx, ry, angle):
            return Ellipse(cy, cx, ry, rx, 0.0 - angle)
        case RotatedBox(x, y, width, height, angle):
            return RotatedBox(y, x, height, width, 0.0 - angle)
        case Polygon() | Regions() | Polyline() | Skeleton():
            return shape.with_rings([ring[:, ::-1] for ring in shape.rings])
        case Mask():
            return Mask.from_array(shape.to_array().T, shape.y, shape.x)


# Numbers that follow from the same ones of the export alone: of a moved shape its lengths stay.
_TOGETHER = {
    Box: (("x", "width"), ("y", "height"), ("width",), ("height",)),
    RotatedBox: (("x", "width"), ("y", "height"), ("width",), ("height",), ("angle",)),
    Ellipse: (("cx",), ("cy",), ("rx", "ry", "angle")),
}
_RADII = (("rx", "angle"), ("ry", "angle"))  # of an ellipse along the sides of the plane


def _with_kept_sides(turned: Shape, shape: Shape, old: Shape | None, before: Shape | None) -> Shape:
    """Return a box or ellipse with the very numbers it had where it was not edited."""
    if (
        not isinstance(turned, Box | RotatedBox | Ellipse)
        or type(old) is not type(shape)
        or before is None
    ):
        return turned
    ellipses = [one for one in (shape, old, before) if isinstance(one, Ellipse)]
    is_straight = bool(ellipses) and not any(one.angle for one in ellipses)
    for names in (*_TOGETHER[type(turned)], *(_RADII if is_straight else ())):
        if all(getattr(shape, name) == getattr(old, name) for name in names):
            kept = {name: getattr(before, name) for name in names}
            turned = msgspec.structs.replace(turned, **kept)
    return turned


def _mapped(shape: Shape, one_way: _OneWay) -> Shape:
    """Return a shape whose numbers went through a map of each side on its own."""

    def placed(points: Points) -> Points:
        return np.stack([one_way(points[:, 0], 0), one_way(points[:, 1], 1)], axis=1)

    match shape:
        case Point(x, y):
            return Point(*placed(np.array([(x, y)]))[0].tolist())
        case Box(x, y, width, height):
            (left, right), (top, bottom) = _ends(x, width, 0, one_way), _ends(y, height, 1, one_way)
            return Box(left, top, right - left, bottom - top)
        case Ellipse(cx, cy) if shape.angle:
            ends = shape.turn * (shape.rx, shape.ry) + np.array([[cx], [cy]])
            middle, first, last = placed(np.array([(cx, cy), *ends.T]))
            return ellipse_of(middle, first - middle, last - middle)
        case Ellipse(cx, cy, rx, ry):
            (left, right), (top, bottom) = _ends(cx, rx, 0, one_way), _ends(cy, ry, 1, one_way)
            x, y = placed(np.array([(cx, cy)]))[0].tolist()
            return msgspec.structs.replace(shape, cx=x, cy=y, rx=right - left, ry=bottom - top)
        case RotatedBox():
            return Polygon(placed(shape.corners))
        case Polygon() | Regions() | Polyline() | Skeleton():
            return shape.with_rings([placed(ring) for ring in shape.rings])
        case _:
            return shape


def _ends(start: float, length: float, side: int, one_way: _OneWay) -> tuple[float, float]:
    low, high = np.sort(one_way(np.array([start, start + length]), side)).tolist()
    return low, high
