"""What all drawing tools share: where one may draw, and what comes of a finished drawing."""

from __future__ import annotations

import numpy as np

from viewer.geometry.shapes import Box, Point, Polyline, Shape
from viewer.model.ontology import words_of
from viewer.session.editing import classes_for, words_of_kind
from viewer.session.making import Where, annotation_made
from viewer.tools.pointer import Answer, PointerEvent, Scale, Scene
from viewer.tools.reshaping import LEAST_PX, Size, extent

PlaceXY = tuple[float, float]


def where_of(scene: Scene) -> Where | None:
    """Return the slice that a drawing belongs to."""
    return None if scene.target is None else scene.target.where


def refusal_of(scene: Scene, kinds: frozenset[str], begun_on: Where | None) -> str:
    """Return why nothing can be drawn here with the chosen class, "" when it can."""
    if scene.target is None:
        return _no_target(scene, kinds)
    if scene.target.kind not in kinds:
        kind = words_of(scene.target.kind) if scene.target.kind else "no shape"
        return f"The chosen label is drawn as {kind}; choose another label or tool."
    if begun_on not in (None, scene.target.where):
        return "The drawing began on another slice: go back to it, or give it up with Esc."
    if scene.target.kind == "skeleton" and scene.target.template is None:
        return "The export does not say where the nodes of new skeletons stand."
    return scene.target.refused


def _no_target(scene: Scene, kinds: frozenset[str]) -> str:
    if scene.project.exports and not classes_for(scene.project, kinds):
        words = " or ".join(sorted(words_of_kind(kind) for kind in kinds))
        return f"No open export has labels that are drawn as {words}."
    return scene.refusal or "Choose a label to draw with, and a slice to draw on."


def too_small(shape: Shape) -> str:
    """Return why nothing is made of a drawing, "" where it is large enough."""
    least = max if isinstance(shape, Polyline) else min  # a line may be upright or level
    if isinstance(shape, Point) or least(extent(shape)) >= LEAST_PX:
        return ""
    return f"Smaller than {LEAST_PX:.0f} pixels: nothing was added; zoom in and draw again."


def added(shape: Shape, scene: Scene) -> Answer:
    """Answer with the command that adds a new label of this shape; not of one that is too small."""
    refusal = too_small(shape)
    if refusal:
        return Answer(cursor="cross", hint=refusal)
    if scene.target is None:
        return Answer(cursor="cross")
    command = annotation_made(scene.project, scene.target, shape, scene.stamp())
    return Answer(command=command, select=frozenset({command.annotation.id}), cursor="cross")


def drawing(shape: Shape, scene: Scene) -> Answer:
    """Answer with what is drawn so far, and its size."""
    return Answer(shape, cursor="cross", hint=scene.size_words(shape))


def box_between(one: PlaceXY, other: PlaceXY) -> Box:
    """Return the box with these opposite corners."""
    (x0, x1), (y0, y1) = (sorted(pair) for pair in zip(one, other, strict=True))
    return Box(x0, y0, x1 - x0, y1 - y0)


def held(event: PointerEvent, size: Size) -> PlaceXY:
    """Return the place of an event, held inside the image."""
    return min(max(event.x, 0.0), float(size[0])), min(max(event.y, 0.0), float(size[1]))


def is_inside(event: PointerEvent, size: Size) -> bool:
    """Whether an event is inside the image."""
    return 0 <= event.x <= size[0] and 0 <= event.y <= size[1]


def px_between(one: PlaceXY, other: PlaceXY, scale: Scale) -> float:
    """Return how far two places are from each other on the screen."""
    return float(np.hypot((one[0] - other[0]) * scale[0], (one[1] - other[1]) * scale[1]))
