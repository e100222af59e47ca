"""The layout of the views, kept from one run to the next."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import platformdirs

from viewer.session.viewing import KEPT_LAYOUTS, Layout


def layout_file() -> Path:
    """Return where the layout is kept, a word in the user's settings folder."""
    return platformdirs.user_config_path("overread", appauthor=False) / "layout.txt"


def kept_layout() -> Layout:
    """Return the kept layout; the usual one where none is kept or it cannot be read."""
    with suppress(OSError):
        word = layout_file().read_text("utf-8", errors="replace").strip()
        by_word: dict[str, Layout] = {layout: layout for layout in KEPT_LAYOUTS}
        return by_word.get(word, "main")
    return "main"


def keep_layout(layout: Layout) -> None:
    """Keep a layout for the next run; without a right to the folder it holds for this run."""
    with suppress(OSError):
        layout_file().parent.mkdir(parents=True, exist_ok=True)
        layout_file().write_text(f"{layout}\n", "utf-8")
