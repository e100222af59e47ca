"""Icons by name, tinted by token when painted, so that a change of theme needs nothing more.

Most are Phosphor (regular, or fill for "on"), drawn from QtAwesome's copy of the font; names that
it lacks are drawings in resources/icons. Of QtAwesome only the font's two files are used: to
import it takes longer than all else that the first paint needs.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import find_spec
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontDatabase, QIcon, QIconEngine, QImage, QPainter, QPixmap

from viewer.paint.resources import resource_folder
from viewer.ui.widgets.theme import color, theme

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtSvg import QSvgRenderer

PACKAGE = "qtawesome"
FONT, CHARMAP = "phosphor-1.3.0.ttf", "phosphor-charmap-1.3.0.json"
MARGIN_PX = 2  # of a kept picture: glyphs may reach a little out of their square


@dataclass(frozen=True)
class _Phosphor:
    """The icon font: its family, and the letter of each name as a hexadecimal number."""

    family: str
    charmap: Mapping[str, str]

    def font(self, pixels: int) -> QFont:
        found = QFont(self.family)
        found.setPixelSize(pixels)
        return found

    def letter(self, name: str) -> str:
        return chr(int(self.charmap[name], 16))


@cache
def _phosphor() -> _Phosphor:
    """Load the icon font, once.

    Raises:
        FileNotFoundError: the installation lacks it.
    """
    package = find_spec(PACKAGE)  # says where it lies without importing it
    for place in (package.submodule_search_locations or ()) if package is not None else ():
        folder = Path(place) / "fonts"
        number = QFontDatabase.addApplicationFont(str(folder / FONT))
        if number >= 0:
            family = QFontDatabase.applicationFontFamilies(number)[0]
            return _Phosphor(family, json.loads((folder / CHARMAP).read_bytes()))
    raise FileNotFoundError("the icon font of QtAwesome is missing; install the program again")


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
    """Paint an icon into a square."""
    drawing = _drawing(name)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if drawing is not None:
        _renderer(drawing, theme().look.tokens[token]).render(painter, rect)
    else:
        _paint_glyph(painter, rect, f"{name}-fill" if filled else name, token)
    painter.restore()


def icon_image(
    name: str, token: str, side: int, ratio: float, *, filled: bool = False
) -> tuple[QImage, int]:
    """Return an icon as a picture that is kept, for what paints many, and the margin around it.

    Args:
        name, token, filled: as in `paint_icon`.
        side: of the icon in logical px.
        ratio: device pixels to a logical one.
    """
    return _kept_image(name, token, theme().look.tokens[token], side, ratio, filled), MARGIN_PX


@lru_cache(maxsize=256)
def _kept_image(name: str, token: str, _tint: str, side: int, ratio: float, filled: bool) -> QImage:
    whole = ceil((side + 2 * MARGIN_PX) * ratio)
    image = QImage(whole, whole, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    with QPainter(image) as painter:
        paint_icon(painter, QRectF(MARGIN_PX, MARGIN_PX, side, side), name, token, filled)
    return image


def _paint_glyph(painter: QPainter, rect: QRectF, glyph: str, token: str) -> None:
    phosphor = _phosphor()
    painter.setFont(phosphor.font(max(1, round(rect.height()))))
    painter.setPen(color(token))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, phosphor.letter(glyph))


@cache
def _drawing(name: str) -> Path | None:
    path = resource_folder() / "icons" / f"{name}.svg"
    return path if path.is_file() else None


@cache
def _renderer(path: Path, tint: str) -> QSvgRenderer:
    from PySide6.QtSvg import QSvgRenderer

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
        """Return the icon as a pixmap of `size` logical pixels for a screen of `scale`.

        None of it where there is no room, as in a row that is painted before it is laid out.
        """
        pixmap = QPixmap(size * scale)
        if pixmap.isNull():
            return pixmap
        pixmap.setDevicePixelRatio(scale)
        pixmap.fill(Qt.GlobalColor.transparent)
        with QPainter(pixmap) as painter:
            self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        return pixmap
