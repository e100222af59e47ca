"""Which classes a plane cuts at each of its places, for the strips of reformats."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.cuts import coordinate_of
from viewer.geometry.measure import bounds
from viewer.geometry.space import voxel_from_pixel
from viewer.media.volume import Volume
from viewer.model.table import Base, Ints
from viewer.render.overlay import frames_of
from viewer.render.reach import Reach, known_reaches, shape_of
from viewer.review.fits import Fitting
from viewer.review.kept import Kept, kept_for_views
from viewer.review.marks import ClassKey, marks_of
from viewer.review.matching import Matches

MOST_EDITED = 2000  # placements of edited labels that are looked at

Known: TypeAlias = tuple[str, Base, tuple[tuple[int, Reach], ...]]  # of an export, by axis

_turns: Kept[tuple[Reach, int, int], Ints] = Kept(32, for_views=True)


def are_cuts_known(matches: Matches, media: int, axis: int) -> bool:
    """Whether `cut_marks` answers: drawing a view works the bounds of its shapes out."""
    return all(reaches is not None for _, _, reaches in _reaches(matches, media, axis))


def cut_marks(
    matches: Matches, media: int, axis: int, fits: Fitting | None = None
) -> Mapping[int, tuple[ClassKey, ...]]:
    """Return the classes whose shapes on other planes each slice along an axis cuts.

    Exports whose shapes' bounds were not worked out yet are left out, and labels that do not fit.
    """
    known = tuple(
        (export, base, tuple(some or ())) for export, base, some in _reaches(matches, media, axis)
    )
    return _cut_marks(matches, (media, axis), known, fits)


@kept_for_views(8)
def _cut_marks(
    matches: Matches, where: tuple[int, int], known: tuple[Known, ...], fits: Fitting | None
) -> Mapping[int, tuple[ClassKey, ...]]:
    media, axis = where
    shown = matches.lookup.media[media]
    if not isinstance(shown, Volume):
        return {}
    count = (shown.columns, shown.rows, shown.count)[axis]
    edits = matches.project.annotations.edits
    parts: list[tuple[ClassKey, Ints]] = []
    for export, base, reaches in known:
        codes, classes = base.columns.class_codes, base.columns.classes
        gone = [id.ordinal for id in edits if id.export == export and not id.new]
        for other, reach in reaches:
            side = coordinate_of(other, axis)
            if fits is None:
                turns = _turns_now(reach, side, count, codes, gone)
            else:
                wanted = fits.opened_of(export, len(codes))
                wanted[gone] = False
                turns = _turns_of(reach, side, count, codes, wanted[reach.ordinals])
            met = np.cumsum(turns, axis=1)[:, :count] > 0
            parts += [((export, classes[n]), np.flatnonzero(met[n])) for n in range(len(met))]
    parts += _edited(matches, media, (axis, count), fits)
    return marks_of((key, slices) for key, slices in parts if len(slices))


def _turns_now(
    reach: Reach, side: int, count: int, codes: NDArray[np.int32], gone: Sequence[int]
) -> Ints:
    """Return the turns of shapes, without those of annotations that were edited."""
    turns = _turns.get((reach, side, count), lambda: _turns_of(reach, side, count, codes))
    if not gone:
        return turns
    return turns - _turns_of(reach, side, count, codes, np.isin(reach.ordinals, gone))


def _reaches(
    matches: Matches, media: int, axis: int
) -> Iterator[tuple[str, Base, list[tuple[int, Reach]] | None]]:
    for export, base in matches.project.annotations.bases.items():
        if export in matches.rows:
            frames = frames_of(matches, export, media)
            yield export, base, known_reaches(base, matches.rows[export], (media, axis), frames)


def _turns_of(
    reach: Reach,
    side: int,
    count: int,
    codes: NDArray[np.int32],
    only: NDArray[np.bool_] | None = None,
) -> Ints:
    """(classes, count + 1) how many shapes begin at each slice, less those that ended before it."""
    shape = (int(codes.max(initial=-1)) + 1, count + 1)
    ordinals, boxes = reach.ordinals, reach.boxes
    if only is not None:
        ordinals, boxes = ordinals[only], boxes[only]
    firsts, lasts = _spans(boxes[:, side], boxes[:, side + 2])
    meets = (lasts >= np.maximum(firsts, 0)) & (firsts < count)
    own = codes[ordinals[meets]].astype(np.int64) * (count + 1)
    begin, end = (
        np.bincount(own + slices, minlength=shape[0] * shape[1])
        for slices in (np.maximum(firsts[meets], 0), np.minimum(lasts[meets] + 1, count))
    )
    return (begin - end).reshape(shape)


def _spans(lows: NDArray[np.float64], highs: NDArray[np.float64]) -> tuple[Ints, Ints]:
    """First and last pixel whose middle lies in ranges in pixel space; a point is on its own."""
    limit = 2.0**31
    firsts = np.where(lows == highs, np.floor(lows), np.ceil(voxel_from_pixel(lows)))
    lasts = np.where(lows == highs, np.floor(lows), np.floor(voxel_from_pixel(highs)))
    return (
        np.clip(firsts, -limit, limit).astype(np.int64),
        np.clip(lasts, -limit, limit).astype(np.int64),
    )


def _edited(
    matches: Matches, media: int, along: tuple[int, int], fits: Fitting | None
) -> Iterator[tuple[ClassKey, Ints]]:
    """Yield the same of edited labels, the first ones of very many."""
    (axis, count), left = along, MOST_EDITED
    shown = matches.lookup.media[media]
    sides = (shown.columns, shown.rows, shown.count)
    for id, annotation in matches.project.annotations.edits.items():
        outcomes = matches.outcomes_of(id)
        if annotation is None or outcomes is None or not (fits is None or fits(id)):
            continue
        here = (outcomes.media == media) & (outcomes.slices >= 0) & (outcomes.axes != axis)
        for number in np.flatnonzero(here)[:left].tolist():
            other, shape = int(outcomes.axes[number]), shape_of(annotation, number)
            if shape is None:
                continue
            width, height = (side for at, side in enumerate(sides) if at != other)
            frame = matches.frame_of(id.export, media, other)
            box = np.array([bounds(frame.shown(shape, (width, height)))])
            side = coordinate_of(other, axis)
            (first,), (last,) = _spans(box[:, side], box[:, side + 2])
            slices = np.arange(max(int(first), 0), min(int(last) + 1, count))
            yield (id.export, annotation.class_id), slices
        left -= int(here.sum())
        if left <= 0:
            return
