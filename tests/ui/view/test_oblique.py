"""Turning the crosshair, slabs, and what oblique views say and refuse, with real events."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from windows import Person, labels_of

from viewer.geometry.oblique import ObliquePlane
from viewer.model.annotation import AnnotationId
from viewer.paint.pixels import is_at_rest
from viewer.paint.stage import stage_of
from viewer.render.slab import Slab
from viewer.ui.view.measuring import REFUSED, WAY_OUT
from viewer.ui.view.plane import probe_text
from viewer.ui.view.view import MID_SLAB

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def turned(person: Person, plane: str = "axial", by: tuple[float, float] = (120.0, 20.0)) -> None:
    """Drag the upper end of the crosshair's upright line."""
    at = person.view(plane).port.crosshair_at()
    assert at is not None
    top = (at[0], 60.0)
    person.drag(top, (top[0] + by[0], top[1] + by[1]), plane=plane)


def test_dragging_the_end_of_a_line_turns_the_other_two_planes_by_the_angle_of_the_drag(person):
    port = person.view().port
    before, window = person.session.viewing.crosshair, person.session.viewing.window
    centre = port.crosshair_at()
    turned(person)
    planes = person.session.viewing.planes_shown(0)
    assert not isinstance(planes["axial"], ObliquePlane)
    angle = np.degrees(np.arctan2(120.0, centre[1] - 80.0))
    for name in ("sagittal", "coronal"):
        assert isinstance(planes[name], ObliquePlane)
        assert planes[name].angle_deg == pytest.approx(angle, abs=1.0)
    assert person.session.viewing.crosshair == before
    assert person.session.viewing.window == window
    picture = person.view("coronal").picture
    words = f"{round(angle)}\N{DEGREE SIGN} from coronal"
    assert picture.corners.top_right[:2] == ("Oblique", words)
    assert len(picture.letters.left) == 2  # the smaller component too
    for part, way in zip(("p_way", "q_way"), ((0, 1), (1, 0)), strict=True):
        cross = person.view().picture.cross
        assert abs(float(np.dot(getattr(cross, part), way))) == pytest.approx(
            np.cos(np.radians(angle)), abs=0.01
        )


def test_near_the_middle_a_line_is_moved_and_not_turned(person):
    at = person.view().port.crosshair_at()
    person.drag((at[0], at[1] + 60), (at[0] + 40, at[1] + 60))
    assert not person.session.viewing.is_turned()
    assert person.session.viewing.crosshair[0] > 128


@pytest.mark.parametrize("keys", ["look.reset", "look.straighten"])
def test_the_planes_are_straight_again_by_key(person, keys):
    turned(person)
    assert person.session.viewing.is_turned("coronal")
    person.window.run[keys]()
    assert not person.session.viewing.is_turned()
    assert person.view("coronal").port.shown.axis == 1


def test_the_wheel_goes_through_parallel_planes_and_comes_back(person):
    turned(person)
    port = person.view("coronal").port
    start, place = port.index, person.session.viewing.crosshair
    person.wheel(3, plane="coronal", at=(60.0, 60.0))
    assert abs(port.index - start) == 3
    person.wheel(-3, plane="coronal", at=(60.0, 60.0))
    assert port.index == start
    assert person.session.viewing.crosshair == pytest.approx(place, abs=1e-6)


def test_shift_and_moving_puts_the_crosshair_on_the_very_place_of_the_oblique_plane(person):
    turned(person)
    port = person.view("coronal").port
    index, place = port.index, port.plane_at(100.0, 150.0)
    person.point((100.0, 150.0), Qt.KeyboardModifier.ShiftModifier, plane="coronal")
    assert port.index == index
    assert port.shown.place_of(person.session.viewing.crosshair) == pytest.approx(place, abs=1e-6)
    media, voxel = person.session.media[0], port.voxel_at(100.0, 150.0)
    i, j, k = (int(np.floor(at + 0.5)) for at in voxel)
    value = f"{media.in_units(media.pixels[k, j, i]):.0f}".replace("-", "\N{MINUS SIGN}")
    assert f"{value} HU" in probe_text(media, voxel)


