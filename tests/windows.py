"""A real window over the demo study, and a hand that uses it as a person does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from viewer.app import Program
from viewer.demo import STUDY
from viewer.formats import read_export, write_export
from viewer.geometry.measure import centre
from viewer.geometry.views import PlaneName
from viewer.media import load
from viewer.media.volume import Media
from viewer.model.annotation import AnnotationId
from viewer.model.project import Project
from viewer.paint.framing import on_screen
from viewer.paint.look import look_of
from viewer.review.matching import match
from viewer.review.solids import with_solids
from viewer.session.jobs import JobControl
from viewer.session.kept_layout import layout_file
from viewer.session.session import Session
from viewer.ui.media.reading import Opened, Phase, read_demo
from viewer.ui.saving.page import SaveAsked
from viewer.ui.view.view import PlaneView
from viewer.ui.widgets.theme import apply_theme, style_sheet
from viewer.ui.window.window import MainWindow

LEFT, MIDDLE, RIGHT = (
    Qt.MouseButton.LeftButton,
    Qt.MouseButton.MiddleButton,
    Qt.MouseButton.RightButton,
)
NONE = Qt.KeyboardModifier.NoModifier


class Person:
    """Uses one window by mouse and keys only; reads the session to see what came of it."""

    def __init__(self, window: MainWindow, bot: QtBot) -> None:
        self.window = window
        self.bot = bot

    @property
    def session(self) -> Session:
        return self.window.session

    def view(self, plane: str = "axial") -> PlaneView:
        return self.window.views.views[plane]

    def drag(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        button: Qt.MouseButton = LEFT,
        plane: str = "axial",
        modifiers: Qt.KeyboardModifier = NONE,
    ) -> None:
        self.drag_in(self.view(plane), start, end, button, modifiers)

    def drag_in(
        self,
        view: PlaneView,
        start: tuple[float, float],
        end: tuple[float, float],
        button: Qt.MouseButton = LEFT,
        modifiers: Qt.KeyboardModifier = NONE,
    ) -> None:
        QTest.mousePress(view, button, modifiers, QPoint(*map(round, start)))
        for part in (0.3, 0.7, 1.0):
            at = np.array(start) + part * (np.array(end) - start)
            send_move(view, at, button, modifiers)
        QTest.mouseRelease(view, button, modifiers, QPoint(*map(round, end)))
        self.settle()

    def click(
        self,
        at: tuple[float, float],
        button: Qt.MouseButton = LEFT,
        plane: str = "axial",
        modifiers: Qt.KeyboardModifier = NONE,
    ) -> None:
        QTest.mouseClick(self.view(plane), button, modifiers, QPoint(*map(round, at)))
        self.settle()

    def double_click(self, at: tuple[float, float], plane: str = "axial") -> None:
        self.click(at, plane=plane)
        QTest.mouseDClick(self.view(plane), LEFT, NONE, QPoint(*map(round, at)))
        self.settle()

    def point(
        self, at: tuple[float, float], modifiers: Qt.KeyboardModifier = NONE, plane: str = "axial"
    ) -> None:
        send_move(self.view(plane), np.array(at), Qt.MouseButton.NoButton, modifiers)
        self.settle()

    def wheel(
        self,
        notches: int,
        modifiers: Qt.KeyboardModifier = NONE,
        plane: str = "axial",
        at: tuple[float, float] = (200.0, 200.0),
    ) -> None:
        self.wheel_over(self.view(plane), notches, modifiers, at)

    def wheel_over(
        self,
        view: PlaneView,
        notches: int,
        modifiers: Qt.KeyboardModifier = NONE,
        at: tuple[float, float] = (200.0, 200.0),
    ) -> None:
        place = QPointF(*at)
        event = QWheelEvent(
            place,
            view.mapToGlobal(place),
            QPoint(),
            QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton,
            modifiers,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(view, event)
        self.settle()

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        focus = QApplication.focusWidget() or self.window
        QTest.keyClick(focus, key, modifiers)
        self.settle()

    def at_place(self, plane: PlaneName, x: float, y: float) -> tuple[float, float]:
        """Where a place of a plane's pixel space lies in its view."""
        port = self.view(plane).port
        affine, shown = port.affine(), port.shown
        assert affine is not None
        assert shown is not None
        found = on_screen(affine, shown.mm_of_pixels([(x, y)]))[0].tolist()
        return found[0], found[1]

    def at_part(self, plane: PlaneName, x: float, y: float) -> tuple[float, float]:
        """Where a part of a plane's width and height lies in its view."""
        shown = self.view(plane).port.shown
        assert shown is not None
        return self.at_place(plane, shown.size[0] * x, shown.size[1] * y)

    def wait(self) -> None:
        """Let an opening end."""
        self.bot.waitUntil(lambda: not self.window.opening.is_busy, timeout=60_000)
        self.settle()

    def save(self, path: Path) -> None:
        """Save the first export from the window."""
        export = next(iter(self.session.project.exports))
        with self.bot.waitSignal(self.window.saving.saved, timeout=20_000):
            self.window.saving.save(SaveAsked(export, str(path), replaces=False))
        self.settle()

    def saved(self, folder: Path, export: str = "1") -> Project:
        """Write an export under its own name into a folder, and read it again."""
        opened = self.session.history.opened
        name = Path(opened.exports[export].title).name
        folder.mkdir(exist_ok=True)
        report = write_export(opened, self.session.project, export, folder / name)
        return read_export(next(file.path for file in report.files if file.path.endswith(name)))

    def edit(self, export: Path, media: Sequence[Media]) -> None:
        """Open an export over media in Edit mode."""
        project = read_export(str(export))
        matches, _ = with_solids(match(project, media))
        self.session.open(project, media, (), matches)
        self.settle()
        self.window.views.active.setFocus()
        self.key(Qt.Key.Key_F3)

    def settle(self) -> None:
        """Let everything be painted: the views take turns."""
        for _ in range(3):
            QApplication.processEvents()
            while self.window.views.turns.is_busy:
                QApplication.processEvents()

    def on_screen(self, id: AnnotationId, placement: int = 0) -> tuple[float, float]:
        """Where the middle of a label lies in the axial view."""
        shape = self.session.project.annotations[id].placements[placement].shape
        assert shape is not None
        return self.at_pixel(*centre(shape))

    def at_pixel(self, x: float, y: float) -> tuple[float, float]:
        """Where a place in pixel space lies in the axial view."""
        port = self.view().port
        affine, media = port.affine(), self.session.current
        assert affine is not None
        assert media is not None
        place = np.array([[x * media.spacing_mm[0], y * media.spacing_mm[1]]])
        found = on_screen(affine, place)[0].tolist()
        return (found[0], found[1])


