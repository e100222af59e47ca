"""Three modes, one key each; View and Review never change a label."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton
from windows import Person, demo_study, labels_of

from viewer.paint.framing import on_screen
from viewer.session.modes import Mode

KEYS: dict[Mode, Qt.Key] = {"view": Qt.Key.Key_F2, "edit": Qt.Key.Key_F3, "review": Qt.Key.Key_F4}


def buttons(person: Person) -> set[str]:
    bar = person.window.toolbar.bar
    return {one.accessibleName() for one in bar.findChildren(QToolButton) if one.isVisible()}


def test_each_mode_has_its_key_its_band_and_its_tools(person: Person) -> None:
    for mode, key in KEYS.items():
        person.key(key)
        assert person.session.mode == mode
        assert person.window.toolbar.band.property("mode") == mode
        assert person.window.toolbar.is_locked_shown == (mode != "edit")
    assert {"Window", "Pan", "Zoom", "Invert", "Show labels", "Fit label"} <= buttons(person)
    assert not buttons(person) & {"Crosshair", "Polygon", "Maximise the view"}


@pytest.mark.parametrize("mode", KEYS)
def test_esc_never_changes_the_mode(person: Person, mode: Mode) -> None:
    person.key(KEYS[mode])
    person.key(Qt.Key.Key_Escape)
    assert person.session.mode == mode


def test_opening_starts_in_view(person: Person) -> None:
    person.key(Qt.Key.Key_F4)
    study = demo_study()
    person.session.open(study.project, study.media, study.issues, study.matches)
    person.settle()
    assert person.session.mode == "view"


def test_a_label_dragged_in_review_stays_and_it_is_said_for_two_seconds(person: Person) -> None:
    said: list[tuple[str, float]] = []
    person.session.said.connect(lambda sentence, seconds: said.append((sentence, seconds)))
    id = labels_of(person.session, "Nodule outline")[0]
    person.session.go_to(id)
    person.session.select({id})
    person.key(Qt.Key.Key_F4)
    at = person.on_screen(id)
    before = person.session.project
    person.drag(at, (at[0] + 40, at[1] + 30))
    assert ("Labels are locked in Review. F3 edits.", 2.0) in said
    assert person.session.project is before


def test_fit_label_makes_it_a_third_as_high_as_the_view_in_all_three_planes(
    person: Person,
) -> None:
    id = labels_of(person.session, "Nodule outline")[0]
    person.session.go_to(id)
    person.session.select({id})
    person.key(Qt.Key.Key_F)
    for view in person.window.views.views.values():
        assert view.picture is not None
        (mark,) = (mark for mark in view.picture.marks if mark.id == id)
        places = on_screen(view.picture.affine, mark.drawn.corners)
        low, high = places.min(axis=0), places.max(axis=0)
        assert np.allclose((low + high) / 2, ((view.width() - 14) / 2, view.height() / 2), atol=12)
    large = person.view()
    assert large.picture is not None
    (mark,) = (mark for mark in large.picture.marks if mark.id == id)
    places = on_screen(large.picture.affine, mark.drawn.corners)
    assert 0.3 <= np.ptp(places[:, 1]) / large.height() <= 0.4
