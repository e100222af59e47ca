"""From headers to media: images by series, each series split into what can be shown together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from viewer.errors import CannotDecode, GeometryError, Issue
from viewer.media.dicom.building import Draft, frames_of, title_of, volume_of
from viewer.media.dicom.header import Header
from viewer.media.dicom.images import Image
from viewer.media.dicom.others import companion_issues
from viewer.media.dicom.splitting import drafts_of
from viewer.media.dicom.subjects import subjects_of
from viewer.media.pixel_data.stored import too_short
from viewer.media.stopping import Cancel, Progress, never, silent, stop_if
from viewer.media.volume import Companion, Media


@dataclass
class Found:
    """The media of a scan, and what is to be said besides."""

    media: list[Media] = field(default_factory=list[Media])
    issues: list[Issue] = field(default_factory=list[Issue])
    companions: list[Companion] = field(default_factory=list[Companion])


def media_of(
    headers: Sequence[Header],
    films: Sequence[Media] = (),
    progress: Progress = silent,
    cancelled: Cancel = never,
) -> Found:
    """Group headers into media, most pictures first; nothing is dropped without a sentence.

    Args:
        films: videos of the same studies, which are opened by themselves.
        progress: called with (headers done, headers in all).
        cancelled: asked between headers, between series, and among many frames of one object.

    Raises:
        Cancelled: the person stopped the work.
    """
    subjects = subjects_of(headers, cancelled)
    found = Found([*films], subjects.issues, subjects.companions)
    images = _without_repeats(subjects.images, found.issues)
    taken: set[str] = set()
    done = len(headers) - len(images)
    for series in _by_series(images):
        progress(done, len(headers))
        done += len(series)
        drafts = drafts_of(series, found.issues, cancelled)
        for draft in sorted(drafts, key=lambda draft: -len(draft.images)):
            stop_if(cancelled)
            draft.id = _free_id(series[0], taken)
            _build(draft, found)
    progress(len(headers), len(headers))
    found.media.sort(key=lambda media: -media.count)
    found.issues.extend(companion_issues(found.companions, found.media))
    return found


def _build(draft: Draft, found: Found) -> None:
    where = draft.id
    if not any(image.frames_there for image in draft.images):
        found.issues.extend(
            Issue("error", "pixels-short", too_short(image.instance, 0), image.name)
            for image in draft.images
        )
        return
    try:
        media = volume_of(draft) if draft.is_volume else frames_of(draft)
    except CannotDecode as error:
        found.issues.append(Issue("error", "too-large", str(error), where))
        return
    except GeometryError as error:
        sentence = f"{title_of(draft.images[0], draft.label)}: shown as frames, because {error}."
        draft.issues.append(Issue("warning", "no-stack", sentence, where))
        draft.is_volume = False
        _build(draft, found)
        return
    found.media.append(media)
    found.issues.extend(media.issues)


def _without_repeats(images: Sequence[Image], issues: list[Issue]) -> list[Image]:
    """The first image of each SOP Instance UID; the others are named in one issue per series."""
    first: dict[str, Image] = {}
    kept: list[Image] = []
    repeats: dict[str, list[Image]] = {}
    for image in images:
        uid = image.instance.sop_uid
        if uid == "" or first.setdefault(uid, image) is image:
            kept.append(image)
        else:
            repeats.setdefault(image.series_key[1], []).append(image)
    for uid, extra in repeats.items():
        example = extra[0]
        original = first[example.instance.sop_uid]
        files = (
            "1 file repeats an image" if len(extra) == 1 else f"{len(extra)} files repeat images"
        )
        sentence = (
            f"{title_of(example)}: {files} already read (same SOP Instance UID) and"
            f" {'is' if len(extra) == 1 else 'are'} not shown: {_named(extra)}; the first was"
            f" {_in_folder(original)}. Open them alone to see them."
        )
        issues.append(Issue("warning", "repeated-instance", sentence, uid))
    return kept


def _by_series(images: Iterable[Image]) -> list[list[Image]]:
    groups: dict[tuple[str, ...], list[Image]] = {}
    for image in images:
        groups.setdefault(image.group_key, []).append(image)
    return list(groups.values())


def _free_id(image: Image, taken: set[str]) -> str:
    """The series UID, with "#2", "#3" ... for the further media of one series."""
    uid = image.series_key[1]
    if uid not in taken:
        taken.add(uid)
        return uid
    for number in count(2):
        name = f"{uid}#{number}"
        if name not in taken:
            taken.add(name)
            return name
    raise AssertionError


def _named(images: Sequence[Image]) -> str:
    """The file names of images, the first five of them."""
    names = ", ".join(_in_folder(image) for image in images[:5])
    return names if len(images) <= 5 else f"{names} and {len(images) - 5} more"


def _in_folder(image: Image) -> str:
    """Folder and file: repeats often have the same name in neighbouring folders."""
    folder = Path(image.instance.file.path).parent.name
    return f"{folder}/{image.name}"
