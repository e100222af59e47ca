"""Which labels a view shows, and their lines in plane coordinates: plain values, no Qt."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial
from itertools import chain
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.cuts import cut_of
from viewer.geometry.mask import Mask
from viewer.geometry.measure import outline
from viewer.geometry.shapes import Point, Points, Polyline, Shape
from viewer.geometry.views import ViewPlane
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.project import Export, Project
from viewer.model.table import Base
from viewer.render.kept import Kept
from viewer.render.palette import PALETTE, class_colors
from viewer.render.planes import Section
from viewer.render.reach import (
    CHECK_EVERY,
    Check,
    edited_on,
    go_on,
    hits_of,
    is_reach_known,
    shape_of,
)
from viewer.review.matching import Matches
from viewer.review.sorted_rows import SortedRows

MarkState = Literal["normal", "hovered", "selected"]
Rects = NDArray[np.float64]  # (n, 4) p0, q0, p1, q1
FEW_SHAPES = 300  # so many are decoded, or cut, within a frame
FEW_CUTS = 100
Spot = tuple[Annotation, int, int]  # annotation, placement, slice
IsDrawn = Callable[[AnnotationId, str], bool]  # (id, class id)


@dataclass(frozen=True, eq=False)
class Lines:
    """The geometry that is drawn of a shape on one plane; all coordinates are plane mm.

    Args:
        rings: closed outlines; with holes the ones behind the first are cut out of the fill.
        lines: open lines.
        points: (n, 2) locations drawn as a ring with a dot.
        edges: (n, 4) mask outline along the pixel edges.
        fills: (n, 4) rectangles that make up the inside of a mask.
        bands: (n, 4) cuts through another plane.
        ticks: (n, 4) cuts of points and lines.
    """

    rings: tuple[Points, ...] = ()
    lines: tuple[Points, ...] = ()
    points: Points | None = None
    edges: Rects | None = None
    fills: Rects | None = None
    bands: Rects | None = None
    ticks: Rects | None = None

    @property
    def is_cut(self) -> bool:
        """It is drawn where another plane cuts the shape."""
        return self.bands is not None or self.ticks is not None

    @cached_property
    def corners(self) -> Points:
        """(n, 2) every place that a line ends, turns or stands at."""
        parts = [*self.rings, *self.lines]
        if self.points is not None:
            parts.append(self.points)
        several = (self.edges, self.bands, self.ticks)
        parts.extend(rects.reshape(-1, 2) for rects in several if rects is not None)
        return np.concatenate(parts) if parts else np.empty((0, 2))


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
        dashed: derived between key frames, not drawn by anyone.
        is_locked: cannot be edited.
    """

    id: AnnotationId
    placement: int
    color: str
    text: str
    drawn: Lines
    state: MarkState = "normal"
    dashed: bool = False
    is_locked: bool = False


@dataclass(frozen=True, eq=False)
class Labels:
    """Marks of one section, and the class id of each."""

    classes: tuple[str, ...]
    marks: tuple[Mark, ...]


_labels: Kept[tuple[Project, Matches, Section], Labels] = Kept(12)
_opened: Kept[tuple[Base, SortedRows, Export, Section], Labels] = Kept(12)


def marks_on(
    project: Project, matches: Matches, section: Section, is_drawn: IsDrawn
) -> tuple[Mark, ...]:
    """Return what a view draws of the labels on one slice or frame, in reading order.

    Classifications have no geometry and are not among them: see `render.classified`.
    """
    labels = _labels.get(
        (project, matches, section), lambda: _labels_on(project, matches, section, go_on)
    )
    if is_drawn is every_label:
        return labels.marks
    pairs = zip(labels.classes, labels.marks, strict=True)
    return tuple(mark for class_id, mark in pairs if is_drawn(mark.id, class_id))


def every_label(_id: AnnotationId, _class_id: str) -> bool:
    """Leave no label out; `marks_on` then returns the same tuple until something changes."""
    return True


