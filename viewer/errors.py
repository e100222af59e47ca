"""Errors and issues: one clear sentence each (what, where, what to do)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]


class OverreadError(Exception):
    """Something that a person must be told; `str(error)` is the sentence shown."""


class GeometryError(OverreadError, ValueError):
    """Positions, directions or sizes that describe no possible picture."""


class CannotRead(OverreadError):
    """A whole file or folder that cannot be opened."""


class CannotDecode(OverreadError):
    """Pixels of one image that cannot be decoded; the others still load."""


class CannotWrite(OverreadError):
    """An edit that the export's format cannot hold; raised before a file is touched."""


class BadRecord(OverreadError):
    """One record of an export that cannot be understood; it stays in the file as it is.

    Args:
        sentence: what is wrong with it.
        pointer: where it stands, as a JSON pointer or a byte offset.
    """

    def __init__(self, sentence: str, pointer: str = "") -> None:
        super().__init__(f"{sentence} (at {pointer})" if pointer else sentence)
        self.pointer = pointer


class Cancelled(OverreadError):
    """The person stopped the work; nothing was changed."""


@dataclass(frozen=True)
class Issue:
    """What a check found, in one sentence that a person can act on.

    Args:
        severity: "error" when something is missing from the screen, "warning" when something on
            the screen needs care, "note" for the rest.
        code: a stable word for grouping and tests, such as "slice-without-position".
        sentence: what, where, what to do. Never a patient's name.
        where: file name, series UID or JSON pointer, for copying.
    """

    severity: Severity
    code: str
    sentence: str
    where: str = ""
