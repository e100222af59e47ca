"""The box that says which label a new shape gets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt

from viewer.model.export_words import export_words
from viewer.model.ontology import LabelClass, ShapeKind
from viewer.model.project import Project
from viewer.render.overlay import color_of_class
from viewer.session.editing import ClassKey, classes_for, kinds_here
from viewer.session.session import Session
from viewer.tools import DRAWING, BrushTool, EraserTool
from viewer.ui.inspector.label_box import name_first
from viewer.ui.view.hands import Hands
from viewer.ui.widgets.pick_box import PickBox
from viewer.ui.widgets.swatch import swatch_icon

KINDS_OF_TOOL: dict[str, frozenset[str]] = {tool.name: tool.kinds for tool in DRAWING}
DRAWN_KINDS = frozenset[str]().union(*KINDS_OF_TOOL.values())  # by any tool
SELECTED_STAYS = "The selected label keeps its own; the Inspector changes it."
LET_GO = "The selected label is let go, so that the brush does not paint on it."
PAINTING = frozenset({BrushTool.name, EraserTool.name})
Listed = tuple[ClassKey, LabelClass]


class LabelBox(PickBox):
    """The classes that the tool can draw; those of the selected label's reader come first.

    What the exports do not hold on the shown media comes last, and is not taken unasked.

    Until a class is picked here, new shapes get the selected label's where the tool can draw it;
    a picked one stays, tool by tool. With the brush in hand the selected label is let go then.
    """

    def __init__(self, session: Session, hands: Hands) -> None:
        super().__init__()
        self._session = session
        self._hands = hands
        self._listed: object = None
        self._picked: dict[str, ClassKey] = {}  # by tool
        self.setAccessibleName("Label of new shapes")
        self.setToolTip("Label\nThe label that a new shape gets.")
        self.activated.connect(self._chosen)
        self.refresh()

    def refresh(self) -> None:
        """List the labels that the tool can draw."""
        project, tool = self._session.project, self._hands.tool
        selected = self._selected()
        here = kinds_here(self._session)
        wanted = (tuple(project.exports.values()), tool, selected, here)
        if wanted == self._listed:
            return
        self._listed = wanted
        self.clear()
        kinds = KINDS_OF_TOOL.get(tool, DRAWN_KINDS)
        listed = _nearest_first(project, classes_for(project, kinds), selected)
        fitting = {key for key, label in listed if _fits(here, key, label)}
        listed.sort(key=lambda each: each[0] not in fitting)
        for (key, label), words in zip(listed, _words_of(project, listed), strict=True):
            self.addItem(swatch_icon(color_of_class(project, *key)), words, key)
            tip = label.description or None
            self.setItemData(self.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self.setEnabled(self.count() > 0)
        wishes = (self._picked.get(tool), selected, self._hands.label)
        keys = [key for key, _ in listed]  # Qt's findData knows only the very same tuples
        rows = [keys.index(wish) for wish in wishes if wish in fitting]
        row = next(iter(rows), 0 if keys else -1)
        self.setCurrentIndex(row)
        self._hands.label = self.itemData(row) if row >= 0 else None

    def _selected(self) -> ClassKey | None:
        """Return the class of the one selected label."""
        chosen = tuple(self._session.selection)
        annotations = self._session.project.annotations
        if len(chosen) != 1 or chosen[0] not in annotations:
            return None
        return chosen[0].export, annotations[chosen[0]].class_id

    def _chosen(self, row: int) -> None:
        key: ClassKey = self.itemData(row)
        self._hands.label = self._picked[self._hands.tool] = key
        if self._selected() in (None, key):
            return
        words = SELECTED_STAYS
        if self._hands.tool in PAINTING:
            words = LET_GO
            self._session.select(())
        self._session.say(f"New shapes: {self.itemText(row)}. {words}")


def _fits(
    here: Mapping[str, frozenset[ShapeKind] | None], key: ClassKey, label: LabelClass
) -> bool:
    """Whether an export lists the shown media, and holds there what its class is drawn as."""
    kinds = here.get(key[0])
    return key[0] in here and (kinds is None or label.kind in kinds)


def _words_of(project: Project, listed: Sequence[Listed]) -> list[str]:
    """Return the names; those that several exports have are followed by the export's."""
    names = [name_first(label) for _, label in listed]
    exports: dict[str, set[str]] = {}
    for (key, _), name in zip(listed, names, strict=True):
        exports.setdefault(name, set()).add(key[0])
    words = export_words(project)
    return [
        f"{name} · {words[key[0]]}" if len(exports[name]) > 1 else name
        for (key, _), name in zip(listed, names, strict=True)
    ]


def _nearest_first(
    project: Project, classes: tuple[Listed, ...], selected: ClassKey | None
) -> list[Listed]:
    """Return the classes with those of the selected one's export and group in front."""
    own = None if selected is None else project.exports[selected[0]].ontology.by_id.get(selected[1])
    if own is None or selected is None:
        return list(classes)
    return sorted(classes, key=lambda each: (each[0][0], each[1].group) != (selected[0], own.group))
