"""The theme comes from tokens alone, and changes at once."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon, QPalette
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import viewer.ui
from viewer.paint.look import look_of
from viewer.paint.resources import resource_path
from viewer.session.commands import Command
from viewer.ui.inspector.history_model import LOOKS
from viewer.ui.inspector.related_part import ARROWS
from viewer.ui.labels.authors import KIND_ICONS
from viewer.ui.labels.cells import HEADER_ICONS, SHAPE_ICONS
from viewer.ui.media.issues_panel import SIGNS
from viewer.ui.saving.page import VERBS
from viewer.ui.widgets.icons import icon
from viewer.ui.widgets.theme import ThemeChoice, apply_theme, color, style_sheet, theme
from viewer.ui.window.modes import SEGMENTS
from viewer.ui.window.welcome import DOORS, PROMISES

UI = Path(viewer.ui.__file__).parent


@pytest.fixture
def app(qtbot: QtBot) -> QApplication:
    found = QApplication.instance()
    assert isinstance(found, QApplication)
    return found


@pytest.mark.parametrize("name", ["dark", "light"])
def test_every_token_of_the_style_sheet_has_a_value(app: QApplication, name: ThemeChoice) -> None:
    apply_theme(app, name)
    assert "@" not in style_sheet(theme().look)


def test_changing_the_theme_changes_palette_and_colours_at_once(app: QApplication) -> None:
    seen: list[str] = []
    for name in ("light", "dark"):
        apply_theme(app, name)
        wanted = look_of(name).color("text")
        assert app.palette().color(QPalette.ColorRole.WindowText) == wanted
        assert color("text") == wanted
        seen.append(wanted.name())
    assert len(set(seen)) == 2


def test_no_colour_is_written_in_the_chrome_but_by_token() -> None:
    literal = re.compile(r'"#[0-9A-Fa-f]{3,8}"')
    found = [path.name for path in UI.rglob("*.py") if literal.search(path.read_text("utf-8"))]
    assert found == []
    assert not re.search(r"#[0-9A-Fa-f]{6}", resource_path("theme/theme.qss").read_text("utf-8"))


def painted(found: QIcon, mode: QIcon.Mode, state: QIcon.State) -> set[str]:
    image = found.pixmap(QSize(20, 20), 2.0, mode, state).toImage()
    places = ((x, y) for x in range(image.width()) for y in range(image.height()))
    colors = (image.pixelColor(x, y) for x, y in places)
    return {c.name() for c in colors if c.alpha() == 255}


@pytest.mark.parametrize("name", ["eye", "grid-nine"])
def test_an_icon_takes_its_colour_from_mode_state_and_theme(app: QApplication, name: str) -> None:
    found = icon(name)
    for shown in ("dark", "light"):
        apply_theme(app, shown)
        normal, off = QIcon.Mode.Normal, QIcon.State.Off
        assert color("text").name() in painted(found, normal, off)
        assert color("text-off").name() in painted(found, QIcon.Mode.Disabled, off)
        assert color("accent").name() in painted(found, normal, QIcon.State.On)


def test_every_icon_named_in_the_chrome_exists(app: QApplication) -> None:
    named = re.compile(r'(?:icon|paint_icon|Picture)\([^)"]*"([a-z][a-z0-9-]+)"')
    names = {name for path in UI.rglob("*.py") for name in named.findall(path.read_text("utf-8"))}
    names -= set(theme().look.tokens)  # calls whose name is computed give their token instead
    names |= {*SHAPE_ICONS.values(), *HEADER_ICONS.values(), *KIND_ICONS.values(), *ARROWS}
    pairs = (*SIGNS.values(), *VERBS.values(), *PROMISES, *LOOKS.values())
    names |= {name for name, _ in pairs if name}
    names |= {door[1] for door in DOORS} | {segment[2] for segment in SEGMENTS}
    assert len(names) > 30
    for name in sorted(names):
        assert painted(icon(name), QIcon.Mode.Normal, QIcon.State.Off), name


def test_every_kind_of_change_has_an_icon_and_words_in_the_history() -> None:
    assert {*LOOKS} == {*get_args(Command)}


def test_figures_are_of_equal_width(app: QApplication) -> None:
    from PySide6.QtGui import QFontMetricsF

    apply_theme(app, "dark")
    metrics = QFontMetricsF(app.font())
    widths = {round(metrics.horizontalAdvance(digit * 4), 3) for digit in "0123456789"}
    assert len(widths) == 1
