"""Label colours: the export's own, else the palette in order; never too dark to be seen."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st
from scenes import CLASSES

from viewer.model.ontology import LabelClass, Ontology
from viewer.paint.resources import resource_path
from viewer.render.palette import PALETTE, class_colors, is_color, luminance, readable


def contrast(color: str) -> float:
    return (luminance([int(color[at : at + 2], 16) for at in (1, 3, 5)]) + 0.05) / 0.05


def test_the_palette_is_the_token_files() -> None:
    tokens = json.loads(resource_path("theme/tokens.json").read_text())
    assert tuple(tokens["palette"].values()) == PALETTE


def test_every_colour_of_the_palette_reads_on_black() -> None:
    assert min(contrast(color) for color in PALETTE) >= 4.5


@given(st.integers(0, 0xFFFFFF))
def test_every_drawn_colour_stands_three_to_one_on_black(rgb: int) -> None:
    color = f"#{rgb:06x}"
    assert contrast(readable(color)) >= 2.95
    assert contrast(color) < 3 or readable(color) == color


def test_classes_without_colour_take_the_palette_in_order() -> None:
    colors = class_colors(Ontology(CLASSES))
    assert colors["yellow"] == "#ffff00"
    assert colors["navy"] != "#000040"
    assert [colors["plain"], colors["plain-2"]] == list(PALETTE[:2])


def test_beyond_the_palette_its_colours_come_again() -> None:
    many = Ontology(tuple(LabelClass(str(at), str(at)) for at in range(25)))
    assert class_colors(many)["20"] == PALETTE[0]


def test_what_is_no_colour_is_not_taken_for_one() -> None:
    assert is_color("#00fF7a")
    assert not any(is_color(text) for text in ("", "red", "#fff", "#12345g", "1234567"))
    odd = Ontology((LabelClass("a", "A", color="tomato"),))
    assert class_colors(odd)["a"] == PALETTE[0]
