"""One mask file of an export with what is painted into it, and the groups that this makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from viewer.errors import CannotWrite, GeometryError
from viewer.formats.format import NewFile
from viewer.formats.masks import (
    LabelVolume,
    Numbering,
    Overlapping,
    Painting,
    painted,
    write_metaimage,
    write_nifti,
    write_png_mask,
    write_recolored,
)
from viewer.formats.masks.pictures import Color
from viewer.formats.masks.volume import Values
from viewer.geometry.mask import Mask

Changes = Mapping[int, Mask | None]  # by slice of the file
_HEADERS = (".mhd", ".mha")


@dataclass(frozen=True, eq=False)
class Stroke:
    """A segment's new masks on some slices.

    Args:
        title: its label, for sentences.
    """

    segment: int
    title: str
    changes: Changes


@dataclass(eq=False)
class PaintedFile:
    """A mask file with what is to be painted into it.

    Args:
        names: from the main file's folder; of a MetaImage the header and its data.
        titles: labels by number, for sentences.
        like: a picture whose kind a new one takes.
        colors: of the numbers from 1, in a picture of colours.
    """

    names: tuple[str, ...]
    volume: LabelVolume
    numbering: Numbering
    titles: dict[int, str]
    strokes: list[Stroke] = field(default_factory=list[Stroke])
    like: bytes | None = None
    colors: tuple[Color, ...] = ()

    def paint(self) -> Painting:
        """Return the file with every stroke.

        Raises:
            CannotWrite: labels overlap where the file cannot hold that, or a mask does not fit;
                names the labels.
        """
        painting = Painting(self.volume, self.numbering)
        if not self.numbering.may_overlap:  # what goes makes room for what comes
            for stroke in self.strokes:
                for k in stroke.changes:
                    painting = self._painted(painting, stroke, k, None)
        for stroke in self.strokes:
            for k, mask in stroke.changes.items():
                painting = self._painted(painting, stroke, k, mask)
        return painting

    def _painted(self, painting: Painting, stroke: Stroke, k: int, mask: Mask | None) -> Painting:
        if not 0 <= k < self.volume.shape[0]:
            raise CannotWrite(f"{stroke.title}: {self.volume.name} has no slice {k + 1}.")
        try:
            return painted(painting, k, stroke.segment, mask)
        except Overlapping as error:
            labels = " and ".join(self._title(number) for number in sorted(error.segments))
            raise CannotWrite(
                f"{labels} overlap on slice {k + 1}, and {self.volume.name} holds one label per "
                "voxel; erase one of them there."
            ) from error
        except (GeometryError, CannotWrite) as error:
            raise CannotWrite(f"{stroke.title}: {error}") from error

    def _title(self, number: int) -> str:
        return self.titles.get(number, f"number {number}")

    def groups(self, painting: Painting) -> tuple[Mapping[int, frozenset[int]], frozenset[int]]:
        """Return the overlaps that are new, by number, and the numbers of those that went.

        Raises:
            CannotWrite: a new one is with a number that no label of the export has.
        """
        before = self.volume.tally.present
        left = set(before)
        touched = set[int]()
        for k, plane in painting.planes.items():
            touched |= set(np.unique(self.volume.values[k]).tolist())
            left |= set(np.unique(plane).tolist())
        left -= {number for number in touched if not self._has(painting, number)}
        old = self.numbering.overlaps
        added = {
            number: owners
            for number, owners in painting.numbering.overlaps.items()
            if number not in old and number in left
        }
        for owners in added.values():
            unlisted = sorted(owners - self.numbering.segments)
            if unlisted:
                labels = ", ".join(self._title(one) for one in sorted(owners - set(unlisted)))
                raise CannotWrite(
                    f"{labels}: in {self.volume.name} it lies over voxels of number {unlisted[0]}, "
                    "which is no label of the export; erase it there."
                )
        gone = frozenset(number for number in old if number in before and number not in left)
        return added, gone

    def _has(self, painting: Painting, number: int) -> bool:
        """Whether voxels of a number are left."""
        slices: list[int] = self.volume.tally.slices_of([number]).tolist()
        if any(k not in painting.planes for k in slices):
            return True
        return any(bool((plane == number).any()) for plane in painting.planes.values())

    def files(self, painting: Painting) -> tuple[NewFile, ...]:
        """Return the files that hold the painting; none where no voxel differs.

        Raises:
            CannotWrite: numbers that the file cannot hold.
        """
        volume, planes = self.volume, painting.planes
        if volume.content is not None and not volume.with_planes(planes):
            return ()
        name = self.names[0]
        if name.lower().endswith(".png"):
            return (NewFile(name, self._picture(painting.plane(0))),)
        if name.lower().endswith(_HEADERS):
            found = zip(self.names, write_metaimage(volume, planes), strict=False)
            return tuple(NewFile(name, content) for name, content in found if content is not None)
        return (NewFile(name, write_nifti(volume, planes)),)

    def _picture(self, plane: Values) -> bytes:
        content = self.volume.content
        if self.colors and content is not None:
            return write_recolored(self.volume.values[0], plane, self.colors, content)
        return write_png_mask(plane != 0, content or self.like)
