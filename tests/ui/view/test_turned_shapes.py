"""Rotated boxes, labels of several regions and skeletons under a real mouse, in a real window."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from types import MappingProxyType

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from windows import Person, demo_study, opened_window

from viewer.geometry.plane_frame import PlaneFrame
from viewer.geometry.shapes import Polygon, Regions, RotatedBox, Shape, Skeleton
from viewer.media.volume import Volume
from viewer.model.annotation import AnnotationId
from viewer.model.ontology import LabelClass, Template
from viewer.model.subject import PLANES
from viewer.paint.framing import on_screen
from viewer.review.matching import match
from viewer.session.commands import Reshape, Stamp
from viewer.session.editing import target_of
from viewer.session.making import annotation_made
from viewer.tools.changing import SHEARED
from viewer.tools.hits import rotation_of
from viewer.tools.scene import scene_of
from viewer.ui.labels.facts import geometry_rows, meta_line, subject_of

CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
TEMPLATE = Template(((0.5, 0.0), (0.0, 1.0), (1.0, 1.0)), ((0, 1), (0, 2)))
CLASSES = (
    LabelClass("turned", "Turned", color="#e0a030", kind="rotated-box"),
    LabelClass("spine", "Spine", color="#30c0e0", kind="skeleton", template=TEMPLATE),
    LabelClass("bare", "Bare", kind="skeleton"),
    LabelClass("several", "Several", color="#60d060", kind="polygon"),
)
NEAR = 0.7  # pixels of the picture that a whole pixel of the screen may be off


def square(x0: float, y0: float, x1: float, y1: float) -> np.ndarray:
    return np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])


ISLANDS = Regions(
    (
        Polygon(square(40, 40, 120, 120), (square(55, 55, 105, 105),)),
        Polygon(square(70, 70, 90, 90)),
        Polygon(square(140, 60, 160, 90)),
    )
)


@pytest.fixture(name="person")
def at_the_window(qtbot: QtBot) -> Iterator[Person]:
    """The demo's series in Edit mode, under an empty export that has classes of these kinds."""
    with opened_window(qtbot, demo=False) as person:
        study = demo_study()
        (export,) = study.project.exports.values()
        classes = msgspec.structs.replace(export.ontology, classes=CLASSES)
        exports = MappingProxyType({export.id: replace(export, ontology=classes)})
        project = replace(study.project, exports=exports)
        project = project.without_annotations(tuple(project.annotations))
        person.session.open(project, study.media, (), match(project, study.media))
        qtbot.waitUntil(lambda: not person.window.views.turns.is_busy, timeout=30_000)
        person.settle()
        person.window.views.active.setFocus()
        person.key(Qt.Key.Key_F3)
        yield person


def take(person: Person, tool: Qt.Key, name: str) -> None:
    """Take a tool, and a class in the box of labels."""
    person.key(tool)
    box = person.window.toolbar.labels
    row = [box.itemText(row) for row in range(box.count())].index(name)
    box.setCurrentIndex(row)
    box.activated.emit(row)
    person.view().setFocus()


def the_label(person: Person) -> AnnotationId:
    (id,) = person.session.selection
    return id


def shape_of(person: Person) -> Shape:
    shape = person.session.project.annotations[the_label(person)].placements[0].flat
    assert shape is not None
    return shape


def added(person: Person, class_id: str, shape: Shape) -> None:
    """Add and select a label, as an export would hold it."""
    (export,) = person.session.project.exports
    target = target_of(person.session, (export, class_id))
    assert target is not None
    made = annotation_made(person.session.project, target, shape, Stamp("2024-06-01T12:00:00.000Z"))
    person.session.do(made)
    person.session.select((made.annotation.id,))
    person.key(Qt.Key.Key_A)


def dot_of(person: Person) -> tuple[float, float]:
    """Where the dot that turns the selected label lies on the screen."""
    port, media = person.view().port, person.session.current
    assert media is not None
    scale = 1 / port.mm_per_px()
    found = rotation_of(
        shape_of(person), (scale * media.spacing_mm[0], scale * media.spacing_mm[1])
    )
    assert found is not None
    return person.at_pixel(*found)


