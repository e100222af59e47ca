"""All labels as one table of numbers: a row per annotation, no object per row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from itertools import accumulate
from weakref import ref

import numpy as np

from viewer.model.annotation import Annotation
from viewer.model.export_words import export_words
from viewer.model.ontology import LabelClass, Ontology, kind_of, scope_of
from viewer.model.project import Project
from viewer.model.table import KINDS, Columns
from viewer.review.extents import NO_SOLIDS, Extents
from viewer.review.judging import Outcomes
from viewer.review.kept import Kept
from viewer.review.label_table import Cell, Cells, ClassEntry, LabelRows, Laid, ListedTask, Table
from viewer.review.matching import REASONS, Matches
from viewer.review.task_codes import code_of, codes_of_columns, tasks_of

SCOPES = ("image", "series", "exam")


_opened: Kept[tuple[object, ...], LabelRows] = Kept(1)
_edited: Kept[tuple[object, ...], LabelRows] = Kept(1)


def rows_of(project: Project, matches: Matches) -> LabelRows:
    """Return the rows of a project as matched: those as opened, kept, and edits laid over them.

    A job that opens an export asks first, so that the window need not wait for it.
    """
    key = (*project.exports.values(), *matches.rows.values(), matches.solids)
    opened = _opened.get(key, lambda: _base_rows(project, matches))
    if not project.annotations.edits:
        return opened
    now = opened, ref(project.annotations), ref(matches.lookup)  # keeps no media open
    return _edited.get(now, lambda: _with_edits(opened, project, matches))


def _base_rows(project: Project, matches: Matches) -> LabelRows:
    exports = tuple(project.exports)
    classes = _class_table(project)
    authors: dict[str, int] = {"": 0}
    blocks = [np.zeros((0, len(Cell)), dtype=np.int32)]
    codes = {key: code for code, key in enumerate(classes)}
    starts = _task_starts(project)
    for number, export in enumerate(exports):
        base = project.annotations.bases.get(export)
        if base is None:
            continue
        block = _placed_block(base.columns, matches, export)
        block[:, Cell.EXPORT] = number
        block[:, Cell.SCOPE] = _scopes(base.columns, project.exports[export].ontology)
        class_codes = [codes[(export, class_id)] for class_id in base.columns.classes]
        author_codes = [authors.setdefault(name, len(authors)) for name in base.columns.authors]
        tasks = codes_of_columns(project.exports[export], base.columns)
        block[:, Cell.TASK] = np.where(tasks < 0, -1, tasks + starts[export])
        block[:, Cell.CLASS] = np.array([*class_codes, -1])[base.columns.class_codes]
        block[:, Cell.AUTHOR] = np.array([*author_codes, 0])[base.columns.author_codes]
        blocks.append(block)
    cells = np.asfortranarray(np.concatenate(blocks))
    listed = (ListedTask(id, task) for id in exports for task in tasks_of(project.exports[id]))
    return LabelRows(cells, exports, tuple(classes.values()), tuple(authors), tasks=tuple(listed))


def _task_starts(project: Project) -> dict[str, int]:
    """Return how many tasks of other exports stand before those of each."""
    counts = [len(tasks_of(export)) for export in project.exports.values()]
    return dict(zip(project.exports, [0, *accumulate(counts)], strict=False))


def _class_table(project: Project) -> dict[tuple[str, str], ClassEntry]:
    """Return the classes of all exports in order, and behind them those that only records name.

    Where a name repeats, the titles carry the group; where it repeats in another export, it
    is said which export is meant.
    """
    labels: dict[tuple[str, str], LabelClass] = {}
    for export in project.exports.values():
        for label in export.ontology.classes:
            labels.setdefault((export.id, label.id), label)
        base = project.annotations.bases.get(export.id)
        for class_id in base.columns.classes if base else ():
            labels.setdefault((export.id, class_id), LabelClass(class_id, class_id or "No label"))
    names = Counter(label.name for label in labels.values())
    titles = {
        key: label.title if names[label.name] > 1 else label.name for key, label in labels.items()
    }
    holders = Counter(name for name, _ in {(labels[key].name, key[0]) for key in labels})
    words = export_words(project)
    return {
        key: ClassEntry(
            key[0], label, titles[key], words[key[0]] if holders[label.name] > 1 else ""
        )
        for key, label in labels.items()
    }


def _placed_block(columns: Columns, matches: Matches, export: str) -> Table:
    """Return the cells of one export, but for export, class and author."""
    count = columns.count
    block = np.full((count, len(Cell)), -1, dtype=np.int32)
    ordinals = np.arange(count)
    starts = np.searchsorted(columns.owners, ordinals)
    has = np.searchsorted(columns.owners, ordinals, side="right") > starts
    at = starts[has]
    rows = matches.rows[export]
    block[:, Cell.ORDINAL] = ordinals
    block[:, Cell.NEW] = block[:, Cell.EDITED] = block[:, Cell.KIND] = 0
    block[has, Cell.KIND] = columns.kinds[at]
    block[has, Cell.MEDIA] = rows.outcomes.media[at]
    if len(at):
        axes = rows.outcomes.axes[at]
        slices = rows.outcomes.slices.astype(np.int64)
        slices[rows.outcomes.axes != np.repeat(axes, np.diff(np.append(at, len(slices))))] = -1
        low = np.minimum.reduceat(np.where(slices < 0, np.iinfo(np.int64).max, slices), at)
        block[has, Cell.FIRST] = np.where(low == np.iinfo(np.int64).max, -1, low)
        block[has, Cell.LAST] = np.maximum.reduceat(slices, at)
        block[has, Cell.PLANE] = matches.lookup.plane_codes[rows.outcomes.media[at], axes]
    for id, extents in (matches.solids or NO_SOLIDS).extents.items():
        if id.export == export and extents:
            block[id.ordinal, [Cell.FIRST, Cell.LAST]] = _span(extents)
    block[:, Cell.REASON] = rows.reasons
    block[:, Cell.PARENT] = columns.parents
    block[:, Cell.LOCKED] = columns.locked >= 0
    return block


def _scopes(columns: Columns, ontology: Ontology) -> Cells:
    """(annotations,) code of what each is said of: as `classified.scope_of`, a slice aside."""
    scopes = np.full(columns.count, 2, dtype=np.int64)
    owners, at = np.unique(columns.owners, return_index=True)
    known = (ontology.by_id.get(class_id) for class_id in columns.classes)
    exam = np.array([*(label is not None and label.scope == "study" for label in known), False])
    narrow = columns.instances[at] >= 0, columns.items[at] >= 0, columns.frames[at] >= 0
    of_series = (columns.series[at] >= 0) | (columns.entries[at] >= 0)
    of_exam = (columns.entries[at] >= 0) & exam[columns.class_codes[owners]]
    scopes[owners] = np.where(np.logical_or.reduce(narrow), 0, np.where(of_series & ~of_exam, 1, 2))
    return scopes


def _span(extents: Extents) -> tuple[int, int]:
    """First and last slice of solids."""
    ends = [extent.reach[2] for extent in extents]
    return min(first for first, _ in ends), max(last for _, last in ends)


def _with_edits(base: LabelRows, project: Project, matches: Matches) -> LabelRows:
    classes = {(entry.export, entry.label.id): code for code, entry in enumerate(base.classes)}
    authors = {author: code for code, author in enumerate(base.authors)}
    starts = _task_starts(project)
    changed: dict[int, list[int]] = {}
    deleted: list[int] = []
    fresh: list[list[int]] = []
    for key, annotation in sorted(project.annotations.edits.items()):
        row = None if key.new else base.row_of(key)
        if annotation is None:
            deleted += [] if row is None else [row]
            continue
        line = _edited_cells(annotation, matches)
        line[Cell.EXPORT] = base.exports.index(key.export)
        line[Cell.CLASS] = classes.get((key.export, annotation.class_id), -1)
        task = code_of(project.exports[key.export], annotation)
        line[Cell.TASK] = -1 if task < 0 else task + starts[key.export]
        line[Cell.AUTHOR] = authors.setdefault(annotation.author, len(authors))
        if row is None:
            fresh.append(line)
        else:
            changed[row] = line
    is_kept = np.ones(base.count, dtype=np.bool_)
    is_kept[deleted] = False
    kept = np.flatnonzero(is_kept)
    numbers = np.searchsorted(kept, sorted(changed)).tolist()
    lines = dict(zip(numbers, (changed[row] for row in sorted(changed)), strict=True))
    lines.update(enumerate(sorted(fresh), len(kept)))
    return replace(base, authors=tuple(authors), laid=Laid(base, kept, lines))


def _placed(outcomes: Outcomes | None) -> tuple[int, int, Cells]:
    """Return the media, the axis and the slices along it; -1, 2 and none without a place."""
    nowhere = (-1, 2, np.empty(0, dtype=np.int64))
    if outcomes is None:
        return nowhere
    at = np.flatnonzero(outcomes.media >= 0)
    if not len(at):
        return nowhere
    media, axis = int(outcomes.media[at[0]]), int(outcomes.axes[at[0]])
    slices = outcomes.slices[at].astype(np.int64)
    return media, axis, slices[(slices >= 0) & (outcomes.axes[at] == axis)]


def _edited_cells(annotation: Annotation, matches: Matches) -> list[int]:
    """Return the cells of an annotation that was edited or made, but for class and author."""
    cells = [-1] * len(Cell)
    media, axis, slices = _placed(matches.outcomes_of(annotation.id))
    extents = matches.extents_of(annotation.id)
    slices = np.append(slices, _span(extents) if extents else ())
    first = annotation.placements[0] if len(annotation.placements) else None
    label = matches.project.exports[annotation.id.export].ontology.by_id.get(annotation.class_id)
    kind = kind_of(first.shape) if first is not None and first.shape is not None else "none"
    scopes = ("instance", "series", "study")
    scope = "study" if first is None else scope_of(first.media, label)
    found: Mapping[Cell, int] = {
        Cell.ORDINAL: annotation.id.ordinal,
        Cell.NEW: int(annotation.id.new),
        Cell.KIND: KINDS.index(kind),
        Cell.SCOPE: scopes.index(scope),
        Cell.MEDIA: media,
        Cell.PLANE: -1 if media < 0 else int(matches.lookup.plane_codes[media, axis]),
        Cell.FIRST: int(slices.min()) if len(slices) else -1,
        Cell.LAST: int(slices.max(initial=-1)),
        Cell.REASON: REASONS.index(matches.reason_of(annotation.id)),
        Cell.PARENT: annotation.parent.ordinal if annotation.parent else -1,
        Cell.EDITED: 1,
        Cell.LOCKED: int(annotation.locked_reason is not None),
    }
    for cell, value in found.items():
        cells[cell] = value
    return cells
