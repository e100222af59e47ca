"""Tooltips of the label list."""

from __future__ import annotations

from textwrap import fill

import numpy as np

from viewer.model.annotation import AnnotationId
from viewer.model.counted import counted
from viewer.render.coloring import VERDICT_WORDS
from viewer.review.judged_rows import VERDICTS, judged_rows
from viewer.review.label_table import Cells, LabelRows
from viewer.review.track_columns import Count, TrackColumns
from viewer.session.session import Session
from viewer.ui.labels.cells import COUNTED, HEADERS, Column
from viewer.ui.labels.facts import author_words

MOST_SAID = 12  # placements of one label of which a tooltip says why they are not there
TIP_LETTERS = 80  # in a line of a tooltip, which Qt does not wrap


def tip_of_state(column: Column, *, is_group: bool) -> str:
    """Return the tooltip of an icon's column; "" where none stands."""
    match column:
        case Column.EYE:
            return "Show or hide"
        case Column.SOLO:
            return "Show this alone"
        case Column.LOCK:
            return "Lock or unlock in Edit" if is_group else "Locked labels cannot be changed"
        case Column.REVIEW if not is_group:
            return "What you said of it. F4 reviews."
        case _ if column in COUNTED and not is_group:
            return HEADERS[column]
        case _:
            return ""


def tip_of_counts(tracks: TrackColumns, row: int) -> str:
    """Return what is counted of a track in words."""
    nouns = {
        Count.PLACES: "frame",
        Count.KEYS: "key frame",
        Count.GAPS: "gap",
        Count.PROBLEMS: "problem",
    }
    words = [counted(tracks.of(row, count), noun) for count, noun in nouns.items()]
    between = f"{tracks.of(row, Count.BETWEEN):,} between them"
    return " · ".join([*words[:2], between, *words[2:]])


def tip_of_group(session: Session, rows: LabelRows, members: Cells) -> str:
    """Return how many labels of a group were judged, and how."""
    codes = np.bincount(judged_rows(rows, session.project.verdicts)[0][members], minlength=4)
    said = [f"{codes[n]:,} {VERDICT_WORDS[VERDICTS[n]].lower()}" for n in (1, 2, 3) if codes[n]]
    return ", ".join(said or ["None was judged"]) + f" of {len(members):,}"


def tip_of_row(
    session: Session, rows: LabelRows, row: int, tracks: TrackColumns | None = None
) -> str:
    """Return the tooltip of an annotation: class, author, record, parent, and why not placed.

    Given what is counted of tracks that too.
    """
    label_id, entry = rows.id_at(row), rows.entry(row)
    annotation = session.project.annotations[label_id]
    parts = [entry.title if entry else "No label", author_words(annotation)]
    if entry is not None and entry.source:
        parts.append(entry.source)
    if annotation.native_id:
        parts.append(annotation.native_id)
    if annotation.parent is not None:
        parts.append(f"child of {_title_of(rows, annotation.parent)}")
    places = session.matches.of(label_id, MOST_SAID)
    counts = [] if tracks is None else [tip_of_counts(tracks, row)]
    lines = [" · ".join(parts), *counts, *(place.sentence for place in places if place.sentence)]
    return "\n".join(fill(line, TIP_LETTERS, break_long_words=False) for line in lines)


def _title_of(rows: LabelRows, label_id: AnnotationId) -> str:
    row = rows.row_of(label_id)
    entry = None if row is None else rows.entry(row)
    return entry.title if entry else "another label"
