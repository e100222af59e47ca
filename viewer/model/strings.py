"""A column of strings without a Python object per row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

_FEW_PLACES = 64  # of a text that are looked at one by one
_MOST_ASKED = 1_000


@dataclass(frozen=True, eq=False, repr=False)
class StringColumn:
    """Strings end to end in one UTF-8 buffer.

    Args:
        ends: (n,) offset behind each string in `text`.
        text: all strings joined.
    """

    ends: NDArray[np.int64]
    text: bytes

    @classmethod
    def of(cls, strings: Iterable[str]) -> StringColumn:
        """Return a column of `strings`; lone surrogates are kept."""
        kept = list(strings)
        text = "".join(kept)
        if text.isascii():
            return cls(np.cumsum(_lengths(kept)), text.encode("ascii"))
        encoded = [string.encode("utf-8", "surrogatepass") for string in kept]
        return cls(np.cumsum(_lengths(encoded)), b"".join(encoded))

    def __len__(self) -> int:
        return len(self.ends)

    def __getitem__(self, row: int) -> str:
        if not 0 <= row < len(self.ends):
            raise IndexError(row)
        start = int(self.ends[row - 1]) if row else 0
        return self.text[start : int(self.ends[row])].decode("utf-8", "surrogatepass")

    def strings_at(self, rows: NDArray[np.integer]) -> list[str]:
        """Return the strings of some rows, in their order."""
        starts = np.where(rows > 0, self.ends[rows - 1], 0)
        places = zip(starts.tolist(), self.ends[rows].tolist(), strict=True)
        return [self.text[start:end].decode("utf-8", "surrogatepass") for start, end in places]

    def row_of(self, wanted: str) -> int | None:
        """Return the first row that is `wanted` to the letter; None without."""
        rows = self.rows_of(wanted)
        return int(rows[0]) if len(rows) else None

    def rows_of(self, wanted: str) -> NDArray[np.int64]:
        """Return the rows that are `wanted` to the letter; none for the empty string.

        What was asked is kept: views ask for the same rows at every paint.
        """
        rows = self._asked.get(wanted)
        if rows is None:
            if len(self._asked) >= _MOST_ASKED:
                self._asked.clear()
            needle = wanted.encode("utf-8", "surrogatepass")
            rows = self._asked[wanted] = np.array(self._found(needle), dtype=np.int64)
        return rows

    @cached_property
    def _asked(self) -> dict[str, NDArray[np.int64]]:
        return {}

    def _found(self, needle: bytes) -> list[int]:
        rows: list[int] = []
        at = self.text.find(needle) if needle else -1
        for _ in range(_FEW_PLACES):
            if at < 0:
                return rows
            row = int(np.searchsorted(self.ends, at, side="right"))
            start = int(self.ends[row - 1]) if row else 0
            if start == at and int(self.ends[row]) == at + len(needle):
                rows.append(row)
            at = self.text.find(needle, at + 1)
        return self._of_length(needle)  # a part of very many rows, such as what all begin with

    def _of_length(self, needle: bytes) -> list[int]:
        starts = self.ends - np.diff(self.ends, prepend=0)
        rows = np.flatnonzero(self.ends - starts == len(needle))
        letters = np.frombuffer(self.text, dtype=np.uint8)
        for at, letter in enumerate(needle):
            rows = rows[letters[starts[rows] + at] == letter]
        return rows.tolist()

    def find(self, wanted: str) -> NDArray[np.int64]:
        """Return the rows that hold `wanted` somewhere, ignoring ASCII case."""
        needle = wanted.encode("utf-8", "surrogatepass").lower()
        if not 0 < len(needle) <= len(self.text):
            return np.array([], dtype=np.int64)
        letters = np.frombuffer(self.text.lower(), dtype=np.uint8)
        starts = np.flatnonzero(letters[: len(letters) - len(needle) + 1] == needle[0])
        for at, letter in enumerate(needle[1:], 1):
            starts = starts[letters[starts + at] == letter]
        rows = np.searchsorted(self.ends, starts, side="right")
        return np.unique(rows[starts + len(needle) <= self.ends[rows]])


def _lengths(items: Sequence[str] | Sequence[bytes]) -> NDArray[np.int64]:
    return np.fromiter(map(len, items), dtype=np.int64, count=len(items))
