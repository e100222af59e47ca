"""The chips of authors above the label list."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from studies import ids_of, shown

from viewer.model.project import Project
from viewer.paint.compose import view_picture
from viewer.review.label_rows import Cell, rows_of
from viewer.session.session import Session
from viewer.ui.labels.authors import CHIP_HEIGHT_PX, GAP_PX, LINES, Author, AuthorBar, authors_of
from viewer.ui.labels.filter_bar import FilterBar
from viewer.ui.labels.panel import LabelPanel

MANY = tuple(Author(f"reader.{n}@example.org", "reader", 40 - n) for n in range(40))


@pytest.fixture
def panel(session: Session, qtbot: QtBot) -> LabelPanel:
    made = LabelPanel(session)
    qtbot.addWidget(made)
    shown(made, 250, 900)
    return made


@pytest.fixture
def bar(qtbot: QtBot) -> AuthorBar:
    made = AuthorBar()
    qtbot.addWidget(made)
    return made


def pressed(panel: LabelPanel, name: str) -> None:
    """Click the chip of an author."""
    known = authors_of(panel.model.rows, panel._session.project)
    number = next(at for at, author in enumerate(known) if author.name == name)
    QTest.mouseClick(panel.authors.chips[number], Qt.MouseButton.LeftButton)
    QApplication.processEvents()


def listed_authors(panel: LabelPanel) -> set[str]:
    rows = panel.model.rows
    return {rows.author(row) for row in panel.model.groups.order.tolist()}


def test_the_label_of_a_checked_author_alone_is_listed_and_drawn(
    session: Session, panel: LabelPanel
) -> None:
    everything = len(panel.model.groups.order)
    names = listed_authors(panel)
    assert {"Reader A", "Reader B"} < names
    pressed(panel, "Reader A")
    assert listed_authors(panel) == {"Reader A"}
    annotations = session.project.annotations
    session.go_to(ids_of(session, "Nodule box")[0])
    drawn = {
        annotations[mark.id].author for mark in view_picture(session, "axial", (500.0, 400.0)).marks
    }
    assert drawn <= {"Reader A"}
    pressed(panel, "Reader B")
    assert listed_authors(panel) == {"Reader A", "Reader B"}
    pressed(panel, "Reader A")
    pressed(panel, "Reader B")
    assert len(panel.model.groups.order) == everything
    assert session.display.draws_all


def test_authors_and_words_are_asked_for_together_and_taken_off_together(
    session: Session, panel: LabelPanel, qtbot: QtBot
) -> None:
    pressed(panel, "Reader B")
    QTest.keyClicks(panel.filter, "no such label")
    qtbot.waitUntil(lambda: not len(panel.model.groups.order))
    assert session.display.filter_words == "no such label · Reader B"
    assert "Reader B" in panel._empty._words.text()
    QTest.mouseClick(panel._empty.off, Qt.MouseButton.LeftButton)
    assert not session.display.filter_words
    assert panel.filter.text() == ""
    assert not any(chip.isChecked() for chip in panel.authors.chips)
    assert len(panel.model.groups.order) == panel.model.rows.count


def test_what_is_opened_next_is_listed_whole(session: Session, panel: LabelPanel) -> None:
    pressed(panel, "Reader A")
    session.display.reset()
    assert len(panel.model.groups.order) == panel.model.rows.count
    assert not any(chip.isChecked() for chip in panel.authors.chips)


def test_what_was_agreed_on_comes_first_and_models_last(session: Session) -> None:
    project, rows = session.project, rows_of(session.project, session.matches)
    (export,) = project.exports.values()
    told = replace(export, author_kinds={"Reader B": "agreed", "Reader A": "model"})
    known = authors_of(rows, Project(MappingProxyType({export.id: told}), project.annotations))
    assert [author.kind for author in known] == ["agreed", "reader", "model"]
    assert (known[0].name, known[-1].name) == ("Reader B", "Reader A")
    assert known[0].tip.startswith("Reader B · what readers agreed on · ")
    assert sum(author.count for author in known) == rows.count
    count = sum(rows.authors[code] == "Reader B" for code in rows.column(Cell.AUTHOR).tolist())
    assert known[0].count == count


def test_one_author_needs_no_chips(bar: AuthorBar) -> None:
    for count in (0, 1):
        bar.show_authors(MANY[:count], frozenset())
        assert bar.isHidden()
    bar.show_authors(MANY[:2], frozenset())
    assert not bar.isHidden()


def test_no_chip_is_cut_when_the_dock_becomes_narrower(qtbot: QtBot) -> None:
    above = FilterBar()
    qtbot.addWidget(above)
    above.authors.show_authors(MANY[:5], frozenset())
    for width in (700, 248, 400):
        shown(above, width, above.heightForWidth(width))
        QApplication.processEvents()
        bar = above.authors
        seen = [part for part in (*bar.chips, bar.more) if part.isVisible()]
        assert all(bar.rect().contains(part.geometry()) for part in seen)


@pytest.mark.parametrize("width", [150, 230, 400])
def test_very_many_authors_take_two_lines_and_a_menu(bar: AuthorBar, width: int) -> None:
    bar.show_authors(MANY, frozenset())
    height = bar.heightForWidth(width)
    assert height <= LINES * CHIP_HEIGHT_PX + (LINES - 1) * GAP_PX
    shown(bar, width, height)
    parts = [chip for chip in (*bar.chips, bar.more) if chip.isVisible()]
    assert bar.more in parts
    assert bar.more.text() == f"+{len(MANY) - len(parts) + 1}"
    places = [part.geometry() for part in parts]
    assert all(bar.rect().contains(place) for place in places)
    assert not any(a.intersects(b) for a in places for b in places if a is not b)


def test_the_menu_checks_authors_that_have_no_chip(bar: AuthorBar) -> None:
    bar.changed.connect(lambda chosen: bar.show_authors(MANY, chosen))
    bar.show_authors(MANY, frozenset())
    shown(bar, 230, bar.heightForWidth(230))
    menu = bar.more.menu()
    menu.aboutToShow.emit()
    menu.actions()[-1].trigger()
    assert bar.chosen == {MANY[-1].name}
    assert bar.more.text().endswith("(1 on)")
    QTest.mouseClick(bar.chips[0], Qt.MouseButton.LeftButton)
    assert bar.chosen == {MANY[0].name, MANY[-1].name}
    menu.aboutToShow.emit()
    menu.actions()[0].trigger()
    assert bar.chosen == frozenset()


@pytest.mark.parametrize(("count", "new", "title"), [(3, 0, "No author"), (3, 3, "You")])
def test_labels_made_here_without_a_name_are_yours_in_the_chips_as_in_the_list(
    count: int, new: int, title: str
) -> None:
    assert Author("", "reader", count, new).title == title
    assert Author("", "reader", count + 1, 1).title == "You, no author"
    assert Author("Reader A", "reader", count, new).title == "Reader A"
