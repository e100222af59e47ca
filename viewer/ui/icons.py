"""Icons by name, tinted by token when painted, so that a change of theme needs nothing more.

Most are Phosphor (regular, or fill for "on"), drawn from QtAwesome's copy of the font; names that
it lacks are drawings in resources/icons. The font is loaded by `load_icons`, after the first paint;
until then a Phosphor icon paints nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from viewer.paint.resources import resource_folder
from viewer.ui.theme import color, theme

if TYPE_CHECKING:
    from collections.abc import Mapping

PHOSPHOR = ("ph", "phosphor-1.3.0.ttf", "phosphor-charmap-1.3.0.json")


class _IconicFont(Protocol):
    charmap: Mapping[str, Mapping[str, str]]

    def font(self, prefix: str, size: int) -> QFont: ...


@dataclass
class _Loaded:
    """The icon font once it is there."""

    font: _IconicFont | None = None


@cache
def _loaded() -> _Loaded:
    return _Loaded()


def load_icons() -> None:
    """Load the icon font (about 100 ms, once) and repaint the windows."""
    loaded = _loaded()
    if loaded.font is not None:
        return
    from qtawesome.iconic_font import IconicFont  # pyright: ignore[reportMissingTypeStubs]

    loaded.font = cast("_IconicFont", IconicFont(PHOSPHOR))
    for window in QApplication.topLevelWidgets():
        _repaint(window)


def _repaint(window: object) -> None:
    from PySide6.QtWidgets import QWidget

    if isinstance(window, QWidget):
        window.update()
        for child in window.findChildren(QWidget):
            child.update()


def icon(name: str, filled: bool = False, role: str = "text", on: str = "accent") -> QIcon:
    """Return an icon that paints itself in the theme shown.

    Args:
        name: Phosphor's name, or that of a drawing in resources/icons.
        filled: the filled weight, for what is on or done.
        role: token at rest; disabled is "text-off".
        on: token when checked.
    """
    return QIcon(_Engine(name, filled, role, on))


def paint_icon(
    painter: QPainter, rect: QRectF, name: str, token: str, filled: bool = False
) -> None:
    """Paint an icon into a square; nothing while the font is not loaded."""
    drawing = _drawing(name)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if drawing is not None:
        _renderer(drawing, theme().look.tokens[token]).render(painter, rect)
    else:
        _paint_glyph(painter, rect, f"{name}-fill" if filled else name, token)
    painter.restore()


def _paint_glyph(painter: QPainter, rect: QRectF, glyph: str, token: str) -> None:
    loaded = _loaded().font
    if loaded is None:
        return
    painter.setFont(loaded.font("ph", max(1, round(rect.height()))))
    painter.setPen(color(token))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, loaded.charmap["ph"][glyph])


@cache
def _drawing(name: str) -> Path | None:
    path = resource_folder() / "icons" / f"{name}.svg"
    return path if path.is_file() else None


@cache
def _renderer(path: Path, tint: str) -> QSvgRenderer:
    text = path.read_text("utf-8").replace("currentColor", tint)
    return QSvgRenderer(QByteArray(text.encode()))


class _Engine(QIconEngine):
    """Paints one icon in its token's colour for each mode and state."""

    def __init__(self, name: str, filled: bool, role: str, on: str) -> None:
        super().__init__()
        self._name = name
        self._filled = filled
        self._role = role
        self._on = on

    def clone(self) -> QIconEngine:
        """Return a copy, for QIcon."""
        return _Engine(self._name, self._filled, self._role, self._on)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Paint into `rect`, in the middle."""
        token = self._on if state == QIcon.State.On else self._role
        if mode == QIcon.Mode.Disabled:
            token = "text-off"
        side = min(rect.width(), rect.height())
        square = QRectF(0, 0, side, side)
        square.moveCenter(QRectF(rect).center())
        paint_icon(painter, square, self._name, token, self._filled)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Return the icon as a pixmap of `size`."""
        return self.scaledPixmap(size, mode, state, 1.0)

    def scaledPixmap(
        self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float
    ) -> QPixmap:
        """Return the icon as a pixmap of `size` logical pixels for a screen of `scale`."""
        pixmap = QPixmap(size * scale)
        pixmap.setDevicePixelRatio(scale)
        pixmap.fill(Qt.GlobalColor.transparent)
        with QPainter(pixmap) as painter:
            self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        return pixmap
