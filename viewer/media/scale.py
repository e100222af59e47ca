"""How large pixels are at a place: over the whole picture, or in regions of it alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

if TYPE_CHECKING:
    from viewer.media.volume import Media


@dataclass(frozen=True)
class Region:
    """A part of the picture whose pixels have a size, as in ultrasound.

    Args:
        box: first and last column and row: x0, y0, x1, y1.
        spacing_mm: between columns, between rows.
    """

    box: tuple[int, int, int, int]
    spacing_mm: tuple[float, float]

    def holds(self, pixels: ArrayLike) -> bool:
        """Whether all of (n, 2) places in pixel space lie in it."""
        x0, y0, x1, y1 = self.box
        points = np.asarray(pixels, dtype=np.float64).reshape(-1, 2)
        return bool(((points >= (x0, y0)) & (points <= (x1 + 1, y1 + 1))).all())


def scale_at(media: Media, pixels: ArrayLike) -> tuple[float, float] | None:
    """Return how many mm lie between columns and between rows at places of a picture.

    Args:
        media: whose.
        pixels: (n, 2) in pixel space; all must lie in one region, where there are any.

    Returns:
        None where it is not known.
    """
    regions = None if media.kind == "volume" else media.regions
    if regions is None:
        return media.spacing_mm if media.is_calibrated else None
    return next((one.spacing_mm for one in regions if one.holds(pixels)), None)
