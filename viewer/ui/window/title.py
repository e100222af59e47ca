"""The window's title: what is open, whether it is saved, and the notice."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from viewer.session.session import Session

NAME = "Overread - not for diagnosis"


def title_of(session: Session) -> str:
    """Return such as "Head CT, 4 mm - head_ct_labels.json* - Overread - not for diagnosis"."""
    parts: list[str] = []
    if session.current is not None:
        parts.append(session.current.title)
    exports = [export.title for export in session.project.exports.values()]
    if exports:
        star = "*" if session.history.is_modified else ""
        parts.append(", ".join(exports[:2]) + (" ..." if len(exports) > 2 else "") + star)
    return " - ".join([*parts, NAME])
