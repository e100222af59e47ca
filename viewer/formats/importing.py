"""What a vendor's own platform would not take back of an export."""

from __future__ import annotations

from collections.abc import Callable

from viewer.errors import Issue
from viewer.formats.table import FORMATS
from viewer.model.project import Project


def _go_on() -> None:
    """Nobody stops this."""


def unimportable(
    project: Project, export: str, check: Callable[[], None] = _go_on
) -> tuple[Issue, ...]:
    """Return it of one export of a project, as it was opened; nothing where no rules are known.

    Args:
        export: its id.
        check: asked again and again; raises where the answer is no longer wanted.
    """
    shown = project.exports[export]
    rules = (each.unimportable for each in FORMATS if each.name == shown.format)
    found = next(rules, None)
    return () if found is None else tuple(found(shown, project.annotations.bases[export], check))
