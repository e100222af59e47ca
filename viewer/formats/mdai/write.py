"""The edit plan of a changed MD.ai export."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from viewer.errors import CannotWrite
from viewer.formats.format import ChangedLabel, WriteJob, WritePlan, named
from viewer.formats.json_tools import BadJson, Bytes, Member, Span, members
from viewer.formats.mdai.checks import check_change
from viewer.formats.mdai.encode import data_edits
from viewer.formats.mdai.entries import placed_media
from viewer.formats.mdai.layout import Container, containers_of
from viewer.formats.mdai.outputs import is_output
from viewer.formats.mdai.rows import ListPlan, RowMaker, ids_for, keys_like
from viewer.formats.mdai.stamps import stamp_like, user_finder
from viewer.formats.new_ids import new_ids
from viewer.formats.problems import few
from viewer.formats.style import JsonValue, Style, style_of
from viewer.geometry.measure import same_shape
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.source import Edit, Insert, Replace, planned
from viewer.model.subject import MediaKey
from viewer.model.table import Ints

TIMESTAMP = (
    "The timestamp of a label that was moved to another frame is kept: MD.ai does not say what it"
    " counts."
)


def plan(job: WriteJob) -> WritePlan:
    """Return the edits that make the file say what the project says.

    Raises:
        CannotWrite: MD.ai's format cannot hold one of the edits; names the labels.
    """
    ids = new_ids(job, ids_for)
    pen = _Pen(job, job.export.sources[0].base, ids)
    refused: list[str] = []
    for id, annotation in job.edits.items():
        if id.new or annotation is None:
            continue
        try:
            pen.change(job.opened(id), annotation)
        except CannotWrite as error:
            refused.append(str(error))
    maker = RowMaker(job, ids, pen.user_of, pen.parent)
    rows: list[Edit] = []
    try:
        rows = _row_edits(job, pen, maker)
    except CannotWrite as error:
        refused.append(str(error))
    if refused:
        raise CannotWrite(" ".join(refused))
    changed = tuple(sorted([*pen.changed, *_come_and_gone(job, ids)], key=lambda label: label.id))
    edits = planned([*pen.edits, *rows])
    return WritePlan({0: edits} if edits else {}, changed, tuple(dict.fromkeys(pen.notes)))


def _come_and_gone(job: WriteJob, ids: Mapping[AnnotationId, str]) -> Iterable[ChangedLabel]:
    for id, annotation in job.edits.items():
        if id.new and annotation is not None:
            yield ChangedLabel(id, ids[id], "added")
        elif annotation is None:
            yield ChangedLabel(id, job.opened(id).native_id, "deleted")


def _row_edits(job: WriteJob, pen: _Pen, maker: RowMaker) -> list[Edit]:
    """Return the edits of every dataset's list."""
    deleted = [id.ordinal for id, annotation in job.edits.items() if annotation is None]
    added = [annotation for id, annotation in job.edits.items() if id.new and annotation]
    if not deleted and not added:
        return []
    _check_rows(job, deleted, added)
    boxes = containers_of(job.export.sources[0].base)
    columns = job.base.columns
    homes = _homes(boxes, columns.starts)
    targets = [_target(job, boxes, homes, annotation) for annotation in added]
    edits: list[Edit] = []
    for number, box in enumerate(boxes):
        mine = np.flatnonzero(homes == number)
        gone = [int(np.searchsorted(mine, row)) for row in deleted if homes[row] == number]
        news = [a for a, target in zip(added, targets, strict=True) if target == number]
        if gone or news:
            example = mine if len(mine) else np.arange(len(homes))
            keys = keys_like(pen.base, int(columns.starts[example[-1]]) if len(example) else None)
            rows = [maker.row(annotation, keys) for annotation in news]
            list_plan = ListPlan(pen.base, pen.style, box, columns.starts[mine], columns.ends[mine])
            edits += list_plan.plan(gone, rows)
    return edits


def _check_rows(job: WriteJob, deleted: Sequence[int], added: Sequence[Annotation]) -> None:
    """Refuse to take out what a model said, and to add to a file that holds no annotations.

    Raises:
        CannotWrite: names the labels.
    """
    columns = job.base.columns
    codes: list[int] = columns.locked[deleted].tolist()
    made = [
        named(job, job.opened(AnnotationId(job.export.id, ordinal)))
        for ordinal, code in zip(deleted, codes, strict=True)
        if code >= 0 and is_output(columns.reasons[code])
    ]
    if made:
        raise CannotWrite(f"{few(made)} cannot be deleted: of models' outputs nothing is changed.")
    if added and not job.export.planes:
        names = few(named(job, annotation) for annotation in added)
        raise CannotWrite(f"{names}: the file holds no annotations, and none can be added to it.")


def _homes(boxes: Sequence[Container], starts: Ints) -> Ints:
    """Return the number of the dataset that each record stands in."""
    return np.searchsorted([box.start for box in boxes], starts, side="right") - 1


def _target(job: WriteJob, boxes: Sequence[Container], homes: Ints, new: Annotation) -> int:
    """Return the dataset that a new row goes to: the one that has its study, else the first.

    Raises:
        CannotWrite: the file has no dataset.
    """
    if not boxes:
        raise CannotWrite(f"{named(job, new)}: the file has no dataset to add it to.")
    columns = job.base.columns
    study = None
    if new.placements:
        study = placed_media(job.export, columns, new.placements[0]).study
    for number, box in enumerate(boxes):
        if study in box.studies:
            return number
    codes = [
        code for code in columns.keys.find(study or "").tolist() if columns.keys[code] == study
    ]
    rows = columns.owners[np.isin(columns.studies, codes)]
    return int(homes[rows[0]]) if len(rows) else 0


