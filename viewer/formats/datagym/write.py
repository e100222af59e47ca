"""The edit plan of a changed DATAGYM export."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from viewer.errors import CannotWrite
from viewer.formats.datagym.answer_writing import same_answers
from viewer.formats.datagym.answers import Types
from viewer.formats.datagym.build import SEMANTIC
from viewer.formats.datagym.checks import check_placement, class_of, is_global, notes_of
from viewer.formats.datagym.encode import reshape
from viewer.formats.datagym.gather import GLOBAL
from viewer.formats.datagym.head import key_of
from viewer.formats.datagym.kinds import NESTED
from viewer.formats.datagym.layout import Layout, end_of_classes, layout_of, members_at, starts_in
from viewer.formats.datagym.made import Maker, Record, changed_answers
from viewer.formats.datagym.read import Decoder
from viewer.formats.datagym.shapes import OLD_KEY, TYPES
from viewer.formats.datagym.video_records import ANSWERS
from viewer.formats.datagym.video_writing import VideoWriter
from viewer.formats.format import ChangedLabel, WriteJob, WritePlan, named
from viewer.formats.json_tools import Span, value_of
from viewer.formats.patches import GONE, ListPatch, Put
from viewer.formats.pen import Pen
from viewer.formats.style import style_of
from viewer.geometry.measure import same_shape
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.source import Edit, planned


def plan(job: WriteJob) -> WritePlan:
    """Return the edits that make the file say what the project says.

    Raises:
        CannotWrite: DATAGYM's format cannot hold one of the edits; names the labels.
    """
    writer = _Writer(job)
    refused: list[str] = []
    by_deleted = sorted(job.edits.items(), key=lambda edit: edit[1] is not None)
    for id, annotation in by_deleted:  # what goes first leaves its place to what is new
        try:
            writer.take(id, annotation)
        except CannotWrite as error:
            refused.append(str(error))
    if refused:
        raise CannotWrite(" ".join(dict.fromkeys(refused)))
    writer.videos.finish()
    edits = planned(writer.finished())
    changed = tuple(sorted(writer.changed, key=lambda label: label.id)) if edits else ()
    notes = tuple(dict.fromkeys((*writer.notes, *writer.videos.notes)))
    return WritePlan({0: edits} if edits else {}, changed, notes)


@dataclass(frozen=True)
class _Home:
    """Where records of one class of one holder stand.

    Args:
        holder: byte that the object of all classes begins at.
        list: byte that the list begins at.
    """

    holder: int
    key: str
    list: int


@dataclass(eq=False)
class _Writer:
    """Goes through the edits of a job."""

    job: WriteJob
    changed: list[ChangedLabel] = field(default_factory=list[ChangedLabel])
    notes: list[str] = field(default_factory=list[str])
    _numbers: dict[int, dict[int, int]] = field(default_factory=dict[int, dict[int, int]])
    _emptied: dict[int, _Home] = field(default_factory=dict[int, _Home])

    def __post_init__(self) -> None:
        self.base = self.job.export.sources[0].base
        self.pen = Pen(self.base, style_of(self.base, end_of_classes(self.base)))
        self.maker = Maker(self.job)
        decoder = self.job.base.decode
        nothing: Types = {}
        types = decoder.asker.types if isinstance(decoder, Decoder) else nothing
        self.videos = VideoWriter(self.job, self.pen, lambda: self.layout, types)

    @cached_property
    def layout(self) -> Layout:
        """Where the tasks stand; for many an edit it is not needed."""
        return layout_of(self.base, self.job.export.entries)

    @cached_property
    def _videos(self) -> frozenset[str]:
        """Ids of the entries that are videos."""
        return frozenset(entry.id for entry in self.job.export.entries if entry.kind == "video")

    @cached_property
    def _children(self) -> dict[int, list[int]]:
        """Ordinals of nested geometries by that of the outer one."""
        found: defaultdict[int, list[int]] = defaultdict(list)
        for ordinal, parent in enumerate(self.job.base.columns.parents.tolist()):
            if parent >= 0:
                found[parent].append(ordinal)
        return found

    def take(self, id: AnnotationId, annotation: Annotation | None) -> None:
        """Note one edit.

        Raises:
            CannotWrite: it cannot be held.
        """
        before = None if id.new else self.job.opened(id)
        if before is not None and before.locked_reason == SEMANTIC:
            raise CannotWrite(f"{named(self.job, before)} stays as it is: {SEMANTIC}.")
        if self.videos.is_of_video(before or annotation):
            self.changed += self.videos.take(before, annotation)
        elif annotation is None:
            if before is not None:
                self._delete(before)
        elif before is None:
            self._add(annotation)
        else:
            self._change(before, annotation)

    # Deleting ---------------------------------------------------------------------------------

    def _delete(self, before: Annotation) -> None:
        for child in self._children.get(before.id.ordinal, ()) if before.parent is None else ():
            self._hoist(AnnotationId(before.id.export, child))
        if not self._goes_with_parent(before):
            self._take_out(before)
        self.changed.append(ChangedLabel(before.id, before.native_id, "deleted"))

    def _goes_with_parent(self, before: Annotation) -> bool:
        edits, parent = self.job.edits, before.parent
        return parent is not None and parent in edits and edits[parent] is None

    def _hoist(self, child: AnnotationId) -> None:
        """Keep a nested geometry whose outer one goes: it stands by itself from now on."""
        opened = self.job.opened(child)
        now = self.job.edits.get(child, opened)
        if now is None:
            return
        task = self.layout.at(opened.placements[0].origins[0].start)
        row = self.maker.moved(opened, now, is_nested=False)
        self._append(task.start, "labels", key_of(class_of(self.job, now)), row)
        self.notes.append(
            f"{named(self.job, now)} stands by itself now, since the label around it was deleted; "
            "DATAGYM takes it back only if its label configuration has it outside of others."
        )

    def _take_out(self, before: Annotation) -> None:
        start = before.placements[0].origins[0].start
        if is_global(before):
            holder = members_at(self.base, self.layout.at(start).start).get(GLOBAL)
            if holder is None:
                raise self._lost(before)
            self.pen.set(holder.start, key_of(class_of(self.job, before)), GONE)
            return
        home = self._home(before)
        numbers = self._numbers_in(home.list)
        if start not in numbers:
            raise self._lost(before)
        self.pen.delete(home.list, numbers[start])
        self._emptied[home.list] = home

    def _home(self, before: Annotation) -> _Home:
        """Return where the record of a geometry stands."""
        start = before.placements[0].origins[0].start
        if before.parent is None:
            holder = self._object_in(self.layout.at(start).start, "labels")
        else:
            outer = self.job.opened(before.parent).placements[0].origins[0].start
            holder = self._object_in(outer, NESTED)
        if holder is None:
            raise self._lost(before)
        for key, span in members_at(self.base, holder.start).items():
            if span.start <= start < span.end:
                return _Home(holder.start, key, span.start)
        raise self._lost(before)

    def _numbers_in(self, start: int) -> dict[int, int]:
        if start not in self._numbers:
            self._numbers[start] = starts_in(self.base, start)
        return self._numbers[start]

    def _lost(self, annotation: Annotation) -> CannotWrite:
        return CannotWrite(
            f"{named(self.job, annotation)}: its record is not where the file had it; open it anew."
        )

    # Changing ---------------------------------------------------------------------------------

    def _change(self, before: Annotation, after: Annotation) -> None:
        fields = _changed_fields(before, after)
        if not fields:
            return
        if before.locked_reason:
            raise CannotWrite(f"{named(self.job, after)} cannot be edited: {before.locked_reason}.")
        if not is_global(before) and self._goes_with_parent(before):
            self.changed.append(ChangedLabel(before.id, before.native_id, "changed", fields))
            return  # it is written where it stands by itself
        if {"note", "group"} & set(fields):
            raise CannotWrite(f"{named(self.job, after)}: DATAGYM has no notes and no groups.")
        if {"class_id", "parent", "media"} & set(fields):
            self._move(before, after)
        else:
            self._change_here(before, after, fields)
        self.changed.append(ChangedLabel(before.id, before.native_id, "changed", fields))

    def _change_here(self, before: Annotation, after: Annotation, fields: tuple[str, ...]) -> None:
        (origin,) = before.placements[0].origins
        span = Span(origin.start, origin.end)
        if is_global(before):
            key = key_of(class_of(self.job, before))
            held = {key: value_of(bytes(self.base[span.start : span.end]))}
            answers = before.attributes, after.attributes
            for value in changed_answers(self.job, after, held, *answers).values():
                self.pen.put(span, value)
            return
        members = members_at(self.base, span.start)
        if "answers" in fields:
            self._change_answers(members.get(ANSWERS), span, before, after)
        if "shape" in fields:
            self._reshape(members, after)

    def _change_answers(
        self, span: Span | None, record: Span, before: Annotation, after: Annotation
    ) -> None:
        held = value_of(bytes(self.base[span.start : span.end])) if span else None
        answers = before.attributes, after.attributes
        for key, value in changed_answers(self.job, after, held, *answers).items():
            patch = self.pen.object(span.start if span else record.start)
            (patch if span else patch.into(ANSWERS)).members[key] = Put(value)

    def _reshape(self, members: Mapping[str, Span], after: Annotation) -> None:
        placement = after.placements[0]
        name = check_placement(self.job, after, class_of(self.job, after), placement)
        key = next((key for key in (*TYPES, OLD_KEY) if key in members), None)
        shape = placement.flat
        if key is None or shape is None:
            raise CannotWrite(f"{named(self.job, after)} has no geometry to change.")
        self.notes += notes_of(shape)
        reshape(self.pen, members[key], name, shape)

    def _move(self, before: Annotation, after: Annotation) -> None:
        """Take a record out and put it in elsewhere."""
        if is_global(before) or is_global(after):
            raise CannotWrite(
                f"{named(self.job, after)}: an answer about a picture stays what and where it is."
            )
        children = self._children.get(before.id.ordinal, ())
        if any(AnnotationId(before.id.export, child) in self.job.edits for child in children):
            raise CannotWrite(
                f"{named(self.job, after)} cannot move together with edits of what is nested in "
                "it; save those first."
            )
        holder = self._nest_of(after)
        row = self.maker.moved(before, after, is_nested=holder is not None)
        self._take_out(before)
        self._put(after, row, holder)

    # Adding -----------------------------------------------------------------------------------

    def _add(self, annotation: Annotation) -> None:
        if len(annotation.placements) != 1:
            raise CannotWrite(f"{named(self.job, annotation)} must stand on one picture.")
        if is_global(annotation):
            self._add_global(annotation)
        else:
            holder = self._nest_of(annotation)
            row = self.maker.record(annotation, is_nested=holder is not None)
            shape = annotation.placements[0].flat
            self.notes += notes_of(shape) if shape else []
            self._put(annotation, row, holder)
        self.changed.append(ChangedLabel(annotation.id, "", "added"))

    def _add_global(self, annotation: Annotation) -> None:
        name, key = named(self.job, annotation), key_of(class_of(self.job, annotation))
        if annotation.placements[0].media.entry in self._videos:
            raise CannotWrite(f"{name}: DATAGYM's files of videos hold no answers about a video.")
        task = self._task_of(annotation)
        held = self._object_in(task.start, GLOBAL)
        top = self.pen.object(task.start)
        patch = self.pen.object(held.start) if held else top.into(GLOBAL)
        is_there = held is not None and key in members_at(self.base, held.start)
        if isinstance(patch.members.get(key), Put) or (is_there and key not in patch.members):
            raise CannotWrite(f"{name}: its picture has an answer to this; change that one.")
        made = changed_answers(self.job, annotation, None, (), annotation.attributes)
        patch.members[key] = Put(made.get(key, [None]))

    def _nest_of(self, annotation: Annotation) -> int | None:
        """Return where the record begins that an annotation is nested in; None for none.

        Raises:
            CannotWrite: its class is nested and it is not, or the other way round.
        """
        label, parent = class_of(self.job, annotation), annotation.parent
        if parent is None:
            if label.parent is not None and annotation.id.new:
                raise CannotWrite(
                    f"{named(self.job, annotation)}: labels of its class stand inside "
                    f"{label.parent!r} and cannot be drawn by themselves."
                )
            return None
        outer = self.job.edits.get(parent) if parent.new else self.job.opened(parent)
        if outer is None or parent.new or outer.class_id != label.parent:
            raise CannotWrite(
                f"{named(self.job, annotation)} cannot be nested in a label of this class."
            )
        return outer.placements[0].origins[0].start

    def _task_of(self, annotation: Annotation) -> Span:
        return self.layout.of_entry(
            annotation.placements[0].media.entry, named(self.job, annotation)
        )

    def _put(self, annotation: Annotation, row: Record, holder: int | None) -> None:
        key = key_of(class_of(self.job, annotation))
        if holder is not None:
            self._append(holder, NESTED, key, row)
        else:
            self._append(self._task_of(annotation).start, "labels", key, row)

    def _append(self, start: int, holder: str, key: str, row: Record) -> None:
        """Put a record in at the end of a list, which may not be there yet.

        Args:
            start: byte that the task or outer record begins at.
            holder: key of the object of all classes in it.
        """
        held = self._object_in(start, holder)
        if held is None:
            self.pen.object(start).into(holder).list(key).added.append(row)
            return
        lists = members_at(self.base, held.start)
        at = self.pen.list(lists[key].start) if key in lists else None
        (at or self.pen.object(held.start).list(key)).added.append(row)

    def _object_in(self, start: int, key: str) -> Span | None:
        """Return a member that is an object."""
        found = members_at(self.base, start).get(key)
        is_object = found is not None and self.base[found.start] == ord("{")
        return found if is_object else None

    def finished(self) -> list[Edit]:
        """Return every edit; of a list that nothing is left in its key goes too, if it is new.

        The old generation keeps empty lists.
        """
        for start, home in self._emptied.items():
            patch = self.pen.patches[start]
            if not isinstance(patch, ListPatch) or patch.added or OLD_KEY in self.maker.keys:
                continue
            if len(patch.at) == len(self._numbers_in(start)):
                del self.pen.patches[start]
                self.pen.set(home.holder, home.key, GONE)
        return self.pen.all()


def _changed_fields(before: Annotation, after: Annotation) -> tuple[str, ...]:
    """Return which fields of a label on a picture differ."""
    one, other = before.placements[0], after.placements[0]
    same = {
        "class_id": before.class_id == after.class_id,
        "parent": before.parent == after.parent,
        "note": before.note == after.note,
        "group": before.group == after.group,
        "media": one.media == other.media and len(after.placements) == 1,
        "answers": same_answers(before.attributes, after.attributes),
        "shape": same_shape(one.flat, other.flat),
    }
    return tuple(name for name, is_same in same.items() if not is_same)
