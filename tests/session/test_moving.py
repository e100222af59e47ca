"""Labels on other slices and frames, and off single ones."""

from __future__ import annotations

import pytest
from composed import project_of_rows, row, volume
from tracked import TRACK, box_on, plane_project, track_session

from viewer.formats.format import WriteJob
from viewer.formats.mdai.write import plan
from viewer.geometry.shapes import Box
from viewer.model.annotation import AnnotationId
from viewer.model.source import Delete
from viewer.model.track import Track
from viewer.review.matching import match
from viewer.review.tracks import frames_of_track
from viewer.session.commands import DeletePlacement, MovePlacement, Reshape
from viewer.session.moving import moved_by, moved_here, nearest_place, place_here, taken_off
from viewer.session.session import Session

ID = AnnotationId("1", 0)


def still_session(folder) -> Session:
    project = project_of_rows(folder, [row(k=5), row(k=0)])
    session = Session()
    session.open(project, (volume(),), (), match(project, (volume(),)))
    session.go_to(ID)
    return session


def at_frame(session: Session, frame: int) -> None:
    session.viewing.set_crosshair((0, 0, float(frame)))


def slices_of(session: Session) -> list[int]:
    return frames_of_track(session.matches, TRACK, 0).slices.tolist()


def test_a_label_of_a_slice_moves_with_its_shape_and_undo_takes_it_back(tmp_path):
    session = still_session(tmp_path)
    opened = session.project
    shape = opened.annotations[ID].placements[0].shape
    command = moved_by(session, ID, -2)
    assert isinstance(command, MovePlacement)
    session.do(command)
    assert [id for id, _ in session.matches.on(0, 3)] == [ID]
    assert session.matches.on(0, 5) == ()
    moved = session.project.annotations[ID].placements[0]
    assert moved.shape is shape
    assert moved.media.instance == "1.2.3.3"
    session.undo()
    assert session.project is opened


def test_mdai_writes_the_new_image_and_nothing_else_of_the_record(tmp_path):
    session = still_session(tmp_path)
    command = moved_by(session, ID, -2)
    assert isinstance(command, MovePlacement)
    session.do(command)
    job = WriteJob(
        session.project.exports["1"],
        session.project.annotations.bases["1"],
        session.project.annotations.opened,
        session.project.annotations.edits_of("1"),
    )
    edits = plan(job).edits[0]
    new = [edit.new for edit in edits if not isinstance(edit, Delete)]
    assert b'"1.2.3.3"' in new
    assert len(new) == 2  # and the time of the change


def test_a_label_is_not_moved_beyond_the_slices_nor_from_where_it_is_not_seen(tmp_path):
    session = still_session(tmp_path)
    assert moved_by(session, ID, 3) == "There is no slice beyond this one."
    session.viewing.set_crosshair((0, 0, 2.0))
    assert (
        moved_by(session, ID, 1) == "The label is not on the slice that is shown; go to it first."
    )
    assert place_here(session, ID) is None
    assert taken_off(session, ID) == "The label is not on the slice that is shown."


@pytest.mark.parametrize(("plane", "axis"), [("sagittal", 0), ("coronal", 1), ("axial", 2)])
def test_a_label_of_a_plane_moves_along_it(tmp_path, plane, axis):
    project = plane_project(tmp_path, [(plane, 4, Box(1, 2, 3, 3))])
    session = Session()
    session.open(project, (volume(),), (), match(project, (volume(),)))
    session.go_to(ID)
    command = moved_by(session, ID, 1)
    assert isinstance(command, MovePlacement)
    assert command.index == 5
    session.do(command)
    assert [id for id, _ in session.matches.on(0, 5, axis)] == [ID]
    assert session.matches.on(0, 4, axis) == ()


def test_a_frame_of_a_track_moves_and_becomes_a_key_frame(tmp_path):
    session = track_session(tmp_path, "kddk", 3)
    at_frame(session, 6)
    command = moved_by(session, TRACK, 2)
    assert isinstance(command, MovePlacement)
    session.do(command)
    assert slices_of(session) == [3, 4, 5, 8]
    track = session.project.annotations[TRACK].placements
    assert isinstance(track, Track)
    assert track[3].shape == box_on(6)
    assert track[3].is_key
    assert track.keys.tolist() == [True, False, True, True]  # frame 5 stays as it was seen
    at_frame(session, 3)
    assert moved_by(session, TRACK, 1) == "The label is on that slice already; change it there."


