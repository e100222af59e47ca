"""What is wrong with a file that the fast parser refuses, one sentence each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from viewer.errors import Issue
from viewer.formats.json_tools import STRING, BadJson, Bytes, first_byte
from viewer.model.counted import counted

# What msgspec raises on a text that only a forgiving reader takes.
FAST_REFUSES = (msgspec.MsgspecError, RecursionError, UnicodeDecodeError)
_BEGUN = re.compile(rb"[\w.+-]*\s*")


def few(names: Iterable[str]) -> str:
    """Return the first names of many, for a sentence."""
    named = list(names)
    return ", ".join(named[:5]) + (", ..." if len(named) > 5 else "")


def summed(problems: Sequence[tuple[str, str, str]], noun: str) -> list[Issue]:
    """Return one issue for all records that have the same problem.

    Args:
        problems: code, id of the record, and what is wrong with it.
        noun: what a record is, in the singular.
    """
    groups: dict[tuple[str, str], list[str]] = {}
    for code, id, what in problems:
        groups.setdefault((code, what), []).append(id or "without id")
    return [_of_records(noun, code, ids, what) for (code, what), ids in groups.items()]


def _of_records(noun: str, code: str, ids: Sequence[str], what: str) -> Issue:
    if len(ids) == 1:
        who, end = f"{noun.capitalize()} {ids[0]}", "it stays in the file as it is."
    else:
        who, end = f"{len(ids):,} {noun}s ({few(ids)}), each", "all stay in the file as they are."
    return Issue("warning", code, f"{who}: {what}; {end}", ids[0])


@dataclass
class Misfits:
    """Values of one key that have another type than the key should have.

    Args:
        key: whose values they are; "" for the entries of the file itself.
        of: the list in whose entries the key stands; "" for the file itself.
        wanted: what was expected, "text" or "number".
        at: byte of the first one.
        first: its JSON text.
    """

    key: str
    of: str
    wanted: str
    at: int
    first: bytes
    count: int = 0

    def issue(self) -> Issue:
        """Say how many there are, and that they stay in the file."""
        text = self.first[:40].decode("utf-8", "replace") + ("..." if len(self.first) > 40 else "")
        entries = counted(self.count, "entry", "entries")
        where = f"{entries} of {self.of!r}" if self.of else "the file"
        which = "" if self.count == 1 else "the first is "
        told = f"The key {self.key!r} of {where} holds no {self.wanted}"
        counts = "counts as absent"
        if not self.key:
            one, many = f"is no {self.wanted}", f"are no {self.wanted}s"
            told = f"{entries} of the file {one if self.count == 1 else many}"
            counts = counts if self.count == 1 else "count as absent"
        return Issue(
            "warning",
            "wrong-type",
            f"{told} ({which}{text} at byte {self.at:,}) and {counts}; all else is read, and"
            " nothing leaves the file.",
            f"byte {self.at}",
        )


def broken(error: BadJson, data: Bytes, kept: int, *, is_inside: bool) -> Issue:
    """Say where a file breaks off or is damaged.

    Args:
        kept: how many annotations were read.
        is_inside: one more has begun.
    """
    if _is_cut_off(data, error.at):
        where = f"in the middle of annotation {kept + 1:,}" if is_inside else "too early"
        sentence = f"The file breaks off: it ends {where}, at byte {len(data):,}; "
    else:
        sentence = f"The file is damaged at byte {error.at:,} of {len(data):,} ({error}); "
    words = "1 annotation is kept." if kept == 1 else f"{kept:,} annotations are kept."
    return Issue("error", "broken-json", sentence + words, f"byte {error.at}")


def _is_cut_off(data: Bytes, at: int) -> bool:
    """Whether what cannot be read at byte `at` is the beginning of something that goes on."""
    tail = bytes(data[at : at + 64])
    if tail.startswith(b'"'):
        return STRING.match(data, at) is None
    return len(tail) < 64 and _BEGUN.fullmatch(tail) is not None


def not_strict(data: Bytes) -> Iterator[Issue]:
    """Say that the file is none for a strict parser, such as one with comments or stray commas."""
    try:
        msgspec.json.decode(memoryview(data)[first_byte(data) :], type=msgspec.Raw)
    except FAST_REFUSES as error:
        deep = isinstance(error, RecursionError)
        why = "lists and objects are nested very deeply" if deep else error
        yield oddity(
            "not-strict",
            f"The file is not strict JSON ({why}); everything in it was read, and stays as it "
            "is, but other programs may refuse it.",
        )


def oddity(code: str, sentence: str) -> Issue:
    """Return a warning about the whole file."""
    return Issue("warning", code, sentence)
