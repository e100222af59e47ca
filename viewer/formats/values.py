"""What stands in a parsed JSON value, where it is of the kind that is wanted."""

from __future__ import annotations

from collections.abc import Mapping

from viewer.formats.json_tools import is_list, is_object


def shown_text(value: str | None) -> str:
    """Return a text that can be shown and sent; what UTF-8 cannot hold is spelled as escapes."""
    if not value:
        return ""
    return value if value.isascii() else value.encode("utf-8", "backslashreplace").decode()


def text_in(value: Mapping[str, object], key: str) -> str:
    """Return a text of an object, "" without."""
    found = value.get(key)
    return shown_text(found) if isinstance(found, str) else ""


def objects_in(value: object) -> list[dict[str, object]]:
    """Return the objects of a list; none of anything else."""
    return [one for one in value if is_object(one)] if is_list(value) else []
