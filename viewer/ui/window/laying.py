"""What is laid over the series shown: the menu to choose it, and its look."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from viewer.media.volume import Volume
from viewer.paint.fused import color_map_over, window_over
from viewer.render.fusion import is_label_map
from viewer.render.map_names import GREY, NAMES
from viewer.render.presets import presets_of
from viewer.session.laying import Laid, ways_to_lay
from viewer.session.playable import series_title
from viewer.session.session import Session
from viewer.ui.widgets.chips import quiet, row_of
from viewer.ui.window.popups import place_in, show_in
from viewer.ui.window.preset_box import window_words

NOTHING = "There is nothing to lay over it: open a second volume of this patient."
NOT_LAID = "No series is laid over this one."
MOST_NAMES = 24
WIDTH_PX = 264
SLIDER_PX = 24
SHORT = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon


class Laying(QObject):
    """Lays series over the one shown, in one window."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._window = parent
        self.popup = LaidPopup(session, parent)

    def run(self) -> dict[str, Callable[[], None]]:
        """Return what each action does."""
        return {
            "over.choose": lambda: self.menu().popup(place_in(self._window)),
            "over.look": self._open_look,
            "over.off": partial(self._session.viewing.lay, None),
        }

    def menu(self) -> QMenu:
        """Return the menu of the series that can be laid over the one shown, and why others not."""
        session = self._session
        menu = QMenu(self._window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for row in session.viewing.series[:MOST_NAMES]:
            if session.viewing.media_index not in row:
                title = series_title(session.media[row[0]]) or "Images"
                offer_laying(menu, session, row[0], f"{title}: ")
        if menu.isEmpty():
            menu.addAction(NOTHING).setEnabled(False)
        return menu

    def _open_look(self) -> None:
        if self.popup.laid is None:
            self._session.say(NOT_LAID)
        else:
            self.popup.refresh()
            show_in(self._window, self.popup)


def offer_laying(
    menu: QMenu, session: Session, number: int, title: str = "Lay over this: "
) -> None:
    """Add to a menu the ways in which a series can be laid over the one shown, or why it cannot."""
    shown = session.current
    if shown is None:
        return
    for way in ways_to_lay(shown, session.media[number]):
        line = menu.addAction(f"{title}{way.words}".replace("&", "&&"))
        line.setEnabled(way.how is not None)
        if way.how is not None:
            line.triggered.connect(partial(session.viewing.lay, Laid(number, way.how)))


class LaidPopup(QFrame):
    """How strongly it is drawn, and in which colours."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._session = session
        self.setObjectName("card")
        self.setFixedWidth(WIDTH_PX)
        self.title = QLabel()
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setWordWrap(True)
        self.opacity = QSlider(Qt.Orientation.Horizontal)
        self.opacity.setRange(0, 100)
        self.opacity.setAccessibleName("Opacity of what is laid over")
        self._percent = quiet()
        self.maps = QComboBox()
        self.maps.setAccessibleName("Colour map of what is laid over")
        for name, words in NAMES.items():
            if name != GREY:
                self.maps.addItem(words, name)
        self.windows = QComboBox()
        self.windows.setAccessibleName("Window of what is laid over")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 12)
        layout.addWidget(self.title)
        rows = QGridLayout()
        rows.setHorizontalSpacing(8)
        rows.setColumnStretch(1, 1)
        opacity = row_of(self.opacity, self._percent)
        self.opacity.setMinimumHeight(SLIDER_PX)
        for number, words in enumerate(("Opacity", "Colours", "Window")):
            rows.addWidget(quiet(words), number, 0)
        rows.addLayout(opacity, 0, 1)
        for number, box in ((1, self.maps), (2, self.windows)):
            box.setSizeAdjustPolicy(SHORT)
            box.setMinimumContentsLength(8)
            box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            rows.addWidget(box, number, 1)
        layout.addLayout(rows)
        self.opacity.valueChanged.connect(self._on_opacity)
        self.maps.activated.connect(self._on_map)
        self.windows.activated.connect(self._on_window)
        session.viewing.laid_changed.connect(self.refresh)

    @property
    def laid(self) -> Laid | None:
        """What is laid over the series shown."""
        shown = self._session.viewing.media_index
        return None if shown is None else self._session.viewing.laid_over(shown)

    def refresh(self) -> None:
        """Show what is chosen."""
        laid = self.laid
        if laid is None:
            self.hide()
            return
        over = self._session.media[laid.media]
        self.title.setText(series_title(over))
        self.opacity.blockSignals(True)
        self.opacity.setValue(round(laid.opacity * 100))
        self.opacity.blockSignals(False)
        self._percent.setText(f"{round(laid.opacity * 100)} %")
        self.maps.setCurrentIndex(self.maps.findData(color_map_over(self._session, laid)))
        has_values = isinstance(over, Volume) and not is_label_map(over)
        self.maps.setEnabled(has_values)
        self.windows.setEnabled(has_values)
        self.windows.clear()
        for window in (window_over(self._session, laid.media), *presets_of(over)):
            self.windows.addItem(window_words(window), window)

    def _on_opacity(self, percent: int) -> None:
        if self.laid is not None:
            self._session.viewing.lay(replace(self.laid, opacity=percent / 100))

    def _on_window(self, row: int) -> None:
        if self.laid is not None:
            self._session.viewing.set_window(self.windows.itemData(row), self.laid.media)
            self.refresh()

    def _on_map(self, row: int) -> None:
        if self.laid is not None:
            self._session.viewing.set_color_map(str(self.maps.itemData(row)), self.laid.media)
