"""The menu of a right click on a line of the label list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QWidget

from viewer.ui.labels.cells import GroupItem, RowItem
from viewer.ui.widgets.icons import icon


@dataclass(frozen=True)
class LineActs:
    """What can be done with a line.

    Args:
        hide, solo: None where they have nothing to act on.
        delete: None where nothing can be deleted now.
    """

    go: Callable[[], None]
    hide: Callable[[], None] | None
    solo: Callable[[], None] | None
    copy: Callable[[], None]
    delete: Callable[[], None] | None


def row_menu(item: GroupItem | RowItem, acts: LineActs, parent: QWidget) -> QMenu:
    """Return the menu of a line; it goes when it is closed."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    is_row = isinstance(item, RowItem)
    if is_row:
        menu.addAction(icon("crosshair"), "Go to", acts.go)
    if acts.hide is not None and acts.solo is not None:
        eye, words = ("eye", "Show") if item.is_hidden else ("eye-slash", "Hide")
        menu.addAction(icon(eye), words, acts.hide)
        menu.addAction(icon("star-four"), "Show all" if item.is_solo else "Show alone", acts.solo)
    menu.addAction(icon("copy"), "Copy as CSV\tCtrl+C", acts.copy)
    if is_row:
        menu.addSeparator()
        delete = menu.addAction(icon("trash"), "Delete\tDel", acts.delete or (lambda: None))
        delete.setEnabled(acts.delete is not None)
    return menu
