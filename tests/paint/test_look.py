"""Tokens, fonts and resources; and no colour anywhere but in the token file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtGui import QFont, QFontDatabase

import viewer
from viewer.paint.look import color_of, look_of, text_family, tokens
from viewer.paint.resources import resource_path

PACKAGE = Path(viewer.__file__).parent
HEX = re.compile(r"#[0-9A-Fa-f]{6}\b|#[0-9A-Fa-f]{8}\b")
PALETTE_FILE = PACKAGE / "render" / "palette.py"


def test_no_colour_is_written_outside_the_token_and_palette_files() -> None:
    # The demo study's export has the colours of its own labels, as any export may.
    files = [path for path in PACKAGE.rglob("*.py") if path.parent.name != "demo"]
    found = [
        f"{path.relative_to(PACKAGE)}: {match}"
        for path in files
        if path != PALETTE_FILE
        for match in HEX.findall(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_a_look_knows_its_themes_tokens_and_the_fixed_ones(theme: str) -> None:
    look = look_of(theme)  # type: ignore[arg-type]
    for token in [*tokens()[theme], *tokens()["fixed"]]:
        assert look.color(token).isValid()
    assert look.color("accent", 0.5).alpha() == 128
    with pytest.raises(KeyError):
        look.color("no such token")


def test_both_themes_have_the_same_tokens() -> None:
    assert tokens()["dark"].keys() == tokens()["light"].keys()


def test_fonts_have_their_size_and_tabular_figures() -> None:
    font = look_of().font(11, 600)
    assert font.pixelSize() == 11
    assert font.weight() == QFont.Weight.DemiBold
    assert font.featureValue(QFont.Tag("tnum")) == 1


def test_the_text_family_is_an_installed_one() -> None:
    family = text_family()
    installed = QFontDatabase.families()
    assert family
    assert not ("Inter" in installed and family.startswith("DejaVu"))


def test_opacity_stays_between_nothing_and_all() -> None:
    assert color_of("#102030", 7).alpha() == 255
    assert color_of("#102030", -1).alpha() == 0


def test_a_missing_resource_is_said_by_name() -> None:
    assert resource_path("theme/tokens.json").is_file()
    with pytest.raises(FileNotFoundError, match="no/such"):
        resource_path("no/such")
