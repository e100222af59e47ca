"""Names of an entry's many files, made of an export's words when they are asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import cast, overload
from urllib.parse import unquote, urlsplit

import msgspec

_LISTS_KEPT = 64  # that were decoded last
_ODD = ("%", "\\", "://", "/\0")  # what a name needs more than its folders taken off for
_PATHS = msgspec.json.Decoder(list[str])


class FileNames(msgspec.Struct, frozen=True, eq=False):
    """File names without folders, URLs decoded, queries cut off.

    Who needs many of them one by one makes a tuple first.

    Args:
        paths: JSON list of strings, read-only: the files as the export names them.
        count: how many they are.
    """

    paths: memoryview = memoryview(b"[]")
    count: int = 0

    @classmethod
    def of(cls, paths: Sequence[str]) -> FileNames:
        """Return the names of files with these paths; none of them may hold a lone surrogate."""
        return cls(memoryview(msgspec.json.encode(list(paths))), len(paths))

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[str]:
        return iter(_names_of(bytes(self.paths)))

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[str, ...]: ...
    def __getitem__(self, at: int | slice) -> str | tuple[str, ...]:
        return _names_of(bytes(self.paths))[at]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, FileNames | tuple):
            return NotImplemented
        return tuple(self) == tuple(cast("Iterable[object]", other))

    def __hash__(self) -> int:
        return hash(tuple(self))


@lru_cache(maxsize=_LISTS_KEPT)
def _names_of(paths: bytes) -> tuple[str, ...]:
    return file_names(_PATHS.decode(paths))


def file_names(paths: Sequence[str]) -> tuple[str, ...]:
    """Return the names of files, as `file_name` does."""
    text = "\0".join(("", *paths))
    if not paths or not text.isascii() or any(map(text.__contains__, _ODD)) or text[-1] == "/":
        return tuple([file_name(path) for path in paths])
    return tuple([path.rpartition("/")[2] for path in paths])


def file_name(path: str) -> str:
    """Return the name of a file: no folders, URL decoded, no query; escapes for odd letters."""
    try:
        inner = urlsplit(path).path if "://" in path else path
    except ValueError:  # such as half an IPv6 address
        inner = path
    plain = unquote(inner).encode("utf-8", "backslashreplace").decode()
    return plain.replace("\\", "/").rstrip("/").rpartition("/")[2]
