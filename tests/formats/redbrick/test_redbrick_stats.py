"""Stats of edited labels come from the pixels that are loaded, and go where there are none."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from stacks import built, volume_of

from tests.telling import matched
from viewer.formats import read_export, write_export
from viewer.geometry.raster import rasterised
from viewer.geometry.shapes import Box, Ellipse, Shape
from viewer.geometry.solids import Cuboid, Landmark, Length, Solid
from viewer.media.volume import Volume
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.project import Project

Json = Any
ROW, COLUMN = np.eye(3)[:2]
SIZE = (11, 9)
ON_FOUR = {"seriesItemIndex": 4, "frameIndex": 4}
VIDEO = {"video": {"trackId": "", "keyFrame": True, "endTrack": True, **ON_FOUR}}
STATS = {"average": 1.5, "area": 2, "minimum": -1, "maximum": 3, "intensityunit": "HU"}
BOX = {"id": "b", "pointTopLeft": {"xNorm": 0, "yNorm": 0}, "wNorm": 0.5, "hNorm": 0.5,
       "category": "c", **VIDEO, "stats": STATS}  # fmt: skip
CUBOID = {"id": "q", "point1": {"i": 1, "j": 1, "k": 1}, "point2": {"i": 3, "j": 4, "k": 5},
          "category": "c",
          "stats": {"average": 1, "volume": 9, "minimum": 0, "maximum": 3}}  # fmt: skip
FIRST = AnnotationId("1", 0)


def volume() -> Volume:
    """A volume of 8 slices whose values are all different."""
    values = np.arange(8 * 9 * 11, dtype=np.int16).reshape(8, 9, 11) - 300
    found = volume_of(built(ROW, COLUMN, spacing=(0.5, 1.25)), values)
    return dataclasses.replace(found, slice_of={(f"1.2.3.{k}", 0): k for k in range(8)})


def opened(folder: Path, media: Volume | None, **lists: Json) -> Project:
    series = {"items": [f"1.2.3.{k}.dcm" for k in range(8)], **lists}
    path = folder / "tasks.json"
    path.write_text(json.dumps([{"taskId": "t", "name": "n", "series": [series]}]))
    project = read_export(path)
    if media is not None:
        found = matched(project, [media])
        assert found.lookup.bindings["1"].bindings[0].index == 0
    return project


def saved(before: Project, shape: Shape | Solid, folder: Path, name: str) -> tuple[Json, Any]:
    after = before.with_annotation(before.annotations[FIRST].with_shape(0, shape))
    report = write_export(before, after, "1", folder / "saved.json", overwrite=True)
    series = json.loads((folder / "saved.json").read_bytes())[0]["series"][0]
    return series[name][0], report.notes


@given(x=st.floats(0, 8), y=st.floats(0, 6), width=st.floats(1, 3), height=st.floats(1, 3))
def test_stats_of_a_moved_box_are_those_of_the_values_inside(tmp_path: Path, x, y, width, height):
    media = volume()
    before = opened(tmp_path, media, boundingBoxes=[BOX])
    shape = Box(x, y, width, height)
    label, notes = saved(before, shape, tmp_path, "boundingBoxes")
    mask = rasterised(shape, *SIZE)
    whole = np.zeros(media.pixels.shape[1:], bool)
    whole[mask.y : mask.y + mask.height, mask.x : mask.x + mask.width] = mask.to_array()
    values = media.in_units(media.pixels[4][whole], 4)
    assert notes == ()
    assert label["stats"] == {
        "average": pytest.approx(values.mean()),
        "area": pytest.approx(width * height * 0.5 * 1.25),
        "minimum": values.min(),
        "maximum": values.max(),
        "intensityunit": "HU",
    }
    assert list(label["stats"]) == list(STATS)


def test_the_report_names_what_was_worked_out_anew_with_a_shape(tmp_path: Path):
    length = {"type": "length", "id": "l", "point1": {"i": 1, "j": 2, "k": 3},
              "point2": {"i": 4, "j": 2, "k": 3}, "normal": [0, 0, 1],
              "absolutePoint1": {"x": 0, "y": 0, "z": 0},
              "absolutePoint2": {"x": 0, "y": 0, "z": 0}, "length": 1, "category": "c"}  # fmt: skip
    shapes = (Box(1, 1, 3, 3), Length((1, 2, 3), (4, 5, 3)))
    lists = ({"boundingBoxes": [BOX]}, {"measurements": [length]})
    wanted = [("shape", "stats"), ("shape", "places in mm", "length")]
    for shape, one, fields in zip(shapes, lists, wanted, strict=True):
        before = opened(tmp_path, volume(), **one)
        after = before.with_annotation(before.annotations[FIRST].with_shape(0, shape))
        report = write_export(before, after, "1", tmp_path / "saved.json", overwrite=True)
        assert [change.fields for change in report.changed] == [fields]


def test_a_move_to_another_slice_measures_there(tmp_path: Path):
    media = volume()
    before = opened(tmp_path, media, boundingBoxes=[BOX])
    found = before.annotations[FIRST]
    (old,) = found.placements
    key = replace(old.media, item=6)
    moved = replace(old, media=key, index=6)
    after = before.with_annotation(replace(found, placements=(moved,)))
    write_export(before, after, "1", tmp_path / "saved.json")
    (label,) = json.loads((tmp_path / "saved.json").read_bytes())[0]["series"][0]["boundingBoxes"]
    assert label["stats"]["minimum"] == media.in_units(media.pixels[6], 6).min()


def test_the_area_of_an_ellipse_is_that_of_its_half_axes(tmp_path: Path):
    ellipse = {"id": "e", "pointCenter": {"xNorm": 0.5, "yNorm": 0.5}, "xRadiusNorm": 0.2,
               "yRadiusNorm": 0.2, "rotationRad": 0, "category": "c", **VIDEO,
               "stats": STATS}  # fmt: skip
    before = opened(tmp_path, volume(), ellipses=[ellipse])
    label, _ = saved(before, Ellipse(5, 4, 3, 2), tmp_path, "ellipses")
    assert label["stats"]["area"] == pytest.approx(np.pi * 3 * 2 * 0.5 * 1.25)


@pytest.mark.parametrize(("side", "scale"), [(9, 1.0), (11, 11 / 9)])
def test_the_area_tells_by_which_side_the_second_radius_counts(tmp_path: Path, side, scale):
    area = np.pi * 0.2 * 11 * 0.1 * side * 0.5 * 1.25
    ellipse = {"id": "e", "pointCenter": {"xNorm": 0.5, "yNorm": 0.5}, "xRadiusNorm": 0.2,
               "yRadiusNorm": 0.1, "rotationRad": 0, "category": "c", **VIDEO,
               "stats": {**STATS, "area": area}}  # fmt: skip
    before = opened(tmp_path, volume(), ellipses=[ellipse])
    shape = before.annotations[FIRST].placements[0].shape
    assert isinstance(shape, Ellipse)
    assert shape.ry == pytest.approx(0.1 * 9 * scale)
    names = [one.name for one in before.annotations[FIRST].attributes]
    assert ("second radius" in names) == (scale > 1)
    label, _ = saved(before, replace(shape, rx=3), tmp_path, "ellipses")
    assert label["yRadiusNorm"] == 0.1
    label, _ = saved(before, replace(shape, ry=shape.ry * 2), tmp_path, "ellipses")
    assert label["yRadiusNorm"] == pytest.approx(0.2)
    assert label["stats"]["area"] == pytest.approx(2 * area)


@pytest.mark.parametrize(
    ("stated", "wanted"),
    [(3 * 4 * 5 * 1.875, 3 * 4 * 6 * 1.875), (2 * 3 * 4 * 1.875, 2 * 3 * 5 * 1.875)],
)
def test_a_cuboids_volume_is_counted_as_it_was_before(tmp_path: Path, stated, wanted):
    cuboid = {**CUBOID, "stats": {**CUBOID["stats"], "volume": stated}}
    media = volume()
    before = opened(tmp_path, media, cuboids=[cuboid])
    label, notes = saved(before, Cuboid((1, 1, 1), (3, 4, 6)), tmp_path, "cuboids")
    values = media.in_units(media.pixels[1:7, 1:5, 1:4], 0)
    assert notes == ()
    assert label["stats"] == {
        "average": pytest.approx(values.mean()),
        "volume": pytest.approx(wanted),
        "minimum": values.min(),
        "maximum": values.max(),
    }


def test_stats_go_and_it_is_said_where_a_slice_is_not_loaded(tmp_path: Path):
    media = volume()
    media.ready[3] = False
    before = opened(tmp_path, media, cuboids=[CUBOID])
    label, (note,) = saved(before, Cuboid((1, 1, 1), (3, 4, 6)), tmp_path, "cuboids")
    assert "stats" not in label
    assert "not loaded" in note
    label, _ = saved(before, Cuboid((1, 1, 4), (3, 4, 6)), tmp_path, "cuboids")
    assert label["stats"]["minimum"] == media.in_units(media.pixels[4, 1, 1], 4)


def test_a_number_that_nobody_can_work_out_goes_and_is_said(tmp_path: Path):
    box = {**BOX, "stats": {**STATS, "entropy": 4.5}}
    before = opened(tmp_path, volume(), boundingBoxes=[box])
    label, (note,) = saved(before, Box(1, 1, 2, 2), tmp_path, "boundingBoxes")
    assert list(label["stats"]) == list(STATS)
    assert "entropy" in note


def test_stats_that_were_not_there_are_not_made(tmp_path: Path):
    box = {key: value for key, value in BOX.items() if key != "stats"}
    before = opened(tmp_path, volume(), boundingBoxes=[box])
    label, notes = saved(before, Box(1, 1, 2, 2), tmp_path, "boundingBoxes")
    assert "stats" not in label
    assert notes == ()


def test_places_length_and_normal_come_from_open_pictures_where_the_export_has_no_affine(
    tmp_path: Path,
):
    media = volume()
    first, last = media.stack.patient_of_voxel([(2, 3, 1), (8, 3, 1)]).tolist()
    length = {"type": "length", "point1": {"i": 2, "j": 3, "k": 1}, "id": "m", "category": "d",
              "point2": {"i": 8, "j": 3, "k": 1}, "normal": [0, 0, 1], "length": 3.0,
              "absolutePoint1": dict(zip("xyz", first, strict=True)),
              "absolutePoint2": dict(zip("xyz", last, strict=True))}  # fmt: skip
    before = opened(tmp_path, media, measurements=[length])
    label, notes = saved(before, Length((2, 3, 1), (2, 7, 3)), tmp_path, "measurements")
    (moved,) = media.stack.patient_of_voxel([(2, 7, 3)])
    assert notes == ()
    assert list(label["absolutePoint2"].values()) == pytest.approx(moved.tolist())
    assert label["length"] == pytest.approx(np.linalg.norm(moved - first))


def test_places_in_mm_alone_are_shown_once_pictures_tell_where_they_are(tmp_path: Path):
    media = volume()
    (place,) = media.stack.patient_of_voxel([(4, 6, 2)]).tolist()
    label = {"id": "a", "category": "a", "absolutePoint": dict(zip("xyz", place, strict=True))}
    closed = opened(tmp_path, None, landmarks3d=[label]).annotations[FIRST]
    assert "open its pictures" in (closed.locked_reason or "")
    before = opened(tmp_path, media, landmarks3d=[label])
    found = before.annotations[FIRST]
    assert found.locked_reason is None
    assert isinstance(found.placements[0].shape, Landmark)
    assert found.placements[0].shape.point == pytest.approx((4, 6, 2))
    moved, _ = saved(before, Landmark((5, 6, 2)), tmp_path, "landmarks3d")
    (there,) = media.stack.patient_of_voxel([(5, 6, 2)]).tolist()
    assert list(moved["absolutePoint"].values()) == pytest.approx(there)
    assert "point" not in moved


def test_exchanged_axes_are_told_by_open_pictures_too(tmp_path: Path):
    media = volume()
    (place,) = media.stack.patient_of_voxel([(2, 6, 2)]).tolist()
    label = {"id": "a", "category": "a", "point": {"i": 6, "j": 2, "k": 2},
             "absolutePoint": dict(zip("xyz", place, strict=True))}  # fmt: skip
    found: Annotation = opened(tmp_path, media, landmarks3d=[label]).annotations[FIRST]
    assert found.placements[0].shape == Landmark((2, 6, 2))
    assert "rows" in (found.locked_reason or "")


class Stored:
    """Reads the pictures of a volume again, from values in memory."""

    is_serial, order = True, None

    def __init__(self, media: Volume) -> None:
        self.values, self.file_of = media.pixels.copy(), media.reader.file_of

    def opened(self, media: Volume, _files: object) -> Callable[[int], None]:
        def decode(k: int) -> None:
            media.slot(k)[...] = self.values[k]

        return decode

    def beside(self, k: int) -> range:
        return range(k, k + 1)


@pytest.mark.parametrize(
    ("name", "label", "shape"),
    [
        ("boundingBoxes", BOX, Box(2.0, 1.0, 4.0, 3.0)),
        ("cuboids", CUBOID, Cuboid((1.0, 1.0, 2.0), (4.0, 5.0, 6.0))),
    ],
)
def test_stats_are_the_same_on_pixels_that_were_let_go(tmp_path: Path, name, label, shape):
    media = volume()
    media.reader = Stored(media)
    before = opened(tmp_path, media, **{name: [label]})
    expected = saved(before, shape, tmp_path, name)
    media.let_go()
    assert not media.ready.any()
    assert saved(before, shape, tmp_path, name) == expected
    assert "average" in expected[0]["stats"]
