"""The main window as it is first painted: menus, toolbar, welcome page, status line.

Nothing here, nor anything that it imports, needs more than Qt; the rest of the window comes after
the first paint, and changes nothing of what stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QStackedWidget,
    QStatusBar,
    QWidget,
)

from viewer.ui.actions.actions import ActionSet
from viewer.ui.widgets.chips import Chip
from viewer.ui.widgets.events import name_events
from viewer.ui.widgets.theme import style_sheet, theme
from viewer.ui.window.modes import ON_LABELS
from viewer.ui.window.status import StatusLine
from viewer.ui.window.title import NAME
from viewer.ui.window.toolbar import MainToolBar
from viewer.ui.window.welcome import WelcomePage

NOTICE = "For research and label review. Not for diagnosis."
SHOW_PATIENT = "No name, ID or date of the patient is shown; click or Ctrl+Shift+H shows them."
NO_LABELS = "Open a label export first."
ONE_MOMENT = "One moment: the window is being made ready."
LEAST_PX = QSize(900, 470)  # half of a screen of 1920 x 1080, less its bars: scaled by 2
# What is on while nothing is open.
CHECKED = ("app.docks", "mode.view", "hand.window", "draw.select", "label.shown")


class Shell(QMainWindow):
    """A window without its parts. What is asked of it meanwhile is done once they are there."""

    closed = Signal()
    painted = Signal()  # for the first time, and the screen shows it

    def __init__(self) -> None:
        super().__init__()
        self.run: Mapping[str, Callable[[], None]] = {}  # what each action does, by its id
        self._is_furnished = self._is_painted = False
        self._wishes: dict[bool, Callable[[], None]] = {}  # to open something, to do something
        self.setWindowTitle(NAME)
        self.setMinimumSize(LEAST_PX)
        self.setDockNestingEnabled(False)
        self.welcome = WelcomePage()
        self.centre = QStackedWidget()
        self.centre.addWidget(self.welcome)
        self.around = QGridLayout()
        self.around.setContentsMargins(0, 0, 0, 0)
        self.around.setSpacing(0)
        self.around.addWidget(self.centre, 0, 0)
        middle = QWidget()
        middle.setLayout(self.around)
        self.setCentralWidget(middle)
        self.status = StatusLine()
        self.actions_ = ActionSet(self, self.act)
        for id in (*CHECKED, f"theme.{theme().choice}"):
            self.actions_.set_checked(id, True)
        self.toolbar = MainToolBar(self, self.actions_)
        for mode in ON_LABELS:
            self.toolbar.mode.set_off(mode, NO_LABELS)
        self.hidden_patient = Chip("caution", "user-circle-minus")
        self.hidden_patient.say("Patient hidden", SHOW_PATIENT)
        self.hidden_patient.clicked.connect(partial(self.act, "look.hide_patient"))
        self.hidden_patient.hide()
        room = self.hidden_patient.sizePolicy()
        room.setRetainSizeWhenHidden(True)  # menu bars do not lay corners out anew
        self.hidden_patient.setSizePolicy(room)
        self._build_bars()
        name_events()
        self.welcome.demo_asked.connect(partial(self.act, "open.demo"))
        self.welcome.folder_asked.connect(partial(self.act, "open.folder"))
        self.welcome.export_asked.connect(partial(self.act, "open.export"))
        theme().changed.connect(self._dress)
        self._dress()

    def _dress(self) -> None:
        """Take the theme's style sheet.

        The application has none: one would be gone through anew for all that a part holds each time
        that it is put into another, while the window is being built.
        """
        self.setStyleSheet(style_sheet(theme().look))

    def _build_bars(self) -> None:
        self.actions_.fill(self.menuBar())
        notice = QLabel(NOTICE)
        notice.setObjectName("notice")
        corner = QWidget(self.menuBar())
        row = QHBoxLayout(corner)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSizeConstraint(QHBoxLayout.SizeConstraint.SetFixedSize)
        row.addWidget(self.hidden_patient)
        row.addWidget(notice)
        self.menuBar().setCornerWidget(corner, Qt.Corner.TopRightCorner)
        corner.show()
        bar = QStatusBar()
        bar.setSizeGripEnabled(False)
        bar.setContentsMargins(0, 0, 0, 0)
        bar.addWidget(self.status, 1)
        self.setStatusBar(bar)

    @property
    def is_furnished(self) -> bool:
        """All parts are there and connected."""
        return self._is_furnished

    def act(self, id: str) -> None:
        """Do what an action of the table does; quitting does not wait."""
        if id == "app.quit":
            self.close()
        else:
            opens = id.startswith(("open.", "demo."))
            self.when_furnished(lambda: self.run[id](), opens=opens)

    def when_furnished(self, wish: Callable[[], None], *, opens: bool = False) -> None:
        """Do something at once, or when all parts are there; then only the newest wish is done.

        Args:
            opens: it opens something; a key that is pressed meanwhile does not take its place.
        """
        if self._is_furnished:
            self._wishes.clear()
            wish()
        else:
            self._wishes[opens] = wish
            self.status.say(ONE_MOMENT)

    def _furnished(self) -> None:
        """All parts are there; a wish may ask something, so it has a turn of its own."""
        self._is_furnished = True
        QTimer.singleShot(0, self, self._do_wishes)

    def _do_wishes(self) -> None:
        wishes, self._wishes = self._wishes, {}
        for opens in sorted(wishes, reverse=True):
            wishes[opens]()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the toolbar to the width."""
        super().resizeEvent(event)
        self.toolbar.set_width(self.width())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tell once that the window is on the screen: when this paint is over."""
        super().paintEvent(event)
        if not self._is_painted:
            self._is_painted = True
            QTimer.singleShot(0, self, self.painted.emit)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close; nothing is open yet, and what was wished for is not done any more."""
        self._wishes.clear()
        event.accept()
        self.closed.emit()
