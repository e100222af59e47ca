"""The status bar's content: probe, then hint or job; at the right counts and what is unsaved."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QStackedLayout,
    QToolButton,
    QWidget,
)

from viewer.ui.widgets.chips import Elided
from viewer.ui.widgets.icons import icon

if TYPE_CHECKING:
    from viewer.session.session import Session

BAR_PX = 120


class StatusLine(QWidget):
    """One line of text and buttons; each button asks for the panel it speaks of.

    Until it follows a session it says only what it is told to say.
    """

    unplaced_asked = Signal()
    placed_asked = Signal()
    unsaved_asked = Signal()
    cancel_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session: Session | None = None
        self._hint: Callable[[], str] = str
        self.setObjectName("status")
        self.probe = QLabel()
        self.probe.setAccessibleName("Under the pointer")
        self.probe.setTextFormat(Qt.TextFormat.PlainText)
        self.hint = Elided()
        self.hint.setProperty("kind", "quiet")
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._show_hint)
        self.unplaced = _status_button("link-break", "caution")
        self.placed = _status_button("check-circle", "ok")
        self.unsaved = _status_button("floppy-disk", "text-2")
        self.job = _JobLine()
        self.show_probe("")
        self._middle = QStackedLayout()
        self._build()

    def follow(self, session: Session, hint_of: Callable[[Session], str]) -> None:
        """Show the counts of a session, and the hints for it, from now on."""
        self._session, self._hint = session, lambda: hint_of(session)
        session.said.connect(self.say)
        session.project_changed.connect(self._on_project)
        session.mode_changed.connect(self._show_hint)
        for changed in (
            session.media_changed,
            session.selection_changed,
            session.viewing.media_changed,
            session.viewing.look_changed,
        ):
            changed.connect(self._refresh_hint)
        self._on_project()

    def _build(self) -> None:
        self._middle.addWidget(self.hint)
        self._middle.addWidget(self.job)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 0, 4, 0)
        layout.setSpacing(12)
        layout.addWidget(self.probe)
        layout.addLayout(self._middle, 1)
        for part in (self.unplaced, self.placed, self.unsaved):
            layout.addWidget(part)
        for part in (self.unplaced, self.placed, self.unsaved):
            part.hide()  # nothing is open
        self.unplaced.clicked.connect(self.unplaced_asked)
        self.placed.clicked.connect(self.placed_asked)
        self.unsaved.clicked.connect(self.unsaved_asked)
        self.job.cancel.clicked.connect(self.cancel_asked)

    def show_probe(self, text: str) -> None:
        """Show position and value under the pointer; "" when it is on no picture."""
        self.probe.setText(text)
        self.probe.setVisible(bool(text))

    def say(self, sentence: str, seconds: float = 6.0) -> None:
        """Show one sentence for a while."""
        self.hint.setText(sentence)
        self._timer.start(round(1000 * seconds))

    def show_job(self, words: str, done: int, total: int) -> None:
        """Show a job in the hint's place: "Loading slices", 19 of 28 (total 0: not known)."""
        self.job.show_progress(words, done, total)
        self._middle.setCurrentIndex(1)

    def end_job(self) -> None:
        """Give the place back to the hint."""
        self._middle.setCurrentIndex(0)

    def _show_hint(self) -> None:
        """Show what the hand may do now."""
        self._timer.stop()
        self.hint.setText(self._hint())

    def _refresh_hint(self) -> None:
        if not self._timer.isActive():
            self._show_hint()

    def _on_project(self) -> None:
        session = self._session
        if session is None:
            return
        counts = session.matches.counts()
        placed = counts.get("", 0)
        unplaced = sum(counts.values()) - placed
        has_labels = bool(session.project.exports)
        self.unplaced.setVisible(unplaced > 0)
        self.unplaced.setText(f"{unplaced:,} not placed")
        reasons = [f"{count:,} {reason}" for reason, count in counts.items() if reason and count]
        self.unplaced.setToolTip("\n".join(reasons))
        self.placed.setVisible(has_labels)
        self.placed.setText(f"{placed:,} placed")
        self.unsaved.setVisible(has_labels)
        self._say_unsaved(session)
        self._refresh_hint()

    def _say_unsaved(self, session: Session) -> None:
        history = session.history
        count = len(history.unsaved_labels)
        if not count:
            self.unsaved.setText("No changes")
            self.unsaved.setIcon(icon("floppy-disk", role="text-2"))
        else:
            words = "1 label changed" if count == 1 else f"{count:,} labels changed"
            self.unsaved.setText(f"{words}, not saved")
            self.unsaved.setIcon(icon("warning-circle", role="caution"))


def _status_button(icon_name: str, role: str) -> QToolButton:
    made = QToolButton()
    made.setProperty("kind", "status")
    made.setIcon(icon(icon_name, role=role))
    made.setIconSize(QSize(14, 14))
    made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    return made


class _JobLine(QWidget):
    """What runs, how far it is, and Cancel."""

    def __init__(self) -> None:
        super().__init__()
        self._words = QLabel()
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(BAR_PX)
        self._bar.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._count = QLabel()
        self._count.setProperty("kind", "quiet")
        self.cancel = QPushButton("Cancel")
        self.cancel.setObjectName("small")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for part in (self._words, self._bar, self._count, self.cancel):
            layout.addWidget(part)
        layout.addStretch(1)

    def show_progress(self, words: str, done: int, total: int) -> None:
        """Show how far a job is; a bar without an end where no count exists."""
        self._words.setText(words)
        self._bar.setMaximum(total)
        self._bar.setValue(done)
        self._bar.setAccessibleName(words)
        self._count.setText(f"{done:,} of {total:,}" if total else "")
