"""Shapes of the phantom's own structures as a reader would draw them, in the words of MD.ai.

Vertices are pixel space (corner based); mask rings are indices of pixels, as MD.ai stores them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from viewer.demo import anatomy
from viewer.demo.anatomy import Ellipsoid, Side
from viewer.demo.phantom import Grid
from viewer.geometry.space import pixel_from_voxel

Data: TypeAlias = Mapping[str, object]
Inside: TypeAlias = NDArray[np.bool_]  # (rows, columns) pixels of one slice


def slices_through(solid: Ellipsoid, grid: Grid) -> range:
    """Return the slices whose planes meet a solid."""
    reach = solid.radii[2] * 0.97
    low = np.ceil((solid.center[2] - reach - grid.first[2]) / grid.step_mm)
    high = np.floor((solid.center[2] + reach - grid.first[2]) / grid.step_mm)
    return range(int(low), int(high) + 1)


def box(solid: Ellipsoid, k: int, grid: Grid, slack_mm: float) -> Data:
    """Return the box round a solid's section, `slack_mm` larger on each side."""
    x, y, rx, ry = _section(solid, k, grid)
    slack = slack_mm / grid.pixel_mm
    return {
        "x": round(x - rx - slack, 2),
        "y": round(y - ry - slack, 2),
        "width": round(2 * (rx + slack), 2),
        "height": round(2 * (ry + slack), 2),
    }


def freehand(solid: Ellipsoid, k: int, grid: Grid, hand: np.random.Generator) -> Data:
    """Return a solid's section drawn by a slightly unsteady hand."""
    x, y, rx, ry = _section(solid, k, grid)
    angles = np.linspace(0.0, 2.0 * np.pi, 30, endpoint=False)
    wobble = 1.0 + 0.035 * (hand.standard_normal(30) + np.sin(3 * angles + hand.uniform(0, 6)))
    rings = np.stack((x + rx * wobble * np.cos(angles), y + ry * wobble * np.sin(angles)), 1)
    return {"vertices": _rounded(rings)}


def ellipse_of_aorta(k: int, grid: Grid) -> Data:
    """Return the descending aorta's section as centre and radii."""
    found = anatomy.AORTA.at(grid.sheet(k).z)
    if found is None:
        raise ValueError(f"the aorta does not reach slice {k}")
    x, y = grid.pixel_of(found[0], found[1])
    radius = found[2] / grid.pixel_mm
    return {"cx": round(x, 2), "cy": round(y, 2), "rx": round(radius, 2), "ry": round(radius, 2)}


def spine_line(k: int, grid: Grid) -> Data:
    """Return the line from the middle of the vertebral body through the canal to the back."""
    z = grid.sheet(k).z
    x, y = anatomy.spine_middle(z)
    back = 0.82 * anatomy.body_radii(z)[1] + 8.0
    line = [grid.pixel_of(x, at) for at in (y - 14.0, y + 21.0, back)]
    return {"vertices": _rounded(np.array(line))}


def carina(grid: Grid) -> Data:
    """Return the place where the windpipe divides."""
    x, y = grid.pixel_of(anatomy.CARINA[0], anatomy.CARINA[1])
    return {"x": round(x, 2), "y": round(y, 2)}


def lung(hu: NDArray[np.int16], k: int, side: Side, grid: Grid, slack_px: float) -> Data:
    """Return the outline of one lung, vessels and nodules within, `slack_px` off at corners."""
    near = anatomy.lung_distance(grid.sheet(k), side) < 2.0
    air = (cv2.medianBlur(hu, 5) < -480) & near
    closed = cv2.morphologyEx(air.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    ring = cv2.approxPolyDP(_outer_ring(closed > 0), slack_px, closed=True)[:, 0, :]
    return {"vertices": _rounded(pixel_from_voxel(ring))}


def liver_grid(k: int, grid: Grid) -> Data:
    """Return the liver as rows of 0 and 1, the other form of MD.ai's masks."""
    sheet = grid.sheet(k)
    inside = anatomy.liver_distance(sheet) < 0.0
    for organ in (*anatomy.ABDOMEN, *anatomy.CHEST):
        distance = organ.distance(sheet)
        inside &= True if distance is None else distance > 0.0
    return {"mask": inside.astype(int).tolist()}


def vertebra(hu: NDArray[np.int16], k: int, grid: Grid) -> Data:
    """Return a vertebra with the canal cut out: painted rings, then erased ones."""
    sheet = grid.sheet(k)
    x, y = anatomy.spine_middle(sheet.z)
    near = anatomy.ellipse_distance(sheet, (x, y + 14.0), (30.0, 31.0)) < 0.0
    bone = ((cv2.GaussianBlur(hu, (3, 3), 0) > 155) & near).astype(np.uint8)
    canal = anatomy.ellipse_distance(sheet, (x, y + 21.0), (8.5, 7.0)) < 0.0
    bone[anatomy.rib_distance(sheet) < 1.0] = 0
    solid = cv2.morphologyEx(bone, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)) > 0
    return {
        "foreground": [_outer_ring(solid | canal)[:, 0, :].tolist()],
        "background": [_outer_ring(canal)[:, 0, :].tolist()],
    }


def _section(solid: Ellipsoid, k: int, grid: Grid) -> tuple[float, float, float, float]:
    """Return (x, y, rx, ry) in pixels of an ellipsoid on slice k."""
    rest = 1.0 - ((grid.sheet(k).z - solid.center[2]) / solid.radii[2]) ** 2
    size = max(rest, 0.0) ** 0.5
    x, y = grid.pixel_of(solid.center[0], solid.center[1])
    return x, y, solid.radii[0] * size / grid.pixel_mm, solid.radii[1] * size / grid.pixel_mm


def _outer_ring(inside: Inside) -> NDArray[np.int32]:
    """Return the longest outer contour, (n, 1, 2) pixel indices."""
    rings, _ = cv2.findContours(inside.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    return np.asarray(max(rings, key=cv2.contourArea), dtype=np.int32)


def _rounded(points: NDArray[np.floating]) -> list[list[float]]:
    return np.round(points, 2).tolist()
