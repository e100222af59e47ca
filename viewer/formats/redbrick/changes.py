"""Edits of label records that were there before."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from viewer.errors import CannotWrite
from viewer.formats.format import WriteJob, named
from viewer.formats.json_tools import Span, is_object
from viewer.formats.patches import GONE
from viewer.formats.pen import Pen
from viewer.formats.redbrick.answer_writing import answer_of, is_other, shown_only
from viewer.formats.redbrick.categories import Category, parts_of, path_of
from viewer.formats.redbrick.checks import check_attribute, list_name_of
from viewer.formats.redbrick.encode import reshape
from viewer.formats.redbrick.entries import items_of
from viewer.formats.redbrick.layout import Layout, Object, member_of
from viewer.formats.redbrick.lists import CLASSIFYING
from viewer.formats.redbrick.moves import check_item, followed, spelled_flag, where_of
from viewer.formats.redbrick.shapes import record_of
from viewer.formats.redbrick.solid_writing import Pointed, affine_for, reshape_solid
from viewer.formats.redbrick.stats import remeasure
from viewer.formats.redbrick.track_edits import is_same
from viewer.formats.style import JsonValue
from viewer.geometry.shapes import Shape
from viewer.model.annotation import Annotation
from viewer.model.placement import Attribute, Placement
from viewer.model.project import Entry

_VIDEO: Mapping[str, JsonValue] = {"trackId": "", "keyFrame": True, "endTrack": True}


@dataclass(eq=False)
class Changer:
    """Notes what is to change in single records.

    Args:
        layout: of the file; asked only where it is needed.
        numbers: classId by class id, of the taxonomy.
    """

    job: WriteJob
    pen: Pen
    layout: Callable[[], Layout]
    numbers: Mapping[str, int]
    notes: list[str] = field(default_factory=list[str])

    def fields(self, before: Annotation, after: Annotation, starts: Sequence[int]) -> list[str]:
        """Note what differs of the annotation itself, in the records at these bytes."""
        found: list[str] = []
        if before.class_id != after.class_id:
            found.append("label")
            for start in starts:
                self._category(start, after)
        if before.group != after.group:
            found.append("group")
            for start in starts:
                self.pen.set(start, "group", GONE if after.group is None else after.group)
        if before.note != after.note:
            found.append("note")
            self._note(after, starts)
        if before.attributes != after.attributes:
            found.append("attributes")
            for start in starts:
                self.attributes(start, before.attributes, after.attributes, after)
        return found

    def placement(
        self, start: int, before: Placement, after: Placement, annotation: Annotation
    ) -> list[str]:
        """Note what differs of one placement, in the record at byte `start`."""
        found: list[str] = []
        is_reshaped = before.shape is not None and not is_same(before.shape, after.shape)
        if before.media.entry != after.media.entry:
            raise CannotWrite(
                f"{named(self.job, annotation)} was moved to another series; delete it and draw it "
                "anew there."
            )
        if (before.index, before.media) != (after.index, after.media):
            found.append("image")
            self._move(start, before, after, annotation)
        if is_reshaped:
            found.append("shape")
            found += self._reshape(start, before, after, annotation)
        if {"image", "shape"} & set(found):
            found += self.remeasure(start, before, after, annotation)
        if before.is_key != after.is_key:
            found.append("key frame")
            self.flag(start, "keyFrame", on=after.is_key)
        if before.attributes != after.attributes:
            found.append("attributes")
            self.attributes(start, before.attributes, after.attributes, annotation)
        return found

    def _reshape(
        self, start: int, before: Placement, after: Placement, annotation: Annotation
    ) -> list[str]:
        """Note a new shape; return what was worked out anew with it."""
        old, new = before.shape, after.shape
        if isinstance(old, Pointed) and isinstance(new, Pointed):
            found = reshape_solid(self.pen, start, old, new, affine_for(self.job, after))
            if found.dropped:
                self.notes.append(
                    f"{named(self.job, annotation)} lost {', '.join(found.dropped)}, "
                    "since neither the export nor open pictures tell where its voxels lie in mm."
                )
            return found.anew
        if isinstance(old, Shape) and isinstance(new, Shape) and after.size is not None:
            reshape(self.pen, start, old, new, after.size)
        else:
            raise CannotWrite(f"{named(self.job, annotation)} needs a shape on a known picture.")
        return []

    def remeasure(
        self, start: int, before: Placement, after: Placement, annotation: Annotation
    ) -> list[str]:
        """Work out anew what the record at byte `start` says was measured of its shape.

        Returns:
            "stats" where it says anything.
        """
        if member_of(self.pen.base, Object(start, None), "stats") is None:
            return []
        lost = remeasure(self.job, self.pen, start, (before, after), annotation)
        if lost:
            self.notes.append(f"{named(self.job, annotation)} {lost}")
        return ["stats"]

    def _category(self, start: int, after: Annotation) -> None:
        old = member_of(self.pen.base, Object(start, None), "category")
        if old is None:
            raise CannotWrite(f"{named(self.job, after)} has no category to change.")
        token = bytes(self.pen.base[old.start : old.end])
        self.pen.set(
            start, "category", self.category(after.class_id, as_number=token[:1].isdigit())
        )

    def category(self, class_id: str, *, as_number: bool = False) -> JsonValue:
        """Return a class as files spell it: its name, its path, or its number."""
        found: Category = parts_of(class_id)[1]
        if isinstance(found, int):
            return found
        if as_number and class_id in self.numbers:
            return self.numbers[class_id]
        path = list(path_of(found))
        return path if len(path) > 1 else path[0]

    def _note(self, after: Annotation, starts: Sequence[int]) -> None:
        for start in starts:
            old = member_of(self.pen.base, Object(start, None), "comment")
            if old is None:
                raise CannotWrite(
                    f"{named(self.job, after)}: RedBrick AI's exports hold no notes; only labels "
                    "of an upload with a comment can have theirs changed."
                )
            inside = is_object(record_of(self.pen.base[old.start : old.end]))
            at, key = (old.start, "text") if inside else (start, "comment")
            self.pen.set(at, key, GONE if after.note is None else after.note)

    def attributes(
        self,
        start: int,
        before: Sequence[Attribute],
        after: Sequence[Attribute],
        annotation: Annotation,
    ) -> None:
        """Note changed answers in the record at byte `start`."""
        key = "values" if list_name_of(annotation) == "instanceClassifications" else "attributes"
        old, new = ({one.key: one for one in some if one.key} for some in (before, after))
        changed = [one for one in new.values() if is_other(old.get(one.key), one)]
        gone = [one for one in old.values() if one.key not in new]
        for attribute in (*changed, *gone, *shown_only(before, after)):
            check_attribute(self.job, annotation, attribute)
        values = {one.key: answer_of(one) for one in changed}
        values |= {one.key: None for one in gone}
        span = member_of(self.pen.base, Object(start, None), key)
        if span is None or self.pen.base[span.start] != ord("{"):
            given = {name: value for name, value in values.items() if value is not None}
            self.pen.set(start, key, given)
            return
        for name, value in values.items():
            self.pen.set(span.start, name, GONE if value is None else value)

    def _move(
        self, start: int, before: Placement, after: Placement, annotation: Annotation
    ) -> None:
        name = list_name_of(annotation)
        if name == "instanceClassifications":
            self._move_frame(start, after, annotation)
            return
        if name in CLASSIFYING - {"classifications"}:
            raise CannotWrite(f"{named(self.job, annotation)} is of a whole study, not of a slice.")
        check_item(self.job, before, after, annotation)
        video = self._video(start)
        if video is None:
            given = where_of(after, self._entry(after))
            self.pen.set(start, "video", {**_VIDEO, **given})
            return
        for key, value in self._moved(video, before, after, annotation).items():
            self.pen.set(video.start, key, GONE if value is None else value)

    def _moved(
        self, video: Span, before: Placement, after: Placement, annotation: Annotation
    ) -> dict[str, int | None]:
        """Return the members of a `video` that a move changes; None for one that goes."""
        found: dict[str, int | None] = {}
        item, index = after.media.item, after.index
        inside = member_of(self.pen.base, Object(video.start, None), "seriesFrameIndex")
        if item != before.media.item:
            found["seriesItemIndex"] = item
        if before.media.item is not None and inside is not None:  # frames count within files
            found["seriesFrameIndex"] = index
            found["frameIndex"] = None
        elif index != before.index:
            found["frameIndex"] = index
        elif item != before.media.item and index is not None:
            found["frameIndex"] = followed(before, after, self._entry(after))
        if after.media.frame != before.media.frame:
            found["seriesFrameIndex"] = after.media.frame
        if found.get("frameIndex", 0) is None and before.index is not None:
            self.notes.append(
                f"{named(self.job, annotation)} names the file of its new slice and no frameIndex, "
                "since the export does not tell in which order it counts."
            )
        return found

    def _entry(self, placement: Placement) -> Entry | None:
        entries = {entry.id: entry for entry in self.job.export.entries}
        return entries.get(placement.media.entry or "")

    def _move_frame(self, start: int, after: Placement, annotation: Annotation) -> None:
        if after.index is None:
            raise CannotWrite(f"{named(self.job, annotation)} needs a frame.")
        self.pen.set(start, "fileIndex", after.index)
        if member_of(self.pen.base, Object(start, None), "fileName") is not None:
            name = self.item_name(start, after.media.item)
            self.pen.set(start, "fileName", GONE if name is None else name)

    def item_name(self, start: int, item: int | None) -> str | None:
        """Return the file of this number in the series that byte `start` is in, as listed there."""
        series = self.layout().series_at(start)
        span = member_of(self.pen.base, series, "items") if series else None
        if span is None or item is None:
            return None
        names = items_of(msgspec.Raw(bytes(self.pen.base[span.start : span.end])))
        return names[item] if item < len(names) else None

    def _video(self, start: int) -> Span | None:
        span = member_of(self.pen.base, Object(start, None), "video")
        return span if span and self.pen.base[span.start] == ord("{") else None

    def flag(self, start: int, key: str, *, on: bool) -> None:
        """Set `keyFrame` or `endTrack`, in the type that it has there."""
        video = self._video(start)
        if video is None:
            self.pen.set(start, "video", {**_VIDEO, key: on})
            return
        self.pen.set(video.start, key, spelled_flag(self.pen.base, video, key, on=on))
