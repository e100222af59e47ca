"""Shapes that an export cannot hold are refused by name before anything is written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from viewer.demo import LABELBOX_FOLDER, REDBRICK_FOLDER, demo_folder
from viewer.errors import CannotWrite
from viewer.formats import read_export, write_export
from viewer.geometry.measure import bounds
from viewer.geometry.shapes import Polygon, Regions, RotatedBox, Shape, Skeleton
from viewer.model.annotation import Annotation
from viewer.model.project import Project
from viewer.session.commands import Reshape, Stamp
from viewer.session.editing import words_of_kind

MADE = Stamp("2024-06-01T12:00:00.000Z")
KINDS = ("regions", "rotated-box", "skeleton")
EXPORTS = {
    "MD.ai": lambda: demo_folder()[1],
    "RedBrick AI": lambda: demo_folder()[1].parent / REDBRICK_FOLDER / "tasks.json",
    "Labelbox": lambda: demo_folder()[1].parent / LABELBOX_FOLDER / "cine_export_v2.ndjson",
}


def flat_label(project: Project) -> Annotation:
    """A label with an outline that could be changed: a polygon, else a box."""
    found = (project.annotations[id] for id in project.annotations)
    free = [one for one in found if one.placements and one.locked_reason is None]
    shaped = [one for one in free if one.placements[0].flat is not None]
    return min(shaped, key=lambda one: not isinstance(one.placements[0].flat, Polygon))


def other(kind: str, shape: Shape) -> Shape:
    """A shape of another kind at the same place."""
    x0, y0, x1, y1 = bounds(shape)
    corners = np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])
    match kind:
        case "regions":
            return Regions((Polygon(corners), Polygon((corners + corners[0]) / 2)))
        case "rotated-box":
            return RotatedBox(x0, y0, x1 - x0, y1 - y0, 0.3)
        case _:
            return Skeleton(corners, ("visible",) * 4, ((0, 1),))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("vendor", EXPORTS)
def test_what_a_format_has_no_words_for_is_refused_and_no_file_is_made(
    vendor: str, kind: str, tmp_path: Path
) -> None:
    source = EXPORTS[vendor]()
    project = read_export(source)
    label = flat_label(project)
    shape = label.placements[0].flat
    assert shape is not None
    edited = Reshape(label.id, 0, other(kind, shape), MADE).apply(project)
    name = project.exports["1"].ontology.by_id[label.class_id].title
    with pytest.raises(CannotWrite) as told:
        write_export(project, edited, "1", tmp_path / source.name)
    assert name in str(told.value)
    assert ("region" if kind == "regions" else kind) in str(told.value).replace(
        words_of_kind(kind), kind
    ).replace(kind.replace("-", " "), kind)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("vendor", EXPORTS)
def test_no_class_of_such_an_export_is_drawn_as_one(vendor: str) -> None:
    export = read_export(EXPORTS[vendor]()).exports["1"]
    kinds = {label.kind for label in export.ontology.classes}
    assert kinds.isdisjoint({"rotated-box", "skeleton"})
    assert all({"rotated-box", "skeleton"}.isdisjoint(held) for held in export.held.values())
