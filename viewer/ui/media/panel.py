"""The panel of media: series with thumbnails, the exports over them, and what could not be read."""

from __future__ import annotations

from functools import partial

import numpy as np
from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from viewer.errors import Issue
from viewer.formats import FORMATS
from viewer.model.counted import counted
from viewer.model.export_words import export_words
from viewer.model.project import Export
from viewer.session.jobs import Jobs
from viewer.session.playable import series_title
from viewer.session.session import Session
from viewer.ui.labels.look_popup import LookButton, LookPopup
from viewer.ui.media.delegate import INSET_PX, MEDIA_ROLE, MediaDelegate, MediaItem
from viewer.ui.media.issues_panel import issues_of
from viewer.ui.media.series_facts import cautions, companions_of, count_words, oddities, told_apart
from viewer.ui.media.thumbnails import Thumbnails
from viewer.ui.widgets.chips import PART_GAP, Chip, Elided, Parts, divider, row_of, titled
from viewer.ui.widgets.facts import Fold, Sentence
from viewer.ui.widgets.icons import icon
from viewer.ui.widgets.theme import color

FORMAT_TITLES = {known.name: known.title for known in FORMATS}
MOST_PROBLEMS = 200
PLAYED = ("play.toggle", "frame.previous", "frame.next", "frame.back10", "frame.on10")
MOST_EXPORTS = 4  # more of them are scrolled
FEW_EXPORTS = 2  # the most in a low one
LOW_PX = 580  # of media and labels together: a window of 1080 px at 2x, or one with a timeline
PEEP_PX = 14  # of the next one, so that it is seen that there is more
LEAST_SENTENCES_PX = 100  # of them, where there are so many
SENTENCES_PX = 168  # more of them are scrolled


