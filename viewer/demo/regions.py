"""Masks as the outlines of their regions, along the edges of their pixels."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from viewer.demo.vendors import Bitmap

Ring = NDArray[np.int32]  # (n, 2) corners in pixel space, not closed


def regions_of(bitmap: Bitmap) -> list[list[Ring]]:
    """Return the outer ring of each region of a mask, with the rings of its holes behind it."""
    # Of a picture twice as large, OpenCV's contours through the middles of pixels tell on which
    # side of each pixel of the mask the edge lies.
    doubled = np.kron(bitmap, np.ones((2, 2), dtype=np.bool_)).astype(np.uint8)
    contours, tree = cv2.findContours(doubled, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    rings = [_corners((np.asarray(one, dtype=np.int32)[:, 0] + 1) // 2) for one in contours]
    parents: list[int] = tree[0, :, 3].tolist() if rings else []
    found = {at: [ring] for at, ring in enumerate(rings) if parents[at] < 0}
    for at, parent in enumerate(parents):
        if parent >= 0:
            found[parent].append(rings[at])
    return list(found.values())


def _corners(ring: Ring) -> Ring:
    """Return a ring without places that repeat or lie between two others of a straight line."""
    ring = ring[(ring != np.roll(ring, 1, axis=0)).any(axis=1)]
    before, after = ring - np.roll(ring, 1, axis=0), np.roll(ring, -1, axis=0) - ring
    return ring[before[:, 0] * after[:, 1] != before[:, 1] * after[:, 0]]
