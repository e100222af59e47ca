"""Saying what one thinks of labels and tasks: verdicts, as commands that undo covers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import msgspec

from viewer.model.annotation import AnnotationId
from viewer.model.task import TaskKey
from viewer.model.verdict import Judgement, Target, Verdict
from viewer.session.commands import Judge

if TYPE_CHECKING:
    from viewer.session.session import Session

NOTHING_SAID = Verdict()
VERBS: dict[Judgement, str] = {
    "accepted": "Accept",
    "rejected": "Reject",
    "needs_change": "Needs change",
}
TAKE_BACK = "Take back"
COMMENT = "Comment"


def verdict_of(session: Session, target: Target) -> Verdict:
    """Return what is said of a label or task; `NOTHING_SAID` of one that was not judged."""
    return session.project.verdicts.get(target, NOTHING_SAID)


def judge(
    session: Session,
    targets: Iterable[Target],
    judgement: Judgement,
    reason: str = "",
    *,
    is_corrected: bool = False,
) -> None:
    """Accept or reject labels or tasks, or ask for a change; comments on them stay.

    Args:
        reason: why they are rejected or need a change.
        is_corrected: the reviewer changed them, and accepts them so.
    """
    changes = {"judgement": judgement, "reason": reason, "is_corrected": is_corrected}
    _say(session, targets, "Correct" if is_corrected else VERBS[judgement], changes)


def comment(session: Session, targets: Iterable[Target], text: str) -> None:
    """Say something in words of labels or tasks; "" takes it away. Their judgement stays."""
    _say(session, targets, COMMENT, {"comment": text.strip()})


def take_back(session: Session, targets: Iterable[Target]) -> None:
    """Judge labels or tasks no more; comments on them stay."""
    judged = [target for target in targets if verdict_of(session, target).judgement is not None]
    changes = {"judgement": None, "reason": "", "is_corrected": False}
    _say(session, judged, TAKE_BACK, changes)


def judge_current(
    session: Session, judgement: Judgement, reason: str = "", *, is_corrected: bool = False
) -> bool:
    """Judge what the worklist is at, and go to the next that is open; False without one."""
    current = session.work.current
    if current is None:
        return False
    judge(session, (current,), judgement, reason, is_corrected=is_corrected)
    session.work.next_open()
    return True


def _say(
    session: Session, targets: Iterable[Target], verb: str, changes: Mapping[str, object]
) -> None:
    made = session.stamp()
    labels = list[tuple[AnnotationId, Verdict]]()
    tasks = list[tuple[TaskKey, Verdict]]()
    for target in dict.fromkeys(targets):
        before = verdict_of(session, target)
        said = msgspec.structs.replace(before, **changes, time=made.time, reviewer=made.author)
        if isinstance(target, AnnotationId):
            labels.append((target, said))
        else:
            tasks.append((target, said))
    if labels or tasks:
        session.do(Judge(tuple(labels), tuple(tasks), made, verb))
