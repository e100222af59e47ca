"""The toolbar shows what can be used."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton
from studies import demo
from windows import Person

from viewer.review.matching import match


def test_the_box_of_window_presets_is_there_while_there_is_a_picture(
    empty: Person, person: Person
) -> None:
    assert not empty.window.toolbar.presets.isVisible()
    assert person.window.toolbar.presets.isVisible()


def test_labels_without_images_show_no_empty_box(empty: Person) -> None:
    project, _ = demo()
    empty.session.open(project, (), (), match(project, ()))
    empty.settle()
    assert empty.window.label_panel.isVisible()
    assert not empty.window.toolbar.presets.isVisible()


def test_undo_is_shown_beside_all_tools_in_a_narrow_window(person: Person) -> None:
    session = person.session
    project = session.project
    exports = {id: replace(one, has_regions=True) for id, one in project.exports.items()}
    ringed = replace(project, exports=MappingProxyType(exports))
    person.window.resize(1264, 752)
    session.open(ringed, session.media, (), match(ringed, session.media))
    person.key(Qt.Key.Key_F3)
    person.settle()
    bar = person.window.toolbar.bar
    shown = {one.accessibleName() for one in bar.findChildren(QToolButton) if one.isVisible()}
    assert {"Add region", "Undo", "Redo"} <= shown
