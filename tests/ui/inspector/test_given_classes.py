"""The class of a video's object, chosen where classes are changed, and kept beside the export."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from bound import film
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from studies import click_row
from windows import LEFT, NONE, Person, opened_window

from viewer.formats import read_export, write_export
from viewer.model.annotation import AnnotationId
from viewer.model.project import Project
from viewer.render.overlay import color_of_class
from viewer.review.binding import NO_CHOICES
from viewer.review.matching import match
from viewer.session.commands import AddAnnotation
from viewer.session.jobs import JobControl
from viewer.session.sidecar import kept_choices
from viewer.ui.media.issues_panel import issues_of
from viewer.ui.media.reading import Phase, Request, read_request
from viewer.ui.saving.page import SaveAsked

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

Json = Any
CTRL = Qt.KeyboardModifier.ControlModifier
UNKNOWN = "unknown class (rectangle)"
FIRST, SECOND, DESTROYED = (AnnotationId("1", ordinal) for ordinal in range(3))


def objects() -> Json:
    box = {"rectangle": [{"x": 1, "y": 2, "w": 3, "h": 4}]}
    left = {"polygon": [{"x": 5, "Y": 6}]}
    return {"u1": {"2": box, "5": box}, "u2": {"2": box}, "u3": {"2": left}}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    types = {"bottle": "rectangle", "jar": "rectangle", "road": "polygon"}
    seen = [{"visibleObjectId": id} for id in objects()]
    frames = {str(k): seen if k == 2 else seen[:1] for k in range(2, 7)}
    tree = [
        {"label_classes": [{"class_name": n, "geometry_type": t} for n, t in types.items()]},
        {
            "internal_media_ID": "v",
            "external_media_ID": "v.mp4",
            "labels": {"frames": frames, "object": objects()},
        },
    ]
    target = tmp_path / "export.json"
    target.write_text(json.dumps(tree, indent=2), encoding="utf-8")
    return target


@pytest.fixture
def someone(qtbot: QtBot, path: Path) -> Iterator[Person]:
    """A person in Edit at a window over an export of a video that is open."""
    with opened_window(qtbot, demo=False) as person:
        project, media = read_export(path), (film("v.mp4", 9),)
        person.session.open(project, media, (), match(project, media))
        person.window.views.active.setFocus()
        person.key(Qt.Key.Key_F3)
        yield person


def settle(person: Person) -> None:
    person.settle()
    person.bot.waitUntil(lambda: not person.window.jobs.is_busy(), timeout=20_000)
    person.settle()


def give(person: Person, id: AnnotationId, name: str) -> None:
    """Click a label's row and choose a class in the inspector's box."""
    tree = person.window.label_panel.tree
    person.window.label_panel.model.unfold_to(id)
    index = person.window.label_panel.model.index_of(id)
    tree.scrollTo(index)
    QTest.mouseClick(tree.viewport(), LEFT, NONE, tree.visualRect(index).center())
    person.settle()
    assert person.session.selection == {id}
    box = person.window.inspector.label.class_box
    row = box.findText(name)
    QTest.mouseClick(box, LEFT, NONE, box.rect().center())
    QApplication.processEvents()
    QTest.mouseMove(box, QPoint(2, 2))
    click_row(box, row)
    settle(person)


def group_of(person: Person, id: AnnotationId) -> str:
    model = person.window.label_panel.model
    model.unfold_to(id)
    return str(model.head_of(model.group_number(model.index_of(id))).data())


def class_of(project: Project, id: AnnotationId = FIRST) -> str:
    return project.annotations[id].class_id


def opened_again(path: Path) -> Project:
    return read_request(Request((), (str(path),)), Phase(""), JobControl()).project


def test_a_class_that_is_chosen_is_shown_everywhere_and_there_again_when_reopened(
    someone: Person, path: Path
) -> None:
    session, panel = someone.session, someone.window.label_panel
    assert UNKNOWN in group_of(someone, FIRST)
    give(someone, FIRST, "bottle")
    assert "bottle" in group_of(someone, FIRST)
    assert UNKNOWN in group_of(someone, SECOND)
    tint = session.display.color_of(session.project, "1", class_of(session.project))
    assert tint == color_of_class(session.project, "1", "bottle")
    panel.filter.setFocus()
    QTest.keyClicks(panel.filter, "bottle")
    someone.bot.waitUntil(lambda: session.display.filter.text == "bottle")
    assert session.display.is_drawn(FIRST, "bottle")
    assert not session.display.is_drawn(SECOND, UNKNOWN)
    again = opened_again(path)
    assert [class_of(again, id) for id in (FIRST, SECOND)] == ["bottle", UNKNOWN]


def test_undo_takes_the_class_and_what_is_kept_of_it_back(someone: Person, path: Path) -> None:
    give(someone, DESTROYED, "road")
    assert someone.window.inspector.label.lock.isVisible()  # in the file it stays as it is
    assert class_of(opened_again(path), DESTROYED) == "road"
    someone.key(Qt.Key.Key_Z, CTRL)
    give(someone, FIRST, "bottle")
    give(someone, FIRST, "jar")
    someone.key(Qt.Key.Key_Z, CTRL)
    settle(someone)
    assert class_of(opened_again(path)) == "bottle"
    someone.key(Qt.Key.Key_Z, CTRL)
    settle(someone)
    assert class_of(someone.session.project) == UNKNOWN
    assert kept_choices(read_export(path))[0]["1"] == NO_CHOICES


def test_a_chosen_class_is_no_change_of_the_export(someone: Person, path: Path) -> None:
    give(someone, FIRST, "bottle")
    issues = issues_of(someone.session)
    assert sum(one.code == "not-importable" for one in issues) == 1  # objects of videos
    assert not someone.session.history.is_modified
    assert someone.window.status.unsaved.text() == "No changes"
    assert "*" not in someone.window.windowTitle()
    someone.key(Qt.Key.Key_S, CTRL)
    settle(someone)
    page = someone.window.saving.page
    assert "byte for byte" in page.bytes.text()
    assert page.list.topLevelItemCount() == 0
    assert "kept on this computer, beside the export" in page.notes.text()
    someone.key(Qt.Key.Key_Escape)
    copy = path.with_name("copy.json")
    write_export(someone.session.history.opened, someone.session.project, "1", copy)
    assert copy.read_bytes() == path.read_bytes()


def test_a_copy_that_is_saved_keeps_its_classes_and_those_given_since(
    someone: Person, path: Path
) -> None:
    session, copy = someone.session, path.with_name("copy.json")
    give(someone, FIRST, "bottle")
    like = session.project.annotations[SECOND]
    placed = msgspec.structs.replace(like.placements[0], origins=())
    new = msgspec.structs.replace(
        like, id=AnnotationId("1", 0, new=True), class_id="jar", placements=(placed,)
    )
    session.do(AddAnnotation(new, session.stamp()))
    session.select([SECOND])
    someone.key(Qt.Key.Key_Delete)
    settle(someone)
    assert SECOND not in session.project.annotations
    assert session.history.unsaved_labels == {SECOND, new.id}
    someone.window.saving.save(SaveAsked("1", str(copy), replaces=False))
    settle(someone)
    again = opened_again(copy)
    assert [class_of(again, id) for id in again.annotations] == ["bottle", "road", "jar"]
    assert not session.history.is_modified
    give(someone, FIRST, "jar")
    assert not session.history.is_modified
    assert [class_of(opened_again(one)) for one in (path, copy)] == ["jar", "jar"]
