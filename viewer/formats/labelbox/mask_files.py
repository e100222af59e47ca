"""Masks of an export in files beside it, by the names that people give them.

A file of a feature's own comes before one that an address leads to, since what is edited here is
written as such.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import unquote, urlsplit

from viewer.errors import CannotRead
from viewer.formats.json_tools import BadJson, is_list, is_object, value_of
from viewer.formats.labelbox.names import file_name
from viewer.geometry.mask import Bitmap, Mask
from viewer.model.source import Beside

_LARGEST_FILE = 2**26  # bytes of a PNG
_LARGEST_PICTURE = 2**28  # bytes of its pixels
_SIGNATURE, _HEAD_END = b"\x89PNG\r\n\x1a\n", 33
MIRRORED = re.compile(r"(?:annotations|tasks|masks/feature)/.*")
_SAFE = re.compile(r"\w[\w.-]{0,99}")
FOLDER = "masks"  # of what is written, and looked into besides the export's own
TABLES = ("masks.json", f"{FOLDER}/masks.json")
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


def own_names(place: MaskPlace) -> Iterator[str]:
    """Yield what a mask's own file may be called, the strongest name first."""
    id, frame = place.id, place.frame
    if not _SAFE.fullmatch(id):
        return
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


def name_to_save(place: MaskPlace) -> str:
    """Return what the file at a mask's address is found by; "" where it has no such name.

    A composite goes by its address, since several labels share it.
    """
    own = next(own_names(place), "") if place.color is None else ""
    return own or next(_mirrored(place.url), "")


def _mirrored(url: str) -> Iterator[str]:
    path = urlsplit(url).path.strip("/")
    found = MIRRORED.search(path)
    if found and ".." not in path:
        yield from (f"{found.group()}.png", found.group())


@dataclass(frozen=True)
class FoundMask:
    """A file that holds a mask.

    Args:
        name: from the main file's folder.
        path: where it lies.
        is_own: named after the feature; else other features may share it.
    """

    name: str
    path: str
    is_own: bool


@dataclass(eq=False)
class MaskFolder:
    """The masks beside an export: in its folder, in `masks`, or where a `masks.json` says.

    Names are found whatever their case.
    """

    beside: Beside
    _listed: dict[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])

    def own(self, place: MaskPlace) -> FoundMask | None:
        """Return the file that is named after a mask's feature; None where there is none.

        Raises:
            CannotRead: it is a link out of the folder.
        """
        found = next(filter(None, map(self._at, own_names(place))), None)
        return FoundMask(*found, is_own=True) if found else None

    def found(self, place: MaskPlace) -> FoundMask | None:
        """Return the file of a mask; None where there is none.

        Raises:
            CannotRead: it is a link out of the folder.
        """
        own = self.own(place)
        if own is not None:
            return own
        for name in self._shared_names(place.url):
            at = self._at(name)
            if at is not None:
                return FoundMask(*at, is_own=False)
        return None

    def read(self, found: FoundMask, place: MaskPlace) -> Mask:
        """Return the mask of a file that was found.

        Raises:
            CannotRead: the file is no mask, or has another size than the picture.
        """
        bitmap = _bitmap(found, self.content(found), place.color)
        rows, columns = bitmap.shape
        if place.size is not None and place.size != (columns, rows):
            wide, high = place.size
            what = f"its {place.group.lower()} plane" if place.group else "its picture"
            why = "; the row height under Labels and images says otherwise" if place.group else ""
            raise CannotRead(
                f"its mask has {columns} x {rows} pixels, but {what} {wide} x {high}{why}"
            )
        return Mask.from_array(bitmap)

    def size(self, found: FoundMask) -> tuple[int, int]:
        """Return (width, height) of a file that was found, as its header says.

        Raises:
            CannotRead: it is no PNG picture, or cannot be read.
        """
        return png_size(self.content(found))

    def content(self, found: FoundMask) -> bytes:
        """Return the bytes of a file that was found.

        Raises:
            CannotRead: it cannot be read, or is too large.
        """
        return self.beside.read(found.path, _LARGEST_FILE)

    def _at(self, name: str) -> tuple[str, str] | None:
        """Return (name as it is spelled, path) of a file by its name."""
        for each in (name, f"{FOLDER}/{name}"):
            spelled = self._spelled(each)
            path = self.beside.find(spelled) if spelled else None
            if spelled and path is not None:
                return spelled, path
        return None

    def _spelled(self, name: str) -> str:
        """Return a name in the case that it has on the disk; "" where it is not there."""
        found = ""
        for part in name.split("/"):
            names = self._names(found)
            here = names.get(part) or names.get(part.casefold(), "")
            if not here:
                return ""
            found = f"{found}/{here}" if found else here
        return found

    def _names(self, folder: str) -> Mapping[str, str]:
        """Return the names in a folder by themselves, and without case if only one has it so."""
        if folder not in self._listed:
            spelled = self.beside.names(folder)
            folded: dict[str, str] = {}
            for name in spelled:
                known = name.casefold()
                folded[known] = "" if known in folded else name
            self._listed[folder] = {**folded, **{name: name for name in spelled}}
        return self._listed[folder]

    def _shared_names(self, url: str) -> Iterator[str]:
        bare = url.partition("?")[0]
        for folder, files in self._told:
            name = files.get(url) or files.get(bare)
            if isinstance(name, str) and name:
                yield f"{folder}{unquote(name)}".replace("\\", "/")
        yield from _mirrored(url)

    def tables(self) -> tuple[str, ...]:
        """Return the names of the tables that say where masks lie."""
        return tuple(name for name in TABLES if self.beside.find(name))

    @cached_property
    def _told(self) -> list[tuple[str, Mapping[str, object]]]:
        """Return (folder, {address: file}) of each `masks.json`; one that is damaged says nothing.

        Addresses count without their query too.
        """
        found: list[tuple[str, Mapping[str, object]]] = []
        for name in self.tables():
            path, folder = self.beside.find(name), name.removesuffix("masks.json")
            try:
                value = value_of(self.beside.read(path, _LARGEST_FILE)) if path else None
            except BadJson:
                continue
            if is_object(value):
                bare = {address.partition("?")[0]: name for address, name in value.items()}
                found.append((folder, {**bare, **value}))
        return found


def _bitmap(found: FoundMask, content: bytes, color: Color | None) -> Bitmap:
    from viewer.formats.masks.pictures import read_composite, read_png_mask

    title = file_name(found.path)
    bitmap = read_png_mask(title, content, _LARGEST_PICTURE, color).bitmap
    if color is None or not found.is_own or bitmap.any():
        return bitmap
    colors = read_composite(title, content, _LARGEST_PICTURE).colors
    if any(len(set(each)) > 1 for each in colors):
        return bitmap
    return read_png_mask(title, content, _LARGEST_PICTURE).bitmap  # white on black, saved as RGB


def png_size(content: bytes) -> tuple[int, int]:
    """Return (width, height) of a PNG picture, as its header says.

    Raises:
        CannotRead: it is none.
    """
    if not content.startswith(_SIGNATURE) or len(content) < _HEAD_END:
        raise CannotRead("its mask is no PNG picture")
    return int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")


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
    url = value.get("url", value.get("instanceURI"))
    color = value.get("color_rgb", value.get("colorRGB"))
    numbers = [one for one in color if isinstance(one, int)] if is_list(color) else []
    found = (numbers[0], numbers[1], numbers[2]) if len(numbers) == 3 else None
    return (url if isinstance(url, str) else ""), found
