"""Instances of a segmentation that were made here: their numbers, files and records."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import chain, count
from typing import cast

import numpy as np

from viewer.errors import CannotRead, CannotWrite
from viewer.formats.format import WriteJob, named
from viewer.formats.json_tools import Bytes
from viewer.formats.masks import LabelVolume, Numbering, alone, empty_like, new_nifti
from viewer.formats.masks.numbering import NUMBER_LIMIT
from viewer.formats.pen import Pen
from viewer.formats.redbrick.answer_writing import answers
from viewer.formats.redbrick.categories import parts_of
from viewer.formats.redbrick.layout import Object, member_of
from viewer.formats.redbrick.made import keys_like
from viewer.formats.redbrick.mask_colors import CLASS_MAP
from viewer.formats.redbrick.mask_painting import PaintedFile
from viewer.formats.redbrick.mask_records import Instance, SeriesMasks
from viewer.formats.redbrick.mask_volumes import MaskVolumes
from viewer.formats.redbrick.segments import Segments, name_beside
from viewer.formats.style import JsonValue
from viewer.geometry.space import Floats
from viewer.model.annotation import Annotation
from viewer.model.project import Entry

_ODD = re.compile(r"[^\w. #@+(),=\[\]{}!~-]+")
_RAS_OF_LPS = np.diag([-1.0, -1.0, 1.0, 1.0])
_HEADERS = (".mhd", ".mha")
_VOLUMES = (".nii", ".nii.gz")


@dataclass(eq=False)
class NewMask:
    """A new instance.

    Args:
        key: in the segmentMap.
        segment: the number of its voxels in a file that is shared.
        names: of its file, as the export names it; of a MetaImage the header and its data.
        like: the file whose grid and folder a new file takes; None without.
        is_shared: the file is there and holds other instances.
        entry: its series; gives the grid where there is no other file.
        record: what is to stand in the segmentMap.
        start: of its record where that is in the file already, without a mask.
    """

    masks: SeriesMasks
    key: int
    segment: int
    names: tuple[str, ...]
    like: Instance | None
    is_shared: bool
    is_new: bool
    entry: Entry | None
    title: str
    record: dict[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    start: int | None = None

    @staticmethod
    def of(
        job: WriteJob,
        volumes: MaskVolumes,
        masks: SeriesMasks,
        annotation: Annotation,
        number: int | None,
        taken: Sequence[NewMask],
    ) -> NewMask:
        """Return what a new instance is called and where it lies.

        Args:
            number: classId of its class.
            taken: instances that are new too.

        Raises:
            CannotWrite: its class stands in a semantic file already, or has no number.
        """
        title = named(job, annotation)
        entry = _entry(job, annotation)
        like, refused = masks.like, masks.no_more()
        if refused:
            raise CannotWrite(f"{title}: {refused}.")
        near = [new for new in taken if new.masks is masks]
        key = _key(volumes, masks, like, title, number, {new.key for new in near})
        names, is_new = _names(volumes, masks, key, entry, taken)
        is_shared = not masks.is_binary
        segment = key
        if like is not None and like.segments.is_colored:
            segment = _colored(masks, annotation, title, {new.segment for new in near})
        return NewMask(masks, key, segment, names, like, is_shared, is_new, entry, title)

    @staticmethod
    def of_empty(
        job: WriteJob,
        volumes: MaskVolumes,
        masks: SeriesMasks,
        annotation: Annotation,
        instance: Instance,
        taken: Sequence[NewMask],
    ) -> NewMask:
        """Return what gets its first voxels, in a file of its own."""
        entry, key, like = _entry(job, annotation), instance.number, masks.like
        names, is_new = _names(volumes, masks, key, entry, taken)
        title = named(job, annotation)
        start = instance.span.start
        return NewMask(masks, key, key, names, like, False, is_new, entry, title, start=start)

    def file(self, volumes: MaskVolumes) -> PaintedFile:
        """Return its file, which is new and empty.

        Raises:
            CannotWrite: nothing tells its size or kind.
        """
        try:
            inside, volume = self._empty(volumes)
            sibling = volumes.of(self.like.segments) if self.like else None
        except CannotRead as error:
            raise CannotWrite(f"{self.title}: {error}") from error
        if self.is_shared:
            numbering = Numbering(frozenset(), may_overlap=not self.masks.is_semantic)
            return PaintedFile(inside, volume, numbering, {})
        picture = sibling.content if sibling and inside[0].endswith(".png") else None
        return PaintedFile(inside, volume, alone(volume)[1], {}, like=picture)

    def _empty(self, volumes: MaskVolumes) -> tuple[tuple[str, ...], LabelVolume]:
        """Return the names beside the main file, and an empty volume on the grid of its series."""
        inner = self.names[0]
        if self.like is None:
            grid = volumes.told.of(self.entry.id if self.entry else None).grid
            if grid is None:
                raise CannotWrite(
                    f"{self.title}: its series has no mask file yet, and its pictures are not open "
                    "to tell the size of one; open them."
                )
            return (inner,), new_nifti(inner, grid.shape, _affine_ras(self.entry))
        sibling = volumes.of(self.like.segments)
        inside = self.inside(volumes)
        if inside[0].endswith(_HEADERS):
            data = next(iter(inside[1:]), None)
            return inside, empty_like(sibling, inside[0], data and _base(data))
        if inside[0].endswith(".png"):
            voxels = np.zeros(sibling.shape, np.uint8)
            return inside, LabelVolume(inside[0], voxels, voxels, b"")
        affine = _RAS_OF_LPS if sibling.affine_ras is None else sibling.affine_ras
        return inside, new_nifti(inside[0], sibling.shape, affine)

    def inside(self, volumes: MaskVolumes) -> tuple[str, ...]:
        """Return the names of its files from the main file's folder."""
        if self.like is None:
            return self.names
        return tuple(_inside(volumes, self.like, name) for name in self.names)

    @property
    def mask(self) -> JsonValue:
        """What its record says of its file."""
        return self.names[0] if len(self.names) == 1 else list(self.names)

    def note(self, pen: Pen, all_new: Sequence[NewMask]) -> None:
        """Note its record, and its file where that is new."""
        records = {str(one.key): cast(JsonValue, one.record) for one in all_new}
        if self.start is not None:
            pen.set(self.start, "mask", self.mask)
        elif self.masks.map_at is not None:
            pen.set(self.masks.map_at.start, str(self.key), self.record)
        else:
            pen.set(self.masks.at.start, "segmentMap", records)
        if self.is_new:
            self._note_file(pen, all_new)

    def _note_file(self, pen: Pen, all_new: Sequence[NewMask]) -> None:
        at, _ = self.masks.files_at()
        if at is not None and pen.base[at.start] == ord("["):
            if self is next(one for one in all_new if one.names == self.names):
                for name in self.names:
                    pen.add(at.start, name)
            return
        names = list(dict.fromkeys(name for one in all_new if one.is_new for name in one.names))
        as_list = self.masks.is_binary or self.masks.is_semantic
        names = [*self.masks.listed(), *names]  # what is listed stays, whoever it belongs to
        value = cast(JsonValue, names if as_list or len(names) > 1 else names[0])
        pen.set(self.masks.at.start, "segmentations", value)


