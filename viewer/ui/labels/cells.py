"""What the cells of the label list show: a group's and an annotation's words, icons and state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from viewer.model.annotation import AnnotationId
from viewer.model.subject import PLANES, Plane
from viewer.model.table import KINDS, SOLID_KINDS
from viewer.model.verdict import Verdict
from viewer.render.coloring import BY_LABEL, VERDICT_WORDS
from viewer.review.judged_rows import VERDICTS
from viewer.review.label_groups import Group, GroupKey, Groups
from viewer.review.label_rows import SCOPES
from viewer.review.label_table import Cell, ClassEntry, LabelRows
from viewer.review.track_columns import Count, TrackColumns
from viewer.session.display import Hidden
from viewer.session.session import Session

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
    AUTHOR = 1
    SLICE = 2
    KEYS = 3
    BETWEEN = 4
    GAPS = 5
    PROBLEMS = 6
    REVIEW = 7
    EYE = 8
    SOLO = 9
    LOCK = 10


HEADERS = (
    *("Label", "Author", "Slice"),
    *("Key frames", "Frames between key frames", "Gaps", "Problems"),
    *("Verdict", "Visible", "Alone", "Locked"),
)
COUNTED = {  # what stands in the columns of tracks
    Column.KEYS: Count.KEYS,
    Column.BETWEEN: Count.BETWEEN,
    Column.GAPS: Count.GAPS,
    Column.PROBLEMS: Count.PROBLEMS,
}
HEADER_ICONS = {
    Column.KEYS: "diamond",
    Column.BETWEEN: "dots-three",
    Column.GAPS: "arrows-out-line-horizontal",
    Column.PROBLEMS: "warning",
    Column.REVIEW: "check-circle",
    Column.EYE: "eye",
    Column.SOLO: "star-four",
    Column.LOCK: "lock-simple",
}
NOT_PLACED_ICON = "link-break"
GROUP_ICONS: dict[GroupKey, str] = {
    "author": "user",
    "export": "brackets-curly",
    "slice": "stack-simple",
    "task": "clipboard-text",
    "state": "flag",
    "verdict": "check-circle",
}
NO_VERDICT = Verdict()
SHORT_PLANES: dict[Plane, str] = {
    "acquired": "",
    "axial": "ax",
    "sagittal": "sag",
    "coronal": "cor",
}
UNSAVED = "•"


@dataclass(frozen=True)
class GroupItem:
    """What the painter needs of a group's head: a name, and beside it what gives way first.

    Args:
        color: of all its labels; None where they differ in it, or have none.
        icon: stands where no colour does.
        is_drawn: its labels are drawn and are of one class, so that they can be hidden together.
    """

    title: str
    beside: str
    count: int
    color: str | None
    icon: str
    is_hidden: bool = False
    is_solo: bool = False
    is_locked: bool = False
    is_drawn: bool = False

    @property
    def words(self) -> str:
        """Group and name, or that it is not placed and why."""
        if self.icon == NOT_PLACED_ICON:
            return f"Not placed: {self.title.lower()}"
        return f"{self.beside} / {self.title}" if self.beside else self.title


@dataclass(frozen=True)
class RowItem:
    """What the painter needs of an annotation's row.

    Args:
        title: its author; outside its class's group the label's name.
        beside: what gives way first: outside its class's group the author and the group.
        color: that its icon has; None for the usual one.
        verdict: one of VERDICTS.
        is_bare: it stands below no group's head.
        counts: of a track, by their columns.
    """

    title: str
    beside: str
    author: str
    is_unsaved: bool
    slice: str
    icon: str
    color: str | None
    verdict: str
    is_commented: bool
    is_hidden: bool
    is_solo: bool
    is_locked: bool
    is_child: bool
    is_drawn: bool
    is_bare: bool = False
    counts: Mapping[Column, str] = field(default_factory=dict[Column, str])

    @property
    def words(self) -> str:
        """All of its words, and a dot when unsaved."""
        known = " · ".join(part for part in (self.title, self.beside) if part)
        return f"{known} {UNSAVED}" if self.is_unsaved else known


def item_of_group(session: Session, rows: LabelRows, groups: Groups, group: Group) -> GroupItem:
    """Return what a group's head shows."""
    if group.reason:
        return GroupItem(
            group.reason.capitalize(), "not placed", group.count, None, NOT_PLACED_ICON
        )
    if groups.into == "class":
        return _item_of_class(session, rows, group)
    first = int(groups.order[group.start])
    title = _title_of_group(session, rows, groups.into, group, first)
    return GroupItem(title, "", group.count, None, GROUP_ICONS.get(groups.into, "tag"))


def _item_of_class(session: Session, rows: LabelRows, group: Group) -> GroupItem:
    if group.code < 0:
        return GroupItem("No label", "", group.count, None, "question")
    entry = rows.classes[group.code]
    display, subject = session.display, (entry.export, entry.label.id)
    color = display.color_of(session.project, *subject) if display.coloring == BY_LABEL else None
    is_hidden, is_solo = _state(session, subject)
    is_locked = subject in display.locked
    above = _group_above(entry)
    return GroupItem(
        entry.label.name,
        above,
        group.count,
        color,
        "" if color else "tag",
        is_hidden,
        is_solo,
        is_locked,
        is_drawn=True,
    )


