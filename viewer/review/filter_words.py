"""A filter in words, and each of its parts with the filter that is left without it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from viewer.model.export_words import export_words
from viewer.model.project import AuthorKind, Project
from viewer.review.filtering import (
    Filter,
    FilterPlane,
    FilterScope,
    FilterVerdict,
    Span,
    Sure,
)

KIND_WORDS: dict[AuthorKind, str] = {
    "agreed": "what readers agreed on",
    "reader": "readers",
    "model": "models",
}
SCOPE_WORDS: dict[FilterScope, str] = {
    "shape": "drawn",
    "image": "of an image",
    "series": "of a series",
    "exam": "of an exam",
}
PLANE_WORDS: dict[FilterPlane, str] = {
    "axial": "axial",
    "sagittal": "sagittal",
    "coronal": "coronal",
    "frame": "frames",
}
VERDICT_WORDS: dict[FilterVerdict, str] = {
    "none": "without a verdict",
    "accepted": "accepted",
    "rejected": "rejected",
    "needs_change": "needs change",
    "commented": "commented",
}
MOST_LETTERS = 60  # of a filter, where its words stand on a picture


@dataclass(frozen=True)
class Part:
    """One part of a filter.

    Args:
        words: what it lets through.
        rest: the filter without it.
    """

    words: str
    rest: Filter


def parts_of(wanted: Filter, project: Project) -> tuple[Part, ...]:
    """Return the parts of a filter, each of which can be taken off by itself."""
    return tuple(_parts(wanted, project))


def words_of(wanted: Filter, project: Project) -> str:
    """Return a filter in words; of very many parts how many there are."""
    words = " · ".join(part.words for part in parts_of(wanted, project))
    if len(words) <= MOST_LETTERS:
        return words
    count = len(parts_of(wanted, project))
    text = f"{wanted.text.strip()} · " if wanted.text.strip() else ""
    return f"{text}{count - bool(text):,} parts of the filter"


def _parts(wanted: Filter, project: Project) -> Iterator[Part]:
    if wanted.text.strip():
        yield Part(wanted.text.strip(), replace(wanted, text=""))
    if wanted.frames is not None:
        yield Part(_span_words(wanted.frames), replace(wanted, frames=None))
    if wanted.sure is not None:
        yield Part(_sure_words(wanted.sure), replace(wanted, sure=None))
    for name, words in _words_by_field(project).items():
        chosen: frozenset[Any] = getattr(wanted, name)
        for one in sorted(chosen):
            yield Part(words(one), replace(wanted, **{name: chosen - {one}}))


def _words_by_field(project: Project) -> dict[str, Callable[[Any], str]]:
    titles = export_words(project)

    def class_words(key: tuple[str, str]) -> str:
        export = project.exports.get(key[0])
        return (export.ontology.title_of(key[1]) if export else key[1]) or "No label"

    return {
        "classes": class_words,
        "authors": lambda name: name or "no author",
        "exports": lambda id: titles.get(id) or str(id),
        "kinds": KIND_WORDS.__getitem__,
        "scopes": SCOPE_WORDS.__getitem__,
        "planes": PLANE_WORDS.__getitem__,
        "answers": lambda answer: f"{answer[0]}: {answer[1]}",
        "states": str,
        "verdicts": VERDICT_WORDS.__getitem__,
    }


def _span_words(span: Span) -> str:
    first, last = span.first + 1, span.last + 1
    return f"slice {first:,}" if first == last else f"slices {first:,}\N{EN DASH}{last:,}"


def _sure_words(sure: Sure) -> str:
    ends = f"\N{GREATER-THAN OR EQUAL TO} {sure.low:.2f}"
    if sure.high < 1:
        ends = f"{sure.low:.2f}\N{EN DASH}{sure.high:.2f}"
    return f"probability {ends}{'' if sure.keeps_unsaid else ', no others'}"
