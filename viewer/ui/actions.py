"""The table's actions as QActions of one window, in menus and with their keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QIcon, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from viewer.session.session import Session
from viewer.ui.actions_table import (
    ACTIONS,
    MENUS,
    MNEMONICS,
    SUBMENUS,
    UNLISTED,
    ActionSpec,
    Rule,
)


def allowed(rule: Rule, session: Session) -> bool:
    """Whether an action of this rule can be used now."""
    media = session.current
    has_export = bool(session.project.exports)
    return {
        "always": True,
        "media": media is not None,
        "volume": media is not None and media.kind == "volume" and media.count >= 3,
        "played": session.playable is not None,
        "labels": len(session.project.annotations) > 0,
        "export": has_export,
        "editable": has_export and media is not None,
        "undo": bool(session.history.steps),
        "redo": bool(session.history.undone),
        "selected": bool(session.selection),
    }[rule]


class ActionSet(QObject):
    """The table's QActions in one window; `run` says what each does.

    Args:
        run: what to call for each id; checkable ones are called with no argument as well and ask
            the session for the state.
        icon_of: icon by name.
        views: the widget inside which the keys of `in_views` actions work.

    Raises:
        KeyError: an action of the table has nothing to call.
    """

    def __init__(
        self,
        window: QWidget,
        run: Mapping[str, Callable[[], None]],
        icon_of: Callable[[str], QIcon],
        views: QWidget,
    ) -> None:
        super().__init__(window)
        self._icon_of = icon_of
        self._groups: dict[str, QActionGroup] = {}
        self._actions: dict[str, QAction] = {}
        for spec in ACTIONS:
            self._actions[spec.id] = self._made(spec, run[spec.id])
            (views if spec.in_views else window).addAction(self._actions[spec.id])

    def __getitem__(self, id: str) -> QAction:
        """Return the QAction of an id."""
        return self._actions[id]

    def refresh(self, session: Session) -> None:
        """Enable what can be used now."""
        for spec in ACTIONS:
            self._actions[spec.id].setEnabled(allowed(spec.rule, session))

    def set_checked(self, id: str, is_checked: bool) -> None:
        """Show a checkable action as on or off without running it."""
        self._actions[id].setChecked(is_checked)

    def fill(self, bar: QMenuBar) -> None:
        """Put the menus into the menu bar."""
        for title in MENUS:
            at = title.index(MNEMONICS[title])
            menu = bar.addMenu(f"{title[:at]}&{title[at:]}")
            menu.setToolTipsVisible(True)
            within: dict[str, QMenu] = {}
            for spec in ACTIONS:
                if spec.menu != title or spec.id in UNLISTED:
                    continue
                if spec.separated:
                    menu.addSeparator()
                inside = SUBMENUS.get(spec.id.partition(".")[0], "")
                if inside and inside not in within:
                    within[inside] = menu.addMenu(inside)
                within.get(inside, menu).addAction(self._actions[spec.id])

    def _made(self, spec: ActionSpec, run: Callable[[], None]) -> QAction:
        action = QAction(spec.text, self)
        action.setObjectName(spec.id)
        if spec.icon:
            action.setIcon(self._icon_of(spec.icon))
        action.setShortcuts([QKeySequence(key) for key in spec.keys])
        if spec.in_views:
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.setToolTip(tip_of(spec))
        action.setStatusTip("")
        if spec.check:
            action.setCheckable(True)
        if spec.check not in ("", "check"):
            group = self._groups.setdefault(spec.check, QActionGroup(self))
            group.addAction(action)
        action.triggered.connect(lambda _checked=False: run())
        return action


def tip_of(spec: ActionSpec) -> str:
    """Return the tooltip: name, key, one sentence."""
    name = spec.text.removesuffix("...")
    key = f" ({QKeySequence(spec.keys[0]).toString()})" if spec.keys else ""
    return f"{name}{key}\n{spec.tip}" if spec.tip else f"{name}{key}"
