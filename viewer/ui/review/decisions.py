"""The last decisions with their times; a click goes to one."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from viewer.model.verdict import Target, Verdict
from viewer.session.commands import Judge
from viewer.session.session import Session
from viewer.ui.review.targets import SIGNS, name_of_target, outcome_words, state_of_verdict
from viewer.ui.widgets.icons import paint_icon
from viewer.ui.widgets.theme import color, font_of

MOST = 5
ROW_PX = 26
LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight


class DecisionRow(QAbstractButton):
    """One decision: its sign, what and where, and when."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.target: Target | None = None
        self._icon = self._token = self._time = ""
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_decision(self, number: int, name: str, target: Target, verdict: Verdict) -> None:
        """Show what was decided of a target; `number` is its place in the worklist, 0 for none."""
        sign = SIGNS[state_of_verdict(verdict)]
        self.target = target
        said = verdict.judgement is None
        self._icon, self._token = ("chat-text", "text-2") if said else (sign.icon, sign.token)
        self._time = local_time(verdict.time)
        outcome = outcome_words(verdict)
        head = f"{number:,} {name}" if number else name
        self.setText(f"{head}: {outcome}" if outcome else head)
        self.setToolTip(self.text())
        self.setAccessibleName(f"{self.text()}, {sign.word}, {self._time}")
        self.update()

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(120, max(ROW_PX, QFontMetrics(font_of(12)).height() + 8))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the line."""
        rect = self.rect()
        with QPainter(self) as painter:
            if self.underMouse():
                painter.fillRect(rect, color("hover"))
            sign = QRectF(2, rect.center().y() - 6.5, 14, 14)
            paint_icon(painter, sign, self._icon, self._token, filled=True)
            painter.setFont(font_of(12))
            painter.setPen(color("text-2"))
            painter.drawText(rect.adjusted(0, 0, -2, 0), RIGHT, self._time)
            time_px = painter.fontMetrics().horizontalAdvance(self._time) + 10
            room = rect.adjusted(24, 0, -time_px, 0)
            painter.setPen(color("text"))
            words = painter.fontMetrics().elidedText(
                self.text(), Qt.TextElideMode.ElideRight, room.width()
            )
            painter.drawText(room, LEFT, words)
            if self.hasFocus():
                painter.setPen(color("accent"))
                painter.drawRect(rect.adjusted(0, 0, -1, -1))


class Decisions(QWidget):
    """The last decisions, newest first."""

    asked = Signal(object)  # Target

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self.rows = [DecisionRow() for _ in range(MOST)]
        for row in self.rows:
            row.clicked.connect(lambda _checked=False, row=row: self.asked.emit(row.target))
            layout.addWidget(row)
        self.refresh()

    def refresh(self) -> None:
        """Show them as they stand."""
        session = self._session
        decided = last_decisions(session, MOST)
        for row, target in zip(self.rows, decided, strict=False):
            position = session.work.worklist.position_of(target)
            number = 0 if position is None else position + 1
            row.show_decision(number, name_of_target(session, target), target, decided[target])
        for place, row in enumerate(self.rows):
            row.setVisible(place < len(decided))


def last_decisions(session: Session, most: int) -> Mapping[Target, Verdict]:
    """Return the targets judged last, newest first, each with what is said of it now.

    Those of this sitting by the history, those read back from before by their times.
    """
    verdicts = session.project.verdicts
    found: dict[Target, Verdict] = {}
    for target in islice(_judged(session), 4 * most):
        if target in verdicts and len(found) < most:
            found.setdefault(target, verdicts[target])
    before = session.history.opened.verdicts
    if len(found) < most and len(before):
        newest = heapq.nlargest(2 * most, before.items(), key=lambda one: one[1].time)
        for target, _ in newest:
            if target in verdicts and len(found) < most:
                found.setdefault(target, verdicts[target])
    return found


def _judged(session: Session) -> Iterator[Target]:
    """Yield what the steps of this sitting judged, newest first."""
    for step in reversed(session.history.steps):
        if isinstance(step.command, Judge):
            yield from (target for target, _ in step.command.said)


def local_time(stamp: str) -> str:
    """Return hour and minute of an ISO 8601 stamp as the clock on the wall has them."""
    try:
        return datetime.fromisoformat(stamp).astimezone().strftime("%H:%M")
    except ValueError:
        return ""
