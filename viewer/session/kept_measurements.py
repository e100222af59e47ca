"""What was measured on a media, kept from one opening to the next; coordinates alone, no name."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path

import msgspec
import numpy as np
import platformdirs

from viewer.errors import CannotRead, GeometryError, Issue
from viewer.geometry.shapes import Points
from viewer.geometry.views import Axis
from viewer.media.files import Files
from viewer.media.instance import FileRef
from viewer.media.volume import Media, Video, Volume
from viewer.review.local_files import objects_of
from viewer.review.measured import COUNTS, MeasureKind, Measurement, Spot
from viewer.session.sidecar import keep

SIZE_LIMIT = 8 << 20
MOST_KEPT = 10_000  # of one media
DAMAGED = "measurements-damaged"
_VERSION = 1
_PIECE = 1 << 20  # bytes of a file that are looked at: first, middle and last ones


class KeptMeasurement(msgspec.Struct, frozen=True):
    """One measurement of a media; fields as of a `Measurement` and its `Spot`."""

    kind: MeasureKind
    axis: Axis
    index: int
    points: tuple[tuple[float, float], ...]


Kept = tuple[KeptMeasurement, ...]


class _File(msgspec.Struct, frozen=True):
    version: int
    measurements: Kept


def measurements_folder() -> Path:
    """Return where measurements are kept, in the user's state folder."""
    return platformdirs.user_state_path("overread", appauthor=False) / "measurements"


def measurements_file(media: Media) -> Path:
    """Return the file of a media, the same for the same pictures in the same order only.

    Places are counted by slices and in plane mm, so that anything else would move them. Pictures
    are known by the UIDs of their objects, others by bytes of their files; not on the main thread.

    Raises:
        CannotRead: a file that is no DICOM object is gone.
    """
    digest = hashlib.sha256()
    size = (media.kind, media.count, media.rows, media.columns, media.spacing_mm)
    digest.update(repr((size, media.facts.series_uid)).encode())
    for one in sorted(objects_of(media), key=lambda found: found[2]):
        digest.update(repr(one).encode("utf-8", "surrogateescape"))
    if not media.facts.series_uid:
        with closing(Files()) as files:
            for file in _some_files(media):
                digest.update(_bytes_of(file, files))
    return measurements_folder() / f"{digest.hexdigest()}.json"


def kept_now(measured: Iterable[Measurement]) -> dict[int, Kept]:
    """Return what is to be kept, by number of the media."""
    found: dict[int, list[KeptMeasurement]] = {}
    for one in measured:
        number, axis, index = one.spot
        points = tuple((p, q) for p, q in one.points.tolist())
        found.setdefault(number, []).append(KeptMeasurement(one.kind, axis, index, points))
    return {number: tuple(kept) for number, kept in found.items()}


def made_of(found: Mapping[int, Kept]) -> Iterator[tuple[MeasureKind, Spot, Points]]:
    """Yield what was kept, as it is measured on the media of these numbers."""
    for number, kept in found.items():
        for one in kept:
            yield one.kind, (number, one.axis, one.index), np.array(one.points)


def kept_before(media: Sequence[Media]) -> tuple[dict[int, Kept], tuple[Issue, ...]]:
    """Return what is kept of media, by their numbers, and what is said; not on the main thread."""
    found: dict[int, Kept] = {}
    issues: list[Issue] = []
    for number, one in enumerate(media):
        with suppress(CannotRead):  # its own file is gone, and said where its pixels are read
            kept, issue = read_measurements(one)
            found.update({number: kept} if kept else {})
            issues.extend([issue] if issue else [])
    return found, tuple(issues)


def read_measurements(media: Media) -> tuple[Kept, Issue | None]:
    """Return what is kept of a media, and what is said where it cannot be used.

    A file that cannot be understood is put aside, so that nothing is written over it.

    Raises:
        CannotRead: the media's own file is gone.
    """
    path = measurements_file(media)
    try:
        if path.stat().st_size > SIZE_LIMIT:
            return (), _set_aside(path, media, "it is too large")
        file = msgspec.json.decode(path.read_bytes(), type=_File)
    except FileNotFoundError:
        return (), None
    except OSError as error:
        return (), _issue(media, error.strerror or "it cannot be read", path)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        return (), _set_aside(path, media, str(error).rstrip("."))
    if file.version != _VERSION:
        return (), _set_aside(path, media, f"it is of version {file.version}")
    if not all(_is_sound(one, media) for one in file.measurements[:MOST_KEPT]):
        return (), _set_aside(path, media, "a place in it does not exist")
    return file.measurements[:MOST_KEPT], None


def write_measurements(media: Media, kept: Kept) -> None:
    """Keep what was measured on a media, in one step; nothing leaves no file.

    Raises:
        OSError: it cannot be written.
        CannotRead: the media's own file is gone.
    """
    path = measurements_file(media)
    if kept:
        keep(path, msgspec.json.encode(_File(_VERSION, kept[:MOST_KEPT])))
    else:
        path.unlink(missing_ok=True)


def _is_sound(kept: KeptMeasurement, media: Media) -> bool:
    sizes = (media.columns, media.rows, media.count)
    if kept.kind != "region" and len(kept.points) != COUNTS[kept.kind]:
        return False
    try:
        Measurement(0, kept.kind, (0, kept.axis, kept.index), np.array(kept.points))
    except GeometryError:
        return False
    is_plane = kept.axis == 2 or isinstance(media, Volume)
    return is_plane and 0 <= kept.index < sizes[kept.axis]


def _some_files(media: Media) -> tuple[FileRef, ...]:
    if isinstance(media, Video):
        return (media.file,)
    last = media.count - 1
    return tuple(dict.fromkeys(media.reader.file_of(k) for k in (0, last // 2, last)))


def _bytes_of(file: FileRef, files: Files) -> bytes:
    with closing(files.open(file)) as reader:
        starts = (0, reader.size // 2, max(reader.size - _PIECE, 0))
        pieces = b"".join(reader.read(start, _PIECE) for start in starts)
        return b"%d " % reader.size + pieces


def _set_aside(path: Path, media: Media, why: str) -> Issue:
    aside = path.with_suffix(".damaged")
    with suppress(OSError):
        path.replace(aside)
    return _issue(media, why, aside)


def _issue(media: Media, why: str, path: Path) -> Issue:
    words = f"What was measured on {media.title} is left aside, because its file cannot be used"
    return Issue("warning", DAMAGED, f"{words} ({why}). It is kept as {path.name}.", media.title)
