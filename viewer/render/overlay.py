"""Which labels a view shows, and their lines in plane coordinates: plain values, no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.shapes import Points
from viewer.model.annotation import AnnotationId

MarkState = Literal["normal", "hovered", "selected"]
Rects = NDArray[np.float64]  # (n, 4) p0, q0, p1, q1


@dataclass(frozen=True, eq=False)
class Mark:
    """One placement as a view draws it; all coordinates are plane mm.

    Args:
        color: "#rrggbb" for drawing (lightened where the export's is too dark on the halo).
        text: the label's name, for the tag.
        rings: closed outlines; with holes the ones behind the first are cut out of the fill.
        lines: open lines.
        points: (n, 2) locations drawn as a ring with a dot.
        edges: (n, 4) mask outline along the pixel edges.
        fills: (n, 4) rectangles that make up the inside of a mask.
        bands: (n, 4) cuts through another plane.
        ticks: (n, 4) cuts of points and lines.
    """

    id: AnnotationId
    placement: int
    color: str
    text: str
    state: MarkState = "normal"
    rings: tuple[Points, ...] = ()
    lines: tuple[Points, ...] = ()
    points: Points | None = None
    edges: Rects | None = None
    fills: Rects | None = None
    bands: Rects | None = None
    ticks: Rects | None = None
    dashed: bool = False
    is_locked: bool = False
