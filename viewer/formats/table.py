"""The formats that are known, in the order they are asked."""

from __future__ import annotations

from viewer.errors import CannotRead
from viewer.formats import datagym, encord, labelbox, mdai, redbrick
from viewer.formats.format import Format

FORMATS: tuple[Format, ...] = (
    mdai.FORMAT,
    labelbox.FORMAT,
    redbrick.FORMAT,
    encord.FORMAT,
    datagym.FORMAT,
)


def format_named(name: str) -> Format:
    """Return the format with this name.

    Raises:
        CannotRead: there is none.
    """
    for known in FORMATS:
        if known.name == name:
            return known
    raise CannotRead(f"There is no label format named {name!r}.")
