"""Rows that come and go: new annotations, deleted ones, and their commas."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from viewer.errors import CannotWrite
from viewer.formats.containers import Container as Elements
from viewer.formats.containers import New, changed
from viewer.formats.format import WriteJob, named
from viewer.formats.json_tools import BadJson, Bytes, Span, members
from viewer.formats.mdai.checks import check_label
from viewer.formats.mdai.encode import data_of
from viewer.formats.mdai.entries import placed_media
from viewer.formats.mdai.layout import Container
from viewer.formats.new_ids import digests
from viewer.formats.style import JsonValue, Style, indent_at
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.ontology import LabelClass
from viewer.model.source import Edit, Insert, Replace
from viewer.model.table import Ints

# Keys of the exports of 2021, in their order; used where a file has no record to follow.
USUAL_KEYS = (
    "id", "parentId", "isImported", "createdAt", "createdById", "updatedAt", "updatedById",
    "labelId", "annotationNumber", "height", "width", "data", "note", "radlexTagIds",
    "reviewsPositiveCount", "reviewsNegativeCount",
)  # fmt: skip
_UIDS = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "frameNumber")
_PLAIN: Mapping[str, JsonValue] = {
    "isImported": False,
    "isInterpolated": False,
    "clonedFromModelOutputId": None,
    "updateHistory": [],
    "annotationNumber": None,
    "radlexTagIds": [],
    "reviews": [],
    "reviewsPositiveCount": 0,
    "reviewsNegativeCount": 0,
}


def ids_for(annotation: Annotation) -> Iterator[str]:
    """Yield ids of the vendor's form from time, place and number alone."""
    places = [placement.media for placement in annotation.placements]
    for digest in digests(f"{annotation.created}|{annotation.id.ordinal}|{places}"):
        yield f"A_{digest.hex()[:10]}"


@dataclass(frozen=True)
class RowMaker:
    """Makes the values of new records."""

    job: WriteJob
    ids: Mapping[AnnotationId, str]
    user_of: Callable[[str | None], str | None]
    parent_of: Callable[[AnnotationId | None], str | None]

    def row(self, annotation: Annotation, keys: Sequence[str]) -> dict[str, JsonValue]:
        """Return a record with `keys` in their order as far as they are known.

        Raises:
            CannotWrite: no such label, a shape that does not fit it, or UIDs are missing.
        """
        if len(annotation.placements) != 1:
            raise CannotWrite(f"{named(self.job, annotation)} needs exactly one placement.")
        label = check_label(self.job, annotation)
        uids = self._uids(annotation, label)
        values = {**_PLAIN, **self._own(annotation), **uids}
        wanted = [key for key in keys if key in values]
        wanted += [key for key in ("id", "labelId", "data", *uids) if key not in wanted]
        return {key: values[key] for key in wanted}

    def _own(self, annotation: Annotation) -> dict[str, JsonValue]:
        placement = annotation.placements[0]
        size = placement.size if placement.shape is not None else None
        user = self.user_of(annotation.updated_by or annotation.author)
        return {
            "id": self.ids[annotation.id],
            "parentId": self.parent_of(annotation.parent),
            "createdAt": annotation.created or annotation.updated,
            "createdById": user,
            "updatedAt": annotation.updated or annotation.created,
            "updatedById": user,
            "labelId": annotation.class_id,
            "height": size[1] if size else None,
            "width": size[0] if size else None,
            "data": data_of(placement.flat),
            "note": annotation.note,
            "groupId": annotation.group,
        }

    def _uids(self, annotation: Annotation, label: LabelClass) -> dict[str, JsonValue]:
        """Return the UIDs that the label's scope needs; others are absent, never null."""
        columns = self.job.base.columns
        media = placed_media(self.job.export, columns, annotation.placements[0])
        scope = label.scope or media.scope
        values = (media.study, media.series, media.instance, media.frame)
        found = dict(zip(_UIDS, values, strict=True))
        wanted = {"study": _UIDS[:1], "series": _UIDS[:2], "instance": _UIDS[:3]}[scope]
        if scope == "instance" and media.frame is not None and media.instance is None:
            wanted = _UIDS[:2]  # a video has no SOP instance
        missing = [name for name in wanted if found[name] is None]
        if missing:
            raise CannotWrite(f"{named(self.job, annotation)} has no {' and no '.join(missing)}.")
        if scope == "instance" and media.frame is not None:
            wanted = (*wanted, "frameNumber")
        return {name: found[name] for name in wanted}


@dataclass(eq=False)
class ListPlan:
    """Edits of one dataset's list of annotations."""

    base: Bytes
    style: Style
    container: Container
    starts: Ints
    ends: Ints

    def plan(self, deleted: Sequence[int], rows: Sequence[Mapping[str, JsonValue]]) -> list[Edit]:
        """Return the edits that take out elements by number and put rows in at the end."""
        box, count = self.container, len(self.starts)
        keeps_some = len(set(deleted)) < count
        if rows and box.list_start is None:
            return self._make_list(rows)
        if box.list_start is None or (box.list_end is None and not (keeps_some and not rows)):
            raise CannotWrite(
                "The file breaks off inside its list of annotations: no row can be added, "
                "nor can all be deleted."
            )
        span = Span(box.list_start, box.list_end or box.list_start)
        found = Elements(self.base, span, self.starts, self.ends, self.starts)
        return changed(found, self.style, deleted, [New(count, row) for row in rows])

    def _make_list(self, rows: Sequence[Mapping[str, JsonValue]]) -> list[Edit]:
        """Give a dataset without a list of annotations one."""
        box = self.container
        indent = indent_at(self.base, box.start) + self.style.unit
        text = self.style.dumped(list(rows), indent)
        if box.value is not None:
            return [Replace(*box.value, text)]
        if box.end is None:
            raise CannotWrite("The file breaks off inside a dataset, so no row can be added to it.")
        text = self.style.text("annotations") + self.style.colon + text
        before = list(members(self.base, box.start))
        if not before:
            line = self.style.line(indent)
            return [Insert(box.start + 1, line + text)]
        gap = b"," + self.style.line(indent) if self.style.newline else self.style.comma
        if len(before) > 1:
            gap = bytes(self.base[before[0].end : before[1].key_start])
        return [Insert(before[-1].end, gap + text)]


def keys_like(base: Bytes, start: int | None) -> tuple[str, ...]:
    """Return the keys of the record at byte `start`, in order; the usual ones without a record."""
    if start is None:
        return (*USUAL_KEYS, *_UIDS)
    try:
        return tuple(dict.fromkeys(member.key for member in members(base, start)))
    except BadJson:
        return (*USUAL_KEYS, *_UIDS)
