"""What the actions of comparing do, and the menu of what can be compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QListWidget, QMenu, QWidget

from viewer.model.export_words import export_words
from viewer.render.planes import acquired_plane, is_reformatted
from viewer.session.comparing import Comparison
from viewer.session.panes import PLANES
from viewer.session.playable import series_title
from viewer.session.proposals import (
    exports_beside,
    exports_here,
    mammograms_beside,
    proposal,
    series_beside,
)
from viewer.session.session import Session
from viewer.ui.actions.actions import ActionSet
from viewer.ui.window.laying import offer_laying
from viewer.ui.window.popups import place_in

NOTHING = "There is nothing to compare with: open a second series, or a second export over these."
ONE_EXPORT = "One export has labels here; open another to compare them."
NO_PAIR = (
    "No mammograms of both sides are open in this study: none say side and view in their headers."
)
NOT_COMPARED = "Nothing is compared; Alt+5 does so."
ONE_PLANE = "They have one plane: only volumes of three slices or more have others."
MOST_NAMES = 24  # series in the menu; more are chosen in the Media panel


class Comparing(QObject):
    """Starts and links comparisons of one window."""

    def __init__(
        self, session: Session, actions: ActionSet, series: QListWidget, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._actions = actions
        self._series = series
        self._window = parent
        series.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        series.customContextMenuRequested.connect(self._ask_of_series)
        series.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the shown series while the menu of another one is asked for."""
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonPress:
            return event.button() == Qt.MouseButton.RightButton
        return super().eventFilter(watched, event)

    def run(self) -> dict[str, Callable[[], None]]:
        """Return what each action does."""
        return {
            "layout.compare": self._compare,
            "compare.with": self._ask,
            "compare.exports": self._exports,
            "compare.pair": self._pair,
            "compare.plane": self._next_plane,
            "compare.link": self._link,
            "compare.align": self._session.linking.align,
            "compare.window": self._share_window,
        }

    def _start(self, compared: Comparison | None, otherwise: str) -> None:
        if compared is None:
            self._session.say(otherwise)
            self._session.viewing.look_changed.emit()  # the action is not on
        else:
            self._session.linking.start(compared)

    def _compare(self) -> None:
        found = proposal(self._session)
        if found is not None and found == self._session.viewing.compared:
            self._session.viewing.set_look(layout="compare")
        else:
            self._start(found, NOTHING)

    def _exports(self) -> None:
        self._start(exports_beside(self._session), ONE_EXPORT)

    def _pair(self) -> None:
        self._start(mammograms_beside(self._session), NO_PAIR)

    def _next_plane(self) -> None:
        session, compared = self._session, self._session.viewing.compared
        if compared is None:
            session.say(NOT_COMPARED)
            return
        media = [session.media[number] for number in compared.media]
        if compared.is_pair or not all(map(is_reformatted, media)):
            session.say(ONE_PLANE)
            return
        plane = compared.plane or acquired_plane(media[0])
        session.viewing.compare(
            replace(compared, plane=PLANES[(PLANES.index(plane) + 1) % len(PLANES)])
        )

    def _link(self) -> None:
        compared = self._session.viewing.compared
        if compared is None:
            self._session.say(NOT_COMPARED)
            return
        self._session.linking.set_linked(not compared.is_linked)
        offset = self._session.linking.offset
        kept = f" as they stand: {offset:+d}" if offset and not compared.is_linked else ""
        words = "go on alone" if compared.is_linked else f"go on together{kept}"
        self._session.say(f"Both pictures {words}.")

    def _share_window(self) -> None:
        viewing = self._session.viewing
        if viewing.compared is None:
            self._session.say(NOT_COMPARED)
            return
        shares = not viewing.compared.shares_window
        viewing.compare(replace(viewing.compared, shares_window=shares))
        words = (
            "one window where they hold values of one kind" if shares else "windows of their own"
        )
        self._session.say(f"Both pictures have {words}.")

    def _ask(self) -> None:
        self.menu().popup(place_in(self._window))

    def menu(self) -> QMenu:
        """Return the menu of all that can be compared with what is shown."""
        session = self._session
        menu = QMenu(self._window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        names, here = export_words(session.project), exports_here(session)
        if len(here) > 1:
            for id in here[1:]:
                line = menu.addAction(f"Labels of {names[here[0]]} and {names[id]}")
                line.triggered.connect(
                    partial(self._start, exports_beside(session, id), ONE_EXPORT)
                )
            menu.addSeparator()
        for row in session.viewing.series[:MOST_NAMES]:
            if session.viewing.media_index not in row:
                line = menu.addAction(series_title(session.media[row[0]]) or "Images")
                line.triggered.connect(partial(self._compare_with, row[0]))
        if menu.isEmpty():
            menu.addAction(NOTHING).setEnabled(False)
        return menu

    def _compare_with(self, media: int) -> None:
        self._start(series_beside(self._session, media), NOTHING)

    def _ask_of_series(self, at: QPoint) -> None:
        """Offer to compare the series under the pointer with the one shown."""
        row, series = self._series.indexAt(at).row(), self._session.viewing.series
        if not 0 <= row < len(series):
            return
        menu = QMenu(self._window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        line = menu.addAction("Compare with this")
        line.setEnabled(self._session.viewing.media_index not in series[row])
        line.triggered.connect(partial(self._compare_with, series[row][0]))
        menu.addAction(self._actions["compare.with"])
        menu.addAction(self._actions["compare.exports"])
        menu.addSeparator()
        offer_laying(menu, self._session, series[row][0])
        menu.popup(self._series.viewport().mapToGlobal(at))
