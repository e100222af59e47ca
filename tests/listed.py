"""The labels of a project, and new ones to add to it."""

from __future__ import annotations

from viewer.geometry.shapes import Box
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.placement import Placement
from viewer.model.project import Project
from viewer.model.subject import MediaKey


def all_of(project: Project) -> list[Annotation]:
    """Return the annotations in reading order."""
    return [project.annotations[id] for id in project.annotations]


def named(project: Project, native_id: str) -> Annotation:
    """Return the first label that the file calls so."""
    return next(one for one in all_of(project) if one.native_id == native_id)


def new_box(
    project: Project, number: int, class_id: str, key: MediaKey, size: tuple[int, int] = (9, 9)
) -> Annotation:
    """Return a box as high as its number that can be added to the first export."""
    placement = Placement(key, shape=Box(1.0, 2.0, 3.5, float(number)), size=size)
    id = AnnotationId(next(iter(project.exports)), number, new=True)
    return Annotation(id, "", class_id, "", (placement,), created="2026-01-02T03:04:05.678Z")
