"""Words for a terminal."""

from __future__ import annotations

import re

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def plain(line: str) -> str:
    """Return one line of text without control characters: a file's words steer no terminal."""
    return _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", line)
