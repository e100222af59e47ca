"""The slice under the crosshair, of one plane, as tools see it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial

from viewer.geometry.flats import is_whole
from viewer.geometry.mask import EMPTY
from viewer.geometry.solids import KeptMasks, MaskVolume, Solid
from viewer.geometry.views import PlaneName, ViewPlane
from viewer.media.volume import Media, Volume
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.project import Project
from viewer.render.overlay import IsDrawn, is_at_hand
from viewer.render.planes import Section, acquired_plane, planes_of
from viewer.render.reach import go_on, plane_size
from viewer.render.solid_lines import cost_of_solids, flats_on, solid_lines
from viewer.review.extents import size_of
from viewer.review.kept import Kept
from viewer.review.matching import Matches
from viewer.session.correcting import ONE_ALONE
from viewer.session.drawn import drawn_on
from viewer.session.editing import ON_ACQUIRED, ClassKey, target_of, why_no_target
from viewer.session.locking import why_locked
from viewer.session.panes import Pane, pane_of
from viewer.session.session import Session
from viewer.tools.changing import SHEARED
from viewer.tools.cut_items import CutItems
from viewer.tools.pointer import BRUSH_PX, Item, Scene

Exports = frozenset[str] | None
_Labels = tuple[tuple[str, Item], ...]  # class id and label
_opened: Kept[tuple[object, ...], _Labels] = Kept(6, for_views=True)


def scene_of(
    session: Session,
    label: ClassKey | None,
    exports: Exports = None,
    plane: PlaneName | None = None,
    brush_px: float = BRUSH_PX,
) -> Scene | None:
    """Return what is drawn on the slice that a view shows; None without media.

    Args:
        session: what is open and shown.
        label: the class to draw with.
        exports: ids of those whose labels the view shows; None for all.
        plane: which view is meant; the acquired one for None, and for frames.
        brush_px: how wide the brush is.
    """
    media, number = session.current, session.viewing.media_index
    if media is None or number is None:
        return None
    section = _section(session, media, number, plane)
    view = None if section.is_acquired else section.own_view
    is_drawn = session.display.drawn_of(exports)
    target = target_of(session, label, view)
    items = (*_items(session, section, is_drawn), *_solid_items(session, media, section, is_drawn))
    if session.display.locked or session.correction is not None:
        items = tuple(_locked(session, item) for item in items)
    cuts = _cut_items(session, section, exports)
    return Scene(
        session.project,
        items,
        session.selection,
        (media.columns, media.rows) if view is None else view.size,
        session.stamp,
        target,
        _spacing(media, view),
        view,
        "" if target is not None else why_no_target(session, label, section.own_view),
        (section.media, section.axis, section.index),
        _blank(session, section, items, cuts),
        brush_px,
        cuts,
    )


def _locked(session: Session, item: Item) -> Item:
    """Return an item, locked where a person keeps it from being changed; or corrects another."""
    reason = why_locked(session, item.id) if session.display.locked else ""
    if session.correction is not None and item.id != session.correction.id:
        reason = reason or item.locked or ONE_ALONE
    return replace(item, locked=reason) if reason else item


def is_in_play(session: Session, plane: PlaneName | Pane) -> bool:
    """Whether labels can be edited in a pane, or on a plane: always on the acquired one.

    On a reformat where something was drawn on such a plane, or an open export could hold it.
    """
    media, number = session.current, session.viewing.media_index
    if media is None or number is None or not isinstance(media, Volume):
        return media is not None
    viewing, pane = session.viewing, pane_of(plane)
    if viewing.is_turned(pane.plane) or viewing.slabs.shown(pane, media) is not None:
        return False  # on oblique planes and slabs nothing is drawn
    view = planes_of(media.stack)[pane.plane]
    can_hold = any(pane.plane in export.planes for export in session.project.exports.values())
    matches = session.matches
    is_held = matches.has_solids(number) or view.axis in matches.axes_with_labels(number)
    return view.is_acquired or can_hold or is_held


def _section(session: Session, media: Media, number: int, plane: PlaneName | None) -> Section:
    if not isinstance(media, Volume):
        return Section.of_frame(number, media, session.slice)
    view = planes_of(media.stack)[plane or acquired_plane(media)]
    index = session.slice if view.is_acquired else view.index_of(session.viewing.crosshair)
    return Section(number, index, media.spacing_mm, view)


def _spacing(media: Media, view: ViewPlane | None) -> tuple[float, float] | None:
    """Sizes of the pixels; between slices the nominal step."""
    if not media.is_calibrated:
        return None
    return media.spacing_mm if view is None else (view.pixel_mm, view.stack.step_mm)


def _items(session: Session, section: Section, is_drawn: IsDrawn) -> Iterator[Item]:
    """Yield what was drawn on the slice; what the files hold is kept until others are open."""
    project, matches = session.project, session.matches
    edits = project.annotations.edits
    for class_id, item in _opened_labels(project, matches, section):
        if item.id not in edits and is_drawn(item.id, class_id):
            yield item
    drawn = matches.edited_on(section.media, section.index, section.axis)
    edited = ((id, number, project.annotations[id]) for id, number in drawn)
    for class_id, item in _labels(edited, matches, section):
        if is_drawn(item.id, class_id):
            yield item


def _opened_labels(project: Project, matches: Matches, section: Section) -> _Labels:
    """Return what the files hold on a slice; an edit changes nothing of it."""
    table = project.annotations
    versions = (base.told.version for base in table.bases.values())
    key = (*matches.rows.values(), *versions, section)

    def found() -> _Labels:
        drawn = matches.opened_on(section.media, section.index, section.axis)
        opened = ((id, number, table.opened(id)) for id, number in drawn)
        return tuple(_labels(opened, matches, section))

    return _opened.get(key, found)


def _labels(
    drawn: Iterable[tuple[AnnotationId, int, Annotation]], matches: Matches, section: Section
) -> Iterator[tuple[str, Item]]:
    """Yield class ids and labels of placements, as they are on a slice."""
    if section.own_axis is None:
        return  # nothing is drawn on oblique planes
    size = plane_size(section, section.axis)
    for id, placement, annotation in drawn:
        held = annotation.placements[placement].flat
        if held is None:
            continue
        frame = matches.frame_of(id.export, section.media, section.axis)
        shape = frame.shown(held, size)
        locked = annotation.locked_reason or ("" if frame.keeps(held) else SHEARED)
        yield annotation.class_id, Item(id, placement, shape, locked, frame=frame, held=held)


def _cut_items(session: Session, section: Section, exports: Exports) -> CutItems | None:
    """Return what was drawn on other planes and is cut here; it can be selected, no more."""
    project, matches, view = session.project, session.matches, section.own_view
    others = matches.axes_with_labels(section.media) - {section.axis}
    if not others or view is None or not is_at_hand(project, matches, section):
        return None
    marks = drawn_on(session, section, exports)
    return CutItems(project, marks, view, partial(_locked, session))


def prepare_scene(project: Project, matches: Matches, section: Section) -> None:
    """Work out what can be selected on a slice; in a background job."""
    _opened_labels(project, matches, section)


def _solid_items(
    session: Session, media: Media, section: Section, is_drawn: IsDrawn
) -> Iterator[Item]:
    """Yield the solids on the slice; those of which it shows all can be changed here."""
    matches, axis, index = session.matches, section.own_axis, section.index
    if axis is None or cost_of_solids(matches, section) > 1:
        return  # nothing is drawn on an oblique plane, or not yet
    for extent in matches.solids_on(section.media, axis, index):
        annotation = session.project.annotations[extent.id]
        flats = flats_on(extent, axis, index, size_of(media))
        if not flats or not is_drawn(extent.id, annotation.class_id):
            continue
        flat, solid, locked = flats[0], extent.solid, annotation.locked_reason or ""
        if is_whole(solid, axis, index):
            placement = annotation.placements[extent.placement]
            yield Item(
                extent.id,
                extent.placement,
                flat,
                locked,
                solid=solid,
                axis=axis,
                slice=index,
                voxels=matches.lookup.voxels_of(extent.id.export, placement.media.entry),
                held_solid=placement.solid,
            )
        else:
            lines = solid_lines(extent, matches, section, go_on)
            yield Item(extent.id, extent.placement, flat, locked or _elsewhere(solid), cut=lines)


def _blank(
    session: Session, section: Section, items: tuple[Item, ...], cuts: CutItems | None
) -> Item | None:
    """Return the selected mask volume where it can be painted and has nothing yet."""
    if section.axis != 2 or len(session.selection) != 1:
        return None
    (id,) = session.selection
    if any(item.id == id for item in items) or (cuts is not None and cuts.of([id])):
        return None
    for extent in session.matches.extents_of(id):
        if extent.media == section.media and isinstance(extent.solid, MaskVolume):
            locked = why_locked(session, id)
            solid, k = extent.solid, section.index
            return Item(id, extent.placement, EMPTY, locked, solid=solid, axis=2, slice=k)
    return _without_voxels(session, id, section)


def _without_voxels(session: Session, id: AnnotationId, section: Section) -> Item | None:
    """Return a mask volume of this media that is known to have no voxel, None for others."""
    place = session.matches.first_of(id)
    if place is None or place.media != section.media:
        return None
    annotation = session.project.annotations[id]
    solid = annotation.placements[place.placement].shape
    if not isinstance(solid, MaskVolume) or not isinstance(solid.masks, KeptMasks):
        return None
    if solid.masks.kept:
        return None
    locked, k = why_locked(session, id), section.index
    return Item(id, place.placement, EMPTY, locked, solid=solid, axis=2, slice=k)


def _elsewhere(solid: Solid) -> str:
    if isinstance(solid, MaskVolume):
        return ON_ACQUIRED
    return "It goes through this slice; it can be changed on a slice that holds all of it."
