"""What is measured of labels on the pixels that they are shown on, for files that keep it."""

from __future__ import annotations

from typing import Protocol

import msgspec

from viewer.model.annotation import Annotation
from viewer.model.placement import Placement


class Measures(msgspec.Struct, frozen=True):
    """What was measured of one shape.

    Args:
        average, minimum, maximum: of the modality values inside, such as HU, padding left out.
        area_mm2: of a shape on a slice; None of a solid, and where pixels have no size in mm.
        volume_mm3: of a solid, every voxel that it meets counted whole; None likewise.
        between_mm3: of a cuboid, between the voxels' centres at its corners; None likewise.
    """

    average: float
    minimum: float
    maximum: float
    area_mm2: float | None = None
    volume_mm3: float | None = None
    between_mm3: float | None = None


class Measurer(Protocol):
    """Measures labels of one export on the media that its entries are shown on."""

    def __call__(self, annotation: Annotation, placement: Placement, /) -> Measures | None:
        """Return the measures of a placement; None where its pixels are not all loaded."""
        ...
