"""DICOM metadata exports of MD.ai: names of videos, and the tags of every image.

They hold no labels and go with exports that do. Of a damaged one nothing is taken that is not
whole; the bytes of the tags are looked at when somebody asks for those of an image.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import msgspec

from viewer.errors import Issue
from viewer.formats.json_tools import (
    BadJson,
    Bytes,
    Walker,
    first_byte,
    is_object,
    text_of,
    value_of,
)
from viewer.formats.problems import FAST_REFUSES
from viewer.formats.spans import spans_of
from viewer.formats.values import text_in
from viewer.model.placement import Origin
from viewer.model.project import Export
from viewer.model.source import Source
from viewer.model.table import Base

Place = tuple[int, int]  # start and end
_kept: WeakKeyDictionary[Source, _Images] = WeakKeyDictionary()


@dataclass(frozen=True)
class VideoFile:
    """A video as the metadata list it; "" for what they do not say.

    Args:
        name: of the file that was uploaded.
        ending: of the file that MD.ai made of it, such as ".mp4".
    """

    study: str
    series: str
    name: str = ""
    ending: str = ""


class _Dataset(msgspec.Struct, rename="camel"):
    video_metadata: list[msgspec.Raw] = []
    dicom_metadata: list[msgspec.Raw] = []


class _Document(msgspec.Struct):
    datasets: list[_Dataset] = []


class _Image(msgspec.Struct):
    series: str | None = msgspec.field(default=None, name="SeriesInstanceUID")
    instance: str | None = msgspec.field(default=None, name="SOPInstanceUID")


@dataclass(frozen=True, eq=False)
class _Images:
    """Where the images of a file of metadata stand, by their own UID and the first of a series."""

    by_instance: Mapping[str, Place]
    by_series: Mapping[str, Place]


def videos_of_all(
    files: Sequence[bytes | memoryview],
) -> tuple[tuple[VideoFile, ...], tuple[Issue, ...]]:
    """Return the videos that these files list, and what is wrong with them."""
    found: dict[str, VideoFile] = {}
    issues: list[Issue] = []
    for data in files:
        entries, issue = _listed(data, "videoMetadata")
        issues += [] if issue is None else [issue]
        for start, end in entries:
            video = _video(bytes(data[start:end]))
            if video is not None:
                found.setdefault(video.series, video)
    return tuple(found.values()), tuple(dict.fromkeys(issues))


def _video(text: bytes) -> VideoFile | None:
    keys = ("StudyInstanceUID", "SeriesInstanceUID", "origFileName", "fileExtension")
    try:
        entry = value_of(text)
    except BadJson:
        return None
    if not is_object(entry):
        return None
    study, series, name, ending = (text_in(entry, key) for key in keys)
    return VideoFile(study, series, name, ending) if series else None


def metadata_around(export: Export, base: Base, ordinal: int) -> Iterator[tuple[str, Origin]]:
    """Yield what the metadata that go with an export say of the image of a record.

    Of a record of a whole series, what they say of its first image.
    """
    columns = base.columns
    row = int(columns.owners.searchsorted(ordinal))
    codes = (columns.entries[row], columns.instances[row], columns.series[row])
    entry, instance, series = (columns.keys[int(code)] if code >= 0 else "" for code in codes)
    for source in export.sources[1:]:
        images = _images(source)
        for title, place in (
            ("DICOM metadata", images.by_instance.get(instance or entry)),
            ("DICOM metadata of the series' first image", images.by_series.get(series)),
        ):
            if place is not None:
                yield title, Origin(source.id, *place)
                break


def metadata_ahead(export: Export, _base: Base, check: Callable[[], None]) -> None:
    """Find the images of the metadata in a job, so that nobody has to wait for them."""
    for source in export.sources[1:]:
        check()
        _images(source, check)


def _go_on() -> None:
    """Nobody stops this."""


def _images(source: Source, check: Callable[[], None] = _go_on) -> _Images:
    if source not in _kept:
        instances: dict[str, Place] = {}
        series: dict[str, Place] = {}
        for place in _listed(source.base, "dicomMetadata")[0]:
            check()
            try:
                image = msgspec.json.decode(memoryview(source.base)[slice(*place)], type=_Image)
            except FAST_REFUSES:
                continue  # such an entry is seen in the Export panel
            if image.instance:
                instances.setdefault(image.instance, place)
            if image.series:
                series.setdefault(image.series, place)
        _kept[source] = _Images(instances, series)
    return _kept[source]


def _listed(data: bytes | memoryview, wanted: str) -> tuple[list[Place], Issue | None]:
    """Return where the entries of a list in each dataset stand, and what is wrong with the file."""
    try:
        document = msgspec.json.decode(data, type=_Document)
    except FAST_REFUSES:
        return _listed_forgiving(data, wanted)
    is_video = wanted == "videoMetadata"
    raws = [
        raw
        for dataset in document.datasets
        for raw in (dataset.video_metadata if is_video else dataset.dicom_metadata)
    ]
    starts, ends = spans_of(data, raws)
    return list(zip(starts.tolist(), ends.tolist(), strict=True)), None


def _listed_forgiving(data: Bytes, wanted: str) -> tuple[list[Place], Issue]:
    found: list[Place] = []
    words = "has values of unexpected kinds"
    try:
        _walk(Walker(data, first_byte(data)), ["datasets", wanted], found)
    except BadJson as error:
        words = f"is damaged ({error})"
    sentence = f"The DICOM metadata beside the export {words}; what of it is whole was read."
    return found, Issue("warning", "metadata-damaged", sentence, wanted)


def _walk(walker: Walker, path: list[str], found: list[Place]) -> None:
    """Note the entries of the list at a path of keys; every list on the way is looked through."""
    if not walker.is_object():
        walker.skip()
        return
    for key, _ in walker.members():
        if text_of(walker.data[key.start : key.end]) != path[0] or not walker.is_array():
            walker.skip()
            continue
        for _ in walker.elements():
            if len(path) > 1:
                _walk(walker, path[1:], found)
            else:
                start, end = walker.skip()
                found.append((start, end))
