"""Paths from the command line to media, exports and their matches."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from viewer.cli.words import check_there
from viewer.errors import CannotRead, Issue
from viewer.formats import read_export
from viewer.formats.companions import belonging
from viewer.formats.finding import UNREAD, exports_met, exports_named, is_text, lonely
from viewer.formats.importing import unimportable
from viewer.formats.members import split_member, whole_path
from viewer.media import open_media
from viewer.media.scan import EXPORT_ENDINGS
from viewer.media.volume import Companion, Media, MediaSet, Video
from viewer.model.project import Project
from viewer.review.matching import Matches, match
from viewer.review.solids import with_solids
from viewer.session.given_classes import with_given
from viewer.session.own_pictures import own_pictures
from viewer.session.sidecar import kept_choices


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
    companions: tuple[Companion, ...] = ()

    def files(self) -> Iterator[str]:
        """Yield the path of every file that was opened."""
        for media in self.media:
            if isinstance(media, Video):
                yield media.file.path
            else:
                yield from {media.reader.file_of(index).path for index in range(media.count)}
        for export in self.project.exports.values():
            yield from (split_member(source.path)[0] for source in export.sources)


def opened(paths: Sequence[str]) -> Opened:
    """Open folders, DICOM files, zips and exports in any mixture; pixels are not read.

    A JSON file that is named must be an export; one met in a folder or zip is opened if it is.

    Raises:
        CannotRead: a path is not there, or a named JSON file is no export.
    """
    check_there(paths)
    named = [path for path in paths if is_export(path)]
    others = [path for path in paths if not is_export(path)]
    found = open_media(*others) if others else MediaSet()
    named = list(once(named))
    met = exports_met(once(found.exports, named))
    asked = exports_named(named)
    joined = (*asked.joined, *met.joined)
    if asked.joined and not (asked.known or met.known):
        raise lonely(asked.joined[0])
    project = read_export(*asked.known, joined=joined)
    unread = list[Issue]()
    for path in met.known:
        try:
            project = read_export(path, into=project, joined=joined)
        except CannotRead as error:
            unread.append(Issue("error", UNREAD, str(error), path))
    found = own_pictures(found, project, others)
    called_for = belonging(project, (*asked.strangers, *met.strangers))
    issues = [*found.issues, *asked.said(called_for), *met.said(called_for), *unread]
    chosen, said = kept_choices(project)
    issues += said
    project = with_given(project, chosen)
    for export in project.exports:
        issues += unimportable(project, export)
    matches = match(project, found.media, chosen)
    matches.tellings.show()
    matches, unseen = with_solids(matches)
    issues += unseen
    unknown = sum(whole_path(path) not in called_for for path in met.strangers)
    skipped = found.skipped + unknown
    return Opened(project, found.media, tuple(issues), skipped, matches, found.companions)


def is_export(path: str) -> bool:
    """Whether a path that was named is to be read as an export: by its ending, or as JSON text."""
    file, member = split_member(path)
    if member is not None:
        return True
    if not Path(file).is_file():
        return False
    return file.lower().endswith(EXPORT_ENDINGS) or is_text(file)


def once(paths: Iterable[str], before: Iterable[str] = ()) -> Iterator[str]:
    """Yield each file once, however it is spelled, and none of those before."""
    seen = {_identity(path) for path in before}
    for path in paths:
        identity = _identity(path)
        if identity not in seen:
            seen.add(identity)
            yield path


def _identity(path: str) -> str:
    file, member = split_member(path)
    real = os.path.realpath(file)
    return real if member is None else f"{real}!{member}"
