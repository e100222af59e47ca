"""Keys that are held, and the order in which F6 goes through the window."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from viewer.session.session import Session
from viewer.ui.widgets.typing_into import is_typing

PRESS_AND_RELEASE = (QEvent.Type.KeyPress, QEvent.Type.KeyRelease)


class HeldHide(QObject):
    """S held down hides all labels in this window; releasing it shows them again.

    Keys are heard where they arrive: at the widget in focus, and at the window, which gets what
    that widget leaves. The events of other widgets do not pass through here.
    """

    def __init__(self, session: Session, window: QWidget, app: QApplication) -> None:
        super().__init__(window)
        self._session = session
        self._window = window
        self._app = app
        window.installEventFilter(self)
        app.focusChanged.connect(self._follow)

    def release(self) -> None:
        """Hear nothing any more; the window closes."""
        self._app.focusChanged.disconnect(self._follow)
        self._window.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Watch the keys; every other event passes."""
        if isinstance(event, QKeyEvent) and event.type() in PRESS_AND_RELEASE:
            return self._key(event)
        if event.type() == QEvent.Type.WindowDeactivate and watched is self._window:
            self._hold(False)
        return False

    def _follow(self, old: QWidget | None, focus: QWidget | None) -> None:
        """Listen at the widget that has the focus now, if it is one inside this window."""
        if old is not None and old is not self._window and isValid(old):
            old.removeEventFilter(self)
        if focus is not None and self._window.isAncestorOf(focus):
            focus.installEventFilter(self)

    def _key(self, event: QKeyEvent) -> bool:
        plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        if event.key() != Qt.Key.Key_S or not plain or is_typing():
            return False
        if not self._window.isActiveWindow():
            return False
        if not event.isAutoRepeat():
            self._hold(event.type() == QEvent.Type.KeyPress)
        return True

    def _hold(self, is_held: bool) -> None:
        display = self._session.display
        if display.held_hidden != is_held:
            display.set_style(held_hidden=is_held)


def focus_next(parts: Sequence[QWidget]) -> None:
    """Move the focus to the first place of the next part that is shown."""
    shown = [part for part in parts if part.isVisible() and part.isEnabled()]
    if not shown:
        return
    focus = QApplication.focusWidget()
    at = -1
    if focus is not None:
        inside = [part is focus or part.isAncestorOf(focus) for part in shown]
        at = inside.index(True) if True in inside else -1
    for step in range(1, len(shown) + 1):
        if _take(shown[(at + step) % len(shown)]):
            return


def _take(part: QWidget) -> bool:
    """Give the focus to a part or to the first of its children that takes it."""
    for widget in (part, *part.findChildren(QWidget)):
        takes = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
        if takes and widget.isVisibleTo(part) and widget.isEnabled():
            widget.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return True
    return False
