"""Colour maps and windows by hand in a window over the demo study."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtTest import QTest
from windows import LEFT, Person, send_move

from viewer.geometry.views import PlaneName
from viewer.media.volume import Volume
from viewer.render.colormaps import table_of

CTRL = Qt.KeyboardModifier.ControlModifier


def test_a_colour_map_colours_the_picture_and_its_bar_and_invert_turns_both(person: Person) -> None:
    person.settle()
    before = person.view().picture
    assert before is not None
    assert before.bar is None
    assert before.image is not None
    person.window.actions_["map.hot_iron"].trigger()
    person.settle()
    after = person.view().picture
    assert after is not None
    assert after.image is not None
    np.testing.assert_array_equal(after.image, table_of("hot_iron")[before.image])
    assert after.bar is not None
    window = person.session.viewing.window
    assert window is not None
    low = window.center - 0.5 - (window.width - 1) / 2
    assert (after.bar.low, after.bar.inverted) == (f"{low:.0f}".replace("-", "\u2212"), False)
    assert after.bar.high.endswith("HU")
    person.window.actions_["look.invert"].trigger()
    person.settle()
    turned = person.view().picture
    assert turned is not None
    assert turned.image is not None
    assert turned.bar is not None
    assert turned.bar.inverted
    np.testing.assert_array_equal(turned.image, table_of("hot_iron", inverted=True)[before.image])
    assert person.window.actions_["map.hot_iron"].isChecked()
    person.window.actions_["look.reset"].trigger()
    person.settle()
    assert person.window.actions_["map.grey"].isChecked()


@pytest.mark.parametrize("turn", ["", "look.right", "look.flip_h"])
@pytest.mark.parametrize("plane", ["axial", "coronal"])
@pytest.mark.some(3)
def test_ctrl_and_drag_take_the_window_from_the_values_in_the_rectangle(
    person: Person, plane: PlaneName, turn: str
) -> None:
    if turn:
        person.window.views.maximise(plane)
        person.window.actions_[turn].trigger()
        person.settle()
    start, end = person.at_place(plane, 100.3, 40.3), person.at_place(plane, 150.3, 60.3)
    person.drag(start, end, plane=plane, modifiers=CTRL)
    media, port = person.session.current, person.view(plane).port
    assert isinstance(media, Volume)
    voxels = np.array([port.voxel_at(*np.round(at)) for at in (start, end)])
    (i0, j0, k0), (i1, j1, k1) = np.sort(np.floor(voxels + 0.5).astype(int), axis=0).tolist()
    truth = media.in_units(media.pixels[k0 : k1 + 1, j0 : j1 + 1, i0 : i1 + 1])
    window = person.session.viewing.window
    assert window is not None
    low, high = (
        window.center - 0.5 - (window.width - 1) / 2,
        window.center - 0.5 + (window.width - 1) / 2,
    )
    found = np.percentile(truth, [0.1, 99.9])
    assert window.name == "region"
    assert (low, high) == pytest.approx((found[0] - 0.5, found[1] + 0.5), abs=1.5)
    assert person.view(plane).rubber is None


def test_the_rectangle_is_seen_while_it_is_dragged_and_given_up_when_the_focus_goes(
    person: Person,
) -> None:
    view, window = person.view(), person.session.viewing.window
    QTest.mousePress(view, LEFT, CTRL, QPoint(100, 120))
    send_move(view, np.array((160.0, 170.0)), LEFT, CTRL)
    assert view.rubber == QRectF(100, 120, 60, 50)
    person.view("coronal").setFocus()
    person.settle()
    assert view.rubber is None
    QTest.mouseRelease(view, LEFT, CTRL, QPoint(160, 170))
    assert person.session.viewing.window == window