def test_a_derived_frame_moves_with_the_shape_it_showed(tmp_path):
    session = track_session(tmp_path, "kddk", 3)
    at_frame(session, 5)
    shown = session.project.annotations[TRACK].placements[2].shape
    command = moved_by(session, TRACK, 9)
    assert isinstance(command, MovePlacement)
    session.do(command)
    assert slices_of(session) == [3, 4, 6, 14]
    assert session.project.annotations[TRACK].placements[3].shape == shown


def test_a_track_is_taken_off_one_frame_and_stays_on_the_others(tmp_path):
    session = track_session(tmp_path, "kbbk", 3)
    at_frame(session, 4)
    command = taken_off(session, TRACK)
    assert isinstance(command, DeletePlacement)
    session.do(command)
    assert slices_of(session) == [3, 5, 6]
    assert session.matches.on(0, 4) == ()
    session.undo()
    assert slices_of(session) == [3, 4, 5, 6]


def test_what_is_on_one_slice_alone_is_deleted_not_taken_off(tmp_path):
    session = still_session(tmp_path)
    assert taken_off(session, ID) == "The label is on this slice alone; Del deletes it."


def test_a_label_is_moved_to_the_slice_that_is_shown(tmp_path):
    session = still_session(tmp_path)
    session.viewing.set_crosshair((0, 0, 2.0))
    command = moved_here(session, ID)
    assert isinstance(command, MovePlacement)
    session.do(command)
    assert [id for id, _ in session.matches.on(0, 2)] == [ID]
    assert moved_here(session, ID) == "The label is on that slice already; change it there."


def test_of_a_track_the_nearest_key_frame_moves_to_the_frame_shown(tmp_path):
    session = track_session(tmp_path, "kddk", 3)
    at_frame(session, 8)
    command = moved_here(session, TRACK)
    assert isinstance(command, MovePlacement)
    session.do(command)
    assert slices_of(session) == [3, 4, 5, 8]
    track = session.project.annotations[TRACK].placements
    assert track[3].shape == box_on(6)
    at_frame(session, 0)
    command = moved_here(session, TRACK)
    assert isinstance(command, MovePlacement)
    session.do(command)
    assert slices_of(session)[0] == 0


def test_a_label_of_a_plane_moves_to_the_slice_shown_on_that_plane(tmp_path):
    project = plane_project(tmp_path, [("sagittal", 4, Box(1, 2, 3, 3))])
    session = Session()
    session.open(project, (volume(),), (), match(project, (volume(),)))
    session.viewing.set_crosshair((6.0, 1.0, 1.0))
    command = moved_here(session, ID)
    assert isinstance(command, MovePlacement)
    assert command.index == 6


@pytest.mark.parametrize("edit", ["reshape", "off", "move"])
def test_undo_and_redo_of_a_frame_go_to_that_frame_of_the_track(tmp_path, edit):
    session = track_session(tmp_path, "kk kk kk")
    frames = slices_of(session)
    at = frames[-1]
    at_frame(session, at)
    number = len(frames) - 1
    command = {
        "reshape": lambda: Reshape(TRACK, number, box_on(2), session.stamp()),
        "off": lambda: taken_off(session, TRACK),
        "move": lambda: moved_by(session, TRACK, 1),
    }[edit]()
    assert not isinstance(command, str)
    session.do(command)
    for step, seen in ((session.undo, at), (session.redo, at + (edit == "move"))):
        at_frame(session, frames[0])
        step()
        assert session.slice == seen
        session.viewing.set_crosshair((1, 2, float(seen)))
    session.undo()
    assert session.slice == (at if edit == "move" else seen)


def test_the_nearest_of_very_many_places_is_found_without_a_sentence_for_each(
    tmp_path, monkeypatch
):
    session = track_session(tmp_path, "kddk", 3)
    monkeypatch.setattr("viewer.review.places.sentence_of", pytest.fail)
    for frame, number in ((8, 3), (0, 0)):
        at_frame(session, frame)
        found = nearest_place(session, TRACK)
        assert found is not None
        assert (found.placement, found.slice) == (number, slices_of(session)[number])
