"""Which labels a view shows, and their lines in plane coordinates: plain values, no Qt."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import chain, compress

import numpy as np

from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.project import Export, Project
from viewer.model.table import Base
from viewer.render.lines import Lines
from viewer.render.mark import Mark
from viewer.render.palette import PALETTE, class_colors
from viewer.render.planes import Section
from viewer.render.reach import (
    Check,
    Frames,
    Reach,
    Spot,
    cutting_axes,
    edited_on,
    go_on,
    hits_known,
    hits_of,
)
from viewer.render.ring_marks import TOGETHER, can_read_rings, ring_marks
from viewer.render.solid_lines import cost_of_solids, solid_lines
from viewer.render.spot_lines import lines_on
from viewer.review.doubts import is_doubtful
from viewer.review.fits import Classes, Eyes, Fitting, Flags
from viewer.review.kept import Kept, kept_for_views
from viewer.review.label_keys import LabelKeys, keys_in
from viewer.review.matching import Matches
from viewer.review.probability import probability_of
from viewer.review.sorted_rows import SortedRows

FEW_SHAPES = 300  # so many are decoded, or cut, within a frame
FEW_CUTS = 100
IMPROBABLE = 0.5  # below it a label is drawn as unsure
IsDrawn = Callable[[AnnotationId, str], bool]  # (id, class id)


@dataclass(frozen=True, eq=False)
class Labels:
    """Marks of one section, and the class id of each."""

    classes: tuple[str, ...]
    marks: tuple[Mark, ...]

    def drawn(self, is_drawn: IsDrawn) -> tuple[Mark, ...]:
        """Return the marks that are not left out."""
        if isinstance(is_drawn, Fitting):
            return self._at(is_drawn.of(self.keys))
        if isinstance(is_drawn, Eyes):
            return self._at(is_drawn.of(self.keys, self.kinds))
        pairs = zip(self.classes, self.marks, strict=True)
        return tuple(mark for class_id, mark in pairs if is_drawn(mark.id, class_id))

    def _at(self, flags: Flags) -> tuple[Mark, ...]:
        return self.marks if flags.all() else tuple(compress(self.marks, flags.tolist()))

    @cached_property
    def places(self) -> Mapping[AnnotationId, Sequence[int]]:
        """Where the marks of each annotation stand."""
        found: dict[AnnotationId, list[int]] = {}
        for at, mark in enumerate(self.marks):
            found.setdefault(mark.id, []).append(at)
        return found

    @cached_property
    def keys(self) -> LabelKeys:
        """The label of each mark."""
        exports = tuple(dict.fromkeys(mark.id.export for mark in self.marks))
        return keys_in(exports, (mark.id for mark in self.marks))

    @cached_property
    def kinds(self) -> Classes:
        """The class of each mark."""
        pairs = zip(self.marks, self.classes, strict=True)
        return Classes.of((mark.id.export, class_id) for mark, class_id in pairs)


_labels: Kept[tuple[Project, Matches, Section], Labels] = Kept(12, for_views=True)
_drawn_of: Kept[tuple[Labels, Hashable], tuple[Mark, ...]] = Kept(12, for_views=True)
_opened: Kept[tuple[Base, SortedRows, Export, Section, Frames], Labels] = Kept(12, for_views=True)


def marks_on(
    project: Project,
    matches: Matches,
    section: Section,
    is_drawn: IsDrawn,
    kept_by: Hashable | None = None,
) -> tuple[Mark, ...]:
    """Return what a view draws of the labels on one slice or frame, in reading order.

    Classifications have no geometry and are not among them: see `render.classified`.

    Args:
        project, matches: what is open.
        section: the slice or frame.
        is_drawn: leaves labels out.
        kept_by: all that its answers depend on besides the project; None asks anew every time.
    """
    labels = _labels.get(
        (project, matches, section), lambda: _labels_on(project, matches, section, go_on)
    )
    if is_drawn is every_label:
        return labels.marks
    if kept_by is None:
        return labels.drawn(is_drawn)
    return _drawn_of.get((labels, kept_by), lambda: labels.drawn(is_drawn))


def every_label(_id: AnnotationId, _class_id: str) -> bool:
    """Leave no label out; `marks_on` then returns the same tuple until something changes."""
    return True


def is_at_hand(project: Project, matches: Matches, section: Section) -> bool:
    """Whether `marks_on` answers at once: it was asked before, or there is little to decode."""
    if (project, matches, section) in _labels:
        return True
    cost = cost_of_solids(matches, section)
    for export, base in project.annotations.bases.items():
        rows = matches.rows.get(export)
        frames = frames_of(matches, export, section.media)
        if rows is None or (base, rows, project.exports[export], section, frames) in _opened:
            continue
        cost += len(rows.on(section.media, section.index, section.axis)) / FEW_SHAPES
        hits = hits_known(base, rows, section, frames)
        if hits is None:
            axes = cutting_axes(rows, section)
            hits = sum(len(rows.on_axis(section.media, axis)) for axis in axes)
        cost += hits / FEW_CUTS
    return cost <= 1


def frames_of(matches: Matches, export: str, media: int) -> Frames:
    """Return how an export counts on the planes of a media, by voxel axis."""
    return (
        matches.frame_of(export, media, 0),
        matches.frame_of(export, media, 1),
        matches.frame_of(export, media, 2),
    )


def prepare_marks(
    project: Project, matches: Matches, section: Section, check: Check = go_on
) -> None:
    """Work out what `marks_on` will be asked for; in a background job.

    Args:
        project, matches, section: as in `marks_on`.
        check: called again and again; raises where the answer is no longer wanted.
    """
    key = (project, matches, section)
    labels = _labels.get(key, lambda: _labels_on(project, matches, section, check))
    _ = labels.keys, labels.kinds


def _labels_on(project: Project, matches: Matches, section: Section, check: Check) -> Labels:
    """Return the labels as opened, those that were edited since left out, and the edited ones."""
    edits = project.annotations.edits
    parts: list[Labels] = []
    for export, base in project.annotations.bases.items():
        if export not in matches.rows:
            continue
        rows, frames = matches.rows[export], frames_of(matches, export, section.media)
        key = (base, rows, project.exports[export], section, frames)
        of_files = partial(_of_files, project, matches, base, section, check)
        opened = _opened.get(key, of_files)
        parts.append(_without(opened, edits) if edits else opened)
    edited = edited_on(project, matches, section)
    parts.append(_drawn(project, matches, section, check, edited))
    parts.append(_drawn_solids(project, matches, section, check))
    return _joined(parts)


def _joined(parts: Sequence[Labels]) -> Labels:
    return Labels(
        tuple(chain.from_iterable(part.classes for part in parts)),
        tuple(chain.from_iterable(part.marks for part in parts)),
    )


def _without(labels: Labels, edits: Iterable[AnnotationId]) -> Labels:
    """Return labels without those of edited annotations; itself where none of it was edited."""
    places = labels.places
    gone = sorted(chain.from_iterable(places[id] for id in edits if id in places))
    if not gone:
        return labels
    ends = [*zip([0, *(at + 1 for at in gone)], [*gone, len(labels.marks)], strict=True)]
    return Labels(
        tuple(chain.from_iterable(labels.classes[start:end] for start, end in ends)),
        tuple(chain.from_iterable(labels.marks[start:end] for start, end in ends)),
    )


def _drawn(
    project: Project, matches: Matches, section: Section, check: Check, spots: Iterable[Spot]
) -> Labels:
    classes: list[str] = []
    marks: list[Mark] = []
    for spot, lines in lines_on(matches, section, spots, check):
        classes.append(spot.annotation.class_id)
        marks.append(_mark(project, matches, spot, lines))
    return Labels(tuple(classes), tuple(marks))


def _drawn_solids(project: Project, matches: Matches, section: Section, check: Check) -> Labels:
    classes: list[str] = []
    marks: list[Mark] = []
    for extent in matches.solids_on(section.media, section.axis, section.index):
        check()
        lines = solid_lines(extent, matches, section, check)
        if lines is not None:
            annotation = project.annotations[extent.id]
            spot = Spot(annotation, extent.placement, section.axis, section.index)
            classes.append(annotation.class_id)
            marks.append(_mark(project, matches, spot, lines))
    return Labels(tuple(classes), tuple(marks))


def name_of(project: Project, annotation: Annotation) -> str:
    """Return the label's name, or its class id where the ontology lacks it."""
    return _look_of(project.exports[annotation.id.export], annotation.class_id)[1]


