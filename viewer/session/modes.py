"""The modes of a window, and what a person is told who tries to change a label outside Edit."""

from __future__ import annotations

from typing import Literal

Mode = Literal["view", "edit", "review"]


def locked_sentence(mode: Mode) -> str:
    """Return why labels cannot be changed in a mode, and what unlocks them."""
    return f"Labels are locked in {mode.title()}. F3 edits."
