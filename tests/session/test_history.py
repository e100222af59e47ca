"""Undo and redo of everything since opening, within a byte budget."""

from __future__ import annotations

import pytest
from composed import export_text, project_of_rows, row
from hypothesis import given
from hypothesis import strategies as st

from viewer.formats import read_export
from viewer.geometry.shapes import Box
from viewer.model.annotation import AnnotationId
from viewer.session.commands import ChangeNote, Command, Reshape, Stamp, encoded
from viewer.session.history import BUDGET_BYTES, History

MADE = Stamp("2024-06-01T12:00:00.000Z")
FIRST = AnnotationId("1", 0)


def note(text: str) -> Command:
    return ChangeNote(FIRST, text, MADE)


@pytest.fixture
def history(tmp_path):
    return History(project_of_rows(tmp_path, [row(), row(k=3)]))


@given(st.lists(st.text(max_size=4), max_size=12))
def test_undoing_every_step_returns_the_very_project_opened(tmp_path, notes):
    history = History(project_of_rows(tmp_path, [row()]))
    seen = [history.current, *(history.do(note(text)) for text in notes)]
    assert history.is_modified == bool(notes)
    for earlier in reversed(seen[:-1]):
        history.undo()
        assert history.current is earlier
    assert history.current is history.opened
    assert history.undo() is None
    assert not history.is_modified
    for later in seen[1:]:
        history.redo()
        assert history.current is later
    assert history.redo() is None


def test_a_new_command_forgets_what_was_undone(history):
    history.do(note("one"))
    history.undo()
    history.do(note("two"))
    assert history.undone == ()
    assert history.size_bytes == len(encoded(note("two")))
    assert [step.command for step in history.steps] == [note("two")]


def test_saving_marks_the_project_that_was_written(history):
    saved = history.do(note("one"))
    history.do(note("two"))
    history.mark_saved(saved)
    assert history.is_modified
    history.undo()
    assert not history.is_modified
    history.mark_saved()
    history.undo()
    assert history.is_modified


def test_saving_one_export_leaves_the_changes_of_the_others_unsaved(tmp_path):
    paths = [tmp_path / "one.json", tmp_path / "two.json"]
    for path in paths:
        path.write_text(export_text([row()]), encoding="utf-8")
    history = History(read_export(*paths))
    ids = sorted(history.opened.annotations)
    assert len({id.export for id in ids}) == 2
    for id in ids:
        history.do(ChangeNote(id, "seen", MADE))
    assert history.unsaved_labels == set(ids)
    for number, id in enumerate(ids, 1):
        history.mark_saved(history.current, id.export)
        assert history.unsaved_labels == set(ids[number:])
    history.undo()
    assert history.unsaved_labels == {ids[-1]}
    history.redo()
    assert not history.is_modified


@given(st.lists(st.integers(0, 60), min_size=1, max_size=20))
def test_the_oldest_steps_go_when_the_budget_is_spent(tmp_path, lengths):
    budget = 600
    history = History(project_of_rows(tmp_path, [row()]), budget)
    for length in lengths:
        history.do(note("x" * length))
        kept = [len(encoded(step.command)) for step in history.steps]
        assert history.size_bytes == sum(kept)
        assert history.size_bytes <= budget
    commands = [note("x" * length) for length in lengths]
    assert [step.command for step in history.steps] == commands[-len(history.steps) :]
    has_all = len(history.steps) == len(lengths)
    while history.undo() is not None:
        pass
    assert (history.current is history.opened) == has_all


def test_one_step_larger_than_the_budget_can_still_be_undone(tmp_path):
    history = History(project_of_rows(tmp_path, [row()]), 10)
    history.do(note("far too long"))
    history.undo()
    assert history.current is history.opened


def test_a_hundred_thousand_vector_edits_stay_within_the_default_budget():
    edit = Reshape(FIRST, 0, Box(0.1234567, 1.1234567, 2.1234567, 3.1234567), MADE)
    assert 100_000 * len(encoded(edit)) < BUDGET_BYTES


def test_a_command_about_a_deleted_label_changes_nothing(history):
    before = history.do(note("one"))
    with pytest.raises(KeyError):
        history.do(ChangeNote(AnnotationId("1", 9), "", MADE))
    assert history.current is before
    assert len(history.steps) == 1


@given(st.lists(st.text(max_size=4), max_size=6), st.integers(0, 6), st.integers(0, 6))
def test_opening_beside_keeps_every_step_and_what_is_saved(tmp_path, notes, undone, saved):
    history = History(project_of_rows(tmp_path, [row()]))
    for number, text in enumerate(notes):
        history.do(note(text))
        if number == saved:
            history.mark_saved()
    for _ in range(undone):
        history.undo()
    beside = project_of_rows(tmp_path, [row(), row(k=3)])
    moved = history.over(beside, beside.exports.keys())
    assert moved.is_modified == history.is_modified
    assert moved.unsaved == history.unsaved
    assert moved.size_bytes == history.size_bytes
    for step in (History.undo, History.redo):
        while (expected := step(history)) is not None:
            assert step(moved).command is expected.command
            assert moved.current.annotations.edits is history.current.annotations.edits
            assert moved.is_modified == history.is_modified
    assert len(moved.current.annotations) == 2


def test_an_export_that_goes_takes_its_changes_along(tmp_path):
    history = History(project_of_rows(tmp_path, [row()]))
    history.do(note("one"))
    assert history.unsaved == {"1"}
    moved = history.over(project_of_rows(tmp_path, [row()]), ())
    assert not moved.is_modified
    assert not moved.unsaved
    assert not moved.current.annotations.edits
