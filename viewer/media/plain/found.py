"""What a reader hands back, and the memory, names and ids that all readers share."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import DTypeLike

from viewer.errors import CannotDecode, CannotRead, Issue, Severity
from viewer.media.instance import FileRef
from viewer.media.memory import free_bytes
from viewer.media.scan import Cancel
from viewer.media.volume import Media, Pixels, SeriesFacts, Window

NO_SERIES = SeriesFacts(study_uid="", series_uid="")
RATIO_LIMIT = 200  # times its file: larger pictures of one packed file ...
UNPACKED_LIMIT = 256 << 20  # ... beyond this many bytes are bombs
_MEMORY_SHARE = 0.8  # of what is free; the window and the decoders need the rest
_NUMBERS = re.compile(r"(\d+)")


@dataclass
class Opened:
    """The media of some files.

    Args:
        issues: what is to be said; those of the media among them.
        claimed: further files that belong to the media, such as the data beside a header.
    """

    media: list[Media] = field(default_factory=list[Media])
    issues: list[Issue] = field(default_factory=list[Issue])
    claimed: set[FileRef] = field(default_factory=set[FileRef])

    def add(self, media: Media) -> None:
        """Take one media with its issues."""
        self.media.append(media)
        self.issues.extend(media.issues)


@dataclass
class Said:
    """What is to be told of one file."""

    name: str
    issues: list[Issue] = field(default_factory=list[Issue])

    def add(self, severity: Severity, code: str, words: str) -> None:
        """Say one thing of the file; `words` end without a full stop."""
        self.issues.append(Issue(severity, code, f"{self.name}: {words}.", self.name))


def opened_each(
    files: Sequence[FileRef], cancelled: Cancel, open_one: Callable[[FileRef], Opened]
) -> Opened:
    """Open files one by one; one that is refused becomes an issue, and the others open."""
    found = Opened()
    for file in files:
        if cancelled():
            break
        try:
            one = open_one(file)
        except (CannotDecode, CannotRead) as error:
            found.issues.append(Issue("error", "volume-refused", str(error), file.name))
            continue
        found.media += one.media
        found.issues += one.issues
        found.claimed |= one.claimed
    return found


def base_name(file: FileRef) -> str:
    """The file's own name without folders: what exports call it by."""
    return PurePosixPath(file.member).name if file.member is not None else Path(file.path).name


def folder_of(file: FileRef) -> str:
    """The folder that a file or member lies in, for telling folders apart."""
    if file.member is None:
        return str(Path(file.path).parent)
    return f"{file.path}!{PurePosixPath(file.member).parent}"


def natural(name: str) -> tuple[tuple[int, str], ...]:
    """Sorts names as a person counts: "img2" before "img10"."""
    parts = _NUMBERS.split(name.casefold())
    numbered = [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]
    return (*numbered, (-1, name))


def zeros(shape: Sequence[int], dtype: DTypeLike, name: str) -> Pixels:
    """Return an array that takes memory only where it is written.

    Raises:
        CannotDecode: it would not fit into the memory that is free.
    """
    need = float(np.prod(shape, dtype=np.float64)) * np.dtype(dtype).itemsize
    free = free_bytes()
    sentence = (
        f"{name}: its {shape[0]} pictures of {shape[2]} x {shape[1]} pixels need"
        f" {need / 1e9:.1f} GB of memory and {free / 1e9:.1f} GB are free; close other programs"
        " or open a part."
    )
    if need > _MEMORY_SHARE * free:
        raise CannotDecode(sentence)
    try:
        return np.zeros(tuple(shape), dtype)
    except (MemoryError, ValueError) as error:
        raise CannotDecode(sentence) from error


def is_bomb(unpacked: int, packed: int) -> bool:
    """Whether a file of `packed` bytes claims more than a real one unpacks to."""
    return unpacked > UNPACKED_LIMIT and unpacked > RATIO_LIMIT * packed


def windows_from(low: float, high: float) -> tuple[Window, ...]:
    """Return the window whose black is `low` and white `high`; none where they make none.

    Source: DICOM PS3.3 C.11.2.1.2.1: black lies at centre - 0.5 - (width - 1) / 2.
    """
    if not (math.isfinite(low) and math.isfinite(high) and high > low):
        return ()
    return (Window((low + high) / 2 + 0.5, high - low + 1.0, "file"),)
