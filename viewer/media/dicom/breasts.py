"""Which breast a mammogram shows, by its header."""

from __future__ import annotations

from viewer.media.dicom import tags
from viewer.media.dicom.header import Header
from viewer.media.instance import Breast

_VIEW_LETTERS = 5  # of the longest view position, such as XCCLM


def breast_of(header: Header) -> Breast | None:
    """Return which breast a mammogram shows; None where the header does not say, or of others."""
    if header.text(tags.MODALITY) != "MG":
        return None
    side = header.text(tags.IMAGE_LATERALITY) or header.text(tags.LATERALITY)
    view = header.text(tags.VIEW_POSITION)
    if side not in ("R", "L") or not view.isalpha() or len(view) > _VIEW_LETTERS:
        return None
    rows, _, columns = header.text(tags.PATIENT_ORIENTATION).partition("\\")
    return Breast(side, view, rows.strip(), columns.strip())
