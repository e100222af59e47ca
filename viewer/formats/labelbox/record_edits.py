"""Annotations of a label as its records: changed in place, taken out, put in, moved."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

from viewer.errors import CannotWrite
from viewer.formats.json_tools import Bytes, Span, value_of
from viewer.formats.labelbox.agree import Frames
from viewer.formats.labelbox.answers import same_answers
from viewer.formats.labelbox.checks import (
    NOWHERE,
    QUESTIONS,
    check_change,
    check_class,
    check_shape,
)
from viewer.formats.labelbox.encode import geometry_edits, geometry_of
from viewer.formats.labelbox.frames import FrameChanges, frame_changes, number_of
from viewer.formats.labelbox.making import GEOMETRY_KEYS, TAILS, Maker
from viewer.formats.labelbox.mask_saving import MaskSaver
from viewer.formats.labelbox.pens import Pen, Spot
from viewer.formats.patches import ObjectPatch, Put, edits_of
from viewer.formats.style import JsonValue, Style
from viewer.geometry.mask import Mask
from viewer.geometry.measure import same_shape
from viewer.geometry.shapes import Shape
from viewer.model.annotation import Annotation
from viewer.model.ontology import kind_of
from viewer.model.placement import Attribute, Placement
from viewer.model.source import Edit, Source, spliced
from viewer.model.subject import Plane
from viewer.model.table import Columns
from viewer.model.track import Track

LazyPen = Callable[[], Pen]
Placed = tuple[int, Edit]  # number of the source, and an edit of it


@dataclass(eq=False)
class Recorder:
    """Turns edited annotations into edits of their records and of their labels.

    Args:
        first_frame: number of the first frame in the file.
    """

    sources: Sequence[Source]
    style: Style
    maker: Maker
    first_frame: int
    masks: MaskSaver

    def delete(self, pen: Pen, annotation: Annotation) -> None:
        """Take an annotation out of its label, and of all that names it."""
        for placement in self._stored(annotation):
            self._drop(pen, annotation, placement)
        if any(isinstance(one.shape, Mask) for one in annotation.placements[:1]):
            self.masks.note_deleted(annotation)
        pen.forget(annotation.native_id)

    def add(self, pen: Pen, annotation: Annotation) -> None:
        """Put a new annotation into a label.

        Raises:
            CannotWrite: the label cannot hold it.
        """
        placements = list(annotation.placements)
        for placement in placements:
            self._put(pen, annotation, placement, None)
        if placements[0].index is not None:
            self._agree_anew(pen, annotation, frozenset())

    def change(
        self, pen: LazyPen, before: Annotation, after: Annotation, columns: Columns
    ) -> tuple[list[Placed], tuple[str, ...]]:
        """Return the edits of an annotation's records, and the names of what differs.

        Raises:
            CannotWrite: the label cannot hold it.
        """
        moved = _plane_of(before) != _plane_of(after) or _entries(before) != _entries(after)
        changes = frame_changes(before, after, columns, self.first_frame)
        fields = [
            name
            for name, differs in (
                ("label", before.class_id != after.class_id),
                ("note", before.note != after.note),
                ("parent", before.parent != after.parent),
                ("plane", moved),
                ("frames", bool(changes.dropped or changes.come or changes.frames)),
                ("shape", _reshaped(changes)),
                ("answers", _answered(before, after, changes)),
            )
            if differs
        ]
        if not fields:
            return [], ()
        check_change(before, after)
        if _entries(before) != _entries(after):
            raise CannotWrite("it was moved to another data row; draw it anew there")
        if moved or (changes.dropped and not changes.altered and len(before.placements) == 1):
            self._move(pen(), before, after)
            return [], tuple(fields)
        return self._in_place(pen, before, after, changes), tuple(fields)

    def _in_place(
        self, pen: LazyPen, before: Annotation, after: Annotation, changes: FrameChanges
    ) -> list[Placed]:
        edits: list[Placed] = []
        if changes.frames is not None and not changes.frames.stored:
            raise CannotWrite(NOWHERE)
        if before.class_id != after.class_id:
            edits += self._class_edits(before, after, changes)
        for old, new in changes.altered:
            edits += self._record_edits(after, old, new)
        if before.placements[0].index is None:
            attributes = (before.attributes, after.attributes)
            edits += self._answer_edits(after, before.placements[0], *attributes)
        for placement in changes.dropped:
            self._drop(pen(), before, placement)
        for placement in changes.come:
            self._put(pen(), after, placement, _nearest(before, placement))
        is_framed = before.placements[0].index is not None
        if changes.frames is not None and is_framed and not self._is_old(before.placements[0]):
            pen().agree(before.native_id, _plane_of(before), changes.frames)
        return edits

    def _record_edits(self, annotation: Annotation, old: Placement, new: Placement) -> list[Placed]:
        edits = self._answer_edits(annotation, old, old.attributes, new.attributes)
        if self._is_old(old) and old.is_key != new.is_key:
            edits += self._patched(old, ObjectPatch({"keyframe": Put(new.is_key)}))
        if same_shape(old.flat, new.flat):
            return edits
        label = self.maker.label(annotation.class_id)
        shape = check_shape(label, new.flat, _form_of(label.mode))
        base, source = self._base(old), old.origins[0].source
        if isinstance(shape, Mask):
            self.masks.put(annotation, annotation.native_id, new)
            return edits
        made = geometry_edits(base, _span(old), shape, self.style)
        return [*edits, *((source, edit) for edit in made)]

    def _answer_edits(
        self,
        annotation: Annotation,
        placement: Placement,
        before: Sequence[Attribute],
        after: Sequence[Attribute],
    ) -> list[Placed]:
        if same_answers(before, after):
            return []
        record = self._value(placement)
        if self._is_question(annotation):
            change = self.maker.written.patch([record], before, after).at.get(0, ObjectPatch())
            if not isinstance(change, ObjectPatch):
                raise CannotWrite("it has no answer any more; delete it instead")
            return self._patched(placement, change)
        patch = self.maker.written.patch(record.get("classifications"), before, after)
        return self._patched(placement, ObjectPatch({"classifications": patch}))

    def _patched(self, placement: Placement, change: ObjectPatch) -> list[Placed]:
        """Return the edits of a placement's record."""
        base, source = self._base(placement), placement.origins[0].source
        return [(source, edit) for edit in edits_of(base, _span(placement), change, self.style)]

    def _base(self, placement: Placement) -> Bytes:
        return self.sources[placement.origins[0].source].base

    def _value(self, placement: Placement) -> dict[str, object]:
        return self.maker.value_at(_span(placement), placement.origins[0].source)

    def _is_old(self, placement: Placement) -> bool:
        """Whether a record is one of v1, whose frames have no segments to agree with."""
        return "featureId" in self._value(placement)

    def _class_edits(
        self, before: Annotation, after: Annotation, changes: FrameChanges
    ) -> list[Placed]:
        label, old = self.maker.label(after.class_id), self.maker.label(before.class_id)
        check_class(old, label, "record")
        keys = self.maker.class_keys(after.class_id)
        dropped = {placement.index for placement in changes.dropped}
        edits: list[Placed] = []
        for placement in self._stored(before):
            if placement.index not in dropped or placement.index is None:
                has = self._value(placement)
                members = {key: Put(value) for key, value in keys.items() if key in has}
                edits += self._patched(placement, ObjectPatch({**members}))
        return edits

    def _move(self, pen: Pen, before: Annotation, after: Annotation) -> None:
        """Cut an annotation's records out and put them in elsewhere in the same label."""
        old = self._stored(before)
        for placement in old:
            self._drop(pen, before, placement)
        for number, placement in enumerate(after.placements):
            self._put(pen, after, placement, old[min(number, len(old) - 1)])
        left = frozenset(number_of(one, self.first_frame) for one in before.placements)
        if _plane_of(before) != _plane_of(after):
            pen.agree(before.native_id, _plane_of(before), Frames(left, frozenset(), {}))
            left = frozenset[int]()
        self._agree_anew(pen, after, left)

    def _agree_anew(self, pen: Pen, annotation: Annotation, left: frozenset[int]) -> None:
        """Make all agree with an annotation whose every frame is new, and that left others."""
        placements = annotation.placements
        stored = {number_of(one, self.first_frame): one.is_key for one in placements if one.stored}
        every = frozenset(number_of(one, self.first_frame) for one in placements)
        id = annotation.native_id or self.maker.ids[annotation.id]
        pen.agree(id, _plane_of(annotation), Frames(left - every, every, stored))

    def _stored(self, annotation: Annotation) -> list[Placement]:
        return [one for one in annotation.placements if one.stored and one.origins]

    def _drop(self, pen: Pen, annotation: Annotation, placement: Placement) -> None:
        at, is_question = _span(placement).start, self._is_question(annotation)
        pen.drop(self._spot(placement), at, is_question=is_question)

    def _spot(self, placement: Placement) -> Spot:
        frame = None if placement.index is None else placement.index + self.first_frame
        return Spot(placement.plane, frame)

    def _put(
        self, pen: Pen, annotation: Annotation, placement: Placement, like: Placement | None
    ) -> None:
        """Put one record in; one that is `like` another keeps what that says besides its shape."""
        spot = self._spot(placement)
        id = annotation.native_id or self.maker.ids[annotation.id]
        if self._is_question(annotation):
            pen.put(spot, id, self.maker.question(annotation), is_question=True)
            return
        if not placement.stored:
            return
        if (spot.frame is None) != (pen.form == "Image"):
            raise CannotWrite("its label needs a frame for it, or holds none")
        shape = check_shape(self.maker.label(annotation.class_id), placement.flat, pen.form)
        geometry = self._geometry(annotation, placement, shape)
        kind = f"{pen.form}{TAILS[kind_of(shape)]}"
        made = self.maker.object(annotation, geometry, kind, pen.example(spot))
        if like is not None:
            made = self._following(made, like, placement)
        else:
            asked = annotation.attributes if spot.frame is None else placement.attributes
            made["classifications"] = self.maker.answers(asked)
        if "keyframe" in made:
            made["keyframe"] = placement.is_key
        pen.put(spot, id, made, is_question=False)

    def _geometry(
        self, annotation: Annotation, placement: Placement, shape: Shape
    ) -> tuple[str, JsonValue]:
        """Return the key and the value that hold a shape; of a mask, the name of its file."""
        if isinstance(shape, Mask):
            id = annotation.native_id or self.maker.ids[annotation.id]
            name = self.masks.put(annotation, id, placement)
            return ("instanceURI", name) if self.maker.is_old else ("mask", {"url": name})
        return geometry_of(shape)

    def _following(
        self, made: Mapping[str, JsonValue], like: Placement, placement: Placement
    ) -> dict[str, JsonValue]:
        """Return a record that says what `like`'s does, but for its geometry.

        Its answers are the placement's own.
        """
        held = self._value(like)
        kept = {key: value for key, value in held.items() if key not in GEOMETRY_KEYS}
        if "instanceURI" in held and "instanceURI" not in made:  # of v1: the shape as a picture
            kept["instanceURI"] = held["instanceURI"]
        record = {**made, **plain_values(kept)}
        if not same_answers(like.attributes, placement.attributes):
            text = self.style.dumped(record.get("classifications"))
            patch = self.maker.written.patch(value_of(text), like.attributes, placement.attributes)
            edits = edits_of(text, Span(0, len(text)), patch, self.style)
            changed = value_of(b"".join(spliced(text, edits)))
            record["classifications"] = plain_values({"": changed})[""]
        return record

    def _is_question(self, annotation: Annotation) -> bool:
        label = self.maker.label(annotation.class_id)
        return label.kind is None and label.mode in QUESTIONS


