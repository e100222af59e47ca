"""Keys, menu and mouse buttons that jump, and the way back from there."""

from __future__ import annotations

from pathlib import Path

import pytest
from composed import cine
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from tracked import TRACK, track_session
from windows import NONE, Person, labels_of

from viewer.review.matching import match

CTRL, ALT, SHIFT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ShiftModifier,
)
BACK, FORWARD = Qt.MouseButton.BackButton, Qt.MouseButton.ForwardButton


def said_in(person: Person) -> list[str]:
    said: list[str] = []
    person.session.said.connect(said.append)
    return said


def test_alt_left_and_right_go_back_to_the_place_left_and_forward_again(person: Person) -> None:
    person.wheel(-3)
    before = person.session.viewing.crosshair
    person.key(Qt.Key.Key_N)
    after, chosen = person.session.viewing.crosshair, person.session.selection
    person.key(Qt.Key.Key_Left, ALT)
    assert person.session.viewing.crosshair == before
    assert person.session.selection == frozenset()
    assert not person.window.actions_["go.back"].isEnabled()
    person.key(Qt.Key.Key_Right, ALT)
    assert (person.session.viewing.crosshair, person.session.selection) == (after, chosen)
    assert not person.window.actions_["go.forward"].isEnabled()


@pytest.mark.parametrize("where", ["view", "tree", "media", "status"])
@pytest.mark.some(2)
def test_the_mouse_s_side_buttons_do_so_wherever_they_are_pressed(
    person: Person, where: str
) -> None:
    before = person.session.viewing.crosshair
    for _ in range(2):
        person.key(Qt.Key.Key_N)
    after = person.session.viewing.crosshair
    window = person.window
    target = {
        "view": person.view(),
        "tree": window.label_panel.tree.viewport(),
        "media": window.media_panel.list.viewport(),
        "status": window.status,
    }[where]
    at = QPoint(60, 12)
    QTest.mouseClick(target, BACK, NONE, at)
    QTest.mouseDClick(target, BACK, NONE, at)  # as Qt has a quick second press
    person.settle()
    assert person.session.viewing.crosshair == before
    QTest.mouseClick(target, FORWARD, NONE, at)
    QTest.mouseDClick(target, FORWARD, NONE, at)
    person.settle()
    assert person.session.viewing.crosshair == after


def test_another_series_of_the_list_can_be_gone_back_from(person: Person) -> None:
    session, (chest, *_) = person.session, person.session.media
    media = (chest, cine({"a": 0}, 6))
    session.open(session.project, media, (), match(session.project, media))
    person.settle()
    person.wheel(4)
    before = person.session.viewing.media_index, person.session.viewing.crosshair
    person.key(Qt.Key.Key_PageDown)
    assert person.session.viewing.media_index != before[0]
    person.key(Qt.Key.Key_Left, ALT)
    assert (person.session.viewing.media_index, person.session.viewing.crosshair) == before


def test_ctrl_page_keys_go_by_labels_and_alt_page_keys_by_their_lack(person: Person) -> None:
    session = person.session
    marks = sorted(session.matches.marks(0))
    person.key(Qt.Key.Key_End)  # the foot end is slice 0
    person.key(Qt.Key.Key_PageUp, CTRL)
    wanted = marks[0] if marks[0] > 0 else marks[1]
    assert session.slice == wanted
    person.key(Qt.Key.Key_PageUp, ALT)
    assert session.slice == min(set(range(wanted, 128)) - set(marks))
    person.key(Qt.Key.Key_PageDown, CTRL)
    assert session.slice == wanted or session.slice in marks
    said = said_in(person)
    person.key(Qt.Key.Key_End)
    person.key(Qt.Key.Key_PageDown, CTRL)
    assert said == ["No slice with labels below this one."]
    assert session.slice == 0


def test_ctrl_n_stays_within_the_class_of_the_selected_label(person: Person) -> None:
    annotations, matches = person.session.project.annotations, person.session.matches
    named = [id for id in labels_of(person.session, "Nodule box") if not matches.reason_of(id)]
    boxes = [id for id in named if annotations[id].class_id == annotations[named[0]].class_id]
    assert 2 < len(boxes) < len(named)
    person.session.select({boxes[0]})
    seen = set()
    for _ in boxes:
        person.key(Qt.Key.Key_N, CTRL)
        seen |= person.session.selection
    assert seen == set(boxes)
    (last,) = person.session.selection
    person.key(Qt.Key.Key_N, CTRL)
    person.key(Qt.Key.Key_N, CTRL | SHIFT)
    assert person.session.selection == {last}


def test_without_a_selected_label_ctrl_n_says_so(person: Person) -> None:
    person.session.select(())
    said = said_in(person)
    person.window.steering.run()["label.next_same"]()
    assert said == ["Select a label first; then its class is gone through."]


def test_ctrl_comma_and_full_stop_go_through_the_frames_of_an_object(
    empty: Person, tmp_path: Path
) -> None:
    tracked = track_session(tmp_path, "kbbk  k")
    empty.session.open(tracked.project, tracked.media, (), tracked.matches)
    empty.settle()
    empty.window.views.active.setFocus()
    empty.session.select({TRACK})
    empty.session.go_to(TRACK)
    start, seen = empty.session.slice, []
    for _ in range(5):
        empty.key(Qt.Key.Key_Period, CTRL)
        seen.append(empty.session.slice - start)
    assert seen == [1, 2, 3, 6, 6]
    said = said_in(empty)
    empty.key(Qt.Key.Key_Period, CTRL)
    assert said == ["No frame of this label after this one."]
    empty.key(Qt.Key.Key_Comma, CTRL)
    assert empty.session.slice - start == 3
