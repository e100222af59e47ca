"""What labels have to fit, part by part: opens from the funnel, each choice is seen at once."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from functools import partial
from typing import cast

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from viewer.review.filtering import NO_FILTER, Filter, Span, Sure
from viewer.ui.labels.filter_choices import Choice, Choices
from viewer.ui.widgets.chips import button, quiet, row_of, titled
from viewer.ui.widgets.number_fields import inset_text
from viewer.ui.widgets.range_slider import RangeSlider

WIDTH_PX = 300
ROW_PX = 26
MOST_ROWS = 6  # of a list, before it scrolls
MOST_LISTED = 500
_SETS = (
    ("classes", "Labels"),
    ("authors", "Authors"),
    ("kinds", "Made by"),
    ("exports", "Exports"),
    ("scopes", "Said of or drawn"),
    ("planes", "Plane"),
    ("states", "State of the task"),
    ("answers", "Answers"),
    ("verdicts", "Verdict"),
)


class FilterPopup(QFrame):
    """The parts of the filter that say something about what is open."""

    changed = Signal(object)  # Filter
    answers_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._filter = NO_FILTER
        self.setObjectName("card")
        self.setFixedWidth(WIDTH_PX)
        self.lists = {name: _Checks(words) for name, words in _SETS}
        self._titles = {name: quiet(words) for name, words in _SETS}
        self.frames = _Frames()
        self.slider = RangeSlider("Probability")
        self.unsaid = QCheckBox("Labels without one too")
        self.read_answers = button("Read all answers")
        self.off = button("Take the filter off")
        self._probability = quiet("Probability")
        self._body = QWidget()
        self._scroll = QScrollArea()
        self._build()
        self._connect()

    def _build(self) -> None:
        body = QVBoxLayout(self._body)
        body.setContentsMargins(12, 4, 12, 4)
        body.setSpacing(4)
        for name in ("classes", "authors", "kinds", "exports"):
            self._add_list(body, name)
        for part in (self._probability, self.slider, self.unsaid):
            body.addWidget(part)
        body.addWidget(self.frames)
        for name in ("scopes", "planes", "states", "answers"):
            self._add_list(body, name)
        body.addWidget(self.read_answers)
        self._add_list(body, "verdicts")
        body.addStretch(1)
        self._scroll.setWidget(self._body)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        head = row_of(titled("Filter"), 1, self.off)
        head.setContentsMargins(12, 10, 12, 4)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 8)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self._scroll)
        self.read_answers.setToolTip("Each record is looked at once; the window stays usable.")

    def _add_list(self, body: QVBoxLayout, name: str) -> None:
        body.addWidget(self._titles[name])
        body.addWidget(self.lists[name])

    def _connect(self) -> None:
        for name, checks in self.lists.items():
            checks.changed.connect(partial(self._on_checked, name))
        self.frames.changed.connect(self._on_frames)
        self.slider.changed.connect(self._on_sure)
        self.unsaid.toggled.connect(self._on_sure)
        self.off.clicked.connect(lambda: self._take(NO_FILTER))
        self.read_answers.clicked.connect(self.answers_asked)

    def open_at(self, near: QWidget) -> None:
        """Open below the button that asks for it."""
        self.fit(near)
        self.show()
        self.setFocus()

    def fit(self, near: QWidget) -> None:
        """Take the room that the parts need, within the screen."""
        room = near.screen().availableGeometry()
        at = near.mapToGlobal(near.rect().bottomLeft())
        needed = self._body.sizeHint().height() + 60
        height = min(needed, room.height() - 40)
        self.setFixedHeight(height)
        left = max(min(at.x(), room.right() - WIDTH_PX), room.left())
        self.move(left, max(min(at.y() + 4, room.bottom() - height), room.top()))

    def show_choices(self, choices: Choices, wanted: Filter) -> None:
        """Show what can be chosen, and what is."""
        self._filter = wanted
        for name, words in _SETS:
            offered: Sequence[Choice] = getattr(choices, name)
            chosen = cast("frozenset[Hashable]", getattr(wanted, name))
            self.lists[name].show_choices(_listed(offered, chosen), chosen)
            more = f", {MOST_LISTED:,} of {len(offered):,}" if len(offered) > MOST_LISTED else ""
            self._titles[name].setText(f"{words}{more}")
            is_shown = len(offered) > 1 or bool(chosen)
            self.lists[name].setVisible(is_shown)
            self._titles[name].setVisible(is_shown)
        self.read_answers.setVisible(not choices.are_answers_known)
        self.frames.show_span(wanted.frames, choices.last_frame)
        self.show_probabilities(choices.probabilities)
        self.show_filter(wanted)

    def show_probabilities(self, values: NDArray[np.float32]) -> None:
        """Show how sure models are; nothing where none says it."""
        has_any = bool((~np.isnan(values)).any())
        for part in (self._probability, self.slider, self.unsaid):
            part.setVisible(has_any or self._filter.sure is not None)
        self.slider.show_values(values)

    def show_filter(self, wanted: Filter) -> None:
        """Show a filter that was changed elsewhere."""
        self._filter = wanted
        sure = wanted.sure or Sure()
        self.slider.show_range(sure.low, sure.high)
        self.unsaid.blockSignals(True)
        self.unsaid.setChecked(sure.keeps_unsaid)
        self.unsaid.blockSignals(False)
        self._say_probability()
        self.off.setEnabled(not wanted.is_empty)

    def _say_probability(self) -> None:
        low, high = self.slider.low, self.slider.high
        self._probability.setText(f"Probability {low:.2f}\N{EN DASH}{high:.2f}")

    def _on_checked(self, name: str, chosen: frozenset[Hashable]) -> None:
        self._change(**{name: chosen})

    def _on_frames(self, span: Span | None) -> None:
        self._change(frames=span)

    def _on_sure(self) -> None:
        sure = Sure(self.slider.low, self.slider.high, self.unsaid.isChecked())
        self._change(sure=None if sure == Sure() else sure)

    def _change(self, **parts: object) -> None:
        self._filter = replace(self._filter, **parts)
        self._say_probability()
        self.off.setEnabled(not self._filter.is_empty)
        self.changed.emit(self._filter)

    def _take(self, wanted: Filter) -> None:
        for checks in self.lists.values():
            checks.uncheck()
        self.frames.show_span(None, self.frames.last)
        self.show_filter(wanted)
        self.changed.emit(wanted)


def _listed(offered: Sequence[Choice], chosen: frozenset[Hashable]) -> Sequence[Choice]:
    """Return what has room in a list: of very many those that are chosen, and the first others."""
    if len(offered) <= MOST_LISTED:
        return offered
    return sorted(offered, key=lambda choice: choice.key not in chosen)[:MOST_LISTED]


class _Checks(QListWidget):
    """A list of what can be checked; nothing checked lets everything through."""

    changed = Signal(frozenset)

    def __init__(self, words: str) -> None:
        super().__init__()
        self._choices: Sequence[Choice] = ()
        self.setAccessibleName(words)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.itemChanged.connect(self._on_changed)

    def show_choices(self, choices: Sequence[Choice], chosen: Iterable[Hashable]) -> None:
        """List choices, with those that are chosen checked."""
        self.blockSignals(True)
        self.clear()
        self._choices, known = choices, set(chosen)
        for choice in choices:
            row = QListWidgetItem(choice.words)
            row.setToolTip(choice.words)
            is_on = choice.key in known
            row.setCheckState(Qt.CheckState.Checked if is_on else Qt.CheckState.Unchecked)
            self.addItem(row)
        self.blockSignals(False)
        self.setFixedHeight(min(len(choices), MOST_ROWS) * ROW_PX + 4)

    def uncheck(self) -> None:
        """Check nothing, without telling anybody."""
        self.show_choices(self._choices, ())

    def _on_changed(self) -> None:
        rows = zip(self._choices, map(self.item, range(self.count())), strict=True)
        on = Qt.CheckState.Checked
        self.changed.emit(frozenset(one.key for one, row in rows if row.checkState() == on))


class _Frames(QWidget):
    """From which slice or frame to which."""

    changed = Signal(object)  # Span or None

    def __init__(self) -> None:
        super().__init__()
        self.first, self.end = QSpinBox(), QSpinBox()
        self.last = 0
        inset_text(self.first, self.end)
        for box, words in ((self.first, "First slice or frame"), (self.end, "Last slice or frame")):
            box.setAccessibleName(words)
            box.setKeyboardTracking(False)
            box.valueChanged.connect(self._on_changed)
        layout = row_of(quiet("Slices"), self.first, quiet("to"), self.end, 1)
        self.setLayout(layout)

    def show_span(self, span: Span | None, last: int) -> None:
        """Show a span of what goes up to `last`, from 0; None is all of it."""
        self.last = last
        for box, value in ((self.first, span.first if span else 0), (self.end, last)):
            box.blockSignals(True)
            box.setRange(1, last + 1)
            box.setValue(value + 1)
            box.blockSignals(False)
        if span is not None:
            self.end.blockSignals(True)
            self.end.setValue(span.last + 1)
            self.end.blockSignals(False)
        self.setVisible(last > 0)

    def _on_changed(self) -> None:
        first, end = self.first.value() - 1, self.end.value() - 1
        is_all = first == 0 and end == self.last
        self.changed.emit(None if is_all else Span(min(first, end), max(first, end)))
