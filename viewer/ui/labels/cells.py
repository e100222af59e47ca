"""What the cells of the label list show: a group's and an annotation's words, icons and state."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from textwrap import fill

from viewer.model.annotation import AnnotationId
from viewer.model.subject import PLANES, Plane
from viewer.model.table import KINDS, SOLID_KINDS
from viewer.review.label_groups import Group
from viewer.review.label_rows import SCOPES
from viewer.review.label_table import Cell, ClassEntry, LabelRows
from viewer.session.display import Hidden
from viewer.session.session import Session
from viewer.ui.labels.facts import author_words

SHAPE_ICONS = {
    "none": "tag",
    "point": "map-pin-simple",
    "box": "rectangle",
    "rotated-box": "diamond",
    "ellipse": "ellipse",
    "polygon": "polygon",
    "polyline": "line-segments",
    "skeleton": "tree-structure",
    "mask": "grid-nine",
    "unknown": "question",
    "landmark": "map-pin-simple",
    "length": "ruler",
    "angle": "angle",
    "cuboid": "cube",
    "volume": "stack-simple",
}


class Column(IntEnum):
    """Columns of the list."""

    LABEL = 0
    SLICE = 1
    EYE = 2
    SOLO = 3
    LOCK = 4


HEADERS = ("Label", "Slice", "Visible", "Alone", "Locked")
HEADER_ICONS = {Column.EYE: "eye", Column.SOLO: "star-four", Column.LOCK: "lock-simple"}
NOT_PLACED_ICON = "link-break"
MOST_SAID = 12  # placements of one label of which a tooltip says why they are not there
SHORT_PLANES: dict[Plane, str] = {
    "acquired": "",
    "axial": "ax",
    "sagittal": "sag",
    "coronal": "cor",
}
UNSAVED = "•"
TIP_LETTERS = 80  # in a line of a tooltip, which Qt does not wrap


@dataclass(frozen=True)
class GroupItem:
    """What the painter needs of a group row: a name, and beside it what gives way first."""

    title: str
    beside: str
    count: int
    color: str | None
    icon: str
    is_hidden: bool
    is_solo: bool

    @property
    def words(self) -> str:
        """Group and name, or that it is not placed and why."""
        if self.icon == NOT_PLACED_ICON:
            return f"Not placed: {self.title.lower()}"
        return f"{self.beside} / {self.title}" if self.beside else self.title

    @property
    def is_drawn(self) -> bool:
        """Its labels are drawn, so that they can be hidden."""
        return not self.icon


@dataclass(frozen=True)
class RowItem:
    """What the painter needs of an annotation's row.

    Args:
        title: its author; outside its class's group the label's name.
        beside: what gives way first: outside its class's group the author and the group.
    """

    title: str
    beside: str
    is_unsaved: bool
    slice: str
    icon: str
    is_hidden: bool
    is_solo: bool
    is_locked: bool
    is_child: bool
    is_drawn: bool

    @property
    def words(self) -> str:
        """All of its words, and a dot when unsaved."""
        known = " · ".join(part for part in (self.title, self.beside) if part)
        return f"{known} {UNSAVED}" if self.is_unsaved else known


def item_of_group(session: Session, rows: LabelRows, group: Group) -> GroupItem:
    """Return what a group's row shows: a class, no class, or a reason why it is not placed."""
    if group.reason:
        title = group.reason.capitalize()
        return GroupItem(title, "not placed", group.count, None, NOT_PLACED_ICON, False, False)
    is_hidden, is_solo = _state(session, subject_of_group(rows, group))
    if group.code < 0:
        return GroupItem("No label", "", group.count, None, "question", is_hidden, is_solo)
    entry = rows.classes[group.code]
    color = session.display.color_of(session.project, entry.export, entry.label.id)
    above = _group_above(entry)
    return GroupItem(entry.label.name, above, group.count, color, "", is_hidden, is_solo)


