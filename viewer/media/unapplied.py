"""What a header asks for that is not done yet: one sentence each, so that nobody is misled."""

from __future__ import annotations

from collections.abc import Sequence

from viewer.errors import Issue, Severity
from viewer.media import tags
from viewer.media.images import Image
from viewer.media.volume import Stored

_LINEAR = ("", "LINEAR", "LINEAR_EXACT")


def unapplied(media: Stored, images: Sequence[Image]) -> list[Issue]:
    """Issues for look-up tables, overlays and spacings of `images` that are not applied.

    Source: DICOM PS3.3 C.11.1 (Modality LUT), C.11.2 (VOI LUT), C.9.2 (overlays) and 10.7.1.2
    (spacing at the detector).
    """
    said: list[tuple[Severity, str, str]] = []
    headers = [image.header for image in images]
    if any(header.has(tags.MODALITY_LUT) for header in headers):
        words = "its Modality LUT is not applied yet; values are the stored ones"
        said.append(("warning", "modality-lut-unused", words))
    if any(header.has(tags.VOI_LUT) for header in headers):
        words = "its VOI LUT is not applied yet; greys follow a linear window"
        said.append(("note", "voi-lut-unused", words))
    curves = {header.text(tags.VOI_FUNCTION) for header in headers} - set(_LINEAR)
    if curves:
        words = f"its window curve ({', '.join(sorted(curves))}) is not applied yet; it is linear"
        said.append(("note", "voi-function-unused", words))
    planes = max(sum(header.has(tag) for tag in tags.OVERLAYS) for header in headers)
    if planes:
        noun = "overlay is" if planes == 1 else f"{planes} overlays are"
        said.append(("note", "overlays-unused", f"its {noun} not drawn yet"))
    if media.is_calibrated and not headers[0].has(tags.PIXEL_SPACING):
        words = "its pixel spacing is measured at the detector; lengths in the patient are shorter"
        said.append(("note", "detector-spacing", words))
    return [
        Issue(severity, code, f"{media.title}: {words}.", media.id)
        for severity, code, words in said
    ]
