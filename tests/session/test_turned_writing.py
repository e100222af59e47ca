"""What is edited where an export is flipped, scaled or shifted goes back in its own numbers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import msgspec
import numpy as np
import pytest
from bound import scan
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from labelbox_rows import row_of, thing

from tests.telling import matched
from viewer.formats import read_export, write_export
from viewer.geometry.shapes import Box, Point, Polyline, Shape
from viewer.geometry.solids import Landmark
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.project import Project, Reading
from viewer.review.binding import Choice, Choices
from viewer.review.matching import Matches
from viewer.review.measuring import affine_of
from viewer.review.solids import with_solids
from viewer.review.turns import Turn
from viewer.session.commands import Reshape
from viewer.session.editing import target_of
from viewer.session.making import annotation_made
from viewer.session.moving import moved_by
from viewer.session.session import Session
from viewer.tools.scene import scene_of

Json = Any
CT = scan()
FIRST = AnnotationId("1", 0)
TURNS = st.builds(Turn, st.booleans(), st.booleans(), st.sampled_from([1.0, 3.75, 2.5]))
CHOICES = st.builds(
    Choice,
    media=st.just("1.2.3.4"),
    first_frame=st.sampled_from([None, 0, 1]),
    slice_order=st.sampled_from([None, "reversed"]),
    offset=st.sampled_from([None, 1, -1]),
    planes=st.dictionaries(st.sampled_from(["acquired", "sagittal", "coronal"]), TURNS),
    readings=st.dictionaries(st.sampled_from(get_args(Reading)), st.booleans()),
)
MANY = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


def labelbox(folder: Path, group: str) -> Path:
    """Write a line whose numbers are spelled in ways of their own."""
    line = {"line": [{"x": 1.25, "y": "Y1"}, {"x": "X2", "y": 4}, {"x": 5, "y": 6}]}
    held = {"objects": {"f": thing("f", "DICOMPolyline", line)}, "classifications": []}
    groups = {group: {"name": group, "classifications": [], "frames": {"4": held}}}
    said = {"groups": groups, "segments": {group: {"f": [[4, 4]]}}, "classifications": []}
    text = json.dumps(row_of(said, "DICOM")).replace('"Y1"', "2.50").replace('"X2"', "3.0e0")
    path = folder / "x.json"
    path.write_text(text)
    return path


def redbrick(folder: Path) -> Path:
    box = {"pointTopLeft": {"xNorm": 0.1, "yNorm": "Y"}, "wNorm": 0.3, "hNorm": 0.4,
           "category": "c", "video": {"frameIndex": 3}}  # fmt: skip
    series = {"name": "1.2.3.4", "items": [f"{k}.dcm" for k in range(8)], "boundingBoxes": [box]}
    text = json.dumps([{"taskId": "t", "name": "n", "series": [series]}])
    path = folder / "tasks.json"
    path.write_text(text.replace('"Y"', "0.20"))
    return path


def opened(path: Path, choice: Choice) -> tuple[Project, Matches]:
    project = read_export(path)
    return project, matched(project, [CT], {"1": Choices(choice)})


def shown(matches: Matches, annotation: Annotation) -> tuple[tuple[int | None, int], Shape]:
    """Return (slice, axis) and the shape as it is drawn there."""
    (place,) = matches.of(annotation.id)
    shape = annotation.placements[0].flat
    assert shape is not None
    frame = matches.frame_of("1", 0, place.axis)
    return (place.slice, place.axis), frame.shown(shape, size_of(place.axis))


def size_of(axis: int) -> tuple[int, int]:
    sides = (CT.columns, CT.rows, CT.count)
    width, height = (side for at, side in enumerate(sides) if at != axis)
    return width, height


def edited(project: Project, matches: Matches, shape: Shape) -> Project:
    """Give the label another shape as it is drawn, the way tools do."""
    (place,) = matches.of(FIRST)
    held = project.annotations[FIRST].placements[0].flat
    frame = matches.frame_of("1", 0, place.axis)
    stored = frame.stored(shape, size_of(place.axis), held)
    return Reshape(FIRST, 0, stored, Session().stamp()).apply(project)


@MANY
@given(choice=CHOICES, group=st.sampled_from(["Axial", "Sagittal", "Coronal"]))
def test_one_vertex_of_a_line_is_moved_and_the_others_keep_their_digits(
    choice: Choice, group: str, tmp_path: Path
):
    path = labelbox(tmp_path, group)
    project, matches = opened(path, choice)
    if matches.of(FIRST)[0].reason:
        return
    where, line = shown(matches, project.annotations[FIRST])
    assert isinstance(line, Polyline)
    moved = line.vertices.copy()
    moved[2] += (0.5, -0.25)
    after = edited(project, matches, Polyline(moved))
    saved = tmp_path / "saved.json"
    write_export(project, after, "1", saved, overwrite=True)
    text = saved.read_text()
    assert '{"x": 1.25, "y": 2.50}, {"x": 3.0e0, "y": 4}' in text
    again, new_matches = opened(saved, choice)
    new_where, new_line = shown(new_matches, again.annotations[FIRST])
    assert new_where == where
    assert isinstance(new_line, Polyline)
    assert new_line.vertices == pytest.approx(moved, abs=1e-9)


@MANY
@given(choice=CHOICES)
def test_one_side_of_a_box_is_moved_and_the_other_keeps_its_digits(choice: Choice, tmp_path: Path):
    path = redbrick(tmp_path)
    project, matches = opened(path, choice)
    if matches.of(FIRST)[0].reason:
        return
    where, box = shown(matches, project.annotations[FIRST])
    assert isinstance(box, Box)
    wider = Box(box.x, box.y, box.width + 1, box.height)
    after = edited(project, matches, wider)
    saved = tmp_path / "saved.json"
    write_export(project, after, "1", saved, overwrite=True)
    text = saved.read_text()
    assert '"yNorm": 0.20' in text
    assert '"hNorm": 0.4' in text
    again, new_matches = opened(saved, choice)
    new_where, new_box = shown(new_matches, again.annotations[FIRST])
    assert new_where == where
    assert _numbers(new_box) == pytest.approx(_numbers(wider))


@MANY
@given(choice=CHOICES)
def test_a_landmark_is_moved_and_what_stayed_keeps_its_digits(choice: Choice, tmp_path: Path):
    series = {"name": "1.2.3.4", "items": [f"{k}.dcm" for k in range(8)],
              "landmarks3d": [{"point": {"i": 3, "j": "J", "k": 5}, "category": "c"}]}  # fmt: skip
    path = tmp_path / "tasks.json"
    text = json.dumps([{"taskId": "t", "name": "n", "series": [series]}])
    path.write_text(text.replace('"J"', "2.50"))
    project, matches = opened(path, choice)
    matches, _ = with_solids(matches)
    if not matches.extents_of(FIRST):
        return
    session = Session()
    session.open(project, [CT], (), matches)
    assert session.go_to(FIRST)
    (extent,) = matches.extents_of(FIRST)
    assert isinstance(extent.solid, Landmark)
    i, j, k = extent.solid.point
    told = project.annotations.bases["1"].told.of("t/0").affine
    assert told is not None
    place = np.array(told).reshape(3, 4) @ (3, 2.5, 5, 1)
    media_affine = affine_of(CT)
    assert media_affine is not None
    assert place == pytest.approx(np.array(media_affine).reshape(3, 4) @ (i, j, k, 1))
    scene = scene_of(session, None)
    assert scene is not None
    (item,) = scene.items
    to = Point(i + 1.5, j + 0.5)
    stored = item.stored(to, (CT.columns, CT.rows))
    session.do(Reshape(FIRST, 0, stored, session.stamp()))
    (moved,) = session.matches.extents_of(FIRST)
    assert moved.solid == Landmark((i + 1, j, k))
    saved = tmp_path / "saved.json"
    write_export(project, session.project, "1", saved, overwrite=True)
    assert '"j": 2.50, "k": 5}' in saved.read_text()
    _, again = opened(saved, choice)
    again, _ = with_solids(again)
    assert again.extents_of(FIRST)[0].solid == moved.solid
    steps = 1 if k < 7 else -1
    command = moved_by(session, FIRST, steps)
    assert not isinstance(command, str)
    session.do(command)
    (moved,) = session.matches.extents_of(FIRST)
    assert moved.solid == Landmark((i + 1, j, k + steps))


@MANY
@given(choice=CHOICES, slice=st.integers(0, 7), is_line=st.booleans())
def test_what_is_drawn_anew_is_found_again_where_it_was_drawn(
    choice: Choice, slice: int, is_line: bool, tmp_path: Path
):
    path = labelbox(tmp_path, "Axial") if is_line else redbrick(tmp_path)
    project, matches = opened(path, choice)
    session = Session()
    session.open(project, [CT], (), matches)
    session.viewing.set_crosshair((3.0, 3.0, float(slice)))
    (label,) = project.exports["1"].ontology.by_id
    target = target_of(session, ("1", label))
    if target is None:
        return
    drawn: Shape = Box(2, 3, 4, 2) if not is_line else Polyline(np.array([(1.5, 2), (4, 5.25)]))
    made = annotation_made(project, target, drawn, session.stamp())
    session.do(made)
    saved = tmp_path / "saved.json"
    write_export(project, session.project, "1", saved, overwrite=True)
    again, new_matches = opened(saved, choice)
    ids = [id for id in again.annotations if new_matches.of(id)[0].slice == slice]
    found = [shown(new_matches, again.annotations[id])[1] for id in ids]
    assert any(_numbers(one) == pytest.approx(_numbers(drawn)) for one in found)


def _numbers(shape: Shape) -> list[float]:
    if isinstance(shape, Polyline):
        return shape.vertices.ravel().tolist()
    return list(msgspec.structs.astuple(shape))
