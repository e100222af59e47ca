"""The table's actions as QActions of one window, in menus and with their keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from viewer.ui.actions.reasons import WHY_OFF
from viewer.ui.actions.table import (
    ACTIONS,
    MENUS,
    MNEMONICS,
    SUBMENUS,
    UNLISTED,
    ActionSpec,
    Rule,
)
from viewer.ui.widgets.icons import icon

ENTER = (QKeySequence(Qt.Key.Key_Return), QKeySequence(Qt.Key.Key_Enter))

if TYPE_CHECKING:
    from viewer.session.session import Session


def allowed(session: Session) -> Mapping[Rule, bool]:
    """Return for each rule whether its actions can be used now."""
    media, group = session.current, session.media_group
    is_volume = media is not None and media.kind == "volume" and media.count >= 3
    has_export = bool(session.project.exports)
    return {
        "always": True,
        "media": media is not None,
        "volume": is_volume and any(pane.has_cross for pane in session.panes),
        "planes": is_volume,
        "compared": session.viewing.is_comparing,
        "views": is_volume or (bool(group) and session.viewing.side_by_side),
        "group": bool(group),
        "played": session.playable is not None,
        "labels": len(session.project.annotations) > 0,
        "export": has_export,
        "editable": has_export and media is not None,
        "drawable": has_export and media is not None and session.correction is None,
        "regions": media is not None
        and any(export.has_regions for export in session.project.exports.values()),
        "holes": media is not None
        and any(one.has_regions or one.holed for one in session.project.exports.values()),
        "lengths": has_export
        and media is not None
        and session.mode == "edit"
        and session.correction is None,
        "measured": media is not None and session.mode != "edit",
        "undo": bool(session.history.steps) or session.measurements.can_undo,
        "redo": bool(session.history.undone) or session.measurements.can_redo,
        "selected": bool(session.selection),
        "judged": session.mode == "review" and session.work.current is not None,
        "open": bool(session.media) or has_export,
        "behind": session.places.has_behind,
        "ahead": session.places.has_ahead,
    }


class ActionSet(QObject):
    """The table's QActions in one window, as they stand while nothing is open.

    Args:
        act: called with the id of an action that is used; of a checkable one too, which asks the
            session for the state.
    """

    def __init__(self, window: QWidget, act: Callable[[str], None]) -> None:
        super().__init__(window)
        self._act = act
        self._groups: dict[str, QActionGroup] = {}
        self._actions: dict[str, QAction] = {}
        self._can: Mapping[Rule, bool] = {}
        for spec in ACTIONS:
            self._actions[spec.id] = self._made(spec)
            if not spec.in_views:
                window.addAction(self._actions[spec.id])

    def add_views(self, views: QWidget) -> None:
        """Name the widget inside which the keys of `in_views` actions work."""
        views.addActions([self._actions[spec.id] for spec in ACTIONS if spec.in_views])

    def __getitem__(self, id: str) -> QAction:
        """Return the QAction of an id."""
        return self._actions[id]

    def refresh(self, session: Session) -> None:
        """Enable what can be used now."""
        can = allowed(session)
        changed = {rule for rule in can if can[rule] != self._can.get(rule)}
        for spec in ACTIONS if changed else ():
            if spec.rule in changed:
                self._actions[spec.id].setEnabled(can[spec.rule])
        self._can = can

    def why_off(self, key: QKeySequence) -> str:
        """Return why a key does nothing now, "" where it is no key of an action that is off.

        Enter ends what is drawn, and what is said of that stands.
        """
        if key in ENTER:
            return ""
        for spec in ACTIONS:
            action = self._actions[spec.id]
            if not action.isEnabled() and key in action.shortcuts():
                return f"{spec.text.removesuffix('...')}: {WHY_OFF[spec.rule]}"
        return ""

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

    def _made(self, spec: ActionSpec) -> QAction:
        action = QAction(spec.text, self)
        action.setObjectName(spec.id)
        if spec.icon:
            action.setIcon(icon(spec.icon))
        action.setShortcuts([QKeySequence(key) for key in spec.keys])
        if spec.rule == "judged":
            action.setAutoRepeat(False)  # a key that is held judges one label
        if spec.in_views:
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.setToolTip(tip_of(spec))
        action.setStatusTip("")
        if spec.check:
            action.setCheckable(True)
        if spec.check not in ("", "check"):
            group = self._groups.setdefault(spec.check, QActionGroup(self))
            group.addAction(action)
        action.setEnabled(spec.rule == "always")
        action.triggered.connect(lambda _checked=False: self._act(spec.id))
        return action


def tip_of(spec: ActionSpec) -> str:
    """Return the tooltip: name, key, one sentence."""
    name = spec.text.removesuffix("...")
    key = f" ({QKeySequence(spec.keys[0]).toString()})" if spec.keys else ""
    return f"{name}{key}\n{spec.tip}" if spec.tip else f"{name}{key}"
