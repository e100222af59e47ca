"""Deleting labels: a parent asks what becomes of its children."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMessageBox

from viewer.model.annotation import AnnotationId
from viewer.session.children import descendants_of
from viewer.session.commands import DeleteAnnotations
from viewer.session.editing import deletion

if TYPE_CHECKING:
    from viewer.ui.window import MainWindow


def deletion_asked(window: MainWindow, ids: tuple[AnnotationId, ...]) -> DeleteAnnotations | None:
    """Return the command to delete labels; None when the person thought better of it."""
    session = window.session
    children = descendants_of(session.project, ids)
    if not children:
        return deletion(session.project, ids, session.stamp(), with_children=False)
    box = QMessageBox(window)
    count = len(children)
    words = "1 label belongs" if count == 1 else f"{count:,} labels belong"
    box.setWindowTitle("Delete label")
    box.setText(f"{words} to what is deleted.")
    both = box.addButton("Delete them too", QMessageBox.ButtonRole.DestructiveRole)
    box.addButton("Keep them", QMessageBox.ButtonRole.AcceptRole)
    cancel = box.addButton("Cancel", QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(cancel)
    box.setEscapeButton(cancel)
    box.exec()
    clicked = box.clickedButton()
    if clicked is cancel:
        return None
    return deletion(session.project, ids, session.stamp(), with_children=clicked is both)
