"""From headers to how a media is shown: windows, tables, padding, uptake, and what is left out."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from viewer.errors import CannotDecode, CannotRead, Issue
from viewer.media.dicom import tags
from viewer.media.dicom.header import Header
from viewer.media.dicom.images import FLOAT_BITS, Image, spacing_of
from viewer.media.dicom.sequences import dataset_of
from viewer.media.dicom.suv import suv_of
from viewer.media.dicom.windows import Said, set_windows
from viewer.media.files import Files
from viewer.media.pixel_data.codecs import JPEG_2000
from viewer.media.pixel_data.decoding import DicomPixels
from viewer.media.pixel_data.encapsulation import first_bytes
from viewer.media.pixel_data.luts import Table, modality_table
from viewer.media.pixel_data.overlays import overlay_planes
from viewer.media.pixel_data.stored import stored_value
from viewer.media.pixel_data.stream_sizes import is_irreversible
from viewer.media.volume import Stored

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_CURVES = ("", "LINEAR", "LINEAR_EXACT", "SIGMOID")
_METHODS = {  # Lossy Image Compression Method (0028,2114), PS3.3 C.7.6.1.1.5.1
    "ISO_10918_1": "JPEG",
    "ISO_14495_1": "JPEG-LS",
    "ISO_15444_1": "JPEG 2000",
    "ISO_15444_15": "HTJ2K",
    "ISO_18181_1": "JPEG XL",
    "ISO_13818_2": "MPEG-2",
    "ISO_14496_10": "H.264",
    "ISO_23008_2": "HEVC",
}
_STREAM_HEAD = 4096  # bytes


def presented(media: Stored, images: Sequence[Image]) -> list[Issue]:
    """Set how a media is shown by the headers of its images; issues say what is not as asked.

    Source: DICOM PS3.3 C.7.5.1.1.2 (padding), C.8.9 (PET), C.9.2 (overlays), C.11.1 (Modality
    LUT), C.11.2 (VOI LUT), C.11.6 (Presentation LUT Shape), 10.7.1.2 (spacing at the detector).
    """
    first = images[0]
    headers = [image.header for image in images]
    said = [*_header_oddities(media, headers), *_value_oddities(headers)]
    media.presentation.loss = loss_words(first.header)
    media.lossy = media.lossy or _is_irreversible(first)
    _set_rescales(media)
    if not media.is_colour:
        said += set_windows(media, images)
        media.presentation.padding_limit = _padding_limit(first)
    if _needs_sequences(media, first):
        said += _from_sequences(media, first)
    return [
        Issue(severity, code, f"{media.title}: {words}.", media.id)
        for severity, code, words in said
    ]


def loss_words(header: Header) -> str:
    """How the pixels were compressed: "JPEG 12:1"; "" where the header does not say."""
    methods = header.text(tags.LOSSY_METHOD).split("\\")
    ratios = header.numbers(tags.LOSSY_RATIO)
    steps: list[str] = []
    for number in range(max(len(methods), len(ratios))):
        method = methods[number].strip() if number < len(methods) else ""
        ratio = ratios[number] if number < len(ratios) else 0.0
        words = [_METHODS.get(method, method), f"{ratio:.3g}:1" if ratio > 1 else ""]
        steps.append(" ".join(word for word in words if word))
    return ", then ".join(step for step in steps if step)


def _is_irreversible(image: Image) -> bool:
    """Whether its stream says so, where a header without the mark may hold either kind.

    Other images of the series are asked when they are decoded.
    """
    instance = image.instance
    if instance.transfer_syntax not in JPEG_2000 or instance.pixels_length is not None:
        return False
    try:
        with closing(Files()) as files, closing(files.open(instance.file)) as reader:
            return is_irreversible(first_bytes(reader, instance.pixels_at, _STREAM_HEAD))
    except CannotRead:
        return False  # decoding says why


def _header_oddities(media: Stored, headers: Sequence[Header]) -> list[Said]:
    said: list[Said] = []
    curves = {header.text(tags.VOI_FUNCTION) for header in headers} - set(_CURVES)
    if curves:
        words = f"its window curve ({', '.join(sorted(curves))}) is not known; it is linear"
        said.append(("note", "voi-function-unknown", words))
    if not media.is_colour and any(header.has(tags.RED_PALETTE) for header in headers):
        words = "its supplemental colours are not shown; only its greys are"
        said.append(("note", "palette-supplemental", words))
    if not headers[0].has(tags.PIXEL_SPACING) and spacing_of(headers[0]) is not None:
        words = "its pixel spacing is measured at the detector; lengths in the patient are shorter"
        said.append(("note", "detector-spacing", words))
    return said


def _value_oddities(headers: Sequence[Header]) -> list[Said]:
    """What contradicts itself in how stored values are to be read."""
    said: dict[str, Said] = {}
    for header in headers:
        bits = FLOAT_BITS.get(header.pixels.tag) if header.pixels else None
        allocated = header.short(tags.BITS_ALLOCATED)
        if bits and allocated not in (None, bits):
            words = (
                f"the header says {allocated} bits of its floating point values; they are read as"
                f" the {bits} bits that their tag stands for"
            )
            said["float-bits"] = ("warning", "float-bits", words)
        tag = tags.DOSE_SCALING if header.has(tags.DOSE_SCALING) else tags.SLOPE
        if header.number(tag) == 0:
            words = "its rescale slope is 0, which makes all values alike; stored values are shown"
            said["rescale-zero"] = ("warning", "rescale-zero", words)
    return list(said.values())


def _set_rescales(media: Stored) -> None:
    """Keep one rescale per picture where they differ: stored values stay as they are."""
    if media.is_colour or not isinstance(media.reader, DicomPixels):
        return
    instances = media.reader.instances
    if len({instance.rescale for instance in instances}) > 1:
        media.presentation.rescales = tuple(
            instance.rescale for instance in instances for _ in range(instance.pictures)
        )


def _padding_limit(image: Image) -> float | None:
    limit = image.header.short(tags.PADDING_RANGE_LIMIT)
    return None if limit is None else float(stored_value(limit, image.instance.format))


def _needs_sequences(media: Stored, first: Image) -> bool:
    if media.is_colour:
        return first.instance.has_overlays
    has_more = first.instance.has_table or first.instance.has_overlays
    return has_more or media.facts.modality == "PT"


def _from_sequences(media: Stored, first: Image) -> list[Said]:
    try:
        with closing(Files()) as files:
            dataset = dataset_of(first.instance, files)
    except (CannotDecode, CannotRead) as error:
        return [("warning", "header-unread", str(error).rstrip("."))]
    said = _overlay_oddities(dataset) if first.instance.has_overlays else []
    if media.is_colour:
        return said
    if first.instance.has_table:
        said += _set_modality_table(media, dataset, first)
    if media.facts.modality == "PT":
        said += _set_suv(media, dataset)
    return said


def _overlay_oddities(dataset: Dataset) -> list[Said]:
    damaged = overlay_planes(dataset)[1]
    if not damaged:
        return []
    noun = "1 overlay is" if damaged == 1 else f"{damaged} overlays are"
    return [("warning", "overlay-damaged", f"{noun} damaged and not drawn")]


def _set_modality_table(media: Stored, dataset: Dataset, first: Image) -> list[Said]:
    """Pixels come through the table when they are decoded; padding and unit follow it."""
    try:
        table = modality_table(dataset, first.name)
    except CannotDecode as error:
        return [("warning", "modality-lut-damaged", str(error).rstrip("."))]
    media.rescale = type(media.rescale)(1.0, 0.0, table.unit)
    if media.padding is not None:
        media.padding = _through(table, media.padding)
    limit = media.presentation.padding_limit
    media.presentation.padding_limit = None if limit is None else _through(table, limit)
    return []


def _through(table: Table, value: float) -> float:
    import numpy as np

    return float(table.of(np.array([value]))[0])


def _set_suv(media: Stored, dataset: Dataset) -> list[Said]:
    media.presentation.suv = suv = suv_of(dataset)
    if suv.factor is None:
        return [("note", "suv-unknown", f"no SUV is shown, because {suv.problem}")]
    return []
