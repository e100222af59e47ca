"""The menu over the label list: how it is grouped, and what colours say."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from viewer.render.coloring import ColorBy, Coloring
from viewer.review.label_groups import GroupKey
from viewer.ui.widgets.icons import icon

GROUP_WORDS: dict[GroupKey, str] = {
    "class": "Label",
    "author": "Author",
    "export": "Export",
    "slice": "Slice or frame",
    "state": "State of the task",
    "task": "Task",
    "verdict": "Verdict",
    "none": "Not at all",
}
COLOR_WORDS: dict[ColorBy, str] = {
    "label": "Label",
    "author": "Author",
    "export": "Export",
    "track": "Each object its own",
    "verdict": "Verdict",
}


class ListMenuButton(QToolButton):
    """Three dots that open the menu.

    Args:
        now: tells what the list is grouped by, and what colours say.
        questions: tells whose answers colours can say, as far as the records were read.

    Attributes:
        set_group, set_coloring, read_answers, copy: what a choice does.
    """

    def __init__(
        self,
        now: Callable[[], tuple[GroupKey, Coloring]],
        questions: Callable[[], tuple[str, ...]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._now, self._questions = now, questions
        self.set_group: Callable[[GroupKey], None] = lambda _into: None
        self.set_coloring: Callable[[Coloring], None] = lambda _coloring: None
        self.read_answers: Callable[[], None] = lambda: None
        self.copy: Callable[[], None] = lambda: None
        self.setIcon(icon("dots-three", role="text-2"))
        self.setObjectName("bare")
        self.setFixedSize(28, 24)
        self.setToolTip("Group by, colour by, copy")
        self.setAccessibleName("Group by, colour by, copy")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setMenu(QMenu(self))
        self.menu().aboutToShow.connect(self._fill)

    def _fill(self) -> None:
        menu = self.menu()
        menu.clear()
        into, coloring = self._now()
        self._choices(
            menu.addMenu(icon("rows", role="text-2"), "Group by"),
            [
                (words, key == into, lambda key=key: self.set_group(key))
                for key, words in GROUP_WORDS.items()
            ],
        )
        colors = menu.addMenu(icon("palette", role="text-2"), "Colour by")
        self._choices(
            colors,
            [
                (words, coloring.by == by, lambda by=by: self.set_coloring(Coloring(by)))
                for by, words in COLOR_WORDS.items()
            ],
        )
        self._fill_questions(colors.addMenu("Answer to"), coloring)
        menu.addSeparator()
        menu.addAction(icon("copy"), "Copy as CSV", self.copy)

    def _fill_questions(self, menu: QMenu, coloring: Coloring) -> None:
        questions = self._questions()
        if not questions:
            menu.addAction("Read all answers", self.read_answers)
            return
        self._choices(
            menu,
            [
                (
                    question.replace("&", "&&"),
                    coloring == Coloring("answer", question),
                    lambda question=question: self.set_coloring(Coloring("answer", question)),
                )
                for question in questions
            ],
        )

    def _choices(self, menu: QMenu, choices: list[tuple[str, bool, Callable[[], None]]]) -> None:
        group = QActionGroup(menu)
        for words, is_on, choose in choices:
            action = QAction(words, menu, checkable=True, checked=is_on)
            action.triggered.connect(partial(_chosen, choose))
            group.addAction(action)
            menu.addAction(action)


def _chosen(choose: Callable[[], None], _is_on: bool = True) -> None:
    choose()
