"""Which headers are images; the others as companions, damaged ones as a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from viewer.errors import CannotDecode, Issue
from viewer.media.dicom import tags
from viewer.media.dicom.header import Header
from viewer.media.dicom.images import Image, image_of
from viewer.media.dicom.kinds import INDEX, SEGMENTATIONS, kind_of
from viewer.media.dicom.others import companion_of
from viewer.media.stopping import Cancel, never, stop_if
from viewer.media.volume import Companion


@dataclass
class Subjects:
    """The images among headers, in their order, and everything else."""

    images: list[Image] = field(default_factory=list[Image])
    companions: list[Companion] = field(default_factory=list[Companion])
    issues: list[Issue] = field(default_factory=list[Issue])


def subjects_of(headers: Sequence[Header], cancelled: Cancel = never) -> Subjects:
    """Sort headers into images and others; every damaged one ends in an issue.

    Segmentations are pictures only where nothing else is: they belong on the series they name.

    Raises:
        Cancelled: `cancelled` answered yes.
    """
    found = Subjects()
    segmentations: list[Header] = []
    empty: dict[str, list[Header]] = {}
    for header in headers:
        stop_if(cancelled)
        sop_class = header.text(tags.SOP_CLASS) or header.text(tags.MEDIA_STORAGE_CLASS)
        kind = kind_of(sop_class)
        if kind is None and header.pixels is not None:
            _add_image(header, found)
        elif kind is None and header.has(tags.ROWS):
            empty.setdefault(header.text(tags.SERIES_INSTANCE), []).append(header)
        elif kind != INDEX:
            found.companions.append(companion_of(header, kind or "DICOM object without an image"))
            if sop_class in SEGMENTATIONS and header.pixels is not None:
                segmentations.append(header)
    if not found.images:
        for header in segmentations:
            _add_image(header, found)
    found.issues.extend(_without_pixels(uid, group) for uid, group in empty.items())
    return found


def _add_image(header: Header, found: Subjects) -> None:
    try:
        found.images.append(image_of(header))
    except CannotDecode as error:
        found.issues.append(Issue("error", "image-refused", str(error), header.file.name))


def _without_pixels(series_uid: str, headers: Sequence[Header]) -> Issue:
    first = headers[0]
    series = first.words(tags.SERIES_DESCRIPTION) or first.text(tags.MODALITY)
    files = first.file.name if len(headers) == 1 else f"{len(headers)} files"
    of_series = f' of series "{series}"' if series else ""
    sentence = f"{files}{of_series}: image header without pixel data; export the files again."
    return Issue("error", "no-pixels", sentence, series_uid)
