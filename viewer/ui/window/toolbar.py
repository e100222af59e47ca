"""The toolbar: mode switch, tools of the mode, window presets, undo and redo; the band below it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QMenu,
    QSizePolicy,
    QToolBar,
    QToolButton,
    QWidget,
)

from viewer.session.modes import locked_sentence
from viewer.ui.actions.actions import ActionSet
from viewer.ui.widgets.chips import Picture
from viewer.ui.window.layout_button import LayoutButton
from viewer.ui.window.modes import ModeSwitch
from viewer.ui.window.search_field import SearchField

if TYPE_CHECKING:
    from viewer.session.session import Mode, Session
    from viewer.ui.window.class_box import LabelBox
    from viewer.ui.window.preset_box import PresetBox

RING_TOOLS = ("draw.region", "draw.hole")  # shown where an export can keep what they draw
HANDS = ("hand.window", "hand.crosshair", "hand.pan", "hand.zoom")
MEASURES = ("measure.length", "measure.angle")  # with a button of their own
REGIONS = (
    "measure.ellipse",
    "measure.rectangle",
    "measure.region",
    "measure.probe",
    "measure.profile",
)  # fmt: skip; they share one
VIEW_TOOLS = (*HANDS, *MEASURES, *REGIONS)
EDIT_TOOLS = (
    "draw.select", "draw.polygon", "draw.region", "draw.hole", "draw.box", "draw.polyline",
    "draw.point", "draw.ellipse", "draw.length", "draw.angle", "draw.brush", "draw.eraser",
)  # fmt: skip
MODES: dict[str, tuple[Mode, ...]] = {
    "hand.crosshair": ("view",),
    "look.maximise": ("view",),
    "look.fit_label": ("review",),
}
TOOLS = frozenset((*VIEW_TOOLS, *EDIT_TOOLS))
NARROW = 1100  # below it the search field is a sign alone, as in Edit below the next
WIDE = 1600  # from this width on the checked tool has its word beside it
MOST_WIDE = 16_777_215  # Qt's word for no limit
# Px of the boxes of labels and window presets: at least, and in Edit where there is little room.
BOX, SMALL_BOX, SMALLEST_BOX = (176, 184), (160, 150), (104, 104)


class LockedNote(QWidget):
    """Stands beside the mode switch outside Edit: a lock, and the words where there is room."""

    def __init__(self) -> None:
        super().__init__()
        self.words = QLabel("Labels locked")
        self.words.setProperty("kind", "quiet")
        self.say("view")
        self.setAccessibleName("Labels locked")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 0, 4, 0)
        layout.setSpacing(6)
        layout.addWidget(Picture("lock-simple", 16, "text-2"))
        layout.addWidget(self.words)

    def say(self, mode: Mode) -> None:
        """Say in which mode they are locked."""
        self.setToolTip(locked_sentence(mode))


class NewLabelWords(QLabel):
    """Stands before the box of labels, so that it is not taken for the selected label's."""

    def __init__(self) -> None:
        super().__init__("New label:")
        self.setProperty("kind", "quiet")
        self.setContentsMargins(6, 0, 6, 0)


