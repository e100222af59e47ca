"""Colours by token and fonts by size: what every painted thing takes its look from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QGuiApplication

from viewer.paint.resources import resource_path

ThemeName = Literal["dark", "light"]
Tokens = dict[str, dict[str, str]]


@dataclass(frozen=True, eq=False)
class Look:
    """One theme: its tokens (those of the picture are the same in every theme) and its fonts.

    Args:
        tokens: "#rrggbb" by token name, the fixed ones included.
        family: the text's family.
        mono: the family of code and records.
    """

    theme: ThemeName
    tokens: Mapping[str, str]
    family: str
    mono: str

    def color(self, token: str, opacity: float = 1.0) -> QColor:
        """Return a token's colour.

        Raises:
            KeyError: no such token.
        """
        return color_of(self.tokens[token], opacity)

    def font(self, size_px: int, weight: int = 400) -> QFont:
        """Return the text font with tabular figures at a size in px at 1x."""
        return _font(self.family, size_px, weight)


def color_of(name: str, opacity: float = 1.0) -> QColor:
    """Return the colour "#rrggbb" at an opacity of 0 to 1."""
    color = QColor(name)
    color.setAlphaF(min(max(opacity, 0.0), 1.0))
    return color


@cache
def tokens() -> Tokens:
    """Return the token file: "dark", "light", "fixed" and "palette"."""
    found: Tokens = json.loads(resource_path("theme/tokens.json").read_bytes())
    return found


@cache
def look_of(theme: ThemeName = "dark") -> Look:
    """Return a theme's look; needs a running QGuiApplication for its fonts."""
    found = tokens()
    mono = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()
    return Look(theme, {**found[theme], **found["fixed"]}, text_family(), mono)


def text_family() -> str:
    """Return the system's family, but Inter where the system has only DejaVu or says nothing."""
    system = QFontInfo(QGuiApplication.font()).family()
    families = set(QFontDatabase.families())
    is_bare = system.startswith("DejaVu") or system not in families
    return "Inter" if is_bare and "Inter" in families else system


@cache
def _font(family: str, size_px: int, weight: int) -> QFont:
    font = QFont(family)
    font.setPixelSize(size_px)
    font.setWeight(QFont.Weight(weight))
    font.setFeature(QFont.Tag("tnum"), 1)
    return font
