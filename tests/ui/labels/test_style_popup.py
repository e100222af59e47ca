"""The popup of the labels button draws labels as it says, at once, and keeps nothing of it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from windows import Person

from viewer.ui.labels.style_popup import StylePopup

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def popup(person: Person) -> StylePopup:
    person.window.run["label.drawing"]()
    person.settle()
    (found,) = person.window.findChildren(StylePopup)
    assert found.isVisible()
    return found


def test_each_choice_is_seen_in_the_views_and_makes_nothing_unsaved(
    person: Person, popup: StylePopup
) -> None:
    display, view = person.session.display, person.view()
    person.bot.mouseClick(popup.styles.button(1), Qt.MouseButton.LeftButton)
    person.bot.keyClick(popup.opacity, Qt.Key.Key_PageDown)
    person.bot.keyClick(popup.width_px, Qt.Key.Key_Right)
    person.bot.mouseClick(popup.tags.button(2), Qt.MouseButton.LeftButton)
    person.settle()
    assert (display.style, display.tags) == ("outline", "none")
    assert display.opacity == pytest.approx(0.9)
    assert display.line_px == pytest.approx(2.5)
    assert view.picture is not None
    assert (view.picture.style, view.picture.line_px) == ("outline", 2.5)
    assert view.picture.tags == "none"
    assert not person.session.history.is_modified


def test_the_popup_shows_what_the_key_has_changed(person: Person, popup: StylePopup) -> None:
    person.session.display.set_style(style="fill", opacity=0.25)
    assert popup.styles.button(2).isChecked()
    assert popup.opacity.value() == 25
    person.session.display.set_lines(line_px=99)
    assert popup.width_px.value() == popup.width_px.maximum()
