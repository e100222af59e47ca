"""Walks over parsed DATAGYM files, and small ones, for tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from listed import new_box

from viewer.model.annotation import Annotation
from viewer.model.project import Project
from viewer.model.subject import MediaKey

Json = Any
CLASSES = [{"class_name": "bus", "geometry_type": "rectangle"}]


def records(tree: Json) -> list[list[Json]]:
    """Return the labels of each task in the order of the file, without what is nested in them."""
    return [_of_task(task) for task in tree if "label_classes" not in task]


def _of_task(task: Json) -> list[Json]:
    found: list[Json] = [*task.get("global_classifications", {}).values()]
    for values in task["labels"].values():
        for value in values:
            inside = value.get("nested_geometries", {})
            found.append({**value, "nested_geometries": {}} if inside else value)
            found += [one for nested in inside.values() for one in nested]
    return found


def record(number: int) -> Json:
    """Return a rectangle."""
    return {
        "rectangle": [{"x": 1, "y": 2.5, "w": 3, "h": number}],
        "classifications": {},
        "nested_geometries": {},
    }


def old_record(number: int) -> Json:
    """Return a rectangle of the old generation."""
    return {"geometry": [{"x": 1, "y": 2.5, "w": 3, "h": number}], "classifications": {}}


def tree(lists: Sequence[Sequence[Json] | None]) -> Json:
    """Return a file with one task for each list of rectangles."""

    def task(number: int, held: Sequence[Json] | None) -> Json:
        labels = {} if held is None else {"bus": list(held)}
        return {
            "internal_media_ID": f"task {number}",
            "external_media_ID": f"{number}.jpg",
            "labeler": None,
            "status": "completed",
            "global_classifications": {},
            "labels": labels,
        }

    tasks = [task(number, held) for number, held in enumerate(lists)]
    return [{"label_classes": CLASSES}, *tasks]


def old_tree(lists: Sequence[Sequence[Json] | None]) -> Json:
    """Return the like of the old generation."""
    renamed = {"internal_media_ID": "internal_image_ID", "external_media_ID": "external_image_ID"}
    head, *tasks = tree(lists)
    return [head, *({renamed.get(k, k): v for k, v in task.items()} for task in tasks)]


def new(project: Project, container: int, number: int) -> Annotation:
    """Return a rectangle that can be added to task number `container`."""
    return new_box(project, number, "bus", MediaKey(entry=f"task {container}"))
