"""Verdicts are commands: undone as all others, and nothing of an export that is to be saved."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest
from composed import RING, cine, export_text, project_of_rows, row, volume

from viewer.formats import read_export
from viewer.model.annotation import AnnotationId
from viewer.model.task import TaskKey
from viewer.model.verdict import Verdict
from viewer.review.label_keys import all_labels
from viewer.review.matching import match
from viewer.review.worklist import Worklist
from viewer.session.commands import AddAnnotation, decoded, encoded
from viewer.session.editing import deletion
from viewer.session.judging import (
    NOTHING_SAID,
    comment,
    judge,
    judge_current,
    take_back,
    verdict_of,
)
from viewer.session.session import Session

NOON = datetime(2024, 6, 1, 12, tzinfo=UTC)
TIME = "2024-06-01T12:00:00.000Z"
A, B, C = (AnnotationId("1", n) for n in range(3))
TASK = TaskKey("1", "a task")


@pytest.fixture
def session(tmp_path):
    project = project_of_rows(tmp_path, [row("L_ring", RING, 2), row(k=5), row(k=1)])
    media = (cine({"a": 0}, 1), volume())
    session = Session(clock=lambda: NOON)
    session.author = "Reader"
    session.open(project, media, (), match(project, media))
    return session


def test_a_verdict_says_who_decided_what_and_when(session):
    judge(session, [A, TASK], "rejected", "Edge off")
    said = Verdict("rejected", "Edge off", time=TIME, reviewer="Reader")
    assert dict(session.project.verdicts) == {A: said, TASK: said}
    judge(session, [A], "accepted", is_corrected=True)
    corrected = Verdict("accepted", is_corrected=True, time=TIME, reviewer="Reader")
    assert verdict_of(session, A) == corrected
    assert verdict_of(session, B) == NOTHING_SAID


def test_a_comment_and_a_judgement_leave_each_other(session):
    comment(session, [A], " too large \n")
    assert (verdict_of(session, A).judgement, verdict_of(session, A).comment) == (None, "too large")
    judge(session, [A], "needs_change", "Edge off")
    comment(session, [A], "twice")
    said = verdict_of(session, A)
    assert (said.judgement, said.reason, said.comment) == ("needs_change", "Edge off", "twice")
    comment(session, [A], "")
    assert verdict_of(session, A).judgement == "needs_change"


def test_taking_back_leaves_comments_alone_and_of_nothing_judged_makes_no_step(session):
    comment(session, [B], "twice")
    judge(session, [A, TASK, B], "accepted")
    take_back(session, [A, TASK, B])
    assert set(session.project.verdicts) == {B}
    said = verdict_of(session, B)
    assert (said.judgement, said.comment) == (None, "twice")
    steps = len(session.history.steps)
    take_back(session, [A, B])
    assert len(session.history.steps) == steps


def test_a_command_on_verdicts_comes_back_from_its_line(session):
    judge(session, [A, TASK, B], "accepted")
    (step,) = session.history.steps
    assert decoded(encoded(step.command)) == step.command
    assert step.command.apply(session.history.opened).verdicts == session.project.verdicts


def test_verdicts_are_undone_and_done_again_and_leave_nothing_to_save(session):
    opened = session.project
    judge(session, [A], "accepted")
    comment(session, [B], "odd")
    said = session.project
    assert said.annotations is opened.annotations
    assert not session.history.is_modified
    assert session.history.unsaved == frozenset()
    session.undo()
    session.undo()
    assert session.project is opened
    session.redo()
    session.redo()
    assert session.project is said


def test_nothing_can_be_said_of_what_is_not_there(session):
    session.do(deletion(session.project, [B], session.stamp(), with_children=False))
    before = session.project
    for target in (B, AnnotationId("1", 99), TaskKey("9", "a task")):
        with pytest.raises(KeyError):
            judge(session, [A, target], "accepted")
    assert session.project is before


def test_a_new_label_that_takes_the_id_of_a_deleted_one_has_no_verdict(session):
    new = AnnotationId("1", 0, new=True)
    made = _like(session.project.annotations[A], new)
    session.do(AddAnnotation(made, session.stamp()))
    judge(session, [new], "accepted")
    session.do(deletion(session.project, [new], session.stamp(), with_children=False))
    session.do(AddAnnotation(made, session.stamp()))
    assert verdict_of(session, new) == NOTHING_SAID
    session.undo()
    session.undo()
    assert verdict_of(session, new).judgement == "accepted"


def test_undoing_a_verdict_goes_back_to_what_it_was_about(session):
    session.work.take(Worklist(labels=all_labels(session.project)))
    assert session.selection == {A}
    assert session.slice == 2
    assert judge_current(session, "accepted")
    assert (session.work.current, session.selection, session.slice) == (B, {B}, 5)
    session.viewing.show(0)
    session.undo()
    assert (session.work.current, session.selection) == (A, {A})
    assert (session.viewing.media_index, session.slice) == (1, 2)


def test_without_a_worklist_undoing_a_verdict_shows_the_label(session):
    judge(session, [B], "accepted")
    session.viewing.set_crosshair((0, 0, 0))
    session.undo()
    assert session.slice == 5


def test_verdicts_stay_when_another_export_is_opened_or_closed(session, tmp_path):
    judge(session, [A], "accepted")
    judge(session, [B], "rejected")
    session.undo()
    other = tmp_path / "other.json"
    other.write_text(export_text([row()]), encoding="utf-8")
    both = read_export(other, into=session.project)
    (second,) = both.exports.keys() - {"1"}
    kept = Verdict("accepted", time=TIME)
    brought = both.with_verdicts([(AnnotationId(second, 0), kept)])
    session.open(brought, session.media, (), match(brought, session.media), kept={"1"})
    assert verdict_of(session, A).judgement == "accepted"
    assert verdict_of(session, AnnotationId(second, 0)) == kept
    session.redo()
    assert verdict_of(session, B).judgement == "rejected"
    session.undo()
    session.undo()
    assert dict(session.project.verdicts) == {AnnotationId(second, 0): kept}


def _like(annotation, id):

    return msgspec.structs.replace(annotation, id=id)
