"""What is odd about single label records: one sentence for all that are odd in the same way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from viewer.errors import Issue
from viewer.formats.problems import few
from viewer.formats.redbrick.gather import Rows
from viewer.formats.redbrick.label_columns import LabelColumns
from viewer.formats.redbrick.labels import OLD_LAYOUT, READ_ONLY
from viewer.formats.redbrick.lists import FLAT, LISTS
from viewer.formats.redbrick.old_labels import NO_SERIES, OLD_FORMAT
from viewer.formats.redbrick.solids import APART, EXCHANGED
from viewer.model.project import Entry

_FLAT = [code for code, found in enumerate(LISTS) if found.name in FLAT]
_CODES = {OLD_LAYOUT: "old-layout", OLD_FORMAT: "old-format", EXCHANGED: "axes-exchanged"}
_SHAPES_ARE_FINE = frozenset((READ_ONLY, OLD_LAYOUT, OLD_FORMAT, NO_SERIES, EXCHANGED))


def kinds_are_known(reason: str) -> bool:
    """Whether a label that is locked for this reason has a shape all the same."""
    return reason in _SHAPES_ARE_FINE


@dataclass(frozen=True, eq=False)
class Checked:
    """Labels after all checks.

    Args:
        reasons: by row, why some are locked.
    """

    rows: Rows
    labels: LabelColumns
    reasons: Mapping[int, str]
    entries: Sequence[Entry]

    def entry_of(self, row: int) -> Entry | None:
        """Return what a label is on."""
        number = self.rows.entry_of(row)
        return self.entries[number] if number >= 0 else None

    def issue(self, code: str, some: Sequence[int], what: str) -> Issue:
        """Say the same of some labels."""
        names = [
            self.labels.ids[row] or f"one of {LISTS[int(self.rows.codes[row])].name}"
            for row in some
        ]
        if len(some) == 1:
            return Issue("warning", code, f"Label {names[0]}: {what}", names[0])
        sentence = f"{len(some):,} labels ({few(names)}), each: {what}"
        return Issue("warning", code, sentence, names[0])


def issues_of(found: Checked, repeated: Sequence[int], apart: Sequence[int]) -> Iterator[Issue]:
    """Yield what is odd about labels.

    Args:
        repeated: rows that say of a frame what another of their track says already.
        apart: rows whose voxels and places in mm disagree.
    """
    groups: dict[str, list[int]] = {}
    for row, reason in sorted(found.reasons.items()):
        if reason != READ_ONLY:
            groups.setdefault(reason, []).append(row)
    for reason, some in groups.items():
        code = _CODES.get(reason, "damaged-record")
        yield found.issue(code, some, f"{reason}; it stays in the file as it is.")
    if repeated:
        what = "its track has another label on the same frame; it is listed by itself."
        yield found.issue("repeated-frame", repeated, what)
    if apart:
        what = f"{APART}; check which of both lies right."
        yield found.issue("places-apart", apart, what)
    flat = found.rows.of_lists(_FLAT)
    lost = [row for row in flat if found.labels.is_still[row] and _has_slices(found, row)]
    if lost:
        what = "it does not say which slice or frame it is on; it is listed, and drawn nowhere."
        yield found.issue("slice-unknown", lost, what)
    yield from _repeated_ids(found.labels.ids)


def _has_slices(found: Checked, row: int) -> bool:
    """Whether what a label is on has several slices or frames."""
    entry = found.entry_of(row)
    return entry is not None and ((entry.count or 1) > 1 or len(entry.items) > 1)


def _repeated_ids(all_ids: Sequence[str | None]) -> Iterator[Issue]:
    ids = [id for id in all_ids if id]
    if len(set(ids)) == len(ids):
        return
    twice = sorted(id for id, count in Counter(ids).items() if count > 1)
    what = "1 label id stands" if len(twice) == 1 else f"{len(twice):,} label ids stand"
    sentence = f"{what} more than once ({few(twice)}); every one of these labels is kept."
    yield Issue("warning", "duplicate-id", sentence, twice[0])
