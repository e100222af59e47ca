"""Objects as their records: changed in place, taken out, put in, moved to another frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from viewer.errors import CannotWrite
from viewer.formats.encord.answer_edits import Actions, AnswerWriter, answers_of, same_answers
from viewer.formats.encord.answers import hash_of
from viewer.formats.encord.checks import check_change, check_class, check_shape
from viewer.formats.encord.encode import Geometry
from viewer.formats.encord.entries import Holder
from viewer.formats.encord.frames import FrameChanges, frame_changes, place_of
from viewer.formats.encord.making import Maker
from viewer.formats.encord.numbers import geometry_of
from viewer.formats.encord.pages import ACTIONS, ANSWERS, Pages, span_of_placement
from viewer.formats.encord.pen import OBJECTS
from viewer.formats.encord.shapes import Json, corners_in
from viewer.formats.encord.times import spelled_time
from viewer.formats.patches import Put, plain
from viewer.formats.problems import few
from viewer.formats.style import JsonValue
from viewer.geometry.measure import same_shape
from viewer.model.annotation import Annotation
from viewer.model.placement import Attribute, Placement
from viewer.model.track import Track

_MOST_LIKE = 2_000  # labels of a class whose questions are looked at


@dataclass(frozen=True, eq=False)
class Objects:
    """Turns edited objects into edits.

    Args:
        notes: what a person should know of the save.
    """

    pages: Pages
    maker: Maker
    answers: AnswerWriter
    notes: list[str]

    def delete(self, annotation: Annotation, *, is_alone: bool) -> None:
        """Take an object out of its frames, with its answers unless another has its id."""
        pen = self.pages.pen_of(annotation)
        entry = self.pages.said_at(annotation, ANSWERS)
        for placement in annotation.placements:
            if span_of_placement(placement) != entry:  # an object that marks a range is its entry
                pen.drop(placement.origins[0].start)
        if is_alone:
            pen.forget("object_answers", annotation.native_id)
            pen.forget("object_actions", annotation.native_id)

    def add(self, annotation: Annotation) -> None:
        """Put a new object in.

        Raises:
            CannotWrite: its row cannot hold it.
        """
        first = annotation.placements[0]
        holder = self.pages.layout.holder_for(first.media.entry, annotation.author)
        actions = Actions(self.answers, None)
        for placement in annotation.placements:
            self._put(holder, annotation, placement, None)
            actions.change(max(place_of(placement), 0), (), placement.attributes)
        id, pen = self.maker.id_of(annotation), self.pages.pen(holder.row)
        answers = self.answers.records(annotation.attributes)
        pen.say("object_answers", id, {"objectHash": id, "classifications": answers})
        if not actions.is_empty:
            listed = plain(actions.patch())
            pen.say("object_actions", id, {"objectHash": id, "actions": listed})

    def change(self, before: Annotation, after: Annotation) -> tuple[str, ...]:
        """Make an object another one, and return the names of what differs.

        Raises:
            CannotWrite: the format cannot hold it.
        """
        changes = frame_changes(before, after)
        fields = _fields(before, after, changes)
        if not fields:
            return ()
        check_change(before, after)
        if before.class_id != after.class_id:
            self._reclass(before, after, changes)
        for old, new in changes.altered:
            self._reshape(after, old, new)
        for placement in changes.dropped:
            self.pages.pen_of(before).drop(placement.origins[0].start)
        for placement in changes.come:
            holder = self.pages.holder_of(before)
            self._put(holder, after, placement, nearest(before, placement))
        self._answer(before, after, changes)
        return fields

    def _reshape(self, annotation: Annotation, old: Placement, new: Placement) -> None:
        if same_shape(old.flat, new.flat):
            return
        shape = check_shape(self.maker.label(annotation.class_id), new.flat)
        if old.size is None:
            raise CannotWrite("its picture's size is not known; open the picture first")
        span = span_of_placement(old)
        geometry = Geometry(self.pages.base, span, old.size, self.pages.style)
        self.pages.take(geometry.edits(shape))
        self._stamp(annotation, old)

    def _stamp(self, annotation: Annotation, placement: Placement) -> None:
        """Say of a record when it was edited and by whom, where it says so or can."""
        held = self.maker.value_at(placement.origins[0])
        like = held.get("lastEditedAt") or held.get("createdAt")
        time = spelled_time(annotation.updated, like)
        if time is None:
            return
        patch = self.pages.patch_at(span_of_placement(placement))
        if annotation.updated_by:
            patch.members["lastEditedBy"] = Put(annotation.updated_by)
        patch.members["lastEditedAt"] = Put(time)

    def _reclass(self, before: Annotation, after: Annotation, changes: FrameChanges) -> None:
        check_class(self.maker.label(before.class_id), self.maker.label(after.class_id))
        keys = self.maker.class_keys(after.class_id)
        gone = {placement.media for placement in changes.dropped}
        for placement in before.placements:
            if placement.media not in gone:
                patch = self.pages.patch_at(span_of_placement(placement))
                patch.members.update({key: Put(value) for key, value in keys.items()})
                self._stamp(after, placement)

    def _put(
        self, holder: Holder, annotation: Annotation, placement: Placement, like: Placement | None
    ) -> None:
        """Put one record in; one that is `like` another keeps what that says."""
        place = place_of(placement)
        label = self.maker.label(annotation.class_id)
        shape = check_shape(label, placement.flat)
        *_, width, height = holder.spot(place)
        size = (width, height) if width > 0 else placement.size or (like and like.size)
        if size is None:
            raise CannotWrite("its picture's size is not known; open the picture first")
        held: Json = {} if like is None else self.maker.value_at(like.origins[0])
        nodes = held.get("skeleton")
        named = corners_in(nodes) if nodes else self.answers.known.book.nodes.get(label.id, ())
        geometry = geometry_of(label.mode or "", shape, size, named)
        if like is not None:
            record = self.maker.following(held, geometry, annotation)
            time = spelled_time(annotation.updated, held.get("createdAt"))
            record.update({"lastEditedAt": time} if time else {})
        else:
            record = self.maker.object(annotation, geometry, self.maker.sample(annotation.class_id))
        self.pages.put(holder, place, OBJECTS, record)

    def _answer(self, before: Annotation, after: Annotation, changes: FrameChanges) -> None:
        """Change what is said of an object besides its records."""
        actions, wanted = self._actions(before, changes), after.attributes
        if before.class_id != after.class_id:
            gone = self._unasked(before, after, actions)
            wanted = tuple(one for one in wanted if one.key not in gone)
            actions.leave_questions(gone)
        if not same_answers(before.attributes, wanted):
            self._static(before, wanted)
        self._dynamic(before, actions)

    def _unasked(self, before: Annotation, after: Annotation, actions: Actions) -> set[str]:
        """Return the questions of the old class that the new one does not have, and say so.

        Raises:
            CannotWrite: no ontology has the new class, and no label of it answers them.
        """
        asked = {one.key: one.name for one in answers_of(after.attributes).values()}
        asked.update(actions.questions)
        of_old, of_new = (self.answers.known.asked_of(one.class_id) for one in (before, after))
        if of_new is None:
            unknown = asked.keys() - self._answered_in(after.class_id)
            if unknown:
                raise CannotWrite(
                    f"only the ontology says whether its new class asks "
                    f"{few(repr(asked[key]) for key in asked if key in unknown)}; open it with the "
                    "export, or take these answers away first"
                )
            return set()
        gone = {key for key in asked if key not in of_new and (of_old is None or key in of_old)}
        if gone:
            names = few(repr(asked[key]) for key in asked if key in gone)
            label = self.maker.label(before.class_id).title
            self.notes.append(
                f"{label} ({before.native_id}): its new class does not ask {names}; these answers "
                "are taken out of the file."
            )
        return gone

    def _answered_in(self, class_id: str) -> set[str]:
        """Return the questions that labels of a class answer."""
        columns, decoder = self.pages.decoder.columns, self.pages.decoder
        if class_id not in columns.classes:
            return set()
        same = np.flatnonzero(columns.class_codes == columns.classes.index(class_id))
        every = (decoder.said(ordinal) for ordinal in same[:_MOST_LIKE].tolist())
        return {hash_of(one) for said in every for one in (*said.answers, *said.actions)}

    def _static(self, before: Annotation, wanted: tuple[Attribute, ...]) -> None:
        """Change the answers of an object as a whole."""
        span, id = self.pages.said_at(before, ANSWERS), before.native_id
        if span is None:
            answers = self.answers.records(wanted)
            entry: JsonValue = {"objectHash": id, "classifications": answers}
            self.pages.pen_of(before).say("object_answers", id, entry)
            return
        held = self.pages.decoder.said(before.id.ordinal).entry.get("classifications")
        patch = self.answers.patch(held, before.attributes, wanted)
        self.pages.patch_at(span).members["classifications"] = patch

    def _dynamic(self, before: Annotation, actions: Actions) -> None:
        """Change the answers of frames: those that were left have none."""
        patch = actions.patch()
        span, id = self.pages.said_at(before, ACTIONS), before.native_id
        if not (patch.at or patch.added):
            return
        if span is None:
            entry: JsonValue = {"objectHash": id, "actions": plain(patch)}
            self.pages.pen_of(before).say("object_actions", id, entry)
        elif actions.is_empty:
            self.pages.pen_of(before).forget("object_actions", id)
        else:
            self.pages.patch_at(span).members["actions"] = patch

    def _actions(self, before: Annotation, changes: FrameChanges) -> Actions:
        """Return the answers of frames as they are after an edit."""
        said = self.pages.decoder.said(before.id.ordinal)
        actions = Actions(self.answers, said.by_frame.get("actions"))
        for placement in changes.dropped:
            actions.leave(max(place_of(placement), 0))
        for old, new in changes.altered:
            actions.change(max(place_of(old), 0), old.attributes, new.attributes)
        for placement in changes.come:
            actions.change(max(place_of(placement), 0), (), placement.attributes)
        return actions


def _fields(before: Annotation, after: Annotation, changes: FrameChanges) -> tuple[str, ...]:
    """Return the names of what differs."""
    altered = changes.altered
    is_answered = not same_answers(before.attributes, after.attributes) or any(
        not same_answers(old.attributes, new.attributes) for old, new in altered
    )
    pairs = (
        ("label", before.class_id != after.class_id),
        ("note", before.note != after.note),
        ("parent", before.parent != after.parent),
        ("frames", bool(changes.dropped or changes.come)),
        ("shape", any(not same_shape(old.flat, new.flat) for old, new in altered)),
        ("answers", is_answered),
    )
    return tuple(name for name, differs in pairs if differs)


def nearest(annotation: Annotation, placement: Placement) -> Placement | None:
    """Return the placement as opened whose frame is nearest, the one before rather than behind."""
    placements, place = annotation.placements, place_of(placement)
    if isinstance(placements, Track):
        return placements[int(np.argmin(np.abs(placements.frames - place)))]
    return min(placements, key=lambda one: abs(place_of(one) - place), default=None)
