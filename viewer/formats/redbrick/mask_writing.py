"""Segmentations that were painted, made or deleted: their mask files and their records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import cast

from viewer.errors import CannotRead, CannotWrite, GeometryError
from viewer.formats.format import NewFile, WriteJob, named
from viewer.formats.json_tools import Span, elements, value_of
from viewer.formats.masks import Numbering, alone
from viewer.formats.patches import GONE
from viewer.formats.pen import Pen
from viewer.formats.redbrick.layout import Object, member_of
from viewer.formats.redbrick.mask_colors import MaskColors
from viewer.formats.redbrick.mask_painting import Changes, PaintedFile, Stroke
from viewer.formats.redbrick.mask_records import Instance, SeriesMasks
from viewer.formats.redbrick.mask_volumes import MaskVolumes, in_file, is_counted_alike
from viewer.formats.redbrick.new_masks import NewMask, record_for
from viewer.formats.redbrick.segments import name_beside
from viewer.formats.style import JsonValue
from viewer.geometry.solids import KeptMasks, MaskVolume, changes_of
from viewer.model.annotation import Annotation
from viewer.model.placement import Placement

_REGROUPED = "its overlappingGroups follow what is painted over it; its own voxels stay."


@dataclass(eq=False)
class MaskWriter:
    """Collects what happens to segmentations; `finish` paints it and writes their records."""

    job: WriteJob
    pen: Pen
    volumes: MaskVolumes | None
    dropped: set[str] = field(default_factory=set[str])
    notes: list[str] = field(default_factory=list[str])
    _series: dict[int, SeriesMasks] = field(default_factory=dict[int, SeriesMasks])
    _files: dict[tuple[str, ...], PaintedFile] = field(
        default_factory=dict[tuple[str, ...], PaintedFile]
    )
    _owners: dict[tuple[str, ...], SeriesMasks] = field(
        default_factory=dict[tuple[str, ...], SeriesMasks]
    )
    _gone: set[int] = field(default_factory=set[int])
    _new: list[NewMask] = field(default_factory=list[NewMask])

    def series(self, at: Object) -> SeriesMasks:
        """Return a series by where it stands."""
        colors = self.volumes.colors if self.volumes else MaskColors(None, {})
        return self._series.setdefault(at.start, SeriesMasks(self.pen.base, at, colors))

    def change(
        self,
        at: Object | None,
        before: Annotation,
        start: int,
        placements: tuple[Placement, Placement],
    ) -> None:
        """Note new masks of the instance whose record is at byte `start`.

        Args:
            at: its series.
            placements: as opened, and as it is now.

        Raises:
            CannotWrite: its file cannot be read, or has another size.
        """
        old, new = (cast(MaskVolume, placement.shape) for placement in placements)
        changes = dict(changes_of(new))
        if isinstance(new.masks, KeptMasks):
            changes = dict.fromkeys(self._slices(before, old)) | changes
        self._paint(at, before, start, changes, placements[1])

    def check_record(
        self, at: Object | None, before: Annotation, after: Annotation, start: int
    ) -> None:
        """Refuse what the record of an instance cannot say.

        Raises:
            CannotWrite: another class where numbers stand for classes, or anything but voxels
                where the record is a category alone.
        """
        if at is None:
            return
        masks = self.series(at)
        if masks.is_semantic and before.class_id != after.class_id:
            raise CannotWrite(
                f"{named(self.job, after)}: its mask is semantic, so that its number stands for "
                "its class; draw it anew with the other class."
            )
        said = [(one.class_id, one.group, one.note, one.attributes) for one in (before, after)]
        if said[0] != said[1] and not masks.instances[masks.key_at(start)].is_object:
            raise CannotWrite(
                f"{named(self.job, after)}: its record is a category alone; only its voxels can "
                "be changed."
            )

    def delete(self, at: Object | None, before: Annotation, start: int) -> None:
        """Note that an instance goes, with its voxels.

        Raises:
            CannotWrite: as `change`.
        """
        placement = before.placements[0]
        masks = self._of(at, before)
        key = masks.key_at(start)
        instance = masks.instances[key]
        if instance.segments.shared:
            changes = dict.fromkeys(self._slices(before, cast(MaskVolume, placement.shape)))
            self._paint(at, before, start, changes, placement)
        elif masks.is_sole(instance):
            self._drop(masks, instance)
        self._gone.add(start)
        assert masks.map_at is not None
        self.pen.set(masks.map_at.start, key, GONE)

    def add(
        self,
        at: Object,
        annotation: Annotation,
        id: str,
        category: JsonValue,
        number: int | None,
    ) -> None:
        """Note a new instance.

        Args:
            at: its series.
            category: as files spell it.
            number: classId of its class, as far as a taxonomy says it.

        Raises:
            CannotWrite: a semantic file has the class already, or nothing tells the size of a file.
        """
        masks = self.series(at)
        if at.end is None or self.volumes is None:
            raise CannotWrite(f"{named(self.job, annotation)}: its series is damaged.")
        made = NewMask.of(self.job, self.volumes, masks, annotation, number, self._new)
        file = self._file_of(made)
        made.record = record_for(self.pen.base, masks, made, annotation, id, category)
        placement = annotation.placements[0]
        changes = changes_of(cast(MaskVolume, placement.shape))
        title = named(self.job, annotation)
        segment = made.segment if made.is_shared else file_segment(file)
        if made.is_shared:
            file.numbering = _with_segment(file, segment)
        file.titles[segment] = title
        file.strokes.append(Stroke(segment, title, self._inside(placement, file, changes)))
        self._new.append(made)

    def finish(self) -> tuple[NewFile, ...]:
        """Paint everything, note what changes of records, and return the files.

        Raises:
            CannotWrite: labels that a file cannot hold; names them.
        """
        found: list[NewFile] = []
        for key, file in self._files.items():
            painting = file.paint()
            found += file.files(painting)
            if self._owners[key].is_binary or file.colors:
                continue
            added, gone = file.groups(painting)
            if added or gone:
                self._regroup(key, added, gone)
        for made in self._new:
            made.note(self.pen, [one for one in self._new if one.masks is made.masks])
        return tuple(found)

    # Files ------------------------------------------------------------------------------------

    def _of(self, at: Object | None, annotation: Annotation) -> SeriesMasks:
        if at is None or self.volumes is None:
            raise CannotWrite(f"{named(self.job, annotation)}: its series is not in the file.")
        return self.series(at)

    def _slices(self, annotation: Annotation, volume: MaskVolume) -> tuple[int, ...]:
        try:
            return volume.masks.slices()
        except CannotRead as error:
            raise CannotWrite(f"{named(self.job, annotation)}: {error}") from error

    def _paint(
        self,
        at: Object | None,
        annotation: Annotation,
        start: int,
        changes: Changes,
        placement: Placement,
    ) -> None:
        masks = self._of(at, annotation)
        instance = masks.instances[masks.key_at(start)]
        if not instance.segments.shared and not masks.is_sole(instance):
            name = instance.segments.names[0]
            raise CannotWrite(f"{named(self.job, annotation)}: {name} is another label's mask too.")
        try:
            if instance.segments.names:
                file = self._file(masks, instance)
            else:
                file = self._first_file(masks, annotation, instance)
            inside = self._inside(placement, file, changes)
        except (CannotRead, GeometryError) as error:
            raise CannotWrite(f"{named(self.job, annotation)}: {error}") from error
        segment = instance.segment if instance.segments.shared else file_segment(file)
        file.strokes.append(Stroke(segment, named(self.job, annotation), inside))

    def _file(self, masks: SeriesMasks, instance: Instance) -> PaintedFile:
        names = instance.segments.names
        self._owners.setdefault(names, masks)
        if names not in self._files:
            self._files[names] = self._opened(masks, instance)
        return self._files[names]

    def _shared_file(self, masks: SeriesMasks, like: Instance) -> PaintedFile:
        """Return the file of other instances that a new one goes into."""
        assert self.volumes is not None
        problem = self.volumes.users.problem(like.segments.names)
        if problem:
            raise CannotRead(f"{problem}.")
        return self._file(masks, like)

    def _first_file(
        self, masks: SeriesMasks, annotation: Annotation, instance: Instance
    ) -> PaintedFile:
        """Return the file that an instance without voxels gets."""
        assert self.volumes is not None
        made = NewMask.of_empty(self.job, self.volumes, masks, annotation, instance, self._new)
        file = self._file_of(made)
        file.titles[file_segment(file)] = made.title
        self._new.append(made)
        return file

    def _file_of(self, made: NewMask) -> PaintedFile:
        """Return the file of a new instance, opened or empty."""
        assert self.volumes is not None
        if made.is_shared and made.like is not None:
            try:
                return self._shared_file(made.masks, made.like)
            except CannotRead as error:
                raise CannotWrite(f"{made.title}: {error}") from error
        file = self._files.get(made.names) or made.file(self.volumes)
        self._owners.setdefault(made.names, made.masks)
        return self._files.setdefault(made.names, file)

    def _opened(self, masks: SeriesMasks, instance: Instance) -> PaintedFile:
        assert self.volumes is not None
        names = instance.segments.names
        volume = self.volumes.of(instance.segments)
        titles = {one.segment: one.title for one in masks.instances.values()}
        numbering = masks.numbering(names)
        if not instance.segments.shared:
            segment, numbering = alone(volume)
            titles = {segment: instance.title}
        headers_first = sorted(names, key=lambda name: not name.lower().endswith((".mhd", ".mha")))
        found = [name_beside(self.volumes.beside, name) for name in headers_first]
        inside = tuple(one[0] for one in found if one)
        colors = self.volumes.colors.palette if instance.segments.is_colored else ()
        return PaintedFile(inside, volume, numbering, titles, colors=colors)

    def _inside(self, placement: Placement, file: PaintedFile, changes: Changes) -> Changes:
        """Return changes by slice of the file for those by slice of the series."""
        assert self.volumes is not None
        grid = self.volumes.told.of(placement.media.entry).grid
        if grid is not None and grid.shape != file.volume.shape:
            raise CannotWrite(f"{file.names[0]}: it has another size than its series.")
        if isinstance(placement.shape, MaskVolume) and not is_counted_alike(placement.shape, grid):
            raise CannotWrite(
                f"{file.names[0]}: it was painted on images that count its slices otherwise than "
                "those that are open; open the former ones to save it."
            )
        slices = in_file(list(changes), grid)
        if not all(0 <= k < file.volume.shape[0] for k in slices):
            raise CannotWrite(f"{file.names[0]}: its series does not hold all pictures painted on.")
        return dict(zip(slices, changes.values(), strict=True))

    def _drop(self, masks: SeriesMasks, instance: Instance) -> None:
        """Take the files of an instance alone out of the list of mask files."""
        at, files = masks.files_at()
        for number, (_, name) in enumerate(files):
            if at is not None and name in instance.segments.names:
                self.pen.delete(at.start, number)
        assert self.volumes is not None
        found = [name_beside(self.volumes.beside, name) for name in instance.segments.names]
        self.dropped |= {one[0] for one in found if one}

    # Records ----------------------------------------------------------------------------------

    def _regroup(
        self, key: tuple[str, ...], added: Mapping[int, frozenset[int]], gone: frozenset[int]
    ) -> None:
        painted = {stroke.segment for stroke in self._files[key].strokes}
        for one in self._owners[key].instances.values():
            if one.span.start in self._gone or one.segments.names != key:
                continue
            groups = [group for group in one.groups if group not in gone]
            groups += [group for group, owners in sorted(added.items()) if one.number in owners]
            if groups == list(one.groups):
                continue
            self._set_groups(one, groups)
            if one.segment not in painted:
                self.notes.append(f"{one.title}: {_REGROUPED}")
        for made in self._new:
            groups = [group for group, owners in sorted(added.items()) if made.key in owners]
            if made.names == key and groups:
                made.record["overlappingGroups"] = cast(JsonValue, groups)

    def _set_groups(self, instance: Instance, groups: list[int]) -> None:
        start, end = instance.span
        value = cast(JsonValue, groups)
        if not instance.is_object:
            category = value_of(bytes(self.pen.base[start:end]))
            both = {"category": cast(JsonValue, category), "overlappingGroups": value}
            self.pen.put(Span(start, end), both)
            return
        at = member_of(self.pen.base, Object(start, end), "overlappingGroups")
        if at is None or not groups or self.pen.base[at.start] != ord("["):
            self.pen.set(start, "overlappingGroups", value if groups else GONE)
            return
        self._edit_list(at, groups)

    def _edit_list(self, at: Span, groups: list[int]) -> None:
        spans = list(elements(self.pen.base, at.start))
        there = [value_of(bytes(self.pen.base[span.start : span.end])) for span in spans]
        for number, group in enumerate(there):
            if group not in groups:
                self.pen.delete(at.start, number)
        for group in groups:
            if group not in there:
                self.pen.add(at.start, group)


def file_segment(file: PaintedFile) -> int:
    """Return the one segment of a file that is an instance's own."""
    return min(file.numbering.segments)


def _with_segment(file: PaintedFile, segment: int) -> Numbering:
    return replace(file.numbering, segments=file.numbering.segments | {segment})
