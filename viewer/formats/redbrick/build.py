"""Columns of a RedBrick AI export from its label records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.errors import Issue
from viewer.formats.redbrick.categories import category_of, class_id_of
from viewer.formats.redbrick.gather import Rows
from viewer.formats.redbrick.label_columns import ANGLE, LabelColumns, whole, wholes
from viewer.formats.redbrick.labels import labels_of
from viewer.formats.redbrick.left_open import taken_issues, with_readings
from viewer.formats.redbrick.lists import CODE_OF, LISTS, SOLID
from viewer.formats.redbrick.record_problems import Checked, issues_of, kinds_are_known
from viewer.formats.redbrick.solid_checks import check_solids
from viewer.formats.redbrick.tracks import Grouped, grouped
from viewer.formats.table_bytes import Codes
from viewer.formats.values import shown_text
from viewer.model.file_names import file_name
from viewer.model.project import Entry
from viewer.model.strings import StringColumn
from viewer.model.table import BETWEEN, KEY, KINDS, Columns, Ints

_UNKNOWN = KINDS.index("unknown")
_MEASURED = CODE_OF["measurements"]
_WITHOUT_FRAMES = [
    code for code, found in enumerate(LISTS) if found.name in SOLID or found.kind == "volume"
]
_KINDS = np.array(
    [KINDS.index(found.kind or "none") for found in LISTS],
    dtype=np.int8,
)


def columns_of(
    rows: Rows, entries: Sequence[Entry], source: int = 0
) -> tuple[Columns, tuple[Entry, ...], tuple[Issue, ...]]:
    """Return the columns, the entries with what is open of their labels, and what is wrong.

    Args:
        source: number of the source that holds them.
    """
    labels, reasons = labels_of(rows)
    apart = check_solids(rows, labels, reasons, entries)
    table = _Table(rows, labels, reasons, entries, source)
    checked = Checked(rows, labels, reasons, entries)
    found = (*issues_of(checked, table.tracks.repeated, apart), *taken_issues(checked))
    columns = table.columns()
    return columns, with_readings(checked, columns), found


@dataclass(eq=False)
class _Table:
    rows: Rows
    labels: LabelColumns
    reasons: dict[int, str]
    entries: Sequence[Entry]
    source: int

    def __post_init__(self) -> None:
        works = np.array([*(work.entry for work in self.rows.works), -1], dtype=np.int32)
        self.of_entry: NDArray[np.int32] = works[self.rows.owners]
        self.items, self.frames, along = self._places()
        self.classes, self.of_class = self._class_codes()
        self.tracks: Grouped = grouped(self.rows, self.labels, self.of_class, along)

    def columns(self) -> Columns:
        """Return everything as columns."""
        rows, tracks = self.rows, self.tracks
        firsts, placed = tracks.firsts, tracks.order
        entry = self.of_entry
        authors = Codes("")
        of_work = authors.of([each.author or None for each in rows.works])
        reasons = Codes[str]()
        locks = np.full(len(rows.raws), -1, dtype=np.int32)
        odd = sorted(self.reasons)
        locks[odd] = reasons.of([self.reasons[row] for row in odd])
        sizes = np.array([*(one.size or (-1, -1) for one in self.entries), (-1, -1)], np.int32)
        nothing = np.full(len(placed), -1, dtype=np.int32)
        source = np.full(len(placed), self.source, dtype=np.int32)
        return Columns(
            native_ids=StringColumn.of(self._native_ids()),
            class_codes=self.of_class[firsts],
            classes=self.classes,
            author_codes=np.append(of_work, np.int32(-1))[rows.owners[firsts]],
            authors=authors.values,
            parents=np.full(len(firsts), -1, dtype=np.int64),
            sources=source[: len(firsts)],
            starts=rows.starts[firsts],
            ends=rows.ends[firsts],
            locked=_of_annotations(locks[placed], tracks),
            reasons=reasons.values,
            owners=tracks.owners,
            studies=nothing,
            series=nothing,
            instances=nothing,
            entries=entry[placed],
            items=self.items[placed].astype(np.int32),
            keys=StringColumn.of(one.id for one in self.entries),
            frames=self.frames[placed],
            planes=np.zeros(len(placed), dtype=np.int8),
            roles=self._roles()[placed],
            runs=tracks.runs,
            origin_sources=source,
            origin_starts=rows.starts[placed],
            origin_ends=rows.ends[placed],
            kinds=self._kinds()[placed],
            widths=sizes[entry[placed], 0],
            heights=sizes[entry[placed], 1],
        )

    def _native_ids(self) -> list[str]:
        instances, ids = self.rows.instances, self.labels.ids
        if not "".join(filter(None, ids)).isascii():
            ids = list(map(shown_text, ids))
        firsts: list[int] = self.tracks.firsts.tolist()
        return [ids[row] or instances.get(row, "") for row in firsts]

    def _kinds(self) -> NDArray[np.int8]:
        kinds, places = _KINDS[self.rows.codes], self.labels.places
        angles = [row for row in self.rows.of_lists((_MEASURED,)) if places[row] == ANGLE]
        kinds[angles] = KINDS.index("angle")
        kinds[[row for row, reason in self.reasons.items() if not kinds_are_known(reason)]] = (
            _UNKNOWN
        )
        return kinds

    def _roles(self) -> NDArray[np.int8]:
        return np.where(self.labels.is_between, BETWEEN, KEY).astype(np.int8)

    def _class_codes(self) -> tuple[tuple[str, ...], NDArray[np.int32]]:
        """Return the class ids, and the code of each label's; few categories are on many labels."""
        classes = Codes[str]()
        spelled = self.labels.spelled.values
        codes = classes.of(class_id_of(place, category_of(data)) for place, data in spelled)
        return classes.values, codes[self.labels.classes]

    def _places(self) -> tuple[Ints, Ints, Ints]:
        """Return (item, frame, place along its track) of each label, -1 where it does not say.

        A frame counts within the entry; within its file where the entry has several files of many
        frames; of such a file nothing but the frame within it names one. An entry of one file needs
        no item.
        """
        labels, rows = self.labels, self.rows
        files = np.array([*(one.items.count for one in self.entries), 0], dtype=np.int64)
        counts = np.array([*(one.count or 0 for one in self.entries), 0], dtype=np.int64)
        several, paged = (files > 1)[self.of_entry], (counts > files)[self.of_entry]
        has_frames = ~np.isin(rows.codes, _WITHOUT_FRAMES)
        insides, stated = wholes(labels.insides), wholes(labels.frames)
        of_file = (insides >= 0) | (stated < 0) | ~paged
        items = np.where(has_frames & several & of_file, wholes(labels.files), -1)
        in_file = (items >= 0) & (insides >= 0)
        frames = np.where(in_file | (stated < 0), insides, stated)
        frames[~has_frames] = -1
        along = np.where(in_file, -1, frames)
        for row, label in labels.of_frames.items():
            frames[row] = whole(label.file_index)
            items[row] = self._item_named(label.file_name, rows.owners[row])
        return items, frames, along

    def _item_named(self, name: str | None, work: int) -> int:
        """Return the number of the file of this name; -1 where none or several are called so."""
        entry = self.rows.works[work].entry
        items = tuple(self.entries[entry].items) if entry >= 0 else ()
        wanted = file_name(name or "")
        return items.index(wanted) if items.count(wanted) == 1 else -1


def _of_annotations(locks: NDArray[np.int32], tracks: Grouped) -> NDArray[np.int32]:
    """Return for each annotation the lock of its first placement that has one."""
    found = np.full(len(tracks.firsts), -1, dtype=np.int32)
    for at in np.flatnonzero(locks >= 0)[::-1].tolist():
        found[tracks.owners[at]] = locks[at]
    return found
