"""How one export's labels are drawn: a button that shows it, and what opens from there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import msgspec
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QGridLayout,
    QListWidget,
    QListWidgetItem,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from viewer.model.export_words import export_words
from viewer.model.project import Export, Project
from viewer.paint.line_styles import BROKEN, DASH_PX
from viewer.render.looks import PLAIN_LOOK, WEIGHTS, ExportLook, Weight
from viewer.render.palette import PALETTE, readable
from viewer.session.session import Session
from viewer.ui.labels.authors import unnamed_words
from viewer.ui.widgets.chips import Elided, button, quiet, row_of
from viewer.ui.widgets.icons import paint_icon
from viewer.ui.widgets.swatch import paint_swatch
from viewer.ui.widgets.theme import color

WIDTH_PX = 272
SWATCHES = 12  # of the palette; more than that nobody tells apart
IN_A_ROW = 6
MOST_AUTHORS_PX = 132
ROW_PX = 26
SLIDER_PX = 24
LEAST_PERCENT = 10
WEIGHT_WORDS: dict[Weight, str] = {
    "thin": "Thin line",
    "normal": "Usual line",
    "bold": "Bold line",
    "wide": "Wide line",
}


class LookButton(QToolButton):
    """Stands before an export: braces, or a sample of its line where one was chosen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = PLAIN_LOOK
        self.setFixedSize(28, 28)

    def show_look(self, look: ExportLook, title: str) -> None:
        """Show a look."""
        self._look = look
        self.setToolTip(f"How the labels of {title} are drawn\nColour, line, authors.")
        self.setAccessibleName(f"How the labels of {title} are drawn")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground of a button, and on it the sample."""
        super().paintEvent(event)
        with QPainter(self) as painter:
            if self._look.is_drawn_plain:
                paint_icon(painter, QRectF(5, 5, 18, 18), "brackets-curly", "text-2")
            else:
                paint_line(painter, QRectF(self.rect()).adjusted(5, 5, -5, -5), self._look)


class LookPopup(QFrame):
    """Colour, line, opacity and authors of one export; each choice is seen at once."""

    apart_asked = Signal()
    close_asked = Signal(str)  # the export's id

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._session = session
        self._export = ""
        self.setObjectName("card")
        self.setFixedWidth(WIDTH_PX)
        self.title = Elided()
        self.title.setProperty("kind", "title")
        self.colors = QButtonGroup(self)
        self.weights = QButtonGroup(self)
        self.broken = QToolButton()
        self.opacity = QSlider(Qt.Orientation.Horizontal)
        self._percent = quiet()
        self._authors_title = quiet("Labels of")
        self.authors = QListWidget()
        self.apart = button("Tell all exports apart")
        self.plain = button("As usual")
        self.off = button("Close this export", "quiet")
        self._build()

    def open_at(self, near: QWidget, export: Export) -> None:
        """Show the look of an export beside the button that asks for it."""
        self._export = export.id
        self.title.setText(export_words(self._session.project)[export.id])
        self._list_authors()
        self._show_look()
        self.apart.setVisible(len(self._session.project.exports) > 1)
        self.adjustSize()
        self.move(near.mapToGlobal(near.rect().topRight()))
        self._keep_on_screen()
        self.show()
        self.colors.button(self._color_id()).setFocus()

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 12)
        layout.setSpacing(6)
        layout.addWidget(self.title)
        layout.addWidget(quiet("Colour"))
        layout.addLayout(self._color_grid())
        layout.addWidget(quiet("Line"))
        layout.addLayout(self._line_row())
        self.opacity.setRange(LEAST_PERCENT, 100)
        self.opacity.setAccessibleName("Opacity")
        self.opacity.setMinimumHeight(SLIDER_PX)
        self.opacity.valueChanged.connect(self._on_opacity)
        layout.addLayout(row_of(quiet("Opacity"), self.opacity, self._percent))
        layout.addWidget(self._authors_title)
        self.authors.setAccessibleName("Authors")
        self.authors.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.authors.itemChanged.connect(self._on_authors)
        layout.addWidget(self.authors)
        layout.addLayout(row_of(self.apart, 1, self.plain))
        layout.addLayout(row_of(self.off, 1))
        self.off.setToolTip("Close this export\nThe images and all other exports stay open.")
        self.off.clicked.connect(self._close_export)
        self.apart.clicked.connect(self._tell_apart)
        self.plain.clicked.connect(self._take_back)

    def _color_grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(4)
        own = _Choice("Each label's own colour", _paint_nothing)
        self.colors.addButton(own, 0)
        own.setText("Each label's own")
        own.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        own.setFixedWidth(140)
        grid.addWidget(own, 0, 0, 1, 4)
        for number, tint in enumerate(PALETTE[:SWATCHES]):
            made = _Choice(f"Colour {number + 1}", partial(_paint_tint, tint=tint))
            self.colors.addButton(made, number + 1)
            grid.addWidget(made, 1 + number // IN_A_ROW, number % IN_A_ROW)
        self.colors.idClicked.connect(self._on_color)
        return grid

    def _line_row(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(4)
        for number, weight in enumerate(WEIGHTS):
            look = ExportLook(color=None, weight=weight)
            made = _Choice(WEIGHT_WORDS[weight], partial(_paint_sample, look=look))
            self.weights.addButton(made, number)
            grid.addWidget(made, 0, number)
        self.weights.idClicked.connect(self._on_weight)
        self.broken = _Choice(
            "Long and short strokes", partial(_paint_sample, look=ExportLook(broken=True))
        )
        self.broken.clicked.connect(lambda: self._change(broken=self.broken.isChecked()))
        grid.addWidget(self.broken, 0, len(WEIGHTS) + 1)
        grid.setColumnStretch(len(WEIGHTS), 1)
        return grid

    @property
    def _look(self) -> ExportLook:
        return self._session.display.look_of(self._export)

    def _show_look(self) -> None:
        look = self._look
        self.colors.button(self._color_id()).setChecked(True)
        self.weights.button(list(WEIGHTS).index(look.weight)).setChecked(True)
        self.broken.setChecked(look.broken)
        self.opacity.blockSignals(True)
        self.opacity.setValue(round(look.opacity * 100))
        self.opacity.blockSignals(False)
        self._percent.setText(f"{round(look.opacity * 100)} %")

    def _color_id(self) -> int:
        chosen = self._look.color
        return PALETTE.index(chosen) + 1 if chosen in PALETTE[:SWATCHES] else 0

    def _list_authors(self) -> None:
        names = authors_of(self._session.project, self._export)
        self.authors.blockSignals(True)
        self.authors.clear()
        hidden = self._look.hidden_authors
        for name in names:
            row = QListWidgetItem(name or _unnamed(self._session.project, self._export))
            row.setData(Qt.ItemDataRole.UserRole, name)
            row.setToolTip(name)
            off, on = Qt.CheckState.Unchecked, Qt.CheckState.Checked
            row.setCheckState(off if name in hidden else on)
            self.authors.addItem(row)
        self.authors.blockSignals(False)
        self.authors.setFixedHeight(min(len(names) * ROW_PX + 4, MOST_AUTHORS_PX))
        for part in (self._authors_title, self.authors):
            part.setVisible(len(names) > 1 or bool(hidden))

    def _on_color(self, id: int) -> None:
        self._change(color=PALETTE[id - 1] if id else None)

    def _on_weight(self, id: int) -> None:
        self._change(weight=list(WEIGHTS)[id])

    def _on_opacity(self, percent: int) -> None:
        self._percent.setText(f"{percent} %")
        self._change(opacity=percent / 100)

    def _on_authors(self) -> None:
        rows = (self.authors.item(number) for number in range(self.authors.count()))
        off = Qt.CheckState.Unchecked
        names = (row.data(Qt.ItemDataRole.UserRole) for row in rows if row.checkState() == off)
        self._change(hidden_authors=tuple(str(name) for name in names))

    def _change(self, **fields: object) -> None:
        look = msgspec.structs.replace(self._look, **fields)
        self._session.display.set_look(self._export, look)

    def _close_export(self) -> None:
        self.hide()
        self.close_asked.emit(self._export)

    def _tell_apart(self) -> None:
        self.apart_asked.emit()
        self._show_look()

    def _take_back(self) -> None:
        hidden = self._look.hidden
        self._session.display.set_look(self._export, ExportLook(hidden=hidden))
        self._list_authors()
        self._show_look()

    def _keep_on_screen(self) -> None:
        room = self.screen().availableGeometry()
        left = min(self.x(), room.right() - self.width())
        top = min(self.y(), room.bottom() - self.height())
        self.move(max(left, room.left()), max(top, room.top()))


class _Choice(QToolButton):
    """One of several, painted."""

    def __init__(self, words: str, paint: Callable[[QPainter, QRectF], None]) -> None:
        super().__init__()
        self._paint = paint
        self.setCheckable(True)
        self.setFixedSize(32, 28)
        self.setToolTip(words)
        self.setAccessibleName(words)

    def sizeHint(self) -> QSize:
        """As large as it is fixed."""
        return self.minimumSize()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the button, and what it stands for."""
        super().paintEvent(event)
        if not self.text():
            with QPainter(self) as painter:
                self._paint(painter, QRectF(self.rect()))


