"""The stored placements of one export, sorted by where they are shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from viewer.model.annotation import AnnotationId
from viewer.model.table import Columns
from viewer.review.judging import Outcomes
from viewer.review.reasons import DAMAGED, NO_KEY, REASONS

Rows = NDArray[np.int64]


class SortedRows:
    """Rows by slice and by annotation, found by binary search.

    A slice is one of the stack's own (axis 2, the usual one) or, for what was drawn on a reformat,
    one of its columns (axis 0) or rows (axis 1); see `Outcomes.axes`.

    Args:
        export: the export's id.
        columns: its columns.
        outcomes: where each row goes.
        drawn: (rows,) rows with geometry.
    """

    def __init__(
        self, export: str, columns: Columns, outcomes: Outcomes, drawn: NDArray[np.bool_]
    ) -> None:
        self.export = export
        self.columns = columns
        self.outcomes = outcomes
        self.drawn = drawn
        self._has_tracks: dict[int, bool] = {}
        self._class_slices: dict[tuple[int, int], dict[int, Rows]] = {}

    def id_of(self, row: int) -> AnnotationId:
        """Return the annotation that owns a row."""
        return AnnotationId(self.export, int(self.columns.owners[row]))

    def number_of(self, row: int) -> int:
        """Return the row's number among its annotation's placements."""
        return row - self.of(int(self.columns.owners[row])).start

    def numbers_of(self, rows: Rows) -> Rows:
        """(rows,) number of each row among its annotation's placements."""
        owners = self.columns.owners
        return rows - np.searchsorted(owners, owners[rows])

    @cached_property
    def doubtful_on(self) -> Mapping[int, int]:
        """How many annotations name another study or series than the headers of each media."""
        return self._counted(np.flatnonzero(self.outcomes.doubtful), self.outcomes.media)

    @cached_property
    def unsure_on(self) -> Mapping[int, int]:
        """How many annotations are shown on each media by size or order alone."""
        return self._counted(np.flatnonzero(self.outcomes.unsure), self.outcomes.media)

    @cached_property
    def astray_on(self) -> Mapping[int, int]:
        """How many annotations on each media name a file and a frame that are not one slice."""
        return self._counted(np.flatnonzero(self.outcomes.astray), self.outcomes.media)

    @cached_property
    def kept_off(self) -> Mapping[int, int]:
        """How many annotations are not shown on each media for how it was turned."""
        kept_off = self.outcomes.kept_off
        return self._counted(np.flatnonzero(kept_off >= 0), kept_off)

    def of(self, ordinal: int) -> range:
        """Return the rows of one annotation."""
        first, last = np.searchsorted(self.columns.owners, [ordinal, ordinal + 1])
        return range(int(first), int(last))

    def first_of(self, ordinal: int) -> int | None:
        """Return the first matched row of an annotation, one with geometry before others."""
        rows = self.of(ordinal)
        span = np.s_[rows.start : rows.stop]
        matched = self.outcomes.media[span] >= 0
        for wanted in (matched & self.drawn[span], matched):
            found = np.flatnonzero(wanted)
            if len(found):
                return rows.start + int(found[0])
        return None

    def on(self, media: int, slice: int, axis: int = 2) -> Rows:
        """Return the rows with geometry on one slice, in reading order."""
        ends = [_place(media, axis, slice), _place(media, axis, slice + 1)]
        first, last = np.searchsorted(self._places, ends)
        return self._order[first:last]

    def on_axis(self, media: int, axis: int) -> Rows:
        """Return the rows with geometry along an axis of a media, by slice, then reading order."""
        ends = [_place(media, axis, 0), _place(media, axis + 1, 0)]
        first, last = np.searchsorted(self._places, ends)
        return self._order[first:last]

    def on_media(self, media: int) -> Rows:
        """Return the rows with geometry on any slice of a media, axis by axis as `on_axis`."""
        first, last = np.searchsorted(self._places, [_place(media, 0, 0), _place(media + 1, 0, 0)])
        return self._order[first:last]

    def whole(self, series: int, study: int, own: int) -> Rows:
        """Return the rows matched to a whole series or exam, each named by its first media.

        Args:
            own: the media itself, which is what an entry of the export is shown on.
        """
        rows = self._wholes
        first = np.where(self.columns.series[rows] >= 0, series, study)
        first = np.where(self.columns.entries[rows] >= 0, own, first)
        return rows[self.outcomes.media[rows] == first]

    @cached_property
    def _wholes(self) -> Rows:
        """Rows matched to a series or exam as a whole."""
        is_whole = (self.outcomes.media >= 0) & (self.outcomes.slices < 0) & ~self.drawn
        return np.flatnonzero(is_whole)

    @cached_property
    def ids_of_solids(self) -> tuple[AnnotationId, ...]:
        """Annotations with a solid that found its media, in reading order."""
        shown = self.drawn & (self.outcomes.media >= 0) & (self.outcomes.slices < 0)
        owners = np.unique(self.columns.owners[shown]).tolist()
        return tuple(AnnotationId(self.export, owner) for owner in owners)

    @cached_property
    def is_on_reformats(self) -> bool:
        """Something with geometry is shown on another plane than the acquired."""
        shown = self.drawn & (self.outcomes.media >= 0) & (self.outcomes.axes != 2)
        return bool(shown.any())

    def has_tracks(self, media: int) -> bool:
        """Whether an annotation is drawn on several slices or frames of a media."""
        if media not in self._has_tracks:
            owners = self.columns.owners[self.on_media(media)]
            self._has_tracks[media] = len(np.unique(owners)) < len(owners)
        return self._has_tracks[media]

    @cached_property
    def labels_on(self) -> dict[int, int]:
        """Number of annotations per media that they are matched to."""
        return {media: len(owners) for media, owners in self._owners_on.items()}

    def count_on(self, media: int, ordinals: Rows) -> int:
        """Return how many of these annotations are matched to a media."""
        owners = self._owners_on.get(media)
        return 0 if owners is None else int(np.isin(ordinals, owners).sum())

    @cached_property
    def _owners_on(self) -> dict[int, Rows]:
        """Ordinals of the annotations per media that they are matched to."""
        matched = np.flatnonzero(self.outcomes.media >= 0)
        pairs = _pairs(self.outcomes.media[matched], self.columns.owners[matched])
        return dict(_split(pairs))

    def _counted(self, rows: Rows, media: NDArray[np.signedinteger]) -> dict[int, int]:
        """Return how many annotations have one of the rows on each media; many frames count once.

        Args:
            rows: (n,) numbers of rows.
            media: of all rows.
        """
        pairs = _pairs(media[rows], self.columns.owners[rows])
        found, counts = np.unique(pairs >> 32, return_counts=True)
        return dict(zip(found.tolist(), counts.tolist(), strict=True))

    def class_slices(
        self, media: int, axis: int, gone: Rows, fit: NDArray[np.bool_] | None = None
    ) -> Iterator[tuple[int, Rows]]:
        """Yield class codes with the slices along an axis of a media where they have geometry.

        Args:
            media, axis: where.
            gone: ordinals of annotations that do not count.
            fit: (annotations,) those of the others that count; None for all.
        """
        if fit is not None:
            rows = self.on_axis(media, axis)
            owners = self.columns.owners[rows]
            rows = rows[fit[owners] & ~np.isin(owners, gone)]
            codes = self.columns.class_codes[self.columns.owners[rows]]
            yield from _split(_pairs(codes, self.outcomes.slices[rows]))
            return
        kept = self._class_slices.get((media, axis))
        if kept is None:
            rows = self.on_axis(media, axis)
            codes = self.columns.class_codes[self.columns.owners[rows]]
            kept = dict(_split(_pairs(codes, self.outcomes.slices[rows])))
            self._class_slices[(media, axis)] = kept
        fewer: dict[int, Rows] = {}
        for code in set(self.columns.class_codes[gone].tolist()) & kept.keys():
            rows = self.on_axis(media, axis)
            owners = self.columns.owners[rows]
            of_class = self.columns.class_codes[owners] == code
            fewer[code] = np.unique(
                self.outcomes.slices[rows[of_class & ~np.isin(owners, gone)]].astype(np.int64)
            )
        yield from {**kept, **fewer}.items()

    @cached_property
    def reasons(self) -> NDArray[np.int8]:
        """(annotations,) code of the first reason that an annotation has; 0 when all is matched."""
        lone = np.where(self.columns.locked >= 0, DAMAGED, NO_KEY).astype(np.int8)
        owners = self.columns.owners
        lone[owners] = 0
        bad = np.flatnonzero(self.outcomes.reasons)[::-1]
        lone[owners[bad]] = self.outcomes.reasons[bad]
        return lone

    @cached_property
    def reason_counts(self) -> Sequence[int]:
        """How many annotations have each of `reasons`, by its code in REASONS."""
        return np.bincount(self.reasons, minlength=len(REASONS)).tolist()

    @property
    def _order(self) -> Rows:
        return self._sorted[0]

    @property
    def _places(self) -> Rows:
        return self._sorted[1]

    @cached_property
    def _sorted(self) -> tuple[Rows, Rows]:
        """Rows with geometry by media, axis, slice and reading order, and where each is."""
        shown = np.flatnonzero(self.drawn & (self.outcomes.slices >= 0))
        places = self._places_of(shown)
        order = np.argsort(places, kind="stable")
        return shown[order], places[order]

    def _places_of(self, rows: Rows) -> Rows:
        media, axes = self.outcomes.media[rows].astype(np.int64), self.outcomes.axes[rows]
        return (((media << 2) + axes) << 32) + self.outcomes.slices[rows]


def _pairs(high: NDArray[np.signedinteger], low: NDArray[np.signedinteger]) -> Rows:
    """Return the distinct pairs of two columns, sorted, as high << 32 | low."""
    return np.unique((high.astype(np.int64) << 32) | low)


def _split(pairs: Rows) -> Iterator[tuple[int, Rows]]:
    """Yield each high half of sorted pairs with all of its low halves."""
    highs, firsts = np.unique(pairs >> 32, return_index=True)
    parts = np.split(pairs & 0xFFFFFFFF, firsts[1:]) if len(pairs) else ()
    yield from zip(highs.tolist(), parts, strict=True)


def _place(media: int, axis: int, slice: int) -> int:
    return (((media << 2) + axis) << 32) + slice
