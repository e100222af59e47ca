"""The one typed adapter over pyqtgraph, which has no types: a ViewBox does pan, zoom and aspect.

Importing pyqtgraph takes some 200 ms, so it waits for the first zoom, or `warming` does it before.
"""

from __future__ import annotations

from functools import cached_property
from typing import Protocol, cast

import numpy as np
from PySide6.QtCore import QPointF, QRectF

from viewer.paint.framing import FIT, Affine, Framing, px_per_mm

LEAST_PX_PER_MM = 1e-2
MOST_PX_PER_MM = 2e3


class _Matrix(Protocol):
    def m11(self) -> float: ...
    def dx(self) -> float: ...
    def dy(self) -> float: ...


class _Box(Protocol):
    """The part of pyqtgraph's ViewBox that is used, with types."""

    def setGeometry(self, rect: QRectF) -> None: ...
    def setRange(self, rect: QRectF, **_padding: float) -> None: ...
    def scaleBy(self, s: tuple[float, float], *, center: QPointF) -> None: ...
    def translateBy(self, *, x: float, y: float) -> None: ...
    def updateMatrix(self) -> None: ...
    def childTransform(self) -> _Matrix: ...


class Camera:
    """Pan and zoom of one view; the ViewBox works in screen mm (right, down from plane 0, 0).

    It starts from the affine that is on the screen and leaves a Framing, whose centre is in plane
    mm: so a resize, a flip or a turn keeps what is in the middle there.
    """

    def __init__(self) -> None:
        self.framing: Framing = FIT

    @cached_property
    def _box(self) -> _Box:
        from pyqtgraph.graphicsItems.ViewBox import (  # pyright: ignore[reportMissingTypeStubs]
            ViewBox,
        )

        box: object = ViewBox(enableMouse=False, enableMenu=False, invertY=True, lockAspect=True)
        return cast(_Box, box)

    def fit(self) -> None:
        """Show the whole picture."""
        self.framing = FIT

    def centre_on(self, affine: Affine, p: float, q: float) -> None:
        """Bring a place of the plane into the middle; the zoom stays."""
        self.framing = Framing(px_per_mm(affine), (p, q))

    def zoom(
        self, affine: Affine, area: tuple[float, float], factor: float, at: tuple[float, float]
    ) -> None:
        """Zoom by `factor`; what is under pixel `at` stays under it.

        Args:
            affine: (2, 3) screen_from_plane as shown now.
            area: width and height in logical px that the picture has.
            factor: above 1 comes nearer.
            at: a place of the widget in logical px.
        """
        scale = px_per_mm(affine)
        shrink = scale / float(np.clip(scale * factor, LEAST_PX_PER_MM, MOST_PX_PER_MM))
        self._load(affine, area)
        place = (np.array(at) - affine[:, 2]) / scale
        self._box.scaleBy((shrink, shrink), center=QPointF(float(place[0]), float(place[1])))
        self._take(affine, area)

    def pan(self, affine: Affine, area: tuple[float, float], dx: float, dy: float) -> None:
        """Move the picture by (dx, dy) logical px."""
        scale = px_per_mm(affine)
        self._load(affine, area)
        self._box.translateBy(x=-dx / scale, y=-dy / scale)
        self._take(affine, area)

    def _load(self, affine: Affine, area: tuple[float, float]) -> None:
        scale = px_per_mm(affine)
        left, top = (-affine[:, 2] / scale).tolist()
        self._box.setGeometry(QRectF(0.0, 0.0, *area))
        self._box.setRange(QRectF(left, top, area[0] / scale, area[1] / scale), padding=0.0)

    def _take(self, affine: Affine, area: tuple[float, float]) -> None:
        self._box.updateMatrix()
        matrix = self._box.childTransform()
        to_screen = affine[:, :2] / px_per_mm(affine)
        middle = (np.array(area) / 2 - (matrix.dx(), matrix.dy())) / matrix.m11()
        p, q = (to_screen.T @ middle).tolist()  # a signed permutation: transposed is inverse
        self.framing = Framing(matrix.m11(), (p, q))
