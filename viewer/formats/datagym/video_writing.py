"""Edits of the objects of videos: key frames, the frames they are seen on, and their answers.

What a key frame does not say holds on from the one before it. So where something changes, a key
frame behind it is told what it held on to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from viewer.errors import CannotWrite
from viewer.formats.datagym.answer_writing import object_of, same_answers
from viewer.formats.datagym.answers import Types
from viewer.formats.datagym.checks import check_placement, class_of, notes_of
from viewer.formats.datagym.encode import geometry_of, reshape
from viewer.formats.datagym.gather import OBJECT, object_id
from viewer.formats.datagym.layout import Layout, members_at, video_home
from viewer.formats.datagym.made import changed_answers
from viewer.formats.datagym.video_frames import SeenFrames
from viewer.formats.datagym.video_records import ANSWERS, name_in
from viewer.formats.format import ChangedLabel, WriteJob, named
from viewer.formats.json_tools import Span, value_of
from viewer.formats.new_ids import uuids
from viewer.formats.patches import GONE, ObjectPatch, Put
from viewer.formats.pen import Pen
from viewer.formats.style import JsonValue
from viewer.geometry.measure import same_shape
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.placement import Attribute, Placement
from viewer.model.track import Track

GIVEN = (
    "DATAGYM's files of videos hold no classes: those given to objects are kept on this computer, "
    "beside the export, and not in the file."
)


@dataclass(frozen=True, eq=False)
class _Row:
    """A key frame as it is to be.

    Args:
        start: byte that its record begins at; None for a new one.
        opened: what the record held; None for a new one.
    """

    frame: int
    placement: Placement
    start: int | None = None
    opened: Placement | None = None

    @property
    def is_reshaped(self) -> bool:
        """Whether its place is new or another one."""
        return self.opened is None or not same_shape(self.opened.flat, self.placement.flat)


class _Home(NamedTuple):
    """Where an object stands: its video's frames, the span of all objects, its key and span."""

    frames: SeenFrames
    objects: Span
    key: str
    span: Span


