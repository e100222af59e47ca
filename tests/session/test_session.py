"""What is open, selected and shown, and who hears of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from composed import RING, cine, project_of_rows, row, volume

from viewer.media.volume import Window
from viewer.model.annotation import AnnotationId
from viewer.review.centres import centre_slices
from viewer.review.matching import match
from viewer.session.commands import ChangeNote
from viewer.session.editing import classes_for, deletion, refusal, target_of
from viewer.session.session import Session

NOON = datetime(2024, 6, 1, 14, 0, 0, 123456, tzinfo=timezone(timedelta(hours=2)))
IDS = [AnnotationId("1", n) for n in range(5)]


@pytest.fixture
def session(tmp_path):
    rows = [
        row("L_ring", RING, 2),
        row("L_box", {"x": 1, "y": 2, "width": 4, "height": 6}, 5, parentId="A_0"),
        row("L_said", None, None),
        row(k=77),
        row("L_gone", k=1),
    ]
    project = project_of_rows(tmp_path, rows)
    media = (cine({"a": 0}, 1), volume())
    session = Session(clock=lambda: NOON)
    session.author = "Reader"
    session.open(project, media, (), match(project, media))
    return session


def heard(session, *names):
    """Return a list that grows by the name of every signal emitted from now on."""
    said: list[str] = []
    for name in names:
        getattr(session, name).connect(lambda *_, name=name: said.append(name))
    return said


def test_whoever_hears_of_an_opening_finds_nothing_shown_or_a_media_that_is_open(session):
    session.viewing.show(1)
    shown = []

    def look() -> None:
        assert session.current is session.viewing.shown
        shown.append(session.current)

    for signal in (
        *(session.media_changed, session.project_changed, session.mode_changed),
        *(session.display.changed, session.viewing.media_changed, session.selection_changed),
    ):
        signal.connect(look)
    session.set_mode("edit")
    fewer = (volume(),)
    session.open(session.project, fewer, (), match(session.project, fewer), kept=("1",))
    assert {*shown[1:]} == {None, fewer[0]}


def test_a_new_session_is_empty_and_in_view_mode():
    session = Session()
    assert session.current is None
    assert session.mode == "view"
    assert len(session.project.annotations) == 0
    assert target_of(session, ("1", "L_box")) is None


def test_opening_shows_the_media_with_most_labels_and_starts_anew(session):
    assert session.viewing.media_index == 1
    session.set_mode("edit")
    session.select(IDS[:1])
    session.do(ChangeNote(IDS[0], "seen", session.stamp()))
    session.display.set_hidden(IDS[0], True)
    session.open(session.project, session.media, (), session.matches)
    assert session.mode == "view"
    assert session.selection == frozenset()
    assert not session.history.is_modified
    assert session.display.hidden == frozenset()


def test_the_stamp_is_utc_with_milliseconds_and_the_authors_name(session):
    assert (session.stamp().time, session.stamp().author) == ("2024-06-01T12:00:00.123Z", "Reader")
    assert Session(lambda: NOON.astimezone(UTC)).stamp().time == session.stamp().time


def test_going_to_a_label_moves_all_planes_through_its_middle(session):
    assert session.go_to(IDS[1])
    assert session.viewing.crosshair == (2.5, 4.5, 5.0)
    assert session.slice == 5
    slices = centre_slices(session.project, session.matches, IDS[1])
    assert slices == {"axial": 5, "sagittal": 3, "coronal": 5}
    session.viewing.show(0)
    assert session.go_to(IDS[0])
    assert session.viewing.media_index == 1
    assert session.slice == 2


def test_the_slice_under_the_crosshair_is_the_one_whose_pixels_hold_it(session):
    for k, wanted in ((2.4, 2), (2.5, 3), (3.49, 3), (0.0, 0), (7.0, 7)):
        session.viewing.set_crosshair((0, 0, k))
        assert session.slice == wanted


def test_a_label_without_a_place_on_a_slice_moves_no_crosshair(session):
    session.go_to(IDS[0])
    before = session.viewing.crosshair
    assert session.go_to(IDS[2])
    assert session.viewing.crosshair == before
    assert not session.go_to(IDS[3])
    assert not session.go_to(AnnotationId("1", 99))
    assert centre_slices(session.project, session.matches, IDS[3]) == {}


def test_undo_and_redo_go_to_what_they_change_unless_it_is_in_sight(session):
    session.go_to(IDS[0])
    home = session.viewing.media_index, session.viewing.crosshair
    session.do(deletion(session.project, IDS[:1], session.stamp(), with_children=False))
    for step_back in (session.undo, session.redo, session.undo):
        session.viewing.show(1 - home[0])
        step_back()
        assert (session.viewing.media_index, session.viewing.crosshair) == home
    i, j, k = home[1]
    session.viewing.set_crosshair((i - 1, j, k))
    session.redo()
    assert session.viewing.crosshair == (i - 1, j, k)


def test_edits_undo_and_redo_are_heard_and_matched(session):
    said = heard(session, "project_changed", "selection_changed")
    session.select(IDS[:2])
    command = deletion(session.project, IDS[:1], session.stamp(), with_children=False)
    session.do(command)
    assert session.selection == {IDS[1]}
    assert session.matches.on(1, 2) == ()
    session.undo()
    assert [id for id, _ in session.matches.on(1, 2)] == [IDS[0]]
    session.redo()
    session.undo()
    session.undo()
    session.redo()
    session.redo()
    assert said.count("project_changed") == 5
    assert said.count("selection_changed") == 2
    session.mark_saved(session.project)
    assert not session.history.is_modified


def test_a_signal_says_that_something_changed_and_nothing_else(session):
    said = heard(session, "selection_changed", "mode_changed", "said")
    session.select(IDS[:1])
    session.select(IDS[:1])
    session.set_mode("edit")
    session.set_mode("edit")
    session.say("Saved.")
    assert said == ["selection_changed", "mode_changed", "said"]


def test_a_new_label_goes_to_the_slice_under_the_crosshair(session):
    session.go_to(IDS[1])
    target = target_of(session, ("1", "L_box"))
    assert target is not None
    assert (target.kind, target.media.instance, target.size) == ("box", "1.2.3.5", (11, 9))
    assert target_of(session, ("2", "L_box")) is None
    assert target_of(session, ("1", "L_unknown")) is None


def test_classes_are_offered_by_the_shape_they_are_drawn_with(session):
    offered = [key for key, _ in classes_for(session.project, ("box", "polygon"))]
    assert offered == [("1", "L_box"), ("1", "L_ring"), ("1", "L_free")]


def test_a_label_that_cannot_be_edited_says_why(session):
    assert refusal(session.project, IDS[:3]) == ""
    assert "L_gone" in refusal(session.project, IDS)


def test_each_media_keeps_its_own_place_and_window(session):
    viewing = session.viewing
    said: list[str] = []
    viewing.window_changed.connect(lambda: said.append("window"))
    viewing.crosshair_changed.connect(lambda: said.append("crosshair"))
    viewing.set_window(Window(40, 400))
    viewing.set_window(Window(40, 400))
    viewing.set_crosshair((-5, 99, 3))
    viewing.set_crosshair((0, 8, 3))
    assert said == ["window", "crosshair"]
    assert viewing.crosshair == (0.0, 8.0, 3.0)
    viewing.show(0)
    assert viewing.window is None
    viewing.invert()
    viewing.show(1)
    assert not viewing.is_inverted
    assert viewing.crosshair == (0.0, 8.0, 3.0)


def test_eyes_solo_and_the_hold_key_decide_what_is_drawn(session):
    display = session.display
    box, ring = ("1", "L_box"), ("1", "L_ring")
    display.set_hidden(ring, True)
    assert not display.is_drawn(IDS[0], "L_ring")
    assert display.is_drawn(IDS[1], "L_box")
    display.set_hidden(ring, False)
    display.set_solo(box)
    assert not display.is_drawn(IDS[0], "L_ring")
    display.set_solo(IDS[0])
    assert display.is_drawn(IDS[0], "L_ring")
    display.set_solo(None)
    display.set_style(held_hidden=True)
    assert not display.is_drawn(IDS[0], "L_ring")


def test_a_session_that_was_let_go_of_tells_nobody_and_goes_on(session):
    told = heard(session, "project_changed", "selection_changed", "mode_changed", "said")
    session.viewing.look_changed.connect(lambda: told.append("look"))
    session.display.changed.connect(lambda: told.append("display"))
    session.let_go()
    session.select(IDS[:1])
    session.set_mode("edit")
    session.do(ChangeNote(IDS[0], "soft edge", session.stamp()))
    session.viewing.set_look(smooth=False)
    session.display.set_style(labels_on=False)
    session.say("Nobody hears it.")
    assert told == []
    assert session.project.annotations[IDS[0]].note == "soft edge"