def record_for(
    base: Bytes,
    masks: SeriesMasks,
    made: NewMask,
    annotation: Annotation,
    id: str,
    category: JsonValue,
) -> dict[str, JsonValue]:
    """Return the record of a new instance, with the keys that others have, in their order."""
    like = next((one for one in reversed(tuple(masks.instances.values())) if one.is_object), None)
    keys = keys_like(base, like.span.start if like else None)
    values: dict[str, JsonValue] = {}
    if like is None or "id" in keys:
        values["id"] = id
    values["category"] = category
    given = dict(answers((*annotation.attributes, *annotation.placements[0].attributes)))
    if given or "attributes" in keys:
        values["attributes"] = given
    if annotation.group is not None:
        values["group"] = annotation.group
    has_mask = any(
        member_of(base, Object(*one.span), "mask")
        for one in masks.instances.values()
        if one.is_object
    )
    if masks.is_binary or has_mask or not (masks.instances or masks.is_semantic):
        values["mask"] = made.mask
    order = [*keys, "id", "category", "attributes", "group", "mask"]
    return {key: values[key] for key in dict.fromkeys(order) if key in values}


def _key(
    volumes: MaskVolumes,
    masks: SeriesMasks,
    like: Instance | None,
    title: str,
    number: int | None,
    taken: set[int],
) -> int:
    used = taken | {one.number for one in masks.instances.values()}
    if masks.is_semantic:
        if number is None:
            raise CannotWrite(
                f"{title}: its masks are semantic, and the number of its class stands in the "
                "taxonomy; open that beside the export."
            )
        if number + 1 in used:
            raise CannotWrite(f"{title}: its series has a mask of this class; paint into that one.")
        return number + 1
    used |= set(chain.from_iterable(one.groups for one in masks.instances.values()))
    try:
        used |= _painted(volumes, masks, like)
    except CannotRead as error:
        raise CannotWrite(f"{title}: {error}") from error
    found = next((one for one in range(1, NUMBER_LIMIT + 1) if one not in used), None)
    if found is None:
        raise CannotWrite(f"{title}: no number up to {NUMBER_LIMIT} is free in its series.")
    return found


