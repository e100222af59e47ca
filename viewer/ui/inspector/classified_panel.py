"""What is said of the whole exam, series and image shown: labels without a shape, with answers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import (
    QFrame,
    QMenu,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from viewer.media.volume import Volume
from viewer.model.annotation import AnnotationId
from viewer.model.export_words import export_words
from viewer.render.classified import Classified, Scope, classified_on
from viewer.render.overlay import color_of_class
from viewer.session.classifying import addable, classification_made
from viewer.session.editing import ClassKey
from viewer.session.jobs import Jobs
from viewer.session.session import Session
from viewer.ui.inspector.answer_part import AnswerPart
from viewer.ui.labels.facts import author_words
from viewer.ui.widgets.chips import Elided, divider, quiet, row_of, titled
from viewer.ui.widgets.icons import icon
from viewer.ui.widgets.swatch import Swatch, swatch_icon

ORDER: tuple[Scope, ...] = ("exam", "series", "image")
MOST_SHOWN = 60
HEAD_PX = 40
NOTHING = "Nothing is said of what is shown."
NOTHING_FITS = "Nothing here fits the filter."


class ClassifiedPanel(QWidget):
    """Follows the slice or frame shown and the list's filter; a level's labels under its name."""

    left = Signal()  # the focus may go back to the picture
    height_changed = Signal()

    def __init__(
        self, session: Session, jobs: Jobs | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._jobs = jobs
        self._shown: tuple[object, ...] = ()
        self._heads: dict[Scope, Elided] = {}
        self.cards: list[Card] = []
        self._count = quiet()
        self.add = QToolButton()
        self._inside = QVBoxLayout()
        self._body = QWidget()
        self._build()
        for signal in (
            session.project_changed,
            session.media_changed,
            session.mode_changed,
            session.selection_changed,
            session.viewing.media_changed,
            session.viewing.crosshair_changed,
            session.display.changed,
        ):
            signal.connect(self._refresh)
        self._refresh()

    def _build(self) -> None:
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.add.setIcon(icon("plus", role="text-2"))
        self.add.setObjectName("bare")  # without the arrow that would cover its corner
        self.add.setIconSize(QSize(16, 16))
        self.add.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.add.setAccessibleName("Add a classification")
        self.add.setToolTip("Add a classification of this image, its series or its exam")
        self.add.setMenu(QMenu(self.add))
        self.add.menu().aboutToShow.connect(self._fill_menu)
        head = row_of(titled("Classifications"), self._count, 1, self.add)
        head.setContentsMargins(12, 6, 8, 4)
        body = self._body
        self._inside.setContentsMargins(12, 0, 8, 8)
        self._inside.setSpacing(6)
        below = QVBoxLayout(body)
        below.setContentsMargins(0, 0, 0, 0)
        below.addLayout(self._inside)
        below.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(divider())
        layout.addLayout(head)
        layout.addWidget(scroll, 1)

    def commit(self) -> None:
        """Give the answers that are being typed."""
        for card in self.cards:
            card.answers.commit()

    @property
    def is_wanted(self) -> bool:
        """Something is said of what is shown, or could be."""
        return bool(self.cards) or bool(self._addable())

    def wanted_height(self) -> int:
        """Return the height at which nothing is scrolled."""
        needed = self._body.sizeHint()
        if self._body.hasHeightForWidth():
            return HEAD_PX + self._body.heightForWidth(max(self.width() - 12, 100))
        return HEAD_PX + needed.height()

    def _refresh(self) -> None:
        found = self._found()
        levels = self._levels()
        shown = tuple((item.id, item.scope) for item in found)
        self.add.setEnabled(self._session.mode == "edit")
        is_other = False
        now = (shown, levels[:2], bool(found) or self._session.display.filter.is_empty)
        if now != self._shown:
            self.commit()
            self._rebuild(found)
            self._shown = now
            is_other = True
        for scope, words in zip(ORDER, levels, strict=True):
            if scope in self._heads:
                self._heads[scope].setText(words)
        for card, item in zip(self.cards, found, strict=True):
            card.show_item(item)
        self._count.setText(f"{len(found):,}" if found else "")
        if is_other:
            self.height_changed.emit()

    def _found(self) -> tuple[Classified, ...]:
        """Return what is listed of what is said of it: exam first, then by export and author."""
        session, media = self._session, self._session.viewing.media_index
        if media is None:
            return ()
        listed = session.display.is_listed
        found = classified_on(
            session.project, session.matches, media, session.slice, lambda id, _: listed(id)
        )
        annotations = session.project.annotations
        ordered = sorted(
            found, key=lambda i: (ORDER.index(i.scope), i.id.export, annotations[i.id].author, i.id)
        )
        return tuple(ordered[:MOST_SHOWN])

    def _levels(self) -> tuple[str, str, str]:
        """Return what stands above the labels of an exam, of a series and of the image shown."""
        word = "Slice" if isinstance(self._session.current, Volume) else "Frame"
        return "Exam", "Series", f"{word} {self._session.slice + 1}"

    def _rebuild(self, found: Sequence[Classified]) -> None:
        had_focus = self.isAncestorOf(self.focusWidget()) if self.focusWidget() else False
        while (item := self._inside.takeAt(0)) is not None:
            gone = item.widget()
            if gone is not None:
                gone.hide()
                gone.deleteLater()
        self._heads, self.cards = {}, []
        several = len(self._session.project.exports) > 1
        for each in found:
            if each.scope not in self._heads:
                self._heads[each.scope] = Elided()
                self._heads[each.scope].setProperty("kind", "quiet")
                self._inside.addWidget(self._heads[each.scope])
            card = Card(self._session, self._jobs, len(self.cards), several)
            card.answers.left.connect(self.left)
            self.cards.append(card)
            self._inside.addWidget(card)
        if not found:
            is_all = self._session.display.filter.is_empty
            self._inside.addWidget(quiet(NOTHING if is_all else NOTHING_FITS))
        if had_focus:
            self.left.emit()

    def _addable(self) -> tuple[ClassKey, ...]:
        return tuple(key for key, _ in addable(self._session))

    def _fill_menu(self) -> None:
        menu, project = self.add.menu(), self._session.project
        menu.clear()
        for key, label in addable(self._session):
            tint = swatch_icon(color_of_class(project, *key))
            action = menu.addAction(tint, label.title)
            action.triggered.connect(partial(self._add_chosen, key))
        if menu.isEmpty():
            menu.addAction("The export has no class for this").setEnabled(False)

    def _add_chosen(self, key: ClassKey, _checked: bool = False) -> None:
        self.add_label(key)

    def add_label(self, key: ClassKey) -> None:
        """Add a classification with this class to what is shown."""
        command = classification_made(self._session, key)
        if isinstance(command, str):
            self._session.say(command)
            return
        self._session.do(command)
        self._session.select({command.annotation.id})


class Card(QFrame):
    """One classification: colour, label and author, and below them what it was asked."""

    def __init__(self, session: Session, jobs: Jobs | None, number: int, several: bool) -> None:
        super().__init__()
        self._session = session
        self._several = several
        self._id: AnnotationId | None = None
        self.swatch = Swatch()
        self.title = Elided()
        self.title.setProperty("kind", "name")
        self.author = Elided()
        self.author.setProperty("kind", "quiet")
        self.answers = AnswerPart(session, jobs, f"answers of classification {number}")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 0, 0, 0)
        layout.setSpacing(4)
        head = row_of(self.swatch, self.title, self.author)
        head.setStretch(1, 2)
        head.setStretch(2, 1)
        layout.addLayout(head)
        layout.addWidget(self.answers)

    def show_item(self, item: Classified) -> None:
        """Show a classification."""
        self._id = item.id
        annotation = self._session.project.annotations[item.id]
        words = export_words(self._session.project)[item.id.export]
        by = author_words(annotation)
        project = self._session.project
        self.swatch.show_tint(self._session.display.color_of_label(project, item.id, item.class_id))
        self.title.setText(item.text)
        self.author.setText(f"{by} · {words}" if self._several else by)
        is_chosen = item.id in self._session.selection
        self.title.setAccessibleName(f"{item.words}, {by}{', selected' if is_chosen else ''}")
        self.answers.setVisible(self.answers.show_labels([item.id]))
        name = "chosen" if is_chosen else ""
        if self.objectName() != name:
            self.setObjectName(name)
            self.style().unpolish(self)
            self.style().polish(self)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select the label."""
        super().mousePressEvent(event)
        if self._id is not None and event.button() == Qt.MouseButton.LeftButton:
            self._session.select({self._id})
