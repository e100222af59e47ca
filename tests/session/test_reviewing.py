"""Judging without a window: what waits, what is kept, what a correction may change."""

from __future__ import annotations

import pytest
from scenes import phantom, project_of

from viewer.geometry.shapes import Box
from viewer.model.annotation import AnnotationId
from viewer.review.label_keys import keys_of
from viewer.review.matching import match
from viewer.review.worklist import Worklist
from viewer.session.commands import ChangeClass, DeleteAnnotations, Reshape
from viewer.session.judging import verdict_of
from viewer.session.reviewing import STILL_CORRECTING, Reviewing
from viewer.session.session import Session

A, B, C = (AnnotationId("1", number, new=True) for number in range(3))


@pytest.fixture
def session() -> Session:
    on_two = [("yellow", Box(1, 1, 3, 3)), ("plain", Box(4, 4, 3, 3))]
    project = project_of({2: on_two, 3: [("yellow", Box(2, 2, 3, 3))]})
    media = (phantom(),)
    made = Session()
    made.open(project, media, (), match(project, media))
    return made


@pytest.fixture
def reviewing(session: Session) -> Reviewing:
    made = Reviewing(session)
    session.set_mode("review")
    return made


def test_a_review_begins_with_all_labels_at_the_one_that_is_selected(session: Session) -> None:
    _reviewing = Reviewing(session)
    session.select({B})
    session.set_mode("review")
    assert len(session.work.worklist) == 3
    assert session.work.current == B


def test_coming_back_goes_on_where_one_was(session: Session, reviewing: Reviewing) -> None:
    reviewing.accept()
    session.set_mode("view")
    session.select(())
    session.set_mode("review")
    assert session.work.current == B
    assert session.selection == {B}


def test_the_end_is_told_once_the_last_open_target_is_judged(
    session: Session, reviewing: Reviewing
) -> None:
    ended: list[bool] = []
    reviewing.ended.connect(lambda: ended.append(True))
    for _ in range(2):
        reviewing.accept()
    assert not ended
    reviewing.need_change()
    assert ended == [True]
    reviewing.need_change()  # of one that was judged
    assert ended == [True]


def test_a_correction_changes_its_label_alone(session: Session, reviewing: Reviewing) -> None:
    reviewing.correct()
    assert session.mode == "edit"
    made, before = session.stamp(), session.project
    for refused in (
        Reshape(B, 0, Box(0, 0, 2, 2), made),
        ChangeClass(C, "plain", made),
        DeleteAnnotations((A,), (), made),
        DeleteAnnotations((B,), (), made),
    ):
        session.do(refused)
        assert session.project is before
    session.do(ChangeClass(A, "plain", made))
    assert session.project.annotations[A].class_id == "plain"
    reviewing.take_correction()
    assert session.mode == "review"
    assert verdict_of(session, A).is_corrected
    session.do(ChangeClass(C, "plain", made))  # not bound any more
    assert session.project.annotations[C].class_id == "plain"


def test_a_correction_that_changed_nothing_accepts_the_label_as_it_was(
    session: Session, reviewing: Reviewing
) -> None:
    reviewing.correct()
    reviewing.take_correction()
    assert verdict_of(session, A).judgement == "accepted"
    assert not verdict_of(session, A).is_corrected


def test_a_correction_given_up_takes_back_its_own_steps_alone(
    session: Session, reviewing: Reviewing
) -> None:
    session.do(ChangeClass(A, "plain", session.stamp()))
    before = session.project
    reviewing.correct()
    for side in (2, 5):
        session.do(Reshape(A, 0, Box(0, 0, side, side), session.stamp()))
    assert reviewing.give_up_correction()
    assert session.project is before
    assert len(session.history.steps) == 1
    assert not session.history.undone
    assert not reviewing.give_up_correction()


def test_undo_in_a_correction_takes_back_no_verdict_that_was_given_before_it(
    session: Session, reviewing: Reviewing
) -> None:
    for _ in range(2):
        reviewing.accept()
    before = session.project
    reviewing.correct()
    session.do(Reshape(C, 0, Box(0, 0, 2, 2), session.stamp()))
    for _ in range(3):
        session.undo()
    assert session.project is before
    session.redo()
    reviewing.correct()  # once more: it began where it began
    assert reviewing.give_up_correction()
    assert session.project is before
    assert set(session.project.verdicts) == {A, B}


def test_nothing_is_gone_to_while_a_label_is_corrected(
    session: Session, reviewing: Reviewing
) -> None:
    said: list[str] = []
    session.said.connect(lambda sentence, _seconds: said.append(sentence))
    reviewing.correct()
    session.do(Reshape(A, 0, Box(0, 0, 2, 2), session.stamp()))
    reviewing.skip(1)
    session.work.go_to(C)
    assert session.work.current == A
    assert session.selection == {A}
    assert said[-2:] == [STILL_CORRECTING, STILL_CORRECTING]
    session.work.take(Worklist(labels=keys_of(session.project, [B, C])))
    reviewing.take_correction()
    assert set(session.project.verdicts) == {A}
    assert verdict_of(session, A).is_corrected
