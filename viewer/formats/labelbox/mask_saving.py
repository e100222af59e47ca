"""Masks that were painted, made or moved: a PNG of each beside the export, and a file for import.

Records hold addresses of masks alone. A changed one keeps its address; its own file, which is found
before what the address leads to, says what it is now. A new one names its file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePath

import numpy as np

from viewer.errors import CannotRead, CannotWrite
from viewer.formats.format import NewFile, WriteJob, named
from viewer.formats.labelbox.decode import Decoder
from viewer.formats.labelbox.mask_files import FOLDER, MaskPlace, own_names, png_size
from viewer.formats.labelbox.mask_sizes import Size, picture_size
from viewer.formats.labelbox.write_import import import_of_masks, place_of
from viewer.formats.members import base_name
from viewer.geometry.mask import Bitmap, Mask
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.placement import Placement
from viewer.model.table import KINDS

_LARGEST = 2**26  # pixels of a picture
_MASK = KINDS.index("mask")
_NAMED = 3


@dataclass(eq=False)
class MaskSaver:
    """Collects the pictures of masks.

    Args:
        first_frame: number of the first frame in the file.
    """

    job: WriteJob
    first_frame: int
    _files: dict[str, bytes] = field(default_factory=dict[str, bytes])
    _labels: dict[str, None] = field(default_factory=dict[str, None])
    _new: set[AnnotationId] = field(default_factory=set[AnnotationId])
    _touched: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])

    def put(self, annotation: Annotation, id: str, placement: Placement) -> str:
        """Note the mask of a placement, and return the name of its file.

        Args:
            id: feature id.

        Raises:
            CannotWrite: nothing tells the size of its picture, it reaches out of it, or no file
                can be its own.
        """
        frame = None if placement.index is None else placement.index + self.first_frame
        group = "" if placement.plane == "acquired" else placement.plane.title()
        place = MaskPlace(id, frame, group, "", None, placement.size)
        name, like = self._file(place)
        self._check_alone(id)
        size = self._size(placement, like)
        if not isinstance(placement.shape, Mask):
            raise CannotWrite("a mask was expected")
        self._add(name, _bitmap(placement.shape, size), like)
        if annotation.id.new:
            self._new.add(annotation.id)
        else:
            self._labels[named(self.job, annotation)] = None
        self._touched.add((placement.media.entry or "", placement.plane))
        return name

    def note_deleted(self, annotation: Annotation) -> None:
        """Note that a mask goes, so that the file for import lacks it too."""
        self._touched.add(place_of(annotation))

    def finish(self, notes: list[str]) -> tuple[NewFile, ...]:
        """Return the pictures and the file for import; say in `notes` what they are for."""
        if not self._files:
            return ()
        base, export = self.job.base, self.job.export
        where = frozenset(self._touched)
        made = import_of_masks(export, base, self._masks(), where)
        stem = PurePath(base_name(export.sources[0].path)).stem
        files = [NewFile(name, content) for name, content in self._files.items()]
        notes += self._what_is_written()
        if made.count:
            name = f"{stem}.masks.import.ndjson"
            files.append(NewFile(name, made.content))
            notes.append(
                f"{name} holds the masks of the same pictures and planes, to be uploaded as import."
            )
        notes += [*made.notes, *(f"Not in the file for import: {each}" for each in made.left_out)]
        return tuple(files)

    def _what_is_written(self) -> Iterator[str]:
        """Yield what is said of changed masks, and of new ones."""
        if self._labels:
            labels = ", ".join(list(self._labels)[:_NAMED])
            if len(self._labels) > _NAMED:
                labels += f" and {len(self._labels) - _NAMED:,} more"
            words = "its address" if len(self._labels) == 1 else "their addresses"
            yield (
                f"{labels}: written as PNG into {FOLDER}; the export keeps {words}, where the "
                "server still has what it had."
            )
        if self._new:
            count = len(self._new)
            words = "1 new mask is" if count == 1 else f"{count:,} new masks are"
            yield f"{words} written as PNG into {FOLDER}; the server has none of it yet."

    def _masks(self) -> Iterator[Annotation]:
        """Yield every mask of the export as it is now."""
        columns = self.job.base.columns
        owners = np.unique(columns.owners[columns.kinds == _MASK])
        for ordinal in owners.tolist():
            id = AnnotationId(self.job.export.id, ordinal)
            found = self.job.edits[id] if id in self.job.edits else self.job.opened(id)
            if found is not None:
                yield found
        for id, annotation in self.job.edits.items():
            first = annotation.placements[:1] if id.new and annotation is not None else ()
            if annotation is not None and any(isinstance(one.shape, Mask) for one in first):
                yield annotation

    def _file(self, place: MaskPlace) -> tuple[str, bytes | None]:
        """Return the name of a mask's own file, and what is in it; None for a new one."""
        decoder = self.job.base.decode
        folder = decoder.masks.folder if isinstance(decoder, Decoder) else None
        try:
            found = folder.own(place) if folder else None
            if found is not None and folder is not None:
                return found.name, folder.content(found)
        except CannotRead as error:
            raise CannotWrite(str(error)) from error
        name = next(own_names(place), None)
        if name is None:
            raise CannotWrite(f"no file can be named after its id {place.id[:40]!r}")
        return f"{FOLDER}/{name}", None

    def _check_alone(self, id: str) -> None:
        columns = self.job.base.columns
        same = [at for at in columns.native_ids.find(id).tolist() if columns.native_ids[at] == id]
        if len(same) > 1:
            raise CannotWrite(f"{len(same)} labels have its id, and would share its mask's file")

    def _size(self, placement: Placement, like: bytes | None) -> Size:
        size = picture_size(self.job.base, placement)
        if size is None and like is not None:
            size = png_size(like)
        if size is None:
            raise CannotWrite(
                "the size of the picture of its mask is not known; open the images that it is on"
            )
        if size[0] * size[1] > _LARGEST:
            raise CannotWrite(f"a mask of {size[0]} x {size[1]} pixels is too large")
        return size

    def _add(self, name: str, bitmap: Bitmap, like: bytes | None) -> None:
        from viewer.formats.masks.picture_writing import write_png_mask

        try:
            self._files[name] = write_png_mask(bitmap, like)
        except CannotRead as error:
            raise CannotWrite(f"{name}: {error}") from error


def _bitmap(mask: Mask, size: Size) -> Bitmap:
    width, height = size
    if mask.x < 0 or mask.y < 0 or mask.x + mask.width > width or mask.y + mask.height > height:
        raise CannotWrite(f"its mask reaches out of its picture of {width} x {height} pixels")
    bitmap = np.zeros((height, width), np.bool_)
    bitmap[mask.y : mask.y + mask.height, mask.x : mask.x + mask.width] = mask.to_array()
    return bitmap
