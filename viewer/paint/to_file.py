"""A session's picture in a file, with or without a display."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QGuiApplication, QImage, QImageWriter

from viewer.errors import CannotWrite
from viewer.formats.placing import put
from viewer.paint.compose import NO_EXTRAS, Extras
from viewer.paint.layout import render_panes
from viewer.paint.look import look_of
from viewer.session.panes import Pane
from viewer.session.session import Session


def draw_to_file(
    session: Session,
    out: Path,
    size: tuple[int, int],
    panes: Sequence[Pane],
    extras: Extras = NO_EXTRAS,
) -> None:
    """Draw the session's views as the window does and write them as a PNG.

    Args:
        out: a file that `file_to_write` allows; replaced in one step, by a whole picture.
        size: width and height in px.
        panes: what each view shows.

    Raises:
        CannotWrite: the file cannot be written, or there is no memory for the picture.
    """
    application = _application()
    image = render_panes(session, size, panes, look_of("dark"), extras)
    data = None if image.isNull() else _png_of(image)
    if data is None:
        raise CannotWrite(
            f"A picture of {size[0]}x{size[1]} px takes too much memory; ask for a smaller one."
        )
    put(out, [data])
    del application


def _png_of(image: QImage) -> bytes | None:
    """Return the picture as the bytes of a file; None without memory for it."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    is_whole = QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(buffer.data().data()) if is_whole else None


def _application() -> QGuiApplication:
    """Return this process's application; without one, one that needs no display."""
    running = QGuiApplication.instance()
    if isinstance(running, QGuiApplication):
        return running
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    return QGuiApplication(sys.argv[:1])
