"""The menu of a right click in a view: what lies there, then the label, then the view."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QWidget

from viewer.session.session import Session
from viewer.tools.offers import Offer
from viewer.ui.actions.actions import ActionSet
from viewer.ui.window.toolbar import RING_TOOLS

OF_LABELS = ("label.next", "label.hide", "label.solo", "edit.move_here", "edit.delete")
OF_VIEWS = ("look.maximise", "look.reset", "look.invert", "look.flip_h", "look.flip_v")


def view_menu(
    parent: QWidget, session: Session, actions: ActionSet, offers: Sequence[Offer]
) -> QMenu:
    """Return the menu, which goes when it is closed.

    Args:
        offers: for the part of the selected label that was clicked.
    """
    menu = QMenu(parent)
    for offer in offers:
        line = menu.addAction(offer.words)
        line.setCheckable(offer.is_on is not None)
        line.setChecked(bool(offer.is_on))
        if offer.command is not None:
            line.triggered.connect(partial(session.do, offer.command))
    if _is_ringed(session):
        menu.addSeparator()
        menu.addActions([actions[id] for id in RING_TOOLS if actions[id].isEnabled()])
    for ids in (OF_LABELS, OF_VIEWS):
        menu.addSeparator()
        for id in ids:
            menu.addAction(actions[id])
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return menu


def _is_ringed(session: Session) -> bool:
    """Whether one label is selected that is drawn as a polygon, and can be changed."""
    if session.mode != "edit" or len(session.selection) != 1:
        return False
    (id,) = session.selection
    project = session.project
    label = project.exports[id.export].ontology.by_id.get(project.annotations[id].class_id)
    return label is not None and label.kind == "polygon"
