"""A label that a person keeps locked is changed by no tool and by no command."""

from __future__ import annotations

import pytest
from scenes import EXPORT, new_id, phantom, project_of, session_of

from viewer.geometry.shapes import Box
from viewer.model.verdict import Verdict
from viewer.paint.compose import view_picture
from viewer.session.commands import ChangeNote, DeleteAnnotations, Judge, Reshape
from viewer.session.locking import KEPT, why_locked
from viewer.session.session import Session
from viewer.tools.scene import scene_of

BOX = Box(2, 2, 4, 3)


@pytest.fixture
def session() -> Session:
    made = session_of(phantom(), project_of({4: [("yellow", BOX), ("plain", Box(1, 1, 2, 2))]}))
    made.set_mode("edit")
    return made


def test_no_command_changes_a_locked_label_and_a_sentence_says_why(session: Session) -> None:
    said: list[str] = []
    session.said.connect(said.append)
    session.display.set_locked(new_id(0), True)
    before, made = session.project, session.stamp()
    session.do(Reshape(new_id(0), 0, Box(3, 3, 4, 3), made))
    session.do(DeleteAnnotations((new_id(1), new_id(0)), (), made))
    session.do(ChangeNote(new_id(0), "words", made))
    assert session.project is before
    assert len(said) == 3
    assert all(KEPT in words for words in said)
    session.do(Reshape(new_id(1), 0, BOX, made))
    session.display.set_locked(new_id(0), False)
    session.do(Reshape(new_id(0), 0, Box(3, 3, 4, 3), made))
    assert session.project.annotations[new_id(0)].placements[0].shape == Box(3, 3, 4, 3)


def test_the_lock_of_a_class_holds_for_its_labels_and_lets_them_be_judged(session: Session) -> None:
    session.display.set_locked((EXPORT, "yellow"), True)
    assert why_locked(session, new_id(0)) == KEPT
    assert why_locked(session, new_id(1)) == ""
    verdict = Verdict("accepted")
    session.do(Judge(((new_id(0), verdict),), (), session.stamp()))
    assert session.project.verdicts[new_id(0)].judgement == "accepted"


def test_tools_and_tags_know_the_lock(session: Session) -> None:
    session.display.set_locked(new_id(0), True)
    scene = scene_of(session, None)
    assert scene is not None
    assert [item.locked for item in scene.items] == [KEPT, ""]
    picture = view_picture(session, session.panes[0], (300.0, 300.0))
    assert [mark.is_locked for mark in picture.marks] == [True, False]
    session.open(session.project, session.media, (), session.matches)
    assert not session.display.locked
