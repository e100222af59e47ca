"""The worklist of a review, and the place in it, kept from one run to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from viewer.model.annotation import AnnotationId
from viewer.model.source import digest_of
from viewer.review.label_keys import keys_of
from viewer.review.worklist import Rule, Worklist

if TYPE_CHECKING:
    from viewer.session.session import Session

MOST_LABELS = 5_000  # of a worklist that no rule makes again


class KeptWorklist(msgspec.Struct, frozen=True):
    """A worklist that was begun.

    Args:
        rule: that it was made by; one of all labels is made by it again, samples too.
        at: what was to be judged.
        labels: of a worklist of some labels, in its order: export and ordinal.
        digests: of the exports that these are of, by id.
    """

    rule: Rule
    at: AnnotationId | None = None
    labels: tuple[tuple[str, int], ...] = ()
    digests: dict[str, str] = {}


def worklist_now(session: Session) -> KeptWorklist | None:
    """Return the worklist that was begun; None without one, or where it cannot be made again.

    That is one of studies, or of very many labels that fitted a filter or were selected. Labels
    that were drawn anew, and not saved, are not there the next time.
    """
    work, exports = session.work, session.project.exports
    worklist = work.worklist
    at = work.current
    if not len(worklist) or worklist.tasks or not isinstance(at, AnnotationId):
        return None
    here = None if at.new else at
    if worklist.rule.of == "all":
        return KeptWorklist(worklist.rule, here)
    if len(worklist) > MOST_LABELS:
        return None
    ids = map(worklist.labels.id_at, range(len(worklist)))
    labels = tuple((id.export, id.ordinal) for id in ids if not id.new)
    digests = {id: digest_of(exports[id].sources) for id in {export for export, _ in labels}}
    return KeptWorklist(worklist.rule, here, labels, digests)


def listed_again(session: Session, kept: KeptWorklist) -> Worklist | None:
    """Return a worklist of some labels; None where an export is another one now, or not there."""
    exports, annotations = session.project.exports, session.project.annotations
    for id, digest in kept.digests.items():
        if id not in exports or digest_of(exports[id].sources) != digest:
            return None
    known = (AnnotationId(*label) for label in dict.fromkeys(kept.labels))
    labels = [id for id in known if id.export in kept.digests and id in annotations]
    return Worklist(kept.rule, keys_of(session.project, labels)) if labels else None
