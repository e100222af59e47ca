"""What MD.ai's format cannot hold, told before a file is touched."""

from __future__ import annotations

from viewer.errors import CannotWrite
from viewer.formats.format import WriteJob, named
from viewer.formats.mdai.encode import refusal_of
from viewer.formats.mdai.outputs import is_output
from viewer.model.annotation import Annotation
from viewer.model.ontology import LabelClass, kind_of
from viewer.model.subject import MediaKey


def check_change(
    job: WriteJob, before: Annotation, after: Annotation, fields: tuple[str, ...]
) -> None:
    """Refuse what a changed record cannot hold.

    Raises:
        CannotWrite: locked, moved to other media, or a shape that does not fit its label.
    """
    name = named(job, after)
    is_orphaned = fields == ("parent",) and not is_output(before.locked_reason)
    if before.locked_reason and not is_orphaned:
        raise CannotWrite(f"{name} cannot be edited: {before.locked_reason}.")
    if len(after.placements) != 1:
        raise CannotWrite(f"{name} has {len(after.placements)} shapes; MD.ai holds one a record.")
    if not _is_writable_move(before.placements[0].media, after.placements[0].media):
        raise CannotWrite(f"{name} was moved to another image; delete it and draw it anew there.")
    label = check_label(job, after)
    old = job.export.ontology.by_id.get(before.class_id)
    if old is not None and old.scope and label.scope and old.scope != label.scope:
        raise CannotWrite(
            f"{name}: a label of scope {label.scope} cannot stand on a record of one {old.scope}."
        )


def _is_writable_move(before: MediaKey, after: MediaKey) -> bool:
    """Whether a record can name the new image by the keys that it has: one of the same series."""
    keys = ("study", "series", "entry")
    is_same = all(getattr(before, key) == getattr(after, key) for key in keys)
    alike = ((before.instance, after.instance), (before.frame, after.frame))
    return is_same and all((one is None) == (other is None) for one, other in alike)


def check_label(job: WriteJob, annotation: Annotation) -> LabelClass:
    """Return the label of an annotation, if its shape fits the label's mode.

    Raises:
        CannotWrite: no such label, or the shape is of another kind.
    """
    label = job.export.ontology.by_id.get(annotation.class_id)
    name = named(job, annotation)
    if label is None:
        raise CannotWrite(f"{name}: its label is not in the export's label groups.")
    shape = annotation.placements[0].shape
    if shape is not None and kind_of(shape) != label.kind:
        wanted = f"a {label.kind} (mode {label.mode!r})" if label.kind else "no shape"
        raise CannotWrite(
            f"{name}: its {kind_of(shape)} does not fit its label, which has {wanted}."
        )
    refusal = refusal_of(annotation.placements[0].flat)
    if refusal:
        raise CannotWrite(f"{name} {refusal}.")
    return label
