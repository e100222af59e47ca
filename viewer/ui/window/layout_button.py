"""The toolbar's button of layouts: shows the one in use, and opens drawings of all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from viewer.ui.actions.actions import ActionSet
from viewer.ui.widgets.icons import icon

if TYPE_CHECKING:
    from viewer.session.viewing import Layout

LAYOUT_ACTIONS = (
    "layout.single", "layout.main", "layout.row", "layout.four", "layout.compare",
)  # fmt: skip
MORE_ACTIONS = ("compare.exports", "compare.with")  # in words, below the drawings
DRAWING_PX = 40
CELL_PX = (84, 76)


class LayoutButton(QToolButton):
    """Opens the popup of layouts."""

    def __init__(self, actions: ActionSet) -> None:
        super().__init__()
        self.popup = LayoutPopup(actions, self)
        self.setIconSize(QSize(20, 20))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("Layout")
        self.setToolTip("Layout (Alt+1 to Alt+5)\nHow many views stand in the centre, and which.")
        self.setEnabled(False)
        self.clicked.connect(self.open)
        self.show_layout(None)

    def show_layout(self, layout: Layout | None) -> None:
        """Show the drawing of the layout in use; None while nothing is open.

        Then it is one of the icons' font: drawings would take longer than the first paint.
        """
        self.setIcon(icon("squares-four" if layout is None else f"layout-{layout}"))

    def open(self) -> None:
        """Show the drawings below the button."""
        self.popup.open_at(self.mapToGlobal(QPoint(0, self.height() + 2)))


class LayoutPopup(QFrame):
    """A row of drawings; the one in use is marked, and a choice closes it."""

    def __init__(self, actions: ActionSet, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("card")
        self.buttons = {id: _drawing(actions[id]) for id in LAYOUT_ACTIONS}
        row = QHBoxLayout()
        row.setSpacing(4)
        for drawing in self.buttons.values():
            drawing.clicked.connect(self.hide)
            row.addWidget(drawing)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(4)
        layout.addLayout(row)
        for id in MORE_ACTIONS:
            more = QToolButton()
            actions[id].setIconText(actions[id].text())  # or it loses the dots
            more.setDefaultAction(actions[id])
            more.setObjectName("link")
            more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
            more.clicked.connect(self.hide)
            layout.addWidget(more)

    def open_at(self, place: QPoint) -> None:
        """Show it with its left upper corner there, the layout in use in focus."""
        self.adjustSize()
        screen = self.screen().availableGeometry()
        self.move(min(place.x(), screen.right() - self.width()), place.y())
        self.show()
        used = next((one for one in self.buttons.values() if one.isChecked()), None)
        (used or next(iter(self.buttons.values()))).setFocus(Qt.FocusReason.PopupFocusReason)


def _drawing(action: QAction) -> QToolButton:
    button = QToolButton()
    action.setIconText(QKeySequence(action.shortcut()).toString())
    button.setDefaultAction(action)
    button.setIconSize(QSize(DRAWING_PX, DRAWING_PX))
    button.setFixedSize(*CELL_PX)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
    button.setAccessibleName(action.text())
    return button
