"""The edit plan of a changed file for import, whose every row is a label with its data row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from viewer.errors import CannotWrite
from viewer.formats.format import ChangedLabel, WriteJob, named
from viewer.formats.json_tools import Span
from viewer.formats.labelbox.answers import Answers, same_answers
from viewer.formats.labelbox.checks import check_change, check_class, check_shape, first_frame
from viewer.formats.labelbox.composite_edits import CompositeEdits
from viewer.formats.labelbox.composites import zero_one_png
from viewer.formats.labelbox.encode import geometry_edits
from viewer.formats.labelbox.frames import FrameChanges, frame_changes
from viewer.formats.labelbox.import_frames import image_mask
from viewer.formats.labelbox.import_rows import Import, Row
from viewer.formats.labelbox.import_text import ImportText
from viewer.formats.labelbox.layout import data_rows
from viewer.formats.labelbox.making import Maker
from viewer.formats.labelbox.mask_sizes import picture_size
from viewer.formats.labelbox.record_edits import plain_values
from viewer.formats.labelbox.records import DataRow
from viewer.formats.patches import GONE, ObjectPatch, Put, edits_of
from viewer.formats.problems import few
from viewer.formats.style import Style
from viewer.geometry.mask import Mask
from viewer.geometry.measure import same_shape
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.placement import Attribute, Placement
from viewer.model.source import Edit

NOTHING_LEFT = (
    "without it no row is left by which the file can be opened again; keep a label, or delete the "
    "file itself."
)
_GEOMETRY = ("bbox", "line", "point", "polygon")


@dataclass(eq=False)
class ImportEdits:
    """Collects the edits of rows: changed in place, taken out, put in at the end."""

    job: WriteJob
    style: Style
    maker: Maker
    changed: list[ChangedLabel] = field(default_factory=list[ChangedLabel])
    _edits: list[Edit] = field(default_factory=list[Edit])
    _gone: set[int] = field(default_factory=set[int])
    _new: list[Row] = field(default_factory=list[Row])
    _lost: list[str] = field(default_factory=list[str])
    _deleted: list[str] = field(default_factory=list[str])

    def __post_init__(self) -> None:
        self.base = self.job.export.sources[0].base
        self.text = ImportText(self.base, self.style)
        self.first = first_frame(self.job.export)
        self.shared = CompositeEdits(self.job, self.text, self.first)
        self.answers = Answers(self.maker.new_id, self.maker.known, "import")

    def take(self, id: AnnotationId, annotation: Annotation | None) -> None:
        """Note one edit.

        Raises:
            CannotWrite: an import cannot hold it.
        """
        if id.new or annotation is None:
            _ = self.text.held  # refuses for this label what breaks off
        if id.new:
            if annotation is not None:
                self.changed.append(ChangedLabel(id, self._add(annotation), "added"))
            return
        before = self.job.opened(id)
        if annotation is None:
            self._delete(before)
            self.changed.append(ChangedLabel(id, before.native_id, "deleted"))
            return
        fields = self._change(before, annotation)
        if fields:
            self.changed.append(ChangedLabel(id, before.native_id, "changed", fields))

    def edits(self) -> list[Edit]:
        """Return everything that was collected.

        Raises:
            CannotWrite: nothing would be left by which the file is known for what it is.
        """
        shared, patches = self.shared.patches()
        gone = self._gone | shared | set(self.text.related(self._lost))
        first = next((n for n in range(len(self.text.spans)) if n not in gone), None)
        if 0 in gone and not (self._new if first is None else self.text.is_known(first)):
            raise CannotWrite(f"{few(self._deleted)}: {NOTHING_LEFT}")
        for number, patch in patches.items():
            self._edits += edits_of(self.base, self.text.spans[number], patch, self.style)
        return [*self._edits, *self.text.edits(gone, self._new)]

    def _add(self, annotation: Annotation) -> str:
        """Put a new label in, a mask on frames into its plane's row; return the row's uuid."""
        row = self._made(annotation)
        if "masks" in row:
            data_row = self._data_rows.get(annotation.placements[0].media.entry or "", DataRow())
            label = self.maker.label(annotation.class_id)
            uuid = self.shared.add(annotation, label, data_row)
            if uuid is not None:
                return uuid
        self._new.append(row)
        return str(row["uuid"])

    @cached_property
    def _data_rows(self) -> Mapping[str, DataRow]:
        return data_rows(self.base)

    def _made(self, annotation: Annotation) -> Row:
        made = Import(self.job.export, self.job.base)
        made.take(annotation)
        return next(iter(made.all_rows()))

    def _delete(self, annotation: Annotation) -> None:
        self._deleted.append(named(self.job, annotation))
        if self.shared.is_shared(annotation):
            self.shared.delete(annotation)
            return
        number = self.text.row_at(_start(annotation))
        self._gone.add(number)
        self._lost.append(annotation.native_id)

    def _change(self, before: Annotation, after: Annotation) -> tuple[str, ...]:
        changes = frame_changes(before, after, self.job.base.columns, self.first)
        was, now = before.placements[0], after.placements[0] if after.placements else None
        moved = now is not None and (was.plane != now.plane or was.media.entry != now.media.entry)
        fields = _fields(before, after, changes, moved=moved)
        if not fields:
            return ()
        check_change(before, after)
        if now is not None and was.media.entry != now.media.entry:
            raise CannotWrite("it was moved to another data row; draw it anew there")
        if self.shared.is_shared(before):
            label = self.maker.label(after.class_id) if "label" in fields else None
            self.shared.change(before, after, changes, label)
            return fields
        span = self.text.spans[self.text.row_at(_start(before))]
        patch = ObjectPatch()
        if before.class_id != after.class_id:
            self._class_patch(patch, before, after, span)
        if was.index is not None and ("frames" in fields or "plane" in fields):
            self._frames_patch(patch, after, span, changes)
        else:
            for old, new in changes.altered:
                self._edits += self._record_edits(after, old, new)
        if was.index is None:
            self._edits += self._answer_edits(was, before.attributes, after.attributes)
        self._edits += edits_of(self.base, span, patch, self.style)
        return fields

    def _class_patch(
        self, patch: ObjectPatch, before: Annotation, after: Annotation, span: Span
    ) -> None:
        """Note another class: its name, or its schema where the row has only that."""
        label, old = self.maker.label(after.class_id), self.maker.label(before.class_id)
        check_class(old, label, "row")
        row = self.text.value(span)
        has_schema = not label.id.startswith(f"{label.mode or 'unknown'} ")
        if "schemaId" in row:
            patch.members["schemaId"] = Put(label.id) if has_schema else GONE
        if "name" in row or not has_schema:
            patch.members["name"] = Put(label.name)

    def _frames_patch(
        self, patch: ObjectPatch, after: Annotation, span: Span, changes: FrameChanges
    ) -> None:
        """Note other frames, or another plane: segments are written anew, out of their frames."""
        made = self._made(after)
        if "frames" in made:
            if any(not same_answers(a.attributes, b.attributes) for a, b in changes.altered):
                raise CannotWrite("its answer differs from frame to frame")
            patch.members["frames"] = Put(made["frames"])
            return
        kept = {
            one.index: self.text.value(Span(one.origins[0].start, one.origins[0].end))
            for one in self.job.opened(after.id).placements
            if one.origins
        }
        segments = [
            [_merged(kept.get(_index(one, self.first), {}), one) for one in run]
            for run in Import(self.job.export, self.job.base).key_frames(after)
        ]
        patch.members["segments"] = Put([{"keyframes": run} for run in segments])
        if "groupKey" in made:
            patch.members["groupKey"] = Put(made["groupKey"])

    def _record_edits(self, after: Annotation, old: Placement, new: Placement) -> list[Edit]:
        span = Span(old.origins[0].start, old.origins[0].end)
        if old.index is not None and old.shape is None:
            said = {str(_said(one.attributes)) for one in after.placements}
            if len(said) > 1:
                raise CannotWrite("its answer differs from frame to frame")
            is_first = new.index == after.placements[0].index  # all frames share one record
            return self._answer_edits(old, old.attributes, new.attributes) if is_first else []
        edits = self._answer_edits(old, old.attributes, new.attributes)
        if same_shape(old.flat, new.flat):
            return edits
        shape = check_shape(self.maker.label(after.class_id), new.flat, "")
        if isinstance(shape, Mask):
            size = picture_size(self.job.base, new) or picture_size(self.job.base, old)
            if size is None:
                raise CannotWrite("the size of the picture of its mask is not known")
            patch = ObjectPatch({"mask": Put(image_mask(zero_one_png(shape, size)))})
            return [*edits, *edits_of(self.base, span, patch, self.style)]
        return [*edits, *geometry_edits(self.base, span, shape, self.style)]

    def _answer_edits(
        self, placement: Placement, before: Sequence[Attribute], after: Sequence[Attribute]
    ) -> list[Edit]:
        if same_answers(before, after):
            return []
        span = Span(placement.origins[0].start, placement.origins[0].end)
        record = self.text.value(span)
        if "answer" in record:
            change = self.answers.patch([record], before, after).at.get(0, ObjectPatch())
            if not isinstance(change, ObjectPatch):
                raise CannotWrite("it has no answer any more; delete it instead")
            return edits_of(self.base, span, change, self.style)
        patch = self.answers.patch(record.get("classifications"), before, after)
        whole = ObjectPatch({"classifications": patch})
        return edits_of(self.base, span, whole, self.style)


def _start(annotation: Annotation) -> int:
    return annotation.placements[0].origins[0].start


def _fields(
    before: Annotation, after: Annotation, changes: FrameChanges, *, moved: bool
) -> tuple[str, ...]:
    said = [(before.attributes, after.attributes)]
    said += [(old.attributes, new.attributes) for old, new in changes.altered]
    found = {
        "label": before.class_id != after.class_id,
        "note": before.note != after.note,
        "parent": before.parent != after.parent,
        "plane": moved,
        "frames": bool(changes.dropped or changes.come or changes.frames),
        "shape": any(not same_shape(old.flat, new.flat) for old, new in changes.altered),
        "answers": any(not same_answers(*pair) for pair in said),
    }
    return tuple(name for name, differs in found.items() if differs)


def _said(attributes: Sequence[Attribute]) -> list[object]:
    return [(one.name, one.value, one.depth) for one in attributes if one.key]


def _index(key_frame: Row, first: int) -> int | None:
    number = key_frame.get("frame")
    return number - first if isinstance(number, int) else None


def _merged(kept: Mapping[str, object], made: Row) -> Row:
    """Return a key frame that says what it said, but for its shape and answers."""
    held = {key: value for key, value in kept.items() if key not in _GEOMETRY}
    new = dict(made)
    if not new.get("classifications") and "classifications" not in held:
        new.pop("classifications", None)
    return {**plain_values(held), **new}
