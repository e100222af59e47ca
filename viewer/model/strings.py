"""A column of strings without a Python object per row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


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

    def row_of(self, wanted: str) -> int | None:
        """Return the first row that is `wanted` to the letter; None without."""
        return next(self.rows_of(wanted), None)

    def rows_of(self, wanted: str) -> Iterator[int]:
        """Yield the rows that are `wanted` to the letter; none for the empty string."""
        needle = wanted.encode("utf-8", "surrogatepass")
        at = self.text.find(needle) if needle else -1
        while at >= 0:
            row = int(np.searchsorted(self.ends, at, side="right"))
            start = int(self.ends[row - 1]) if row else 0
            if start == at and int(self.ends[row]) == at + len(needle):
                yield row
            at = self.text.find(needle, at + 1)

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