def color_of_class(project: Project, export: str, class_id: str) -> str:
    """Return the drawing colour of a class; classes that the ontology lacks share the first."""
    return _look_of(project.exports[export], class_id)[0]


@kept_for_views(64)
def _colors_of(export: Export) -> Mapping[str, str]:
    """Kept by the export itself: hashing its whole ontology for every label would be slow."""
    return class_colors(export.ontology)


def _of_files(
    project: Project, matches: Matches, base: Base, section: Section, check: Check
) -> Labels:
    """Return what one export's files hold that shows, whatever was edited since."""
    rows, draw = matches.rows[base.export], partial(_drawn, project, matches, section, check)
    on_slice = rows.on(section.media, section.index, section.axis)
    owners, numbers = base.columns.owners[on_slice], rows.numbers_of(on_slice)
    pairs = zip(owners.tolist(), numbers.tolist(), strict=True)
    spots = ((ordinal, number, section.index) for ordinal, number in pairs)
    parts = [draw(_spots(project, base, section.axis, spots))]
    frames = frames_of(matches, base.export, section.media)
    for axis, hits in hits_of(base, rows, section, frames, check):
        if not can_read_rings(base, section, axis, frames[axis]):
            parts.append(draw(_spots(project, base, axis, hits.listed)))
            continue
        for start in range(0, len(hits.ordinals), TOGETHER):
            check()
            some = hits.at(slice(start, start + TOGETHER))
            parts.append(_cut_rings(project, matches, base, section, some))
    return _joined(parts)


