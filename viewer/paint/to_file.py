"""A session's picture in a file, with or without a display."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PySide6.QtCore import QByteArray, QIODevice, QSaveFile
from PySide6.QtGui import QGuiApplication, QImage, QImageWriter

from viewer.errors import CannotWrite
from viewer.geometry.views import PlaneName
from viewer.paint.compose import NO_EXTRAS, Extras
from viewer.paint.layout import LayoutName, render_layout
from viewer.paint.look import look_of
from viewer.session.session import Session


def draw_to_file(
    session: Session,
    out: Path,
    size: tuple[int, int],
    view: tuple[LayoutName, PlaneName],
    extras: Extras = NO_EXTRAS,
) -> None:
    """Draw the session's views as the window does and write them as a PNG.

    Args:
        out: replaced in one step, and only by a whole picture.
        size: width and height in px.
        view: the layout, and the plane of a single view.

    Raises:
        CannotWrite: the file cannot be written, or there is no memory for the picture.
    """
    application = _application()
    image = render_layout(session, size, view[0], view[1], look_of("dark"), extras)
    if image.isNull():
        raise CannotWrite(f"A picture of {size[0]}x{size[1]} px takes too much memory.")
    _put(image, out)
    del application


def _put(image: QImage, out: Path) -> None:
    file = QSaveFile(str(out))
    is_there = file.open(QIODevice.OpenModeFlag.WriteOnly)
    if not (is_there and QImageWriter(file, QByteArray(b"png")).write(image) and file.commit()):
        raise CannotWrite(f"{out} cannot be written: {file.errorString()}.")


def _application() -> QGuiApplication:
    """Return this process's application; without one, one that needs no display."""
    running = QGuiApplication.instance()
    if isinstance(running, QGuiApplication):
        return running
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    return QGuiApplication(sys.argv[:1])
