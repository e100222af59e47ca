"""Labelbox's files, told by their first rows."""

from __future__ import annotations

import re

from viewer.formats.format import top_keys
from viewer.formats.json_tools import Walker, first_byte
from viewer.model.source import Role

_V2 = re.compile(rb'"data_row"\s*:')


def recognise(head: bytes) -> bool:
    """Whether these are the first bytes of a Labelbox export."""
    keys = row_keys(head)
    if "exports" in keys and "data_row" not in keys:
        return _V2.search(head) is not None
    return bool({"data_row", "dataRow", "DataRow ID", "Labeled Data"} & set(keys))


def role(head: bytes) -> Role | None:
    """Return what a file that is no export is to exports of v1: their frames."""
    return "frames" if "frameNumber" in row_keys(head) else None


def row_keys(head: bytes) -> tuple[str, ...]:
    """Return the keys of the first row, whether rows stand one a line or in a list."""
    walker = Walker(head, first_byte(head))
    at = walker.start()
    return top_keys(head[at + 1 :] if head[at : at + 1] == b"[" else head)
