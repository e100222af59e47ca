"""What of an export's labels goes into columns: annotations and placements in reading order."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec
import numpy as np
from numpy.typing import NDArray

from viewer.formats.labelbox.stretches import Stretches
from viewer.formats.table_bytes import Codes
from viewer.model.ontology import LabelClass
from viewer.model.strings import StringColumn
from viewer.model.table import KEY, KINDS, Columns

NO_FRAME = -1


@dataclass(frozen=True)
class Where:
    """What a label is about and whose it is.

    Args:
        entry: id of its data row.
        size: (width, height) of the picture, (-1, -1) without.
        author: who made it, None where the export does not say.
        reason: why nothing of it can be edited, None when it can.
        plane: code of the plane.
    """

    entry: str
    size: tuple[int, int]
    author: str | None
    reason: str | None = None
    plane: int = 0


@dataclass(eq=False)
class Gathered:
    """Columns as they grow.

    Args:
        raws: every record that holds a placement, with the number of its source.
        problems: (code, feature id, what is wrong) of single annotations.
    """

    raws: list[msgspec.Raw] = field(default_factory=list[msgspec.Raw])
    raw_sources: array[int] = field(default_factory=lambda: array("i"))
    ids: list[str] = field(default_factory=list[str])
    classes: dict[str, LabelClass] = field(default_factory=dict[str, LabelClass])
    problems: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])
    _class_ids: list[str] = field(default_factory=list[str])
    _authors: list[str | None] = field(default_factory=list[str | None])
    _reasons: list[str | None] = field(default_factory=list[str | None])
    _entries: list[str] = field(default_factory=list[str])
    _sizes: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    _planes: list[int] = field(default_factory=list[int])
    _kinds: list[int] = field(default_factory=list[int])
    _counts: list[int] = field(default_factory=list[int])
    _parts: list[Sequence[int] | NDArray[np.integer]] = field(
        default_factory=list[Sequence[int] | NDArray[np.integer]]
    )

    def keep_raw(self, raw: msgspec.Raw, source: int) -> int:
        """Return the number that a record gets."""
        self.raws.append(raw)
        self.raw_sources.append(source)
        return len(self.raws) - 1

    def keep_raws(self, raws: Sequence[msgspec.Raw], source: int) -> int:
        """Return the number that the first of some records gets."""
        first = len(self.raws)
        self.raws += raws
        self.raw_sources += array("i", (source,)) * len(raws)
        return first

    def add(self, id: str, label: LabelClass, where: Where, reason: str | None, kind: str) -> None:
        """Begin an annotation; its placements follow by `place` or `place_all`."""
        self.ids.append(id)
        known = self.classes.setdefault(label.id, label)
        if known.kind is None and known.mode == "unknown":
            self.classes[label.id] = label
        self._class_ids.append(label.id)
        self._authors.append(where.author)
        self._reasons.append(where.reason or reason)
        self._entries.append(where.entry)
        self._sizes.append(where.size)
        self._planes.append(where.plane)
        self._kinds.append(KINDS.index(kind))

    def place(self, record: int, frame: int = NO_FRAME) -> None:
        """Give the annotation begun last its one placement."""
        self._counts.append(1)
        self._parts.append((frame, record, KEY, 0))

    def place_all(self, records: Sequence[int] | NDArray[np.int64], found: Stretches) -> None:
        """Give the annotation begun last a placement for each frame."""
        numbers = np.append(np.array(records, dtype=np.int64), -1)[found.stored]
        self._counts.append(len(numbers))
        self._parts.append(np.stack((found.frames, numbers, found.roles, found.runs), 1).ravel())

    def columns(self, starts: NDArray[np.int64], ends: NDArray[np.int64], base: int) -> Columns:
        """Return the columns.

        Args:
            starts, ends: span of each record.
            base: number of the first frame in the file.
        """
        counts, rows = self._rows()
        frames, records = rows[:, 0], rows[:, 1]
        spans = [np.append(column, 0)[records] for column in (starts, ends)]
        sources = np.append(np.array(self.raw_sources, dtype=np.int32), np.int32(0))[records]
        firsts = np.cumsum(counts) - counts  # the first placement is always a stored one
        authors, reasons, keys = Codes[str](), Codes[str](), Codes[str]()
        author_codes, locked = authors.of(self._authors), reasons.of(self._reasons)
        entries = keys.of(self._entries)
        classes = Codes[str]()
        class_codes = classes.of(self._class_ids)
        absent = np.full(len(rows), -1, dtype=np.int32)
        sizes = np.array(self._sizes, dtype=np.int32).reshape(-1, 2)
        return Columns(
            native_ids=StringColumn.of(self.ids),
            class_codes=class_codes,
            classes=classes.values,
            author_codes=author_codes,
            authors=authors.values,
            parents=np.full(len(counts), -1, dtype=np.int64),
            sources=sources[firsts],
            starts=spans[0][firsts],
            ends=spans[1][firsts],
            locked=locked,
            reasons=reasons.values,
            owners=np.repeat(np.arange(len(counts), dtype=np.int64), counts),
            studies=absent,
            series=absent,
            instances=absent,
            entries=np.repeat(entries, counts),
            items=absent,
            keys=StringColumn.of(keys.values),
            frames=np.where(frames >= base, frames - base, -1),
            planes=np.repeat(np.array(self._planes, dtype=np.int8), counts),
            roles=rows[:, 2].astype(np.int8),
            runs=rows[:, 3].astype(np.int32),
            origin_sources=sources,
            origin_starts=spans[0],
            origin_ends=spans[1],
            kinds=np.repeat(np.array(self._kinds, dtype=np.int8), counts),
            widths=np.repeat(sizes[:, 0], counts),
            heights=np.repeat(sizes[:, 1], counts),
        )

    def _rows(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return how many placements each annotation has, and (frame, record, role, run) of all."""
        parts = [np.zeros(0, np.int64), *(np.asarray(part, np.int64) for part in self._parts)]
        return np.array(self._counts, dtype=np.int64), np.concatenate(parts).reshape(-1, 4)
