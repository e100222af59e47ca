"""Opening: which pictures lie under the given paths, by their headers only."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from viewer.errors import Issue
from viewer.media.dicom.dicomdir import folders_of_indices, index_issues
from viewer.media.dicom.scan_memory import FEWEST, ScanMemory
from viewer.media.dicom.series import media_of
from viewer.media.files import Files
from viewer.media.instance import FileRef
from viewer.media.plain.nifti import PAIR_IMAGE
from viewer.media.plain.table import PlainFound, plain_media
from viewer.media.scan import list_files, read_headers, strangers_issues
from viewer.media.stopping import Cancel, Progress, never, silent
from viewer.media.video.in_dicom import films_in
from viewer.media.volume import Media, MediaSet, Video


def open_media(
    *paths: str | Path, progress: Progress | None = None, cancelled: Cancel | None = None
) -> MediaSet:
    """Find all pictures under folders, files and zips; pixels are read later, by `load`.

    Never fails because of what a file holds: that is an issue. May be called from any thread.

    Args:
        paths: folders (searched to their depths), files and zips.
        progress: called with (done, in all) while headers are read and grouped; each file counts
            for both.
        cancelled: asked between files, between series, and among many frames of one object.

    Raises:
        Cancelled: `cancelled` answered yes.
    """
    stop, report = cancelled or never, progress or silent

    def read(done: int, total: int) -> None:
        report(done, 2 * total)

    def grouped(done: int, total: int) -> None:
        report(total + done, 2 * total)

    with closing(Files()) as files:
        listing = list_files(paths, files, stop)
        memory = ScanMemory(paths) if len(listing.files) >= FEWEST else None
        scan = read_headers(listing.files, files, read, stop, memory)
        folders = folders_of_indices(scan.headers, paths)
        if folders:
            listing = list_files([*paths, *folders], files, stop)
            scan = read_headers(listing.files, files, read, stop)
        plain = plain_media(scan.strangers, files, stop)
        films = films_in(scan.headers, files, stop)
    found = media_of(films.others, films.media, grouped, stop)
    issues = [*listing.issues, *scan.issues, *index_issues(scan.headers, listing.files)]
    issues += [*found.issues, *films.issues]
    dicom = MediaSet(
        media=tuple(found.media),
        issues=tuple(issues),
        companions=tuple(found.companions),
        exports=tuple(listing.exports),
        plain=tuple(scan.strangers),
    )
    return _together(dicom, plain, paths)


def without_files(
    found: MediaSet,
    gone: Collection[FileRef],
    paths: Sequence[str | Path],
    cancelled: Cancel | None = None,
) -> MediaSet:
    """Return the pictures without those of some plain files, such as the masks of an export.

    Args:
        gone: files that are looked at no more.
        paths: what `found` was opened from.
        cancelled: as for `open_media`.

    Raises:
        Cancelled: `cancelled` answered yes.
    """
    left_out, plain = set(gone), set(found.plain)
    if left_out.isdisjoint(plain):
        return found
    said = {id(issue) for issue in found.plain_issues}
    dicom = replace(
        found,
        media=tuple(media for media in found.media if first_file(media) not in plain),
        issues=tuple(issue for issue in found.issues if id(issue) not in said),
        plain=tuple(file for file in found.plain if file not in left_out),
    )
    with closing(Files()) as files:
        again = plain_media(dicom.plain, files, cancelled or never)
    return _together(dicom, again, paths, " and what goes with them")


def first_file(media: Media) -> FileRef:
    """Return the file of the first picture of a media."""
    return media.file if isinstance(media, Video) else media.reader.file_of(0)


def _together(
    dicom: MediaSet, plain: PlainFound, paths: Sequence[str | Path], besides: str = ""
) -> MediaSet:
    """Return the pictures of both kinds, and what is said of the plain files."""
    media = sorted([*dicom.media, *plain.media], key=lambda media: -media.count)
    said = [*plain.issues, *strangers_issues(plain.unknown)]
    if not media and not any(issue.code == PAIR_IMAGE for issue in plain.issues):
        said.append(_nothing(paths, bool(dicom.exports), besides))
    return replace(
        dicom,
        media=tuple(media),
        issues=(*dicom.issues, *said),
        skipped=len(plain.unknown),
        plain_issues=tuple(said),
    )


def _nothing(paths: Sequence[str | Path], has_exports: bool, besides: str) -> Issue:
    where = ", ".join(Path(path).name or str(path) for path in paths[:3]) or "nothing"
    also = f"; only JSON files{besides}" if has_exports else ""
    sentence = (
        f"No picture was found in {where}{also}: open a folder that holds DICOM, NIfTI, NRRD,"
        " image or video files."
    )
    return Issue("error" if not has_exports else "note", "no-media", sentence, where)
