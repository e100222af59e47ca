"""What a video file is told by, and opening one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from viewer.errors import Issue
from viewer.media.instance import FileRef
from viewer.media.video.fetcher import Fetcher
from viewer.media.video.messages import Opened
from viewer.media.video.notes import DAMAGED_FRAMES, damaged_so_far
from viewer.media.video.source import ByteSource
from viewer.media.volume import SeriesFacts, Video

_ENDINGS = (
    *(".mp4", ".m4v", ".mov", ".qt", ".3gp", ".3g2", ".avi", ".webm", ".mkv", ".gif", ".mpg"),
    *(".mpeg", ".m2v", ".m1v", ".ts", ".m2ts", ".mts", ".h264", ".264", ".hevc", ".h265", ".265"),
    *(".wmv", ".asf", ".flv", ".ogv", ".mxf", ".ivf"),
)
_FTYP = (b"ftyp", b"moov", b"moof", b"mdat", b"wide", b"free", b"skip", b"styp")
_STILL = (b"avif", b"heic", b"heix", b"mif1", b"msf1", b"heim", b"heis")
_STARTS = (
    b"GIF87a",
    b"GIF89a",
    b"\x1aE\xdf\xa3",  # EBML: Matroska, WebM
    b"FLV\x01",
    b"OggS",
    b"0&\xb2u\x8ef\xcf\x11",  # ASF
    b"\x00\x00\x01\xba",  # MPEG program stream
    b"\x00\x00\x01\xb3",  # MPEG-1 and -2 video
    b"DKIF",  # IVF
    b"\x06\x0e+4\x02\x05\x01\x01\r\x01\x02",  # MXF
)
_RAW = (  # raw streams that begin as other files may, with the endings that they are told by
    (b"\xff\xd8\xff", (".mjpeg", ".mjpg")),  # pictures one after the other
    (b"\x12\x00", (".obu",)),  # AV1 5.3: a temporal delimiter with a size, of 0
)
_TS_PACKET, _TS_SYNC = 188, 0x47
Cancel = Callable[[], bool]


def is_video(head: bytes, name: str) -> bool:
    """Whether a file is a video, by its first bytes; raw streams by their name too.

    Args:
        head: the first bytes, 400 or more where there are as many.
        name: of the file.
    """
    if head.startswith(_STARTS):
        return True
    if head[:4] == b"RIFF":
        return head[8:12] == b"AVI "
    if head[4:8] in _FTYP:
        return head[8:12] not in _STILL
    if len(head) > 2 * _TS_PACKET and all(head[at] == _TS_SYNC for at in (0, 188, 376)):
        return True
    if any(head.startswith(start) and name.lower().endswith(ends) for start, ends in _RAW):
        return True
    return head[:3] in (b"\x00\x00\x01", b"\x00\x00\x00") and name.lower().endswith(_ENDINGS)


def open_video(
    file: FileRef,
    *,
    title: str = "",
    facts: SeriesFacts | None = None,
    fragments: Sequence[tuple[int, int]] = (),
    sop_uid: str = "",
    cancelled: Cancel | None = None,
) -> Video:
    """Open a video: its packets are indexed and its first frame is decoded, in a child process.

    Not on the main thread: it takes as long as reading the file.

    Args:
        file: the file, a member of a zip, or the DICOM object that holds the stream.
        title: shown to a person; the file's name by default.
        facts: of the series, for a video inside a DICOM object.
        fragments: (offset, length) in the file of the pieces of the stream, in order; the whole
            file by default.
        sop_uid: of the DICOM object; its frames begin at 0.
        cancelled: asked about twenty times a second.

    Raises:
        CannotRead: it is not there, or no video.
        CannotDecode: none of its frames can be decoded, or decoding was given up.
        Cancelled: `cancelled` said so.
    """
    errors: dict[int, str] = {}
    fetcher = Fetcher(ByteSource(file, tuple(fragments)), errors)
    opened = fetcher.open(cancelled or _never)
    times_s = np.frombuffer(opened.times_s, np.float64)
    name = title or file.name
    video = Video(
        id=sop_uid or _id_of(file),
        title=name,
        facts=facts or SeriesFacts(study_uid="", series_uid=""),
        file=file,
        rows=opened.rows,
        columns=opened.columns,
        times_s=times_s,
        duration_s=opened.duration_s,
        fetcher=fetcher,
        spacing_mm=(opened.aspect, 1.0),
        issues=_issues(opened, name, file),
        lossy=opened.is_lossy,
        slice_errors=errors,
        frame_of={sop_uid: 0} if sop_uid else {},
    )
    fetcher.on_damage = partial(_note_damage, video)
    return video


def _issues(opened: Opened, title: str, file: FileRef) -> tuple[Issue, ...]:
    return tuple(
        Issue(note.severity, note.code, f"{title}: {note.sentence}", file.name)
        for note in opened.notes
    )


def _note_damage(video: Video) -> None:
    """Count the frames that turned out to be undecodable among what is odd about a video."""
    damaged = video.slice_errors.copy()
    said = f"{video.title}: {damaged_so_far(len(damaged), min(damaged))}"
    noted = Issue("warning", DAMAGED_FRAMES, said, video.file.name)
    video.issues = (*(one for one in video.issues if one.code != DAMAGED_FRAMES), noted)


def _id_of(file: FileRef) -> str:
    return file.path if file.member is None else f"{file.path}!{file.member}"


def _never() -> bool:
    return False
