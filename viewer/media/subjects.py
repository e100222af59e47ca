"""Which headers are images; what the others are, in a sentence per kind and series."""

from __future__ import annotations

from collections.abc import Sequence

from viewer.errors import CannotDecode, Issue
from viewer.media import tags
from viewer.media.header import Header
from viewer.media.images import Image, image_of
from viewer.media.kinds import INDEX, kind_of

_NO_PIXELS = "image without pixel data"


def images_of(headers: Sequence[Header], issues: list[Issue]) -> list[Image]:
    """The images among headers, in their order; every other header ends in an issue."""
    images: list[Image] = []
    others: dict[tuple[str, str], list[Header]] = {}
    for header in headers:
        kind = kind_of(header.text(tags.SOP_CLASS) or header.text(tags.MEDIA_STORAGE_CLASS))
        if kind is None and header.pixels is None:
            kind = _NO_PIXELS if header.has(tags.ROWS) else "DICOM object without an image"
        if kind is not None:
            others.setdefault((kind, header.text(tags.SERIES_INSTANCE)), []).append(header)
            continue
        try:
            images.append(image_of(header))
        except CannotDecode as error:
            issues.append(Issue("error", "image-refused", str(error), header.file.name))
    issues.extend(_issue_of(kind, uid, group) for (kind, uid), group in others.items())
    return images


def _issue_of(kind: str, series_uid: str, headers: Sequence[Header]) -> Issue:
    first = headers[0]
    series = first.words(tags.SERIES_DESCRIPTION) or first.text(tags.MODALITY)
    files = first.file.name if len(headers) == 1 else f"{len(headers)} files"
    of_series = f' of series "{series}"' if series else ""
    if kind == _NO_PIXELS:
        sentence = f"{files}{of_series}: image header without pixel data; export the files again."
        return Issue("error", "no-pixels", sentence, series_uid)
    if kind == INDEX:
        sentence = f"{files}: an index of other files; open the folder that it lies in."
        return Issue("note", "not-a-picture", sentence, series_uid)
    sentence = f"{files}{of_series}: {kind}, which is listed but not shown."
    return Issue("note", "not-a-picture", sentence, series_uid)
