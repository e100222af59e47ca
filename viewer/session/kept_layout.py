"""The layout of the views, kept from one run to the next."""

from __future__ import annotations

from pathlib import Path

from viewer.session.preferences import keep_word, kept_word, word_file
from viewer.session.viewing import KEPT_LAYOUTS, Layout

NAME = "layout"


def layout_file() -> Path:
    """Return where the layout is kept."""
    return word_file(NAME)


def kept_layout() -> Layout:
    """Return the kept layout; the usual one where none is kept or it cannot be read."""
    return kept_word(NAME, KEPT_LAYOUTS, "main")


def keep_layout(layout: Layout) -> None:
    """Keep a layout for the next run."""
    keep_word(NAME, layout)
