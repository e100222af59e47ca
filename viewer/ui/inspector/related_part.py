"""The labels that one belongs together with, as links to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolButton, QVBoxLayout, QWidget

from viewer.model.annotation import Annotation, AnnotationId, Relation
from viewer.model.project import Project
from viewer.model.relations import MADE_FROM, relations_of
from viewer.review.label_rows import rows_of
from viewer.review.label_table import Cell, LabelRows
from viewer.session.session import Session
from viewer.ui.labels.cells import slice_text
from viewer.ui.widgets.chips import quiet
from viewer.ui.widgets.icons import icon

MOST_RELATED = 50
ICON_PX = 15
COPIED = "copied as"  # of what another label was made from
TO, FROM, BOTH, FAMILY = ARROWS = "arrow-right", "arrow-left", "arrows-left-right", "tree-structure"


@dataclass(frozen=True)
class Related:
    """Another label, and what it is to this one.

    Args:
        words: the relation, "" where the export does not name it.
        icon: which way it leads.
        title: the other label's class and where it is.
    """

    id: AnnotationId
    words: str
    icon: str
    title: str

    @property
    def text(self) -> str:
        """Relation and label in one line."""
        return f"{self.words}: {self.title}" if self.words else self.title


def related_to(session: Session, annotation: Annotation) -> tuple[Related, ...]:
    """Return its relations both ways, its parent and its children, as far as they are there."""
    rows = rows_of(session.project, session.matches)
    found = dict.fromkeys((*_relations(session.project, annotation), *_family(rows, annotation)))
    return tuple(
        Related(id, words, arrow, _title(rows, row))
        for id, words, arrow in found
        if (row := rows.row_of(id)) is not None
    )


def _relations(project: Project, annotation: Annotation) -> Iterator[tuple[AnnotationId, str, str]]:
    for relation in relations_of(project, annotation):
        is_source = relation.source == annotation.id
        other = relation.target if is_source else relation.source
        is_copy = relation.name == MADE_FROM and not is_source
        yield other, COPIED if is_copy else relation.name, _arrow(relation, is_source)


def _arrow(relation: Relation, is_source: bool) -> str:
    if not relation.directed:
        return BOTH
    return TO if is_source else FROM


def _family(rows: LabelRows, annotation: Annotation) -> Iterator[tuple[AnnotationId, str, str]]:
    if annotation.parent is not None:
        yield annotation.parent, "child of", FAMILY
    id = annotation.id
    if id.new or id.export not in rows.exports:
        return
    mine = rows.column(Cell.PARENT) == id.ordinal
    mine &= rows.column(Cell.EXPORT) == rows.exports.index(id.export)
    for row in np.flatnonzero(mine)[: MOST_RELATED + 1].tolist():
        yield rows.id_at(row), "parent of", FAMILY


def _title(rows: LabelRows, row: int) -> str:
    entry = rows.entry(row)
    where = slice_text(rows.line(row))
    name = entry.title if entry else "No label"
    return f"{name} · {where}" if where else name


class RelatedPart(QWidget):
    """One line per related label; a click asks for it."""

    asked = Signal(object)  # AnnotationId

    def __init__(self) -> None:
        super().__init__()
        self.shown: tuple[Related, ...] = ()
        self.links: list[Link] = []
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(0)
        self._rest = quiet()
        self._lines.addWidget(self._rest)

    def show_related(self, related: tuple[Related, ...]) -> None:
        """Show these, the first ones of very many."""
        left_out = len(related) - MOST_RELATED
        self._rest.setText(f"and {left_out:,} more; Alt+G selects all")
        self._rest.setVisible(left_out > 0)
        if related == self.shown:
            return
        self.shown = related
        for link in self.links:
            link.deleteLater()
        self.links = [Link(one) for one in related[:MOST_RELATED]]
        for number, link in enumerate(self.links):
            link.clicked.connect(partial(self.asked.emit, link.related.id))
            self._lines.insertWidget(number, link)


class Link(QToolButton):
    """A line that leads to a label."""

    def __init__(self, related: Related) -> None:
        super().__init__()
        self.related = related
        self.setObjectName("link")
        self.setIcon(icon(related.icon, role="text-2"))
        self.setIconSize(QSize(ICON_PX, ICON_PX))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(f"{related.text}\nGo to this label")
        self.setAccessibleName(f"Go to {related.text}")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as much as fits."""
        super().resizeEvent(event)
        room = self.width() - 2 * ICON_PX
        metrics = QFontMetrics(self.font())
        elide = Qt.TextElideMode.ElideRight
        words = metrics.elidedText(self.related.text, elide, room)
        self.setText(f" {words.replace('&', '&&')}")
