"""What reading and checking found, worst first."""

from __future__ import annotations

import re

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QGuiApplication, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QStackedLayout,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from viewer.errors import Issue, Severity
from viewer.model.counted import counted
from viewer.review.binding import Bindings
from viewer.session.session import Session
from viewer.ui.widgets.chips import button, quiet, row_of, titled
from viewer.ui.widgets.icons import paint_icon
from viewer.ui.widgets.theme import color, font_of

SIGNS: dict[Severity, tuple[str, str]] = {
    "error": ("x-circle", "bad"),
    "warning": ("warning", "caution"),
    "note": ("info", "text-2"),
}
ORDER: tuple[Severity, ...] = ("error", "warning", "note")
MOST = 2_000
SEVERITY_ROLE = Qt.ItemDataRole.UserRole + 3
SOURCE_ROLE = Qt.ItemDataRole.UserRole + 4
INSET = 8
SIGN_PX = 16
SOURCE_PX = 18  # a line that names the export
SENTENCE_LEFT = 38
WRAPPED = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
Index = QModelIndex | QPersistentModelIndex


class IssuesPanel(QWidget):
    """One row per issue; Ctrl+C copies the selected sentences."""

    count_changed = Signal(int)  # errors and warnings
    report_asked = Signal()  # what the exports' images are shown on

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._shown: tuple[list[Issue], dict[Issue, str]] | None = None
        self.list = _Sentences()
        self._stack = QStackedLayout()
        empty = QWidget()
        inside = QVBoxLayout(empty)
        inside.setContentsMargins(12, 24, 12, 12)
        inside.addWidget(titled("Nothing to mend"), 0, Qt.AlignmentFlag.AlignHCenter)
        words = quiet("Everything that was opened could be read.")
        words.setWordWrap(True)
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        inside.addWidget(words)
        inside.addStretch(1)
        self._stack.addWidget(empty)
        self._stack.addWidget(self.list)
        self._more = QLabel()
        self._more.setProperty("kind", "quiet")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.addLayout(self._stack, 1)
        layout.addWidget(self._more)
        self.report = button("Labels and images...", "quiet", "link")
        self.report.clicked.connect(self.report_asked)
        foot = row_of(self.report, 1)
        foot.setContentsMargins(8, 0, 8, 6)
        layout.addLayout(foot)
        session.media_changed.connect(self._refresh)
        session.project_changed.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        self.report.setVisible(bool(self._session.matches.lookup.bindings))
        found = issues_of(self._session)
        sources = sources_of(self._session)
        if (found, sources) == self._shown:
            return
        self._shown = found, sources
        self.list.clear()
        for issue in found[:MOST]:
            self.list.addItem(_row(issue, sources.get(issue, "")))
        self._stack.setCurrentIndex(1 if found else 0)
        self._more.setVisible(len(found) > MOST)
        self._more.setText(f"{len(found) - MOST:,} more")
        self.count_changed.emit(sum(issue.severity != "note" for issue in found))


def issues_of(session: Session) -> list[Issue]:
    """Return the issues of media, exports and reading; errors first."""
    found = [*session.issues]
    found += [issue for media in session.media for issue in media.issues]
    found += [issue for export in session.project.exports.values() for issue in export.issues]
    found += [issue for said in session.unimportable.values() for issue in said]
    if session.matches.solids is not None:
        found += session.matches.solids.issues
    bindings = session.matches.lookup.bindings
    found += [
        binding_issue(export.title, bindings[export.id])
        for export in session.project.exports.values()
        if export.id in bindings and bindings[export.id].open_questions
    ]
    return sorted(dict.fromkeys(found), key=lambda issue: ORDER.index(issue.severity))


def sources_of(session: Session) -> dict[Issue, str]:
    """Return which export each issue is about, where several are open and it does not say so."""
    exports = session.project.exports.values()
    if len(exports) < 2:
        return {}
    return {
        issue: export.title
        for export in exports
        for issue in export.issues
        if export.title not in issue.sentence
    }


def binding_issue(title: str, bindings: Bindings) -> Issue:
    """Return one sentence on the entries of an export that are not found, or doubtful."""
    missing = sum(one.index < 0 for one in bindings.open_questions)
    doubtful = len(bindings.open_questions) - missing
    words = [f"{missing:,} {'is' if missing == 1 else 'are'} not found"] if missing else []
    words += [f"{doubtful:,} {'is' if doubtful == 1 else 'are'} doubtful"] if doubtful else []
    images = counted(len(bindings.entries), "image")
    sentence = (
        f"Of the {images} that {title} names,"
        f" {' and '.join(words)}; see Labels and images (Ctrl+L)."
    )
    return Issue("warning", "images-doubtful", sentence, title)


def breakable(sentence: str) -> str:
    """Return a sentence whose long file names may go over two lines."""
    return re.sub(r"(?<=[^\W_]_)(?=[^\W_])", "\u200b", sentence)


def _row(issue: Issue, source: str) -> QListWidgetItem:
    row = QListWidgetItem(issue.sentence)
    row.setData(SEVERITY_ROLE, issue.severity)
    row.setData(SOURCE_ROLE, source)
    where = issue.where if source in issue.where else f"{source}\n{issue.where}"
    row.setToolTip(f"{issue.sentence}\n{where}".strip())
    named = f"{source}: {issue.sentence}" if source else issue.sentence
    row.setData(Qt.ItemDataRole.AccessibleTextRole, f"{issue.severity}: {named}")
    return row


class _Delegate(QStyledItemDelegate):
    """A sign, a sentence that wraps to the width of the list, and its export below it."""

    def __init__(self, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        width = self._view.viewport().width()
        room = QRect(0, 0, width - SENTENCE_LEFT - INSET, 10_000)
        text = QFontMetrics(font_of(13)).boundingRect(room, WRAPPED, breakable(index.data()))
        source = SOURCE_PX if index.data(SOURCE_ROLE) else 0
        return QSize(width, text.height() + source + 2 * INSET)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        rect: QRect = option.rect  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
        state: QStyle.StateFlag = option.state  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, color("accent-soft"))
        name, token = SIGNS[index.data(SEVERITY_ROLE)]
        sign = QRectF(rect.left() + 12, rect.top() + INSET, SIGN_PX, SIGN_PX)
        paint_icon(painter, sign, name, token)
        painter.setFont(font_of(13))
        painter.setPen(color("text"))
        room = rect.adjusted(SENTENCE_LEFT, INSET, -INSET, -INSET)
        painter.drawText(room, WRAPPED, breakable(index.data()))
        if source := index.data(SOURCE_ROLE):
            painter.setFont(font_of(11))
            painter.setPen(color("text-2"))
            middle = Qt.TextElideMode.ElideMiddle
            words = painter.fontMetrics().elidedText(source, middle, room.width())
            painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, words)
        painter.restore()


class _Sentences(QListWidget):
    """A list whose sentences wrap and can be copied."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("sentences")
        self.setItemDelegate(_Delegate(self))
        self.setAccessibleName("Issues")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.setWordWrap(True)  # else rows are not measured anew when the scroll bar takes width

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy with Ctrl+C; the rest is the list's."""
        if event.matches(QKeySequence.StandardKey.Copy):
            chosen = [item.text() for item in self.selectedItems()]
            QGuiApplication.clipboard().setText("\n".join(chosen))
        else:
            super().keyPressEvent(event)
