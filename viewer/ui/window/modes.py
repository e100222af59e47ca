"""The switch between View, Edit and Review, first in the toolbar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QToolButton, QWidget

from viewer.ui.widgets.icons import icon

if TYPE_CHECKING:
    from viewer.session.session import Mode, Session

SEGMENTS: tuple[tuple[Mode, str, str, str, str], ...] = (
    ("view", "View", "eye", "F2", "Look at labels; nothing can be changed."),
    ("edit", "Edit", "pencil-simple", "F3", "Draw and change labels."),
    ("review", "Review", "check-square", "F4", "Judge one label after another."),
)
ON_TOKENS = {"view": "text", "edit": "on-caution", "review": "on-accent"}
ON_LABELS: tuple[Mode, ...] = ("edit", "review")  # modes that are about labels


class ModeSwitch(QFrame):
    """Segments with icon and word; the one that is on is filled. View, until it has a session."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session: Session | None = None
        self.setObjectName("mode")
        self.setAccessibleName("Mode")
        self._group = QButtonGroup(self)
        self._segments: dict[Mode, QToolButton] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2, 2, 2, 2)
        layout.setSpacing(2)
        for mode, word, *_ in SEGMENTS:
            segment = QToolButton()
            segment.setText(f" {word}")  # a gap behind the icon
            segment.setIconSize(QSize(16, 16))
            segment.setCheckable(True)
            segment.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            segment.setProperty("mode", mode)
            segment.setToolTip(_tip_of(mode))
            segment.setAccessibleName(f"{word} mode")
            segment.clicked.connect(self._on_clicked)
            self._group.addButton(segment)
            self._segments[mode] = segment
            layout.addWidget(segment)
        self._show("view")

    def follow(self, session: Session) -> None:
        """Show the mode of a session from now on, and set it."""
        self._session = session
        session.mode_changed.connect(self._on_mode)
        self._on_mode()

    def set_off(self, mode: Mode, reason: str = "") -> None:
        """Switch a segment off for a reason in words; "" switches it on."""
        self._segments[mode].setEnabled(not reason)
        self._segments[mode].setToolTip(_tip_of(mode, reason))

    def _on_clicked(self) -> None:
        for mode, segment in self._segments.items():
            if segment.isChecked() and self._session is not None:
                self._session.set_mode(mode)

    def _on_mode(self) -> None:
        if self._session is not None:
            self._show(self._session.mode)

    def _show(self, shown: Mode) -> None:
        for mode, _, icon_name, _, _ in SEGMENTS:
            is_on = mode == shown
            segment = self._segments[mode]
            segment.setChecked(is_on)
            segment.setIcon(icon(icon_name, filled=is_on, role="text-2", on=ON_TOKENS[mode]))


def _tip_of(mode: Mode, reason: str = "") -> str:
    """Return name, key and what the mode is for, or why it is off."""
    words = {name: (word, key, sentence) for name, word, _, key, sentence in SEGMENTS}
    word, key, sentence = words[mode]
    return f"{word} ({key}): {reason or sentence}"
