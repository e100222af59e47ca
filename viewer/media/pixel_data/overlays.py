"""Overlay planes (PS3.3 C.9.2): bits drawn over the picture, as data or in unused pixel bits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from viewer.media.dicom.sequences import value_of

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

Bitmap = NDArray[np.bool_]
_PIXELS_LIMIT = 1 << 27  # of one plane's frame; larger than any detector
GROUPS = tuple(range(0x6000, 0x6020, 2))


@dataclass(frozen=True, eq=False)
class OverlayPlane:
    """One overlay plane.

    Args:
        rows, columns: of the plane.
        top, left: the picture's pixel, from 0, that its first one lies on; may be outside.
        bits: packed, the lowest bit first; None where they stand in the pixels' cells.
        bit: which bit of a pixel's cell, for those.
        first_frame: of the picture, from 0, that its first frame belongs to.
        frames: of the overlay; the pictures behind them have none.
    """

    rows: int
    columns: int
    top: int
    left: int
    bits: NDArray[np.uint8] | None
    bit: int = 0
    first_frame: int = 0
    frames: int | None = None

    def add_to(self, target: Bitmap, frame: int, cells: NDArray[Any] | None) -> None:
        """Set the plane's pixels of a frame in `target` (rows, columns of the picture).

        Args:
            target: what is drawn over the picture.
            frame: of the object, from 0.
            cells: (rows, columns) integer cells with all their bits; None where they are not
                known.
        """
        if self.bits is None:
            if cells is not None:
                target |= (cells >> self.bit) & 1 != 0
            return
        number = 0 if self.frames is None else frame - self.first_frame
        if not 0 <= number < (self.frames or 1):
            return
        count = self.rows * self.columns
        first = number * count
        packed = self.bits[first // 8 : (first + count + 7) // 8]
        plane = np.unpackbits(packed, bitorder="little")[first % 8 : first % 8 + count]
        if plane.size == count:
            _lay(plane.reshape(self.rows, self.columns) != 0, target, self.top, self.left)


def _lay(plane: Bitmap, target: Bitmap, top: int, left: int) -> None:
    """Put a plane over the target with its corner at (top, left); what lies outside is cut."""
    rows, columns = target.shape
    y0, x0 = max(top, 0), max(left, 0)
    y1, x1 = min(top + plane.shape[0], rows), min(left + plane.shape[1], columns)
    if y0 < y1 and x0 < x1:
        target[y0:y1, x0:x1] |= plane[y0 - top : y1 - top, x0 - left : x1 - left]


def overlay_planes(dataset: Dataset) -> tuple[list[OverlayPlane], int]:
    """The overlay planes of a header, and how many more of them are damaged."""
    planes: list[OverlayPlane] = []
    damaged = 0
    for group in GROUPS:
        if value_of(dataset, (group, 0x0010)) is None:
            continue
        plane = _plane(dataset, group)
        if plane is None:
            damaged += 1
        else:
            planes.append(plane)
    return planes, damaged


def _plane(dataset: Dataset, group: int) -> OverlayPlane | None:
    numbers = {
        element: _whole(value_of(dataset, (group, element)))
        for element in (0x0010, 0x0011, 0x0015, 0x0051, 0x0100, 0x0102)
    }
    rows, columns = numbers[0x0010], numbers[0x0011]
    top, left = _origin(value_of(dataset, (group, 0x0050)))
    data = value_of(dataset, (group, 0x3000))
    if rows is None or columns is None or not 0 < rows * columns <= _PIXELS_LIMIT:
        return None
    if not isinstance(data, bytes):
        bit = numbers[0x0102]
        allocated = _whole(value_of(dataset, "BitsAllocated")) or 16
        is_embedded = bit is not None and 0 < bit < min(numbers[0x0100] or allocated, allocated)
        return OverlayPlane(rows, columns, top, left, None, bit or 0) if is_embedded else None
    packed = np.frombuffer(data, np.uint8)
    if dataset.original_encoding[1] is False and len(packed) % 2 == 0:
        packed = packed.view(">u2").astype("<u2").view(np.uint8)  # words of big endian files
    frames = numbers[0x0015]
    if 8 * len(packed) < max(frames or 1, 1) * rows * columns:
        return None
    first = max((numbers[0x0051] or 1) - 1, 0)
    return OverlayPlane(rows, columns, top, left, packed, 0, first, frames)


def _origin(value: Any) -> tuple[int, int]:  # noqa: ANN401 - a header's value may be anything
    """Row and column from 0 of an Overlay Origin, which counts from 1."""
    try:
        row, column = (int(part) for part in value)
    except (TypeError, ValueError):
        return 0, 0
    return row - 1, column - 1


def _whole(value: Any) -> int | None:  # noqa: ANN401 - a header's value may be anything
    try:
        return int(value)
    except (TypeError, ValueError):
        return None
