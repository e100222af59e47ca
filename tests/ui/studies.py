"""Sessions over the demo study, read once; and a small hand for widgets."""

from __future__ import annotations

import csv
import io
from functools import cache

from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QTreeView, QWidget
from windows import dressed

from viewer.demo import demo_folder
from viewer.formats import read_export
from viewer.media import load, open_media
from viewer.media.volume import Media
from viewer.model.annotation import AnnotationId
from viewer.model.project import Project
from viewer.review.matching import match
from viewer.session.commands import Stamp
from viewer.session.session import Session

MADE = Stamp("2026-01-02T03:04:05.678Z", "tester")


@cache
def demo() -> tuple[Project, tuple[Media, ...]]:
    """The demo study with its pixels."""
    folder, export = demo_folder()
    media = open_media(str(folder)).media
    for item in media:
        load(item)
    return read_export(str(export)), media


def demo_session() -> Session:
    """A session over the demo study, as after opening it."""
    dressed()
    project, media = demo()
    session = Session()
    session.open(project, media, (), match(project, media))
    return session


def ids_of(session: Session, name: str) -> list[AnnotationId]:
    """All annotations of the classes with this name, in reading order."""
    annotations = session.project.annotations
    by_export = {e.id: e.ontology.by_id for e in session.project.exports.values()}
    found = (i for i in annotations if annotations[i].class_id in by_export[i.export])
    return [i for i in found if by_export[i.export][annotations[i].class_id].name == name]


def shown(widget: QWidget, width: int, height: int) -> QWidget:
    """A widget on the screen, laid out."""
    widget.resize(width, height)
    widget.show()
    QApplication.processEvents()
    return widget


def click_cell(tree: QTreeView, index: QModelIndex, column: int) -> None:
    """Click the middle of a cell."""
    at = tree.visualRect(index.siblingAtColumn(column)).center()
    QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=at)
    QApplication.processEvents()


def click_row(box: QComboBox, row: int) -> None:
    """Click a row of a box's open list."""
    view = box.view()
    at = view.visualRect(box.model().index(row, 0)).center()
    for place in (QPoint(1, 1), at):  # the first tells Qt of a move wherever the mouse was before
        QTest.mouseMove(view.viewport(), place)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    QApplication.processEvents()


def rows_of_csv(text: str) -> list[dict[str, str]]:
    """The rows of a CSV with a head."""
    return list(csv.DictReader(io.StringIO(text)))
