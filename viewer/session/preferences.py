"""What is kept from one run to the next in the user's settings folder: a name, words chosen."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import platformdirs

Word = TypeVar("Word", bound=str)


def author_file() -> Path:
    """Return where the name is kept, a line of text in the user's settings folder."""
    return platformdirs.user_config_path("overread", appauthor=False) / "author.txt"


def read_author(path: Path) -> str:
    """Return the kept name, "" without one or where it cannot be read."""
    try:
        return one_line(path.read_text("utf-8", errors="replace"))
    except OSError:  # no name yet, or no right to it: labels say "You" all the same
        return ""


def write_author(path: Path, name: str) -> None:
    """Keep a name; "" is kept as no name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{one_line(name)}\n", "utf-8")


def one_line(name: str) -> str:
    """Return a name without line breaks and outer spaces."""
    return " ".join(name.split())


def word_file(name: str) -> Path:
    """Return where a choice is kept, one word in the user's settings folder."""
    return platformdirs.user_config_path("overread", appauthor=False) / f"{name}.txt"


def kept_word(name: str, words: Sequence[Word], usual: Word) -> Word:
    """Return the kept one of these words; the usual one where none is kept or it cannot be read."""
    with suppress(OSError):
        kept = word_file(name).read_text("utf-8", errors="replace").strip()
        return next((word for word in words if word == kept), usual)
    return usual


def keep_word(name: str, word: str) -> None:
    """Keep a word for the next run; without a right to the folder it holds for this run."""
    with suppress(OSError):
        word_file(name).parent.mkdir(parents=True, exist_ok=True)
        word_file(name).write_text(f"{word}\n", "utf-8")
