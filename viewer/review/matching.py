"""Which local pixels each placement belongs to, or the reason why there are none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain, islice
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.plane_frame import PLAIN, PlaneFrame
from viewer.media.volume import Media
from viewer.model.annotation import AnnotationId
from viewer.model.project import Project
from viewer.model.table import Ints
from viewer.model.told import Tellings
from viewer.review.binding import NOT_CHOSEN, Choices
from viewer.review.edited import Edited, edited_of
from viewer.review.entry_spots import frames_of
from viewer.review.extents import (
    NO_SOLIDS,
    Extents,
    FoundSolids,
    SortedExtents,
)
from viewer.review.fits import Fitting
from viewer.review.judging import Outcomes, judged
from viewer.review.lookup import Lookup
from viewer.review.marks import ClassKey, marks_of
from viewer.review.media_groups import NO_GROUPS, Groups, groups_of
from viewer.review.places import Place, bare_place, places_of_rows
from viewer.review.reasons import REASONS
from viewer.review.rows import rows_of_columns
from viewer.review.sorted_rows import SortedRows
from viewer.review.telling import tellings_of
from viewer.review.together import bind_all

__all__ = ["REASONS", "Matches", "Place", "match"]

Drawn = tuple[AnnotationId, int]  # annotation, number of its placement

_NO_EDITS: Mapping[AnnotationId, Edited] = MappingProxyType({})
_NONE = np.empty(0, dtype=np.int64)
_NO_FRAMES: Mapping[tuple[str, int, int], PlaneFrame] = MappingProxyType({})


@dataclass(frozen=True, eq=False)
class Matches:
    """Places of all placements: arrays for what the files hold, a dictionary for the edited.

    Args:
        project: the project as matched, edits included.
        lookup: the media it was matched over.
        rows: the stored placements by export id.
        frames: how an export counts on the planes of a media, by export id, media and voxel axis;
            plain where nothing is said.
        chosen: what a person decided of the entries of an export, by export id.
        groups: which media stand side by side.
        solids: where the solids that the files hold lie; None until `review.solids` was asked.
        tellings: what decoders are told of the media. Until it is shown, it is to be in effect
            where annotations are looked at by these matches.
    """

    project: Project
    lookup: Lookup
    rows: Mapping[str, SortedRows]
    frames: Mapping[tuple[str, int, int], PlaneFrame] = field(default_factory=lambda: _NO_FRAMES)
    chosen: Mapping[str, Choices] = field(default_factory=lambda: NOT_CHOSEN)
    groups: Groups = field(default_factory=lambda: NO_GROUPS)
    solids: FoundSolids | None = None
    tellings: Tellings = field(default_factory=Tellings)
    _edited: Mapping[AnnotationId, Edited] = field(default_factory=lambda: _NO_EDITS)

    def with_edits(self, project: Project) -> Matches:
        """Return the matches of a project that differs by edits only.

        Only annotations that are not the very ones seen before are matched again.
        """
        edited: dict[AnnotationId, Edited] = {}
        for id, annotation in project.annotations.edits.items():
            known = self._edited.get(id)
            if known is None or known.annotation is not annotation:
                known = edited_of(project, id, self.lookup, self.solids or NO_SOLIDS)
            edited[id] = known
        return replace(self, project=project, _edited=MappingProxyType(edited))

    def outcomes_of(self, id: AnnotationId) -> Outcomes | None:
        """Return where the placements of an edited annotation go; None for others."""
        places = self._edited[id].places if id in self._edited else None
        return None if places is None else places.outcomes

    def of(self, id: AnnotationId, most: int | None = None) -> tuple[Place, ...]:
        """Return the places of one annotation, in placement order; () when it was deleted.

        Args:
            most: so many of them, the first ones; a track may have very many.
        """
        if id in self._edited:
            return tuple(islice(self._edited[id].places or (), most))
        rows = self.rows.get(id.export)
        if rows is None or id.new:
            return ()
        export = self.project.exports.get(id.export)
        return places_of_rows(rows, id.ordinal, export, self.lookup, most)

    def first_of(self, id: AnnotationId) -> Place | None:
        """Return where to go for an annotation: its first matched placement; None without one.

        A placement with geometry goes before one without. Of a track nothing else is looked at.
        """
        rows = self.rows.get(id.export)
        if id in self._edited:
            return self._edited[id].first
        row = None if rows is None or id.new else rows.first_of(id.ordinal)
        if rows is None or row is None:
            return None
        return bare_place(rows, row)

    def place_at(self, id: AnnotationId, number: int) -> Place | None:
        """Return where one placement is shown, without its sentence; None where it is not."""
        rows, place = self.rows.get(id.export), None
        if id in self._edited:
            places = self._edited[id].places or ()
            place = places[number] if number < len(places) else None
        elif rows is not None and not id.new and number < len(own := rows.of(id.ordinal)):
            place = bare_place(rows, own[number])
        return place if place is not None and place.media is not None else None

    def nearest_to(
        self,
        id: AnnotationId,
        media: int,
        voxel: Sequence[float],
        may: NDArray[np.bool_] | None = None,
    ) -> Place | None:
        """Return which placement is on the slice of a media next to a voxel, without its sentence.

        Args:
            voxel: (i, j, k).
            may: (placements,) those that are looked at; None for all.
        """
        rows, outcomes, start, stop = self.rows.get(id.export), self.outcomes_of(id), 0, None
        if id not in self._edited and rows is not None and not id.new:
            own = rows.of(id.ordinal)
            outcomes, start, stop = rows.outcomes, own.start, own.stop
        if outcomes is None:
            return None
        nearest = outcomes.nearest(slice(start, stop), media, voxel, may)
        return None if nearest is None else self.place_at(id, nearest)

    @property
    def lack_solids(self) -> bool:
        """The files hold solids or labels of reformats that `review.solids` was not asked of."""
        return self.solids is None and any(
            rows.ids_of_solids or rows.is_on_reformats for rows in self.rows.values()
        )

    def with_solids(self, solids: FoundSolids) -> Matches:
        """Return the matches with what `review.solids` found."""
        return replace(self, solids=solids, _edited=_NO_EDITS).with_edits(self.project)

    def extents_of(self, id: AnnotationId) -> Extents:
        """Return where the solids of an annotation lie; () without, and while it is worked out."""
        if id in self._edited:
            return self._edited[id].extents
        return (self.solids or NO_SOLIDS).extents.get(id, ())

    def has_solids(self, media: int) -> bool:
        """Return whether solids lie in a media, as far as is known."""
        return bool(self._solids.on_media(media))

    def solids_on(self, media: int, axis: int, index: int) -> Extents:
        """Return the solids that may meet a slice along an axis, in reading order."""
        return self._solids.on(media, axis, index)

    def frame_of(self, export: str, media: int, axis: int) -> PlaneFrame:
        """Return how an export counts on the planes along an axis of a media."""
        return self.frames.get((export, media, axis), PLAIN)

    def on(self, media: int, slice: int, axis: int = 2) -> tuple[Drawn, ...]:
        """Return (annotation, placement) of everything with geometry on this slice."""
        opened = self.opened_on(media, slice, axis)
        found = opened if not self._edited else (at for at in opened if at[0] not in self._edited)
        return *found, *self.edited_on(media, slice, axis)

    def opened_on(self, media: int, slice: int, axis: int = 2) -> tuple[Drawn, ...]:
        """Return the same as the files hold it, whatever was edited since."""
        found: list[Drawn] = []
        for rows in self.rows.values():
            here = rows.on(media, slice, axis)
            owners = rows.columns.owners[here].tolist()
            numbers = rows.numbers_of(here).tolist()
            ids = (AnnotationId(rows.export, owner) for owner in owners)
            found.extend(zip(ids, numbers, strict=True))
        return tuple(found)

    def edited_on(self, media: int, slice: int, axis: int = 2) -> tuple[Drawn, ...]:
        """Return the same of annotations that were edited or made."""
        return tuple(self._edited_by_slice.get((media, axis, slice), ()))

    def axes_with_labels(self, media: int) -> frozenset[int]:
        """Return the voxel axes along whose slices something with geometry was drawn."""
        found: set[int] = set()
        for edited in self._edited.values():
            numbers = edited.at(
                lambda found, drawn: drawn & (found.media == media) & (found.slices >= 0)
            )
            if numbers and edited.places:
                found.update(np.unique(edited.places.outcomes.axes[numbers]).tolist())
        for rows in self.rows.values():
            found |= {axis for axis in range(3) if len(rows.on_axis(media, axis))}
        return frozenset(found)

    def marks(
        self, media: int, axis: int = 2, fits: Fitting | None = None
    ) -> Mapping[int, tuple[ClassKey, ...]]:
        """Return the classes with geometry on each slice of a media, for strips; kept if of all."""
        if fits is not None:
            return marks_of(self._class_slices(media, axis, fits))
        if (media, axis) not in self._marks:
            self._marks[media, axis] = marks_of(self._class_slices(media, axis))
        return self._marks[media, axis]

    @cached_property
    def _marks(self) -> dict[tuple[int, int], Mapping[int, tuple[ClassKey, ...]]]:
        return {}

    def _class_slices(
        self, media: int, axis: int, fits: Fitting | None = None
    ) -> Iterator[tuple[ClassKey, Ints]]:
        for rows in self.rows.values():
            gone = self._edited_ordinals.get(rows.export, _NONE)
            fit = fits.opened_of(rows.export, len(rows.columns.class_codes)) if fits else None
            for code, slices in rows.class_slices(media, axis, gone, fit):
                yield (rows.export, rows.columns.classes[code]), slices
        for id, edited in sorted(self._edited.items()):
            numbers = edited.at(
                lambda found, drawn: drawn & (found.media == media) & (found.axes == axis)
            )
            if numbers and edited.annotation and edited.places and (fits is None or fits(id)):
                slices = edited.places.outcomes.slices[numbers]
                yield (id.export, edited.annotation.class_id), slices[slices >= 0].astype(np.int64)
        for extent in self._solids.on_media(media):
            if fits is None or fits(extent.id):
                key = extent.id.export, self.project.annotations[extent.id].class_id
                yield key, np.array(list(extent.slices(axis)), dtype=np.int64)

    def whole(self, media: int) -> tuple[Drawn, ...]:
        """Return (annotation, placement) of what is said of the media's whole series or exam."""
        series, study = self.lookup.firsts(media)
        found = [
            (id, rows.number_of(row))
            for rows in self.rows.values()
            for row in rows.whole(series, study, media).tolist()
            if (id := rows.id_of(row)) not in self._edited
        ]
        for id, edited in self._edited.items():
            of_media = edited.at(
                lambda found, drawn: (found.media >= 0) & (found.slices < 0) & ~drawn
            )
            for number in of_media:
                key = self.project.annotations[id].placements[number].media
                first = study if key.series is None else series
                wanted = first if key.entry is None else media
                if edited.places and edited.places.outcomes.media[number] == wanted:
                    found.append((id, number))
        return tuple(found)

    def reason_of(self, id: AnnotationId) -> str:
        """Return the first reason that an annotation has, "" when all of it is matched."""
        if id in self._edited:
            return self._edited[id].first_reason
        rows = self.rows.get(id.export)
        return REASONS[int(rows.reasons[id.ordinal])] if rows is not None else ""

    def counts(self) -> Mapping[str, int]:
        """Return how many annotations there are per reason; "" counts the matched ones."""
        found: Counter[str] = Counter()
        for rows in self.rows.values():
            found.update(dict(zip(REASONS, rows.reason_counts, strict=True)))
        for id, edited in self._edited.items():
            if not id.new:
                found[REASONS[int(self.rows[id.export].reasons[id.ordinal])]] -= 1
            if edited.annotation is not None:
                found[edited.first_reason] += 1
        return {reason: found[reason] for reason in REASONS if found[reason]}

    def labels_on_media(self, media: int) -> int:
        """Return the number of annotations matched to a media."""
        return sum(self.labels_by_export(media).values())

    def labels_by_export(self, media: int) -> Mapping[str, int]:
        """Return the number of annotations matched to a media of each export that has any."""
        found = Counter(self._edited_on_media.get(media, {}))
        for export, rows in self.rows.items():
            found[export] += rows.labels_on.get(media, 0)
            if export in self._edited_ordinals:
                found[export] -= rows.count_on(media, self._edited_ordinals[export])
        return +found

    @cached_property
    def _edited_on_media(self) -> Mapping[int, Counter[str]]:
        """How many edited annotations each export has on each media."""
        found: dict[int, Counter[str]] = {}
        for id, edited in self._edited.items():
            if edited.places is not None:
                for media in np.unique(edited.places.outcomes.media).tolist():
                    found.setdefault(media, Counter())[id.export] += 1
        return found

    @cached_property
    def _edited_ordinals(self) -> Mapping[str, Ints]:
        """Ordinals of the opened annotations that were edited, by export."""
        found: dict[str, list[int]] = {}
        for id in self._edited:
            if not id.new:
                found.setdefault(id.export, []).append(id.ordinal)
        return {export: np.array(ordinals) for export, ordinals in found.items()}

    def fullest_media(self) -> int | None:
        """Return the media with most labels, then most slices; None without media."""
        media = range(len(self.lookup.media))
        counts = self.lookup.counts
        return max(media, key=lambda m: (self.labels_on_media(m), counts[m]), default=None)

    @cached_property
    def _solids(self) -> SortedExtents:
        """The solids of each media, edited ones behind the others."""
        kept = (self.solids or NO_SOLIDS).extents.items()
        parts = [extents for id, extents in kept if id not in self._edited]
        parts += [edited.extents for _, edited in sorted(self._edited.items())]
        return SortedExtents(chain.from_iterable(parts))

    @cached_property
    def _edited_by_slice(self) -> Mapping[tuple[int, int, int], list[Drawn]]:
        """What was edited by media, axis and slice."""
        found: dict[tuple[int, int, int], list[Drawn]] = {}
        for id, edited in sorted(self._edited.items()):
            for where, number in edited.spots():
                found.setdefault(where, []).append((id, number))
        return found


def match(
    project: Project, media: Sequence[Media], chosen: Mapping[str, Choices] = NOT_CHOSEN
) -> Matches:
    """Return the places of every placement of the project over these media.

    Every annotation ends matched, or unmatched with one of REASONS. Nothing that is shown changes:
    decoders are told of the media when somebody shows the matches' tellings.

    Args:
        chosen: what a person decided of the entries of an export, by export id.
    """
    lookup = Lookup(media, bind_all(project, media, chosen))
    frames = frames_of(lookup.bindings)
    found: dict[str, SortedRows] = {}
    for id, base in project.annotations.bases.items():
        rows = rows_of_columns(base.columns, project.exports.get(id), lookup)
        found[id] = SortedRows(id, base.columns, judged(rows, lookup), rows.drawn)
    matches = Matches(
        project,
        lookup,
        MappingProxyType(found),
        MappingProxyType(frames),
        chosen,
        groups_of(project.exports, lookup),
        tellings=tellings_of(project, lookup, frames),
    )
    with matches.tellings.in_effect():
        return matches.with_edits(project)
