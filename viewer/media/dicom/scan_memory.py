"""Headers of large folders remembered from one opening to the next, without what names a patient.

A file is known again by its path, size, time of change and inode. The memory holds no path (only a
digest of it) and no element that says who the patient is or describes the study: those are read
again from one file of each series. Whatever is wrong with it, it is left aside and made anew.
"""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

import msgspec
import numpy as np
import platformdirs
from numpy.typing import NDArray

from viewer.media.dicom import tags
from viewer.media.dicom.elements import Pool
from viewer.media.dicom.header import Header, PixelPlace
from viewer.media.instance import FileRef

FEWEST = 500  # files; fewer are read faster than it is worth remembering them
FACTS = (
    *(tags.PATIENT_NAME, tags.PATIENT_ID, tags.BIRTH_DATE, tags.PATIENT_SEX, tags.PATIENT_AGE),
    *(tags.STUDY_DATE, tags.STUDY_DESCRIPTION, tags.SERIES_DESCRIPTION),
)
_KEY = 16  # bytes of a digest
_LARGEST_VALUE = 4096  # bytes; a header that holds more is read again
_MOST_MEMORIES = 32
_UNPACKED_LIMIT = 1 << 30
_VERSION = hashlib.blake2b(repr(sorted(tags.KEPT)).encode(), digest_size=8).hexdigest()
_MAGIC = b"OVERREAD SCAN 1\n"
FactsOf: TypeAlias = Callable[[FileRef], dict[int, bytes]]


class _Group(msgspec.Struct):
    """Headers with the same tags and encoding; arrays little endian, file after file.

    Args:
        keys: digests, 16 bytes each.
        rows: (tags, files) uint32 indices of values.
        places: (4, files) int64: offset, length (-1 for none) and tag of the pixels, size of the
            file; the tag is 0 without pixels.
    """

    tags: list[int]
    byte_order: str
    transfer_syntax: str
    is_implicit: bool
    keys: bytes
    rows: bytes
    places: bytes


class _Kept(msgspec.Struct):
    version: str
    values: list[bytes]
    groups: list[_Group]
    strangers: bytes


class ScanMemory:
    """What was read of the files under some paths; one for each set of paths.

    Args:
        folder: where memories lie; the user's cache if not given.
    """

    def __init__(self, roots: Iterable[str | Path], folder: Path | None = None) -> None:
        base = folder or platformdirs.user_cache_path("overread", appauthor=False) / "scans"
        name = "\n".join(sorted(os.path.realpath(root) for root in roots))
        digest = hashlib.blake2b(os.fsencode(name), digest_size=_KEY).hexdigest()
        self._path = base / f"{digest}.scan"
        self._pool = Pool()
        self._known: dict[bytes, tuple[_Group, int]] = {}
        self._strangers: set[bytes] = set()
        self._values: list[bytes] = []
        self._arrays: dict[int, tuple[NDArray[np.uint32], NDArray[np.int64]]] = {}
        self._forms: dict[tuple[int, bytes, bytes], tuple[tuple[int, ...], list[bytes]]] = {}
        self._met: dict[bytes, Header | None] = {}
        self._is_new = False
        self._load()

    def is_stranger(self, key: bytes) -> bool:
        """Whether the file is known to be no DICOM; it then counts as met."""
        if key in self._strangers:
            self._met[key] = None
            return True
        return False

    def find(self, key: bytes, file: FileRef, facts_of: FactsOf) -> Header | None:
        """Return what is remembered of a file, None when nothing is.

        Args:
            facts_of: gives the elements of `FACTS` for the series of a file; asked once for each.
        """
        place = self._known.get(key)
        if place is None:
            return None
        group, number = place
        rows, places = self._arrays[id(group)]
        values = self._values
        indices: list[int] = rows[number].tolist()
        own = [values[index] for index in indices]
        names, facts = self._form(group, own, file, facts_of)
        elements = self._pool.laid_out(names, own + facts)
        offset, length, tag, size = places[number].tolist()
        pixels = PixelPlace(offset, None if length < 0 else length, tag) if tag else None
        form = group.byte_order, group.transfer_syntax
        header = Header(file, elements, *form, size, pixels, group.is_implicit)
        self._met[key] = header
        return header

    def _form(
        self, group: _Group, own: list[bytes], file: FileRef, facts_of: FactsOf
    ) -> tuple[tuple[int, ...], list[bytes]]:
        """The tags of a header with those of its series' facts, and the values of these."""
        study, series = (
            own[group.tags.index(tag)] if tag in group.tags else b""
            for tag in (tags.STUDY_INSTANCE, tags.SERIES_INSTANCE)
        )
        which = id(group), study, series or os.fsencode(file.name)
        if which not in self._forms:
            facts = facts_of(file)
            self._forms[which] = (*group.tags, *facts), list(facts.values())
        return self._forms[which]

    def keep(self, key: bytes, header: Header | None) -> None:
        """Remember what was read of a file; None for one that is no DICOM."""
        if header is not None and any(
            len(value) > _LARGEST_VALUE for value in header.elements.values()
        ):
            return
        self._met[key] = header
        self._is_new = True

    def save(self) -> None:
        """Write what was met, if it is worth it and differs from what is there.

        A memory that cannot be written is left: the next scan takes as long as this one.
        """
        if len(self._met) < FEWEST or not self._is_new:
            return
        content = zlib.compress(msgspec.msgpack.encode(_kept(self._met)), 1)
        data = _MAGIC + hashlib.blake2b(content, digest_size=32).digest() + content
        with suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            beside = self._path.with_suffix(f".{os.getpid()}")
            descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as out:
                out.write(data)
            beside.replace(self._path)
            self._forget_old()

    def _forget_old(self) -> None:
        found = sorted(self._path.parent.glob("*.scan"), key=lambda path: path.stat().st_mtime)
        for path in found[:-_MOST_MEMORIES]:
            path.unlink()

    def _load(self) -> None:
        kept = _read(self._path)
        if kept is None:
            return
        self._values = kept.values
        self._strangers = set(_keys(kept.strangers))
        for group in kept.groups:
            count = len(group.keys) // _KEY
            rows = np.frombuffer(group.rows, "<u4").reshape(len(group.tags), count)
            places = np.frombuffer(group.places, "<i8").reshape(4, count)
            self._arrays[id(group)] = rows.T.copy(), places.T.copy()  # a file's values together
            for number, key in enumerate(_keys(group.keys)):
                self._known[key] = group, number


