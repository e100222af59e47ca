"""What the media of a data row may be called where it lies."""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import unquote

from viewer.formats.labelbox.records import DataRow, MediaAttributes
from viewer.model.project import Entry

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}-", re.IGNORECASE)
_LARGEST = 2**31 - 1
_ORIENTATIONS = {f"{number}{tail}": number for number in range(2, 9) for tail in ("", ".0")}
Kind = Literal["image", "video", "volume"]


def file_name(address: str) -> str:
    """Return the last part of a URL or path, decoded, without query and fragment."""
    plain = address.partition("?")[0].partition("#")[0] if "://" in address else address
    return re.split(r"[/\\]", unquote(plain).rstrip("/\\"))[-1].strip()


def names_of(row: DataRow) -> tuple[str, ...]:
    """Return what a data row's file may be called, strongest first, each also without a UUID."""
    found: list[str] = []
    for address in (row.row_data, row.external_id, row.global_key):
        name = file_name(address or "")
        found += [name, _UUID.sub("", name, count=1) if _UUID.match(name) else name]
    return tuple(dict.fromkeys(name for name in found if name))


def keys_of_row(id: str | None, global_key: str | None) -> tuple[str, ...]:
    """Return by what files of Labelbox name a data row."""
    return tuple(key for key in (id, global_key) if key)


def entry_of(id: str, row: DataRow, media: MediaAttributes | None, label_kind: str | None) -> Entry:
    """Return the entry of a data row.

    Args:
        id: the data row's, or what stands for it.
        label_kind: of its first label, which tells the kind of media where no type does.
    """
    media = media or MediaAttributes()
    names = names_of(row)
    width, height = whole(media.width), whole(media.height)
    return Entry(
        id=id,
        title=file_name(row.external_id or "") or next(iter(names), id),
        names=names,
        kind=_kind(media.mime_type or "", label_kind),
        size=(width, height) if width and height else None,
        count=whole(media.frame_count),
        orientation=_ORIENTATIONS.get(str(media.exif_rotation), 1),
        keys=keys_of_row(row.id, row.global_key),
    )


def whole(number: float | None) -> int | None:
    """Return a count of the export; None when it is absent or counts nothing."""
    if number is None or not 0 < number <= _LARGEST or number != int(number):
        return None
    return int(number)


def _kind(mime_type: str, label_kind: str | None) -> Kind | None:
    if "dicom" in mime_type or label_kind == "DICOM":
        return "volume"
    if mime_type.startswith("video/") or label_kind == "Video":
        return "video"
    if mime_type.startswith("image/") or label_kind == "Default":
        return "image"
    return None
