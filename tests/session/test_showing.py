"""Going to a verdict shows what it is on, of a study too, and judges nothing that is not seen."""

from __future__ import annotations

from dataclasses import replace

import pytest
from bound import drawn, pictures, project_of, scan

from viewer.model.annotation import AnnotationId
from viewer.model.project import Entry
from viewer.model.task import Task, TaskKey
from viewer.review.label_keys import keys_of
from viewer.review.matching import match
from viewer.review.task_table import task_table
from viewer.review.worklist import Worklist
from viewer.session.judging import judge
from viewer.session.session import Session
from viewer.session.showing import go_to_judged

ENTRIES = (Entry("ct", "chest", series="1.2.3.4"), Entry("photo", "B", ("b.png",)))
TASKS = (Task("one", "chest", ("ct",)), Task("two", "photo", ("photo",)))
CHEST, PHOTO = TaskKey("1", "one"), TaskKey("1", "two")
ON_CHEST, ON_PHOTO, DEEPER = (AnnotationId("1", number) for number in range(3))


@pytest.fixture(params=[True, False], ids=["counted", "not yet counted"])
def session(request: pytest.FixtureRequest) -> Session:
    found = project_of(ENTRIES, [drawn("ct", frame=3), drawn("photo"), drawn("ct", frame=5)])
    found = replace(found, exports={"1": replace(found.exports["1"], tasks=TASKS)})
    made, media = Session(), (scan(), pictures(["a.png", "b.png"]))
    made.open(found, media, (), match(found, media))
    if request.param:
        made.tasks.take(task_table(found, made.matches))
    return made


def test_a_study_in_the_worklist_is_shown_when_its_turn_comes(session: Session):
    keys = keys_of(session.project, [ON_CHEST])
    session.work.take(Worklist(labels=keys, tasks=(PHOTO,)))
    assert (session.viewing.media_index, session.selection) == (0, {ON_CHEST})
    assert session.work.next()
    assert (session.viewing.media_index, session.selection) == (1, set())


def test_a_verdict_on_a_study_that_is_not_listed_leads_to_the_study(session: Session):
    session.work.take(Worklist(labels=keys_of(session.project, [DEEPER])))
    judge(session, (PHOTO,), "rejected")
    assert session.viewing.media_index == 0
    assert not go_to_judged(session, PHOTO)
    assert session.viewing.media_index == 1
    assert go_to_judged(session, CHEST)  # what is judged now is one of its labels
    assert (session.viewing.media_index, session.selection) == (0, {DEEPER})
    session.undo()
    assert session.viewing.media_index == 1
    assert not session.project.verdicts


def test_a_label_that_is_not_listed_is_shown_and_not_judged(session: Session):
    session.work.take(Worklist(labels=keys_of(session.project, [ON_CHEST])))
    assert not go_to_judged(session, ON_PHOTO)
    assert session.viewing.media_index == 1
    assert session.work.current == ON_CHEST
