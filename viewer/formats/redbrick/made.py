"""Records of labels that were made here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from viewer.errors import CannotWrite
from viewer.formats.format import WriteJob, named
from viewer.formats.json_tools import BadJson, Bytes, elements, members
from viewer.formats.new_ids import uuids
from viewer.formats.redbrick.answer_writing import answers
from viewer.formats.redbrick.changes import Changer
from viewer.formats.redbrick.checks import check_attribute, check_placement, list_name_of
from viewer.formats.redbrick.encode import geometry_of
from viewer.formats.redbrick.layout import Object, member_of
from viewer.formats.redbrick.lists import FLAT, SOLID
from viewer.formats.redbrick.moves import spelled_flag, where_of
from viewer.formats.redbrick.solid_writing import Pointed, affine_for, values_of
from viewer.formats.style import JsonValue
from viewer.geometry.shapes import Shape
from viewer.model.annotation import Annotation
from viewer.model.placement import Placement

_USUAL = ("id", "category", "attributes", "group", "video", "fileIndex", "fileName")


def ids_for(annotation: Annotation) -> Iterator[str]:
    """Yield ids spelled as RedBrick AI's are, from time, number and class alone."""
    return uuids(f"{annotation.created}|{annotation.id.ordinal}|{annotation.class_id}")


@dataclass(frozen=True, eq=False)
class Maker:
    """Makes the values of new records."""

    job: WriteJob
    changer: Changer

    def row(
        self,
        annotation: Annotation,
        placement: Placement,
        id: str,
        video: Mapping[str, JsonValue],
        like: int | None,
    ) -> dict[str, JsonValue]:
        """Return a record for one placement.

        Args:
            id: of the label, "" to go without.
            video: `trackId`, `keyFrame` and `endTrack` of its frame.
            like: start of a record of the same list, whose order of keys and spelling it follows.

        Raises:
            CannotWrite: its list cannot hold it.
        """
        name = list_name_of(annotation)
        if name == "segmentMap":
            raise CannotWrite(f"{named(self.job, annotation)}: masks are not written.")
        check_placement(self.job, annotation, placement)
        for attribute in annotation.attributes:
            if attribute.value is not None:
                check_attribute(self.job, annotation, attribute)
        if name == "instanceClassifications":
            return self._of_frame(annotation, placement, like)
        geometry = self._geometry(placement)
        values: dict[str, JsonValue] = {**geometry, "id": id}
        if name in FLAT | SOLID:
            values["category"] = self.changer.category(annotation.class_id)
        values |= self._common(annotation, placement)
        where = {} if name in SOLID | {"classification"} else self._video(placement, video, like)
        if where:
            values["video"] = where
        return _ordered(values, keys_like(self.changer.pen.base, like), tuple(geometry))

    def _geometry(self, placement: Placement) -> dict[str, JsonValue]:
        if isinstance(placement.shape, Pointed):
            return values_of(placement.shape, affine_for(self.job, placement))
        if isinstance(placement.shape, Shape) and placement.size is not None:
            return geometry_of(placement.shape, placement.size)
        return {}

    def _common(self, annotation: Annotation, placement: Placement) -> dict[str, JsonValue]:
        given = dict(answers((*annotation.attributes, *placement.attributes)))
        found: dict[str, JsonValue] = {}
        if given or list_name_of(annotation) not in FLAT | SOLID:
            found["attributes"] = given
        if annotation.group is not None:
            found["group"] = annotation.group
        return found

    def _video(
        self, placement: Placement, video: Mapping[str, JsonValue], like: int | None
    ) -> dict[str, JsonValue]:
        """Return where a label stands; nothing on a single picture."""
        entries = {entry.id: entry for entry in self.job.export.entries}
        where = where_of(placement, entries.get(placement.media.entry or ""))
        if not where:
            return {}
        base = self.changer.pen.base
        span = None if like is None else member_of(base, Object(like, None), "video")
        found: dict[str, JsonValue] = dict(video)
        if span is not None and base[span.start] == ord("{"):
            for key in ("keyFrame", "endTrack"):
                found[key] = spelled_flag(base, span, key, on=bool(video[key]))
        found |= where
        order = keys_like(base, span.start if span else None)
        return _ordered(found, order, ())

    def _of_frame(
        self, annotation: Annotation, placement: Placement, like: int | None
    ) -> dict[str, JsonValue]:
        index = placement.media.frame if placement.index is None else placement.index
        index = placement.media.item if index is None else index
        if index is None:
            raise CannotWrite(f"{named(self.job, annotation)} needs a frame.")
        values: dict[str, JsonValue] = {
            "fileIndex": index,
            "values": dict(answers(annotation.attributes)),
        }
        name = self._file_name(placement)
        if name is not None:
            values["fileName"] = name
        return _ordered(values, keys_like(self.changer.pen.base, like), ())

    def _file_name(self, placement: Placement) -> str | None:
        """Return the file that a placement is on, as its series lists it; None without one."""
        task, _, number = (placement.media.entry or "").rpartition("/")
        series = (
            holder.series[int(number)]
            for holder in self.changer.layout().holders_of(task)
            if number.isdecimal() and int(number) < len(holder.series)
        )
        names = (self.changer.item_name(one.start, placement.media.item) for one in series)
        return next((name for name in names if name is not None), None)


def _ordered(
    values: Mapping[str, JsonValue], keys: Sequence[str], first: Sequence[str]
) -> dict[str, JsonValue]:
    """Return the values in the order of `keys`, then `first`, then as records usually have them."""
    order = [*keys, *first, *_USUAL, *values]
    return {key: values[key] for key in dict.fromkeys(order) if key in values}


def keys_like(base: Bytes, start: int | None) -> tuple[str, ...]:
    """Return the keys of the object at byte `start`, in order; none without one."""
    if start is None:
        return ()
    return tuple(dict.fromkeys(_keys(base, start)))


def _keys(base: Bytes, start: int) -> Iterator[str]:
    try:
        for member in members(base, start):
            yield member.key
    except BadJson:
        return


def last_element(base: Bytes, start: int) -> int | None:
    """Return the start of the last object of the list at byte `start`, None without one."""
    found = None
    try:
        for span in elements(base, start):
            found = span.start if base[span.start] == ord("{") else found
    except BadJson:
        return found
    return found
