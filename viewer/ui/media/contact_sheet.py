"""All slices or frames of the media shown as small pictures; a click goes to one."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from viewer.media.volume import Media, Volume
from viewer.session.finding import labelled_slices, show_slice
from viewer.session.jobs import Answers, JobControl, Jobs
from viewer.session.session import Session
from viewer.ui.media.thumbnails import picture_of
from viewer.ui.widgets.chips import button, quiet, row_of, titled
from viewer.ui.widgets.swatch import paint_swatch
from viewer.ui.widgets.theme import color, font_of

Index = QModelIndex | QPersistentModelIndex
SIDE_PX, WORDS_PX, GAP_PX = 128, 22, 10
CELL = QSize(SIDE_PX + GAP_PX, SIDE_PX + WORDS_PX + GAP_PX)
SWATCH_PX = 11
SOON_MS = 40  # after scrolling, before pictures are made
MOST_KEPT = 600
NUMBER_ROLE = Qt.ItemDataRole.UserRole + 1


class ContactSheet(QFrame):
    """Lies over the views; those with labels come first where that is chosen. Esc closes it."""

    left = Signal()

    def __init__(self, session: Session, jobs: Jobs, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._jobs = jobs
        self._media: Media | None = None
        self.pictures = _Pictures(self)
        self.setObjectName("popup")
        self._title, self._count = titled("Contact sheet"), quiet()
        self.first = QCheckBox("With labels first")
        self.list = QListView()
        self.list.setObjectName("popup")
        self.list.setModel(self.pictures)
        self.list.setItemDelegate(_Delegate(self.list))
        self.list.setViewMode(QListView.ViewMode.IconMode)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setMovement(QListView.Movement.Static)
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setAccessibleName("Slices")
        self._soon = QTimer(self, singleShot=True, interval=SOON_MS)
        self._soon.timeout.connect(self._make)
        self._build()
        parent.installEventFilter(self)
        session.viewing.media_changed.connect(self.dismiss)
        session.media_changed.connect(self.dismiss)
        self.hide()

    def _build(self) -> None:
        done = button("Close")
        done.clicked.connect(self.dismiss)
        head = row_of(self._title, self._count, 1, self.first, done, spacing=12)
        head.setContentsMargins(12, 8, 12, 8)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self.list, 1)
        self.first.toggled.connect(self._fill)
        self.list.clicked.connect(self._go)
        self.list.activated.connect(self._go)
        self.list.verticalScrollBar().valueChanged.connect(lambda: self._soon.start())

    def open(self) -> None:
        """Show the pictures of the media shown, that of the slice shown in sight."""
        media = self._session.current
        if media is None or media.count < 2:
            self._session.say("There is one picture only.")
            return
        self._media = media
        self.pictures.forget()
        self.place()
        self.show()
        self.raise_()
        self._fill()
        self.list.setFocus(Qt.FocusReason.PopupFocusReason)

    def dismiss(self) -> None:
        """Close; pictures that are being made are not wanted any more."""
        if self.isVisible():
            self.hide()
            self._jobs.cancel("contact sheet")
            self.left.emit()

    def place(self) -> None:
        """Cover what it lies over, with a margin."""
        around = self.parentWidget()
        if around is not None:
            self.setGeometry(around.rect().adjusted(8, 8, -8, -8))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the place when what it lies over changes its size."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self.place()
            self._soon.start()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close by Esc; other keys go on."""
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            super().keyPressEvent(event)

    def _fill(self) -> None:
        media = self._media
        if media is None:
            return
        labelled = set(labelled_slices(self._session, 2).tolist())
        numbers = list(range(media.count))
        if self.first.isChecked():
            numbers.sort(key=lambda number: number not in labelled)
        one = "slice" if isinstance(media, Volume) else "frame"
        self.pictures.show(tuple(numbers), self._colors(labelled), one)
        words = "slices" if one == "slice" else "frames"
        self._count.setText(f"{media.count:,} {words}, {len(labelled):,} with labels")
        self.list.setCurrentIndex(self.pictures.index(numbers.index(self._session.slice)))
        self.list.scrollTo(self.list.currentIndex(), QListView.ScrollHint.PositionAtCenter)
        self._soon.start()

    def _colors(self, labelled: set[int]) -> dict[int, tuple[str, ...]]:
        """Up to three colours of the labels on each slice that has any in the list."""
        session, number = self._session, self._session.viewing.media_index
        if number is None:
            return {}
        marks = session.matches.marks(number)
        tint, project = session.display.color_of, session.project
        return {
            slice: tuple(dict.fromkeys(tint(project, *key) for key in marks.get(slice, ())))[:3]
            for slice in labelled
        }

    def _make(self) -> None:
        """Have the pictures made that are in sight; those of a place scrolled past are not."""
        media = self._media
        if media is None or not self.isVisible():
            return
        wanted = [n for n in self._in_sight() if not self.pictures.has(n)]
        if media.fetcher is not None:
            for number in wanted:
                media.fetcher.want(number)
        if wanted:
            work = partial(_made, media, tuple(wanted))
            self._jobs.newest("contact sheet", work, Answers(partial(self._take, media)))

    def _take(self, media: Media, made: dict[int, QImage | None]) -> None:
        if media is not self._media:
            return
        self.pictures.take({n: image for n, image in made.items() if image is not None})
        left = [n for n in self._in_sight() if not self.pictures.has(n)]
        if left and self.isVisible():
            self._soon.start(SOON_MS if len(left) > len(made) else 10 * SOON_MS)

    def _in_sight(self) -> list[int]:
        """Numbers of the pictures in sight, at most as many as are made at once."""
        area = self.list.viewport().rect()
        columns = max(area.width() // CELL.width(), 1)
        top = self.list.verticalScrollBar().value() // CELL.height()
        rows = area.height() // CELL.height() + 2
        numbers = self.pictures.numbers
        return list(numbers[top * columns : (top + rows) * columns])

    def _go(self, index: QModelIndex) -> None:
        number = self.pictures.numbers[index.row()]
        self.dismiss()
        show_slice(self._session, 2, number)


def _made(media: Media, numbers: tuple[int, ...], control: JobControl) -> dict[int, QImage | None]:
    found: dict[int, QImage | None] = {}
    for number in numbers:
        control.check()
        found[number] = picture_of(media, number, 2 * SIDE_PX)
    return found


class _Pictures(QAbstractListModel):
    """Numbers of slices in an order, and the pictures of those that were in sight."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.numbers: tuple[int, ...] = ()
        self.colors: dict[int, tuple[str, ...]] = {}
        self._one = "slice"
        self._kept: dict[int, QPixmap] = {}

    def show(self, numbers: tuple[int, ...], colors: dict[int, tuple[str, ...]], one: str) -> None:
        self.beginResetModel()
        self.numbers, self.colors, self._one = numbers, colors, one
        self.endResetModel()

    def forget(self) -> None:
        self._kept.clear()

    def has(self, number: int) -> bool:
        return number in self._kept

    def take(self, made: dict[int, QImage]) -> None:
        for number, image in made.items():
            self._kept[number] = QPixmap.fromImage(image)
        while len(self._kept) > MOST_KEPT:
            self._kept.pop(next(iter(self._kept)))
        self.dataChanged.emit(self.index(0), self.index(len(self.numbers) - 1))

    def picture(self, number: int) -> QPixmap | None:
        return self._kept.get(number)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt has it
        return len(self.numbers)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        number = self.numbers[index.row()]
        if role == NUMBER_ROLE:
            return number
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            labels = "with labels" if number in self.colors else "no labels"
            return f"{self._one.title()} {number + 1:,}, {labels}"
        return None


class _Delegate(QStyledItemDelegate):
    """The picture on black, below it the number; a tag where there are labels."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return CELL

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        rect: QRect = option.rect  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
        state: QStyle.StateFlag = option.state  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
        model = index.model()
        assert isinstance(model, _Pictures)
        number: int = index.data(NUMBER_ROLE)
        frame = QRect(rect.left() + GAP_PX // 2, rect.top() + GAP_PX // 2, SIDE_PX, SIDE_PX)
        painter.save()
        painter.fillRect(frame, color("canvas"))
        picture = model.picture(number)
        if picture is not None:
            size = picture.size().scaled(frame.size(), Qt.AspectRatioMode.KeepAspectRatio)
            target = QRect(0, 0, size.width(), size.height())
            target.moveCenter(frame.center())
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawPixmap(target, picture)
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(color("accent"))
            painter.drawRect(frame.adjusted(-1, -1, 0, 0))
            painter.drawRect(frame.adjusted(-2, -2, 1, 1))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(color("border"))
            painter.drawRect(frame.adjusted(-1, -1, 0, 0))
        words = QRect(frame.left(), frame.bottom() + 1, SIDE_PX, WORDS_PX)
        painter.setFont(font_of(12))
        colors = model.colors.get(number)
        painter.setPen(color("text-2" if colors is None else "text"))
        left = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(words, left, f"{number + 1:,}")
        for at, tint in enumerate(colors or ()):
            side = words.right() - (len(colors or ()) - at) * (SWATCH_PX + 3) + 4
            place = QRectF(side, words.center().y() - SWATCH_PX / 2, SWATCH_PX, SWATCH_PX)
            paint_swatch(painter, place, tint)
        painter.restore()
