"""Masks of rows for import that share pictures, a colour each: painted anew, taken out, put in.

A picture that is painted stands in the row itself from then on, so that what its address leads to
stays as it is, and the row can be uploaded without another file.
"""

from __future__ import annotations

import base64
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from viewer.errors import CannotRead, CannotWrite
from viewer.formats.format import WriteJob, named
from viewer.formats.json_tools import is_list, is_object
from viewer.formats.labelbox.checks import NOWHERE, check_class
from viewer.formats.labelbox.composites import Pixels, as_png, instance_color, paint, picture
from viewer.formats.labelbox.decode import Decoder
from viewer.formats.labelbox.frames import FrameChanges
from viewer.formats.labelbox.import_masks import color_of
from viewer.formats.labelbox.import_text import ImportText
from viewer.formats.labelbox.labels import WITHOUT_NAME
from viewer.formats.labelbox.mask_files import Color
from viewer.formats.labelbox.mask_sizes import picture_size
from viewer.formats.labelbox.records import DataRow
from viewer.formats.patches import GONE, ListPatch, ObjectPatch, Put
from viewer.geometry.mask import Mask
from viewer.model.annotation import Annotation
from viewer.model.ontology import LabelClass
from viewer.model.placement import Placement

_OTHER_PLANE = "its mask is in the pictures of its plane; draw it anew on the other one"


@dataclass(eq=False)
class _RowEdits:
    """What changes in one row.

    Args:
        patch: of the value of `masks`.
        colors: of its instances, new ones behind the others.
        titles: of its instances, for sentences.
        indices: of its pictures, in the file's order; None of one that says no number.
        gone: numbers of instances that go.
        masks: by frame as the file counts, the placement of each instance that changes there; None
            where it is no more.
    """

    number: int
    patch: ObjectPatch
    colors: list[Color | None]
    titles: list[str]
    indices: list[int | None]
    gone: set[int] = field(default_factory=set[int])
    masks: defaultdict[int, dict[int, Placement | None]] = field(
        default_factory=lambda: defaultdict(dict[int, "Placement | None"])
    )

    @property
    def numbered(self) -> list[int]:
        """The numbers of the frames that its pictures are of."""
        return [index for index in self.indices if index is not None]


