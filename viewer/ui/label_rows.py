"""What the label list shows as one table of numbers: a row per annotation, no object per row."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from viewer.media.volume import Media, Volume
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.ontology import LabelClass, Ontology, kind_of
from viewer.model.project import Export, Project
from viewer.model.subject import PLANES
from viewer.model.table import KINDS, Columns
from viewer.render.classified import scope_of
from viewer.render.kept import Kept
from viewer.render.planes import planes_of
from viewer.review.extents import NO_SOLIDS, Extents
from viewer.review.judging import Outcomes
from viewer.review.matching import REASONS, Matches

Cells = NDArray[np.int64]
SCOPES = ("image", "series", "exam")


class Cell(IntEnum):
    """Columns of the table; -1 means absent.

    CLASS, AUTHOR, EXPORT are codes into the tables beside it; KIND into KINDS, SCOPE into SCOPES,
    REASON into REASONS (0 = placed). FIRST and LAST are slices, counted from 0, along PLANE: a
    code into PLANES, -1 for the slices as they were acquired.
    """

    EXPORT = 0
    ORDINAL = 1
    NEW = 2
    CLASS = 3
    AUTHOR = 4
    KIND = 5
    SCOPE = 6
    MEDIA = 7
    FIRST = 8
    LAST = 9
    REASON = 10
    PARENT = 11
    EDITED = 12
    LOCKED = 13
    PLANE = 14


@dataclass(frozen=True)
class ClassEntry:
    """One class of one export, as a group's title.

    Args:
        source: the export in words, where another one has a class of this name; else "".
    """

    export: str
    label: LabelClass
    title: str
    source: str = ""


@dataclass(frozen=True, eq=False)
class LabelRows:
    """One row per annotation that is there, ordered by export and reading, the new ones last.

    Args:
        cells: (n, 15), see Cell.
        exports: export ids.
        classes: all classes, in the exports' order.
        authors: names, "" first.
    """

    cells: Cells
    exports: tuple[str, ...] = ()
    classes: tuple[ClassEntry, ...] = ()
    authors: tuple[str, ...] = ("",)

    @property
    def count(self) -> int:
        """Number of rows."""
        return len(self.cells)

    def column(self, cell: Cell) -> Cells:
        """Return one column, (n,)."""
        return self.cells[:, cell]

    def id_at(self, row: int) -> AnnotationId:
        """Return the annotation of a row."""
        key: list[int] = self.cells[row, :3].tolist()
        return AnnotationId(self.exports[key[0]], key[1], bool(key[2]))

    def row_of(self, id: AnnotationId) -> int | None:
        """Return the row of an annotation, None when it is not there."""
        if id.export not in self.exports:
            return None
        wanted = _key(int(id.new), self.exports.index(id.export), id.ordinal)
        row = self._starts[wanted >> 44] + id.ordinal  # where nothing was deleted before it
        if row < self.count and self._quick_keys[row] == wanted:
            return row
        row = int(np.searchsorted(self._keys, wanted))
        return row if row < self.count and int(self._keys[row]) == wanted else None

    def entry(self, row: int) -> ClassEntry | None:
        """Return the class of a row."""
        code = int(self.cells[row, Cell.CLASS])
        return self.classes[code] if code >= 0 else None

    def author(self, row: int) -> str:
        """Return the author's name, "" when unknown."""
        return self.authors[int(self.cells[row, Cell.AUTHOR])]

    def reason(self, row: int) -> str:
        """Return why a row is not placed, "" when it is."""
        return REASONS[int(self.cells[row, Cell.REASON])]

    @cached_property
    def _keys(self) -> Cells:
        return _keys(self.cells)

    @cached_property
    def _starts(self) -> dict[int, int]:
        """First row of each export, and of its new annotations."""
        parts, firsts = np.unique(self._keys >> 44, return_index=True)
        return defaultdict(int, zip(parts.tolist(), firsts.tolist(), strict=True))

    @cached_property
    def _quick_keys(self) -> memoryview[int]:
        """The same keys, for one at a time."""
        return memoryview(self._keys.tobytes()).cast("q")


def _key(new: int, export: int, ordinal: int) -> int:
    return (new << 60) + (export << 44) + ordinal


def _keys(cells: Cells) -> Cells:
    return (cells[:, Cell.NEW] << 60) + (cells[:, Cell.EXPORT] << 44) + cells[:, Cell.ORDINAL]


_opened: Kept[tuple[object, ...], LabelRows] = Kept(1)


