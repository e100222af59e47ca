"""What is kept from one run to the next: the name that new and changed labels carry."""

from __future__ import annotations

from pathlib import Path

import platformdirs


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
