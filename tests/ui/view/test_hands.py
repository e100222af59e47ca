"""Edit mode by hand: vertices, boxes, polygons, deleting and undoing."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication
from windows import Person, labels_of

from viewer.geometry.shapes import Box, Polygon
from viewer.model.annotation import AnnotationId
from viewer.session.session import Session

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def polygon_here(person: Person) -> tuple[AnnotationId, Polygon]:
    """A polygon label that is alone on its own slice, brought into view and selected."""
    session = person.session
    id = labels_of(session, "Right lung")[2]
    session.select({id})
    session.go_to(id)
    person.settle()
    shape = session.project.annotations[id].placements[0].shape
    assert isinstance(shape, Polygon)
    return id, shape


def shape_of(session: Session, id: AnnotationId) -> Polygon:
    shape = session.project.annotations[id].placements[0].shape
    assert isinstance(shape, Polygon)
    return shape


def test_in_view_mode_a_drag_on_a_vertex_edits_nothing(person: Person) -> None:
    id, shape = polygon_here(person)
    at = person.at_pixel(*shape.vertices[0])
    person.drag(at, (at[0] + 20, at[1] + 20))
    assert shape_of(person.session, id) is shape
    assert not person.session.history.is_modified


def test_in_edit_a_vertex_follows_the_pointer_and_undo_gives_back_the_very_project(
    person: Person,
) -> None:
    id, shape = polygon_here(person)
    opened = person.session.project
    person.key(Qt.Key.Key_F3)
    wanted = shape.vertices[0] + (4.0, 3.0)
    person.drag(person.at_pixel(*shape.vertices[0]), person.at_pixel(*wanted))
    changed = shape_of(person.session, id)
    assert changed.vertices[0] == pytest.approx(wanted, abs=0.7)
    assert np.array_equal(changed.vertices[1:], shape.vertices[1:])
    assert person.window.windowTitle().split(" - ")[1].endswith("*")
    person.key(Qt.Key.Key_Z, CTRL)
    assert person.session.project is opened
    person.key(Qt.Key.Key_Z, CTRL | SHIFT)
    assert np.array_equal(shape_of(person.session, id).vertices, changed.vertices)


def test_shift_moves_the_crosshair_over_a_handle_and_a_shift_click_selects_and_edits_nothing(
    person: Person,
) -> None:
    id, shape = polygon_here(person)
    project = person.session.project
    person.session.display.set_solo(id)  # another reader's outline lies beside it
    person.key(Qt.Key.Key_F3)
    at = person.at_pixel(*shape.vertices[0])
    person.point(at)
    assert person.window.hands.cursor(person.view().port) == Qt.CursorShape.PointingHandCursor
    person.point(at, SHIFT)
    assert person.view().port.crosshair_at() == pytest.approx(at, abs=1.5)
    assert person.window.hands.cursor(person.view().port) == Qt.CursorShape.ArrowCursor
    there = person.session.viewing.crosshair
    person.click(at, modifiers=SHIFT)
    assert person.session.selection == frozenset()
    person.click(at, modifiers=SHIFT)
    assert person.session.selection == {id}
    person.drag(at, (at[0] + 20, at[1] + 20), modifiers=SHIFT)
    assert person.session.project is project
    assert person.session.viewing.crosshair == there


def test_delete_with_the_pointer_off_the_picture_deletes_the_label_not_a_vertex(
    person: Person,
) -> None:
    id, shape = polygon_here(person)
    person.key(Qt.Key.Key_F3)
    person.point(person.at_pixel(*shape.vertices[0]))
    QApplication.sendEvent(person.view(), QEvent(QEvent.Type.Leave))
    person.key(Qt.Key.Key_Delete)
    assert id not in person.session.project.annotations


def test_escape_gives_a_drag_up_and_stays_in_edit(person: Person) -> None:
    polygon_here(person)
    person.key(Qt.Key.Key_F3)
    person.window.hands.take_tool("box")
    person.click((120.0, 420.0))
    person.point((180.0, 460.0))
    assert person.window.hands.is_busy
    person.key(Qt.Key.Key_Escape)
    assert not person.window.hands.is_busy
    assert person.session.mode == "edit"
    assert not person.session.history.is_modified


def test_a_box_is_drawn_with_the_chosen_label(person: Person) -> None:
    count = len(person.session.project.annotations)
    person.key(Qt.Key.Key_F3)
    person.key(Qt.Key.Key_R)
    person.drag(person.at_pixel(60, 70), person.at_pixel(90, 100))
    assert len(person.session.project.annotations) == count + 1
    (id,) = [id for id in person.session.project.annotations if id.new]
    annotation = person.session.project.annotations[id]
    shape = annotation.placements[0].shape
    assert isinstance(shape, Box)
    assert (shape.x, shape.y) == pytest.approx((60, 70), abs=0.7)
    assert (shape.width, shape.height) == pytest.approx((30, 30), abs=1.4)
    assert (id.export, annotation.class_id) == person.window.hands.label
    assert (id, 0) in person.session.matches.on(0, person.view().port.index)


def test_a_polygon_is_drawn_by_clicks_and_closed_with_enter(person: Person) -> None:
    person.key(Qt.Key.Key_F3)
    person.key(Qt.Key.Key_P)
    corners = [(60.0, 70.0), (100.0, 72.0), (95.0, 110.0), (64.0, 104.0)]
    for corner in corners:
        person.click(person.at_pixel(*corner))
    person.key(Qt.Key.Key_Return)
    (id,) = [id for id in person.session.project.annotations if id.new]
    assert shape_of(person.session, id).vertices == pytest.approx(np.array(corners), abs=0.7)
    assert person.session.selection == {id}


def test_delete_asks_nothing_for_a_label_without_children_and_can_be_undone(
    person: Person,
) -> None:
    id, _shape = polygon_here(person)
    opened = person.session.project
    person.key(Qt.Key.Key_Delete)
    assert id in person.session.project.annotations
    person.key(Qt.Key.Key_F3)
    person.key(Qt.Key.Key_Delete)
    assert id not in person.session.project.annotations
    person.key(Qt.Key.Key_Z, CTRL)
    assert person.session.project is opened


def test_the_wheel_still_goes_through_slices_in_edit_and_reformats_cannot_be_drawn_on(
    person: Person,
) -> None:
    person.key(Qt.Key.Key_F3)
    start = person.view().port.index
    person.wheel(1)
    assert person.view().port.index == start + 1
    person.window.hands.take_tool("box")
    person.drag((40.0, 40.0), (90.0, 90.0), plane="coronal")
    assert not person.session.history.is_modified
