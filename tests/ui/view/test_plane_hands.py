"""Drawing, selecting and changing labels on the sagittal and coronal views."""

from __future__ import annotations

import math
from dataclasses import replace
from types import MappingProxyType

import pytest
from PySide6.QtCore import Qt
from tracked import TRACK, track_session
from windows import Person, labels_of

from viewer.geometry.measure import centre
from viewer.geometry.plane_frame import PlaneFrame
from viewer.geometry.shapes import Box
from viewer.geometry.views import PlaneName
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.placement import Placement
from viewer.model.subject import PLANES
from viewer.paint.framing import on_screen
from viewer.render.cut_marks import cut_marks
from viewer.render.planes import planes_of
from viewer.review.matching import match

CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
REFORMATS: tuple[PlaneName, ...] = ("sagittal", "coronal")


def edits_all_planes(person: Person) -> str:
    """Let the demo's export hold labels of every plane, and take a class that is drawn as a box."""
    session = person.session
    (export,) = session.project.exports.values()
    widened = replace(export, planes=frozenset(PLANES))
    project = replace(session.project, exports=MappingProxyType({export.id: widened}))
    session.open(project, session.media, (), match(project, session.media))
    box = next(label.id for label in export.ontology.by_id.values() if label.kind == "box")
    person.window.hands.label = (export.id, box)
    person.settle()
    person.window.views.active.setFocus()
    person.key(Qt.Key.Key_F3)
    return box


def drawn(person: Person, plane: PlaneName) -> tuple[AnnotationId, Placement]:
    """Draw a box in the middle of a view by hand."""
    person.view(plane).setFocus()
    person.key(Qt.Key.Key_R)
    port = person.view(plane).port
    assert port.shown is not None
    width, height = port.shown.size
    start, end = (width * 0.4, height * 0.4), (width * 0.6, height * 0.55)
    person.drag(person.at_place(plane, *start), person.at_place(plane, *end), plane=plane)
    (id,) = person.session.selection
    (placement,) = person.session.project.annotations[id].placements
    return id, placement


@pytest.mark.parametrize("plane", REFORMATS)
def test_a_box_drawn_on_a_reformat_is_held_on_that_plane(person: Person, plane: PlaneName) -> None:
    edits_all_planes(person)
    index = person.view(plane).port.index
    id, placement = drawn(person, plane)
    assert (placement.plane, placement.index) == (plane, index)
    assert placement.media.instance is None
    shape = placement.shape
    shown = person.view(plane).port.shown
    assert isinstance(shape, Box)
    assert shown is not None
    width, height = shown.size
    assert shape.x == pytest.approx(width * 0.4, abs=1.0)
    assert shape.y + shape.height == pytest.approx(height * 0.55, abs=1.0)
    person.key(Qt.Key.Key_A)
    picture = person.view(plane).picture
    assert picture is not None
    assert [mark.id for mark in picture.marks if not mark.drawn.is_cut] == [id]
    assert picture.handles is not None
    cut = person.view("axial").picture
    assert cut is not None
    assert any(mark.id == id and mark.drawn.is_cut for mark in cut.marks)
    assert cut.handles is None


@pytest.mark.parametrize("plane", REFORMATS)
def test_it_is_dragged_nudged_and_undone_there(person: Person, plane: PlaneName) -> None:
    edits_all_planes(person)
    id, placement = drawn(person, plane)
    before = placement.shape
    assert isinstance(before, Box)
    person.key(Qt.Key.Key_A)
    middle = centre(before)
    person.drag(
        person.at_place(plane, *middle),
        person.at_place(plane, middle[0] + 9, middle[1]),
        plane=plane,
    )
    after = person.session.project.annotations[id].placements[0].shape
    assert isinstance(after, Box)
    assert after.x == pytest.approx(before.x + 9, abs=1.0)
    assert (after.width, after.height) == pytest.approx((before.width, before.height))
    person.key(Qt.Key.Key_Down, CTRL)
    nudged = person.session.project.annotations[id].placements[0].shape
    assert isinstance(nudged, Box)
    assert nudged.y == pytest.approx(after.y + 1)
    person.key(Qt.Key.Key_Z, CTRL)
    person.key(Qt.Key.Key_Z, CTRL)
    assert person.session.project.annotations[id].placements[0].shape == before


def test_an_edit_is_kept_as_the_export_counts(person: Person) -> None:
    edits_all_planes(person)
    session = person.session
    frame = PlaneFrame(flip_x=True, flip_y=True, scale_y=2.0)
    axis = planes_of(session.media[0].stack)["sagittal"].axis
    session.matches = replace(session.matches, frames=MappingProxyType({("1", 0, axis): frame}))
    _, placement = drawn(person, "sagittal")
    shown = person.view("sagittal").port.shown
    assert shown is not None
    width, height = shown.size
    assert placement.shape is not None
    there = frame.shown(placement.shape, shown.size)
    assert isinstance(there, Box)
    assert there.x == pytest.approx(width * 0.4, abs=1.0)
    assert there.y == pytest.approx(height * 0.4, abs=1.0)


def test_in_edit_the_cut_of_a_label_is_selected_but_not_moved(person: Person) -> None:
    edits_all_planes(person)
    session = person.session
    id = labels_of(session, "Right lung")[0]
    session.go_to(id)
    person.view("sagittal").setFocus()
    person.key(Qt.Key.Key_A)
    picture = person.view("sagittal").picture
    assert picture is not None
    bands = next(mark.drawn.bands for mark in picture.marks if mark.id == id)
    assert bands is not None
    p0, q0, p1, q1 = bands[0]
    affine = person.view("sagittal").port.affine()
    assert affine is not None
    place = tuple(on_screen(affine, [((p0 + p1) / 2, (q0 + q1) / 2)])[0].tolist())  # type: ignore[arg-type]
    person.click((place[0], place[1]), plane="sagittal")
    assert session.selection == {id}
    person.drag((place[0], place[1]), (place[0] + 40, place[1]), plane="sagittal")
    assert not session.history.is_modified


