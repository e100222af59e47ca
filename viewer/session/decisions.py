"""What was said of labels and tasks, as it happened: one entry for a command, its undo or redo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from viewer.model.project import Project
from viewer.session.commands import Judge, Stamp

Action: TypeAlias = Literal["judge", "undo", "redo"]


@dataclass(frozen=True, eq=False)
class Decision:
    """One change of verdicts.

    Args:
        made: when, and by whom.
        before, after: the project without and with it.
    """

    action: Action
    command: Judge
    made: Stamp
    before: Project
    after: Project
