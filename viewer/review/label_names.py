"""How labels and tasks are named in files beside an export, and found again by those names."""

from __future__ import annotations

from functools import cached_property

import msgspec
import numpy as np

from viewer.model.annotation import AnnotationId
from viewer.model.project import Project
from viewer.model.subject import MediaKey
from viewer.model.table import Base, Columns


class LabelName(msgspec.Struct, frozen=True, omit_defaults=True):
    """A label as a file beside its export names it.

    Args:
        ordinal: its place in the export's reading order, from 0; of a new one among those.
        id: what its vendor calls it, "" for nothing.
        label: its class, in words.
        where: what its first placement lies on, as the export says.
        new: it was made here, and no file holds it yet.
    """

    ordinal: int
    id: str = ""
    label: str = ""
    where: MediaKey = MediaKey()
    new: bool = False


def name_of(project: Project, id: AnnotationId) -> LabelName:
    """Return the name of a label that is there; nothing that was not edited is decoded.

    Of a label that a file holds, id and place are those of the file.
    """
    ontology = project.exports[id.export].ontology
    edited = project.annotations.edits.get(id)
    if id.new:
        made = project.annotations[id]
        where = made.placements[0].media if len(made.placements) else MediaKey()
        title = ontology.title_of(made.class_id)
        return LabelName(id.ordinal, made.native_id, title, where, new=True)
    columns = project.annotations.bases[id.export].columns
    title = ontology.title_of(columns.class_of(id.ordinal) if edited is None else edited.class_id)
    return LabelName(id.ordinal, columns.native_ids[id.ordinal], title, _where(columns, id.ordinal))


class Finder:
    """Finds labels of one opened export by the names that a file gives them.

    Args:
        is_same: the file speaks of the very bytes that are open; else labels are found by the
            vendor's ids alone, and only in the entry and study that they were in: some vendors
            number labels from 1 in each.
    """

    def __init__(self, project: Project, export: str, *, is_same: bool) -> None:
        self._export = project.exports[export]
        self._base: Base | None = project.annotations.bases.get(export)
        self._is_same = is_same

    def find(self, name: LabelName) -> AnnotationId | None:
        """Return the label of a name; None where there is none, or more than one.

        Of the same bytes it is the one at its place, if that has its id; else the only one with
        the id, and where several have it, or none has one, the only one that lies where it says,
        or of those the one at its place.
        """
        if name.new or self._base is None:
            return None
        columns = self._base.columns
        at = name.ordinal
        is_there = 0 <= at < columns.count and columns.native_ids[at] == name.id
        if self._is_same and is_there:
            return AnnotationId(self._export.id, at)
        found = self._by_id.get(name.id, [])
        if not self._is_same:
            found = found if len(found) == 1 and name.id else []
            found = [one for one in found if _lies_with(_where(columns, one), name.where)]
        elif len(found) != 1 or not name.id:
            found = [one for one in found if _where(columns, one) == name.where]
        if len(found) > 1:
            found = [at] if at in found else []
        return AnnotationId(self._export.id, found[0]) if found else None

    @cached_property
    def _by_id(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        if self._base is not None:
            native_ids = self._base.columns.native_ids
            for ordinal in range(len(native_ids)):
                found.setdefault(native_ids[ordinal], []).append(ordinal)
        return found


def _lies_with(where: MediaKey, other: MediaKey) -> bool:
    """Whether two places are in one entry and study, which a vendor names alike in every copy."""
    return (where.entry, where.study) == (other.entry, other.study)


def _where(columns: Columns, ordinal: int) -> MediaKey:
    """Return what the first placement of a label lies on; a key of nothing without one."""
    row = int(np.searchsorted(columns.owners, ordinal))
    if row >= len(columns.owners) or columns.owners[row] != ordinal:
        return MediaKey()
    codes = (columns.studies, columns.series, columns.instances, columns.entries)
    study, series, instance, entry = (
        columns.keys[int(code[row])] if code[row] >= 0 else None for code in codes
    )
    item, frame = int(columns.items[row]), int(columns.frames[row])
    numbers = (None if number < 0 else number for number in (item, frame))
    return MediaKey(study, series, instance, entry, *numbers)
