"""Placements of DATAGYM's labels: key frames of videos, and what they hold on to."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec
import numpy as np

from viewer.errors import BadRecord
from viewer.formats.datagym.answers import Asker
from viewer.formats.datagym.shapes import geometry_in, shape_of
from viewer.formats.datagym.video_records import ANSWERS, DESTROYED, Held, is_points
from viewer.formats.json_tools import BadJson, Bytes, is_object, value_of
from viewer.geometry.between import between
from viewer.geometry.shapes import Box, Shape
from viewer.model.placement import Attribute, Origin, Placement
from viewer.model.subject import MediaKey
from viewer.model.table import DERIVED, KEY, KINDS, Columns
from viewer.model.track import Track

DAMAGED = "damaged"
_BOX = KINDS.index("box")
_KEPT = 64  # objects whose records are known


def bare_of(columns: Columns, row: int) -> Placement:
    """Return a placement without its shape and answers."""
    frame, role = int(columns.frames[row]), int(columns.roles[row])
    index = frame if frame >= 0 else None
    width, height = int(columns.widths[row]), int(columns.heights[row])
    start, end = int(columns.origin_starts[row]), int(columns.origin_ends[row])
    return Placement(
        media=MediaKey(entry=columns.keys[int(columns.entries[row])], frame=index),
        index=index,
        size=(width, height) if width > 0 and height > 0 else None,
        origins=() if role == DERIVED else (Origin(0, start, end),),
        stored=role != DERIVED,
        is_key=role == KEY,
    )


def value_at(base: Bytes, columns: Columns, row: int) -> object:
    """Return the value of a placement's record; of a damaged one an attribute that says so."""
    data = bytes(base[int(columns.origin_starts[row]) : int(columns.origin_ends[row])])
    try:
        return value_of(data)
    except BadJson as error:
        return Attribute(DAMAGED, f"it is damaged: {error}")


@dataclass(frozen=True, eq=False)
class VideoDecoder:
    """Decodes the objects of videos.

    Args:
        asker: what the export says of its questions.
    """

    base: bytes | memoryview
    columns: Columns
    asker: Asker
    _held: OrderedDict[int, Held] = field(default_factory=OrderedDict[int, Held])

    def track(self, class_id: str, ordinal: int, every: range) -> Track:
        """Return the placements of an object: some rows of the columns.

        Boxes are worked out between key frames; all else stays as at the one before.
        """
        columns, first, behind = self.columns, every.start, every.stop
        roles = columns.roles[first:behind]
        rows: list[int] = (first + np.flatnonzero(roles == KEY)).tolist()
        is_box = bool(columns.kinds[first] == _BOX)
        return Track(
            decode=lambda slot: self._slot(class_id, self.held(ordinal, rows), rows, first + slot),
            slots=np.arange(behind - first, dtype=np.int64),
            frames=columns.frames[first:behind].astype(np.int64),
            runs=columns.runs[first:behind].astype(np.int64),
            keys=roles == KEY,
            opened=behind - first,
            derived=np.flatnonzero(roles == DERIVED),
            is_held=lambda: not is_box,
        )

    def _slot(self, class_id: str, held: Held, rows: Sequence[int], row: int) -> Placement:
        """Return the placement of a row.

        Args:
            held: which records speak for others.
            rows: those of the object's records.
        """
        bare = bare_of(self.columns, row)
        if not bare.stored:
            return bare
        number = int(np.searchsorted(rows, row))
        shape, damage = self._place(rows, number, held)
        said = int(held.answers[number])
        record = value_at(self.base, self.columns, rows[said]) if said >= 0 else None
        answers = self.asker.answers(class_id, record.get(ANSWERS)) if is_object(record) else ()
        return msgspec.structs.replace(bare, shape=shape, attributes=(*answers, *damage))

    def held(self, ordinal: int, rows: Sequence[int]) -> Held:
        """Return which records of an object speak for others."""
        found = self._held.get(ordinal)
        if found is None:
            columns = self.columns
            spans = zip(columns.origin_starts[rows], columns.origin_ends[rows], strict=True)
            found = Held.of([self.base[int(start) : int(end)] for start, end in spans])
            self._held[ordinal] = found
            if len(self._held) > _KEPT:
                self._held.popitem(last=False)
        return found

    def _place(
        self, rows: Sequence[int], number: int, held: Held
    ) -> tuple[Shape | None, tuple[Attribute, ...]]:
        """Return where an object is on a key frame, from those beside it where that says nothing.

        A key frame without a place comes from an answer that changed there.
        """
        before, after = int(held.before[number]), int(held.after[number])
        if before == number:
            return self._shape(rows[number])
        runs, frames = self.columns.runs, self.columns.frames
        here = rows[number]
        if before < 0 or runs[rows[before]] != runs[here]:
            return None, ()
        shape, damage = self._shape(rows[before])
        if after < 0 or runs[rows[after]] != runs[here] or not isinstance(shape, Box):
            return shape, damage
        last, _ = self._shape(rows[after])
        start, end = int(frames[rows[before]]), int(frames[rows[after]])
        share = (int(frames[here]) - start) / (end - start)
        return (between(shape, last, share) if last else shape), damage

    def _shape(self, row: int) -> tuple[Shape | None, tuple[Attribute, ...]]:
        record = value_at(self.base, self.columns, row)
        if isinstance(record, Attribute):
            return None, (record,)
        found = geometry_in(record) if is_object(record) else None
        if found is None:
            return None, ()
        name, value = found
        try:
            if name in ("polygon", "line") and is_points(value):
                damage = Attribute(DAMAGED, DESTROYED.format(name=name))
                return shape_of("point", value), (damage,)
            return shape_of(name, value), ()
        except BadRecord as error:
            return None, (Attribute(DAMAGED, str(error)),)
