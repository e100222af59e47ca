"""Landmarks, lengths, angles and cuboids: voxels (column, row, slice) and places in mm, LPS."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from viewer.formats import read_export, write_export
from viewer.geometry.solids import Angle, Cuboid, Landmark, Length
from viewer.model.annotation import AnnotationId
from viewer.model.project import Project

Json = Any
AFFINE = [[0.5, 0, 0, -20], [0, 2, 0, -30], [0, 0, 3, 100], [0, 0, 0, 1]]
HEADERS = {"imageHeaders": {"dimensions": [64, 48, 6], "affine": AFFINE}}
FIRST = AnnotationId("1", 0)


def point(i: float, j: float, k: float) -> Json:
    return {"i": i, "j": j, "k": k}


def world(i: float, j: float, k: float) -> Json:
    return {"x": 0.5 * i - 20, "y": 2 * j - 30, "z": 3 * k + 100}


def opened(folder: Path, headers: Json = HEADERS, **lists: Json) -> Project:
    path = folder / "tasks.json"
    series = {"items": [f"{n}.dcm" for n in range(6)], **headers, **lists}
    path.write_text(json.dumps([{"taskId": "t", "name": "n", "series": [series]}]))
    return read_export(path)


def saved(before: Project, after: Project, folder: Path) -> Json:
    path = folder / "saved.json"
    notes = write_export(before, after, "1", path, overwrite=True).notes
    return json.loads(path.read_text())[0]["series"][0], notes


def length(**more: Json) -> Json:
    return {"type": "length", "point1": point(2, 3, 1), "point2": point(8, 3, 1),
            "absolutePoint1": world(2, 3, 1), "absolutePoint2": world(8, 3, 1),
            "normal": [0, 0, 1], "length": 3.0, "id": "m", "category": "d", **more}  # fmt: skip


def test_i_is_the_column_j_the_row_and_k_the_slice(tmp_path: Path):
    found = opened(tmp_path, landmarks3d=[{"point": point(4, 6, 2), "category": "a"}])
    annotation = found.annotations[FIRST]
    assert annotation.placements[0].shape == Landmark((4, 6, 2))
    assert annotation.placements[0].index is None
    assert annotation.locked_reason is None


def test_measurements_and_cuboids(tmp_path: Path):
    angle = {"type": "angle", "point1": point(2, 3, 1), "vertex": point(5, 3, 1),
             "point2": point(5, 7, 1), "normal": [0, 0, 1], "category": "c"}  # fmt: skip
    cuboid = {"point1": point(6, 1, 4), "point2": point(1, 5, 1), "category": "q"}
    found = opened(tmp_path, measurements=[length(), angle], cuboids=[cuboid])
    shapes = [found.annotations[id].placements[0].shape for id in found.annotations]
    assert shapes == [
        Length((2, 3, 1), (8, 3, 1)),
        Angle((2, 3, 1), (5, 3, 1), (5, 7, 1)),
        Cuboid((6, 1, 4), (1, 5, 1)),
    ]
    kinds = found.exports["1"].ontology.by_id
    assert kinds["measurements.angle/c"].kind == "angle"


def test_points_may_be_lists_as_before_august_2022(tmp_path: Path):
    old = {"type": "length", "point1": [2, 3, 1], "point2": [8, 3, 1], "normal": [0, 0, 1],
           "category": "d"}  # fmt: skip
    before = opened(tmp_path, measurements=[old])
    assert before.annotations[FIRST].placements[0].shape == Length((2, 3, 1), (8, 3, 1))
    moved = before.annotations[FIRST].with_shape(0, Length((2, 3, 1), (9, 3, 1)))
    series, _ = saved(before, before.with_annotation(moved), tmp_path)
    assert series["measurements"] == [{**old, "point2": [9, 3, 1]}]


def test_places_in_mm_alone_are_found_by_the_affine(tmp_path: Path):
    only = {"absolutePoint": world(4, 6, 2), "category": "a"}
    found = opened(tmp_path, landmarks3d=[only]).annotations[FIRST]
    shape = found.placements[0].shape
    assert isinstance(shape, Landmark)
    assert shape.point == pytest.approx((4, 6, 2))
    without = opened(tmp_path, headers={}, landmarks3d=[only]).annotations[FIRST]
    assert "no affine" in (without.locked_reason or "")


def test_exchanged_axes_are_told_by_the_places_in_mm(tmp_path: Path):
    label = {"point": point(6, 4, 2), "absolutePoint": world(4, 6, 2), "category": "a"}
    found = opened(tmp_path, landmarks3d=[label])
    assert found.annotations[FIRST].placements[0].shape == Landmark((4, 6, 2))
    assert "rows" in (found.annotations[FIRST].locked_reason or "")
    assert "axes-exchanged" in [issue.code for issue in found.exports["1"].issues]


def test_places_that_disagree_are_said_and_the_voxels_are_shown(tmp_path: Path):
    label = {"point": point(4, 6, 2), "absolutePoint": world(30, 1, 5), "category": "a"}
    found = opened(tmp_path, landmarks3d=[label])
    assert found.annotations[FIRST].placements[0].shape == Landmark((4, 6, 2))
    assert found.annotations[FIRST].locked_reason is None
    assert "places-apart" in [issue.code for issue in found.exports["1"].issues]


def test_an_edit_works_out_places_length_and_normal_anew(tmp_path: Path):
    before = opened(tmp_path, measurements=[length()])
    moved = before.annotations[FIRST].with_shape(0, Length((2, 3, 1), (2, 5.5, 1)))
    series, notes = saved(before, before.with_annotation(moved), tmp_path)
    assert series["measurements"] == [
        length(point2=point(2, 5.5, 1), absolutePoint2=world(2, 5.5, 1), length=5)
    ]
    assert notes == ()
    oblique = before.annotations[FIRST].with_shape(0, Length((2, 3, 1), (8, 5, 3)))
    (label,) = saved(before, before.with_annotation(oblique), tmp_path)[0]["measurements"]
    assert math.hypot(*label["normal"]) == pytest.approx(1)
    along = [b - a for a, b in zip(world(2, 3, 1).values(), world(8, 5, 3).values(), strict=True)]
    assert sum(a * b for a, b in zip(along, label["normal"], strict=True)) == pytest.approx(0)
    assert label["length"] == pytest.approx(math.hypot(*along))


def test_without_an_affine_what_cannot_be_worked_out_goes_and_is_said(tmp_path: Path):
    before = opened(tmp_path, headers={}, measurements=[length()])
    moved = before.annotations[FIRST].with_shape(0, Length((2, 3, 1), (9, 3, 1)))
    series, (note,) = saved(before, before.with_annotation(moved), tmp_path)
    (label,) = series["measurements"]
    assert "length" not in label
    assert "absolutePoint2" not in label
    assert label["absolutePoint1"] == world(2, 3, 1)
    assert "absolutePoint2, length" in note


def test_stats_of_another_shape_go_and_are_said(tmp_path: Path):
    cuboid = {"point1": point(1, 1, 1), "point2": point(6, 5, 4), "category": "q", "id": "q",
              "stats": {"average": 1, "volume": 9, "minimum": 0, "maximum": 3}}  # fmt: skip
    before = opened(tmp_path, cuboids=[cuboid])
    moved = before.annotations[FIRST].with_shape(0, Cuboid((1, 1, 1), (6, 5, 5)))
    series, (note,) = saved(before, before.with_annotation(moved), tmp_path)
    assert "stats" not in series["cuboids"][0]
    assert "stats" in note


@pytest.mark.parametrize(
    "label",
    [{}, {"point": None}, {"point": {"i": 1, "j": 2}}, {"point": [1, 2]}, {"point": "x"},
     {"point": point(1, True, 2)}, {"point": point(1e12, 0, 0)}, {"absolutePoint": [1, 2, "3"]}],
)  # fmt: skip
def test_a_damaged_solid_is_listed_and_locked(tmp_path: Path, label: Json):
    found = opened(tmp_path, landmarks3d=[{**label, "category": "a"}])
    annotation = found.annotations[FIRST]
    assert annotation.locked_reason
    assert annotation.placements[0].shape is None
    assert found.annotations.bases["1"].columns.locked[0] >= 0
