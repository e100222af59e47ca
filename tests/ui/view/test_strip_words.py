"""The slice strip tells what is on the slice under the pointer."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip
from windows import Person

from viewer.paint.strip import cell_rect
from viewer.render.cut_marks import cut_marks

pytestmark = pytest.mark.qt_log_ignore("does not support raise")


def told(person: Person, plane: str, index: int) -> str:
    """What is said while the pointer rests on a cell of the strip."""
    view = person.view(plane)
    assert view.port.strip is not None
    at = cell_rect(view.port.strip, index, view.port.size).center().toPoint()
    QToolTip.hideText()
    event = QHelpEvent(QEvent.Type.ToolTip, at, view.mapToGlobal(at))
    QApplication.sendEvent(view, event)
    return QToolTip.text()


def test_a_cell_names_its_slice_and_the_labels_on_it(person: Person) -> None:
    marks = person.session.matches.marks(0)
    # More slices than the strip has pixels: a cell whose own row is under its middle.
    labelled = max(marks, key=lambda slice: len(marks[slice]))
    words = told(person, "axial", labelled)
    assert words.startswith(f"Slice {labelled + 1} of 128\n")
    count = len({id for id, _ in person.session.matches.on(0, labelled)})
    assert f"{count} labels: " in words
    bare = next(slice for slice in range(128) if slice not in marks)
    assert told(person, "axial", bare) == f"Slice {bare + 1} of 128\nno labels"


@pytest.mark.parametrize(("plane", "axis"), [("sagittal", 0), ("coronal", 1)])
def test_a_cell_of_a_reformat_names_the_classes_that_it_cuts(
    person: Person, plane: str, axis: int
) -> None:
    cuts = cut_marks(person.session.matches, 0, axis)
    assert cuts
    index = next(iter(cuts))
    view = person.view(plane)
    assert view.port.strip is not None
    found = {view.port.strip_index(view.width() - 3, y) for y in range(view.height())}
    index = next(at for at in cuts if at in found)
    y = next(y for y in range(view.height()) if view.port.strip_index(view.width() - 3, y) == index)
    at = QPoint(view.width() - 3, y)
    QApplication.sendEvent(view, QHelpEvent(QEvent.Type.ToolTip, at, view.mapToGlobal(at)))
    assert QToolTip.text().startswith(f"Slice {index + 1} of 256\n")
    assert "class" in QToolTip.text()


def test_beside_the_strip_nothing_is_said(person: Person) -> None:
    told(person, "axial", 3)
    view, at = person.view(), QPoint(200, 300)
    QApplication.sendEvent(view, QHelpEvent(QEvent.Type.ToolTip, at, view.mapToGlobal(at)))
    person.bot.waitUntil(lambda: not QToolTip.isVisible())
