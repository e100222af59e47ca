"""Videos inside DICOM objects: MPEG-2, MPEG-4 AVC and HEVC transfer syntaxes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from viewer.errors import CannotDecode, CannotRead, Issue
from viewer.media.dicom import tags
from viewer.media.dicom.calibration import calibration_of
from viewer.media.dicom.frames import times_s_of
from viewer.media.dicom.header import Header
from viewer.media.dicom.images import facts_of, title_by
from viewer.media.dicom.kinds import kind_of
from viewer.media.files import Files
from viewer.media.pixel_data.encapsulation import stream_in
from viewer.media.scan import Cancel
from viewer.media.video.opening import open_video
from viewer.media.volume import Video

# 100 to 106 have a form whose stream may be in several fragments, ".1"; PS3.5 A.4.5 to A.4.9.
FILM_SYNTAXES = frozenset(
    f"1.2.840.10008.1.2.4.{number}{form}" for number in range(100, 109) for form in ("", ".1")
)
_RATE_SLACK = 0.01  # of the time between frames: 29.97 and 30 a second count as the same
_ROUNDED_RATE = 0.5  # Cine Rate is a whole number
_COUNTED = "times-counted"


@dataclass
class Films:
    """The videos among DICOM objects.

    Args:
        others: headers of objects that are no videos.
    """

    media: list[Video] = field(default_factory=list[Video])
    issues: list[Issue] = field(default_factory=list[Issue])
    others: list[Header] = field(default_factory=list[Header])


def films_in(headers: Sequence[Header], files: Files, cancelled: Cancel) -> Films:
    """Open the DICOM objects that hold videos, one after the other; not on the main thread.

    Raises:
        Cancelled: the person stopped the work.
    """
    films = Films()
    found: dict[str, Header] = {}
    try:
        for header in headers:
            if not _is_film(header):
                films.others.append(header)
                continue
            uid = header.text(tags.SOP_INSTANCE)
            if uid and found.setdefault(uid, header) is not header:
                films.issues.append(_repeated(header, found[uid]))
                continue
            _open(header, files, cancelled, films)
    except BaseException:
        for video in films.media:
            video.fetcher.close()
        raise
    _name_apart(films.media)
    return films


def _is_film(header: Header) -> bool:
    sop_class = header.text(tags.SOP_CLASS) or header.text(tags.MEDIA_STORAGE_CLASS)
    is_picture = header.pixels is not None and kind_of(sop_class) is None
    return is_picture and header.transfer_syntax in FILM_SYNTAXES


def _repeated(header: Header, first: Header) -> Issue:
    sentence = (
        f"{header.file.name}: repeats the video {first.file.name} (same SOP Instance UID) and is"
        " not shown; open it alone to see it."
    )
    return Issue("warning", "repeated-instance", sentence, header.file.name)


def _open(header: Header, files: Files, cancelled: Cancel, films: Films) -> None:
    name = header.file.name
    facts = facts_of(header)
    assert header.pixels is not None
    try:
        with closing(files.open(header.file)) as reader:
            fragments = stream_in(reader, header.pixels.offset)
        video = open_video(
            header.file,
            title=title_by(facts),
            facts=facts,
            fragments=fragments,
            sop_uid=header.text(tags.SOP_INSTANCE) or name,
            cancelled=cancelled,
        )
    except (CannotDecode, CannotRead) as error:
        said = str(error) if str(error).startswith(name) else f"{name}: {error}."
        films.issues.append(Issue("error", "video-refused", said, name))
        return
    _measure(video, header)
    _set_times(video, header)
    video.issues = (*video.issues, *_said_of(video, header))
    films.media.append(video)
    films.issues.extend(video.issues)


def _name_apart(videos: Sequence[Video]) -> None:
    """Several videos of one series bear their numbers in their titles."""
    series: dict[tuple[str, str], list[Video]] = {}
    for video in videos:
        series.setdefault((video.facts.study_uid, video.facts.series_uid), []).append(video)
    for group in series.values():
        for number, video in enumerate(group if len(group) > 1 else (), 1):
            video.title = f"{video.title} (video {number})"


def _issue(video: Video, severity: Literal["note", "warning"], code: str, words: str) -> Issue:
    return Issue(severity, code, f"{video.title}: {words}.", video.file.name)


def _is_sized(video: Video, header: Header) -> bool:
    """Whether the header speaks of pixels of the stream's size."""
    size = header.short(tags.ROWS) or video.rows, header.short(tags.COLUMNS) or video.columns
    return size == (video.rows, video.columns)


def _measure(video: Video, header: Header) -> None:
    """Set the pixels' size, or their shape, where the header says it."""
    if not _is_sized(video, header):
        return
    calibration = calibration_of(header, (video.columns, video.rows))
    doubt, video.regions = calibration.doubt, calibration.regions
    if calibration.is_known:
        video.spacing_mm, video.is_calibrated = calibration.spacing_mm, True
    elif calibration.has_shape and video.spacing_mm[0] == video.spacing_mm[1]:
        video.spacing_mm = calibration.spacing_mm
    if doubt is not None:
        video.issues += (_issue(video, doubt.severity, doubt.code, doubt.words),)


def _set_times(video: Video, header: Header) -> None:
    """Take the header's times where the stream has none; elsewhere the stream's count."""
    times = times_s_of(header, video.count)
    if times is None or all(issue.code != _COUNTED for issue in video.issues):
        return
    step = float(times[-1]) / (video.count - 1) if video.count > 1 else 0.0
    video.times_s = times
    video.duration_s = float(times[-1]) + (step or video.duration_s)
    words = f"{video.title}: the stream has no times of its own; the header's frame time is taken."
    video.issues = tuple(
        replace(issue, severity="note", sentence=words) if issue.code == _COUNTED else issue
        for issue in video.issues
    )


def _said_of(video: Video, header: Header) -> Iterator[Issue]:
    """Say where header and stream disagree; what is shown is the stream."""
    frames = header.integer(tags.FRAMES)
    if frames is not None and frames != video.count:
        words = f"the header says {frames} frames, the stream holds {video.count}"
        yield _issue(video, "warning", "frame-count", f"{words}; those of the stream are shown")
    if not _is_sized(video, header):
        rows, columns = header.short(tags.ROWS), header.short(tags.COLUMNS)
        words = (
            f"the header says {columns} × {rows} px, the stream's frames have {video.columns} ×"
            f" {video.rows} px; they are shown as they are, without the header's pixel spacing"
        )
        yield _issue(video, "warning", "frame-size", words)
    yield from _rates_differ(video, header)


def _rates_differ(video: Video, header: Header) -> Iterator[Issue]:
    times = times_s_of(header, video.count)
    if times is None or video.count < 2 or video.times_s[-1] <= 0 or times[-1] <= 0:
        return
    said = (video.count - 1) / float(times[-1])
    real = (video.count - 1) / float(video.times_s[-1])
    is_rounded = not header.number(tags.FRAME_TIME) and abs(said - real) <= _ROUNDED_RATE
    is_off = abs(said / real - 1) > _RATE_SLACK and not is_rounded
    step = float(video.times_s[-1]) / (video.count - 1)
    apart = float(np.abs(times * (said / real) - video.times_s).max())
    if is_off:
        words = f"the header says {said:.4g} frames per second, the stream has {real:.4g}"
        yield _issue(video, "warning", "frame-rate", f"{words}; the stream's times count")
    elif apart > 1.5 * step:
        words = f"times of frames in header and stream differ by up to {apart:.3g} s"
        yield _issue(video, "note", "frame-rate", f"{words}; the stream's times count")
