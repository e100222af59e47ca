"""Words from a command line, and words for a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from viewer.errors import CannotRead

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def check_there(paths: Iterable[str]) -> None:
    """Check that there is something under each path of a command line.

    Raises:
        CannotRead: there is not, or the path is empty, as where a shell's variable is not set.
    """
    from viewer.formats.members import split_member  # late: it takes a while, and help needs none

    for path in paths:
        if not path:
            raise CannotRead("A path is empty; name a folder or a file.")
        if not (Path(path).exists() or split_member(path)[1] is not None):
            raise CannotRead(f"{path} is not there; check the path.")


def plain(line: str) -> str:
    """Return one line of text without control characters: a file's words steer no terminal."""
    return _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", line)
