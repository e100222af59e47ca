"""What a person may do to labels now: the questions that panels, dialogs and tools ask."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from viewer.geometry.views import ViewPlane
from viewer.media.volume import Volume
from viewer.model.annotation import AnnotationId
from viewer.model.ontology import LabelClass
from viewer.model.project import Project
from viewer.model.subject import MediaKey
from viewer.model.table import SOLID_KINDS
from viewer.render.planes import acquired_plane, planes_of
from viewer.review.lookup import Lookup
from viewer.session.children import children_of, descendants_of
from viewer.session.commands import DeleteAnnotations, Stamp
from viewer.session.making import Target, entry_place, media_key_of, series_key_of
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


def target_of(
    session: Session, label: ClassKey | None, view: ViewPlane | None = None
) -> Target | None:
    """Return where a new annotation would go: the slice under the crosshair, with this class.

    None without media, when no such class is open, and on a reformat that the format of its export
    cannot hold.

    Args:
        view: the reformat that is drawn on; None for the slice as acquired.
    """
    media, number = session.current, session.viewing.media_index
    if media is None or number is None or label is None or label[0] not in session.project.exports:
        return None
    export = session.project.exports[label[0]]
    found = export.ontology.by_id.get(label[1])
    if found is None:
        return None
    if export.id in session.matches.lookup.bindings:
        return _target_by_entry(session, (label[0], found), view)
    if isinstance(media, Volume):
        on_plane = view or planes_of(media.stack)[acquired_plane(media)]
        if on_plane.name in export.planes:
            index = on_plane.index_of(session.viewing.crosshair)
            frame = session.matches.frame_of(export.id, number, on_plane.axis)
            key = series_key_of(media)
            return Target(*label, found.kind, key, on_plane.size, on_plane.name, index, frame)
    if view is not None or "acquired" not in export.planes:
        return None
    size = (media.columns, media.rows)
    frame = session.matches.frame_of(export.id, number, 2)
    return Target(*label, found.kind, media_key_of(media, session.slice), size, frame=frame)


def _holds(lookup: Lookup, export: str, key: MediaKey, kind: str | None) -> bool:
    """Whether shapes of a kind can be drawn on an entry: in voxels only where they are seen."""
    numbers, spots = lookup.entries_of(export)
    if kind not in SOLID_KINDS:
        return True
    return not spots.refused[numbers[key.entry or ""], int(kind == "volume")]


def _target_by_entry(
    session: Session, label: tuple[str, LabelClass], view: ViewPlane | None
) -> Target | None:
    """Return where a new annotation would go in an export that lists its media as entries."""
    media, number = session.current, session.viewing.media_index
    if media is None or number is None:
        return None
    axis = 2 if view is None else view.axis
    slice = session.slice if view is None else view.index_of(session.viewing.crosshair)
    matches, (id, found) = session.matches, label
    place = entry_place(session.project.exports[id], matches.lookup, number, axis, slice)
    if place is None or not _holds(matches.lookup, id, place.media, found.kind):
        return None
    size = (media.columns, media.rows) if view is None else view.size
    frame = matches.frame_of(id, number, axis)
    return Target(id, found.id, found.kind, place.media, size, place.plane, place.index, frame)
