"""The look of the window: Fusion, one palette, one style sheet, all from the token file."""

from __future__ import annotations

from functools import cache
from typing import Literal, get_args

from platformdirs import user_cache_path
from PySide6.QtCore import QDir, QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette, QPixmapCache
from PySide6.QtWidgets import QApplication

from viewer.paint.look import Look, ThemeName, look_of, text_family
from viewer.paint.resources import resource_path

ThemeChoice = Literal["dark", "light", "system"]
THEMES: tuple[ThemeChoice, ...] = get_args(ThemeChoice)

# Drawings that the style sheet shows, and the token that colours each.
TINTS = {
    "caret-down": "text-2",
    "caret-up": "text-2",
    "caret-right": "text-2",
    "check": "on-accent",
}
ROLES: dict[QPalette.ColorRole, str] = {
    QPalette.ColorRole.Window: "window",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Base: "input",
    QPalette.ColorRole.AlternateBase: "panel",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.Button: "raised",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.BrightText: "on-accent",
    QPalette.ColorRole.Highlight: "accent-soft",
    QPalette.ColorRole.HighlightedText: "text",
    QPalette.ColorRole.ToolTipBase: "raised",
    QPalette.ColorRole.ToolTipText: "text",
    QPalette.ColorRole.PlaceholderText: "text-2",
    QPalette.ColorRole.Link: "accent",
    QPalette.ColorRole.LinkVisited: "accent",
    QPalette.ColorRole.Accent: "accent",
    QPalette.ColorRole.Mid: "border",
    QPalette.ColorRole.Midlight: "hover",
    QPalette.ColorRole.Light: "hover",
    QPalette.ColorRole.Dark: "divider",
    QPalette.ColorRole.Shadow: "canvas",
}
TEXT_ROLES = (
    QPalette.ColorRole.Text,
    QPalette.ColorRole.WindowText,
    QPalette.ColorRole.ButtonText,
    QPalette.ColorRole.HighlightedText,
)


class Theme(QObject):
    """Which theme is shown; `changed` tells those that paint from tokens."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.choice: ThemeChoice = "dark"
        self.name: ThemeName = "dark"
        self._dressed: QApplication | None = None

    @property
    def look(self) -> Look:
        """The tokens and fonts of the theme shown."""
        return look_of(self.name)

    def apply(self, app: QApplication, choice: ThemeChoice) -> None:
        """Show a theme; everything repaints at once."""
        self.choice = choice
        hints = app.styleHints()
        if self._dressed is not app:
            self._dressed = app
            app.setStyle("Fusion")
            app.setFont(application_font(app.font()))
            hints.colorSchemeChanged.connect(self._system_changed)
        is_light = choice == "light" or (
            choice == "system" and hints.colorScheme() == Qt.ColorScheme.Light
        )
        self.name = "light" if is_light else "dark"
        _write_tints(self.look)
        QPixmapCache.clear()
        app.setPalette(_palette(self.look))
        app.setStyleSheet(style_sheet(self.look))
        self.changed.emit()

    def _system_changed(self) -> None:
        if self.choice == "system" and self._dressed is not None:
            self.apply(self._dressed, "system")


@cache
def theme() -> Theme:
    """Return the theme of this program."""
    return Theme()


def color(token: str, alpha: float = 1.0) -> QColor:
    """Return a token's colour in the theme shown."""
    return theme().look.color(token, alpha)


def apply_theme(app: QApplication, choice: ThemeChoice = "dark") -> None:
    """Give the application its style, font, palette and style sheet; may be called again."""
    theme().apply(app, choice)


def application_font(system: QFont) -> QFont:
    """Return the font of the chrome: the system's, or Inter where the system has only DejaVu.

    13 px with figures of equal width.
    """
    font = QFont(system)
    font.setFamily(text_family())
    font.setPixelSize(13)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def font_of(pixels: int, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """Return the application font in another size and weight."""
    font = QFont(QApplication.font())
    font.setPixelSize(pixels)
    font.setWeight(weight)
    return font


def fixed_font(pixels: int = 12) -> QFont:
    """Return the system's font of equal widths."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPixelSize(pixels)
    return font


def style_sheet(look: Look) -> str:
    """Return the style sheet with the theme's values in place of its tokens.

    Raises:
        ValueError: it names a token that does not exist.
    """
    text = resource_path("theme/theme.qss").read_text("utf-8")
    for token in sorted(look.tokens, key=len, reverse=True):
        text = text.replace(f"@{token};", f"{look.tokens[token]};")
    left = [line for line in text.splitlines() if "@" in line]
    if left:
        raise ValueError(f"theme.qss names an unknown token: {left[0].strip()}")
    return text


def _palette(look: Look) -> QPalette:
    palette = QPalette()
    for role, token in ROLES.items():
        palette.setColor(role, look.color(token))
    off = look.color("text-off")
    for role in TEXT_ROLES:
        palette.setColor(QPalette.ColorGroup.Disabled, role, off)
    return palette


def _write_tints(look: Look) -> None:
    """Write the style sheet's small drawings in the theme's colours into the cache folder."""
    folder = user_cache_path("overread", appauthor=False) / "icons" / look.theme
    folder.mkdir(parents=True, exist_ok=True)
    for name, token in TINTS.items():
        drawing = resource_path(f"icons/{name}.svg").read_text("utf-8")
        tinted = drawing.replace("currentColor", look.tokens[token])
        target = folder / f"{name}.svg"
        if not target.exists() or target.read_text("utf-8") != tinted:
            target.write_text(tinted, "utf-8")
    QDir.setSearchPaths("icons", [str(folder)])
