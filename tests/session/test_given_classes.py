"""Classes given to labels whose class the export does not say: kept beside it, written nowhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from viewer.cli.opening import opened
from viewer.formats import read_export, write_export
from viewer.geometry.shapes import Box
from viewer.model.annotation import AnnotationId
from viewer.model.project import Project
from viewer.review.binding import Choices
from viewer.session.commands import ChangeClass, Reshape, Stamp
from viewer.session.given_classes import given_of, with_given
from viewer.session.history import History
from viewer.session.jobs import JobControl
from viewer.session.sidecar import bindings_folder, sidecar_of, write_choices
from viewer.ui.media.reading import Phase, Request, read_request

Json = Any
U1, U2, IMAGE = (AnnotationId("1", ordinal) for ordinal in range(3))
MADE = Stamp("2026-01-02T03:04:05.678Z", "someone")
BOX = {"rectangle": [{"x": 1, "y": 2, "w": 3, "h": 4}]}
NAMES = ("bottle", "jar")
TREE = [
    {"label_classes": [{"class_name": name, "geometry_type": "rectangle"} for name in NAMES]},
    {
        "internal_media_ID": "v",
        "labels": {
            "frames": {"5": [{"visibleObjectId": id} for id in ("u1", "u2")]},
            "object": {"u1": {"5": BOX}, "u2": {"5": BOX}},
        },
    },
    {"internal_media_ID": "i", "labels": {"jar": [{**BOX, "classifications": {}}]}},
]
GIVEN = {"v": {"u1": "bottle"}}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    target = tmp_path / "export.json"
    target.write_text(json.dumps(TREE), encoding="utf-8")
    return target


def class_of(project: Project, id: AnnotationId = U1) -> str:
    return project.annotations[id].class_id


def test_a_class_that_is_given_leaves_nothing_unsaved(path: Path):
    history = History(read_export(path))
    history.do(ChangeClass(U1, "bottle", MADE))
    assert class_of(history.current) == "bottle"
    assert not history.is_modified
    history.do(Reshape(U1, 0, Box(1, 2, 3, 5), MADE))
    assert history.unsaved_labels == {U1}
    history.mark_saved()
    history.do(ChangeClass(U1, "jar", MADE))
    assert not history.is_modified
    history.undo()
    assert not history.is_modified
    assert class_of(history.current) == "bottle"


def test_a_class_that_the_file_holds_is_a_change_of_it(path: Path):
    history = History(read_export(path))
    history.do(ChangeClass(IMAGE, "bottle", MADE))
    assert history.unsaved_labels == {IMAGE}
    assert given_of(history.current, "1", {}, {}) == {}


def test_what_is_given_goes_by_entry_and_native_id_and_undo_takes_it_back(path: Path):
    history = History(with_given(read_export(path), {"1": Choices(classes=GIVEN)}))
    history.do(ChangeClass(U2, "jar", MADE))
    both = {"v": {"u1": "bottle", "u2": "jar"}}
    assert given_of(history.current, "1", GIVEN, {}) == both
    history.do(ChangeClass(U1, "unknown class (rectangle)", MADE))
    taken = {"v": {"u1": "unknown class (rectangle)", "u2": "jar"}}
    assert given_of(history.current, "1", GIVEN, {}) == taken
    for _ in range(2):
        history.undo()
    assert given_of(history.current, "1", GIVEN, {}) == GIVEN


def test_labels_are_opened_with_the_classes_that_they_were_given(path: Path):
    project = with_given(read_export(path), {"1": Choices(classes=GIVEN)})
    assert [class_of(project, id) for id in (U1, U2)] == ["bottle", "unknown class (rectangle)"]
    columns = project.annotations.bases["1"].columns
    assert [columns.classes[code] for code in columns.class_codes.tolist()] == [
        "bottle", "unknown class (rectangle)", "jar",
    ]  # fmt: skip
    assert "classes-given" in {issue.code for issue in project.exports["1"].issues}
    write_export(project, project, "1", path.with_name("out.json"))
    assert path.with_name("out.json").read_bytes() == path.read_bytes()


def test_a_given_class_that_the_export_does_not_list_is_one_all_the_same(path: Path):
    project = with_given(read_export(path), {"1": Choices(classes={"v": {"u1": "old name"}})})
    label = project.exports["1"].ontology.by_id[class_of(project)]
    assert (label.name, label.kind, label.mode) == ("old name", "box", "rectangle")


def test_what_does_not_fit_is_left_out(path: Path):
    tree = json.loads(path.read_text())
    tree[0]["label_classes"].append({"class_name": "lm", "geometry_type": "point"})
    path.write_text(json.dumps(tree))
    opened_as = read_export(path)
    wrong = {"v": {"u1": "lm", "nobody": "jar"}, "i": {"": "bottle"}, "none": {"u1": "jar"}}
    project = with_given(opened_as, {"1": Choices(classes=wrong)})
    assert [class_of(project, id) for id in (U1, U2, IMAGE)] == [
        class_of(opened_as, id) for id in (U1, U2, IMAGE)
    ]


def test_every_way_of_opening_knows_what_is_kept(path: Path):
    kept = sidecar_of(bindings_folder(), read_export(path).exports["1"])
    write_choices(kept, Choices(classes=GIVEN))
    read = read_request(Request((), (str(path),)), Phase(""), JobControl())
    assert class_of(read.project) == class_of(opened([str(path)]).project) == "bottle"


def test_a_new_object_may_have_any_class_of_its_type(path: Path):
    project = read_export(path)
    like = project.annotations[U1]
    placed = msgspec.structs.replace(like.placements[0], origins=())
    new = msgspec.structs.replace(
        like, id=AnnotationId("1", 0, new=True), class_id="jar", placements=(placed,)
    )
    drawn = project.with_annotation(new)
    report = write_export(project, drawn, "1", path.with_name("out.json"))
    (added,) = report.changed
    names = {added.id: added.native_id}
    assert given_of(drawn, "1", {}, {}) == {}
    assert given_of(drawn, "1", {}, names) == {"v": {added.native_id: "jar"}}
    again = read_export(report.path)
    again = with_given(again, {"1": Choices(classes=given_of(drawn, "1", {}, names))})
    assert sorted(class_of(again, id) for id in again.annotations) == [
        "jar", "jar", "unknown class (rectangle)", "unknown class (rectangle)",
    ]  # fmt: skip