def _title_of_group(
    session: Session, rows: LabelRows, into: GroupKey, group: Group, row: int
) -> str:
    """Return what a group stands for, by one of its rows."""
    task = rows.task(row)
    match into:
        case "author":
            return rows.author(row) or ("You" if rows.cell(row, Cell.NEW) else "No author")
        case "export":
            return session.project.exports[rows.exports[group.code]].title
        case "slice":
            return _title_of_slice(session, rows, row)
        case "task":
            return task.title if task else "No task"
        case "state":
            return (task.status if task else "") or "No state"
        case "verdict":
            return VERDICT_WORDS[VERDICTS[group.code]]
        case _:
            return ""


def _title_of_slice(session: Session, rows: LabelRows, row: int) -> str:
    media, words = rows.cell(row, Cell.MEDIA), slice_text(rows, row)
    item = session.media[media] if 0 <= media < len(session.media) else None
    if item is None:
        return words or "No slice"
    noun = "Slice" if item.kind == "volume" else "Frame"
    first = rows.cell(row, Cell.FIRST)
    where = f"{noun} {first + 1:,}" if first >= 0 else "Whole series or exam"
    return f"{where} · {item.title}" if len(session.media) > 1 else where


def item_of_row(
    session: Session,
    rows: LabelRows,
    row: int,
    into: GroupKey = "class",
    tracks: TrackColumns | None = None,
) -> RowItem:
    """Return what an annotation's row shows; given what is counted of tracks that too."""
    cells, label_id, entry = rows.line(row), rows.id_at(row), rows.entry(row)
    author = author_of_row(rows, row)
    title, beside = _names(rows, row, author, into)
    is_hidden, is_solo = _state(session, label_id)
    display, of_class = session.display, (entry.export, entry.label.id) if entry else None
    verdict = session.project.verdicts.get(label_id, NO_VERDICT)
    return RowItem(
        title=title,
        beside=beside,
        author=author,
        is_unsaved=label_id in session.history.unsaved_labels,
        slice=slice_text(rows, row),
        icon=SHAPE_ICONS[KINDS[cells[Cell.KIND]]],
        color=_color_of_row(session, label_id),
        verdict=verdict.judgement or "none",
        is_commented=bool(verdict.comment),
        is_hidden=is_hidden or of_class in display.hidden,
        is_solo=is_solo,
        is_locked=bool(cells[Cell.LOCKED])
        or session.mode != "edit"
        or not display.locked.isdisjoint({label_id, of_class}),
        is_child=cells[Cell.PARENT] >= 0,
        is_drawn=not cells[Cell.REASON],
        is_bare=into == "none" and not cells[Cell.REASON],
        counts={} if tracks is None else _counts(tracks, row, is_placed=cells[Cell.FIRST] >= 0),
    )


def _counts(tracks: TrackColumns, row: int, *, is_placed: bool) -> Mapping[Column, str]:
    """Return the counts of a track in words; of one without pixels its gaps are not known."""
    found = {column: f"{tracks.of(row, count):,}" for column, count in COUNTED.items()}
    return found if is_placed else {**found, Column.GAPS: ""}


def _color_of_row(session: Session, id: AnnotationId) -> str | None:
    """Return the colour of a label where its class does not tell it."""
    display = session.display
    if display.coloring.by == "label" or id not in session.project.annotations:
        return None
    return display.color_of_label(session.project, id, "")


def author_of_row(rows: LabelRows, row: int) -> str:
    """Return who made a label, for people."""
    return rows.author(row) or ("You" if rows.cell(row, Cell.NEW) > 0 else "No author")


def subject_of_group(rows: LabelRows, groups: Groups, group: Group) -> Hidden | None:
    """Return the class that eye and solo of a group act on; None for a group without one."""
    if group.code < 0 or groups.into != "class":
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
        case Column.EYE:
            return "Hidden" if item.is_hidden else "Shown"
        case Column.SOLO:
            return "Alone" if item.is_solo else ""
        case Column.LOCK:
            return "Locked" if item.is_locked else ""
        case _ if isinstance(item, GroupItem):
            return str(item.count) if column == Column.SLICE else ""
        case _:
            return _words_of_row(item, column)


def _words_of_row(item: RowItem, column: Column) -> str:
    match column:
        case Column.AUTHOR:
            return item.author
        case Column.REVIEW:
            return VERDICT_WORDS[item.verdict]
        case Column.SLICE:
            return item.slice
        case _:
            return item.counts.get(column, "")


def _state(session: Session, subject: Hidden | None) -> tuple[bool, bool]:
    """Return whether a subject's eye is closed, and whether it is drawn alone."""
    display = session.display
    return subject in display.hidden, subject is not None and subject == display.solo


def _names(rows: LabelRows, row: int, author: str, into: GroupKey) -> tuple[str, str]:
    """Return the name of a row, and what stands beside it where there is room."""
    if not rows.cell(row, Cell.REASON) and into == "class":
        return author, ""
    entry = rows.entry(row)
    name, above = (entry.label.name, _group_above(entry)) if entry else ("No label", "")
    known = dict.fromkeys(part for part in ("" if into == "author" else author, above) if part)
    return name, " · ".join(known)


def _group_above(entry: ClassEntry) -> str:
    """Return group and export of a class whose name alone does not tell it; else ""."""
    group = entry.label.group if entry.title != entry.label.name else ""
    return " · ".join(part for part in (group, entry.source) if part)
