"""A session's picture in a file, with or without a display."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PySide6.QtGui import QGuiApplication

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
    """Draw the session's views as the window does and write them as a picture.

    Args:
        out: its ending says the kind of picture.
        size: width and height in px.
        view: the layout, and the plane of a single view.

    Raises:
        CannotWrite: the file cannot be written, or its ending names no kind of picture.
    """
    application = _application()
    image = render_layout(session, size, view[0], view[1], look_of("dark"), extras)
    out.parent.mkdir(parents=True, exist_ok=True)
    if not image.save(str(out)):
        raise CannotWrite(f"{out} cannot be written; give a writable file that ends in .png.")
    del application


def _application() -> QGuiApplication:
    """Return this process's application; without one, one that needs no display."""
    running = QGuiApplication.instance()
    if isinstance(running, QGuiApplication):
        return running
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    return QGuiApplication(sys.argv[:1])
