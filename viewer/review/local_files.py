"""The files behind the open media, by name: which slices of which media each one holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import PurePath, PurePosixPath
from urllib.parse import unquote

import numpy as np
from numpy.typing import NDArray

from viewer.media.instance import FileRef
from viewer.media.volume import Media, Video, Volume

Spots = NDArray[np.int32]  # (n, 2) media and slice of each picture; -1 for one that is not shown
Spot = tuple[int, int]

_UID = re.compile(r"[0-2](\.\d{1,40}){2,31}")
_ENDING = re.compile(r"(\.nii)?\.[a-z][a-z0-9]{0,4}$")
_UUID = re.compile(r"^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}[-_]")


def uid_of(name: str) -> str | None:
    """Return the UID that a name is, its ending aside; None for other names."""
    bare = name[:-4] if name[-4:].lower() == ".dcm" else name
    return bare if len(bare) <= 64 and _UID.fullmatch(bare) else None


def _as_written(name: str) -> str:
    return name


def _decoded(name: str) -> str:
    return unquote(name, errors="surrogateescape").casefold()


def _without_ending(name: str) -> str:
    return _ENDING.sub("", _decoded(name))


def _without_uuid(name: str) -> str:
    return _without_ending(_UUID.sub("", _decoded(name)))


# How names are compared, strictest first, and what is said of the looser ways.
LEVELS: tuple[tuple[Callable[[str], str], str], ...] = (
    (_as_written, ""),
    (str.casefold, ", but for upper and lower case"),
    (_decoded, ", but for characters spelled as in an address"),
    (_without_ending, ", but for its ending"),
    (_without_uuid, ", but for a leading identifier"),
)


class LocalFiles:
    """Every file that an open media shows pictures of.

    Args:
        media: what is open.

    Attributes:
        names: of each file, without folders.
        spots: (n, 2) of each file, by the number of the picture in the file.
        of_media: numbers of the files of each media, in the order of their pictures.
        by_object: number of the file by SOP Instance UID; the first one wins.
    """

    def __init__(self, media: Sequence[Media]) -> None:
        self.media = tuple(media)
        self.names: list[str] = []
        self.of_media: list[list[int]] = []
        self.by_object: dict[str, int] = {}
        self._aliases: list[str] = []  # what the header beside the data is called
        self._folders: list[tuple[str, str]] = []
        self._known: dict[FileRef, int] = {}
        self._spots: list[list[Spot]] = []
        for index, item in enumerate(media):
            self.of_media.append([])
            self._take(index, item)
        self.spots = [np.array(spots, dtype=np.int32).reshape(-1, 2) for spots in self._spots]

    def _take(self, index: int, item: Media) -> None:
        mine: dict[int, None] = {}
        for name, frame, slice in sorted(objects_of(item), key=lambda found: found[2]):
            number = self._number(item, name, slice)
            spots = self._spots[number]
            spots.extend([(-1, -1)] * (frame + 1 - len(spots)))
            if spots[frame][0] < 0:
                spots[frame] = (index, slice)
            mine[number] = None
        self.of_media[index].extend(mine)

    def _number(self, item: Media, name: str, slice: int) -> int:
        file = item.file if isinstance(item, Video) else item.reader.file_of(slice)
        number = self._known.get(file)
        if number is None:
            number = self._known[file] = len(self.names)
            self.names.append(_base_name(file))
            self._folders.append(_folder(file))
            self._aliases.append(name)
            self._spots.append([])
        self.by_object.setdefault(name, number)
        return number

    def named(self, name: str, level: int) -> list[int]:
        """Return the numbers of the files that a name means at a level of LEVELS."""
        return self._levels[level].get(LEVELS[level][0](name), [])

    def in_media(self, name: str, media: int) -> int:
        """Return the file of a media that a name, or SOP Instance UID, means; -1 for none.

        -2 where it means several of them.
        """
        uid = uid_of(name)
        number = self.by_object.get(uid) if uid is not None else None
        if number is not None and media in self.spots[number][:, 0]:
            return number
        for level in range(len(LEVELS)):
            found = self._level_of(media, level).get(LEVELS[level][0](name))
            if found is not None:
                return found
        return -1

    def of_item(self, name: str, media: int) -> int:
        """Return the file that a name means; -1 for none.

        It is in the media, or the only one of that name of all, if of the same study or, where
        no study is told, in the same folder: another patient's file may have the name too.
        """
        number = self.in_media(name, media)
        if number == -1:
            named = self.named(name, 0)
            number = named[0] if len(named) == 1 and self._is_near(named[0], media) else -1
        return max(number, -1)

    def _is_near(self, number: int, media: int) -> bool:
        on = self.spots[number][:, 0]
        study = self.media[int(on[on >= 0][0])].facts.study_uid
        mine = self.media[media].facts.study_uid
        if study or mine:
            return study == mine
        return self._folders[number] in {self._folders[one] for one in self.of_media[media]}

    def is_only_file(self, media: int) -> bool:
        """Whether a media comes from one file."""
        return len(self.of_media[media]) == 1

    @cached_property
    def _levels(self) -> list[dict[str, list[int]]]:
        tables: list[dict[str, list[int]]] = []
        for spelled, _words in LEVELS:
            table: dict[str, list[int]] = {}
            for number in range(len(self.names)):
                for name in self._names_of(number):
                    files = table.setdefault(spelled(name), [])
                    if number not in files[-1:]:
                        files.append(number)
            tables.append(table)
        return tables

    @cached_property
    def _by_media(self) -> dict[tuple[int, int], dict[str, int]]:
        return {}

    def _level_of(self, media: int, level: int) -> dict[str, int]:
        """Return one media's files by name at a level; -2 for a name of several."""
        if (media, level) not in self._by_media:
            spelled, table = LEVELS[level][0], dict[str, int]()
            for number in self.of_media[media]:
                for name in self._names_of(number):
                    key = spelled(name)
                    table[key] = number if table.get(key, number) == number else -2
            self._by_media[media, level] = table
        return self._by_media[media, level]

    def _names_of(self, number: int) -> tuple[str, ...]:
        name, alias = self.names[number], self._aliases[number]
        return (name,) if alias == name or uid_of(alias) else (name, alias)


def objects_of(item: Media) -> Iterator[tuple[str, int, int]]:
    """Yield (SOP Instance UID or file name, frame in the object, slice) of everything shown."""
    if not isinstance(item, Video) and item.slice_of:
        for (uid, frame), slice in item.slice_of.items():
            yield uid, frame, slice
    elif not isinstance(item, Volume):
        firsts = sorted((first, uid) for uid, first in item.frame_of.items())
        ends = [*(first for first, _ in firsts[1:]), item.count][: len(firsts)]
        for (first, uid), end in zip(firsts, ends, strict=True):
            yield from ((uid, slice - first, slice) for slice in range(first, end))


def unique_names(media: Sequence[Media]) -> tuple[str, ...]:
    """Return what each media is called among the open ones: its id, numbered where it repeats."""
    seen: dict[str, int] = {}
    names: list[str] = []
    for item in media:
        times = seen[item.id] = seen.get(item.id, 0) + 1
        names.append(item.id if times == 1 else f"{item.id} ({times})")
    return tuple(names)


def _base_name(file: FileRef) -> str:
    return PurePath(file.path).name if file.member is None else PurePosixPath(file.member).name


def _folder(file: FileRef) -> tuple[str, str]:
    """Return where a file lies: a folder and "", or a zip and the folder in it."""
    if file.member is None:
        return str(PurePath(file.path).parent), ""
    return file.path, str(PurePosixPath(file.member).parent)
