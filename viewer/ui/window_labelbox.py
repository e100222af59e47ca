"""The box that says which label a new shape gets."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox

from viewer.render.overlay import color_of_class
from viewer.session.editing import classes_for
from viewer.session.session import Session
from viewer.ui.label_box import swatch_icon
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
        project = self._session.project
        wanted = (tuple(project.exports.values()), self._hands.tool)
        if wanted == self._listed:
            return
        self._listed = wanted
        self.clear()
        kinds = DRAWN_KINDS if self._hands.tool == "select" else (self._hands.tool,)
        for key, label in classes_for(project, kinds):
            self.addItem(swatch_icon(color_of_class(project, *key)), label.title, key)
        self.setEnabled(self.count() > 0)
        row = max(self.findData(self._hands.label), 0)
        self.setCurrentIndex(row if self.count() else -1)
        self._hands.label = self.itemData(row) if self.count() else None

    def _chosen(self, row: int) -> None:
        self._hands.label = self.itemData(row)
