"""The toolbar shows what can be used."""

from __future__ import annotations

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