def _cut_rings(
    project: Project, matches: Matches, base: Base, section: Section, hits: Reach
) -> Labels:
    """Return the same of a few shapes of other slices; those that are no rings are decoded."""
    export = project.exports[base.export]
    look = partial(_look_of, export)
    found = ring_marks(base, matches.rows[base.export], export, section, hits, look)
    others = [number for number in range(len(hits.ordinals)) if number not in found]
    if others:
        spots = _spots(project, base, 2, hits.at(np.array(others)).listed)
        numbers = {spot[:2]: number for number, spot in enumerate(hits.listed)}
        rest = _drawn(project, matches, section, go_on, spots)
        for class_id, mark in zip(rest.classes, rest.marks, strict=True):
            found[numbers[mark.id.ordinal, mark.placement]] = class_id, mark
    pairs = [one for _, one in sorted(found.items()) if one is not None]
    return Labels(tuple(one for one, _ in pairs), tuple(mark for _, mark in pairs))


def _spots(
    project: Project, base: Base, axis: int, listed: Iterable[tuple[int, int, int]]
) -> Iterator[Spot]:
    """Yield placements by ordinal, number and slice, as the files hold them."""
    for ordinal, number, k in listed:
        yield Spot(project.annotations.opened(AnnotationId(base.export, ordinal)), number, axis, k)


def _look_of(export: Export, class_id: str) -> tuple[str, str]:
    """Return colour and name of a class."""
    label = export.ontology.by_id.get(class_id)
    name = class_id if label is None else label.name
    return _colors_of(export).get(class_id, PALETTE[0]), name


def _mark(project: Project, matches: Matches, spot: Spot, lines: Lines) -> Mark:
    annotation, placement = spot.annotation, spot.annotation.placements[spot.placement]
    kinds = project.exports[annotation.id.export].author_kinds
    probability = probability_of(annotation, placement)
    is_improbable = probability is not None and probability < IMPROBABLE
    color, name = _look_of(project.exports[annotation.id.export], annotation.class_id)
    return Mark(
        id=annotation.id,
        placement=spot.placement,
        color=color,
        text=name,
        drawn=lines,
        dashed=not (placement.stored and placement.is_key),
        is_locked=annotation.locked_reason is not None,
        is_predicted=kinds.get(annotation.author) == "model",
        is_unsure=is_improbable or is_doubtful(matches, annotation.id, spot.placement),
        probability=probability,
        axis=spot.axis,
    )