@dataclass(eq=False)
class _Record:
    """A record's members, the last one of each key, as JSON readers take it."""

    base: Bytes
    span: Span
    all: list[Member]

    @property
    def by_key(self) -> dict[str, Member]:
        return {member.key: member for member in self.all}

    @property
    def repeated(self) -> list[str]:
        keys = [member.key for member in self.all]
        return sorted({key for key in keys if keys.count(key) > 1})


@dataclass(eq=False)
class _Pen:
    """Collects the edits of records that were there before."""

    job: WriteJob
    base: Bytes
    ids: Mapping[AnnotationId, str]
    edits: list[Edit] = field(default_factory=list[Edit])
    changed: list[ChangedLabel] = field(default_factory=list[ChangedLabel])
    notes: list[str] = field(default_factory=list[str])

    def __post_init__(self) -> None:
        self.style: Style = style_of(self.base)
        self.user_of = user_finder(self.job.export.authors, self.job.base.columns.authors)

    def change(self, before: Annotation, after: Annotation) -> None:
        """Plan the changed fields of one record, and its stamp."""
        fields = changed_fields(before, after)
        if not fields:
            return
        check_change(self.job, before, after, fields)
        record = self._record(before)
        edits = [edit for name in fields for edit in self._field(record, name, after)]
        if record.repeated:
            self.notes.append(
                f"{named(self.job, before)} repeats the keys {', '.join(record.repeated)}; "
                "the last of each was changed, as JSON readers take it."
            )
        if edits:
            self.edits += [*edits, *self._stamp(record, after)]
            self.changed.append(ChangedLabel(before.id, before.native_id, "changed", fields))

    def _record(self, annotation: Annotation) -> _Record:
        (origin,) = annotation.placements[0].origins
        try:
            found = list(members(self.base, origin.start))
        except BadJson as error:
            raise CannotWrite(f"{named(self.job, annotation)} is damaged: {error}") from error
        return _Record(self.base, Span(origin.start, origin.end), found)

    def _field(self, record: _Record, name: str, after: Annotation) -> Iterable[Edit]:
        match name:
            case "shape":
                member = record.by_key.get("data")
                shape = after.placements[0].flat
                if member is None:
                    raise CannotWrite(f"{named(self.job, after)} has no data to change.")
                return data_edits(self.base, Span(member.start, member.end), shape, self.style)
            case "image":
                return self._image(record, after.placements[0].media)
            case "label":
                return self._set(record, "labelId", after.class_id)
            case "note":
                return self._set(record, "note", after.note)
            case "drawn":
                return self._set(record, "isInterpolated", not after.placements[0].is_key)
            case _:
                return self._set(record, "parentId", self.parent(after.parent))

    def _image(self, record: _Record, media: MediaKey) -> Iterable[Edit]:
        if media.instance is not None:
            yield from self._set(record, "SOPInstanceUID", media.instance)
        if media.frame is not None:
            yield from self._set(record, "frameNumber", media.frame)
            if "timestamp" in record.by_key:
                self.notes.append(TIMESTAMP)

    def parent(self, parent: AnnotationId | None) -> str | None:
        """Return the id that names a parent in the file; None when it is deleted too."""
        if parent is None or (parent in self.job.edits and self.job.edits[parent] is None):
            return None
        return self.ids[parent] if parent.new else self.job.opened(parent).native_id

    def _stamp(self, record: _Record, after: Annotation) -> Iterable[Edit]:
        found = record.by_key
        old = found.get("updatedAt")
        if old is not None and after.updated:
            text = bytes(self.base[old.start : old.end]).decode("utf-8", "replace").strip('"')
            yield from self._set(record, "updatedAt", stamp_like(after.updated, text))
        if "updatedById" in found and after.updated_by:
            user = self.user_of(after.updated_by)
            if user is None:
                self.notes.append(
                    f"{after.updated_by!r} is no user of this MD.ai export, so updatedById keeps "
                    "the former id; only the time was set."
                )
            else:
                yield from self._set(record, "updatedById", user)

    def _set(self, record: _Record, key: str, value: JsonValue) -> Iterable[Edit]:
        """Replace a member's value, or put the member in behind `data`, else at the end."""
        text = self.style.dumped(value)
        old = record.by_key.get(key)
        if old is not None:
            if bytes(self.base[old.start : old.end]) != text:
                yield Replace(old.start, old.end, text)
            return
        if value is None:
            return
        after = record.by_key.get("data") or record.all[-1]
        gap, colon = b",", self.style.colon
        if len(record.all) > 1:
            first, second = record.all[:2]
            gap = bytes(self.base[first.end : second.key_start])
            colon = bytes(self.base[first.key_end : first.start])
        yield Insert(after.end, gap + self.style.text(key) + colon + text)


def changed_fields(before: Annotation, after: Annotation) -> tuple[str, ...]:
    """Return which fields of a record differ: image, shape, drawn, label, note, parent."""
    drawn = [[placement.is_key for placement in one.placements] for one in (before, after)]
    keys = [[placement.media for placement in one.placements] for one in (before, after)]
    shapes = [[placement.shape for placement in one.placements] for one in (before, after)]
    same = {
        "image": keys[0] == keys[1],
        "shape": all(same_shape(one, other) for one, other in zip(*shapes, strict=False)),
        "drawn": drawn[0] == drawn[1],
        "label": before.class_id == after.class_id,
        "note": before.note == after.note,
        "parent": before.parent == after.parent,
    }
    return tuple(name for name, is_same in same.items() if not is_same)
