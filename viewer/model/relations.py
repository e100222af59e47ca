"""What an annotation is related to: as its export says, and in other exports open beside it."""

from __future__ import annotations

from viewer.model.annotation import Annotation, AnnotationId, Relation
from viewer.model.project import Project

MADE_FROM = "made from"


def relations_of(project: Project, annotation: Annotation) -> tuple[Relation, ...]:
    """Return an annotation's relations, and where it was copied from a record that is open.

    That is looked for in its own export first, then in others of the same format. Nothing is
    decoded.
    """
    source = origin_of(project, annotation)
    if source is None:
        return annotation.relations
    return (*annotation.relations, Relation(MADE_FROM, annotation.id, source))


def origin_of(project: Project, annotation: Annotation) -> AnnotationId | None:
    """Return the annotation that this one was copied from; None where it is not open."""
    wanted, own = annotation.made_from, annotation.id.export
    if not wanted or own not in project.exports:
        return None
    name = project.exports[own].format
    others = (id for id, one in project.exports.items() if id != own and one.format == name)
    for export in (own, *others):
        base = project.annotations.bases.get(export)
        row = None if base is None else base.columns.native_ids.row_of(wanted)
        id = None if row is None else AnnotationId(export, row)
        if id is not None and id != annotation.id and id in project.annotations:
            return id
    return None
