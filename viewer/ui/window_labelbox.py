"""The box that says which label a new shape gets."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QComboBox

from viewer.render.palette import class_colors
from viewer.session.session import Session
from viewer.ui.theme import color
from viewer.ui.view_hands import Hands

DRAWN_KINDS = ("box", "polygon")


class LabelBox(QComboBox):
    """The classes of the open exports that are drawn as shapes; those of the tool come first."""

    def __init__(self, session: Session, hands: Hands) -> None:
        super().__init__()
        self._session = session
        self._hands = hands
        self._listed: object = None
        self.setMinimumWidth(176)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Label of new shapes")
        self.setToolTip("Label\nThe label that a new shape gets.")
        self.activated.connect(self._chosen)
        self.refresh()

    def refresh(self) -> None:
        """List the labels that the tool can draw."""
        exports = self._session.project.exports
        wanted = (tuple(exports.values()), self._hands.tool)
        if wanted == self._listed:
            return
        self._listed = wanted
        self.clear()
        kinds = DRAWN_KINDS if self._hands.tool == "select" else (self._hands.tool,)
        for export in exports.values():
            colors = class_colors(export.ontology)
            for label in export.ontology.by_id.values():
                if label.kind in kinds:
                    self.addItem(swatch(colors[label.id]), label.title, (export.id, label.id))
        self.setEnabled(self.count() > 0)
        row = max(self.findData(self._hands.label), 0)
        self.setCurrentIndex(row if self.count() else -1)
        self._hands.label = self.itemData(row) if self.count() else None

    def _chosen(self, row: int) -> None:
        self._hands.label = self.itemData(row)


def swatch(name: str) -> QIcon:
    """Return a square in a label's colour, "#rrggbb"."""
    pixmap = QPixmap(12, 12)
    pixmap.fill(color(name) if not name.startswith("#") else name)
    return QIcon(pixmap)
