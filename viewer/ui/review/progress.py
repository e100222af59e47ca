"""The strip under the picture: one cell per target of the worklist, and the counts in words."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from viewer.review.worklist import Counts, State
from viewer.session.session import Session
from viewer.ui.review.targets import SIGNS
from viewer.ui.widgets.chips import Picture, quiet, titled
from viewer.ui.widgets.theme import color

HEIGHT_PX = 44
CELL_PX = 14  # high
WIDEST_PX = 10.0
LEAST_PX = 2.0  # of a cell; where there are more, some share one
# What a cell that stands for several says: the first of these that one of them is.
WORST = (
    State.REJECTED,
    State.NEEDS_CHANGE,
    State.OPEN,
    State.CORRECTED,
    State.ACCEPTED,
    State.GONE,
)
TOKENS = {
    State.OPEN: "divider",
    State.ACCEPTED: "ok",
    State.CORRECTED: "caution",
    State.REJECTED: "bad",
    State.NEEDS_CHANGE: "caution",
    State.GONE: "panel",
}
COUNTED: tuple[tuple[State, str, str, str], ...] = (
    (State.ACCEPTED, "accepted", "accepted", "accepted"),
    (State.CORRECTED, "corrected", "corrected", "corrected"),
    (State.NEEDS_CHANGE, "needs_change", "needs change", "need a change"),
    (State.REJECTED, "rejected", "rejected", "rejected"),
)


class CellBar(QWidget):
    """The states of a worklist side by side, in its order; a click goes to one."""

    asked = Signal(int)  # position

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        """A low bar."""
        return QSize(120, CELL_PX + 10)

    @property
    def pitch(self) -> float:
        """Width of one target in px, with the gap behind it."""
        return min(self.width() / max(len(self._session.work.states), 1), WIDEST_PX)

    def position_at(self, x: float) -> int | None:
        """Return the target whose cell is at a place, None beyond the last."""
        position = int(x // self.pitch)
        return position if 0 <= position < len(self._session.work.states) else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the target there."""
        position = self.position_at(event.position().x())
        if position is not None:
            self.asked.emit(position)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint a cell for each target, or for several where there is no room."""
        work = self._session.work
        cells, width = shared_cells(work.states, self.width())
        top = (self.height() - CELL_PX) / 2
        with QPainter(self) as painter:
            for number, state in enumerate(cells.tolist()):
                low = 0.0 if state != State.NEEDS_CHANGE else CELL_PX / 2  # told without colour
                place = QRectF(
                    number * width, top + low, width - 1 if width >= 3 else width, CELL_PX - low
                )
                painter.fillRect(place, color(TOKENS[State(state)]))
            if work.position is not None:
                at = work.position * self.pitch
                mark = QRectF(at, top - 3, max(self.pitch - 1, 3.0), CELL_PX + 6)
                painter.fillRect(mark, color("text"))


def shared_cells(states: NDArray[np.int8], width_px: int) -> tuple[NDArray[np.int8], float]:
    """Return the state of each cell and the width of one in px.

    Where targets are more than cells that can be told apart, one stands for several of them: for
    what needs care first, for what is open before what is accepted.
    """
    count = len(states)
    most = max(int(width_px // LEAST_PX), 1)
    if count <= most:
        return states, min(width_px / max(count, 1), WIDEST_PX)
    rank = np.empty(len(State), dtype=np.int8)
    rank[list(WORST)] = np.arange(len(WORST))
    starts = np.arange(most) * count // most
    worst = np.minimum.reduceat(rank[states], starts)
    return np.array(WORST, dtype=np.int8)[worst], width_px / most


class ProgressStrip(QWidget):
    """Where one is in the worklist, its cells, and how many are in which state."""

    asked = Signal(int)  # position

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT_PX)
        self.setAccessibleName("Progress")
        self.number = titled("", "subject")
        self._total = quiet()
        self.bar = CellBar(session)
        self.bar.asked.connect(self.asked)
        self._counts: dict[State, tuple[QWidget, QLabel]] = {}
        self.left = quiet()
        self._build()
        self.refresh()

    def _build(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 0, 12, 0)
        layout.setSpacing(4)
        layout.addWidget(self.number)
        layout.addWidget(self._total)
        layout.addSpacing(8)
        layout.addWidget(self.bar, 1)
        for state, *_ in COUNTED:
            sign = SIGNS[state]
            picture, words = Picture(sign.icon, 16, sign.token), QLabel()
            layout.addSpacing(8)
            layout.addWidget(picture)
            layout.addWidget(words)
            self._counts[state] = (picture, words)
        layout.addSpacing(8)
        layout.addWidget(self.left)

    def refresh(self) -> None:
        """Show the worklist as it stands."""
        work = self._session.work
        counts = work.counts
        self.number.setText(f"{work.number:,}")
        self._total.setText(f"of {counts.total:,}")
        for state, name, one, many in COUNTED:
            count: int = getattr(counts, name)
            picture, words = self._counts[state]
            words.setText(f"{count:,} {one if count == 1 else many}")
            is_told = count > 0 or state in (State.ACCEPTED, State.REJECTED)
            picture.setVisible(is_told)
            words.setVisible(is_told)
        self.left.setText(f"{counts.left:,} left")
        self.bar.setAccessibleName(f"{work.number:,} of {count_words(counts)}")
        self.bar.update()


def count_words(counts: Counts) -> str:
    """Return the counts in words: "120: 49 accepted, 6 rejected, 65 left"."""
    parts = [f"{getattr(counts, name):,} {one}" for _, name, one, _ in COUNTED]
    told = [part for part in parts if not part.startswith("0 ")]
    return f"{counts.total:,}: {', '.join([*told, f'{counts.left:,} left'])}"
