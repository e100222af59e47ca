"""The edit plan of a changed RedBrick AI export."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import msgspec

from viewer.errors import CannotWrite
from viewer.formats.format import ChangedLabel, WriteJob, WritePlan, named
from viewer.formats.json_tools import Span, elements, members
from viewer.formats.new_ids import new_ids
from viewer.formats.patches import GONE
from viewer.formats.pen import Pen
from viewer.formats.redbrick.changes import Changer
from viewer.formats.redbrick.checks import check_change, check_class, check_placement, list_name_of
from viewer.formats.redbrick.edited_sizes import read_as_edited
from viewer.formats.redbrick.homes import follows, holder_for, last_of, lost
from viewer.formats.redbrick.layout import (
    HolderPlace,
    Layout,
    Object,
    layout_of,
    member_of,
    spans_of,
)
from viewer.formats.redbrick.made import Maker, ids_for, last_element
from viewer.formats.redbrick.mask_colors import CLASS_MAP
from viewer.formats.redbrick.mask_files import mask_files
from viewer.formats.redbrick.mask_writing import MaskWriter
from viewer.formats.redbrick.read import class_numbers, files_around, mask_volumes, masks_named
from viewer.formats.redbrick.recognise import main_source
from viewer.formats.redbrick.segments import NO_MASK_FILE
from viewer.formats.redbrick.taxonomy_near import taxonomy_beside
from viewer.formats.redbrick.track_edits import TrackEdits, differs, is_same, track_edits
from viewer.formats.style import JsonValue, style_of
from viewer.geometry.solids import MaskVolume
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.placement import Placement
from viewer.model.source import planned
from viewer.model.track import Track

_OF_TASK = ("classification", "datapointClassification")


def plan(job: WriteJob) -> WritePlan:
    """Return the edits that make the file say what the project says.

    Raises:
        CannotWrite: RedBrick AI's format cannot hold one of the edits; names the labels.
    """
    source = main_source(job.export.sources)
    writer = _Writer(job, source.base)
    refused: list[str] = []
    for id, annotation in job.edits.items():
        try:
            writer.take(id, annotation)
        except CannotWrite as error:
            refused.append(str(error))
    if refused:
        raise CannotWrite(" ".join(refused))
    files = writer.masks.finish()
    edits = planned(writer.pen.all())
    is_changed = bool(edits or files)
    changed = tuple(sorted(writer.changed, key=lambda label: label.id)) if is_changed else ()
    around = files_around(job.base.decode)
    masks = masks_named(job.base.decode)
    copies = mask_files((*masks, CLASS_MAP) if masks else (), around)
    notes = tuple(dict.fromkeys((*writer.changer.notes, *writer.notes, *writer.masks.notes)))
    return WritePlan(
        {source.id: edits} if edits else {},
        changed,
        notes,
        files,
        copies=(
            *(name for name in copies if name not in writer.masks.dropped),
            *taxonomy_beside(job.export.sources, around),
        ),
    )


def _with_shape_of(old: Placement, new: Placement) -> Placement:
    """Return a placement with the former voxels, since new ones are no matter of its record."""
    if not isinstance(old.shape, MaskVolume):
        return new
    return msgspec.structs.replace(new, shape=old.shape)


@dataclass(eq=False)
class _Writer:
    """Goes through the edits of a job."""

    job: WriteJob
    base: bytes | memoryview
    changed: list[ChangedLabel] = field(default_factory=list[ChangedLabel])
    notes: list[str] = field(default_factory=list[str])
    _values: dict[int, dict[str, Span]] = field(default_factory=dict[int, dict[str, Span]])
    _elements: dict[int, Mapping[int, int]] = field(default_factory=dict[int, Mapping[int, int]])

    def __post_init__(self) -> None:
        self.pen = Pen(self.base, style_of(self.base))
        numbers = class_numbers(self.job.base.decode)
        self.changer = Changer(self.job, self.pen, lambda: self.layout, numbers)
        self.maker = Maker(self.job, self.changer)
        self.masks = MaskWriter(self.job, self.pen, mask_volumes(self.job.base.decode))
        self.ids = new_ids(self.job, ids_for)

    @cached_property
    def layout(self) -> Layout:
        """Where everything stands; for many an edit it is not needed."""
        return layout_of(self.base)

    def take(self, id: AnnotationId, annotation: Annotation | None) -> None:
        """Note one edit.

        Raises:
            CannotWrite: it cannot be held.
        """
        if annotation is None:
            self._delete(self.job.opened(id))
        elif id.new:
            self._add(annotation, self.ids[id])
        else:
            with read_as_edited(self.job, annotation):
                self._change(self.job.opened(id), annotation)

    # Deleting ---------------------------------------------------------------------------------

    def _delete(self, before: Annotation) -> None:
        for placement in before.placements:
            self._delete_record(before, placement)
        self.changed.append(ChangedLabel(before.id, before.native_id, "deleted"))

    def _delete_record(self, before: Annotation, placement: Placement) -> None:
        (origin,) = placement.origins
        name = list_name_of(before)
        holder = self.layout.holder_at(origin.start)
        series = None if name in _OF_TASK else self.layout.series_at(origin.start)
        home = series or (holder.at if holder else None)
        value = self._value(home, name) if home else None
        if home is None or value is None or not value.start <= origin.start < value.end:
            raise lost(self.job, before)
        if name in _OF_TASK:
            self.pen.set(home.start, name, GONE)
            return
        if name == "segmentMap":
            self._delete_segment(before, home, value.start, origin.start)
            return
        self.pen.delete(value.start, self._numbers(value.start)[origin.start])

    def _value(self, home: Object, name: str) -> Span | None:
        """Return the value of a key of a task or series; many labels are deleted from one list."""
        if home.start not in self._values:
            self._values[home.start] = spans_of(self.base, home)
        return self._values[home.start].get(name)

    def _numbers(self, start: int) -> Mapping[int, int]:
        """Return which elements of the list at byte `start` stand at which bytes."""
        if start not in self._elements:
            spans = elements(self.base, start)
            self._elements[start] = {span.start: number for number, span in enumerate(spans)}
        return self._elements[start]

    def _delete_segment(self, before: Annotation, home: Object, start: int, at: int) -> None:
        if isinstance(before.placements[0].shape, MaskVolume) and not before.locked_reason:
            self.masks.delete(home, before, at)
            return
        if before.locked_reason != NO_MASK_FILE:
            raise CannotWrite(
                f"{named(self.job, before)} cannot be deleted: its voxels would stay in its mask "
                "file."
            )
        key = next(member.key for member in members(self.base, start) if member.start == at)
        self.pen.set(start, key, GONE)

    # Changing ---------------------------------------------------------------------------------

    def _change(self, before: Annotation, after: Annotation) -> None:
        edits = track_edits(before.placements, after.placements)
        opened = before.placements
        if not differs(before, after, edits):
            return
        there = [placement for _, placement in edits.changed]
        check_change(self.job, before, after, [*there, *(one for one, _ in edits.added)])
        starts = [self._start(opened, n) for n in range(len(opened)) if n not in edits.gone]
        if list_name_of(before) == "segmentMap":
            self.masks.check_record(self.layout.series_at(starts[0]), before, after, starts[0])
        found = self.changer.fields(before, after, starts)
        for slot, placement in edits.changed:
            start = self._start(opened, slot)
            found += self._change_masks(start, opened[slot], placement, after)
            same = _with_shape_of(opened[slot], placement)
            found += self.changer.placement(start, opened[slot], same, after)
        if edits.gone or edits.added or edits.ends:
            found.append("frames")
        self._change_frames(before, after, edits)
        names = tuple(dict.fromkeys(found))
        self.changed.append(ChangedLabel(before.id, before.native_id, "changed", names))

    def _change_masks(
        self, start: int, old: Placement, new: Placement, after: Annotation
    ) -> list[str]:
        """Note new voxels of the instance at byte `start`."""
        if not isinstance(old.shape, MaskVolume) or is_same(old.shape, new.shape):
            return []
        self.masks.change(self.layout.series_at(start), after, start, (old, new))
        return ["shape", *self.changer.remeasure(start, old, new, after)]

    def _change_frames(self, before: Annotation, after: Annotation, edits: TrackEdits) -> None:
        opened = before.placements
        for slot, is_end in edits.ends:
            self.changer.flag(self._start(opened, slot), "endTrack", on=is_end)
        for slot in edits.gone:
            self._delete_record(before, opened[slot])
        like = self._start(opened, 0)
        for placement, is_end in edits.added:
            self._add_frame(before, after, placement, is_end=is_end, like=like)

    def _start(self, placements: Sequence[Placement], number: int) -> int:
        return placements[number].origins[0].start

    def _add_frame(
        self,
        before: Annotation,
        after: Annotation,
        placement: Placement,
        *,
        is_end: bool,
        like: int,
    ) -> None:
        if not isinstance(after.placements, Track):
            raise CannotWrite(f"{named(self.job, after)} has no track to put more frames into.")
        video = member_of(self.base, Object(like, None), "video")
        track = member_of(self.base, Object(video.start, None), "trackId") if video else None
        text = bytes(self.base[track.start : track.end]) if track else b'""'
        given: dict[str, JsonValue] = {
            "trackId": str(msgspec.json.decode(text)),
            "keyFrame": placement.is_key,
            "endTrack": is_end,
        }
        row = self.maker.row(after, placement, before.native_id, given, like)
        series = self.layout.series_at(like)
        home = member_of(self.base, series, list_name_of(before)) if series else None
        if home is None:
            raise lost(self.job, before)
        self.pen.add(home.start, row)

    # Adding -----------------------------------------------------------------------------------

    def _add(self, annotation: Annotation, id: str) -> None:
        check_class(self.job, annotation)
        if not annotation.placements:
            raise CannotWrite(f"{named(self.job, annotation)} stands nowhere.")
        name = list_name_of(annotation)
        holder, number, note = holder_for(self.job, self.layout, annotation)
        self.notes += [note] if note else []
        if name in _OF_TASK:
            self._add_to_task(annotation, holder, id)
        else:
            if number >= len(holder.series):
                raise CannotWrite(f"{named(self.job, annotation)}: its series is not in the file.")
            series = holder.series[number]
            if name == "segmentMap":
                self._add_segment(series, annotation, id)
                return
            value = member_of(self.base, series, name)
            is_list = value is not None and self.base[value.start] == ord("[")
            like = last_element(self.base, value.start) if value and is_list else None
            like = last_of(self.job, name) if like is None else like
            rows = list(self._rows(annotation, id, like))
            if value is not None and is_list:
                for row in rows:
                    self.pen.add(value.start, row)
            else:
                self._make_list(series, name, rows)
        self.changed.append(ChangedLabel(annotation.id, id, "added"))

    def _add_segment(self, series: Object, annotation: Annotation, id: str) -> None:
        for placement in annotation.placements:
            check_placement(self.job, annotation, placement)
        if len(annotation.placements) != 1 or annotation.placements[0].solid is None:
            raise CannotWrite(f"{named(self.job, annotation)}: a segmentation is one volume.")
        number = self.changer.numbers.get(annotation.class_id)
        category = self.changer.category(annotation.class_id)
        self.masks.add(series, annotation, id, category, number)
        self.changed.append(ChangedLabel(annotation.id, id, "added"))

    def _make_list(self, series: Object, name: str, rows: list[JsonValue]) -> None:
        """Note a list of labels that a series does not have yet, or one more label of it."""
        if series.end is None:
            raise CannotWrite(
                "The file breaks off inside a series, so no label can be added to it."
            )
        self.pen.object(series.start).list(name).added.extend(rows)

    def _rows(self, annotation: Annotation, id: str, like: int | None) -> Iterator[JsonValue]:
        placements = annotation.placements
        track = id if len(placements) > 1 else ""
        for number, placement in enumerate(placements):
            is_end = number + 1 == len(placements) or not follows(placements, number)
            video: dict[str, JsonValue] = {
                "trackId": track,
                "keyFrame": placement.is_key,
                "endTrack": is_end,
            }
            yield self.maker.row(annotation, placement, id, video, like)

    def _add_to_task(self, annotation: Annotation, holder: HolderPlace, id: str) -> None:
        name = list_name_of(annotation)
        if member_of(self.base, holder.at, name) is not None or holder.at.end is None:
            raise CannotWrite(f"{named(self.job, annotation)}: its task has a {name} already.")
        like = last_of(self.job, name)
        row = self.maker.row(annotation, annotation.placements[0], id, {}, like)
        self.pen.set(holder.at.start, name, row)