def authors_of(project: Project, export: str) -> Sequence[str]:
    """Return whose labels an export holds now, in order of their names."""
    edits = project.annotations.edits_of(export).values()
    names = _opened_authors(project, export) | {one.author for one in edits if one is not None}
    return sorted(names, key=lambda name: (name == "", name.casefold()))


def _opened_authors(project: Project, export: str) -> set[str]:
    """Return whose labels an export held when it was opened."""
    base = project.annotations.bases.get(export)
    if base is None:
        return set()
    codes = set(base.columns.author_codes.tolist())
    return {base.columns.authors[code] if code >= 0 else "" for code in codes}


def _unnamed(project: Project, export: str) -> str:
    """Return who made those of an export's labels that name nobody."""
    edits = project.annotations.edits_of(export).values()
    is_new = any(one.id.new and not one.author for one in edits if one is not None)
    return unnamed_words(others="" in _opened_authors(project, export), new=is_new)


def paint_line(painter: QPainter, rect: QRectF, look: ExportLook) -> None:
    """Paint a sample of a look's line; without a colour of its own in that of text."""
    tint = color("text") if look.color is None else QColor(readable(look.color))
    tint.setAlphaF(look.opacity)
    width = WEIGHTS[look.weight]
    pen = QPen(tint, width)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if look.broken:
        pen.setDashPattern([length * DASH_PX / width / 2 for length in BROKEN])
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(pen)
    middle = rect.center().y()
    painter.drawLine(QPointF(rect.left(), middle), QPointF(rect.right(), middle))


def _paint_sample(painter: QPainter, rect: QRectF, look: ExportLook) -> None:
    paint_line(painter, rect.adjusted(6, 6, -6, -6), look)


def _paint_nothing(_painter: QPainter, _rect: QRectF) -> None:
    """Leave the words alone."""


def _paint_tint(painter: QPainter, rect: QRectF, tint: str) -> None:
    side = 16.0
    square = QRectF(0, 0, side, side)
    square.moveCenter(rect.center())
    paint_swatch(painter, square, tint)
