"""The filter above the label list: field, funnel, authors, and a chip for every other part."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace
from PySide6.QtCore import QPoint, QRect, QSize, Qt, QTimer, Signal, SignalInstance
from PySide6.QtGui import QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QLayout, QLayoutItem, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from viewer.model.project import Project
from viewer.review.filter_words import Part, parts_of
from viewer.review.filtering import NO_FILTER, Filter
from viewer.ui.labels.authors import AuthorBar
from viewer.ui.labels.filter_popup import FilterPopup
from viewer.ui.widgets.chips import row_of, search_field
from viewer.ui.widgets.icons import icon

DELAY_MS = 60
LEAVING = (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter)
MOST_CHIP_PX = 180
MOST_CHIPS = 8


class FilterBar(QWidget):
    """Holds what a person asks for; the list decides when it shows it."""

    changed = Signal(object)  # Filter
    choices_asked = Signal()
    left = Signal()  # the picture is to have the keys again
    listed = Signal()  # the list is to have them

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.wanted = NO_FILTER
        self.field = search_field("Filter labels")
        self.funnel = QToolButton()
        self.authors = AuthorBar()
        self.chips = PartChips()
        self.popup = FilterPopup(self)
        self._timer = QTimer(self, singleShot=True, interval=DELAY_MS)
        self._build()
        self.field.textChanged.connect(lambda: self._timer.start())
        self._timer.timeout.connect(lambda: self._change(text=self.field.text()))
        self.authors.changed.connect(self._on_authors)
        self.chips.taken_off.connect(self.ask)
        self.popup.changed.connect(self.ask)
        self.funnel.clicked.connect(self.open_popup)

    def _build(self) -> None:
        self.funnel.setIcon(icon("funnel-simple", role="text-2"))
        self.funnel.setObjectName("bare")
        self.funnel.setFixedSize(28, 28)
        self.funnel.setToolTip("Filter by class, probability, plane, verdict and more")
        self.funnel.setAccessibleName("Filter by more")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 6, 12, 4)
        layout.setSpacing(6)
        layout.addLayout(row_of(self.field, self.funnel, spacing=4))
        layout.addWidget(self.authors)
        layout.addWidget(self.chips)

    def open_popup(self) -> None:
        """Show all parts that a filter can have here."""
        self.choices_asked.emit()
        self.popup.open_at(self.funnel)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc in the field takes its text off; in an empty one, as Enter in any, it is left.

        Down goes on in the list.
        """
        is_typed, key = self.field.hasFocus(), event.key()
        if is_typed and key == Qt.Key.Key_Escape and self.field.text():
            self.field.clear()
        elif is_typed and key in LEAVING:
            self.left.emit()
        elif is_typed and key == Qt.Key.Key_Down:
            self.listed.emit()
        else:
            super().keyPressEvent(event)

    @property
    def is_waiting(self) -> bool:
        """Something was typed that is not asked for yet."""
        return self._timer.isActive()

    def ask(self, wanted: Filter) -> None:
        """Ask for another filter."""
        self._timer.stop()
        if wanted.text != self.field.text():
            self.field.setText(wanted.text)
            self._timer.stop()
        self.wanted = wanted
        self.changed.emit(wanted)

    def show_filter(self, wanted: Filter, project: Project) -> None:
        """Show the filter of what is listed."""
        self.wanted = wanted
        rest = replace(wanted, text="", authors=frozenset())
        self.chips.show_parts(parts_of(rest, project), wanted)
        is_on = not rest.is_empty
        role = "accent" if is_on else "text-2"
        self.funnel.setIcon(icon("funnel-simple", role=role, filled=is_on))
        if self.popup.isVisible():
            self.popup.show_filter(wanted)

    def _on_authors(self, names: frozenset[str]) -> None:
        self._change(authors=names)

    def _change(self, **parts: object) -> None:
        self.ask(replace(self.wanted, **parts))


