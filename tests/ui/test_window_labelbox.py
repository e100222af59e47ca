"""The box of the label that new shapes get."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from studies import click_row, ids_of
from windows import LEFT, Person

from viewer.model.ontology import LabelClass
from viewer.session.editing import ClassKey, classes_for
from viewer.ui.window_labelbox import DRAWN_KINDS

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
