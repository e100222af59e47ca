"""The windows and VOI LUTs that headers offer, each picture its own (PS3.3 C.11.2)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import closing

from viewer.errors import CannotDecode, CannotRead, Severity
from viewer.media.dicom import tags
from viewer.media.dicom.header import Header
from viewer.media.dicom.images import Image
from viewer.media.dicom.sequences import dataset_of
from viewer.media.files import Files
from viewer.media.pixel_data.luts import Table, voi_tables, voi_tables_in
from viewer.media.volume import FrameStack, Stored, Volume, Window

Said = tuple[Severity, str, str]  # how much it matters, its code, and words that follow the title

_VOI = (
    *(tags.WINDOW_CENTER, tags.WINDOW_WIDTH, tags.WINDOW_EXPLANATION, tags.VOI_FUNCTION),
    *(tags.VOI_LUT, tags.PIXEL_REPRESENTATION, tags.CHARACTER_SET),
)


def set_windows(media: Stored, images: Sequence[Image]) -> list[Said]:
    """Give a media its windows, tables behind them, and say which are damaged.

    A volume takes those of the slice that is first looked at; of frames each keeps its own where
    they differ, since radiographs of one series have windows that suit no other.
    """
    if isinstance(media, Volume):
        images = [images[len(images) // 2]]
    kept: dict[object, tuple[Window, ...]] = {}
    said: list[Said] = []
    own: list[tuple[Window, ...]] = []
    for image in images:
        key = _key(image)
        if key not in kept:
            kept[key] = (*windows_of(image.header), *_tables(image, said))
        own += [kept[key]] * image.instance.pictures
    media.windows = next((windows for windows in own if windows), ())
    if len(kept) > 1 and isinstance(media, FrameStack):
        media.frame_windows = tuple(own)
    return list(dict.fromkeys(said))


def windows_of(header: Header) -> tuple[Window, ...]:
    """The VOI windows of a header, in the order given; those without width are left out."""
    centers = header.numbers(tags.WINDOW_CENTER)
    widths = header.numbers(tags.WINDOW_WIDTH)
    names = header.words(tags.WINDOW_EXPLANATION).split("\\")
    names += [""] * len(centers)
    said = header.text(tags.VOI_FUNCTION)
    function = said if said in ("LINEAR_EXACT", "SIGMOID") else "LINEAR"
    return tuple(
        Window(center, width, name.strip(), function)
        for center, width, name in zip(centers, widths, names, strict=False)
        if math.isfinite(center) and math.isfinite(width) and width > 0
    )


def _key(image: Image) -> object:
    """The same for images whose windows are the same."""
    header = image.header
    is_elsewhere = header.elements.get(tags.VOI_LUT) == b""
    where = image.instance.file if is_elsewhere else header.encoding
    return header.raw(_VOI), where


def _tables(image: Image, said: list[Said]) -> list[Window]:
    try:
        tables, damaged = _read_tables(image)
    except (CannotDecode, CannotRead) as error:
        said.append(("warning", "header-unread", str(error).rstrip(".")))
        return []
    if damaged:
        noun = "1 of its VOI LUTs is" if damaged == 1 else f"{damaged} of its VOI LUTs are"
        said.append(("warning", "voi-lut-damaged", f"{noun} damaged and not offered as a window"))
    return [
        Window(
            table.first + len(table.values) / 2,
            float(len(table.values)),
            table.name or f"Table {number}",
            table=table,
        )
        for number, table in enumerate(tables, start=1)
    ]


def _read_tables(image: Image) -> tuple[list[Table], int]:
    """Tables from the bytes that the header kept, or from the file where it kept none."""
    if not image.header.has(tags.VOI_LUT):
        return [], 0
    if image.header.elements[tags.VOI_LUT]:
        return voi_tables(image.header)
    with closing(Files()) as files:
        return voi_tables_in(dataset_of(image.instance, files))
