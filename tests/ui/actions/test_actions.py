"""Keys do what the table of actions says, and every action is named, keyed once and runnable."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from windows import Person

from viewer.session.session import Mode, Session
from viewer.ui.actions.actions import allowed, tip_of
from viewer.ui.actions.table import ACTIONS, MENUS, MNEMONICS

SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


def test_no_key_belongs_to_two_actions_of_one_mode_and_no_id_to_two_lines() -> None:
    keys = Counter(key for spec in ACTIONS for key in spec.keys)
    twice = {key for key, count in keys.items() if count > 1}
    rules = [{spec.rule for spec in ACTIONS if key in spec.keys} for key in twice]
    assert all(each == {"lengths", "measured"} for each in rules)
    assert len({spec.id for spec in ACTIONS}) == len(ACTIONS)
    assert all(not QKeySequence(key).isEmpty() for key in keys)
    assert not {f"Alt+{MNEMONICS[menu].upper()}" for menu in MENUS} & keys.keys()
    assert len(set(MNEMONICS.values())) == len(MENUS)


def test_every_tooltip_names_the_key() -> None:
    for spec in ACTIONS:
        if spec.keys:
            assert QKeySequence(spec.keys[0]).toString() in tip_of(spec)


def test_with_nothing_open_only_what_makes_sense_is_enabled() -> None:
    session = Session()
    enabled = {spec.id for spec in ACTIONS if allowed(session)[spec.rule]}
    assert {"open.folder", "open.export", "open.demo", "app.quit", "help.keys"} <= enabled
    assert not enabled & {"edit.undo", "save.copy", "look.invert", "label.next", "mode.edit"}


def test_d_measures_in_view_and_draws_in_edit_never_both(session: Session) -> None:
    modes: tuple[Mode, ...] = ("view", "edit")
    for mode in modes:
        session.set_mode(mode)
        can = allowed(session)
        assert (can["lengths"], can["measured"]) == (mode == "edit", mode != "edit")


def test_arrows_home_and_end_go_through_the_slices(person: Person) -> None:
    port = person.view().port
    start = port.index
    person.key(Qt.Key.Key_Up)
    assert port.index == start + 1  # towards the head, which is up on the strip
    person.key(Qt.Key.Key_Down)
    assert port.index == start
    person.key(Qt.Key.Key_Home)
    assert port.index == 127
    person.key(Qt.Key.Key_End)
    assert port.index == 0


def test_digits_are_presets_and_zero_is_automatic(person: Person) -> None:
    person.key(Qt.Key.Key_2)
    window = person.session.viewing.window
    assert window is not None
    assert (window.width, window.center) == (1500, -600)
    person.key(Qt.Key.Key_0)
    assert person.session.viewing.window != window
    person.key(Qt.Key.Key_1)
    window = person.session.viewing.window
    assert window is not None
    assert (window.width, window.center) == (400, 40)


def test_flips_and_turns_carry_the_letters_along_and_shift_r_takes_them_back(
    person: Person,
) -> None:
    def edges() -> tuple[str, str]:
        picture = person.view().picture
        assert picture is not None
        return picture.letters.left, picture.letters.top

    assert edges() == ("R", "A")
    person.key(Qt.Key.Key_H)
    assert edges() == ("L", "A")
    person.key(Qt.Key.Key_V)
    assert edges() == ("L", "P")
    person.key(Qt.Key.Key_R, SHIFT)
    assert edges() == ("R", "A")
    person.window.actions_["look.right"].trigger()
    person.settle()
    assert edges() == ("P", "R")


def test_i_inverts_and_the_toolbar_shows_it(person: Person) -> None:
    person.key(Qt.Key.Key_I)
    assert person.session.viewing.is_inverted
    assert person.window.actions_["look.invert"].isChecked()


def test_shift_o_switches_the_overlays_of_the_files_and_the_menu_shows_it(person: Person) -> None:
    for is_on in (False, True):
        person.key(Qt.Key.Key_O, SHIFT)
        assert person.session.display.overlays == is_on
        assert person.window.actions_["look.overlays"].isChecked() == is_on


def test_n_goes_from_label_to_label_and_all_views_follow(person: Person) -> None:
    person.key(Qt.Key.Key_N)
    (first,) = person.session.selection
    place = person.session.matches.of(first)[0]
    assert person.view().port.index == place.slice
    person.key(Qt.Key.Key_N)
    assert person.session.selection != {first}
    person.key(Qt.Key.Key_N, SHIFT)
    assert person.session.selection == {first}


def test_holding_s_hides_all_labels_until_it_is_released(person: Person) -> None:
    view = person.view()
    QTest.keyPress(view, Qt.Key.Key_S)
    person.settle()
    assert view.picture is not None
    assert view.picture.marks == ()
    QTest.keyRelease(view, Qt.Key.Key_S)
    person.settle()
    assert view.picture.marks != ()


def test_holding_s_hides_all_labels_also_with_the_focus_in_the_list(person: Person) -> None:
    tree = person.window.label_panel.tree
    tree.setFocus()
    person.settle()
    row = tree.currentIndex()
    QTest.keyPress(tree, Qt.Key.Key_S)
    assert person.session.display.held_hidden
    QTest.keyRelease(tree, Qt.Key.Key_S)
    assert not person.session.display.held_hidden
    assert tree.currentIndex() == row


def test_letters_typed_into_the_filter_are_text_and_no_commands(person: Person) -> None:
    field = person.window.label_panel.filter
    field.setFocus()
    window = person.session.viewing.window
    QTest.keyClicks(field, "lis2")
    person.settle()
    assert field.text() == "lis2"
    assert not person.session.viewing.is_inverted
    assert not person.session.display.held_hidden
    assert person.session.viewing.window == window


def test_a_drawing_key_in_view_says_how_to_edit_and_changes_nothing(person: Person) -> None:
    said: list[str] = []
    person.session.said.connect(said.append)
    person.key(Qt.Key.Key_P)
    assert said == ["Labels are locked in View. F3 edits."]
    assert person.session.mode == "view"
    assert person.window.hands.tool == "select"


def test_escape_changes_neither_the_mode_nor_the_view(person: Person) -> None:
    person.key(Qt.Key.Key_F3)
    crosshair = person.session.viewing.crosshair
    person.key(Qt.Key.Key_Escape)
    assert person.session.mode == "edit"
    assert person.session.viewing.crosshair == crosshair
    person.key(Qt.Key.Key_F2)
    person.key(Qt.Key.Key_Escape)
    assert person.session.mode == "view"


def test_text_and_style_and_smoothing_go_round(person: Person) -> None:
    for wanted in ("essential", "none", "all"):
        person.key(Qt.Key.Key_T)
        assert person.session.viewing.text == wanted
    start = (person.session.display.style, person.session.display.opacity)
    person.key(Qt.Key.Key_O)
    assert (person.session.display.style, person.session.display.opacity) != start
    person.window.actions_["look.smooth"].trigger()
    assert not person.session.viewing.smooth


def test_f9_hides_the_docks_and_brings_them_back(person: Person) -> None:
    width = person.view().width()
    person.key(Qt.Key.Key_F9)
    assert not person.window.docks.left.isVisible()
    assert person.view().width() > width
    person.key(Qt.Key.Key_F9)
    assert person.window.docks.left.isVisible()


@pytest.mark.qt_log_ignore("This plugin does not support")  # popups
def test_every_action_that_is_enabled_can_be_run(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {"open.folder", "open.export", "open.demo", "app.quit", "app.full"}
    asked |= {spec.id for spec in ACTIONS if spec.menu == "Review" and spec.text.endswith("...")}
    for spec in ACTIONS:
        is_demo = spec.id.startswith("demo.")
        if not is_demo and spec.id not in asked and person.window.actions_[spec.id].isEnabled():
            person.window.actions_[spec.id].trigger()
            person.settle()
            if popup := QApplication.activePopupWidget():
                popup.close()
    assert np.isfinite(person.session.viewing.crosshair).all()
