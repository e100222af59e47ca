"""What Encord's export cannot hold, told before a file is touched."""

from __future__ import annotations

from viewer.errors import CannotWrite
from viewer.formats.encord.making import ANSWERED
from viewer.geometry.shapes import Shape
from viewer.model.annotation import Annotation
from viewer.model.ontology import LabelClass, kind_of

NOWHERE = "it is on no frame any more; delete it instead"


def check_change(before: Annotation, after: Annotation) -> None:
    """Refuse what a changed annotation cannot hold.

    Raises:
        CannotWrite: it is locked, has a note or a parent, or was moved to other media.
    """
    if before.locked_reason is not None:
        raise CannotWrite(f"it cannot be edited: {before.locked_reason}")
    if before.note != after.note:
        raise CannotWrite("Encord has no notes; take its note away")
    if before.parent != after.parent:
        raise CannotWrite("Encord has no parents of labels")
    if not len(after.placements):
        raise CannotWrite(NOWHERE)
    if _entry(before) != _entry(after):
        raise CannotWrite("it was moved to other media; draw it anew there")


def check_class(old: LabelClass, new: LabelClass) -> None:
    """Refuse another class that a record cannot get.

    Raises:
        CannotWrite: it is drawn otherwise, or is a question, to which an answer belongs.
    """
    if old.mode == ANSWERED:
        raise CannotWrite("an answer stays with its question; answer the other question instead")
    if new.mode != old.mode:
        raise CannotWrite(f"its record is a {old.mode} and cannot become a {new.mode}")


def check_shape(label: LabelClass, shape: Shape | None) -> Shape:
    """Return a shape that labels of a class can hold.

    Raises:
        CannotWrite: there is none, or it is of another kind.
    """
    if shape is None:
        raise CannotWrite("an object needs a shape")
    kind = kind_of(shape)
    if label.kind != kind:
        drawn = label.kind or "answer, not a shape"
        raise CannotWrite(f"its {kind} does not fit its class, which is a {drawn}")
    return shape


def _entry(annotation: Annotation) -> str | None:
    return annotation.placements[0].media.entry if len(annotation.placements) else None
