"""Where the worklist leads next, so that its picture is at hand by then."""

from __future__ import annotations

from viewer.model.annotation import AnnotationId
from viewer.review.centres import centre_of
from viewer.session.session import Session
from viewer.session.task_list import media_of_task


def following_place(session: Session) -> tuple[int, int] | None:
    """Return media and slice or frame that the next open target is shown on; None without one."""
    target = session.work.following
    if target is None:
        return None
    if not isinstance(target, AnnotationId):
        table = session.tasks.table
        number = None if table is None else table.numbers.get(target)
        media = () if number is None else media_of_task(session, number)
        return (media[0], session.media[media[0]].count // 2) if media else None
    if target not in session.project.annotations:
        return None
    centre = centre_of(session.project, session.matches, target)
    if centre is None:
        return None
    middle = session.viewing.crosshair_of(centre.media)
    return centre.media, round((centre.voxel or middle)[2])
