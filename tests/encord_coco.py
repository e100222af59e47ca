"""Shapes as COCO annotations, by the rule of Encord's own exporter.

Regions of a polygon are filled from the largest to the smallest, each with its holes cleared;
vertices are cut to whole pixels, and borders are inside (`cv2.fillPoly`). Source: encord 0.1.211.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from viewer.geometry.mask import Mask
from viewer.geometry.measure import bounds
from viewer.geometry.shapes import (
    Box,
    Point,
    Polygon,
    Polyline,
    Regions,
    RotatedBox,
    Shape,
    Skeleton,
)

Bitmap = NDArray[np.uint8]
Json = Any


def raster(shape: Polygon | Regions, width: int, height: int) -> Bitmap:
    """Return the pixels (height, width) that the exporter fills."""
    parts = (shape,) if isinstance(shape, Polygon) else shape.parts
    bitmap = np.zeros((height, width), dtype=np.uint8)
    for part in sorted(parts, key=lambda one: one.area, reverse=True):
        cv2.fillPoly(bitmap, [part.vertices.astype(np.int32)], color=1)
        for hole in part.holes:
            cv2.fillPoly(bitmap, [hole.astype(np.int32)], color=0)
    return bitmap


def box_of(shape: Shape) -> list[float]:
    """Return x, y, width, height; of a rotated box before it is turned."""
    if isinstance(shape, RotatedBox):
        return [shape.x, shape.y, shape.width, shape.height]
    x0, y0, x1, y1 = bounds(shape)
    return [x0, y0, x1 - x0, y1 - y0]


def area_of(shape: Shape) -> float:
    """Return the area that the exporter writes: none of lines, points and skeletons."""
    match shape:
        case Box() | RotatedBox() | Polygon() | Regions() | Mask():
            return float(shape.area)
        case Point() | Polyline() | Skeleton():
            return 0.0
        case _:
            raise AssertionError(type(shape))
