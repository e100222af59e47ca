"""What of an export's labels goes into columns: annotations and placements in reading order."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec
import numpy as np
from numpy.typing import NDArray

from viewer.formats.table_bytes import Codes
from viewer.model.ontology import LabelClass
from viewer.model.strings import StringColumn
from viewer.model.table import KEY, KINDS, Columns, Ints

NO_RAW = -1


@dataclass(eq=False)
class Begun:
    """One annotation, before its placements.

    Args:
        author: as the export names them, None where it does not.
        reason: why it cannot be edited, None when it can.
        answers, actions: records that say more of it, by number; NO_RAW for none.
    """

    id: str
    label: LabelClass
    author: str | None
    reason: str | None
    kind: str
    entry: str
    row: int
    answers: int = NO_RAW
    actions: int = NO_RAW


@dataclass(eq=False)
class Gathered:
    """Columns as they grow.

    Args:
        raws: every record that holds a placement or an answer.
        problems: (code, id of the label, what is wrong) of single annotations.
    """

    raws: list[msgspec.Raw] = field(default_factory=list[msgspec.Raw])
    classes: dict[str, LabelClass] = field(default_factory=dict[str, LabelClass])
    problems: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])
    begun: list[Begun] = field(default_factory=list[Begun])
    _counts: array[int] = field(default_factory=lambda: array("q"))
    _placed: list[NDArray[np.int64]] = field(default_factory=list[NDArray[np.int64]])

    def keep(self, raws: Sequence[msgspec.Raw]) -> int:
        """Return the number that the first of some records gets."""
        first = len(self.raws)
        self.raws += raws
        return first

    def add(self, begun: Begun, placed: NDArray[np.int64]) -> None:
        """Add an annotation.

        Args:
            placed: (n, 5) item, frame, number of its record, width and height of each placement.
        """
        self.classes.setdefault(begun.label.id, begun.label)
        self.begun.append(begun)
        self._counts.append(len(placed))
        self._placed.append(placed)

    def columns(self, starts: Ints, ends: Ints) -> Columns:
        """Return the columns.

        Args:
            starts, ends: span of each record.
        """
        counts = np.array(self._counts, dtype=np.int64)
        rows = np.concatenate([np.zeros((0, 5), dtype=np.int64), *self._placed])
        begins, stops = starts[rows[:, 2]], ends[rows[:, 2]]
        firsts = np.cumsum(counts) - counts
        authors, reasons, keys = Codes[str](""), Codes[str](), Codes[str]()
        classes = Codes[str]()
        author_codes = authors.of(one.author for one in self.begun)
        locked = reasons.of(one.reason for one in self.begun)
        entries = keys.of(one.entry for one in self.begun)
        class_codes = classes.of(one.label.id for one in self.begun)
        absent = np.full(len(rows), -1, dtype=np.int32)
        nothing = np.zeros(len(rows), dtype=np.int32)
        kinds = np.array([KINDS.index(one.kind) for one in self.begun], dtype=np.int8)
        return Columns(
            native_ids=StringColumn.of(one.id for one in self.begun),
            class_codes=class_codes,
            classes=classes.values,
            author_codes=author_codes,
            authors=authors.values,
            parents=np.full(len(counts), -1, dtype=np.int64),
            sources=np.zeros(len(counts), dtype=np.int32),
            starts=begins[firsts],
            ends=stops[firsts],
            locked=locked,
            reasons=reasons.values,
            owners=np.repeat(np.arange(len(counts), dtype=np.int64), counts),
            studies=absent,
            series=absent,
            instances=absent,
            entries=np.repeat(entries, counts),
            items=rows[:, 0].astype(np.int32),
            keys=StringColumn.of(keys.values),
            frames=rows[:, 1],
            planes=np.zeros(len(rows), dtype=np.int8),
            roles=np.full(len(rows), KEY, dtype=np.int8),
            runs=nothing,
            origin_sources=nothing,
            origin_starts=begins,
            origin_ends=stops,
            kinds=np.repeat(kinds, counts),
            widths=rows[:, 3].astype(np.int32),
            heights=rows[:, 4].astype(np.int32),
        )

    def own(self, starts: Ints, ends: Ints) -> dict[str, bytes]:
        """Return where the answers of each annotation stand, for `places_of`.

        Args:
            starts, ends: span of each record.
        """
        numbers = np.array(
            [(one.answers, one.actions) for one in self.begun], dtype=np.int64
        ).reshape(-1, 2)
        begins, stops = np.append(starts, 0), np.append(ends, 0)
        spans = np.stack((begins[numbers], stops[numbers]), axis=2)
        rows = np.array([one.row for one in self.begun], dtype=np.int64)
        return {"spans": spans.astype(np.int64).tobytes(), "rows": rows.tobytes()}


@dataclass(frozen=True, eq=False)
class Places:
    """Where what is said of annotations stands besides their records.

    Args:
        spans: (n, 2, 2) start and end of the answers, and of the answers by frame; empty for none.
        rows: (n,) number of the label row.
    """

    spans: Ints
    rows: Ints


def places_of(own: dict[str, bytes]) -> Places:
    """Return what `Gathered.own` made."""
    return Places(
        np.frombuffer(own.get("spans", b""), dtype=np.int64).reshape(-1, 2, 2),
        np.frombuffer(own.get("rows", b""), dtype=np.int64),
    )
