"""Values of an MD.ai export's head, and what of them has no meaning here: a sentence a key."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from viewer.errors import Issue
from viewer.formats.mdai.records import Document, Group
from viewer.formats.mdai.shapes import KIND_OF_MODE
from viewer.formats.problems import few
from viewer.model.counted import counted
from viewer.model.subject import Scope

_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_LARGEST = 2**53  # the last whole number that every JSON reader tells from its neighbours
# "EXAM" is the word of MD.ai's window and of its SR export for what files call "STUDY".
_SCOPES: dict[str, Scope] = {
    "INSTANCE": "instance",
    "IMAGE": "instance",
    "SERIES": "series",
    "STUDY": "study",
    "EXAM": "study",
}


def color_of(color: str | None) -> str | None:
    """Return a colour of six hexadecimal digits as it is, None for every other text."""
    return color if _COLOR.fullmatch(color or "") else None


def scope_of(scope: str | None) -> Scope | None:
    """Return what a label applies to, None where its word is not known."""
    return _SCOPES.get((scope or "").upper())


def exam_number(number: float | str | None) -> int | None:
    """Return the number of an exam, None where it is no whole one."""
    try:
        value = None if number is None else int(number)
    except (ValueError, OverflowError):
        return None
    is_exact = isinstance(number, str) or value == number
    return value if value is not None and is_exact and abs(value) <= _LARGEST else None


def head_issues(document: Document) -> Iterator[Issue]:
    """Yield what of labels and exams is missing, repeated or without meaning here."""
    yield from _no_annotations(document)
    groups = (*document.label_groups, Group(None, document.labels))
    labels = [label for group in groups for label in group.labels]
    studies = [study for dataset in document.datasets for study in dataset.studies]
    ids = [label.id for label in labels]
    yield from _nameless("labels", "id", ids, "no annotation can have it")
    uids = [study.study_uid for study in studies]
    yield from _nameless("studies", "StudyInstanceUID", uids, "it is not listed as an exam")
    yield from _repeated(ids)
    colors = [label.color for label in labels]
    yield from _odd("labels", "color", colors, color_of, "another colour is shown")
    scopes = [label.scope for label in labels]
    yield from _odd("labels", "scope", scopes, scope_of, "the scope is left open")
    numbers = [study.number for study in studies]
    yield from _odd("studies", "number", numbers, exam_number, "no number is shown")
    yield from _unknown_modes(groups)


def _no_annotations(document: Document) -> Iterator[Issue]:
    if document.model is not None:
        name = document.model.name or document.model.id or "without a name"
        sentence = (
            f"This is the model {name} as MD.ai exports it: its labels are shown, it holds no"
            " annotations, and nothing can be drawn into it."
        )
        yield Issue("note", "model-only", sentence, "model")


def _nameless(of: str, key: str, values: Sequence[str | None], effect: str) -> Iterator[Issue]:
    count = sum(not value for value in values)
    if count:
        what = "1 entry has" if count == 1 else f"{count:,} entries have"
        sentence = f"In {of!r}, {what} no {key!r}, so that {effect}; nothing leaves the file."
        yield Issue("warning", "no-id", sentence, of)


def _repeated(ids: Sequence[str | None]) -> Iterator[Issue]:
    twice = [id for id, count in Counter(ids).items() if id and count > 1]
    if twice:
        what = "1 label id stands" if len(twice) == 1 else f"{len(twice):,} label ids stand"
        sentence = f"{what} more than once in labelGroups ({few(twice)}); the first one counts."
        yield Issue("warning", "duplicate-label-id", sentence, twice[0])


def _odd(
    of: str,
    key: str,
    values: Iterable[float | str | None],
    reader: Callable[[Any], object],
    effect: str,
) -> Iterator[Issue]:
    """Say which values of a key `reader` makes nothing of."""
    odd = [value for value in values if value not in (None, "") and reader(value) is None]
    if odd:
        what = counted(len(odd), "entry", "entries")
        which = few(dict.fromkeys(repr(value)[:40] for value in odd))
        yield Issue(
            "warning",
            "odd-value",
            f"In {of!r}, {what} of unknown {key!r} ({which}): {effect}, and the file keeps it.",
            of,
        )


def _unknown_modes(groups: Sequence[Group]) -> Iterator[Issue]:
    titles: dict[str, list[str]] = {}
    for group in groups:
        for label in group.labels:
            if label.annotation_mode is not None and label.annotation_mode not in KIND_OF_MODE:
                title = " / ".join(filter(None, (group.name, label.name))) or label.id or "no name"
                titles.setdefault(label.annotation_mode, []).append(title)
    for mode, named in titles.items():
        what = "1 label has" if len(named) == 1 else f"{len(named):,} labels have"
        yield Issue(
            "warning",
            "unknown-mode",
            f"{what} the mode {mode!r}, which is not known ({few(named)}); annotations of it are "
            "listed but cannot be shown or edited.",
            named[0],
        )
