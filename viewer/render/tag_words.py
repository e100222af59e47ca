"""What is said beside a label besides its name: author, probability, answers."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from types import MappingProxyType

from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.project import Project
from viewer.render.overlay import Mark
from viewer.review.kept import Kept

MOST_TAGGED = 200  # labels; nobody reads more
MOST_ANSWERS = 2
MOST_LETTERS = 24  # of one answer
NO_WORDS: Mapping[AnnotationId, str] = MappingProxyType({})

_words: Kept[tuple[tuple[Mark, ...], Project], Mapping[AnnotationId, str]] = Kept(
    12, for_views=True
)


def tag_words(project: Project, marks: tuple[Mark, ...]) -> Mapping[AnnotationId, str]:
    """Return what is said beside each label: its name first; nothing of very many."""
    if len(marks) > MOST_TAGGED:
        return NO_WORDS
    return _words.get((marks, project), lambda: {one.id: _said_of(project, one) for one in marks})


def _said_of(project: Project, mark: Mark) -> str:
    annotation = project.annotations[mark.id]
    sure = "" if mark.probability is None else f"{mark.probability:.2f}"
    known = (mark.text, sure, annotation.author, *_answers(annotation, mark.placement))
    return " · ".join(words for words in known if words)


def _answers(annotation: Annotation, placement: int) -> tuple[str, ...]:
    own = annotation.placements[placement].attributes
    given = (each for each in (*own, *annotation.attributes) if each.key and each.text)
    said = (f"{each.name}: {each.text}" for each in islice(given, MOST_ANSWERS))
    return tuple(
        words if len(words) <= MOST_LETTERS else f"{words[: MOST_LETTERS - 1]}…" for words in said
    )
