"""What a person may do to labels now: the questions that panels, dialogs and tools ask."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

import numpy as np

from viewer.geometry.views import ViewPlane
from viewer.media.volume import Volume
from viewer.model.annotation import AnnotationId
from viewer.model.ontology import LabelClass, ShapeKind
from viewer.model.project import Entry, EntryKind, Export, Project
from viewer.model.subject import MediaKey
from viewer.model.table import SOLID_KINDS
from viewer.render.planes import acquired_plane, planes_of
from viewer.review.lookup import Lookup
from viewer.session.children import children_of, descendants_of
from viewer.session.commands import DeleteAnnotations, Stamp
from viewer.session.making import Target, entry_place, media_key_of, series_key_of
from viewer.session.session import Session

ClassKey = tuple[str, str]  # export id, class id
KIND_WORDS: dict[EntryKind, str] = {"image": "pictures", "video": "videos", "volume": "volumes"}
ON_ACQUIRED = "A volume is changed slice by slice, on the acquired plane."
PLURALS = {
    "box": "boxes",
    "rotated-box": "rotated boxes",
    "landmark": "3-D landmarks",
    "volume": "segmentations",
}


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


def classes_for(
    project: Project, kinds: Collection[str]
) -> tuple[tuple[ClassKey, LabelClass], ...]:
    """Return the classes that are drawn anew as one of these kinds, in the exports' order.

    Exports that take nothing new, such as models' outputs, have none.
    """
    return tuple(
        ((export.id, label.id), label)
        for export in project.exports.values()
        for label in export.ontology.by_id.values()
        if export.planes and label.kind in kinds and label.is_drawn_anew
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
        target = _target_by_entry(session, (label[0], found), view)
        if target is not None or not export.has_uids:
            return target
    if isinstance(media, Volume):
        on_plane = view or planes_of(media.stack)[acquired_plane(media)]
        if on_plane.name in export.planes:
            index = on_plane.index_of(session.viewing.crosshair)
            frame = session.matches.frame_of(export.id, number, on_plane.axis)
            key = series_key_of(media)
            made = Target(*label, found.kind, key, on_plane.size, on_plane.name, index, frame)
            return replace(made, template=found.template)
    if view is not None or "acquired" not in export.planes:
        return None
    size, k = (media.columns, media.rows), session.slice
    frame = session.matches.frame_of(export.id, number, 2)
    at = media_key_of(media, k)
    return Target(*label, found.kind, at, size, frame=frame, slice=k, template=found.template)


def _holds(lookup: Lookup, export: str, key: MediaKey, kind: str | None) -> bool:
    """Whether shapes of a kind can be drawn on an entry: in voxels only as they are shown."""
    numbers, spots = lookup.entries_of(export)
    if kind not in SOLID_KINDS:
        return True
    if kind == "volume":
        return not spots.refused[numbers[key.entry or ""], 1]
    points = spots.orders[numbers[key.entry or ""]].points
    return points is not None and points.is_in_place


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
    export = session.project.exports[id]
    at = (2, session.slice) if found.kind in SOLID_KINDS else (axis, slice)  # solids have no plane
    place = entry_place(export, matches.lookup, number, *at)
    if place is None or not _holds(matches.lookup, id, place.media, found.kind):
        return None
    return Target(
        id,
        found.id,
        found.kind,
        place.media,
        (media.columns, media.rows) if view is None else view.size,
        place.plane,
        place.index,
        matches.frame_of(id, number, axis),
        axis,
        slice,
        ON_ACQUIRED
        if found.kind == "volume" and axis != 2
        else _refusal_of_kind(export, found, place.media.entry),
        matches.lookup.voxels_of(id, place.media.entry),
        found.template,
    )


def _refusal_of_kind(export: Export, label: LabelClass, entry: str | None) -> str:
    """Return why an entry cannot hold what is drawn with a class, "" when it can."""
    found = next((one for one in export.entries if one.id == entry), None)
    held = None if found is None else _held_on(export, found)
    if found is None or found.kind is None or held is None or label.kind in (None, *held):
        return ""
    return f"{export.title} holds no {words_of_kind(label.kind)} on {KIND_WORDS[found.kind]}."


def _held_on(export: Export, entry: Entry) -> frozenset[ShapeKind] | None:
    """Return the kinds of shape that an export holds on an entry, None for all."""
    return None if entry.kind is None else export.held.get(entry.kind)


def kinds_here(session: Session) -> dict[str, frozenset[ShapeKind] | None]:
    """Return the exports that could list the shown media, with the kinds of shape they hold there.

    None stands for all kinds. Exports of entries list it where one of their entries is shown on it,
    or where they name all other media by UIDs.
    """
    number, lookup = session.viewing.media_index, session.matches.lookup
    found: dict[str, frozenset[ShapeKind] | None] = {}
    for export in session.project.exports.values():
        if export.id not in lookup.bindings:
            found[export.id] = None
            continue
        here = np.flatnonzero(lookup.entries_of(export.id)[1].media == number)
        entries = lookup.bindings[export.id].entries
        held = [_held_on(export, entries[at]) for at in here.tolist()]
        if held or export.has_uids:
            sets = [each for each in held if each is not None]
            is_told = bool(held) and len(sets) == len(held)
            found[export.id] = frozenset().union(*sets) if is_told else None
    return found


def why_no_target(session: Session, label: ClassKey | None, view: ViewPlane | None) -> str:
    """Return why `target_of` has no answer, as far as the chosen label's export says."""
    export = None if label is None else session.project.exports.get(label[0])
    if export is None or session.current is None:
        return ""
    plane = "slice" if view is None or view.is_acquired else f"{view.name} plane"
    return f"{export.title} cannot hold labels on this {plane}; draw on another view or slice."


def words_of_kind(kind: str) -> str:
    """Return what shapes of a kind are called, in the plural."""
    return PLURALS.get(kind, f"{kind}s")
