"""The window is painted first and furnished then, and nobody can tell by looking at it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from windows import application

from viewer.app import Program
from viewer.session.session import Session
from viewer.ui.actions.table import ACTIONS
from viewer.ui.window.shell import ONE_MOMENT
from viewer.ui.window.welcome import DropArea

LEFT = Qt.MouseButton.LeftButton
CALLS = 8  # a beginning, and those of `furnish_more` after which parts are missing
# All that is imported of other makers but what the first paint needs.
LATE = (
    *("numpy", "pydicom", "pyqtgraph", "shapely", "msgspec", "immutables", "imagecodecs", "cv2"),
    *("PIL", "tifffile", "nibabel", "nrrd", "psygnal", "av", "qtawesome", "qtpy", "SimpleITK"),
    *("PySide6.QtSvg", "viewer.media", "viewer.formats", "viewer.session.session"),
)
FIRST_PAINT = f"""
import json, sys
from viewer.app import Program, application
app = application()
program = Program()
found = []
program.window.painted.connect(lambda: found.extend(set({LATE!r}) & sys.modules.keys()))
program.furnish_after_paint()  # its thread begins at the same signal, so it comes behind
program.window.show()
while not program.window.is_furnished:
    app.processEvents()
late = sorted(set({LATE!r}) & sys.modules.keys())
program.window.close()
print(json.dumps([found, late]))
"""


@pytest.fixture
def program(qtbot: QtBot) -> Iterator[Program]:
    """A program whose window is a shell yet, and is closed at last."""
    application()
    made = Program()
    made.window.show()
    qtbot.waitExposed(made.window)
    yield made
    made.window.close()
    made.window.deleteLater()
    QApplication.processEvents()


def picture(program: Program) -> QImage:
    QApplication.processEvents()
    return program.window.grab().toImage()


def test_the_first_paint_imports_nothing_but_qt_and_the_rest_comes_by_itself(
    tmp_path: Path,
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FIRST_PAINT],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    at_first, at_last = json.loads(done.stdout)
    assert at_first == []
    assert {"numpy", "viewer.media", "viewer.session.session"} <= set(at_last)


@pytest.mark.parametrize("size", [(960, 600), (1440, 900), (1920, 1080)])
def test_no_part_of_the_furnishing_changes_a_pixel_of_the_empty_window(
    program: Program, size: tuple[int, int]
) -> None:
    program.window.resize(*size)
    first = picture(program)
    assert (first.width(), first.height()) == size
    program.window.begin_furnishing(Session())
    while program.window.furnish_more():
        assert picture(program) == first
    assert picture(program) == first


def test_a_furnished_window_has_all_its_parts_and_every_action_does_something(
    program: Program, qtbot: QtBot
) -> None:
    program.furnish()
    window = program.window
    assert window.is_furnished
    assert {spec.id for spec in ACTIONS} == window.run.keys()
    assert not window.furnish_more()
    window.open_demo()
    qtbot.waitUntil(lambda: bool(program.session.media), timeout=60_000)
    assert window.centre.currentWidget() is window.views
    assert window.docks.is_shown


@pytest.mark.parametrize("calls", range(CALLS + 1))
@pytest.mark.some(3)
def test_closing_anywhere_in_the_furnishing_is_closing(
    program: Program, qtbot: QtBot, calls: int
) -> None:
    window, done = program.window, []
    window.when_furnished(lambda: done.append("a wish"))
    if calls:
        window.begin_furnishing(Session())
    for _ in range(calls - 1):
        assert window.furnish_more()
    with qtbot.waitSignal(window.closed):
        window.close()
    assert not window.isVisible()
    assert not window.furnish_more()
    assert done == []
    assert not program.jobs.is_busy()


def test_closing_while_the_parts_are_imported_builds_none(program: Program, qtbot: QtBot) -> None:
    program.furnish_after_paint()
    with qtbot.waitSignal(program.window.painted):
        program.window.repaint()
    program.window.close()
    qtbot.wait(50)
    assert not program.window.is_furnished
    assert not program.jobs.is_busy()


def test_what_is_asked_of_a_shell_is_done_when_it_is_furnished_and_the_newest_wins(
    program: Program, tmp_path: Path, qtbot: QtBot
) -> None:
    window = program.window
    window.open([str(tmp_path)])
    QTest.mouseClick(window.welcome.doors["demo"], LEFT)
    window.act("look.invert")
    window.act("go.to")  # a key that is pressed meanwhile
    assert window.status.hint.text() == ONE_MOMENT
    program.furnish()
    qtbot.waitUntil(lambda: bool(program.session.media), timeout=60_000)
    assert len(program.session.project.exports) == 1


def test_files_dropped_on_a_shell_are_opened_when_it_is_furnished(
    program: Program, tmp_path: Path, qtbot: QtBot
) -> None:
    area = program.window.welcome.findChild(DropArea)
    assert area is not None
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path))])
    copy, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(area, QDragEnterEvent(QPoint(9, 9), copy, data, LEFT, none))
    QApplication.sendEvent(area, QDropEvent(QPointF(9, 9), copy, data, LEFT, none))
    QApplication.processEvents()
    program.furnish()
    qtbot.waitUntil(lambda: bool(program.session.issues), timeout=60_000)  # it is empty


def test_every_key_of_the_table_is_harmless_on_a_shell_and_quitting_does_not_wait(
    program: Program,
) -> None:
    window = program.window
    for spec in ACTIONS:
        if spec.id != "app.quit" and window.actions_[spec.id].isEnabled():
            window.act(spec.id)
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Delete, Qt.Key.Key_S, Qt.Key.Key_Escape):
        QTest.keyClick(window, key)
    assert not window.is_furnished
    window.actions_["app.quit"].trigger()
    assert not window.isVisible()
