"""How large the picture of a mask is, where the export does not say."""

from __future__ import annotations

from viewer.formats.labelbox.decode import Decoder
from viewer.model.placement import Placement
from viewer.model.table import Base

Size = tuple[int, int]  # width, height in pixels


def picture_size(base: Base, placement: Placement) -> Size | None:
    """Return the size of the picture that a placement is on; None where nothing tells it.

    Args:
        base: of its export, told of what the data row is shown on.
    """
    if placement.size is not None:
        return placement.size
    decoder = base.decode
    in_file = decoder.masks.picture_size(placement) if isinstance(decoder, Decoder) else None
    return in_file or _told(base, placement)


def _told(base: Base, placement: Placement) -> Size | None:
    """Return the size of what a data row is shown on, as matching told it."""
    told = base.told.of(placement.media.entry)
    grid = told.grid
    if placement.plane == "acquired":
        return told.size or ((grid.shape[2], grid.shape[1]) if grid else None)
    if grid is None:
        return None
    slices, rows, columns = grid.shape
    sizes = {"axial": (columns, rows), "sagittal": (rows, slices), "coronal": (columns, slices)}
    return sizes[placement.plane]
