"""What is said of a whole slice, series or exam: labels without a shape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from viewer.model.annotation import AnnotationId
from viewer.model.ontology import scope_of
from viewer.model.project import Project
from viewer.model.subject import Scope as Level
from viewer.render.overlay import IsDrawn, color_of_class, name_of
from viewer.render.reach import shape_of
from viewer.review.kept import kept_for_views
from viewer.review.matching import Matches

Scope = Literal["image", "series", "exam"]
SCOPES: tuple[Scope, ...] = ("image", "series", "exam")
_WORDS: Mapping[Level, Scope] = {"instance": "image", "series": "series", "study": "exam"}


@dataclass(frozen=True)
class Classified:
    """One classification that holds for what a view shows.

    Args:
        color: "#rrggbb" for drawing.
        scope: what it is said of.
        answers: to what it was asked, in words; those of the slice shown with them.
        is_asked: it has something to answer.
    """

    id: AnnotationId
    class_id: str
    text: str
    color: str
    scope: Scope
    answers: str = ""
    is_asked: bool = True

    @property
    def words(self) -> str:
        """Its name, behind the scope where that is more than the image."""
        return self.text if self.scope == "image" else f"{self.scope}: {self.text}"


def classified_on(
    project: Project, matches: Matches, media: int, slice: int, is_drawn: IsDrawn
) -> tuple[Classified, ...]:
    """Return what is said of a slice or frame, then of its series, then of its exam."""
    found = _classified(project, matches, media, slice)
    return tuple(item for item in found if is_drawn(item.id, item.class_id))


@kept_for_views(16)
def _classified(
    project: Project, matches: Matches, media: int, slice: int
) -> tuple[Classified, ...]:
    """Kept, so that a repaint looks nothing up again."""
    here = dict.fromkeys(_of_slice(matches, media, slice))
    found = [_item(project, id, number, "image") for id, number in here]
    for id, number in matches.whole(media):
        found.append(_item(project, id, number, _WORDS[_level_of(project, id, number)]))
    return tuple(sorted(dict.fromkeys(found), key=lambda item: SCOPES.index(item.scope)))


def _level_of(project: Project, id: AnnotationId, placement: int) -> Level:
    annotation = project.annotations[id]
    label = project.exports[id.export].ontology.by_id.get(annotation.class_id)
    return scope_of(annotation.placements[placement].media, label)


def _of_slice(matches: Matches, media: int, slice: int) -> Iterator[tuple[AnnotationId, int]]:
    """Return the annotations without a shape, and the numbers of their placements there."""
    edits = matches.project.annotations.edits
    for rows in matches.rows.values():
        is_here = (rows.outcomes.media == media) & (rows.outcomes.slices == slice) & ~rows.drawn
        is_here &= rows.outcomes.axes == 2
        for row in np.flatnonzero(is_here).tolist():
            if (id := rows.id_of(row)) not in edits:
                yield id, rows.number_of(row)
    for id, annotation in edits.items():
        outcomes = matches.outcomes_of(id)
        if annotation is None or outcomes is None:
            continue
        is_on = (outcomes.media == media) & (outcomes.slices == slice) & (outcomes.axes == 2)
        for number in np.flatnonzero(is_on).tolist():
            if shape_of(annotation, number) is None:
                yield id, number


def _item(project: Project, id: AnnotationId, number: int, scope: Scope) -> Classified:
    annotation = project.annotations[id]
    color = color_of_class(project, id.export, annotation.class_id)
    asked = (*annotation.attributes, *annotation.placements[number].attributes)
    answers = ", ".join(dict.fromkeys(one.text for one in asked if one.text))
    name = name_of(project, annotation)
    return Classified(id, annotation.class_id, name, color, scope, answers, bool(asked))
