"""What the colour of labels says: their class, or one other thing for all views and lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Literal, TypeAlias

import msgspec

from viewer.model.annotation import AnnotationId
from viewer.model.project import Project
from viewer.render.overlay import Mark, color_of_class
from viewer.render.palette import NEUTRAL, PALETTE, VERDICT_COLORS
from viewer.review.kept import Kept, kept_for_views
from viewer.review.recorded import answers_in, answers_of, are_answers_known

ColorBy: TypeAlias = Literal["label", "author", "export", "track", "answer", "verdict"]
VERDICT_WORDS = {
    "none": "To review",
    "accepted": "Accepted",
    "rejected": "Rejected",
    "needs_change": "Needs change",
}
NO_AUTHOR, NO_ANSWER = "No author, or several", "No answer, or several"  # several: of a class


class Coloring(msgspec.Struct, frozen=True):
    """What labels of one colour have in common.

    Args:
        by: "track" gives each label a colour of its own, on all of its slices or frames.
        question: whose answer counts, by "answer".
    """

    by: ColorBy = "label"
    question: str = ""


BY_LABEL = Coloring()
_colored: Kept[tuple[tuple[Mark, ...], Coloring, Project], tuple[Mark, ...]] = Kept(
    12, for_views=True
)


def colored(marks: tuple[Mark, ...], coloring: Coloring, project: Project) -> tuple[Mark, ...]:
    """Return the marks in other colours, kept: the same marks give the same answer."""
    if coloring.by == "label":
        return marks
    return _colored.get(
        (marks, coloring, project),
        lambda: tuple(replace(mark, color=color_of(project, mark.id, coloring)) for mark in marks),
    )


def color_of(project: Project, id: AnnotationId, coloring: Coloring) -> str:
    """Return the colour "#rrggbb" of a label, grey where it has no part in what colours say."""
    match coloring.by:
        case "label":
            return color_of_class(project, id.export, project.annotations[id].class_id)
        case "track":
            return PALETTE[(id.ordinal * 2 + id.new) % len(PALETTE)]
        case "export":
            return _nth(list(project.exports).index(id.export))
        case "author":
            name = project.annotations.author_of(id)
            return _nth(_authors(project)[name]) if name else NEUTRAL
        case "verdict":
            verdict = project.verdicts.get(id)
            return VERDICT_COLORS.get((verdict and verdict.judgement) or "none", NEUTRAL)
        case "answer":
            known = _answer_numbers(project, coloring.question)
            said = (known.get(text, -1) for text in _said(project, id, coloring.question))
            number = next(said, -1)
            return NEUTRAL if number < 0 else _nth(number)


def color_of_many(project: Project, export: str, class_id: str, coloring: Coloring) -> str:
    """Return the colour of what stands for all labels of a class; grey where they differ in it."""
    if coloring.by == "label":
        return color_of_class(project, export, class_id)
    if coloring.by == "export":
        return _nth(list(project.exports).index(export))
    return NEUTRAL


def legend_of(
    project: Project, coloring: Coloring, titles: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    """Return (colour, words) of each colour; () where the list of labels says it.

    Args:
        titles: what each export is called, by its id.
    """
    match coloring.by:
        case "author":
            known = _authors(project).items()
            return (*((_nth(number), name) for name, number in known), (NEUTRAL, NO_AUTHOR))
        case "export":
            return tuple((_nth(at), titles[id]) for at, id in enumerate(project.exports))
        case "verdict":
            return tuple((VERDICT_COLORS[name], words) for name, words in VERDICT_WORDS.items())
        case "answer":
            known = _answer_numbers(project, coloring.question).items()
            return (*((_nth(number), answer) for answer, number in known), (NEUTRAL, NO_ANSWER))
        case _:
            return ()


def _nth(number: int) -> str:
    return PALETTE[number % len(PALETTE)]


@kept_for_views(4)
def _authors(project: Project) -> Mapping[str, int]:
    """Number the authors of all exports, then those of new labels, in the order they are met."""
    bases = project.annotations.bases.values()
    names = dict.fromkeys(name for base in bases for name in base.columns.authors if name)
    for annotation in project.annotations.edits.values():
        if annotation is not None and annotation.author:
            names.setdefault(annotation.author)
    return {name: number for number, name in enumerate(names)}


@kept_for_views(4)
def _answer_numbers(project: Project, question: str) -> Mapping[str, int]:
    """Number the answers to a question, as far as the records were read."""
    bases = (base for base in project.annotations.bases.values() if are_answers_known(base))
    found = (answer for base in bases for answer in answers_of(base).by_question.get(question, ()))
    return {answer: number for number, answer in enumerate(dict.fromkeys(found))}


def _said(project: Project, id: AnnotationId, question: str) -> Iterable[str]:
    return (answer for name, answer in answers_in(project.annotations[id]) if name == question)
