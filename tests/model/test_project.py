"""The immutable value that is edited."""

from __future__ import annotations

import msgspec
import pytest
from composed import project_of_rows, row
from hypothesis import given
from hypothesis import strategies as st

from viewer.formats import read_export
from viewer.model.annotation import AnnotationId
from viewer.model.project import Project
from viewer.model.task import TaskKey
from viewer.model.verdict import Verdict, Verdicts

FIRST = AnnotationId("1", 0)


def test_a_further_export_leaves_the_others_and_their_edits_as_they_are(tmp_path):
    one = project_of_rows(tmp_path, [row(), row(k=1)]).without_annotations([FIRST])
    both = read_export(tmp_path / "labels.json", into=one)
    assert list(one.exports) == ["1"]
    assert list(both.exports) == ["1", "2"]
    assert both.annotations.edits is one.annotations.edits
    assert both.annotations.bases["1"] is one.annotations.bases["1"]
    assert FIRST not in both.annotations
    assert AnnotationId("2", 0) in both.annotations


def test_exports_cannot_be_changed_behind_the_projects_back(tmp_path):
    project = project_of_rows(tmp_path, [row()])
    with pytest.raises(TypeError):
        project.exports["2"] = project.exports["1"]
    with pytest.raises(TypeError):
        project.annotations.bases["2"] = project.annotations.bases["1"]


def test_an_annotation_replaces_the_one_of_its_id_or_is_new(tmp_path):
    project = project_of_rows(tmp_path, [row()])
    opened = project.annotations[FIRST]
    changed = msgspec.structs.replace(opened, note="seen")
    new = msgspec.structs.replace(opened, id=project.annotations.next_new("1"))
    after = project.with_annotation(changed).with_annotation(new)
    assert list(after.annotations) == [FIRST, new.id]
    assert after.annotations[FIRST] is changed
    assert project.annotations[FIRST] is opened
    assert after.exports is project.exports


def test_what_is_not_there_cannot_be_deleted(tmp_path):
    project = project_of_rows(tmp_path, [row()]).without_annotations([FIRST])
    for id in (FIRST, AnnotationId("1", 9), AnnotationId("9", 0)):
        with pytest.raises(KeyError):
            project.without_annotations([id])
    assert len(Project().annotations) == 0


said = st.builds(Verdict, st.sampled_from([None, "accepted"]), comment=st.sampled_from(["", "?"]))
targets = st.builds(AnnotationId, st.sampled_from("12"), st.integers(0, 2)) | st.builds(
    TaskKey, st.sampled_from("12"), st.sampled_from("ab")
)


@given(st.lists(st.tuples(targets, said), max_size=8))
def test_verdicts_are_what_was_said_last_and_of_exports_those_that_stay(sayings):
    project = Project()
    wanted = {}
    for target, verdict in sayings:
        project = project.with_verdicts([(target, verdict)])
        wanted[target] = verdict
    wanted = {target: verdict for target, verdict in wanted.items() if not verdict.is_empty}
    assert project.verdicts == Verdicts(wanted) == Project().with_verdicts(sayings).verdicts
    assert dict(project.verdicts) == wanted
    of_first = {target: verdict for target, verdict in wanted.items() if target.export == "1"}
    assert dict(project.verdicts.of_exports({"1"})) == of_first
