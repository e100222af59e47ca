"""Which labels a view shows, and their lines in plane coordinates: plain values, no Qt."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import chain, compress
from typing import Literal

import numpy as np

from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.project import Export, Project
from viewer.model.table import Base
from viewer.model.verdict import Judgement
from viewer.render.lines import Lines, Part
from viewer.render.palette import PALETTE, class_colors
from viewer.render.pens import PLAIN_PEN, Pen
from viewer.render.planes import Section
from viewer.render.reach import (
    Check,
    Frames,
    Spot,
    cutting_axes,
    edited_on,
    go_on,
    hits_known,
    hits_of,
)
from viewer.render.solid_lines import cost_of_solids, solid_lines
from viewer.render.spot_lines import lines_on
from viewer.review.doubts import is_doubtful
from viewer.review.fits import Classes, Eyes, Fitting, Flags
from viewer.review.kept import Kept, kept_for_views
from viewer.review.label_keys import LabelKeys, keys_in
from viewer.review.matching import Matches
from viewer.review.probability import probability_of
from viewer.review.sorted_rows import SortedRows

MarkState = Literal["normal", "hovered", "selected"]
FEW_SHAPES = 300  # so many are decoded, or cut, within a frame
FEW_CUTS = 100
IMPROBABLE = 0.5  # below it a label is drawn as unsure
IsDrawn = Callable[[AnnotationId, str], bool]  # (id, class id)


@dataclass(frozen=True, eq=False)
class Appearance:
    """What the lines of marks that look alike have in common; found by what it is, not equal.

    Args:
        color, pen: as of a Mark.
        way: its state and judgement, whether it is dashed and predicted.
        parts: what there is to be drawn.
        is_askew: as of Lines.
    """

    color: str
    pen: Pen
    way: tuple[MarkState, Judgement | None, bool, bool]
    parts: frozenset[Part]
    is_askew: bool


_appearance = kept_for_views(1024)(Appearance)


@dataclass(frozen=True, eq=False)
class Mark:
    """One placement as a view draws it.

    Args:
        id: the annotation.
        placement: number of the placement within it.
        color: "#rrggbb" for drawing (lightened where the export's is too dark on the halo).
        text: the label's name, for the tag.
        drawn: its geometry.
        state: how it stands out.
        dashed: worked out between key frames, in the file or here, not drawn by anyone.
        is_locked: cannot be edited.
        is_predicted: a model's, not a person's.
        is_unsure: matched by little evidence, or improbable.
        probability: what its author gives it, 0 to 1; None where nothing is said.
        judgement: what a reviewer decided.
        axis: voxel axis of the planes that it was drawn on.
        pen: how its export's lines are drawn.
    """

    id: AnnotationId
    placement: int
    color: str
    text: str
    drawn: Lines
    state: MarkState = "normal"
    dashed: bool = False
    is_locked: bool = False
    is_predicted: bool = False
    is_unsure: bool = False
    probability: float | None = None
    judgement: Judgement | None = None
    axis: int = 2
    pen: Pen = PLAIN_PEN

    @cached_property
    def appearance(self) -> Appearance:
        """How its lines look; the same object for all marks that look alike."""
        way = (self.state, self.judgement, self.dashed, self.is_predicted)
        return _appearance(self.color, self.pen, way, self.drawn.parts, self.drawn.is_askew)

    @property
    def at_rest(self) -> Mark:
        """The mark as it is drawn where it does not stand out."""
        return replace(self, state="normal")


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
        placed = partial(_placed, project, base, section, rows, frames, check)
        drawn = partial(_drawn, project, matches, section, check)
        opened = _opened.get(key, lambda placed=placed, drawn=drawn: drawn(placed()))
        parts.append(_without(opened, edits) if edits else opened)
    edited = edited_on(project, matches, section)
    parts.append(_drawn(project, matches, section, check, edited))
    parts.append(_drawn_solids(project, matches, section, check))
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
    label = project.exports[annotation.id.export].ontology.by_id.get(annotation.class_id)
    return annotation.class_id if label is None else label.name


def color_of_class(project: Project, export: str, class_id: str) -> str:
    """Return the drawing colour of a class; classes that the ontology lacks share the first."""
    return _colors_of(project.exports[export]).get(class_id, PALETTE[0])


@kept_for_views(64)
def _colors_of(export: Export) -> Mapping[str, str]:
    """Kept by the export itself: hashing its whole ontology for every label would be slow."""
    return class_colors(export.ontology)


def _placed(
    project: Project,
    base: Base,
    section: Section,
    rows: SortedRows,
    frames: Frames,
    check: Check,
) -> Iterator[Spot]:
    """Yield what one export's files hold that may show, whatever was edited since."""
    opened = project.annotations.opened
    on_slice = rows.on(section.media, section.index, section.axis)
    owners = base.columns.owners[on_slice]
    numbers = on_slice - np.searchsorted(base.columns.owners, owners)
    for ordinal, placement in zip(owners.tolist(), numbers.tolist(), strict=True):
        annotation = opened(AnnotationId(base.export, ordinal))
        yield Spot(annotation, placement, section.axis, section.index)
    for ordinal, placement, axis, k in hits_of(base, rows, section, frames, check):
        yield Spot(opened(AnnotationId(base.export, ordinal)), placement, axis, k)


def _mark(project: Project, matches: Matches, spot: Spot, lines: Lines) -> Mark:
    annotation, placement = spot.annotation, spot.annotation.placements[spot.placement]
    kinds = project.exports[annotation.id.export].author_kinds
    probability = probability_of(annotation, placement)
    is_improbable = probability is not None and probability < IMPROBABLE
    return Mark(
        id=annotation.id,
        placement=spot.placement,
        color=color_of_class(project, annotation.id.export, annotation.class_id),
        text=name_of(project, annotation),
        drawn=lines,
        dashed=not (placement.stored and placement.is_key),
        is_locked=annotation.locked_reason is not None,
        is_predicted=kinds.get(annotation.author) == "model",
        is_unsure=is_improbable or is_doubtful(matches, annotation.id, spot.placement),
        probability=probability,
        axis=spot.axis,
    )
