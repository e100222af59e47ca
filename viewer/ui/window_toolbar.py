"""The toolbar: mode switch, tools of the mode, window presets, undo and redo; the band below it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QSizePolicy,
    QToolBar,
    QToolButton,
    QWidget,
)

from viewer.media.volume import Media, Window
from viewer.session.session import Session
from viewer.ui.actions import ActionSet
from viewer.ui.chips import Picture
from viewer.ui.modes import ModeSwitch
from viewer.ui.pick_box import PickBox
from viewer.ui.view_hands import Hands
from viewer.ui.window_labelbox import LabelBox
from viewer.ui.window_steering import presets_of

VIEW_TOOLS = ("hand.window", "hand.crosshair", "hand.pan", "hand.zoom")
EDIT_TOOLS = ("draw.select", "draw.polygon", "draw.box")
TOOLS = frozenset((*VIEW_TOOLS, *EDIT_TOOLS))
WIDE = 1600  # from this width on the checked tool has its word beside it


class PresetBox(PickBox):
    """The window presets of the shown media; shows the window's name or numbers."""

    picked = Signal(int)  # digit of the preset

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.setMinimumWidth(164)
        self.setAccessibleName("Window preset")
        self.setToolTip("Window preset (0 to 9)\nWidth and level of the picture.")
        self.activated.connect(self._chosen)
        self.refresh()

    def refresh(self) -> None:
        """List the presets and show the window that is used."""
        viewing = self._session.viewing
        media = self._session.current
        presets = presets_of(media)
        self.blockSignals(True)
        self.clear()
        window = viewing.window
        if window is not None:
            self.addItem(window_words(window), -1)
            self.addItem("0  Automatic", 0)
        elif media is not None:
            self.addItem("No window (colour)" if _is_colour(media) else "No window", -1)
        for digit, preset in enumerate(presets, start=1):
            self.addItem(f"{digit}  {window_words(preset)}", digit)
        self.setEnabled(window is not None)
        self.blockSignals(False)

    def _chosen(self, row: int) -> None:
        digit = self.itemData(row)
        if isinstance(digit, int) and digit >= 0:
            self.picked.emit(digit)
        self.refresh()


def window_words(window: Window) -> str:
    """Return a window's name and figures; of a look-up table its name alone."""
    if window.table is not None:
        return f"{window.name or 'Table'} (look-up table)"
    name = f"{window.name[:1].upper()}{window.name[1:]}" if window.name else "Window"
    return f"{name} {window.width:.0f} / {window.center:.0f}"


def _is_colour(media: Media) -> bool:
    return media.is_colour


class LockedNote(QWidget):
    """Stands beside the mode switch outside Edit: a lock, and the words where there is room."""

    def __init__(self) -> None:
        super().__init__()
        self.words = QLabel("Labels locked")
        self.words.setProperty("kind", "quiet")
        self.setToolTip("Labels are locked in View. F3 edits.")
        self.setAccessibleName("Labels locked")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 0, 4, 0)
        layout.setSpacing(6)
        layout.addWidget(Picture("lock-simple", 16, "text-2"))
        layout.addWidget(self.words)


class NewLabelWords(QLabel):
    """Stands before the box of labels, so that it is not taken for the selected label's."""

    def __init__(self) -> None:
        super().__init__("New label:")
        self.setProperty("kind", "quiet")
        self.setContentsMargins(6, 0, 6, 0)


class MainToolBar:
    """The one toolbar and the mode band of a window."""

    def __init__(
        self, window: QMainWindow, session: Session, actions: ActionSet, hands: Hands
    ) -> None:
        self._session = session
        self._actions = actions
        self.presets = PresetBox(session)
        self.labels = LabelBox(session, hands)
        self.bar = _bar(window, "tools", "Tools")
        self.bar.setIconSize(QSize(20, 20))
        self.mode = ModeSwitch(session)
        self.bar.addWidget(self.mode)
        self._locked = LockedNote()
        self._locked_part = self.bar.addWidget(self._locked)
        self.bar.addSeparator()
        self._buttons: dict[str, QToolButton] = {}
        self._view_parts = [self._button(id) for id in VIEW_TOOLS]
        self._edit_parts = [self._button(id) for id in EDIT_TOOLS]
        self._edit_parts += [self._button("edit.delete"), self.bar.addSeparator()]
        self._edit_parts += [self.bar.addWidget(NewLabelWords()), self.bar.addWidget(self.labels)]
        self.bar.addSeparator()
        self._presets_part = self.bar.addWidget(self.presets)
        for id in ("look.invert", "look.maximise", "label.shown"):
            self._button(id)
        self._add_spacer()
        for id in ("edit.undo", "edit.redo"):
            self._button(id)
        window.addToolBarBreak()
        self.band = _bar(window, "band", "Mode")
        self.band.setFixedHeight(3)
        self._window = window
        self.refresh()

    def refresh(self) -> None:
        """Show the tools of the mode, and the mode's colour in the band."""
        is_edit = self._session.mode == "edit"
        for part in self._view_parts:
            part.setVisible(not is_edit)
        self._locked_part.setVisible(not is_edit)
        for part in self._edit_parts:
            part.setVisible(is_edit)
        self.band.setProperty("mode", self._session.mode)
        self.band.style().unpolish(self.band)
        self.band.style().polish(self.band)
        self._presets_part.setVisible(self._session.current is not None)
        self.presets.refresh()
        self.labels.refresh()
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
        for id, button in self._buttons.items():
            is_named = id in TOOLS and self._actions[id].isChecked() and width >= WIDE
            button.setToolButtonStyle(beside if is_named else alone)

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

    def _add_spacer(self) -> None:
        spacer = QWidget()
        spacer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.bar.addWidget(spacer)


def _bar(window: QMainWindow, name: str, title: str) -> QToolBar:
    bar = QToolBar(title, window)
    bar.setObjectName(name)
    bar.setMovable(False)
    bar.setFloatable(False)
    bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
    window.addToolBar(bar)
    return bar