def send_move(
    view: PlaneView, at: np.ndarray, button: Qt.MouseButton, modifiers: Qt.KeyboardModifier
) -> None:
    place = QPointF(*at.tolist())
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        place,
        view.mapToGlobal(place),
        Qt.MouseButton.NoButton,
        button,
        modifiers,
    )
    QApplication.sendEvent(view, event)


@cache
def demo_study() -> Opened:
    """The demo study, read once, with its pixels; sessions change none of it."""
    study = read_demo(STUDY, Phase(""), JobControl())
    load(study.media[0])
    return study


def application() -> QApplication:
    """The application in the dark theme; its windows bring their style sheet with them."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    apply_theme(app)
    if app.styleSheet():
        app.setStyleSheet("")
    return app


def dressed() -> QApplication:
    """The application in the dark theme, with the style sheet for widgets without a window."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    sheet = style_sheet(look_of("dark"))
    if app.styleSheet() != sheet:
        apply_theme(app)
        app.setStyleSheet(sheet)
    return app


@contextmanager
def opened_window(bot: QtBot, *, demo: bool = True) -> Iterator[Person]:
    """A shown window of 1280 x 800, with the demo study loaded; closed without a question."""
    application()
    program = Program()
    program.furnish()
    window = program.window
    window.resize(1280, 800)
    window.show()
    bot.waitExposed(window)
    window.activateWindow()
    if demo:
        study = demo_study()
        program.session.open(study.project, study.media, study.issues, study.matches)
        bot.waitUntil(lambda: not program.jobs.is_busy(), timeout=60_000)
        window.views.active.setFocus()
    person = Person(window, bot)
    person.settle()
    yield person
    program.session.history.mark_saved()
    window.close()
    person.settle()
    window.deleteLater()
    layout_file().unlink(missing_ok=True)  # the next window begins with the usual one
    QCoreApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete)


def labels_of(session: Session, name: str) -> list[AnnotationId]:
    """All labels of the classes with this name, in reading order."""
    annotations = session.project.annotations
    found = []
    for id in annotations:
        label = session.project.exports[id.export].ontology.by_id.get(annotations[id].class_id)
        if label is not None and label.name == name:
            found.append(id)
    return found
