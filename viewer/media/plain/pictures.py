"""Images to frame stacks: a folder's images of one size are one sequence, in natural order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np

from viewer.errors import CannotDecode, CannotRead, Issue
from viewer.media.files import Files
from viewer.media.instance import FileRef, Rescale
from viewer.media.plain import photos, tiffs
from viewer.media.plain.damage import refused
from viewer.media.plain.found import (
    NO_SERIES,
    Opened,
    base_name,
    folder_of,
    natural,
    windows_from,
    zeros,
)
from viewer.media.plain.picture import Picture, Samples, check_size
from viewer.media.scan import Cancel
from viewer.media.volume import FrameStack, Stored

_LEFT_OUT = ("pages-lost", "pages-behind", "channels", "animated")  # notes of what is not shown


def knows(head: bytes, _name: str) -> bool:
    """Whether a file begins like a PNG, JPEG, WebP, BMP or TIFF."""
    return photos.knows(head) or tiffs.knows(head)


def open_all(files: Sequence[FileRef], opener: Files, cancelled: Cancel) -> Opened:
    """Open images by their headers and group them; pixels are read later.

    Single pictures of a folder make one sequence where size and depth agree, in natural order of
    their names; a file of many pages stands alone.
    """
    found = Opened()
    singles: list[Picture] = []
    for file in sorted(files, key=lambda file: (folder_of(file), natural(base_name(file)))):
        if cancelled():
            break
        try:
            pictures = _pictures_of(file, opener)
        except (CannotDecode, CannotRead) as error:
            found.issues.append(Issue("error", "picture-refused", str(error), file.name))
            continue
        if len(pictures) == 1:
            singles += pictures
        else:
            _add_groups(pictures, found)
    _add_groups(singles, found)
    return found


def _pictures_of(file: FileRef, opener: Files) -> list[Picture]:
    with closing(opener.open(file)) as reader, reader.buffered() as stream:
        is_tiff = tiffs.knows(stream.read(4))
        with refused(file.name, "picture"):
            read = tiffs.pictures_of if is_tiff else photos.pictures_of
            pictures = read(file, stream)
        for picture in pictures:
            check_size(picture, reader.size)
        return pictures


def _add_groups(pictures: Sequence[Picture], found: Opened) -> None:
    groups: dict[tuple[object, ...], list[Picture]] = {}
    for picture in pictures:
        # Grey of 8 bits beside colours is shown as colour, so that a sequence stays whole.
        kind = "8-bit" if picture.dtype == np.uint8 else picture.dtype.str
        inverted = picture.is_inverted and not picture.is_colour
        size = (picture.rows, picture.columns)
        key = (folder_of(picture.file), size, kind, inverted)
        groups.setdefault(key, []).append(picture)
    folders = [key[0] for key in groups]
    for (folder, *_), group in groups.items():
        try:
            found.add(_stack_of(group, is_only=folders.count(folder) == 1))
        except CannotDecode as error:
            found.issues.append(Issue("error", "too-large", str(error), group[0].file.name))


def _stack_of(pictures: Sequence[Picture], *, is_only: bool) -> FrameStack:
    """Build the frame stack; `frame_of` is keyed by file name, as exports name images.

    Raises:
        CannotDecode: it would not fit into memory.
    """
    first = pictures[0]
    is_colour = any(picture.is_colour for picture in pictures)
    name = _name_of(pictures)
    is_alone = is_only or len({picture.file for picture in pictures}) == 1
    title = name if is_alone else f"{name} ({first.columns} x {first.rows})"
    shape = (len(pictures), first.rows, first.columns)
    frame_of: dict[str, int] = {}
    for index, picture in enumerate(pictures):
        frame_of.setdefault(base_name(picture.file), index)
    top = None if is_colour or any(one.top != first.top for one in pictures) else first.top
    return FrameStack(
        id=name,
        title=title,
        facts=NO_SERIES,
        instances=(),
        pixels=zeros((*shape, 3) if is_colour else shape, first.dtype, title),
        ready=np.zeros(len(pictures), dtype=np.bool_),
        reader=PicturePixels(tuple(pictures)),
        rescale=Rescale(),
        windows=() if top is None else windows_from(0, top),
        issues=_notes(pictures, title),
        frame_of=frame_of,
        slice_of=_pages_of(pictures, frame_of),
        is_inverted=first.is_inverted and not is_colour,
        lossy=any(picture.lossy for picture in pictures),
    )


def _pages_of(
    pictures: Sequence[Picture], frame_of: Mapping[str, int]
) -> dict[tuple[str, int], int]:
    """Index of each picture by file name and page, where not all pages of a file stand here.

    Pages of other sizes and depths stand in stacks of their own.
    """
    pages = {(base_name(one.file), one.number): index for index, one in enumerate(pictures)}
    is_whole = all(index == frame_of[name] + number for (name, number), index in pages.items())
    return {} if is_whole else pages


def _name_of(pictures: Sequence[Picture]) -> str:
    """The file's name, or the folder's where there are several files."""
    first = pictures[0].file
    if all(picture.file == first for picture in pictures):
        return base_name(first)
    if first.member is None:
        return Path(first.path).absolute().parent.name or base_name(first)
    return PurePosixPath(first.member).parent.name or Path(first.path).name


def _notes(pictures: Sequence[Picture], title: str) -> tuple[Issue, ...]:
    """Each note once per media, with how many of its pictures it is true of."""
    counts: dict[tuple[str, str], int] = {}
    for picture in pictures:
        for note in picture.notes:
            counts[note] = counts.get(note, 0) + 1
    issues: list[Issue] = []
    for (code, words), count in counts.items():
        of = f" (true of {count} of {len(pictures)} pictures)" if count < len(pictures) else ""
        severity = "warning" if code in _LEFT_OUT else "note"
        issues.append(Issue(severity, code, f"{title}: {words}{of}.", title))
    return tuple(issues)


@dataclass(frozen=True, eq=False)
class PicturePixels:
    """The pictures of image files, in the order of a media."""

    pictures: tuple[Picture, ...]

    @property
    def is_serial(self) -> bool:
        """Decoders leave the interpreter free, so that two threads gain."""
        return False

    @property
    def order(self) -> None:
        """Any picture may come first."""
        return

    def opened(self, media: Stored, files: Files) -> Callable[[int], None]:
        """Return what decodes picture k into `media.pixels[k]`."""

        def decode(index: int) -> None:
            target, picture = media.pixels[index], self.pictures[index]
            samples = _decoded(picture, files)
            target[...] = samples[..., None] if samples.ndim < target.ndim else samples

        return decode

    def file_of(self, index: int) -> FileRef:
        """Return the file that a picture comes from."""
        return self.pictures[index].file

    def beside(self, index: int) -> range:
        """Return the picture alone."""
        return range(index, index + 1)


def _decoded(picture: Picture, files: Files) -> Samples:
    name = picture.file.name
    with (
        closing(files.open(picture.file)) as reader,
        reader.buffered() as stream,
        refused(name, "picture"),
    ):
        samples = picture.decode(stream)
    wanted = (picture.rows, picture.columns, *((3,) if picture.is_colour else ()))
    if samples.shape != wanted:
        raise CannotDecode(f"{name}: its pixels are not of the size its header says; export again.")
    return samples