class PartChips(QWidget):
    """One chip for each part; a click takes it off."""

    taken_off = Signal(object)  # the Filter that is left

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._flow = _Flow(self)
        self.setAccessibleName("Parts of the filter")
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.hide()

    @property
    def chips(self) -> list[PartChip]:
        """Return the chips, in the order of the parts."""
        return [one for one in self._flow.widgets() if isinstance(one, PartChip)]

    def show_parts(self, parts: tuple[Part, ...], wanted: Filter) -> None:
        """Show parts, whose `rest` lacks text and authors: those of `wanted` stay."""
        kept = replace(NO_FILTER, text=wanted.text, authors=wanted.authors)
        shown = [
            (part.words, replace(part.rest, text=kept.text, authors=kept.authors))
            for part in parts[:MOST_CHIPS]
        ]
        if len(parts) > MOST_CHIPS:
            shown.append((f"all {len(parts):,}", kept))
        self._hold(len(shown))
        for chip, (words, rest) in zip(self.chips, shown, strict=True):
            chip.show_part(words, rest)
        self.setVisible(bool(shown))

    def _hold(self, count: int) -> None:
        """Have so many chips; those that are there stay, as a slider changes their words alone."""
        for chip in self.chips[count:]:
            self._flow.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        while len(self.chips) < count:
            self._flow.addWidget(PartChip(self.taken_off, self))


class PartChip(QToolButton):
    """One part of the filter; a click asks for what is left without it."""

    def __init__(self, taken_off: SignalInstance, parent: QWidget) -> None:
        super().__init__(parent)
        self._rest = NO_FILTER
        self.setProperty("chip", "author")
        self.setIcon(icon("x", role="text-2"))
        self.setIconSize(QSize(11, 11))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.clicked.connect(lambda: taken_off.emit(self._rest))

    def show_part(self, words: str, rest: Filter) -> None:
        """Show a part in words, and know the filter that is left without it."""
        self._rest = rest
        self.ensurePolished()
        metrics = QFontMetrics(self.font())
        self.setText(metrics.elidedText(words, Qt.TextElideMode.ElideMiddle, MOST_CHIP_PX))
        self.setToolTip(f"{words}\nTake this off")
        self.setAccessibleName(f"Filter: {words}. Take this off")


class _Flow(QLayout):
    """Parts side by side, going on in a further line where a line is full."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(4)

    def widgets(self) -> Iterator[QWidget]:
        """Yield the parts."""
        for item in self._items:
            part = item.widget()
            if part is not None:
                yield part

    def addItem(self, item: QLayoutItem) -> None:
        """Add a part."""
        self._items.append(item)

    def count(self) -> int:
        """Return how many parts there are."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return a part."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Take a part out."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def hasHeightForWidth(self) -> bool:
        """It is as high as its parts wrap."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height of the lines."""
        return self._arrange(QRect(0, 0, width, 0), is_meant=False)

    def setGeometry(self, rect: QRect) -> None:
        """Put the parts where there is room."""
        super().setGeometry(rect)
        self._arrange(rect, is_meant=True)

    def sizeHint(self) -> QSize:
        """Return one line."""
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        """Return the size of the largest part."""
        size = QSize(0, 0)
        for item in self._items:
            size = size.expandedTo(item.sizeHint())
        return size

    def _arrange(self, rect: QRect, *, is_meant: bool) -> int:
        x, y, high = rect.x(), rect.y(), 0
        for item in self._items:
            hint = item.sizeHint()
            width = min(hint.width(), max(rect.width(), 1))
            if x > rect.x() and x + width > rect.right() + 1:
                x, y = rect.x(), y + high + self.spacing()
                high = 0
            if is_meant:
                item.setGeometry(QRect(QPoint(x, y), QSize(width, hint.height())))
            x += width + self.spacing()
            high = max(high, hint.height())
        return y + high - rect.y()
