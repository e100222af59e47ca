"""Masks of an export in files beside it, by the names that people give them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from viewer.errors import CannotRead
from viewer.formats.json_tools import BadJson, is_list, is_object, value_of
from viewer.formats.labelbox.names import file_name
from viewer.geometry.mask import Mask
from viewer.model.source import Beside

_LARGEST_FILE = 2**26  # bytes of a PNG
_LARGEST_PICTURE = 2**28  # bytes of its pixels
MIRRORED = re.compile(r"(?:annotations|tasks|masks/feature)/.*")
_SAFE = re.compile(r"[\w.-]+")
Color = tuple[int, int, int]


@dataclass(frozen=True)
class MaskPlace:
    """Which mask is looked for.

    Args:
        id: feature id.
        frame: number as the file counts, None for a picture.
        group: name of the plane of DICOM, "" without.
        url: where the export says that it is; "" where it does not.
        color: of the label in a composite; None for a file of its own.
        size: (width, height) that the picture has, None where that is not known.
    """

    id: str
    frame: int | None
    group: str
    url: str
    color: Color | None
    size: tuple[int, int] | None


def mask_names(place: MaskPlace) -> Iterator[str]:
    """Yield what the file of a mask may be called, the strongest name first."""
    if place.color is None and _SAFE.fullmatch(place.id):
        yield from _own_names(place)
    path = urlsplit(place.url).path.strip("/")
    found = MIRRORED.search(path)
    if found and ".." not in path:
        yield from (f"{found.group()}.png", found.group())


def _own_names(place: MaskPlace) -> Iterator[str]:
    id, frame = place.id, place.frame
    if frame is None:
        yield from (f"{id}.png", f"{id}_1.png", f"{id}/1.png")
        return
    for number in dict.fromkeys((str(frame), f"{frame:03d}", f"{frame:04d}", f"{frame:05d}")):
        yield from (f"{id}_{number}.png", f"{id}/{number}.png")
        if place.group:
            yield from (
                f"{id}_{place.group}_{number}.png",
                f"{id}_{place.group.lower()}_{number}.png",
            )


def mask_beside(beside: Beside, place: MaskPlace) -> Mask | None:
    """Return a mask that lies beside its export, in its folder or in `masks`; None without.

    Raises:
        CannotRead: the file is no mask, or has another size than the picture.
    """
    from viewer.formats.masks.pictures import read_png_mask

    for name in mask_names(place):
        path = beside.find(name) or beside.find(f"masks/{name}")
        if path is None:
            continue
        content = beside.read(path, _LARGEST_FILE)
        bitmap = read_png_mask(file_name(path), content, _LARGEST_PICTURE, place.color).bitmap
        rows, columns = bitmap.shape
        if place.size is not None and place.size != (columns, rows):
            wide, high = place.size
            what = f"its {place.group.lower()} plane" if place.group else "its picture"
            why = "; the row height under Labels and images says otherwise" if place.group else ""
            raise CannotRead(
                f"its mask has {columns} x {rows} pixels, but {what} {wide} x {high}{why}"
            )
        return Mask.from_array(bitmap)
    return None


def address_of(mask: bytes) -> tuple[str, Color | None]:
    """Return the address of a record's mask, and its colour in a composite.

    Args:
        mask: the bytes of `mask`, `composite_mask` or, of v1, `instanceURI`.
    """
    try:
        value = value_of(mask)
    except BadJson:
        return "", None
    if isinstance(value, str):
        return value, None
    if not is_object(value):
        return "", None
    url, color = value.get("url"), value.get("color_rgb")
    numbers = [one for one in color if isinstance(one, int)] if is_list(color) else []
    found = (numbers[0], numbers[1], numbers[2]) if len(numbers) == 3 else None
    return (url if isinstance(url, str) else ""), found
