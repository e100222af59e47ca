"""Which labels a view shows, and their lines in plane coordinates: plain values, no Qt."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
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
from viewer.render.palette import PALETTE, class_colors
from viewer.render.planes import Section
from viewer.render.reach import shape_of, touching
from viewer.review.matching import Matches

MarkState = Literal["normal", "hovered", "selected"]
Rects = NDArray[np.float64]  # (n, 4) p0, q0, p1, q1
IsDrawn = Callable[[AnnotationId, str], bool]  # (id, class id)


@dataclass(frozen=True, eq=False)
class Mark:
    """One placement as a view draws it; all coordinates are plane mm.

    Args:
        id: the annotation.
        placement: number of the placement within it.
        color: "#rrggbb" for drawing (lightened where the export's is too dark on the halo).
        text: the label's name, for the tag.
        state: how it stands out.
        rings: closed outlines; with holes the ones behind the first are cut out of the fill.
        lines: open lines.
        points: (n, 2) locations drawn as a ring with a dot.
        edges: (n, 4) mask outline along the pixel edges.
        fills: (n, 4) rectangles that make up the inside of a mask.
        bands: (n, 4) cuts through another plane.
        ticks: (n, 4) cuts of points and lines.
        dashed: derived between key frames, not drawn by anyone.
        is_locked: cannot be edited.
    """

    id: AnnotationId
    placement: int
    color: str
    text: str
    state: MarkState = "normal"
    rings: tuple[Points, ...] = ()
    lines: tuple[Points, ...] = ()
    points: Points | None = None
    edges: Rects | None = None
    fills: Rects | None = None
    bands: Rects | None = None
    ticks: Rects | None = None
    dashed: bool = False
    is_locked: bool = False


@dataclass(frozen=True, eq=False)
class Lines:
    """A shape's geometry in plane mm, without colour or label; fields as in Mark."""

    rings: tuple[Points, ...] = ()
    lines: tuple[Points, ...] = ()
    points: Points | None = None
    edges: Rects | None = None
    fills: Rects | None = None
    bands: Rects | None = None
    ticks: Rects | None = None


def marks_on(
    project: Project, matches: Matches, section: Section, is_drawn: IsDrawn
) -> tuple[Mark, ...]:
    """Return what a view draws of the labels on one slice or frame, in reading order.

    Classifications have no geometry and are not among them: see `labels_of_slice`.
    """
    labels = _labels_on(project, matches, section)
    return tuple(mark for class_id, mark in labels if is_drawn(mark.id, class_id))


@lru_cache(maxsize=16)
def _labels_on(
    project: Project, matches: Matches, section: Section
) -> tuple[tuple[str, Mark], ...]:
    """Return (class id, mark) of all labels; kept, so that a repaint looks nothing up again."""
    labels: list[tuple[str, Mark]] = []
    for id, placement, k in _placed(project, matches, section):
        annotation = project.annotations[id]
        shape = shape_of(annotation, placement)
        lines = None if shape is None else _lines(shape, k, section)
        if lines is not None:
            mark = _mark(project, annotation, placement, lines)
            labels.append((annotation.class_id, mark))
    return tuple(labels)


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


def labels_of_slice(project: Project, matches: Matches, media: int, slice: int) -> tuple[str, ...]:
    """Return the names of the classifications of one slice, for worded chips."""
    found = [
        rows.id_of(int(row))
        for rows in matches.rows.values()
        for row in np.flatnonzero(
            (rows.verdicts.media == media) & (rows.verdicts.slices == slice) & ~rows.drawn
        )
    ]
    found = [id for id in found if id not in project.annotations.edits]
    for id, annotation in project.annotations.edits.items():
        for place in matches.of(id) if annotation is not None else ():
            is_here = (place.media, place.slice) == (media, slice)
            if annotation is not None and is_here and shape_of(annotation, place.placement) is None:
                found.append(id)
    return tuple(name_of(project, project.annotations[id]) for id in dict.fromkeys(found))


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
    project: Project, matches: Matches, section: Section
) -> Iterable[tuple[AnnotationId, int, int]]:
    """Yield (annotation, placement, slice) of everything that may show."""
    if section.is_acquired:
        for id, placement in matches.on(section.media, section.index):
            yield id, placement, section.index
    else:
        yield from touching(project, matches, section)


def _mark(project: Project, annotation: Annotation, placement: int, lines: Lines) -> Mark:
    return Mark(
        id=annotation.id,
        placement=placement,
        color=color_of_class(project, annotation.id.export, annotation.class_id),
        text=name_of(project, annotation),
        rings=lines.rings,
        lines=lines.lines,
        points=lines.points,
        edges=lines.edges,
        fills=lines.fills,
        bands=lines.bands,
        ticks=lines.ticks,
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
    if len(cut.bands) == 0 and len(cut.ticks) == 0:
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
