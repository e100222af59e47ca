"""Whether a class is said of a picture already, of which an export holds one for each."""

from __future__ import annotations

from viewer.model.annotation import AnnotationId
from viewer.render.classified import classified_on
from viewer.session.editing import ClassKey
from viewer.session.session import Session

ONCE = (
    "The export holds one of these for each image or frame, and it is there already; change that "
    "one."
)


def is_said(
    session: Session, key: ClassKey, author: str, at: tuple[str | None, int], but: object = None
) -> bool:
    """Return whether another one of a class is said of a slice or frame of the shown media.

    Args:
        author: of the one that is to be there; each branch of the export has its own.
        at: entry of the export, and the slice or frame of the media.
        but: id of one that does not count.
    """
    project, (entry, slice) = session.project, at
    export, media = project.exports[key[0]], session.viewing.media_index
    if not export.says_once or media is None:
        return False
    branch = export.branches.get(author, "")
    for each in classified_on(project, session.matches, media, slice, _is_any):
        other = project.annotations[each.id]
        is_same = (each.id.export, each.class_id) == key and each.id != but
        is_here = any(placement.media.entry == entry for placement in other.placements)
        if is_same and is_here and export.branches.get(other.author, "") == branch:
            return True
    return False


def _is_any(_id: AnnotationId, _class_id: str) -> bool:
    return True
