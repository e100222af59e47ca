"""The mouse's back and forward buttons, wherever in the window they are pressed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget

from viewer.ui.view.gestures import SIDE_BUTTONS

PRESSES = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick)  # a quick second one


class SideButtons(QObject):
    """Goes back and forward; what else a press means at a place is left to it.

    Args:
        window: hears the presses that its parts leave.
        lists: parts that would take them for a press on a row.
        run: what actions do, by id.
    """

    def __init__(
        self, window: QWidget, lists: tuple[QWidget, ...], run: Mapping[str, Callable[[], None]]
    ) -> None:
        super().__init__(window)
        self._run = run
        for widget in (window, *lists):
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take presses of the two buttons."""
        action = None
        if isinstance(event, QMouseEvent) and event.type() in PRESSES:
            action = SIDE_BUTTONS.get(event.button())
        if action is not None:
            self._run[action]()
        return action is not None