def key_of(file: FileRef) -> bytes | None:
    """A digest by which a file is known again; None for members of zips, and without the file."""
    if file.member is not None:
        return None
    try:
        status = os.stat(file.path)  # noqa: PTH116 - a Path per file takes longer
    except OSError:
        return None
    marks = f"\0{status.st_size}\0{status.st_mtime_ns}\0{status.st_dev}\0{status.st_ino}"
    name = os.fsencode(file.path) + marks.encode()
    return hashlib.blake2b(name, digest_size=_KEY).digest()


def _read(path: Path) -> _Kept | None:
    """The memory at a path; None where there is none, or where it is damaged or of another kind."""
    start = len(_MAGIC) + 32
    try:
        data = path.read_bytes()
        content = data[start:]
        digest = hashlib.blake2b(content, digest_size=32).digest()
        if data[:start] != _MAGIC + digest:
            return None
        unpacked = zlib.decompressobj().decompress(content, _UNPACKED_LIMIT)
        kept = msgspec.msgpack.decode(unpacked, type=_Kept)
    except (OSError, zlib.error, msgspec.DecodeError):
        return None
    return kept if kept.version == _VERSION else None


def _kept(met: Mapping[bytes, Header | None]) -> _Kept:
    numbers: dict[bytes, int] = {}
    groups: dict[tuple[object, ...], list[tuple[bytes, Header]]] = {}
    for key, header in met.items():
        if header is not None:
            names = tuple(tag for tag in header.elements if tag not in FACTS)
            form = (names, header.byte_order, header.transfer_syntax, header.is_implicit)
            groups.setdefault(form, []).append((key, header))
    return _Kept(
        version=_VERSION,
        groups=[_group(members, numbers) for members in groups.values()],
        values=list(numbers),
        strangers=b"".join(key for key, header in met.items() if header is None),
    )


def _group(members: Sequence[tuple[bytes, Header]], numbers: dict[bytes, int]) -> _Group:
    first = members[0][1]
    names = [tag for tag in first.elements if tag not in FACTS]
    number = numbers.setdefault
    rows = [
        [number(header.elements[tag], len(numbers)) for tag in names] for _key, header in members
    ]
    places = [_place(header) for _key, header in members]
    return _Group(
        tags=names,
        byte_order=first.byte_order,
        transfer_syntax=first.transfer_syntax,
        is_implicit=first.is_implicit,
        keys=b"".join(key for key, _header in members),
        rows=np.array(rows, "<u4").T.tobytes(),
        places=np.array(places, "<i8").T.tobytes(),
    )


def _place(header: Header) -> tuple[int, int, int, int]:
    pixels = header.pixels
    if pixels is None:
        return 0, -1, 0, header.size
    return pixels.offset, -1 if pixels.length is None else pixels.length, pixels.tag, header.size


def _keys(joined: bytes) -> list[bytes]:
    return [joined[at : at + _KEY] for at in range(0, len(joined), _KEY)]
