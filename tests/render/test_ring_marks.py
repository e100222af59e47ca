"""Polygons that are cut as they stand in the file look like those that were decoded first."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from random import Random
from types import MappingProxyType
from typing import Any

import numpy as np
from composed import BOX, RING, project_of_rows, row, volume

from viewer.model.project import Project
from viewer.render.mark import Mark
from viewer.render.overlay import every_label, marks_on
from viewer.render.planes import Section, planes_of
from viewer.review.matching import match

HOLED = {"vertices": [[1, 1], [9, 1], [9, 8], [1, 8], [1, 1], [3, 3], [6, 3], [6, 6], [3, 3]]}
KINDS: list[tuple[str, object, dict[str, object]]] = [
    ("L_ring", RING, {}),
    ("L_free", HOLED, {}),
    ("L_ring", RING, {"note": 5}),  # a key of the wrong type locks it
    ("L_ring", RING, {"createdById": "U_gone"}),
    ("L_ring", RING, {"SeriesInstanceUID": "7.7.7"}),  # doubtful: found by its image alone
    ("L_ring", {"vertices": [1, 1, 6, 1.5, 4, 7]}, {}),
    ("L_ring", {"vertices": [[1, 1], [6, 6]]}, {}),
    ("L_ring", {"vertices": [[1, 1], 6, 6]}, {}),
    ("L_ring", {"vertices": [[1, 1], [1e10, 6], [4, 7]]}, {}),
    ("L_line", RING, {}),
    ("L_box", BOX, {}),
    ("L_ring", None, {}),
]


def decoded_first(project: Project) -> Project:
    """Return a project whose records are all decoded."""
    annotations = project.annotations
    bases = {id: replace(base, rings=None) for id, base in annotations.bases.items()}
    return replace(project, annotations=replace(annotations, bases=MappingProxyType(bases)))


def said(mark: Mark) -> dict[str, Any]:
    parts = {field.name: getattr(mark, field.name) for field in fields(mark)}
    drawn = parts.pop("drawn")
    return parts | {
        part: None if held is None else np.asarray(held).tolist()
        for part, held in ((field.name, getattr(drawn, field.name)) for field in fields(drawn))
    }


def test_marks_of_rings_are_those_of_decoded_records(tmp_path: Path) -> None:
    rng = Random(5)
    chosen = [(rng.randrange(7), rng.choice(KINDS)) for _ in range(60)]
    rows = [row(label, data, k, **more) for k, (label, data, more) in chosen]
    project, media = project_of_rows(tmp_path, rows), volume()
    plainly = decoded_first(project)
    assert all(base.rings for base in project.annotations.bases.values())
    count = 0
    for name, view in planes_of(media.stack).items():
        for index in range(1, view.count, 3):
            section = Section(0, index, media.spacing_mm, view)
            found, expected = (
                [*map(said, marks_on(one, match(one, (media,)), section, every_label))]
                for one in (project, plainly)
            )
            assert found == expected, (name, index)
            count += len(found)
    assert count > 100