class MediaPanel(QWidget):
    """Selecting a row shows the media."""

    add_asked = Signal()
    unplaced_asked = Signal()

    def __init__(
        self, session: Session, parent: QWidget | None = None, jobs: Jobs | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._thumbs = Thumbnails(jobs, self._show_row)
        self._is_following = False
        self._apart: tuple[str, ...] = ()
        self.list = MediaList()
        self.list.setItemDelegate(MediaDelegate(self.list))
        self.list.setAccessibleName("Series and images")
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMouseTracking(True)
        rows = QWidget()
        self.exports = QVBoxLayout(rows)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(rows)
        self._export_rows: dict[str, ExportRow] = {}
        self.problems = Problems()
        self.looks = LookPopup(session, self)
        self._build()
        session.media_changed.connect(self._on_media)
        session.pixels_changed.connect(self._on_pixels)
        session.project_changed.connect(self._on_project)
        session.display.changed.connect(self._show_eyes)
        session.viewing.media_changed.connect(self._on_shown)
        self.list.currentRowChanged.connect(self._on_row)
        self._on_media()

    def _build(self) -> None:
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        add = QToolButton()
        add.setIcon(icon("folder-plus", role="text-2"))
        add.setIconSize(QSize(16, 16))
        add.setToolTip("Open a folder (Ctrl+O)")
        add.setAccessibleName("Open a folder")
        add.clicked.connect(self.add_asked)
        head = QHBoxLayout()
        head.setContentsMargins(12, 4, 8, 2)
        head.addWidget(titled("Media"))
        head.addStretch(1)
        head.addWidget(add)
        self.exports.setContentsMargins(7, 4, 12, 4)
        self.exports.setSpacing(4)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self.list, 1)
        layout.addWidget(divider())
        layout.addWidget(self._scroll)
        layout.addWidget(self.problems)

    def _on_media(self) -> None:
        self._thumbs.forget()
        self._is_following = True
        self.list.clear()
        media, series = self._session.media, self._session.viewing.series
        self._apart = told_apart([media[points[0]] for points in series])
        for number, points in enumerate(self._session.viewing.series):
            item = self._item(number)
            row = QListWidgetItem()
            row.setData(MEDIA_ROLE, item)
            row.setData(Qt.ItemDataRole.AccessibleTextRole, item.words)
            row.setToolTip(self._tip(item, points))
            self.list.addItem(row)
        self._is_following = False
        for number, points in enumerate(self._session.viewing.series):
            self._thumbs.ask(number, self._session.media[points[0]])
        self._on_shown()
        self._on_project()

    def _on_project(self) -> None:
        for number in range(self.list.count()):
            self._show_row(number)
        self._show_exports()
        found = issues_of(self._session)
        self.problems.show_issues([issue for issue in found if issue.severity != "note"])

    def _show_row(self, number: int) -> None:
        if number < min(self.list.count(), len(self._session.viewing.series)):
            self.list.item(number).setData(MEDIA_ROLE, self._item(number))

    def _on_pixels(self, media: int) -> None:
        for number, points in enumerate(self._session.viewing.series):
            if media in points and media < len(self._session.media):
                self._thumbs.ask(number, self._session.media[media])

    def _on_shown(self) -> None:
        shown = self._session.viewing.series_number
        self._is_following = True
        self.list.setCurrentRow(-1 if shown is None else shown)
        self._is_following = False

    def _on_row(self, number: int) -> None:
        if not self._is_following and number >= 0:
            self._session.places.leave()
            self._session.viewing.show_series(number)

    def _item(self, number: int) -> MediaItem:
        session = self._session
        points = session.viewing.series[number]
        volumes = [session.media[point] for point in points]
        media = volumes[0]
        return MediaItem(
            title=series_title(media),
            below=PART_GAP.join(filter(None, (count_words(media, volumes), self._apart[number]))),
            caution=cautions(media),
            labels=sum(session.matches.labels_on_media(point) for point in points),
            thumb=self._thumbs.of(number),
        )

    def _tip(self, item: MediaItem, points: tuple[int, ...]) -> str:
        """The row in words: size, oddities, and what refers to the series."""
        media = self._session.media[points[0]]
        dx, dy = media.spacing_mm
        size = f"{media.columns} × {media.rows} px"
        spacing = f"{dx:.3g} × {dy:.3g} mm per pixel" if media.is_calibrated else "not calibrated"
        beside = companions_of(media, self._session.companions)
        return "\n".join([item.title, item.below, f"{size}, {spacing}", *oddities(media), *beside])

    def _show_exports(self) -> None:
        shown = self._session.project.exports
        words = export_words(self._session.project)
        for gone in [name for name in self._export_rows if name not in shown]:
            row = self._export_rows.pop(gone)
            row.hide()
            row.deleteLater()
        for export in shown.values():
            row = self._export_rows.get(export.id)
            if row is None:
                row = self._export_rows[export.id] = ExportRow()
                row.chip.clicked.connect(self.unplaced_asked)
                row.eye.clicked.connect(partial(self._turn_eye, export.id))
                row.look.clicked.connect(partial(self._open_look, export.id))
                self.exports.addWidget(row)
            row.show_export(export, words[export.id], *self._counts(export))
        self.fit_exports()
        self._show_eyes()

    def fit_exports(self) -> None:
        """Give the exports the height that they need, or that of a few; more are scrolled.

        In a low window, such as one at 2x, fewer of them are seen, so that all panels fit and
        series keep their rows.
        """
        self._scroll.setVisible(bool(self._export_rows))
        is_low = (self.parentWidget() or self).height() < LOW_PX
        self._scroll.setFixedHeight(self._height_of(FEW_EXPORTS if is_low else MOST_EXPORTS))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the exports to the window's new height."""
        super().resizeEvent(event)
        self.fit_exports()

    def _height_of(self, most: int) -> int:
        """Return the height of the first exports, and of a peep of the next one."""
        rows = list(self._export_rows.values())[:most]
        margins, gap = self.exports.contentsMargins(), self.exports.spacing()
        height = sum(row.sizeHint().height() + gap for row in rows) - gap
        peep = gap + PEEP_PX if len(self._export_rows) > most else 0
        return max(height, 0) + peep + margins.top() + margins.bottom()

    def _turn_eye(self, export: str) -> None:
        display = self._session.display
        display.set_export_hidden(export, hidden=export not in display.hidden_exports)

    def _open_look(self, export: str) -> None:
        self.looks.open_at(self._export_rows[export].look, self._session.project.exports[export])

    def _show_eyes(self) -> None:
        """Show how exports' labels are drawn, if at all; one alone is hidden with all labels."""
        display = self._session.display
        hidden = display.hidden_exports
        for id, row in self._export_rows.items():
            row.look.show_look(display.look_of(id), row.name.text())
            row.show_eye(
                is_open=id not in hidden, is_there=len(self._export_rows) > 1 or id in hidden
            )

    def _counts(self, export: Export) -> tuple[int, int]:
        """Return how many labels an export holds now, and how many are not placed."""
        matches = self._session.matches
        rows = matches.rows.get(export.id)
        reasons = rows.reasons if rows is not None else np.zeros(0, dtype=np.int8)
        labels, unplaced = len(reasons), int((reasons > 0).sum())
        for id, edit in self._session.project.annotations.edits_of(export.id).items():
            if not id.new:
                labels -= 1
                unplaced -= int(reasons[id.ordinal] > 0)
            if edit is not None:
                labels += 1
                unplaced += int(matches.reason_of(id) != "")
        return labels, unplaced


