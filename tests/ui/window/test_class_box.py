"""The box of the label that new shapes get."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from studies import click_row, ids_of
from windows import LEFT, Person

from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.ontology import LabelClass, Ontology, Template
from viewer.session.editing import ClassKey, classes_for
from viewer.ui.inspector.label_box import classes_for as classes_of_label
from viewer.ui.window.class_box import DRAWN_KINDS

# Of every list that opens, the platform without a screen says what it cannot do.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def listed(person: Person) -> list[ClassKey]:
    box = person.window.toolbar.labels
    return [box.itemData(row) for row in range(box.count())]


def label_of(person: Person, key: ClassKey) -> LabelClass:
    return person.session.project.exports[key[0]].ontology.by_id[key[1]]


def pick(person: Person, row: int) -> None:
    """Open the box and click a row of its list."""
    box = person.window.toolbar.labels
    QTest.mouseClick(box, LEFT)
    person.settle()
    click_row(box, row)
    person.settle()


def choose(person: Person, row: int) -> None:
    """Take a row as a click on it does."""
    box = person.window.toolbar.labels
    box.setCurrentIndex(row)
    box.activated.emit(row)
    person.settle()


def test_without_a_selection_the_labels_stand_in_the_exports_order(person: Person) -> None:
    person.key(Qt.Key.Key_F3)
    wanted = [key for key, _ in classes_for(person.session.project, DRAWN_KINDS)]
    assert listed(person) == wanted


def test_those_of_the_selected_labels_reader_come_first_and_keep_their_order(
    person: Person,
) -> None:
    person.key(Qt.Key.Key_F3)
    plain = listed(person)
    chosen = next(
        id
        for id in ids_of(person.session, "Nodule box")
        if label_of(person, (id.export, person.session.project.annotations[id].class_id)).group
        == "Reader B"
    )
    person.session.select({chosen})
    person.settle()
    groups = [label_of(person, key).group for key in listed(person)]
    own = groups.count("Reader B")
    assert own > 1
    assert set(groups[:own]) == {"Reader B"}
    mine = [key for key in plain if label_of(person, key).group == "Reader B"]
    others = [key for key in plain if label_of(person, key).group != "Reader B"]
    assert listed(person) == [*mine, *others]


def test_a_name_stands_before_its_group(person: Person) -> None:
    person.key(Qt.Key.Key_F3)
    box = person.window.toolbar.labels
    for row, key in enumerate(listed(person)):
        label = label_of(person, key)
        assert box.itemText(row) == f"{label.name} · {label.group}"


def test_a_picked_label_is_what_the_next_shape_gets_and_the_selected_one_keeps_its_own(
    person: Person,
) -> None:
    said: list[str] = []
    person.session.said.connect(said.append)
    chosen = ids_of(person.session, "Nodule box")[0]
    person.session.select({chosen})
    person.key(Qt.Key.Key_F3)
    person.key(Qt.Key.Key_R)
    keys = listed(person)
    pick(person, 1)
    assert person.window.hands.label == keys[1]
    assert not person.session.history.is_modified
    assert "keeps its own" in said[-1]
    person.drag(person.at_pixel(60, 70), person.at_pixel(90, 100))
    (made,) = [id for id in person.session.project.annotations if id.new]
    assert (made.export, person.session.project.annotations[made].class_id) == keys[1]


def test_with_the_brush_in_hand_a_picked_label_lets_the_selected_one_go(person: Person) -> None:
    """The next stroke makes a label of the picked class, and does not change another one."""
    person.key(Qt.Key.Key_F3)
    person.key(Qt.Key.Key_B)
    keys = listed(person)
    own = next(
        id
        for id in person.session.project.annotations
        if person.session.project.annotations[id].class_id == keys[0][1]
    )
    person.session.select({own})
    person.settle()
    said: list[str] = []
    person.session.said.connect(said.append)
    own_class = person.session.project.annotations[own].class_id
    row = next(row for row, (_, label) in enumerate(listed(person)) if label != own_class)
    wanted = listed(person)[row]
    choose(person, row)
    assert person.session.selection == frozenset()
    assert person.window.hands.label == wanted
    assert "is let go" in said[-1]


def test_archived_labels_are_neither_drawn_anew_nor_given_to_others(person: Person) -> None:
    project = person.session.project
    (export,) = project.exports.values()
    before = project.annotations[ids_of(person.session, "Nodule box")[0]]
    other = next(
        label
        for label in export.ontology.classes
        if label.kind == "box" and label.id != before.class_id
    )
    gone = msgspec.structs.replace(other, is_archived=True)
    classes = tuple(gone if label is other else label for label in export.ontology.classes)
    archived = replace(export, ontology=Ontology(classes))
    drawn = classes_for(replace(project, exports={export.id: archived}), {"box"})
    assert gone not in [label for _, label in drawn]
    assert gone not in classes_of_label(before, classes)
    own = msgspec.structs.replace(before, class_id=gone.id)
    assert gone in classes_of_label(own, classes)


def test_a_skeleton_gets_a_class_of_as_many_nodes_only() -> None:
    pair, three = Template(((0, 0), (1, 1))), Template(((0, 0), (1, 1), (1, 0)))
    named = {"own": pair, "alike": pair, "other": three, "bare": None}
    classes = tuple(
        LabelClass(id, id, kind="skeleton", template=template) for id, template in named.items()
    )
    label = Annotation(AnnotationId("1", 0), "", "own", "", ())
    assert [one.id for one in classes_of_label(label, classes)] == ["own", "alike"]


def test_a_picked_label_stays_when_the_list_is_made_anew(person: Person) -> None:
    person.key(Qt.Key.Key_F3)
    person.key(Qt.Key.Key_R)
    wanted = listed(person)[1]
    choose(person, 1)
    for id in ids_of(person.session, "Nodule box")[:3]:
        person.session.select({id})
        person.settle()
        assert person.window.hands.label == wanted
        assert person.window.toolbar.labels.currentData() == wanted
    person.session.select(())
    person.settle()
    assert person.window.hands.label == wanted