def is_at_hand(project: Project, matches: Matches, section: Section) -> bool:
    """Whether `marks_on` answers at once: it was asked before, or there is little to decode."""
    if (project, matches, section) in _labels:
        return True
    few = FEW_SHAPES if section.is_acquired else FEW_CUTS
    for export, base in project.annotations.bases.items():
        rows = matches.rows.get(export)
        if rows is None or (base, rows, project.exports[export], section) in _opened:
            continue
        if section.is_acquired:
            few -= len(rows.on(section.media, section.index))
        elif is_reach_known(base, rows, section.media):
            few -= len(hits_of(base, rows, section))
        else:
            few -= len(rows.on_media(section.media))
        if few < 0:
            return False
    return True


def prepare_marks(
    project: Project, matches: Matches, section: Section, check: Check = go_on
) -> None:
    """Work out what `marks_on` will be asked for; in a background job.

    Args:
        project, matches, section: as in `marks_on`.
        check: called again and again; raises where the answer is no longer wanted.
    """
    key = (project, matches, section)
    _labels.get(key, lambda: _labels_on(project, matches, section, check))


def _labels_on(project: Project, matches: Matches, section: Section, check: Check) -> Labels:
    """Return the labels as opened, those that were edited since left out, and the edited ones."""
    edits = project.annotations.edits
    parts: list[Labels] = []
    for export, base in project.annotations.bases.items():
        if export not in matches.rows:
            continue
        key = (base, matches.rows[export], project.exports[export], section)
        placed = partial(_placed, project, base, section, matches.rows[export], check)
        opened = _opened.get(key, lambda placed=placed: _drawn(project, section, placed(), check))
        parts.append(_without(opened, edits) if edits else opened)
    parts.append(_drawn(project, section, edited_on(project, matches, section), check))
    return Labels(
        tuple(chain.from_iterable(part.classes for part in parts)),
        tuple(chain.from_iterable(part.marks for part in parts)),
    )


def _without(labels: Labels, edits: Container[AnnotationId]) -> Labels:
    kept = [at for at, mark in enumerate(labels.marks) if mark.id not in edits]
    classes, marks = labels.classes, labels.marks
    return Labels(tuple(classes[at] for at in kept), tuple(marks[at] for at in kept))


def _drawn(project: Project, section: Section, spots: Iterable[Spot], check: Check) -> Labels:
    classes: list[str] = []
    marks: list[Mark] = []
    for at, (annotation, placement, k) in enumerate(spots):
        if at % CHECK_EVERY == 0:
            check()
        shape = shape_of(annotation, placement)
        lines = None if shape is None else _lines(shape, k, section)
        if lines is not None:
            classes.append(annotation.class_id)
            marks.append(_mark(project, annotation, placement, lines))
    return Labels(tuple(classes), tuple(marks))


def with_states(
    marks: tuple[Mark, ...], selected: frozenset[AnnotationId], hovered: AnnotationId | None
) -> tuple[Mark, ...]:
    """Return the marks with the selected and the hovered ones standing out."""
    if not selected and hovered is None:
        return marks
    return tuple(
        replace(mark, state="selected")
        if mark.id in selected
        else replace(mark, state="hovered")
        if mark.id == hovered
        else mark
        for mark in marks
    )


def name_of(project: Project, annotation: Annotation) -> str:
    """Return the label's name, or its class id where the ontology lacks it."""
    label = project.exports[annotation.id.export].ontology.by_id.get(annotation.class_id)
    return annotation.class_id if label is None else label.name


def color_of_class(project: Project, export: str, class_id: str) -> str:
    """Return the drawing colour of a class; classes that the ontology lacks share the first."""
    return _colors_of(project.exports[export]).get(class_id, PALETTE[0])


@lru_cache(maxsize=64)
def _colors_of(export: Export) -> Mapping[str, str]:
    """Kept by the export itself: hashing its whole ontology for every label would be slow."""
    return class_colors(export.ontology)