class MainToolBar:
    """The one toolbar and the mode band of a window.

    Until it follows a session it stands as in View while nothing is open, without its two boxes,
    which are not shown then either.
    """

    presets: PresetBox
    labels: LabelBox

    def __init__(self, window: QMainWindow, actions: ActionSet) -> None:
        self._session: Session | None = None
        self._actions = actions
        self.bar = _bar(window, "tools", "Tools")
        self.bar.setIconSize(QSize(20, 20))
        self.mode = ModeSwitch()
        self.bar.addWidget(self.mode)
        self._locked = LockedNote()
        self._locked_part = self.bar.addWidget(self._locked)
        self.bar.addSeparator()
        self._buttons: dict[str, QToolButton] = {}
        self._moded: list[tuple[QAction, str]] = []  # what some modes show, and its action's id
        self._moded += [(self._button(id), id) for id in HANDS]
        self._moded.append((self.bar.addSeparator(), MEASURES[0]))
        self._moded += [(self._button(id), id) for id in MEASURES]
        regions = self._menu_button(REGIONS, "Regions, probe and profile")
        self._moded.append((self.bar.addWidget(regions), REGIONS[0]))
        self._moded += [(self._button(id), id) for id in (*EDIT_TOOLS, "edit.delete")]
        self._moded.append((self.bar.addSeparator(), "edit.delete"))
        self._new_words = self.bar.addWidget(NewLabelWords())
        self._behind_labels = self.bar.addSeparator()
        self._behind_presets = self._button("look.invert")
        self.layout = LayoutButton(actions)
        self._layout_part = self.bar.addWidget(self.layout)
        for id in ("label.shown", "label.drawing", "look.fit_label"):
            self._moded.append((self._button(id), id))
        self._drawing = self._moded[-2][0]
        self._add_spacer()
        for id in ("edit.undo", "edit.redo"):
            self._button(id)
        self.bar.addSeparator()
        self.search = SearchField(actions["app.palette"])
        self.bar.addWidget(self.search)
        window.addToolBarBreak()
        self.band = _bar(window, "band", "Mode")
        self.band.setFixedHeight(3)
        self._window = window
        self._show_mode("view")

    def follow(self, session: Session, presets: PresetBox, labels: LabelBox) -> None:
        """Show the tools of a session's mode from now on, with its boxes."""
        self._session, self.presets, self.labels = session, presets, labels
        self._moded.append((self.bar.insertWidget(self._behind_labels, labels), "edit.delete"))
        self._presets_part = self.bar.insertWidget(self._behind_presets, presets)
        self.mode.follow(session)
        self.refresh()

    def refresh(self) -> None:
        """Bring all in line with the session."""
        if self._session is None:
            return
        self._show_mode(self._session.mode)
        self._presets_part.setVisible(self._session.current is not None)
        self.presets.refresh()
        self.labels.refresh()
        self.layout.show_layout(self._session.viewing.layout if self._session.media else None)
        self.layout.setEnabled(self._session.current is not None)

    def _show_mode(self, mode: Mode) -> None:
        """Show the tools of the mode, and the mode's colour in the band."""
        is_open = self._session is not None and self._session.current is not None
        for part, id in self._moded:
            is_on = self._actions[id].isEnabled() if id in RING_TOOLS else True
            is_on = is_open if id in (*MEASURES, *REGIONS) else is_on
            part.setVisible(is_on and mode in _modes_of(id))
        self._locked.say(mode)
        self._locked_part.setVisible(mode != "edit")
        if self.band.property("mode") != mode:
            self.band.setProperty("mode", mode)
            self.band.style().unpolish(self.band)
            self.band.style().polish(self.band)
        self.set_width(self._window.width())

    @property
    def is_locked_shown(self) -> bool:
        """The lock beside the mode switch is there."""
        return self._locked.isVisible()

    def set_width(self, width: int) -> None:
        """Show the checked tool's word where there is room."""
        beside, alone = (
            Qt.ToolButtonStyle.ToolButtonTextBesideIcon,
            Qt.ToolButtonStyle.ToolButtonIconOnly,
        )
        self._locked.words.setVisible(width >= WIDE)
        is_edit = self._session is not None and self._session.mode == "edit"
        self._new_words.setVisible(is_edit and width >= WIDE)
        self.search.set_room(2 if width >= WIDE else 0 if is_edit or width < NARROW else 1)
        is_full = is_edit and self._has_ring_tools and width < WIDE
        if self._session is not None:
            self._fit_boxes(is_narrow=is_edit and width < WIDE)
        self._layout_part.setVisible(not is_full)
        self._drawing.setVisible(width >= WIDE or not is_edit)
        for id, button in self._buttons.items():
            is_named = id in TOOLS and self._actions[id].isChecked() and width >= WIDE
            button.setToolButtonStyle(beside if is_named else alone)

    def below(self, id: str) -> QPoint:
        """Return the global place below the button of an action."""
        button = self._buttons[id]
        return button.mapToGlobal(button.rect().bottomLeft() + QPoint(0, 2))

    @property
    def _has_ring_tools(self) -> bool:
        return any(self._actions[id].isEnabled() for id in RING_TOOLS)

    def _fit_boxes(self, *, is_narrow: bool) -> None:
        """Leave room for all tools, so that undo and redo are not pushed out at the end."""
        widths = SMALLEST_BOX if self._has_ring_tools else SMALL_BOX
        for number, box in enumerate((self.labels, self.presets)):
            box.setMinimumWidth(widths[number] if is_narrow else BOX[number])
            box.setMaximumWidth(widths[number] if is_narrow else MOST_WIDE)

    def _button(self, id: str) -> QAction:
        """Add a button; the action that is returned hides the button, and leaves its key alone."""
        action = self._actions[id]
        button = QToolButton()
        if id in TOOLS:
            action.setIconText(f" {action.text()}")  # a gap behind the icon
        button.setDefaultAction(action)
        button.setIconSize(QSize(20, 20))
        button.setAccessibleName(action.text())
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._buttons[id] = button
        return self.bar.addWidget(button)

    def _menu_button(self, ids: tuple[str, ...], name: str) -> QToolButton:
        """Return a button for several tools: it takes the last one, its arrow shows them all."""
        button = QToolButton()
        menu = QMenu(button)
        for id in ids:
            menu.addAction(self._actions[id])
            self._actions[id].toggled.connect(partial(self._show_on, button, id))
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        button.setDefaultAction(self._actions[ids[0]])
        button.setIconSize(QSize(20, 20))
        button.setAccessibleName(name)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _show_on(self, button: QToolButton, id: str, is_on: bool) -> None:
        if is_on:
            button.setDefaultAction(self._actions[id])

    def _add_spacer(self) -> None:
        spacer = QWidget()
        spacer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.bar.addWidget(spacer)


def _modes_of(id: str) -> tuple[Mode, ...]:
    """Return in which modes the toolbar has a button."""
    usual: dict[str, tuple[Mode, ...]] = {
        "hand": ("view", "review"),
        "measure": ("view",),
        "draw": ("edit",),
        "edit": ("edit",),
    }
    return MODES.get(id) or usual.get(id.partition(".")[0], ("view", "edit", "review"))


def _bar(window: QMainWindow, name: str, title: str) -> QToolBar:
    bar = QToolBar(title, window)
    bar.setObjectName(name)
    bar.setMovable(False)
    bar.setFloatable(False)
    bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
    window.addToolBar(bar)
    return bar