def plain_values(value: Mapping[str, object]) -> dict[str, JsonValue]:
    """Return values of a parsed record as values that can be written."""
    return cast("dict[str, JsonValue]", dict(value))


def _span(placement: Placement) -> Span:
    origin = placement.origins[0]
    return Span(origin.start, origin.end)


def _plane_of(annotation: Annotation) -> Plane:
    return annotation.placements[0].plane if annotation.placements else "acquired"


def _entries(annotation: Annotation) -> str | None:
    return annotation.placements[0].media.entry if annotation.placements else None


def _reshaped(changes: FrameChanges) -> bool:
    return any(not same_shape(old.flat, new.flat) for old, new in changes.altered)


def _answered(before: Annotation, after: Annotation, changes: FrameChanges) -> bool:
    if not same_answers(before.attributes, after.attributes):
        return True
    return any(not same_answers(old.attributes, new.attributes) for old, new in changes.altered)


def _form_of(mode: str | None) -> str:
    return "DICOM" if (mode or "").startswith("DICOM") else ""


def _nearest(annotation: Annotation, placement: Placement) -> Placement | None:
    """Return the stored placement whose frame is nearest, the one before rather than behind."""
    placements, frame = annotation.placements, placement.index or 0
    if isinstance(placements, Track):
        stored = np.setdiff1d(placements.slots, placements.derived)
        away = np.abs(placements.frames[stored] - frame)  # as opened, slots are in order
        return placements[int(stored[np.argmin(away)])] if len(stored) else None
    held = [one for one in placements if one.stored and one.origins]
    return min(held, key=lambda one: (abs((one.index or 0) - frame), one.index), default=None)
