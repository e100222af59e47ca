"""The slice under the crosshair as tools see it."""

from __future__ import annotations

import numpy as np
import pytest
from composed import RING, project_of_rows, row, volume

from viewer.geometry.measure import bounds
from viewer.geometry.shapes import Box
from viewer.model.annotation import AnnotationId
from viewer.paint.stage import stage_of
from viewer.review.matching import match
from viewer.session.commands import DeleteAnnotations, Reshape, Stamp
from viewer.session.session import Session
from viewer.session.turning import swung
from viewer.tools.scene import prepare_scene, scene_of

MADE = Stamp("2026-11-21T12:00:00.000Z", "me")
IDS = [AnnotationId("1", n) for n in range(3)]


@pytest.fixture
def session(tmp_path):
    rows = [row("L_ring", RING, 2), row("L_box", k=2), row("L_box", k=3), row("L_said", None, 2)]
    project = project_of_rows(tmp_path, rows)
    session = Session()
    session.open(project, (volume(),), (), match(project, (volume(),)))
    session.go_to(IDS[0])
    return session


def test_a_scene_holds_the_shapes_of_the_slice_that_are_drawn(session):
    scene = scene_of(session, ("1", "L_box"))
    assert scene is not None
    assert [item.id for item in scene.items] == IDS[:2]
    assert scene.items[1].shape == Box(2, 3, 4.5, 3)
    assert scene.size == (11, 9)
    assert scene.target is not None
    assert scene.target.media.instance == "1.2.3.2"
    session.display.set_hidden(IDS[0], True)
    hidden = scene_of(session, None)
    assert hidden is not None
    assert [item.id for item in hidden.items] == IDS[1:2]
    assert hidden.target is None


def test_after_an_edit_the_slice_shows_it_and_keeps_what_it_knew_of_the_others(session):
    before = scene_of(session, None)
    assert before is not None
    moved = Box(1, 1, 2, 2)
    session.do(Reshape(IDS[1], 0, moved, MADE))
    after = scene_of(session, None)
    assert after is not None
    assert after.items[0] is before.items[0]
    assert [(item.id, item.shape) for item in after.items[1:]] == [(IDS[1], moved)]
    session.do(DeleteAnnotations(tuple(IDS[:1]), (), MADE))
    (left,) = (scene_of(session, None) or before).items
    assert left.id == IDS[1]
    session.undo()
    session.undo()
    again = scene_of(session, None)
    assert again is not None
    assert again.items == before.items
    assert again.boxes.tolist() == [list(bounds(item.shape)) for item in again.items]


def test_handles_belong_to_a_lone_selected_label(session):
    session.select(IDS[:1])
    one = scene_of(session, None)
    assert one is not None
    assert one.lone is one.items[0]
    session.select(IDS[:2])
    two = scene_of(session, None)
    assert two is not None
    assert two.lone is None


def test_without_media_there_is_no_scene():
    assert scene_of(Session(), None) is None


def test_labels_of_an_oblique_plane_are_prepared_though_none_was_drawn_on_it(session):
    viewing = session.viewing
    planes = viewing.planes_shown(0)
    viewing.take_turned(swung(planes, "coronal", viewing.crosshair, np.radians(30)))
    stage = stage_of(session, "axial")
    assert stage is not None
    assert stage.section.own_axis is None
    prepare_scene(session.project, session.matches, stage.section)  # raises nothing