def item_of_row(session: Session, rows: LabelRows, row: int) -> RowItem:
    """Return what an annotation's row shows."""
    cells, label_id, entry = rows.line(row), rows.id_at(row), rows.entry(row)
    title, beside = _names(rows, row)
    is_hidden, is_solo = _state(session, label_id)
    hidden = session.display.hidden
    return RowItem(
        title=title,
        beside=beside,
        is_unsaved=label_id in session.history.unsaved_labels,
        slice=slice_text(rows, row),
        icon=SHAPE_ICONS[KINDS[cells[Cell.KIND]]],
        is_hidden=is_hidden or (entry is not None and (entry.export, entry.label.id) in hidden),
        is_solo=is_solo,
        is_locked=bool(cells[Cell.LOCKED]) or session.mode != "edit",
        is_child=cells[Cell.PARENT] >= 0,
        is_drawn=not cells[Cell.REASON],
    )


def subject_of_group(rows: LabelRows, group: Group) -> Hidden | None:
    """Return the class that eye and solo of a group act on; None for a group without one."""
    if group.code < 0:
        return None
    entry = rows.classes[group.code]
    return (entry.export, entry.label.id)


def slice_text(rows: LabelRows, row: int) -> str:
    """Return the slice counted from 1, or the range; for a whole series or exam that word.

    On a reformat the plane stands before it: "sag 129".
    """
    line = rows.line(row)
    first, last = line[Cell.FIRST], line[Cell.LAST]
    if first < 0 and KINDS[line[Cell.KIND]] in SOLID_KINDS:
        return ""  # not known yet, or outside its media
    if first < 0:
        scope = SCOPES[line[Cell.SCOPE]]
        return "" if scope == "image" else scope
    span = str(first + 1) if first == last else f"{first + 1}–{last + 1}"
    plane = line[Cell.PLANE]
    return span if plane < 0 else f"{SHORT_PLANES[PLANES[plane]]} {span}"


def words_of(item: GroupItem | RowItem, column: Column) -> str:
    """Return a cell in words."""
    match column:
        case Column.LABEL:
            return item.words
        case Column.SLICE:
            return str(item.count) if isinstance(item, GroupItem) else item.slice
        case Column.EYE:
            return "Hidden" if item.is_hidden else "Shown"
        case Column.SOLO:
            return "Alone" if item.is_solo else ""
        case Column.LOCK:
            return "Locked" if isinstance(item, RowItem) and item.is_locked else ""


def tip_of_state(column: Column, *, is_group: bool) -> str:
    """Return the tooltip of an icon's column; "" where none stands."""
    match column:
        case Column.EYE:
            return "Show or hide"
        case Column.SOLO:
            return "Show this alone"
        case Column.LOCK if not is_group:
            return "Labels are locked in View. F3 edits."
        case _:
            return ""


def tip_of_row(session: Session, rows: LabelRows, row: int) -> str:
    """Return the tooltip of an annotation: class, author, record, parent, and why not placed."""
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
    lines = [" · ".join(parts), *(place.sentence for place in places if place.sentence)]
    return "\n".join(fill(line, TIP_LETTERS, break_long_words=False) for line in lines)


def _state(session: Session, subject: Hidden | None) -> tuple[bool, bool]:
    """Return whether a subject's eye is closed, and whether it is drawn alone."""
    display = session.display
    return subject in display.hidden, subject is not None and subject == display.solo


def _names(rows: LabelRows, row: int) -> tuple[str, str]:
    """Return the name of a row, and what stands beside it where there is room."""
    cells = rows.line(row)
    author = rows.author(row) or ("You" if cells[Cell.NEW] > 0 else "No author")
    if not cells[Cell.REASON]:
        return author, ""
    entry = rows.entry(row)
    if entry is None:
        return "No label", author
    known = dict.fromkeys(part for part in (author, _group_above(entry)) if part)
    return entry.label.name, " · ".join(known)


def _group_above(entry: ClassEntry) -> str:
    """Return group and export of a class whose name alone does not tell it; else ""."""
    group = entry.label.group if entry.title != entry.label.name else ""
    return " · ".join(part for part in (group, entry.source) if part)


def _title_of(rows: LabelRows, label_id: AnnotationId) -> str:
    row = rows.row_of(label_id)
    entry = None if row is None else rows.entry(row)
    return entry.title if entry else "another label"