def rows_of(project: Project, matches: Matches) -> LabelRows:
    """Return the rows of a project as matched: those as opened, kept, and edits laid over them.

    A job that opens an export asks first, so that the window need not wait for it.
    """
    key = (*project.exports.values(), *matches.rows.values(), matches.solids)
    opened = _opened.get(key, lambda: _base_rows(project, matches))
    edits = project.annotations.edits
    return _with_edits(opened, project, matches) if edits else opened


def _base_rows(project: Project, matches: Matches) -> LabelRows:
    exports = tuple(project.exports)
    classes = _class_table(project)
    authors: dict[str, int] = {"": 0}
    blocks = [np.zeros((0, len(Cell)), dtype=np.int64)]
    codes = {key: code for code, key in enumerate(classes)}
    for number, export in enumerate(exports):
        base = project.annotations.bases.get(export)
        if base is None:
            continue
        block = _placed_block(base.columns, matches, export)
        block[:, Cell.EXPORT] = number
        block[:, Cell.SCOPE] = _scopes(base.columns, project.exports[export].ontology)
        class_codes = [codes[(export, class_id)] for class_id in base.columns.classes]
        author_codes = [authors.setdefault(name, len(authors)) for name in base.columns.authors]
        block[:, Cell.CLASS] = np.array([*class_codes, -1])[base.columns.class_codes]
        block[:, Cell.AUTHOR] = np.array([*author_codes, 0])[base.columns.author_codes]
        blocks.append(block)
    return LabelRows(np.concatenate(blocks), exports, tuple(classes.values()), tuple(authors))


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


def export_words(project: Project) -> dict[str, str]:
    """Return what each export is called by id: its file, with its folder where files share a name.

    With its number where the folders share one too.
    """
    exports = project.exports
    words = {id: export.title for id, export in exports.items()}
    for longer in (_with_folder, "{0.title} ({0.id})".format):
        met = Counter(words.values())
        words = {id: word if met[word] == 1 else longer(exports[id]) for id, word in words.items()}
    return words


def _with_folder(export: Export) -> str:
    """Return "folder/file" of an export, or "archive.zip/file"."""
    path = next((source.path for source in export.sources if source.path), "")
    parts = re.split(r"[\\/!]", path)
    return f"{parts[-2]}/{export.title}" if len(parts) > 1 and parts[-2] else export.title


def _placed_block(columns: Columns, matches: Matches, export: str) -> Cells:
    """Return the cells of one export, but for export, class and author."""
    count = columns.count
    block = np.full((count, len(Cell)), -1, dtype=np.int64)
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
        block[has, Cell.PLANE] = _plane_codes(matches.lookup.media)[rows.outcomes.media[at], axes]
    for id, extents in (matches.solids or NO_SOLIDS).extents.items():
        if id.export == export and extents:
            block[id.ordinal, [Cell.FIRST, Cell.LAST]] = _span(extents)
    block[:, Cell.REASON] = rows.reasons
    block[:, Cell.PARENT] = columns.parents
    block[:, Cell.LOCKED] = columns.locked >= 0
    return block


def _plane_codes(media: Sequence[Media]) -> NDArray[np.int64]:
    """(media + 1, 3) code of the plane along each voxel axis; -1 as acquired, and behind all."""
    codes = np.full((len(media) + 1, 3), -1, dtype=np.int64)
    for number, item in enumerate(media):
        if isinstance(item, Volume):
            for name, view in planes_of(item.stack).items():
                codes[number, view.axis] = -1 if view.is_acquired else PLANES.index(name)
    return codes


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
    changed_rows: dict[int, list[int]] = {}
    deleted: list[int] = []
    fresh: list[list[int]] = []
    for key, annotation in sorted(project.annotations.edits.items()):
        row = None if key.new else base.row_of(key)
        if annotation is None:
            deleted += [] if row is None else [row]
            continue
        changed = _edited_cells(annotation, matches)
        changed[Cell.EXPORT] = base.exports.index(key.export)
        changed[Cell.CLASS] = classes.get((key.export, annotation.class_id), -1)
        changed[Cell.AUTHOR] = authors.setdefault(annotation.author, len(authors))
        if row is None:
            fresh.append(changed)
        else:
            changed_rows[row] = changed
    is_kept = np.ones(len(base.cells), dtype=np.bool_)
    is_kept[deleted] = False
    cells = base.cells[is_kept] if deleted else base.cells.copy()
    rows = np.array(list(changed_rows), dtype=np.int64)
    if len(rows):
        cells[(np.cumsum(is_kept) - 1)[rows]] = np.array(list(changed_rows.values()))
    if fresh:
        cells = np.concatenate([cells, np.array(sorted(fresh), dtype=np.int64)])
    return replace(base, cells=cells, authors=tuple(authors))


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
        Cell.PLANE: -1 if media < 0 else int(_plane_codes(matches.lookup.media)[media, axis]),
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
