"""Palette colours (PS3.3 C.7.6.3.1.5), segmented ones too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from viewer.errors import CannotDecode
from viewer.media.dicom.tolerant import quiet

if TYPE_CHECKING:
    from pydicom.dataset import Dataset


@dataclass(frozen=True)
class Palette:
    """Colours by stored value.

    Args:
        first: the stored value that the first colour stands for.
        table: (entries, 3) RGB uint8.
    """

    first: int
    table: NDArray[np.uint8]

    def colours(self, indices: NDArray[Any]) -> NDArray[np.uint8]:
        """RGB (rows, columns, 3) of stored values; those outside take the nearest entry."""
        entries = np.clip(indices.astype(np.int64) - self.first, 0, len(self.table) - 1)
        return self.table[entries]


def palette_of(header: Dataset, name: str) -> Palette:
    """Return the palette in the header of the file `name`.

    Raises:
        CannotDecode: it has none, or a damaged one.
    """
    from pydicom.pixels.processing import apply_color_lut

    with quiet():
        try:
            entries, first, depth = (
                int(number) for number in header.RedPaletteColorLookupTableDescriptor
            )
            entries = entries or 1 << 16
            indices = np.arange(first, first + entries).astype(np.uint16).reshape(1, -1)
            colours = np.asarray(apply_color_lut(indices, header))[0, :, :3]
        except Exception as error:
            raise CannotDecode(
                f"{name}: its colour palette is missing or damaged; export the file again."
            ) from error
    if depth > 8 or colours.dtype.itemsize > 1:
        colours = colours >> (8 * colours.dtype.itemsize - 8)
    return Palette(first, np.ascontiguousarray(colours, np.uint8))
