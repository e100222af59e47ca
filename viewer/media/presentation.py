"""What the headers ask for beyond the stored values of the pixels."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.media.dicom.suv import Suv
from viewer.media.instance import Rescale

Bitmap = NDArray[np.bool_]
Packed = tuple[NDArray[np.uint8], int]  # rows of bits, and how many columns they hold


@dataclass(eq=False)
class Presentation:
    """How the pictures of a media are to be read and shown.

    Args:
        rescales: one per picture where they differ; empty where the media's own holds for all.
        padding_limit: the other end of the range of padding values; None for one value.
        suv: of PET, or why there is none.
        loss: how the pixels were compressed with loss, in words.
        overlays: planes drawn over picture k, packed; filled while the pictures are decoded.
    """

    rescales: tuple[Rescale, ...] = ()
    padding_limit: float | None = None
    suv: Suv | None = None
    loss: str = ""
    overlays: dict[int, Packed] = field(default_factory=dict[int, Packed])

    def set_overlay(self, index: int, bits: Bitmap) -> None:
        """Keep what is drawn over a picture, (rows, columns)."""
        self.overlays[index] = (np.packbits(bits, axis=1), bits.shape[1])

    def overlay(self, index: int) -> Bitmap | None:
        """What is drawn over a picture, (rows, columns); None where there is nothing."""
        kept = self.overlays.get(index)
        if kept is None:
            return None
        return np.unpackbits(kept[0], axis=1, count=kept[1]).view(np.bool_)


def padding_in(stored: NDArray[Any], padding: float | None, limit: float | None) -> Bitmap | None:
    """Where stored values are padding (PS3.3 C.7.5.1.1.2); None where there is no such value.

    The range goes from Pixel Padding Value to Pixel Padding Range Limit, whichever is smaller.
    """
    if padding is None:
        return None
    if limit is None or limit == padding:
        return stored == padding
    low, high = min(padding, limit), max(padding, limit)
    return (stored >= low) & (stored <= high)
