"""Chips above the label list: whose labels are listed and drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolButton, QWidget

from viewer.model.project import AuthorKind, Project
from viewer.review.label_table import Cell, LabelRows
from viewer.ui.widgets.flow import flowed
from viewer.ui.widgets.icons import icon

KINDS: tuple[AuthorKind, ...] = ("agreed", "reader", "model")
KIND_ICONS: dict[AuthorKind, str] = {"agreed": "users-three", "reader": "user", "model": "robot"}
KIND_WORDS: dict[AuthorKind, str] = {
    "agreed": "what readers agreed on",
    "reader": "reader",
    "model": "predictions of a model",
}
CHIP_PX, CHIP_HEIGHT_PX, GAP_PX = 112, 24, 4
ICON_PX = 13
AROUND_PX = 26  # of a chip, besides its words
MORE_AROUND_PX = 18
LINES = 2
MOST_CHIPS = 12
MOST_LISTED = 200  # in the menu; beyond it the filter's text finds them


@dataclass(frozen=True)
class Author:
    """Who made some of the labels.

    Args:
        name: as the export names them, "" for nobody.
        count: of their labels.
        new: how many of them were made here.
    """

    name: str
    kind: AuthorKind
    count: int
    new: int = 0

    @property
    def title(self) -> str:
        """The name for people; labels made here without one are yours."""
        return self.name or unnamed_words(others=self.count > self.new, new=self.new > 0)

    @property
    def tip(self) -> str:
        """Name, kind and count in words."""
        labels = "label" if self.count == 1 else "labels"
        kind = (KIND_WORDS[self.kind],) if self.name else ()
        return " · ".join((self.title, *kind, f"{self.count:,} {labels}"))


def unnamed_words(*, others: bool, new: bool) -> str:
    """Return who made labels that name nobody.

    Args:
        others: some of them stand in the file.
        new: some were made here.
    """
    if not new:
        return "No author"
    return "You, no author" if others else "You"


def authors_of(rows: LabelRows, project: Project) -> tuple[Author, ...]:
    """Return who made the labels: what was agreed on, readers, models; those of most first."""
    kinds: dict[str, AuthorKind] = {}
    for export in project.exports.values():
        kinds.update(export.author_kinds)
    codes, most = rows.column(Cell.AUTHOR), len(rows.authors)
    counts: list[int] = np.bincount(codes, minlength=most).tolist()
    new: list[int] = np.bincount(codes[rows.column(Cell.NEW) > 0], minlength=most).tolist()
    found = [
        Author(name, kinds.get(name, "reader"), count, of_them if not name else 0)
        for name, count, of_them in zip(rows.authors, counts, new, strict=True)
        if count
    ]
    return tuple(sorted(found, key=lambda one: (KINDS.index(one.kind), -one.count, one.name)))


class AuthorBar(QWidget):
    """One chip per author, in two lines at most; behind them the menu of all.

    Checked authors' labels alone are listed; none checked lists everybody's. It hides itself while
    there is one author only.
    """

    changed = Signal(frozenset)  # names

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._authors: tuple[Author, ...] = ()
        self.chosen: frozenset[str] = frozenset()
        self._lines = LINES
        self.chips: list[QToolButton] = []
        self.more = _chip(self, "List labels of more authors")
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setObjectName("bare")
        self.more.setMenu(QMenu(self.more))
        self.more.menu().aboutToShow.connect(self._fill_menu)
        self.more.menu().triggered.connect(self._on_action)
        # What is fixed stays as high as it was at the width of which its layout asked last.
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName("Authors")
        self.hide()

    def show_authors(self, authors: Sequence[Author], chosen: frozenset[str]) -> None:
        """Show these authors; `chosen` are checked."""
        is_shown = len(authors) > 1 or bool(chosen)
        before = (self._authors, self.chosen, not self.isHidden())
        is_other = (tuple(authors), chosen, is_shown) != before
        if tuple(authors) != self._authors:
            self._authors = tuple(authors)
            self._make_chips()
        self.chosen = chosen
        for author, chip in zip(self._authors, self.chips, strict=False):
            chip.setChecked(author.name in chosen)
        if is_other:
            self.setVisible(is_shown)
            self.updateGeometry()
            self._arrange()

    def set_lines(self, lines: int) -> None:
        """Let the chips wrap into so many lines."""
        if lines != self._lines:
            self._lines = lines
            self.updateGeometry()
            self._arrange()

    def _make_chips(self) -> None:
        shown = self._authors[:MOST_CHIPS]
        while len(self.chips) > len(shown):
            self.chips.pop().deleteLater()
        while len(self.chips) < len(shown):
            chip = _chip(self, "")
            chip.setCheckable(True)
            chip.clicked.connect(self._on_clicked)
            chip.show()
            self.chips.append(chip)
        for author, chip in zip(shown, self.chips, strict=True):
            chip.setIcon(icon(KIND_ICONS[author.kind], role="text-2"))
            room = CHIP_PX - AROUND_PX
            elide = Qt.TextElideMode.ElideRight
            chip.ensurePolished()
            chip.setText(chip.fontMetrics().elidedText(author.title, elide, room))
            chip.setToolTip(f"{author.tip}\nList these alone")
            chip.setAccessibleName(author.tip)
        for before, after in pairwise([*self.chips, self.more]):
            QWidget.setTabOrder(before, after)

    def _on_clicked(self) -> None:
        pairs = zip(self._authors, self.chips, strict=False)
        shown = {author.name: chip.isChecked() for author, chip in pairs}
        beyond = {name for name in self.chosen if name not in shown}
        self.changed.emit(frozenset({*beyond, *(name for name, on in shown.items() if on)}))

    def _fill_menu(self) -> None:
        menu = self.more.menu()
        menu.clear()
        everybody = menu.addAction("Everybody")
        everybody.setCheckable(True)
        everybody.setChecked(not self.chosen)
        menu.addSeparator()
        for author in self._authors[:MOST_LISTED]:
            action = menu.addAction(f"{author.title.replace('&', '&&')}\t{author.count:,}")
            action.setCheckable(True)
            action.setChecked(author.name in self.chosen)
            action.setToolTip(author.tip)
            action.setData(author.name)

    def _on_action(self, action: QAction) -> None:
        name: str | None = action.data()
        self.changed.emit(frozenset() if name is None else self.chosen ^ {name})

    # Where the chips stand.

    def hasHeightForWidth(self) -> bool:
        """It is as high as its chips wrap."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height of the lines of chips."""
        places = self._places(width)[0]
        return max((place.bottom() + 1 for place in places), default=0)

    def sizeHint(self) -> QSize:
        """Return the size at the width that it has."""
        return QSize(CHIP_PX, self.heightForWidth(max(self.width(), CHIP_PX)))

    def minimumSizeHint(self) -> QSize:
        """One line."""
        return QSize(CHIP_PX, CHIP_HEIGHT_PX)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the chips where there is room."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        places, left_out = self._places(self.width())
        for chip, place in zip(self.chips, places, strict=False):
            chip.setGeometry(place)
        for number, chip in enumerate(self.chips):
            chip.setVisible(number < len(self._authors) - left_out)
        self.more.setVisible(left_out > 0)
        if left_out:
            self.more.setGeometry(places[-1])
            self.more.setText(self._more_words(left_out))

    def _more_words(self, left_out: int) -> str:
        """Return how many authors have no chip, and how many of them are checked."""
        hidden = self._authors[len(self._authors) - left_out :]
        chosen = sum(author.name in self.chosen for author in hidden)
        return f"+{left_out:,} ({chosen:,} on)" if chosen else f"+{left_out:,}"

    def _more_px(self, left_out: int) -> int:
        words = self.more.fontMetrics().horizontalAdvance(self._more_words(left_out))
        return words + MORE_AROUND_PX

    def _places(self, width: int) -> tuple[list[QRect], int]:
        """Return where chips stand, the menu's last, and how many authors it stands for."""
        widths = [chip.sizeHint().width() for chip in self.chips]
        beyond = len(self._authors) - len(self.chips)
        for count in range(len(widths), -1, -1):
            left_out = beyond + len(widths) - count
            more = (self._more_px(left_out),) if left_out else ()
            places = flowed((*widths[:count], *more), width, CHIP_HEIGHT_PX, GAP_PX)
            if not places or places[-1].bottom() < self._lines * (CHIP_HEIGHT_PX + GAP_PX):
                return places, left_out
        return [], 0


def _chip(parent: QWidget, name: str) -> QToolButton:
    chip = QToolButton(parent)
    chip.setProperty("chip", "author")
    chip.setIconSize(QSize(ICON_PX, ICON_PX))
    chip.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    chip.setAccessibleName(name)
    chip.setToolTip(name)
    return chip