def test_once_a_view_rests_its_mixed_picture_is_drawn(person, qtbot):
    turned(person)
    pane = person.view("coronal").port.pane
    qtbot.waitUntil(lambda: is_at_rest(stage_of(person.session, pane)), timeout=20_000)


def test_nothing_is_edited_on_an_oblique_view(person):
    turned(person)
    person.session.set_mode("edit")
    person.settle()
    view = person.view("coronal")
    assert not person.window.hands.is_drawing_on(view.port)
    assert person.window.hands.is_drawing_on(person.view().port)
    assert view.picture.frame == "none"
    assert "labels cannot be edited here" in view.picture.corners.top_right


def test_a_label_is_hovered_and_selected_where_an_oblique_plane_cuts_it(person):
    label = labels_of(person.session, "Descending aorta")[0]
    person.session.go_to(label)
    turned(person)
    view = person.view("coronal")
    mark = next(mark for mark in view.picture.marks if mark.id == label)
    assert mark.drawn.is_cut
    (p, q) = np.concatenate(mark.drawn.areas).mean(axis=0)
    x, y = view.port.affine() @ (p, q, 1.0)
    person.click((x, y), plane="coronal")
    assert label in person.session.selection


def test_a_slab_is_said_and_shows_all_labels_in_it(person, qtbot):
    thin = {mark.id for mark in person.view().picture.marks}
    person.window.run["slab.cycle"]()

    def shown() -> set[AnnotationId]:
        return {mark.id for mark in person.view().picture.marks}

    qtbot.waitUntil(lambda: shown() > thin, timeout=20_000)
    words = person.view().picture.corners.top_right
    assert words[2] == "all labels in it"
    assert words[:2] == ("Axial", "MIP 10.0 mm")
    person.point(person.at_pixel(128, 128))
    assert person.window.status.probe.text().endswith(MID_SLAB)
    person.window.run["slab.thicker"]()
    assert person.window.slabbing.slab.mm == 15.0
    person.window.run["slab.off"]()
    assert person.window.slabbing.slab is None
    qtbot.waitUntil(lambda: shown() == thin, timeout=20_000)


def test_the_fourth_view_is_a_slab_of_its_own_on_which_nothing_is_drawn(person, qtbot):
    person.key(Qt.Key.Key_4, Qt.KeyboardModifier.AltModifier)
    fourth = person.window.views.shown[3]
    qtbot.waitUntil(lambda: is_at_rest(stage_of(person.session, fourth.port.pane)), timeout=20_000)
    assert fourth.picture.corners.top_right[:2] == ("Axial", "MIP 20.0 mm")
    assert person.view().picture.corners.top_right == ("Axial",)
    QTest.mouseClick(fourth, Qt.MouseButton.LeftButton, pos=fourth.rect().center())
    person.window.run["slab.set"]()
    popup = person.window.slabbing.popup
    popup.mm.selectAll()
    QTest.keyClicks(popup.mm, "7.3")
    QTest.keyClick(popup.mm, Qt.Key.Key_Return)
    popup.close()
    person.settle()
    assert fourth.picture.corners.top_right[:2] != ("Axial", "MIP 20.0 mm")
    assert stage_of(person.session, fourth.port.pane).slab == Slab("mip", 7.3)
    assert stage_of(person.session, person.view().port.pane).slab is None
    person.session.set_mode("edit")
    person.settle()
    assert not person.window.hands.is_drawing_on(fourth.port)
    assert person.window.hands.is_drawing_on(person.view().port)
    person.click((60.0, 60.0))  # another view is in hand: the menu is about all planes
    assert person.window.slabbing.slab is None


def test_where_nothing_is_measured_the_picture_and_the_status_line_say_so(person):
    turned(person)
    person.key(Qt.Key.Key_D)
    view = person.view("coronal")
    person.drag((60.0, 60.0), (120.0, 90.0), plane="coronal")
    assert person.window.status.hint.text() == f"{REFUSED} {WAY_OUT}"
    assert "no measuring here" in view.picture.corners.top_right
    person.point((90.0, 70.0), plane="coronal")
    assert view.cursor().shape() == Qt.CursorShape.ForbiddenCursor
    assert person.session.measurements.by_number == {}
    assert "no measuring here" not in person.view().picture.corners.top_right