class MediaList(QListWidget):
    """The list; empty it says so. Keys that play and step work here as they do in the views."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Play, or go on or back by frames; all other keys go through the rows."""
        pressed = QKeySequence(event.keyCombination())
        actions = [self.window().findChild(QAction, name) for name in PLAYED]
        for action in actions:
            if action is not None and action.isEnabled() and pressed in action.shortcuts():
                action.trigger()
                return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows, or the words in their place."""
        super().paintEvent(event)
        if not self.count():
            with QPainter(self.viewport()) as painter:
                painter.setPen(color("text-2"))
                top_left = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft
                room = self.viewport().rect().adjusted(INSET_PX, 4, -INSET_PX, 0)
                painter.drawText(room, top_left, "No images open")


class ExportRow(QFrame):
    """One export: file name, vendor, counts, and how many labels found no picture."""

    def __init__(self) -> None:
        super().__init__()
        self.name = Elided(mode=Qt.TextElideMode.ElideMiddle)
        self.name.setProperty("kind", "name")
        self.below = Parts()
        self.below.setProperty("kind", "quiet")
        self.chip = Chip("caution", "link-break")
        self.look = LookButton()
        self.look.setAutoRaise(True)
        self.eye = QToolButton()
        self.eye.setCheckable(True)
        self.eye.setAutoRaise(True)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(self.name)
        texts.addLayout(row_of(self.below, self.chip, spacing=6))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.look)
        layout.addLayout(texts, 1)
        layout.addWidget(self.eye)

    def contextMenuEvent(self, _event: QContextMenuEvent) -> None:
        """Open what the button before the name opens, wherever on the row it is asked for."""
        self.look.click()

    def show_eye(self, *, is_open: bool, is_there: bool) -> None:
        """Show whether the export's labels are drawn.

        Args:
            is_open: they are.
            is_there: the eye can be closed and opened here.
        """
        self.eye.setChecked(is_open)
        self.eye.setIcon(icon("eye" if is_open else "eye-slash"))
        words = f"Hide the labels of {self.name.text()}"
        self.eye.setToolTip(words if is_open else words.replace("Hide", "Show"))
        self.eye.setAccessibleName(self.eye.toolTip())
        self.eye.setVisible(is_there)

    def show_export(self, export: Export, name: str, labels: int, unplaced: int) -> None:
        """Show an export with its numbers, under a name that no other has."""
        self.name.setText(name)
        vendor = FORMAT_TITLES.get(export.format, export.format)
        placed = f"{labels - unplaced:,} placed"
        self.below.setText(PART_GAP.join((vendor, counted(labels, "label"), placed)))
        tip = f"{counted(unplaced, 'label')} not placed"
        self.chip.say(f"{unplaced:,}" if unplaced else "", tip)


class Problems(QWidget):
    """The number of problems, folded; below it the sentences, to be selected and copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sentences = Sentence()
        self.fold = Fold("", self.sentences)
        self.fold.set_open(False)
        self.sentences.setMaximumHeight(SENTENCES_PX)
        self.sentences.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(divider())
        layout.addWidget(self.fold)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._show_menu)

    @property
    def is_open(self) -> bool:
        """The sentences are there."""
        return not self.isHidden() and self.fold.head.isChecked()

    def show_issues(self, issues: list[Issue]) -> None:
        """Show these; nothing at all when there are none."""
        count = len(issues)
        self.setVisible(count > 0)
        self.fold.set_title(counted(count, "problem"))
        lines = [issue.sentence for issue in issues[:MOST_PROBLEMS]]
        if count > MOST_PROBLEMS:
            lines.append(f"{count - MOST_PROBLEMS:,} more are in the Issues list.")
        self.sentences.setText("\n\n".join(lines))

        self._keep_lines()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap the sentences anew."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._keep_lines()

    def _keep_lines(self) -> None:
        """Never show less than a few lines, where there are so many."""
        needed = self.sentences.heightForWidth(max(self.width() - 32, 1))
        self.sentences.setMinimumHeight(min(needed, LEAST_SENTENCES_PX))

    def _show_menu(self, at: QPoint) -> None:
        self._menu().popup(self.mapToGlobal(at))

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        text = self.sentences.text()
        menu.addAction(icon("copy"), "Copy all", lambda: QGuiApplication.clipboard().setText(text))
        return menu
