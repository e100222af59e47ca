"""The worklist of a review, and the place in it, kept from one run to the next."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from viewer.model.annotation import AnnotationId
from viewer.model.source import digest_of
from viewer.model.task import TaskKey
from viewer.review.label_keys import keys_of
from viewer.review.worklist import Rule, Worklist

if TYPE_CHECKING:
    from viewer.session.session import Session

REMADE = ("all", "tasks")  # what rules make again
MOST_LABELS = 5_000  # of a worklist that no rule makes again


class KeptWorklist(msgspec.Struct, frozen=True):
    """A worklist that was begun.

    Args:
        rule: that it was made by; one of all labels or studies is made by it again, samples too.
        at, at_task: the label or study that was to be judged.
        labels: of a worklist of some labels, in its order: export and ordinal.
        digests: of the exports that these are of, by id; of a sample, of all of them.
    """

    rule: Rule
    at: AnnotationId | None = None
    at_task: TaskKey | None = None
    labels: tuple[tuple[str, int], ...] = ()
    digests: dict[str, str] = {}


def worklist_now(session: Session) -> KeptWorklist | None:
    """Return the worklist that was begun; None without one, or where it cannot be made again.

    That is one of labels and studies that reviewers judged differently, or of very many labels that
    fitted a filter or were selected. Labels that were drawn anew, and not saved, are not there the
    next time.
    """
    work, exports = session.work, session.project.exports
    worklist = work.worklist
    at = work.current
    if not len(worklist) or at is None:
        return None
    rule = worklist.rule
    if isinstance(at, TaskKey):
        kept = KeptWorklist(rule, at_task=at)
    else:
        kept = KeptWorklist(rule, None if at.new else at)
    if rule.of in REMADE:
        drawn_of = exports if rule.sample is not None else ()
        return msgspec.structs.replace(kept, digests=_digests(session, drawn_of))
    if worklist.tasks or len(worklist) > MOST_LABELS:
        return None
    ids = map(worklist.labels.id_at, range(len(worklist)))
    labels = tuple((id.export, id.ordinal) for id in ids if not id.new)
    digests = _digests(session, {export for export, _ in labels})
    return msgspec.structs.replace(kept, labels=labels, digests=digests)


def is_of_same_files(session: Session, kept: KeptWorklist) -> bool:
    """Whether the exports that it was made of are open as they were."""
    exports = session.project.exports
    return all(
        id in exports and digest_of(exports[id].sources) == digest
        for id, digest in kept.digests.items()
    )


def listed_again(session: Session, kept: KeptWorklist) -> Worklist | None:
    """Return a worklist of some labels; None where an export is another one now, or not there."""
    annotations = session.project.annotations
    if not is_of_same_files(session, kept):
        return None
    known = (AnnotationId(*label) for label in dict.fromkeys(kept.labels))
    labels = [id for id in known if id.export in kept.digests and id in annotations]
    return Worklist(kept.rule, keys_of(session.project, labels)) if labels else None


def _digests(session: Session, ids: Iterable[str]) -> dict[str, str]:
    return {id: digest_of(session.project.exports[id].sources) for id in ids}
