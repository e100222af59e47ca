"""How labels are drawn, all at once: style, opacity, width of the lines, names beside them."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QSizePolicy,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from viewer.session.display import LEAST_LINE_PX, MOST_LINE_PX, FillStyle, TagLevel
from viewer.session.session import Session
from viewer.ui.widgets.chips import quiet, row_of

WIDTH_PX = 264
SLIDER_PX = 24
STEPS = 2  # of the width's slider to a pixel
STYLES: dict[FillStyle, str] = {"both": "Both", "outline": "Outline", "fill": "Fill"}
TAGS: dict[TagLevel, str] = {"names": "Names", "more": "With details", "none": "None"}


class StylePopup(QFrame):
    """Each choice is seen at once; nothing of it is in the export."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._session = session
        self.setObjectName("card")
        self.setFixedWidth(WIDTH_PX)
        self.styles = _choices(self, STYLES.values())
        self.tags = _choices(self, TAGS.values())
        self.opacity = _slider("Opacity of labels", 0, 100)
        self.width_px = _slider(
            "Width of lines", round(LEAST_LINE_PX * STEPS), round(MOST_LINE_PX * STEPS)
        )
        self._percent, self._px = quiet(), quiet()
        for words in (self._percent, self._px):
            words.setMinimumWidth(44)
            words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 12)
        layout.setSpacing(6)
        layout.addWidget(quiet("Labels"))
        layout.addLayout(_row(self.styles))
        layout.addLayout(row_of(quiet("Opacity"), self.opacity, self._percent))
        layout.addLayout(row_of(quiet("Line"), self.width_px, self._px))
        layout.addWidget(quiet("Tags on the picture"))
        layout.addLayout(_row(self.tags))
        layout.addWidget(quiet("O: next style. Hold S: hide all labels."))
        self.styles.idClicked.connect(self._on_style)
        self.tags.idClicked.connect(self._on_tags)
        self.opacity.valueChanged.connect(self._on_opacity)
        self.width_px.valueChanged.connect(self._on_width)
        session.display.changed.connect(self.refresh)
        self.refresh()

    def open_at(self, place: QPoint) -> None:
        """Show it with its left upper corner at a global place, as far as the screen has room."""
        self.adjustSize()
        room = self.screen().availableGeometry()
        self.move(min(place.x(), room.right() - self.width()), place.y())
        self.show()
        chosen = list(STYLES).index(self._session.display.style)
        self.styles.button(chosen).setFocus(Qt.FocusReason.PopupFocusReason)

    def _on_style(self, id: int) -> None:
        self._session.display.set_style(style=list(STYLES)[id])

    def _on_tags(self, id: int) -> None:
        self._session.display.set_lines(tags=list(TAGS)[id])

    def _on_opacity(self, percent: int) -> None:
        self._session.display.set_style(opacity=percent / 100)

    def _on_width(self, steps: int) -> None:
        self._session.display.set_lines(line_px=steps / STEPS)

    def refresh(self) -> None:
        """Show what is chosen."""
        display = self._session.display
        self.styles.button(list(STYLES).index(display.style)).setChecked(True)
        self.tags.button(list(TAGS).index(display.tags)).setChecked(True)
        for slider, value in (
            (self.opacity, round(display.opacity * 100)),
            (self.width_px, round(display.line_px * STEPS)),
        ):
            slider.blockSignals(True)
            slider.setValue(value)
            slider.blockSignals(False)
        self._percent.setText(f"{display.opacity:.0%}".replace("%", " %"))
        self._px.setText(f"{display.line_px:g} px")


def _choices(parent: QWidget, words: Iterable[str]) -> QButtonGroup:
    group = QButtonGroup(parent)
    for number, name in enumerate(words):
        made = QToolButton()
        made.setText(name)
        made.setAccessibleName(name)
        made.setCheckable(True)
        made.setMinimumHeight(28)
        made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        group.addButton(made, number)
    return group


def _row(group: QButtonGroup) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(4)
    for button in group.buttons():
        row.addWidget(button, 1)
    return row


def _slider(name: str, least: int, most: int) -> QSlider:
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setRange(least, most)
    slider.setAccessibleName(name)
    slider.setMinimumHeight(SLIDER_PX)
    return slider