def test_where_the_export_cannot_hold_it_nothing_is_drawn_on_a_reformat(person: Person) -> None:
    (export,) = person.session.project.exports.values()
    box = next(label.id for label in export.ontology.by_id.values() if label.kind == "box")
    person.window.hands.label = (export.id, box)
    person.window.views.active.setFocus()
    person.key(Qt.Key.Key_F3)
    person.key(Qt.Key.Key_R)
    person.drag((60, 60), (120, 120), plane="sagittal")
    assert not person.session.history.is_modified


def test_going_to_a_label_of_a_reformat_makes_its_view_the_large_one(person: Person) -> None:
    edits_all_planes(person)
    id, placement = drawn(person, "sagittal")
    session = person.session
    other = labels_of(session, "Right lung")[0]
    session.go_to(other)
    person.settle()
    large = {plane: view.width() for plane, view in person.window.views.views.items()}
    assert max(large, key=large.__getitem__) == session.viewing.active == "axial"
    session.go_to(id)
    person.settle()
    large = {plane: view.width() for plane, view in person.window.views.views.items()}
    assert max(large, key=large.__getitem__) == session.viewing.active == "sagittal"
    assert person.view("sagittal").port.index == placement.index


def test_strips_show_labels_of_their_own_axis_and_where_the_others_are_cut(person: Person) -> None:
    box = edits_all_planes(person)
    session = person.session
    before = {plane: strip_of(person, plane) for plane in REFORMATS}
    id, placement = drawn(person, "coronal")
    color = session.display.color_of(session.project, id.export, box)
    assert isinstance(placement.shape, Box)
    left, right = placement.shape.x, placement.shape.x + placement.shape.width
    met = set(range(math.ceil(left + 0.5), math.floor(right - 0.5)))  # pixels whole in the box
    for plane, axis, own, new in (
        ("coronal", 1, {placement.index}, {placement.index}),
        ("sagittal", 0, set(), met),
    ):
        strip = strip_of(person, plane)
        assert session.matches.marks(0, axis).keys() == own
        assert strip.keys() == own | cut_marks(session.matches, 0, axis).keys()
        assert all(color in strip[slice] for slice in new)
        assert any(color not in before[plane].get(slice, ()) for slice in new)


def strip_of(person: Person, plane: PlaneName) -> dict[int, tuple[str, ...]]:
    """The colours beside each slice of a view that has labels."""
    picture = person.view(plane).picture
    assert picture is not None
    assert picture.strip is not None
    return dict(picture.strip.colors)


@pytest.fixture
def tracked(empty: Person, tmp_path) -> Person:
    """A window that shows a track, selected, on frames 4 to 14."""
    made = track_session(tmp_path, "kdddkbbkddd", 4)
    empty.session.open(made.project, made.media, (), made.matches)
    empty.session.select({TRACK})
    empty.window.views.active.setFocus()
    empty.settle()
    return empty


def test_comma_and_full_stop_go_from_key_frame_to_key_frame(tracked: Person) -> None:
    steps = []
    for _ in range(4):
        tracked.key(Qt.Key.Key_Period)
        steps.append(tracked.session.step)
    assert steps == [4, 8, 11, 11]
    tracked.key(Qt.Key.Key_Comma)
    assert tracked.session.step == 8


def test_the_timeline_shows_the_selected_track(tracked: Person) -> None:
    lane = tracked.window.playback.timeline.track
    assert lane is not None
    assert lane.keys == (4, 8, 11)
    assert [part.kind for part in lane.stretches] == ["derived", "stored", "held"]
    before = tracked.window.playback.lanes.grab().toImage()
    tracked.session.select(())
    tracked.settle()
    assert tracked.window.playback.timeline.track is None
    assert tracked.window.playback.lanes.grab().toImage() != before


def test_between_key_frames_a_label_is_dashed_and_an_edit_makes_it_a_key_frame(
    tracked: Person,
) -> None:
    session = tracked.session
    for frame, is_dashed in ((4, False), (6, True), (8, False), (9, True), (13, True)):
        session.go_to_step(frame)
        tracked.settle()
        picture = tracked.view().picture
        assert picture is not None
        assert [mark.dashed for mark in picture.marks] == [is_dashed]
    session.go_to_step(6)
    tracked.key(Qt.Key.Key_F3)
    tracked.key(Qt.Key.Key_Right, CTRL)
    lane = tracked.window.playback.timeline.track
    assert lane is not None
    assert lane.keys == (4, 6, 8, 11)
    picture = tracked.view().picture
    assert picture is not None
    assert [mark.dashed for mark in picture.marks] == [False]


def test_a_label_moves_with_alt_and_leaves_one_frame_with_shift_del(tracked: Person) -> None:
    session = tracked.session
    session.go_to_step(14)
    tracked.key(Qt.Key.Key_Down, ALT)
    assert session.step == 14  # locked in View
    tracked.key(Qt.Key.Key_F3)
    tracked.key(Qt.Key.Key_Down, ALT)
    assert session.step == 15
    assert [id for id, _ in session.matches.on(0, 15)] == [TRACK]
    assert session.matches.on(0, 14) == ()
    tracked.key(Qt.Key.Key_Delete, SHIFT)
    assert session.matches.on(0, 15) == ()
    assert session.matches.on(0, 13)
    assert isinstance(session.project.annotations[TRACK], Annotation)
    words = [step.command.verb for step in session.history.steps]
    assert words == ["Move to slice", "Delete on frame"]