@dataclass(eq=False)
class VideoWriter:
    """Writes objects of videos.

    Args:
        layout: of the file, asked for where it is needed.
        types: of classes, as the list of classes has them.
    """

    job: WriteJob
    pen: Pen
    layout: Callable[[], Layout]
    types: Types
    notes: list[str] = field(default_factory=list[str])
    _frames: dict[int, SeenFrames] = field(default_factory=dict[int, SeenFrames])
    _homes: dict[AnnotationId, _Home] = field(default_factory=dict[AnnotationId, "_Home"])
    _objects: dict[int, Mapping[str, Span]] = field(default_factory=dict[int, Mapping[str, Span]])

    def is_of_video(self, annotation: Annotation | None) -> bool:
        """Whether an annotation is an object of a video."""
        if annotation is None or not annotation.placements:
            return False
        return annotation.placements[0].index is not None

    def take(self, before: Annotation | None, annotation: Annotation | None) -> list[ChangedLabel]:
        """Note one edit, and return what it comes to.

        Raises:
            CannotWrite: it cannot be held.
        """
        if before is None:
            return [] if annotation is None else [self._add(annotation)]
        if annotation is None:
            return [self._delete(before)]
        return list(self._change(before, annotation))

    def finish(self) -> None:
        """Give the pen the frames on which objects are seen."""
        for frames in self._frames.values():
            frames.finish()

    def _delete(self, before: Annotation) -> ChangedLabel:
        home = self._home(before)
        self.pen.set(home.objects.start, home.key, GONE)
        home.frames.hide(home.key, home.frames.of(home.key))
        return ChangedLabel(before.id, before.native_id, "deleted")

    def _home(self, before: Annotation) -> _Home:
        """Return where an object stands."""
        if before.id not in self._homes:
            self._homes[before.id] = self._found(before)
        return self._homes[before.id]

    def _found(self, before: Annotation) -> _Home:
        start = next(one.origins[0].start for one in before.placements if one.origins)
        frames, objects = self._video(self.layout().at(start).start)
        for key, span in self._keys(objects).items():
            if objects and span.start <= start < span.end:
                return _Home(frames, objects, key, span)
        raise CannotWrite(f"{named(self.job, before)}: its record is not where the file had it.")

    def _keys(self, objects: Span | None) -> Mapping[str, Span]:
        """Return the spans of all objects of a video by their keys."""
        if objects is None:
            return {}
        if objects.start not in self._objects:
            self._objects[objects.start] = members_at(self.pen.base, objects.start)
        return self._objects[objects.start]

    def _video(self, task: int) -> tuple[SeenFrames, Span | None]:
        home = video_home(self.pen.base, self.layout().at(task))
        if home not in self._frames:
            self._frames[home] = SeenFrames(self.pen, home)
        return self._frames[home], members_at(self.pen.base, home).get(OBJECT)

    # Changing ---------------------------------------------------------------------------------

    def _change(self, before: Annotation, after: Annotation) -> Iterator[ChangedLabel]:
        opened, now = before.placements, after.placements
        self._check_change(before, after)
        if not isinstance(opened, Track) or not isinstance(now, Track):
            raise CannotWrite(f"{named(self.job, after)} is no object of a video any more.")
        rows = list(_rows(opened, now))
        kept = set(now.slots.tolist())
        gone = [slot for slot in opened.slots.tolist() if slot not in kept]
        news = sorted(set(now.frames.tolist()) - set(opened.frames.tolist()))
        is_moved = bool(gone or news) or any(row.is_reshaped for row in rows)
        fields = ["shape"] if is_moved else []
        if self._write_rows(after, rows, is_moved=is_moved):
            fields.append("answers")
        if gone or news:
            self._change_frames(before, opened, now, gone, news)
            fields.append("frames")
        if fields:
            yield ChangedLabel(before.id, before.native_id, "changed", tuple(fields))

    def _check_change(self, before: Annotation, after: Annotation) -> None:
        name = named(self.job, after)
        self._check_class(after, before.class_id)
        is_other = any(getattr(before, one) != getattr(after, one) for one in _HELD)
        if is_other:
            raise CannotWrite(f"{name}: objects of DATAGYM's videos hold key frames alone.")
        if before.locked_reason and not _is_same(before.placements, after.placements):
            raise CannotWrite(f"{name} cannot be edited: {before.locked_reason}.")

    def _check_class(self, annotation: Annotation, taken: str) -> None:
        """Take another class than the file is read with, which is not written.

        Raises:
            CannotWrite: the export has no such class, or its labels are of another type.
        """
        label = class_of(self.job, annotation)
        known = self.job.export.ontology.by_id.get(taken)
        if known is not None and known.mode != label.mode:
            raise CannotWrite(
                f"{named(self.job, annotation)}: its class holds {label.mode}, not {known.mode}."
            )
        if label.id != taken:
            self.notes.append(GIVEN)

    def _change_frames(
        self,
        before: Annotation,
        opened: Track,
        now: Track,
        gone: Sequence[int],
        news: Sequence[int],
    ) -> None:
        home = self._home(before)
        left = set(now.frames.tolist())
        hidden = [frame for frame in opened.frames[list(gone)].tolist() if frame not in left]
        home.frames.hide(home.key, hidden)
        home.frames.show(home.key, news)
        starts = {opened[slot].origins[0].start for slot in gone if opened[slot].origins}
        for name, span in members_at(self.pen.base, home.span.start).items() if starts else ():
            if span.start in starts:
                self.pen.set(home.span.start, name, GONE)

    def _write_rows(self, after: Annotation, rows: Sequence[_Row], *, is_moved: bool) -> bool:
        """Note key frames that differ; return whether answers are among that."""
        said: tuple[Attribute, ...] = ()
        is_answered = False
        for row in rows:
            wanted = row.placement.attributes
            if row.start is None:
                self._write_new(after, row, with_answers=not same_answers(said, wanted))
            else:
                is_answered |= self._write_old(after, row, said, is_moved=is_moved)
            said = wanted
        return is_answered

    def _write_old(
        self, after: Annotation, row: _Row, said: Sequence[Attribute], *, is_moved: bool
    ) -> bool:
        """Note what differs of a key frame that is there.

        Args:
            said: answers that it would hold on to.
        """
        start, opened = row.start or 0, row.opened or row.placement
        members = members_at(self.pen.base, start)
        name = name_in(members)
        if name is not None and row.is_reshaped:
            check_placement(self.job, after, class_of(self.job, after), row.placement)
            if row.placement.flat is not None:
                self.notes += notes_of(row.placement.flat)
                reshape(self.pen, members[name], name, row.placement.flat)
        elif name is None and is_moved and row.placement.flat is not None:
            name, value = self._geometry(after, row.placement)
            self.pen.set(start, name, value)
        own = members.get(ANSWERS)
        is_other = not same_answers(opened.attributes, row.placement.attributes)
        if not is_other and (own or same_answers(said, row.placement.attributes)):
            return False
        held = value_of(bytes(self.pen.base[own.start : own.end])) if own else None
        before = opened.attributes if own else ()
        patch = self.pen.object(own.start if own else start)
        into = patch if own else patch.into(ANSWERS)
        made = changed_answers(self.job, after, held, before, row.placement.attributes)
        into.members |= {key: Put(_spelled(value)) for key, value in made.items()}
        return True

    def _write_new(self, after: Annotation, row: _Row, *, with_answers: bool) -> None:
        value = self._record(after, row.placement, with_answers=with_answers)
        self._patch(after).members[str(row.frame)] = Put(value)

    def _patch(self, annotation: Annotation) -> ObjectPatch:
        """Return the patch of an object's key frames."""
        if not annotation.id.new:
            return self.pen.object(self._home(self.job.opened(annotation.id)).span.start)
        frames, objects = self._video_of(annotation)
        key = self._new_key(annotation, objects)
        if objects is None:
            return self.pen.object(frames.home).into(OBJECT).into(key)
        return self.pen.object(objects.start).into(key)

    def _video_of(self, annotation: Annotation) -> tuple[SeenFrames, Span | None]:
        entry = annotation.placements[0].media.entry
        return self._video(self.layout().of_entry(entry, named(self.job, annotation)).start)

    def _record(
        self, annotation: Annotation, placement: Placement, *, with_answers: bool
    ) -> dict[str, JsonValue]:
        name, value = self._geometry(annotation, placement)
        made: dict[str, JsonValue] = {name: value}
        if with_answers:
            answers = object_of(placement.attributes)
            made[ANSWERS] = {key: _spelled(one) for key, one in answers.items()}
        return made

    def _geometry(self, annotation: Annotation, placement: Placement) -> tuple[str, JsonValue]:
        name = check_placement(self.job, annotation, class_of(self.job, annotation), placement)
        shape = placement.flat
        if shape is None:
            raise CannotWrite(f"{named(self.job, annotation)} has no shape on a frame.")
        self.notes += notes_of(shape)
        return name, geometry_of(name, shape)

    # Adding -----------------------------------------------------------------------------------

    def _add(self, annotation: Annotation) -> ChangedLabel:
        label = class_of(self.job, annotation)
        self._check_class(annotation, object_id(self.types, label.mode or ""))
        frames, objects = self._video_of(annotation)
        key = self._new_key(annotation, objects)
        placements = annotation.placements
        rows = [_Row(one.index or 0, one) for one in placements if one.is_key]
        self._write_rows(annotation, rows, is_moved=True)
        frames.show(key, [one.index or 0 for one in placements])
        return ChangedLabel(annotation.id, key, "added")

    def _new_key(self, annotation: Annotation, objects: Span | None) -> str:
        """Return what the file calls a new object: a name that no other has."""
        seed = f"{annotation.created}|{annotation.id.ordinal}"
        return next(name for name in uuids(seed) if name not in self._keys(objects))


_HELD = ("note", "group", "parent", "attributes")


def _rows(opened: Track, now: Track) -> Iterator[_Row]:
    """Yield the key frames of an edited object in order."""
    derived: set[int] = set(opened.derived.tolist())
    slots: list[int] = now.slots.tolist()
    frames: list[int] = now.frames.tolist()
    pairs = zip(slots, frames, now.keys.tolist(), strict=True)
    for number, (slot, frame, is_key) in enumerate(pairs):
        if slot < now.opened and slot not in derived:
            held = opened[slot]
            placement = now[number] if slot in now.changed else held
            yield _Row(frame, placement, held.origins[0].start, held)
        elif is_key:
            yield _Row(frame, now[number])


def _is_same(one: Sequence[Placement], other: Sequence[Placement]) -> bool:
    if one is other:
        return True
    return isinstance(other, Track) and not other.changed and len(one) == len(other)


def _spelled(value: JsonValue) -> JsonValue:
    """Return a list of answers as videos spell it: null as text."""
    if isinstance(value, dict):
        return {key: _spelled(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_spelled(one) for one in value]
    return "null" if value is None else value