def _painted(volumes: MaskVolumes, masks: SeriesMasks, like: Instance | None) -> set[int]:
    """Return the numbers that voxels have in files which records share, or which none names.

    Raises:
        CannotRead: such a file is not there, or damaged.
    """
    if masks.is_binary or (like is not None and like.segments.is_colored):
        return set()
    if like is not None:
        return set(volumes.of(like.segments).tally.present)
    listed = [name for name in masks.listed() if name.lower().endswith(_VOLUMES)]
    files = [volumes.of(Segments((name,), "NIfTI", (), True)) for name in listed]
    return {number for file in files for number in file.tally.present}


def _names(
    volumes: MaskVolumes,
    masks: SeriesMasks,
    key: int,
    entry: Entry | None,
    taken: Sequence[NewMask],
) -> tuple[tuple[str, ...], bool]:
    """Return the names of the file of a new instance, and whether it is new."""
    like = masks.like
    used = {name for one in taken if one.is_new for name in one.inside(volumes)}
    if not masks.is_binary:
        if like is not None:
            return like.segments.names, False
        first = next((one for one in taken if one.masks is masks), None)
        if first is not None:
            return first.names, True
        return (_free(volumes, used, like, f"segmentations/{_folder(entry)}"),), True
    folder = f"segmentations/{_folder(entry)}/"
    if like is not None:
        folder = like.segments.names[0].rpartition("/")[0] + "/"
    folder = folder.lstrip("/") if like is None else folder
    word = "category" if masks.is_semantic else "instance"
    if like is None or like.segments.variant == "NIfTI":
        return (_free(volumes, used, like, f"{folder}{word}-{key}"),), True
    if like.segments.variant == "PNG":
        return (_free(volumes, used, like, f"{folder}mask-{key}", ".png"),), True
    headers_first = sorted(like.segments.names, key=lambda name: not name.endswith(_HEADERS))
    endings = [name[name.rindex(".") :] for name in headers_first]
    header = _free(volumes, used, like, f"{folder}{word}-{key}", endings[0])
    return tuple(header.removesuffix(endings[0]) + ending for ending in endings), True


def _colored(masks: SeriesMasks, annotation: Annotation, title: str, taken: set[int]) -> int:
    """Return the number of the colour of a new instance in a picture of colours.

    Raises:
        CannotWrite: its class has no colour, or another label has it.
    """
    found = masks.colors.number_of(parts_of(annotation.class_id)[1])
    if found is None:
        raise CannotWrite(
            f"{title}: its series has masks of colours, and {CLASS_MAP} beside the export gives "
            "its class none."
        )
    if found in taken | {one.segment for one in masks.instances.values()}:
        raise CannotWrite(
            f"{title}: in the masks of its series a colour stands for its class, and there is a "
            "label of it; paint into that one."
        )
    return found


def _free(
    volumes: MaskVolumes,
    used: Collection[str],
    like: Instance | None,
    stem: str,
    ending: str = ".nii.gz",
) -> str:
    """Return the name of a file that is not there yet, and that no other new instance has."""
    names = chain([f"{stem}{ending}"], (f"{stem}_{number}{ending}" for number in count(1)))
    return next(
        name
        for name in names
        if (name if like is None else _inside(volumes, like, name)) not in used
        and name_beside(volumes.beside, name) is None
    )


def _inside(volumes: MaskVolumes, like: Instance, name: str) -> str:
    """Return the name from the main file's folder of a file beside that of `like`."""
    found = name_beside(volumes.beside, like.segments.names[0])
    folder = found[0].rpartition("/")[0] if found else ""
    return f"{folder}/{_base(name)}".lstrip("/")


def _base(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2]


def _folder(entry: Entry | None) -> str:
    """Return "task/series" as far as names of files can hold it."""
    parts = [
        _ODD.sub("-", part).strip(" .") for part in (entry.title if entry else "").split(" / ")
    ]
    parts = [part for part in parts if part] or ["series"]
    return "/".join(parts if len(parts) > 1 else [parts[0], "A"])


def _affine_ras(entry: Entry | None) -> Floats:
    if entry is None or entry.affine is None:
        return _RAS_OF_LPS
    lps = np.vstack([np.array(entry.affine).reshape(3, 4), [0, 0, 0, 1]])
    return _RAS_OF_LPS @ lps


def _entry(job: WriteJob, annotation: Annotation) -> Entry | None:
    wanted = annotation.placements[0].media.entry
    return next((entry for entry in job.export.entries if entry.id == wanted), None)
