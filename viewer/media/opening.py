"""Opening: which pictures lie under the given paths, by their headers only."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from viewer.errors import Issue
from viewer.media.dicom.dicomdir import folders_of_indices, index_issues
from viewer.media.dicom.scan_memory import FEWEST, ScanMemory
from viewer.media.dicom.series import media_of
from viewer.media.files import Files
from viewer.media.plain.nifti import PAIR_IMAGE
from viewer.media.plain.table import plain_media
from viewer.media.scan import list_files, read_headers, strangers_issues
from viewer.media.stopping import Cancel, Progress, never, silent
from viewer.media.video.in_dicom import films_in
from viewer.media.volume import MediaSet


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
    media = sorted([*found.media, *plain.media], key=lambda media: -media.count)
    issues = [*listing.issues, *scan.issues, *index_issues(scan.headers, listing.files)]
    issues += [*found.issues, *films.issues, *plain.issues]
    issues += strangers_issues(plain.unknown)
    if not media and not any(issue.code == PAIR_IMAGE for issue in plain.issues):
        issues.append(_nothing(paths, bool(listing.exports)))
    return MediaSet(
        media=tuple(media),
        issues=tuple(issues),
        companions=tuple(found.companions),
        skipped=len(plain.unknown),
        exports=tuple(listing.exports),
    )


def _nothing(paths: tuple[str | Path, ...], has_exports: bool) -> Issue:
    where = ", ".join(Path(path).name or str(path) for path in paths[:3]) or "nothing"
    also = "; only JSON files" if has_exports else ""
    sentence = (
        f"No picture was found in {where}{also}: open a folder that holds DICOM, NIfTI, NRRD,"
        " image or video files."
    )
    return Issue("error" if not has_exports else "note", "no-media", sentence, where)
