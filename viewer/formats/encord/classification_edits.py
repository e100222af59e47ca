"""Classifications: lists of frames and ranges beside the answers, kept in agreement.

Older libraries read the frames' lists, newer ones the ranges; a new classification has both.
"""

from __future__ import annotations

from dataclasses import dataclass

from viewer.errors import CannotWrite
from viewer.formats.encord.answer_edits import AnswerWriter, answers_of, same_answers
from viewer.formats.encord.checks import check_change, check_class
from viewer.formats.encord.entries import Holder
from viewer.formats.encord.frames import FrameChanges, frame_changes, place_of
from viewer.formats.encord.making import Maker
from viewer.formats.encord.object_edits import nearest
from viewer.formats.encord.pages import ANSWERS, Pages, span_of_placement
from viewer.formats.encord.pen import CLASSIFICATIONS
from viewer.formats.encord.ranges import Range, ranges_in, ranges_over, with_frame, without
from viewer.formats.encord.times import spelled_time
from viewer.formats.json_tools import is_object
from viewer.formats.patches import ObjectPatch, Put
from viewer.formats.style import JsonValue
from viewer.model.annotation import Annotation
from viewer.model.placement import Placement

_ENTRIES = "classification_answers"


@dataclass(frozen=True, eq=False)
class Classifications:
    """Turns edited classifications into edits."""

    pages: Pages
    maker: Maker
    answers: AnswerWriter

    def delete(self, annotation: Annotation, *, is_alone: bool) -> None:
        """Take a classification off its frames, with its answers unless another has its id."""
        pen = self.pages.pen_of(annotation)
        for placement in annotation.placements:
            if not self._is_entry(annotation, placement):
                pen.drop(placement.origins[0].start)
        if is_alone:
            pen.forget(_ENTRIES, annotation.native_id)
        else:
            gone = FrameChanges(tuple(annotation.placements), (), ())
            self._agree(annotation, gone)

    def add(self, annotation: Annotation) -> None:
        """Put a new classification in.

        Raises:
            CannotWrite: it has no answer, or its row cannot hold it.
        """
        if not answers_of(annotation.attributes):
            raise CannotWrite("a classification needs an answer")
        first = annotation.placements[0]
        holder = self.pages.layout.holder_for(first.media.entry, annotation.author)
        pen, id = self.pages.pen(holder.row), self.maker.id_of(annotation)
        places = [place_of(placement) for placement in annotation.placements]
        framed = [place for place in places if place >= 0 or holder.is_single]
        for place in framed:
            record = self.maker.classification(annotation)
            self.pages.put(holder, place, CLASSIFICATIONS, record)
        pen.say(_ENTRIES, id, self._entry(annotation, holder, framed))

    def change(self, before: Annotation, after: Annotation) -> tuple[str, ...]:
        """Make a classification another one, and return the names of what differs.

        Raises:
            CannotWrite: the format cannot hold it.
        """
        changes = frame_changes(before, after)
        pairs = (
            ("label", before.class_id != after.class_id),
            ("note", before.note != after.note),
            ("parent", before.parent != after.parent),
            ("frames", bool(changes.dropped or changes.come)),
            ("answers", not same_answers(before.attributes, after.attributes)),
        )
        fields = tuple(name for name, differs in pairs if differs)
        if not fields:
            return ()
        check_change(before, after)
        if before.class_id != after.class_id:
            check_class(self.maker.label(before.class_id), self.maker.label(after.class_id))
        if not answers_of(after.attributes):
            raise CannotWrite("it has no answer any more; delete it instead")
        self._answer(before, after)
        self._move(before, after, changes)
        return fields

    def _answer(self, before: Annotation, after: Annotation) -> None:
        span = self.pages.said_at(before, ANSWERS)
        if same_answers(before.attributes, after.attributes):
            return
        if span is None:
            holder = self.pages.holder_of(before)
            places = [place_of(placement) for placement in after.placements]
            entry = self._entry(after, holder, places)
            self.pages.pen(holder.row).say(_ENTRIES, before.native_id, entry)
            return
        held = self.pages.decoder.said(before.id.ordinal).entry
        patch = self.answers.patch(held.get("classifications"), before.attributes, after.attributes)
        here = self.pages.patch_at(span)
        here.members["classifications"] = patch
        time = spelled_time(after.updated, held.get("lastEditedAt"))
        if time is not None and "lastEditedAt" in held:
            here.members["lastEditedAt"] = Put(time)

    def _move(self, before: Annotation, after: Annotation, changes: FrameChanges) -> None:
        """Change the frames that it is on, in their lists and in its range."""
        for placement in changes.dropped:
            if not self._is_entry(before, placement):
                self.pages.pen_of(before).drop(placement.origins[0].start)
        for placement in changes.come:
            like = nearest(before, placement)
            if like is None or self._is_entry(before, like):
                continue  # its range alone says where it is
            holder = self.pages.holder_of(before)
            record = self.maker.following(self.maker.value_at(like.origins[0]), {}, after)
            self.pages.put(holder, place_of(placement), CLASSIFICATIONS, record)
        if changes.dropped or changes.come:
            self._agree(before, changes)

    def _agree(self, annotation: Annotation, changes: FrameChanges) -> None:
        """Make a range say what the frames do, where there is one."""
        span = self.pages.said_at(annotation, ANSWERS)
        held = self.pages.decoder.said(annotation.id.ordinal).entry
        if span is None:
            return
        space = self.pages.holder_of(annotation).space
        spaces = held.get("spaces")
        if space is not None:
            inner = spaces.get(space) if is_object(spaces) else None
            if not is_object(inner):
                return
            ranges = _moved(ranges_in(inner.get("range")), changes)
            patch = ObjectPatch({space: ObjectPatch({"range": Put(ranges)})})
            self.pages.patch_at(span).members["spaces"] = patch
        elif held.get("range") is not None:
            ranges = _moved(ranges_in(held.get("range")), changes)
            self.pages.patch_at(span).members["range"] = Put(ranges)

    def _entry(self, annotation: Annotation, holder: Holder, places: list[int]) -> JsonValue:
        """Return a new entry among the answers, with the frames that it holds on."""
        ranges = [list(ends) for ends in ranges_over(max(place, 0) for place in places)]
        answers = self.answers.records(annotation.attributes)
        if holder.space is None:
            return self.maker.answer_entry(annotation, ranges, {}, answers)
        spaces: JsonValue = {holder.space: {"range": ranges, "type": "frame"}}
        return self.maker.answer_entry(annotation, [], spaces, answers)

    def _is_entry(self, annotation: Annotation, placement: Placement) -> bool:
        """Whether a placement has no record of its own, only a range among the answers."""
        return span_of_placement(placement) == self.pages.said_at(annotation, ANSWERS)


def _moved(ranges: list[Range], changes: FrameChanges) -> JsonValue:
    """Return ranges without the frames that were left and with those that came."""
    for placement in changes.dropped:
        ranges = without(ranges, max(place_of(placement), 0))
    come = [max(place_of(placement), 0) for placement in changes.come]
    for frame in come:
        ranges = with_frame(ranges, frame)
    return [list(ends) for ends in ranges]
