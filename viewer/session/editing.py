"""What a person may do to labels now: the questions that panels, dialogs and tools ask."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from viewer.model.annotation import AnnotationId
from viewer.model.ontology import LabelClass
from viewer.model.project import Project
from viewer.session.children import children_of, descendants_of
from viewer.session.commands import DeleteAnnotations, Stamp
from viewer.session.making import Target, media_key_of
from viewer.session.session import Session

ClassKey = tuple[str, str]  # export id, class id


def deletion(
    project: Project, ids: Iterable[AnnotationId], made: Stamp, *, with_children: bool
) -> DeleteAnnotations:
    """Return the command that deletes annotations, with all below them or leaving those there."""
    gone = tuple(sorted(set(ids)))
    if with_children:
        return DeleteAnnotations((*gone, *descendants_of(project, gone)), (), made)
    return DeleteAnnotations(gone, children_of(project, gone), made)


def refusal(project: Project, ids: Iterable[AnnotationId]) -> str:
    """Return why one of these annotations cannot be edited, "" when all can."""
    found = (project.annotations[id] for id in ids)
    return next((each.locked_reason for each in found if each.locked_reason), "")


def classes_for(project: Project, kinds: Sequence[str]) -> tuple[tuple[ClassKey, LabelClass], ...]:
    """Return the classes that are drawn as one of these kinds, in the exports' order."""
    return tuple(
        ((export.id, label.id), label)
        for export in project.exports.values()
        for label in export.ontology.by_id.values()
        if label.kind in kinds
    )


def target_of(session: Session, label: ClassKey | None) -> Target | None:
    """Return where a new annotation would go: the slice under the crosshair, with this class.

    None without media, or when no such class is open.
    """
    media = session.current
    if media is None or label is None or label[0] not in session.project.exports:
        return None
    found = session.project.exports[label[0]].ontology.by_id.get(label[1])
    if found is None:
        return None
    size = (media.columns, media.rows)
    return Target(*label, found.kind, media_key_of(media, session.slice), size)
