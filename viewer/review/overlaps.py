"""Who else drew a label of the same name at the same place, and how alike they are."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from viewer.geometry.mask import Mask
from viewer.geometry.measure import bounds, translated
from viewer.geometry.raster import rasterised
from viewer.geometry.shapes import Shape
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.project import Project
from viewer.review.matching import Matches, Place

LARGEST_PX = 4096  # of what is compared; larger shapes are not


@dataclass(frozen=True)
class Overlap:
    """Another label that covers part of one.

    Args:
        iou: pixels that both cover, as a part of those that either does.
        is_predicted: a model's, not a person's.
    """

    id: AnnotationId
    author: str
    iou: float
    is_predicted: bool = False


def overlaps_of(
    project: Project, matches: Matches, id: AnnotationId, check: Callable[[], None]
) -> tuple[Overlap, ...]:
    """Return the labels of the same name that overlap one on its slice, the most alike first.

    Args:
        check: called before each label is looked at; may raise to stop.
    """
    place = matches.first_of(id)
    if place is None or place.media is None or place.slice is None:
        return ()
    own = _shape(project.annotations[id], place.placement)
    if own is None:
        return ()
    found = [
        _overlap(project, other, _iou(own, shape))
        for other, shape in _others(project, matches, id, place, check)
    ]
    return tuple(sorted((one for one in found if one.iou > 0), key=lambda one: -one.iou))


def _others(
    project: Project, matches: Matches, id: AnnotationId, place: Place, check: Callable[[], None]
) -> Iterator[tuple[Annotation, Shape]]:
    """Yield the labels of the same name with a shape on the slice."""
    name = _name(project, project.annotations[id])
    for other, number in matches.on(place.media or 0, place.slice or 0, place.axis):
        check()
        annotation = project.annotations[other]
        shape = _shape(annotation, number)
        if other != id and shape is not None and _name(project, annotation) == name:
            yield annotation, shape


def _overlap(project: Project, annotation: Annotation, iou: float) -> Overlap:
    kinds = project.exports[annotation.id.export].author_kinds
    is_model = kinds.get(annotation.author) == "model"
    return Overlap(annotation.id, annotation.author, iou, is_model)


def _name(project: Project, annotation: Annotation) -> str:
    label = project.exports[annotation.id.export].ontology.by_id.get(annotation.class_id)
    return (annotation.class_id if label is None else label.name).casefold()


def _shape(annotation: Annotation, number: int) -> Shape | None:
    return annotation.placements[number].flat


def _iou(one: Shape, other: Shape) -> float:
    """Return intersection over union, by the pixels whose centres are inside."""
    first, second = np.array(bounds(one)), np.array(bounds(other))
    if (first[:2] >= second[2:]).any() or (second[:2] >= first[2:]).any():
        return 0.0
    x, y = np.floor(np.minimum(first[:2], second[:2])).tolist()
    wide, tall = np.ceil(np.maximum(first[2:], second[2:]) - (x, y)).tolist()
    if max(wide, tall) > LARGEST_PX:
        return math.nan
    size = (int(wide), int(tall))
    covered = [
        _filled(rasterised(translated(shape, -x, -y), *size), *size) for shape in (one, other)
    ]
    union = np.count_nonzero(covered[0] | covered[1])
    return float(np.count_nonzero(covered[0] & covered[1]) / union) if union else 0.0


def _filled(mask: Mask, columns: int, rows: int) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    found = np.zeros((rows, columns), dtype=np.bool_)
    found[mask.y : mask.y + mask.height, mask.x : mask.x + mask.width] = mask.to_array()
    return found