@dataclass(eq=False)
class CompositeEdits:
    """Collects the edits of rows that hold several masks in one picture a frame.

    Args:
        first: number of the first frame in the file.
    """

    job: WriteJob
    text: ImportText
    first: int
    _rows: dict[int, _RowEdits] = field(default_factory=dict[int, _RowEdits])
    _painted_anew: int = 0

    def is_shared(self, annotation: Annotation) -> bool:
        """Whether an opened annotation is an instance of such a row."""
        span = self.text.spans[self.text.row_at(annotation.placements[0].origins[0].start)]
        return is_object(self.text.value(span).get("masks"))

    def delete(self, annotation: Annotation) -> None:
        """Take an instance out, and its colour out of every picture."""
        row, number = self._place_of(annotation)
        row.gone.add(number)
        for index in row.numbered:
            row.masks[index][number] = None

    def change(
        self, before: Annotation, after: Annotation, changes: FrameChanges, label: LabelClass | None
    ) -> None:
        """Note other masks, or another class, of an instance.

        Args:
            label: the class that it gets; None where it keeps its own.

        Raises:
            CannotWrite: no such row can hold it.
        """
        row, number = self._place_of(before)
        if before.placements[0].plane != after.placements[0].plane:
            raise CannotWrite(_OTHER_PLANE)
        if changes.frames is not None and not changes.frames.stored:
            raise CannotWrite(NOWHERE)
        if label is not None:
            check_class(self.job.export.ontology.by_id[before.class_id], label, "row")
            here = ObjectPatch({"name": Put(_name_of(label)), "schemaId": GONE})
            row.patch.list("instances").at[number] = here
        for placement in changes.dropped:
            row.masks[self._index(placement)][number] = None
        for placement in (*(new for _, new in changes.altered), *changes.come):
            row.masks[self._index(placement)][number] = placement

    def add(self, annotation: Annotation, label: LabelClass, data_row: DataRow) -> str | None:
        """Put a new mask into the row of its data row and plane; return its uuid, None without one.

        Raises:
            CannotWrite: the row cannot hold it.
        """
        first = annotation.placements[0]
        found = self._row_for(data_row, "" if first.plane == "acquired" else first.plane)
        if found is None or first.index is None or not isinstance(first.shape, Mask):
            return None
        row = self._row(found)
        name, color = _name_of(label), _free_color(row.colors)
        row.patch.list("instances").added.append({"colorRGB": list(color), "name": name})
        row.colors.append(color)
        row.titles.append(named(self.job, annotation))
        for placement in annotation.placements:
            row.masks[self._index(placement)][len(row.colors) - 1] = placement
        uuid = self.text.value(self.text.spans[found]).get("uuid")
        return uuid if isinstance(uuid, str) else ""

    def patches(self) -> tuple[set[int], dict[int, ObjectPatch]]:
        """Return the numbers of rows that go, and the patches of others by their numbers.

        Raises:
            CannotWrite: masks overlap, or a picture is not there; names the labels.
        """
        gone: set[int] = set()
        patches: dict[int, ObjectPatch] = {}
        for number, row in self._rows.items():
            if len(row.gone) == len(row.colors):
                gone.add(number)
                continue
            for instance in row.gone:
                row.patch.list("instances").at[instance] = GONE
            self._paint_all(row)
            patches[number] = ObjectPatch({"masks": row.patch})
        return gone, patches

    def notes(self) -> Iterator[str]:
        """Yield what is said of painted pictures."""
        if self._painted_anew == 1:
            yield (
                "1 picture of masks was painted anew and stands in the file for import itself; "
                "the file or address that it was read from stays as it is."
            )
        elif self._painted_anew:
            yield (
                f"{self._painted_anew:,} pictures of masks were painted anew and stand in the file "
                "for import itself; files and addresses that they were read from stay as they are."
            )

    # --- rows ---

    def _place_of(self, annotation: Annotation) -> tuple[_RowEdits, int]:
        """Return the row of an opened instance, and its number there."""
        row = self._row(self.text.row_at(annotation.placements[0].origins[0].start))
        number = self._decoder().masks.instance_of(annotation.id.ordinal)
        row.titles[number] = named(self.job, annotation)
        return row, number

    def _row(self, number: int) -> _RowEdits:
        if number not in self._rows:
            masks = self.text.value(self.text.spans[number]).get("masks")
            held = masks if is_object(masks) else {}
            instances, frames = (
                [one if is_object(one) else {} for one in some] if is_list(some) else []
                for some in (held.get("instances"), held.get("frames"))
            )
            self._rows[number] = _RowEdits(
                number,
                ObjectPatch(),
                [color_of(one.get("colorRGB")) for one in instances],
                [repr(one.get("name")) for one in instances],
                [index if isinstance(index := one.get("index"), int) else None for one in frames],
            )
            if len(self._rows[number].numbered) != len(set(self._rows[number].numbered)):
                raise CannotWrite("its row lists a frame twice")
        return self._rows[number]

    def _row_for(self, data_row: DataRow, plane: str) -> int | None:
        """Return the first row that holds the masks of a data row's plane; None without one."""
        for number, span in enumerate(self.text.spans):
            if b'"masks"' not in bytes(self.text.base[span.start : span.end]):
                continue
            row = self.text.value(span)
            key = row.get("dataRow")
            names = (key.get("id"), key.get("globalKey")) if is_object(key) else ()
            group = row.get("groupKey")
            is_there = (data_row.id or data_row.global_key) in names
            here = group.lower() if isinstance(group, str) else ""
            if is_there and here == plane and is_object(row.get("masks")):
                return number
        return None

    def _index(self, placement: Placement) -> int:
        return (placement.index or 0) + self.first

    def _decoder(self) -> Decoder:
        decoder = self.job.base.decode
        if not isinstance(decoder, Decoder):
            raise CannotWrite("its file was not read from here")
        return decoder

    # --- pictures ---

    def _paint_all(self, row: _RowEdits) -> None:
        """Note the new picture of each frame on which a pixel changes."""
        frames = row.patch.list("frames") if row.masks else ListPatch()
        left = len(row.indices)
        for index in sorted(row.masks):
            before = self._canvas(row, index)
            canvas = self._painted(row, index, before.copy())
            number = row.indices.index(index) if index in row.indices else None
            if np.array_equal(canvas, before) and (number is not None or not canvas.any()):
                continue
            self._painted_anew += 1
            if number is not None and left > 1 and not canvas.any():
                frames.at[number] = GONE
                left -= 1
                continue
            content = base64.b64encode(as_png(canvas)).decode()
            if number is None:
                frames.added.append({"index": index, "imBytes": content})
                left += 1
            else:
                here = ObjectPatch({"imBytes": Put(content), "instanceURI": GONE})
                frames.at[number] = here

    def _painted(self, row: _RowEdits, index: int, canvas: Pixels) -> Pixels:
        """Paint the masks of a frame that change on its picture, and return that.

        Raises:
            CannotWrite: a mask covers another label, or reaches out of the picture.
        """
        changed = row.masks[index]
        for number in changed:
            color = row.colors[number]
            if color is not None:
                canvas[(canvas == np.array(color)).all(axis=2)] = 0
        for number, placement in changed.items():
            mask, color = placement.shape if placement is not None else None, row.colors[number]
            if not isinstance(mask, Mask) or color is None:
                continue
            height, width, _ = canvas.shape
            if mask.area and not _is_inside(mask, width, height):
                raise CannotWrite(
                    f"{row.titles[number]}: its mask reaches out of its picture of {width} x "
                    f"{height} pixels."
                )
            below = paint(canvas, mask, color)
            if below:
                over = [row.titles[n] for n, one in enumerate(row.colors) if one in below]
                raise CannotWrite(
                    f"{row.titles[number]}: on frame {index} it covers "
                    f"{', '.join(over) or 'another label'}, and a picture of an import holds one "
                    "label per pixel; erase it there."
                )
        return canvas

    def _canvas(self, row: _RowEdits, index: int) -> Pixels:
        """Return the colours of a frame's picture as the row has it; black for a new frame."""
        if index in row.indices:
            try:
                span = self.text.spans[row.number]
                content = self._decoder().masks.composite_content(span.start, index)
                return picture(content, row.colors)
            except CannotRead as error:
                titles = ", ".join(row.titles[n] for n in row.masks.get(index, ()))
                raise CannotWrite(f"{titles}: {str(error).rstrip('.')}.") from error
        sizes = [picture_size(self.job.base, one) for one in row.masks[index].values() if one]
        size = next((one for one in sizes if one is not None), None) or self._size_of(row)
        if size is None:
            titles = ", ".join(row.titles[n] for n in row.masks[index])
            raise CannotWrite(f"{titles}: the size of the picture of its mask is not known.")
        return np.zeros((size[1], size[0], 3), np.uint8)

    def _size_of(self, row: _RowEdits) -> tuple[int, int] | None:
        """Return (width, height) of the row's first picture that is there; None without one."""
        for index in row.numbered:
            try:
                height, width, _ = self._canvas(row, index).shape
            except CannotWrite:  # not downloaded; another one may be
                continue
            return width, height
        return None


def _is_inside(mask: Mask, width: int, height: int) -> bool:
    return (
        mask.x >= 0
        and mask.y >= 0
        and mask.x + mask.width <= width
        and mask.y + mask.height <= height
    )


def _free_color(colors: Sequence[Color | None]) -> Color:
    number = 1
    while instance_color(number) in colors:
        number += 1
    return instance_color(number)


def _name_of(label: LabelClass) -> str:
    if label.name == WITHOUT_NAME:
        raise CannotWrite("its class has no name, which masks of an import need")
    return label.name