def test_a_rotated_box_is_drawn_turned_stretched_moved_and_all_of_it_undone(person: Person) -> None:
    start = person.session.project
    take(person, Qt.Key.Key_R, "Turned")
    person.drag(person.at_pixel(60, 60), person.at_pixel(120, 90))
    drawn = shape_of(person)
    assert isinstance(drawn, RotatedBox)
    assert (drawn.x, drawn.y, drawn.width, drawn.height) == pytest.approx(
        (60, 60, 60, 30), abs=NEAR
    )
    assert drawn.angle == 0
    person.key(Qt.Key.Key_A)
    cx, cy = drawn.centre
    person.drag(dot_of(person), person.at_pixel(cx + 40, cy - 40))
    turned = shape_of(person)
    assert isinstance(turned, RotatedBox)
    assert math.degrees(turned.angle) == pytest.approx(45, abs=1)
    assert (turned.width, turned.height, *turned.centre) == pytest.approx(
        (drawn.width, drawn.height, cx, cy)
    )
    corner = turned.corners[2]
    along = turned.turn @ (10, 6)
    person.drag(person.at_pixel(*corner), person.at_pixel(*(corner + along)))
    wider = shape_of(person)
    assert isinstance(wider, RotatedBox)
    assert wider.angle == turned.angle
    assert (wider.width, wider.height) == pytest.approx(
        (turned.width + 10, turned.height + 6), abs=2 * NEAR
    )
    np.testing.assert_allclose(wider.corners[0], turned.corners[0], atol=1e-6)
    person.drag(person.at_pixel(*wider.centre), person.at_pixel(*np.add(wider.centre, (12, 7))))
    moved = shape_of(person)
    assert isinstance(moved, RotatedBox)
    np.testing.assert_allclose(
        moved.corners - wider.corners, np.full((4, 2), (12, 7)), atol=2 * NEAR
    )
    for before in (wider, turned, drawn):
        person.key(Qt.Key.Key_Z, CTRL)
        assert shape_of(person) == before
    person.key(Qt.Key.Key_Z, CTRL)
    assert person.session.project is start


def test_the_hint_and_the_inspector_tell_a_rotated_boxs_turn_and_own_sides(person: Person) -> None:
    added(person, "turned", RotatedBox(60, 60, 60, 30, math.radians(30)))
    subject = subject_of(person.session, the_label(person))
    rows = dict(geometry_rows(subject))
    media = person.session.current
    assert media is not None
    dx, _ = media.spacing_mm
    assert meta_line(subject).startswith("Rotated box")
    assert rows["Size"].startswith(f"{60 * dx:,.1f} × {30 * dx:,.1f}")
    assert rows["Turned"].startswith("30.0")
    assert rows["Plane"].startswith("Axial")


def test_a_rotated_box_is_cut_on_the_other_planes_and_selected_there(person: Person) -> None:
    media = person.session.current
    assert isinstance(media, Volume)
    box = RotatedBox(60, 60, 60, 30, math.radians(30))
    added(person, "turned", box)
    person.session.select(())
    k = person.session.slice
    i, j = (at - 0.5 for at in box.centre)
    person.session.viewing.set_crosshair((i, j, float(k)))
    person.settle()
    view = person.view("coronal")
    (mark,) = [mark for mark in view.picture.marks if mark.drawn.is_cut]
    bands = mark.drawn.bands
    assert bands is not None
    width = (bands[0, 2] - bands[0, 0]) / media.spacing_mm[0]
    turn = math.radians(30)
    assert width == pytest.approx(min(60 / math.cos(turn), 30 / math.sin(turn)))
    affine = view.port.affine()
    assert affine is not None
    ends = on_screen(affine, bands[:1].reshape(2, 2))
    person.click(tuple(ends.mean(axis=0)), plane="coronal")
    assert person.session.selection == {mark.id}


def test_a_skeleton_is_drawn_by_its_template_and_its_nodes_are_dragged(person: Person) -> None:
    take(person, Qt.Key.Key_R, "Spine")
    box = person.window.toolbar.labels
    assert "Bare" not in [box.itemText(row) for row in range(box.count())]
    person.drag(person.at_pixel(60, 60), person.at_pixel(100, 110))
    drawn = shape_of(person)
    assert isinstance(drawn, Skeleton)
    np.testing.assert_allclose(drawn.points, [(80, 60), (60, 110), (100, 110)], atol=2 * NEAR)
    person.key(Qt.Key.Key_A)
    person.drag(person.at_pixel(*drawn.points[1]), person.at_pixel(50, 95))
    bent = shape_of(person)
    assert isinstance(bent, Skeleton)
    np.testing.assert_allclose(bent.points[1], (50, 95), atol=NEAR)
    np.testing.assert_array_equal(bent.points[[0, 2]], drawn.points[[0, 2]])
    middle = (bent.points[0] + bent.points[2]) / 2  # on an edge: all nodes go together
    person.drag(person.at_pixel(*middle), person.at_pixel(*np.add(middle, (15, -8))))
    moved = shape_of(person)
    assert isinstance(moved, Skeleton)
    np.testing.assert_allclose(moved.points - bent.points, np.full((3, 2), (15, -8)), atol=NEAR)
    person.click(person.at_pixel(*moved.points[0]), modifiers=ALT)
    assert len(shape_of(person).points) == 3
    assert meta_line(subject_of(person.session, the_label(person))).startswith("Skeleton, 3 nodes")
    for before in (bent, drawn):
        person.key(Qt.Key.Key_Z, CTRL)
        assert shape_of(person) is before


