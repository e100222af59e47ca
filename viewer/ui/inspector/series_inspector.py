"""What the inspector says while no label is selected: the series shown, what is odd, its facts."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from viewer.errors import Issue
from viewer.session.playable import series_title
from viewer.session.session import Session
from viewer.ui.media.issues_panel import SIGNS
from viewer.ui.media.series_facts import (
    companions_of,
    count_words,
    facts_of,
    findings_of,
)
from viewer.ui.widgets.chips import Elided, Picture, divider, quiet
from viewer.ui.widgets.facts import Facts, Fold, Value

KEY_PX = 106
MOST = 30  # sentences; all of them are in Issues
NOTHING_ODD = Issue("note", "nothing-odd", "Nothing odd was found.")


class SeriesInspector(QWidget):
    """Subject, meta line and folding sections of the series that is shown."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.title = Elided()
        self.title.setProperty("kind", "subject")
        self.meta = Elided()
        self.meta.setProperty("kind", "quiet")
        self.hint = quiet()
        self.hint.setWordWrap(True)
        self.findings = Findings()
        self.companions = Findings()
        self.facts = Facts(KEY_PX, wraps=True)
        self.sections = {
            "health": Fold("Series health", self.findings),
            "companions": Fold("Beside the images", self.companions),
            "facts": Fold("Series", self.facts),
        }
        self._dividers = {name: divider() for name in self.sections}
        self._build()

    def _build(self) -> None:
        head = QWidget()
        inside = QVBoxLayout(head)
        inside.setContentsMargins(12, 10, 8, 8)
        inside.setSpacing(6)
        for part in (self.title, self.meta, self.hint):
            inside.addWidget(part)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(head)
        for name, section in self.sections.items():
            layout.addWidget(self._dividers[name])
            layout.addWidget(section)
        layout.addStretch(1)

    def refresh(self, hint: str) -> None:
        """Show the series of the session, and what to do to see a label's facts instead."""
        session = self._session
        media = session.current
        if media is None:
            return
        points = [session.media[number] for number in session.viewing.points]
        self.title.setText(series_title(media))
        self.meta.setText(count_words(media, points))
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))
        found = findings_of(media)
        self.findings.show_issues(found or (NOTHING_ODD,))
        beside = companions_of(media, session.companions)
        self.companions.show_issues([Issue("note", "companion", words) for words in beside])
        for part in (self.sections["companions"], self._dividers["companions"]):
            part.setVisible(bool(beside))
        self.facts.show_rows(facts_of(media))


class Findings(QWidget):
    """Sentences, each beside the sign of its severity; they can be selected and copied."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[Issue, ...] = ()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)
        self._parts: list[QWidget] = []

    @property
    def sentences(self) -> tuple[str, ...]:
        """What is shown."""
        return tuple(issue.sentence for issue in self._shown)

    def show_issues(self, issues: Sequence[Issue]) -> None:
        """Show these; above a limit the rest is counted."""
        shown = tuple(issues[:MOST])
        if len(issues) > MOST:
            words = f"{len(issues) - MOST:,} more are in the Issues list."
            shown = (*shown, Issue("note", "more", words))
        if shown == self._shown:
            return
        self._shown = shown
        for part in self._parts:
            self._grid.removeWidget(part)
            part.hide()
            part.deleteLater()
        self._parts = []
        for number, issue in enumerate(shown):
            self._add(number, issue)

    def _add(self, number: int, issue: Issue) -> None:
        name, token = SIGNS[issue.severity]
        sign = Picture(name, 16, token)
        words = Value()
        words.say(issue.sentence)
        words.name(f"{issue.severity}: {issue.sentence}")
        self._grid.addWidget(sign, number, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(words, number, 1)
        self._parts += [sign, words]
