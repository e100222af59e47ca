"""Worklists of a project: drawn by traits, in the order asked for."""

from __future__ import annotations

import dataclasses

import msgspec
import numpy as np
from bound import drawn as placement
from bound import project_of
from composed import RING, export_text, project_of_rows, row

from viewer.formats import read_export
from viewer.geometry.shapes import Box, Point
from viewer.model.annotation import AnnotationId
from viewer.model.project import Entry, Project
from viewer.model.task import Task, TaskKey
from viewer.review.label_keys import all_labels, keys_of
from viewer.review.sampling import SampleRule
from viewer.review.strata import status_of, strata_of
from viewer.review.worklist import Rule
from viewer.review.worklist_making import studies_of, worklist_of


def ids_of(worklist):
    return [worklist[position] for position in range(len(worklist))]


def said(project: Project, by, labels=None) -> dict[int, tuple[str, ...]]:
    """Return the names of the stratum of each label of export 1, by ordinal."""
    labels = all_labels(project) if labels is None else labels
    strata = strata_of(project, labels, by)
    assert strata.names == tuple(sorted(strata.names))
    assert sum(strata.sizes) == len(labels)
    return dict(zip(labels.ordinals.tolist(), (strata.names[c] for c in strata.codes), strict=True))


def test_labels_are_told_apart_by_class_and_author_in_every_combination(tmp_path):
    rows = [
        row("L_ring", RING),
        row("L_box"),
        row("L_ring", RING, createdById="U_2"),
        row("L_box"),
    ]
    project = project_of_rows(tmp_path, rows)
    classes, authors = said(project, ["class"]), said(project, ["author"])
    assert classes[0] == classes[2] != classes[1] == classes[3]
    assert authors[0] == authors[1] == authors[3] != authors[2]
    both = said(project, ["class", "author"])
    assert both == {n: (*classes[n], *authors[n]) for n in range(4)}


def test_strata_are_those_opened_whatever_was_edited_and_new_labels_have_their_own(tmp_path):
    project = project_of_rows(tmp_path, [row("L_ring", RING), row("L_box")])
    before = said(project, ["class"])
    first = project.annotations[AnnotationId("1", 0)]
    renamed = msgspec.structs.replace(first, class_id="L_box")
    new = msgspec.structs.replace(renamed, id=AnnotationId("1", 5, new=True))
    after = said(project.with_annotation(renamed).with_annotation(new), ["class"])
    assert after == {**before, 5: before[1]}


def test_sizes_are_thirds_of_what_has_one():
    sides = [0, 3, 1, 2, 9, 8, 7]
    shapes = [Box(0, 0, side, side) if side else Point(1, 1) for side in sides]
    project = project_of([], [placement(entry="a", shape=shape) for shape in shapes])
    found = said(project, ["size"])
    groups = {sides[n]: group for n, (group,) in found.items()}
    assert groups.pop(0) == "no size"
    assert groups == {
        **dict.fromkeys((1, 2), "small"),
        **dict.fromkeys((3, 7), "medium"),
        **dict.fromkeys((8, 9), "large"),
    }


def of_tasks() -> Project:
    """Return labels 0 to 3 in the tasks b, a, b and none, as their statuses say."""
    entries = [Entry(name, name) for name in "abc"]
    shape = Box(0, 0, 1, 1)
    project = project_of(entries, [placement(entry=name, shape=shape) for name in "babc"])
    tasks = (
        Task("T1", "one", ("a",), facts=(("Status", "In review"),)),
        Task("T2", "two", ("b",), facts=(("Workflow state", "Done"), ("Status", "x"))),
    )
    export = project.exports["1"]

    return dataclasses.replace(project, exports={"1": dataclasses.replace(export, tasks=tasks)})


def test_the_status_is_what_the_vendor_says_of_the_task():
    assert said(of_tasks(), ["status"]) == {0: ("Done",), 1: ("In review",), 2: ("Done",), 3: ("",)}


def test_task_by_task_labels_keep_their_order_within_each_and_strangers_come_last():
    project = of_tasks()
    rule = Rule(order="task")
    ordinals = [id.ordinal for id in ids_of(worklist_of(project, rule, all_labels(project)))]
    assert ordinals == [1, 0, 2, 3]


def test_a_sample_is_the_same_again_in_another_order_of_exports_and_beside_others(tmp_path):
    for name, count in (("one", 40), ("two", 30)):
        text = export_text([row(k=n % 8) for n in range(count)])
        (tmp_path / f"{name}.json").write_text(text, encoding="utf-8")
    paths = [tmp_path / "one.json", tmp_path / "two.json"]
    alone, one_two, two_one = (
        read_export(*each) for each in (paths[:1], paths, list(reversed(paths)))
    )
    rule = Rule(sample=SampleRule(6, 7, ("class", "author"), each=True))
    drawn = []
    for project in (alone, one_two, two_one):
        (export,) = (id for id, one in project.exports.items() if one.title == "one.json")
        own = all_labels(project)
        own = own.at(own.export_codes == own.exports.index(export))
        drawn.append([id.ordinal for id in ids_of(worklist_of(project, rule, own))])
    assert drawn[0] == drawn[1] == drawn[2]
    assert len(drawn[0]) == 6
    other = Rule(sample=SampleRule(6, 8))
    assert [i.ordinal for i in ids_of(worklist_of(alone, other, all_labels(alone)))] != drawn[0]


def test_a_sample_is_drawn_of_those_given_alone(tmp_path):
    project = project_of_rows(tmp_path, [row(k=n % 8) for n in range(12)])
    some = keys_of(project, [AnnotationId("1", n) for n in (7, 2, 9)])
    rule = Rule("selected", sample=SampleRule(2, 1))
    found = ids_of(worklist_of(project, rule, some))
    assert len(found) == 2
    assert [id for id in map(some.id_at, range(3)) if id in found] == found
    everything = Rule(sample=SampleRule(99, 1))
    assert ids_of(worklist_of(project, everything, all_labels(project))) == list(
        project.annotations
    )
    nothing = worklist_of(project, rule, some.at(np.array([], dtype=np.int64)))
    assert len(nothing) == 0


def test_whole_studies_are_listed_once_each_and_drawn_alike_from_the_same_seed():
    project = of_tasks()
    everything = [TaskKey("1", "T1"), TaskKey("1", "T2")]
    assert ids_of(studies_of(project, Rule("tasks"))) == everything
    export = project.exports["1"]
    many = (*export.tasks, *(Task(f"X{n}", "x", status="Done") for n in range(20)), *export.tasks)
    project = dataclasses.replace(project, exports={"1": dataclasses.replace(export, tasks=many)})
    drawn = [studies_of(project, Rule("tasks", sample=SampleRule(6, seed))) for seed in (1, 1, 2)]
    assert ids_of(drawn[0]) == ids_of(drawn[1]) != ids_of(drawn[2])
    assert [len(one) for one in drawn] == [6, 6, 6]
    by_status = Rule("tasks", sample=SampleRule(1, 3, ("status",), each=True))
    statuses = {TaskKey("1", one.id): status_of(one) for one in many}
    assert sorted(statuses[key] for key in ids_of(studies_of(project, by_status))) == [
        "Done",
        "In review",
    ]
    assert len(studies_of(Project(), by_status)) == 0
