"""Zoom and pan: the affine that lays plane mm on the screen, and back."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Affine = NDArray[np.float64]  # (2, 3): screen px = affine[:, :2] @ (p, q) + affine[:, 2]
Bounds = tuple[float, float, float, float]  # p0, q0, p1, q1 in plane mm
MARGIN_PX = 4.0
STRIP_PX = 14.0


@dataclass(frozen=True)
class Framing:
    """What of a plane a view shows.

    Args:
        scale: logical px per mm; None fits the whole picture in.
        centre: plane (p, q) in mm at the middle of the view's free area; None is the picture's own.
    """

    scale: float | None = None
    centre: tuple[float, float] | None = None


FIT = Framing()


def free_area(size_px: tuple[float, float], *, strip: bool) -> tuple[float, float]:
    """Return width and height of the view without its slice strip."""
    return max(size_px[0] - (STRIP_PX if strip else 0.0), 1.0), max(size_px[1], 1.0)


def fit_scale(
    bounds: Bounds, to_screen: NDArray[np.float64], size_px: tuple[float, float], *, strip: bool
) -> float:
    """Return the px per mm at which the whole picture fits with a margin of 4 px."""
    margin = MARGIN_PX if strip else 0.0
    width, height = free_area(size_px, strip=strip)
    sides = np.abs(to_screen) @ np.array([bounds[2] - bounds[0], bounds[3] - bounds[1]])
    sides = np.maximum(sides, 1e-9)
    return max(float(min((width - 2 * margin) / sides[0], (height - 2 * margin) / sides[1])), 1e-6)


def framed(
    bounds: Bounds,
    to_screen: NDArray[np.float64],
    size_px: tuple[float, float],
    framing: Framing = FIT,
    *,
    strip: bool = True,
) -> Affine:
    """Return the affine that shows a plane in a view of `size_px` logical px.

    Args:
        bounds: the picture's extent in plane mm.
        size_px: of the whole view.
        framing: zoom and pan.
        to_screen: (2, 2) signed permutation, rows screen right and screen down.
        strip: keep the slice strip's width at the right and the margins free; without it the
            picture may fill the view.
    """
    scale = framing.scale or fit_scale(bounds, to_screen, size_px, strip=strip)
    own = ((bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2)
    centre = np.array(framing.centre or own)
    linear = to_screen * scale
    middle = np.array(free_area(size_px, strip=strip)) / 2
    return np.hstack([linear, (middle - linear @ centre)[:, None]])


def on_screen(affine: Affine, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (n, 2) screen px of (n, 2) plane mm."""
    if not len(points):
        return np.empty((0, 2))
    # numpy multiplies tall narrow matrices element by element: 200 times slower.
    given = np.ascontiguousarray(points, dtype=np.float64)
    return np.asarray(cv2.transform(given[None], affine)[0], dtype=np.float64)


def on_plane(affine: Affine, x: float, y: float) -> tuple[float, float]:
    """Return the plane mm of a place on the screen: the inverse of `on_screen`."""
    p, q = np.linalg.solve(affine[:, :2], np.array([x, y]) - affine[:, 2])
    return float(p), float(q)


def px_per_mm(affine: Affine) -> float:
    """Return the scale of an affine in logical px per mm."""
    return float(np.hypot(affine[0, 0], affine[1, 0]))
