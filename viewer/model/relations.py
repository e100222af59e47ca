"""What an annotation is related to: as its export says, and in other exports open beside it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from viewer.model.annotation import Annotation, AnnotationId, Relation
from viewer.model.project import Project

MADE_FROM = "made from"
MOST_COPIES = 1_000  # of one record that are told as its relations


def relations_of(project: Project, annotation: Annotation) -> tuple[Relation, ...]:
    """Return an annotation's relations, what it was copied from, and the first of its copies.

    Copies and what they were copied from are looked for in the export itself, and in others of its
    format. Nothing is decoded.
    """
    id = annotation.id
    source = _origin(project, id.export, annotation.made_from or "")
    origins = () if source in (None, id) else (Relation(MADE_FROM, id, source),)
    copies = islice(copies_of(project, annotation), MOST_COPIES)
    return (*annotation.relations, *origins, *(Relation(MADE_FROM, copy, id) for copy in copies))


def copies_of(project: Project, annotation: Annotation) -> Iterator[AnnotationId]:
    """Yield the annotations that were copied from this one; nothing is decoded."""
    id, name = annotation.id, annotation.native_id
    for export in _alike(project, id.export):
        columns = project.annotations.bases[export].columns
        if not len(columns.copied) or _origin(project, export, name) != id:
            continue
        for row in columns.copied_from.rows_of(name).tolist():
            copy = AnnotationId(export, int(columns.copied[row]))
            if copy != id and copy in project.annotations:
                yield copy


def _origin(project: Project, export: str, wanted: str) -> AnnotationId | None:
    """Return what an export means by the id of a record: its own first; None where none is open."""
    for each in _alike(project, export):
        row = project.annotations.bases[each].columns.native_ids.row_of(wanted)
        id = None if row is None else AnnotationId(each, row)
        if id is not None and id in project.annotations:
            return id
    return None


def _alike(project: Project, export: str) -> Iterator[str]:
    """Yield an export, then the others of its format, as far as their records are open."""
    opened = project.exports.get(export)
    if opened is not None:
        others = (id for id, one in project.exports.items() if one.format == opened.format)
        every = dict.fromkeys((export, *others))
        yield from (id for id in every if id in project.annotations.bases)
