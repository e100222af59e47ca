"""The table of readers for files that are not DICOM.

A file goes to the first kind that knows its first bytes; a name alone never decides.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field

from viewer.errors import Cancelled, CannotRead, Issue
from viewer.media.files import Files
from viewer.media.health import plain_health_of
from viewer.media.instance import FileRef
from viewer.media.plain import metaimage, nifti, nrrds, pictures, videos
from viewer.media.plain.found import Opened, base_name
from viewer.media.scan import Cancel
from viewer.media.volume import Media, Video

HEAD_BYTES = 4096


@dataclass(frozen=True)
class Kind:
    """One kind of file.

    Args:
        knows: answers by a file's first bytes and its name in lower case.
        open_all: opens the files of this kind under the opened paths; headers only. What cannot
            be opened becomes an issue.
    """

    name: str
    knows: Callable[[bytes, str], bool]
    open_all: Callable[[Sequence[FileRef], Files, Cancel], Opened]


def _is_picture(head: bytes, name: str) -> bool:
    """Whether a file begins like a picture, and is no row of pictures that make a video."""
    return pictures.knows(head, name) and not videos.knows(head, name)


KINDS: tuple[Kind, ...] = (
    Kind("NIfTI", nifti.knows, nifti.open_all),
    Kind("NRRD", nrrds.knows, nrrds.open_all),
    Kind("MetaImage", metaimage.knows, metaimage.open_all),
    Kind("picture", _is_picture, pictures.open_all),
    Kind("video", videos.knows, videos.open_all),
)


@dataclass
class PlainFound:
    """The media of files that are not DICOM, and the files that nothing knows."""

    media: list[Media] = field(default_factory=list[Media])
    issues: list[Issue] = field(default_factory=list[Issue])
    unknown: list[FileRef] = field(default_factory=list[FileRef])


def plain_media(strangers: Sequence[FileRef], files: Files, cancelled: Cancel) -> PlainFound:
    """Open what is no DICOM but known by its first bytes; nothing is dropped without a count.

    Raises:
        Cancelled: the person stopped the work.
    """
    found = PlainFound()
    sorted_out: dict[str, list[FileRef]] = {kind.name: [] for kind in KINDS}
    claimed: set[FileRef] = set()
    for file in strangers:
        if cancelled():
            raise Cancelled("opening was stopped.")
        kind = _kind_of(file, files)
        (found.unknown if kind is None else sorted_out[kind.name]).append(file)
    for kind in KINDS:
        if sorted_out[kind.name]:
            opened = kind.open_all(sorted_out[kind.name], files, cancelled)
            found.media += opened.media
            found.issues += opened.issues
            claimed |= opened.claimed
    if cancelled():
        raise Cancelled("opening was stopped.")
    found.unknown = [file for file in found.unknown if file not in claimed]
    alone = nifti.images_alone(found.unknown, files)
    found.issues += alone.values()
    found.unknown = [file for file in found.unknown if file not in alone]
    _tell_apart(found.media)
    for media in found.media:
        if not isinstance(media, Video):
            media.health = plain_health_of(media)
    return found


def _kind_of(file: FileRef, files: Files) -> Kind | None:
    try:
        with closing(files.open(file)) as reader:
            head = reader.read(0, HEAD_BYTES)
    except CannotRead:
        return None  # it was read a moment ago; now it counts as unknown
    name = base_name(file).lower()
    return next((kind for kind in KINDS if kind.knows(head, name)), None)


def _tell_apart(media: Sequence[Media]) -> None:
    """Ids are names; "#2", "#3" ... are added to those that come again."""
    numbers: dict[str, int] = {}
    taken = {one.id for one in media}
    for one in media:
        name, number = one.id, numbers.get(one.id, 1)
        while number > 1 and f"{name}#{number}" in taken:
            number += 1
        if number > 1:
            one.id = f"{name}#{number}"
            taken.add(one.id)
        numbers[name] = number + 1
