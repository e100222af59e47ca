"""The page shown while nothing is open: where to drop, three doors, the first keys."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from viewer.ui.widgets.chips import Elided, Picture, divider, key_cap, quiet, row_of, titled
from viewer.ui.widgets.file_drag import FileDrag
from viewer.ui.window.recent import GoOnStrip, RecentList, RecentRow

PAGE_PX = 1080
MOST_ROWS = 4  # so that all fits on the smallest screen
DOORS = (
    ("demo", "play-circle", "Open the demo study", "A chest phantom with labels", "Ctrl+Shift+D"),
    ("folder", "folder-open", "Open a folder", "Images, videos, exports", "Ctrl+O"),
    ("export", "brackets-curly", "Open files", "Exports, images, videos", "Ctrl+E"),
)
DROPPED = (
    "Folders and zips of DICOM · videos: MP4, MOV, AVI, WebM, MKV, GIF · NIfTI, NRRD, MetaImage · "
    "PNG, JPEG, TIFF, BMP, WebP\n"
    "Exports of MD.ai, Labelbox, RedBrick AI, Encord and DATAGYM, also in folders and zips"
)
KEYS = (
    ("wheel", "go through slices and frames"),
    ("Space", "play frames; left and right: one frame"),
    ("left drag", "window and level"),
    ("right drag", "zoom"),
    ("Shift + move", "crosshair in all three planes"),
    ("N", "next label"),
    ("F3", "edit labels; F2 goes back to looking"),
    ("F4", "review: judge one label after another"),
    ("?", "all keys"),
)
SPARED = ("right drag", "Shift + move")  # where they stand in one column, so that all fits
PROMISES = (
    ("wifi-slash", "Works without a network; opens none"),
    ("lock-simple", "Your files are opened read-only"),
    ("shield-check", "Saving changes only what you changed"),
)


class WelcomePage(QScrollArea):
    """Tells a newcomer what to do; nothing on it needs an explanation elsewhere."""

    demo_asked = Signal()
    folder_asked = Signal()
    export_asked = Signal()
    dropped = Signal(list)  # paths
    recent_asked = Signal(int)  # number of what was open, the newest first

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.strip: GoOnStrip | None = None
        self.recent: RecentList | None = None
        self.setObjectName("page")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.doors: dict[str, QPushButton] = {}
        page = QWidget()
        page.setObjectName("page")
        column = QWidget()
        column.setMaximumWidth(PAGE_PX)
        column.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._fill(column)
        across = QHBoxLayout()
        across.addStretch(1)
        across.addWidget(column, 1000)
        across.addStretch(1)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(24, 12, 24, 12)
        layout.addStretch(2)
        layout.addLayout(across)
        layout.addStretch(3)
        self.setWidget(page)

    def _fill(self, column: QWidget) -> None:
        layout = QVBoxLayout(column)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(titled("Overread", "welcome"))
        lead = titled(
            "See every label on its pixel. Judge it, mend it, write the export back with nothing "
            "else changed.",
            "lead",
        )
        lead.setWordWrap(True)
        layout.addWidget(lead)
        layout.addSpacing(8)
        self._head = layout
        self._strip_at = layout.count()
        drop = DropArea()
        drop.dropped.connect(self.dropped)
        layout.addWidget(drop)
        layout.addLayout(self._doors_row())
        layout.addSpacing(8)
        self._lower = QWidget()
        layout.addWidget(self._lower)
        self._fill_lower(None)
        layout.addSpacing(8)
        layout.addWidget(divider())
        layout.addLayout(_promises_row())

    def show_recent(self, rows: Sequence[RecentRow], place: str) -> None:
        """Show what was open last, and the way back to the first one's place; () for nothing.

        Args:
            place: where one stood in the first one, in words.
        """
        if not rows and self.recent is None:
            return  # as it stands
        if self.strip is not None:
            self.strip.hide()
            self.strip.deleteLater()
            self.strip = None
        if rows and rows[0].can_open:
            self.strip = GoOnStrip(rows[0].title, place)
            self.strip.asked.connect(lambda: self.recent_asked.emit(0))
            self._head.insertWidget(self._strip_at, self.strip)
        self.recent = RecentList(rows[:MOST_ROWS]) if rows else None
        if self.recent is not None:
            self.recent.asked.connect(self.recent_asked)
        old, self._lower = self._lower, QWidget()
        self._head.replaceWidget(old, self._lower)
        old.hide()
        old.deleteLater()
        self._fill_lower(self.recent)

    def _fill_lower(self, recent: RecentList | None) -> None:
        """What was open beside the first keys, or the keys alone."""
        keys = QVBoxLayout()
        keys.setSpacing(12)
        keys.addWidget(titled("First keys"))
        keys.addLayout(_keys_grid(2 if recent is None else 1))
        keys.addStretch(1)
        across = QHBoxLayout(self._lower)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(32)
        if recent is not None:
            across.addWidget(recent, 3)
        across.addLayout(keys, 2)

    def _doors_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(16)
        signals = {
            "demo": self.demo_asked,
            "folder": self.folder_asked,
            "export": self.export_asked,
        }
        for name, icon_name, words, below, key in DOORS:
            door = _door(icon_name, words, below, key)
            door.clicked.connect(signals[name])
            if name == "demo":
                door.setProperty("kind", "first")
            self.doors[name] = door
            row.addWidget(door, 1)
        return row


class DropArea(QFrame):
    """Takes folders and files; the frame says that they may be let go."""

    dropped = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("drop")
        self._drag = FileDrag(self)
        self._drag.entered.connect(lambda: self._mark(True))
        self._drag.ended.connect(lambda: self._mark(False))
        self._drag.dropped.connect(self.dropped)
        self.setAccessibleName("Drop images and label exports here")
        picture = Picture("download-simple", 36)
        title = titled("Drop images and label exports here", "drop")
        below = quiet(DROPPED)
        below.setWordWrap(True)
        below.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(8)
        for part in (picture, title):
            layout.addWidget(part, 0, Qt.AlignmentFlag.AlignCenter)
        layout.addWidget(below)

    def _mark(self, is_over: bool) -> None:
        self.setProperty("over", "true" if is_over else "false")
        self.style().unpolish(self)
        self.style().polish(self)


class Door(QPushButton):
    """A large button as high as what stands in it."""

    def sizeHint(self) -> QSize:
        """Return the size of its content."""
        layout = self.layout()
        return layout.sizeHint() if layout is not None else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        """Return the least height; the words give way in width."""
        return QSize(120, self.sizeHint().height())


def _door(icon_name: str, words: str, below: str, key: str) -> QPushButton:
    door = Door()
    door.setObjectName("door")
    door.setAccessibleName(words)
    door.setAccessibleDescription(below)
    door.setToolTip(f"{words} ({key})")
    picture = Picture(icon_name, 28, "text")
    texts = QVBoxLayout()
    texts.setSpacing(2)
    for text, kind in ((words, "door"), (below, "quiet")):
        line = Elided(text)
        line.setProperty("kind", kind)
        texts.addWidget(line)
    layout = QHBoxLayout(door)
    layout.setContentsMargins(20, 16, 16, 16)
    layout.setSpacing(14)
    layout.addWidget(picture)
    layout.addLayout(texts, 1)
    layout.addWidget(key_cap(key))
    for child in door.findChildren(QWidget):
        child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    return door


def _keys_grid(columns: int) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(24)
    grid.setVerticalSpacing(6)
    shown = [row for row in KEYS if columns > 1 or row[0] not in SPARED]
    for number, (key, words) in enumerate(shown):
        row, column = divmod(number, columns)
        grid.addWidget(key_cap(key), row, 2 * column)
        grid.addWidget(quiet(words), row, 2 * column + 1)
        grid.setColumnStretch(2 * column + 1, 1)
    return grid


def _promises_row() -> QHBoxLayout:
    row = row_of(spacing=20)
    for icon_name, words in PROMISES:
        promise = Elided(words)
        promise.setProperty("kind", "quiet")
        part = row_of(Picture(icon_name, 14), promise, spacing=6)
        part.setStretch(1, 1)
        row.addLayout(part, 1)
    return row
