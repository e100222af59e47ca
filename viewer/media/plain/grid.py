"""A block of voxels in one file, and the reader that brings its slices."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.errors import CannotDecode
from viewer.media.files import Files
from viewer.media.instance import FileRef
from viewer.media.plain.block import Block, DeflatedBlock, Marks, StoredBlock
from viewer.media.volume import Pixels, Stored


@dataclass(frozen=True, eq=False)
class Grid:
    """A block of voxels: i (columns) fastest, then j (rows), k (slices) and the points.

    Args:
        name: of the file, for sentences.
        file: that a person opened; `data` is where the voxels are, often the same.
        offset: of the first voxel in `data`, or behind its packing.
        is_packed: gzip or zlib.
        packed_at: where the packing begins in `data`.
        dtype: of one value, in the file's byte order.
        values: per voxel, next to each other: colours, or points where `points_inside`.
        points: how many volumes there are; they follow each other unless `points_inside`.
        is_colour: the values of a voxel are red, green, blue (and more, which is dropped).
        marks: where unpacking may be taken up again.
    """

    name: str
    file: FileRef
    data: FileRef
    offset: int
    is_packed: bool
    dtype: np.dtype[Any]
    columns: int
    rows: int
    slices: int
    points: int = 1
    values: int = 1
    points_inside: bool = False
    is_colour: bool = False
    packed_at: int = 0
    marks: Marks = field(default_factory=Marks)

    @property
    def slice_bytes(self) -> int:
        """Size of one slice in the file."""
        return self.rows * self.columns * self.values * self.dtype.itemsize

    @property
    def pictures(self) -> int:
        """How many slices of `slice_bytes` follow each other."""
        return self.slices * (1 if self.points_inside else self.points)

    @property
    def nbytes(self) -> int:
        """Size of the whole block."""
        return self.pictures * self.slice_bytes

    def block(self, files: Files) -> Block:
        """Open the bytes; they stay open until `files` closes.

        Raises:
            CannotRead: the file is gone.
        """
        reader = files.open_kept(self.data)
        if not self.is_packed:
            return StoredBlock(reader, self.offset)
        return DeflatedBlock(reader, self.packed_at, self.offset, self.marks, self.name)


class NumberedSlices(Mapping[tuple[str, int], int]):
    """Slices of a stack by file name and number in the file, without an entry for each."""

    def __init__(self, name: str, numbers: range) -> None:
        """`numbers` are those of the stack's slices, in its order."""
        self._name = name
        self._numbers = numbers

    def __getitem__(self, key: tuple[str, int]) -> int:
        name, number = key
        if name != self._name or number not in self._numbers:
            raise KeyError(key)
        return self._numbers.index(number)

    def __iter__(self) -> Iterator[tuple[str, int]]:
        return ((self._name, number) for number in self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)


@dataclass(frozen=True, eq=False)
class GridPixels:
    """The pictures of one media over a grid.

    Args:
        pictures: for each picture of the media, its number in the file: k, or
            point * slices + k.
        point: which of the values of a voxel, where the points lie inside.
    """

    grid: Grid
    pictures: range
    point: int = 0

    @property
    def is_serial(self) -> bool:
        """Reading and unpacking go through one file from front to back."""
        return True

    @property
    def order(self) -> Sequence[int] | None:
        """As the slices lie in the file, where what lies before must be unpacked."""
        if not self.grid.is_packed and self.grid.data.member is None:
            return None
        return range(len(self.pictures))[:: 1 if self.pictures.step > 0 else -1]

    def opened(self, media: Stored, files: Files) -> Callable[[int], None]:
        """Return what decodes picture k into `media.pixels[k]`."""
        blocks: list[Block] = []

        def decode(index: int) -> None:
            if not blocks:
                blocks.append(self.grid.block(files))
            self._decode(blocks[0], index, media.pixels)

        return decode

    def file_of(self, index: int) -> FileRef:
        """Return the file that all pictures come from."""
        return self.grid.data

    def beside(self, index: int) -> range:
        """Return all pictures."""
        return range(len(self.pictures))

    def _decode(self, block: Block, index: int, pixels: Pixels) -> None:
        grid, target, number = self.grid, pixels[index], self.pictures[index]
        is_direct = target.size * target.itemsize == grid.slice_bytes
        raw = target if is_direct else np.empty(self._shape, grid.dtype.newbyteorder("="))
        got = block.read_into(number * grid.slice_bytes, raw.data.cast("B"))
        if got < grid.slice_bytes:
            target[...] = 0
            raise CannotDecode(_ends_early(grid, number))
        if not grid.dtype.isnative:
            raw.byteswap(inplace=True)
        if not is_direct:
            target[...] = self._chosen(raw)

    @property
    def _shape(self) -> tuple[int, ...]:
        return (self.grid.rows, self.grid.columns, self.grid.values)

    def _chosen(self, raw: NDArray[Any]) -> NDArray[Any]:
        """Of several values per voxel, the colours or the one of this point."""
        return raw[..., :3] if self.grid.is_colour else raw[..., self.point]


def _ends_early(grid: Grid, number: int) -> str:
    point, k = divmod(number, grid.slices)
    of_volume = f" of volume {point + 1}" if grid.pictures > grid.slices else ""
    return (
        f"{grid.name}: the voxels end before slice {k + 1}{of_volume} does; copy or export the"
        " file again."
    )
