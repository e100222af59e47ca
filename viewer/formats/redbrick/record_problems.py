"""What is odd about single label records: one sentence for all that are odd in the same way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from viewer.errors import Issue
from viewer.formats.redbrick.gather import Rows
from viewer.formats.redbrick.labels import IN_VOXELS, OLD_LAYOUT, READ_ONLY
from viewer.formats.redbrick.lists import FLAT, LISTS
from viewer.formats.redbrick.problems import few
from viewer.formats.redbrick.records import Label
from viewer.formats.redbrick.tracks import Grouped
from viewer.model.project import Entry

_SHAPES_ARE_FINE = frozenset((READ_ONLY, OLD_LAYOUT, IN_VOXELS))


def kinds_are_known(reason: str) -> bool:
    """Whether a label that is locked for this reason has a shape all the same."""
    return reason in _SHAPES_ARE_FINE


def issues_of(
    rows: Rows,
    labels: Sequence[Label],
    reasons: Mapping[int, str],
    tracks: Grouped,
    entries: Sequence[Entry],
) -> Iterator[Issue]:
    """Yield what is odd about labels."""
    groups: dict[str, list[int]] = {}
    for row, reason in sorted(reasons.items()):
        if reason not in (READ_ONLY, IN_VOXELS):
            groups.setdefault(reason, []).append(row)
    for reason, some in groups.items():
        code = "old-layout" if reason == OLD_LAYOUT else "damaged-record"
        yield _issue(code, rows, labels, some, f"{reason}; it stays in the file as it is.")
    if tracks.repeated:
        what = "its track has another label on the same frame; it is listed by itself."
        yield _issue("repeated-frame", rows, labels, tracks.repeated, what)
    lost = [row for row, label in enumerate(labels) if _is_without_slice(rows, label, row, entries)]
    if lost:
        what = "it does not say which slice or frame it is on; it is listed, and drawn nowhere."
        yield _issue("slice-unknown", rows, labels, lost, what)
    yield from _repeated_ids(labels)


def _is_without_slice(rows: Rows, label: Label, row: int, entries: Sequence[Entry]) -> bool:
    if label.video is not None or LISTS[rows.codes[row]].name not in FLAT:
        return False
    number = rows.works[rows.owners[row]].entry
    entry = entries[number] if number >= 0 else None
    return entry is not None and ((entry.count or 1) > 1 or len(entry.items) > 1)


def _issue(code: str, rows: Rows, labels: Sequence[Label], some: Sequence[int], what: str) -> Issue:
    names = [labels[row].id or f"one of {LISTS[rows.codes[row]].name}" for row in some]
    if len(some) == 1:
        return Issue("warning", code, f"Label {names[0]}: {what}", names[0])
    sentence = f"{len(some):,} labels ({few(names)}), each: {what}"
    return Issue("warning", code, sentence, names[0])


def _repeated_ids(labels: Sequence[Label]) -> Iterator[Issue]:
    ids = [label.id for label in labels if label.id]
    if len(set(ids)) == len(ids):
        return
    twice = sorted(id for id, count in Counter(ids).items() if count > 1)
    what = "1 label id stands" if len(twice) == 1 else f"{len(twice):,} label ids stand"
    sentence = f"{what} more than once ({few(twice)}); every one of these labels is kept."
    yield Issue("warning", "duplicate-id", sentence, twice[0])
