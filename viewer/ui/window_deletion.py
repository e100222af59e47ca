"""Deleting labels: a parent asks what becomes of its children."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMessageBox

from viewer.model.annotation import AnnotationId
from viewer.session.commands import DeleteAnnotations
from viewer.session.session import Session

if TYPE_CHECKING:
    from viewer.ui.window import MainWindow


def deletion_asked(window: MainWindow, ids: tuple[AnnotationId, ...]) -> DeleteAnnotations | None:
    """Return the command to delete labels; None when the person thought better of it."""
    children = children_of(window.session, ids)
    stamp = window.hands.stamp()
    if not children:
        return DeleteAnnotations(ids, (), stamp)
    box = QMessageBox(window)
    count = len(children)
    words = "1 label belongs" if count == 1 else f"{count:,} labels belong"
    box.setWindowTitle("Delete label")
    box.setText(f"{words} to what is deleted.")
    both = box.addButton("Delete them too", QMessageBox.ButtonRole.DestructiveRole)
    keep = box.addButton("Keep them", QMessageBox.ButtonRole.AcceptRole)
    cancel = box.addButton("Cancel", QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(cancel)
    box.setEscapeButton(cancel)
    box.exec()
    if box.clickedButton() is both:
        return DeleteAnnotations((*ids, *children), (), stamp)
    return DeleteAnnotations(ids, children, stamp) if box.clickedButton() is keep else None


def children_of(session: Session, ids: tuple[AnnotationId, ...]) -> tuple[AnnotationId, ...]:
    """Return the labels, all generations down, whose parents are among `ids`."""
    annotations = session.project.annotations
    by_parent: dict[AnnotationId, list[AnnotationId]] = {}
    for id in annotations:
        parent = annotations[id].parent
        if parent is not None:
            by_parent.setdefault(parent, []).append(id)
    found: dict[AnnotationId, None] = {}
    waiting = list(ids)
    while waiting:
        for child in by_parent.get(waiting.pop(), ()):
            if child not in found and child not in ids:
                found[child] = None
                waiting.append(child)
    return tuple(found)
