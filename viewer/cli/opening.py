"""Paths from the command line to media, exports and their matches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from viewer.errors import CannotRead, Issue
from viewer.formats import FORMATS, read_export
from viewer.formats.format import HEAD_BYTES
from viewer.media import open_media
from viewer.media.volume import Media, MediaSet
from viewer.model.project import Project
from viewer.review.matching import Matches, match


@dataclass(frozen=True, eq=False)
class Opened:
    """Everything found under the paths of one command.

    Args:
        skipped: files that are neither pictures nor exports.
    """

    project: Project
    media: tuple[Media, ...]
    issues: tuple[Issue, ...]
    skipped: int
    matches: Matches


def opened(paths: Sequence[str]) -> Opened:
    """Open folders, DICOM files, zips and exports in any mixture; pixels are not read.

    A JSON file that is named must be an export; one met inside a folder is opened if it is.

    Raises:
        CannotRead: a path is not there, or a named JSON file is no export.
    """
    for path in paths:
        if not Path(path).exists():
            raise CannotRead(f"{path} is not there; check the path.")
    named = [path for path in paths if is_json(path)]
    others = [path for path in paths if not is_json(path)]
    found = open_media(*others) if others else MediaSet()
    met = [path for path in found.exports if _is_export(path)]
    exports = list(dict.fromkeys([*named, *met]))
    project = read_export(*exports) if exports else Project()
    return Opened(project, found.media, found.issues, found.skipped, match(project, found.media))


def is_json(path: str) -> bool:
    """Whether a path is a file that is to be read as an export."""
    return Path(path).suffix.lower() == ".json" and Path(path).is_file()


def _is_export(path: str) -> bool:
    """Whether a file met on the way is an export of a known format; unreadable ones are not."""
    try:
        with Path(path).open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError:
        return False
    return any(known.recognise(head) for known in FORMATS)
