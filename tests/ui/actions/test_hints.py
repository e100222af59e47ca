"""The hints of the status line: each can be done, by its key or hand, when it is shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydicom import dcmread
from PySide6.QtCore import Qt
from windows import Person, labels_of

from viewer.demo import demo_folder
from viewer.model.project import Project
from viewer.review.matching import match
from viewer.ui.actions.hints import HINTS, RULES


def shown(person: Person) -> str:
    """What the line says once the last sentence has gone."""
    person.window.status._timer.timeout.emit()
    return person.window.status.hint.text()


def without_labels(person: Person) -> None:
    session = person.session
    session.open(Project(), session.media, (), match(Project(), session.media))
    person.settle()


def test_every_hint_is_of_an_action_of_the_table() -> None:
    assert {action for hints in HINTS.values() for action, _ in hints} <= RULES.keys()


def test_nothing_is_hinted_while_nothing_is_open(empty: Person) -> None:
    assert shown(empty) == ""


def test_images_without_labels_hint_at_no_label(person: Person) -> None:
    assert shown(person) == "N: next label. Double click: one view. ?: all keys."
    without_labels(person)
    assert shown(person) == "Double click: one view. ?: all keys."


def test_labels_that_are_not_placed_cannot_be_gone_to(person: Person, tmp_path: Path) -> None:
    for path in sorted(demo_folder()[0].iterdir())[:4]:
        image = dcmread(path)
        image.StudyInstanceUID = image.SeriesInstanceUID = "1.2.3"  # of no label
        image.SOPInstanceUID = f"1.2.3.{image.InstanceNumber}"
        image.file_meta.MediaStorageSOPInstanceUID = image.SOPInstanceUID
        image.save_as(tmp_path / path.name)
    person.window.open([str(tmp_path)])
    person.wait()
    assert person.session.project.annotations
    assert shown(person) == "Double click: one view. ?: all keys."


def test_a_view_that_is_alone_is_not_made_alone_again(person: Person) -> None:
    person.double_click((60.0, 60.0), "coronal")
    assert shown(person) == "N: next label. ?: all keys."
    person.double_click((60.0, 60.0), "coronal")
    assert "Double click: one view." in shown(person)


def test_delete_is_hinted_in_edit_while_a_label_that_can_go_is_selected(person: Person) -> None:
    person.key(Qt.Key.Key_F3)
    assert shown(person) == "P: polygon. L: polyline. R: box. F2: back to looking."
    (id, *_) = labels_of(person.session, "Right lung")
    person.session.select({id})
    assert shown(person) == "P: polygon. L: polyline. R: box. Del: delete. F2: back to looking."
    person.key(Qt.Key.Key_Delete)
    assert id not in person.session.project.annotations
    assert "Del:" not in shown(person)


@pytest.mark.parametrize(("key", "tool"), [(Qt.Key.Key_P, "polygon"), (Qt.Key.Key_R, "box")])
def test_a_key_that_is_hinted_takes_its_tool(person: Person, key: Qt.Key, tool: str) -> None:
    person.key(Qt.Key.Key_F3)
    person.key(key)
    assert person.window.hands.tool == tool
