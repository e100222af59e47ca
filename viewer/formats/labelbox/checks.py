"""What Labelbox's export cannot hold, told before a file is touched."""

from __future__ import annotations

from viewer.errors import CannotWrite
from viewer.formats.format import WriteJob
from viewer.geometry.shapes import Polygon, Regions, Shape
from viewer.model.annotation import Annotation
from viewer.model.ontology import LabelClass, kind_of
from viewer.model.project import Export
from viewer.model.table import DERIVED

FROM_1 = (
    "No label is left on frame 0, so that the saved file may be taken to count from 1; when it is"
    " opened again, choose the first frame under Labels and images."
)
QUESTIONS = ("radio", "checklist", "text", "unknown")  # modes of classes that are answered
_NONE = {"ellipse": "ellipses", "rotated-box": "rotated boxes", "skeleton": "skeletons"}
NOWHERE = "it is on no frame any more; delete it instead"


def first_frame(export: Export) -> int:
    """Return the number of the first frame in the files of an export."""
    return 0 if any(issue.code == "frames-from-0" for issue in export.issues) else 1


def loses_frame_0(job: WriteJob) -> bool:
    """Whether rows for import count from frame 0, and the last one on that frame goes."""
    if not job.edits or first_frame(job.export) != 0:
        return False
    columns = job.base.columns
    on_first = set(columns.owners[(columns.frames == 0) & (columns.roles != DERIVED)].tolist())
    edited = {id.ordinal for id in job.edits if not id.new}
    now = [annotation for annotation in job.edits.values() if annotation is not None]
    is_left = any(one.placements and one.placements[0].index == 0 for one in now)
    return bool(on_first) and on_first <= edited and not is_left


def check_change(before: Annotation, after: Annotation) -> None:
    """Refuse what a changed annotation cannot hold.

    Raises:
        CannotWrite: it is locked, has a note or a parent, or was moved to another data row.
    """
    if before.locked_reason is not None:
        raise CannotWrite(f"it cannot be edited: {before.locked_reason}")
    if before.note != after.note:
        raise CannotWrite("Labelbox has no notes; take its note away")
    if before.parent != after.parent:
        raise CannotWrite("Labelbox has no parents of labels")
    if not after.placements:
        raise CannotWrite(NOWHERE)


def check_class(old: LabelClass, new: LabelClass, what: str) -> None:
    """Refuse another class that a record cannot get.

    Args:
        what: "record" or "row".

    Raises:
        CannotWrite: it is drawn otherwise, or is a question, to which an answer belongs.
    """
    if old.kind is None and old.mode in QUESTIONS:
        raise CannotWrite("an answer stays with its question; answer the other question instead")
    if new.kind != old.kind or (new.kind is None and new.mode != old.mode):
        raise CannotWrite(f"its {what} is a {old.kind or old.mode} and cannot get this class")


def check_shape(label: LabelClass, shape: Shape | None, form: str) -> Shape:
    """Return a shape that a label of this form can hold.

    Args:
        form: "Image", "Video" or "DICOM".

    Raises:
        CannotWrite: Labelbox has no such shape there, or the class is of another kind.
    """
    if shape is None:
        raise CannotWrite("an object needs a shape")
    kind = kind_of(shape)
    if kind in _NONE:
        raise CannotWrite(f"Labelbox has no {_NONE[kind]}; draw a polygon instead")
    if form == "DICOM" and kind not in ("polyline", "mask"):
        raise CannotWrite(f"Labelbox has only lines and masks on DICOM, no {kind}")
    if isinstance(shape, Regions):
        raise CannotWrite("polygons of Labelbox are one region each; draw one for each region")
    if isinstance(shape, Polygon) and shape.holes:
        raise CannotWrite("polygons of Labelbox have no holes")
    if label.kind is not None and label.kind != kind:
        raise CannotWrite(f"its {kind} does not fit its class, which is drawn as a {label.kind}")
    return shape