def test_a_label_of_several_regions_is_one_label_on_the_picture(person: Person) -> None:
    added(person, "several", ISLANDS)
    id = the_label(person)
    for place, hits in (((80, 80), True), ((62, 62), False), ((47, 80), True), ((150, 75), True)):
        person.session.select(())
        person.click(person.at_pixel(*place))
        assert (person.session.selection == {id}) == hits
    subject = subject_of(person.session, id)
    assert meta_line(subject).startswith("Polygon, 3 regions, 16 points, 1 hole ·")
    person.session.select((id,))
    person.drag(person.at_pixel(90, 90), person.at_pixel(95, 92))
    bent = shape_of(person)
    assert isinstance(bent, Regions)
    np.testing.assert_allclose(bent.parts[1].vertices[2], (95, 92), atol=NEAR)
    assert [part.vertices for part in bent.parts[::2]] == [
        pytest.approx(part.vertices) for part in ISLANDS.parts[::2]
    ]
    person.drag(person.at_pixel(47, 80), person.at_pixel(52, 83))
    moved = shape_of(person)
    assert isinstance(moved, Regions)
    apart = np.concatenate(moved.rings) - np.concatenate(bent.rings)
    np.testing.assert_allclose(apart, np.full(apart.shape, (5, 3)), atol=NEAR)
    person.key(Qt.Key.Key_Z, CTRL)
    person.key(Qt.Key.Key_Z, CTRL)
    assert shape_of(person) is ISLANDS


def test_where_rows_are_counted_otherwise_a_rotated_box_cannot_be_turned_and_says_so(
    person: Person,
) -> None:
    session = person.session
    (export,) = session.project.exports.values()
    widened = replace(export, planes=frozenset(PLANES))
    project = replace(session.project, exports=MappingProxyType({export.id: widened}))
    matches = match(project, session.media)
    frames = MappingProxyType({(export.id, 0, 1): PlaneFrame(flip_y=True, scale_y=2.0)})
    session.open(project, session.media, (), replace(matches, frames=frames))
    person.settle()
    person.view("coronal").setFocus()
    person.key(Qt.Key.Key_F3)
    take(person, Qt.Key.Key_R, "Turned")
    start, end = person.at_place("coronal", 60, 30), person.at_place("coronal", 120, 60)
    person.drag(start, end, plane="coronal")
    upright = shape_of(person)
    assert isinstance(upright, RotatedBox)
    assert (upright.width, upright.height) == pytest.approx((60, 60), abs=2)  # twice as high there
    person.key(Qt.Key.Key_A)
    told: list[str] = []
    session.said.connect(told.append)
    port = person.view("coronal").port
    scene = scene_of(session, None, plane="coronal")
    assert scene is not None
    assert scene.lone is not None
    assert port.shown is not None
    dx, dy = port.shown.pixel_size_mm(0)
    scale = 1 / port.mm_per_px()
    dot = rotation_of(scene.lone.shape, (scale * dx, scale * dy))
    assert dot is not None
    end = person.at_place("coronal", dot[0] + 30, dot[1] + 10)
    person.drag(person.at_place("coronal", *dot), end, plane="coronal")
    assert shape_of(person) is upright
    assert told[-1] == SHEARED
    turned = msgspec.structs.replace(upright, angle=0.5)
    session.do(Reshape(the_label(person), 0, turned, Stamp("2024-06-01T12:00:00.000Z")))
    locked = scene_of(session, None, plane="coronal")
    assert locked is not None
    assert locked.lone is not None
    assert isinstance(locked.lone.shape, Polygon)
    assert locked.lone.locked == SHEARED
