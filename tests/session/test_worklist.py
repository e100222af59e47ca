"""The worklist: where one is in it, what is done of it, and what edits make of it."""

from __future__ import annotations

import pytest
from composed import project_of_rows, row, volume
from hypothesis import given
from hypothesis import strategies as st

from viewer.model.annotation import AnnotationId
from viewer.model.task import TaskKey
from viewer.review.label_keys import all_labels, keys_of
from viewer.review.matching import match
from viewer.review.worklist import Counts, State, Worklist, states_of
from viewer.session.ahead import following_place
from viewer.session.editing import deletion
from viewer.session.judging import comment, judge, judge_current, take_back
from viewer.session.session import Session

IDS = [AnnotationId("1", n) for n in range(6)]
TASK = TaskKey("1", "task")


def opened(folder) -> Session:
    project = project_of_rows(folder, [row(k=k) for k in range(len(IDS))])
    session = Session()
    media = (volume(),)
    session.open(project, media, (), match(project, media))
    session.work.take(Worklist(labels=all_labels(project), tasks=(TASK,)))
    return session


@pytest.fixture
def session(tmp_path):
    return opened(tmp_path)


def walked(session, step):
    seen = [session.work.current]
    while step():
        seen.append(session.work.current)
    return seen


def test_next_and_previous_go_through_all_and_stop_at_the_ends(session):
    work = session.work
    assert walked(session, work.next) == [*IDS, TASK]
    assert (work.number, work.counts.total) == (7, 7)
    assert walked(session, work.previous) == [TASK, *reversed(IDS)]
    assert work.number == 1


def test_what_is_judged_is_skipped_and_what_is_commented_on_is_not(session):
    judge(session, IDS[1:3], "accepted")
    comment(session, [IDS[3]], "?")
    assert session.work.next_open()
    assert session.work.current == IDS[3]
    assert session.work.previous_open()
    assert session.work.current == IDS[0]
    assert session.work.previous_open()  # from the start back to the end
    assert session.work.current == TASK
    assert session.work.next_open()  # and on again from the start
    assert session.work.current == IDS[0]


def test_judging_goes_on_to_the_next_that_is_open_until_none_is_left(session):
    for left in range(7, 0, -1):
        assert session.work.counts.left == left
        assert judge_current(session, "accepted")
    assert session.work.counts == Counts(accepted=7)
    assert session.work.current == TASK
    assert not session.work.next_open()


def test_the_counts_say_what_became_of_each(session):
    judge(session, [IDS[0]], "accepted")
    judge(session, [IDS[1]], "accepted", is_corrected=True)
    judge(session, [IDS[2]], "rejected", "Double")
    judge(session, [IDS[3], TASK], "needs_change")
    assert session.work.counts == Counts(1, 1, 1, 2, 2)
    take_back(session, [IDS[3]])
    assert session.work.counts == Counts(1, 1, 1, 1, 3)
    assert (session.work.counts.done, session.work.counts.total) == (4, 7)


def test_a_deleted_label_leaves_and_comes_back_when_that_is_undone(session):
    session.work.go_to(IDS[2])
    session.do(deletion(session.project, IDS[2:4], session.stamp(), with_children=False))
    assert session.work.current == IDS[4]
    assert (session.work.number, session.work.counts.total) == (3, 5)
    assert not session.work.go_to(IDS[2])
    session.undo()
    assert (session.work.number, session.work.counts.total) == (5, 7)
    session.do(deletion(session.project, IDS, session.stamp(), with_children=False))
    session.work.take(Worklist(labels=keys_of(session.project, IDS)))
    assert session.work.current is None
    assert session.work.counts == Counts()
    assert not judge_current(session, "accepted")


def test_a_worklist_begins_where_nothing_is_said_yet_or_where_it_is_told_to(session):
    judge(session, IDS[:2], "accepted")
    session.work.take(Worklist(labels=all_labels(session.project)))
    assert session.work.current == IDS[2]
    session.work.take(session.work.worklist, IDS[1])
    assert session.work.current == IDS[1]


def test_who_listens_hears_of_another_place_and_of_another_state(session):
    heard = []
    session.work.moved.connect(lambda: heard.append("moved"))
    session.work.changed.connect(lambda: heard.append("changed"))
    judge(session, [IDS[5]], "accepted")
    assert heard == ["changed"]
    session.work.next()
    assert heard == ["changed", "moved"]
    judge_current(session, "accepted")
    assert heard == ["changed", "moved", "changed", "moved"]


def test_opening_other_exports_ends_the_worklist_of_those_that_go(session):
    session.open(session.project, session.media, (), session.matches, kept=["1"])
    assert session.work.counts.total == 7
    session.open(session.project, session.media, (), session.matches)
    assert session.work.current is None
    assert len(session.work.worklist) == 0


steps = st.lists(
    st.one_of(
        st.tuples(st.just("judge"), st.sampled_from(["accepted", "rejected", "needs_change"])),
        st.tuples(st.sampled_from(["undo", "redo", "delete", "next", "next_open"]), st.none()),
    ),
    max_size=12,
)


@given(steps)
def test_whatever_is_done_the_states_are_those_of_the_project(tmp_path, steps):
    session = opened(tmp_path)
    for name, judgement in steps:
        match name:
            case "judge":
                judge_current(session, judgement)
            case "delete" if isinstance(session.work.current, AnnotationId):
                session.do(
                    deletion(
                        session.project,
                        [session.work.current],
                        session.stamp(),
                        with_children=False,
                    )
                )
            case "undo" | "redo":
                getattr(session, name)()
            case "next" | "next_open":
                getattr(session.work, name)()
            case _:
                pass
        wanted = states_of(session.project, session.work.worklist)
        assert session.work.states.tolist() == wanted.tolist()
        assert session.work.position is not None
        assert session.work.states[session.work.position] != State.GONE


@given(st.lists(st.sampled_from(["accepted", "rejected"]), max_size=6), st.integers(0, 6))
def test_what_follows_is_what_next_open_goes_to(tmp_path_factory, said, at):
    session = opened(tmp_path_factory.mktemp("ahead"))
    judge(session, IDS[: len(said)], "accepted")
    session.work.go_to([*IDS, TASK][at])
    following = session.work.following
    before = session.work.current
    assert session.work.next_open() == (following is not None)
    assert session.work.current == (before if following is None else following)


def test_the_place_ahead_is_where_the_next_open_label_is_shown(session):
    work = session.work
    work.go_to(IDS[0])
    judge(session, IDS[1:3], "accepted")
    place = following_place(session)
    assert work.next_open()
    assert place == (session.viewing.media_index, session.slice) == (0, 3)