def _placed(
    project: Project, base: Base, section: Section, rows: SortedRows, check: Check
) -> Iterator[Spot]:
    """Yield what one export's files hold that may show, whatever was edited since."""
    opened = project.annotations.opened
    if section.is_acquired:
        on_slice = rows.on(section.media, section.index)
        owners = base.columns.owners[on_slice]
        numbers = on_slice - np.searchsorted(base.columns.owners, owners)
        for ordinal, placement in zip(owners.tolist(), numbers.tolist(), strict=True):
            yield opened(AnnotationId(base.export, ordinal)), placement, section.index
    else:
        for ordinal, placement, k in hits_of(base, rows, section, check):
            yield opened(AnnotationId(base.export, ordinal)), placement, k


def _mark(project: Project, annotation: Annotation, placement: int, lines: Lines) -> Mark:
    return Mark(
        id=annotation.id,
        placement=placement,
        color=color_of_class(project, annotation.id.export, annotation.class_id),
        text=name_of(project, annotation),
        drawn=lines,
        dashed=not annotation.placements[placement].stored,
        is_locked=annotation.locked_reason is not None,
    )


def _lines(shape: Shape, k: int, section: Section) -> Lines | None:
    if section.view is None or section.view.is_acquired:
        return shape_lines(shape, section.spacing_mm)
    return _cut_lines(shape, k, section.view, section.index)


@lru_cache(maxsize=16384)
def shape_lines(shape: Shape, spacing_mm: tuple[float, float]) -> Lines:
    """Return a shape's lines on its own slice: p = x * dx, q = y * dy."""
    scale = np.array(spacing_mm)
    match shape:
        case Point():
            return Lines(points=_frozen(np.array([[shape.x, shape.y]]) * scale))
        case Mask():
            doubled = np.tile(scale, 2)
            edges = _frozen(shape.edges() * doubled)
            return Lines(edges=edges, fills=_frozen(_mask_rects(shape) * doubled))
        case Polyline():
            return Lines(lines=(_frozen(shape.vertices * scale),))
        case _:
            parts = [(_frozen(points * scale), closed) for points, closed in outline(shape)]
            return Lines(
                rings=tuple(points for points, closed in parts if closed),
                lines=tuple(points for points, closed in parts if not closed),
            )


@lru_cache(maxsize=16384)
def _cut_lines(shape: Shape, k: int, view: ViewPlane, index: int) -> Lines | None:
    cut = cut_of(shape, k, view, index)
    if cut.is_empty:
        return None
    return Lines(
        bands=cut.bands if len(cut.bands) else None, ticks=cut.ticks if len(cut.ticks) else None
    )


def _mask_rects(mask: Mask) -> Rects:
    """Return (n, 4) x0, y0, x1, y1 that tile the mask: its row runs, equal neighbours joined."""
    bitmap = np.pad(mask.to_array(), ((0, 1), (1, 1)))
    rows, starts = np.nonzero(bitmap[:, 1:] & ~bitmap[:, :-1])
    _, ends = np.nonzero(bitmap[:, :-1] & ~bitmap[:, 1:])
    open_runs: dict[tuple[int, int], int] = {}
    rects: list[tuple[float, float, float, float]] = []
    for row in range(mask.height + 1):
        here = {
            (int(starts[at]), int(ends[at]))
            for at in range(*np.searchsorted(rows, [row, row + 1]).tolist())
        }
        ended = [run for run in open_runs if run not in here]
        rects.extend((run[0], open_runs.pop(run), run[1], row) for run in ended)
        for run in here - open_runs.keys():
            open_runs[run] = row
    corner = np.array([mask.x, mask.y, mask.x, mask.y], dtype=np.float64)
    return np.array(rects, dtype=np.float64).reshape(-1, 4) + corner


def _frozen(values: NDArray[np.float64]) -> NDArray[np.float64]:
    values.flags.writeable = False
    return values
