"""Parts of a data group stand side by side; the one under the hand is what everything is about."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from encord_rows import box, row
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from windows import LEFT, NONE, Person, demo_study, opened_window, send_move

from viewer.formats import read_export
from viewer.geometry.shapes import Box
from viewer.media import open_media
from viewer.media.volume import Volume
from viewer.paint.framing import FIT, on_screen
from viewer.review.matching import match
from viewer.ui.view.view import PlaneView

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
SLICE = 5
NAMES = ("front.png", "back.png", "spare.png")


def space(kind: str, place: str, name: str, *things: object, at: int = 0, **other: object):
    """A space of a group with things on one frame."""
    labels = {str(at): {"objects": list(things), "classifications": []}}
    info = {"layout_key": place, "file_name": name}
    size = {"width": 64, "height": 32}
    return {"space_type": kind, "child_info": info, **size, "labels": labels, **other}


def open_group(
    person: Person,
    folder: Path,
    *groups: Mapping[str, object],
    ct: bool,
    names: Sequence[str] = NAMES,
) -> None:
    """Open groups over pictures of one stack, and the demo's series beside where wanted."""
    for shade, name in enumerate(names, start=1):
        Image.new("L", (64, 32), min(60 * shade, 255)).save(folder / name)
    rows = [row("group", {}, f"g{n}", spaces=spaces) for n, spaces in enumerate(groups)]
    (folder / "rows.json").write_text(json.dumps(rows))
    volume = next(one for one in demo_study().media if isinstance(one, Volume))
    media = (*([volume] if ct else []), *open_media(str(folder)).media)
    project = read_export(folder / "rows.json")
    person.session.open(project, media, (), match(project, media))
    person.bot.waitUntil(lambda: not person.window.jobs.is_busy(), timeout=60_000)
    person.settle()
    person.window.views.active.setFocus()


@pytest.fixture(name="person")
def at_a_series_and_pictures(qtbot: QtBot, tmp_path: Path) -> Iterator[Person]:
    """The demo's series at the left, two pictures of one stack above each other at the right."""
    volume = next(one for one in demo_study().media if isinstance(one, Volume))
    uids = [{"width": 256, "height": 256, "instance_uid": i.sop_uid} for i in volume.instances]
    spaces = {
        "a": space("medical_stack", "left", "ct", box("ct"), at=SLICE, frames=uids),
        "b": space("image", "top-right", "front.png", box("front")),
        "c": space("image", "bottom-right", "back.png", box("back", 0.5)),
    }
    with opened_window(qtbot, demo=False) as person:
        open_group(person, tmp_path, spaces, ct=True)
        yield person


def part(person: Person, place: str) -> PlaneView:
    """The view of a part."""
    return next(view for view in person.window.views.shown if view.port.pane.title == place)


def drawn(person: Person) -> dict[str, list[str]]:
    """The labels that each part shows."""
    annotations = person.session.project.annotations
    pictures = {view.port.pane.title: view.picture for view in person.window.views.shown}
    return {
        place: [annotations[mark.id].native_id for mark in picture.marks]
        for place, picture in pictures.items()
        if picture is not None
    }


def press(person: Person, view: PlaneView, at: tuple[int, int]) -> None:
    QTest.mouseClick(view, LEFT, NONE, QPoint(*at))
    person.settle()


def at_pixel(view: PlaneView, x: float, y: float) -> tuple[int, int]:
    """Where a place in the pixel space of a part lies in its view."""
    affine, shown = view.port.affine(), view.port.shown
    assert affine is not None
    assert shown is not None
    px, py = on_screen(affine, shown.mm_of_pixels([(x, y)]))[0].tolist()
    return round(px), round(py)


def test_each_part_stands_where_its_key_says_with_its_own_labels(person: Person) -> None:
    person.session.viewing.set_crosshair((0.0, 0.0, float(SLICE)), 0)
    person.settle()
    left, top, bottom = (part(person, name) for name in ("left", "top-right", "bottom-right"))
    assert left.height() == person.window.views.height()
    assert left.geometry().right() < top.geometry().left() == bottom.geometry().left()
    assert top.geometry().bottom() < bottom.geometry().top()
    assert drawn(person) == {"left": ["ct"], "top-right": ["front"], "bottom-right": ["back"]}
    assert all(view.isVisible() for view in (left, top, bottom))


@pytest.mark.parametrize("place", ["left", "top-right", "bottom-right"])
def test_a_press_makes_a_part_the_one_in_hand_and_moves_no_picture(
    person: Person, place: str
) -> None:
    places = [view.geometry() for view in person.window.views.shown]
    other = part(person, "left" if place != "left" else "top-right")
    press(person, other, (20, 100))
    press(person, part(person, place), (20, 100))
    assert [view.port.pane.title for view in person.window.views.shown if view.port.is_current] == [
        place
    ]
    assert person.window.views.active is part(person, place)
    assert [view.geometry() for view in person.window.views.shown] == places


def test_a_label_of_a_part_is_selected_moved_and_saved_there(
    person: Person, tmp_path: Path
) -> None:
    press(person, part(person, "left"), (20, 100))
    person.key(Qt.Key.Key_F3)
    view = part(person, "bottom-right")
    start = at_pixel(view, 36, 20)  # the middle of the box
    QTest.mousePress(view, LEFT, NONE, QPoint(*start))
    for far in (10, 20):
        send_move(view, np.array((start[0] + far, start[1])), LEFT, NONE)
    QTest.mouseRelease(view, LEFT, NONE, QPoint(start[0] + 20, start[1]))
    person.settle()
    (edited,) = person.session.project.annotations.edits.values()
    assert edited is not None
    assert edited.native_id == "back"
    shape = edited.placements[0].shape
    assert isinstance(shape, Box)
    assert shape.x > 32
    again = person.saved(tmp_path / "out")
    assert again.exports["1"].media_groups == person.session.project.exports["1"].media_groups


def test_the_wheel_goes_through_the_part_under_it(person: Person) -> None:
    press(person, part(person, "top-right"), (20, 100))
    before = person.session.viewing.crosshair_of(0)
    view = part(person, "left")
    person.wheel_over(view, -1)
    assert view.port.is_current
    assert person.session.viewing.crosshair_of(0) != before


def test_a_double_click_shows_one_part_alone_and_brings_the_others_back(person: Person) -> None:
    view = part(person, "left")
    QTest.mouseClick(view, LEFT, NONE, QPoint(30, 120))
    QTest.mouseDClick(view, LEFT, NONE, QPoint(30, 120))
    person.settle()
    (alone,) = person.window.views.shown
    assert alone.plane == "axial"
    assert person.session.viewing.media_index == 0
    assert QApplication.focusWidget() is alone
    QTest.mouseDClick(alone, LEFT, NONE, QPoint(30, 120))
    person.settle()
    assert len(person.window.views.shown) == 3
    assert QApplication.focusWidget() is part(person, "left")


def test_zoom_and_pan_of_parts_outlast_one_of_them_alone(person: Person) -> None:
    view = part(person, "top-right")
    person.wheel_over(view, 3, Qt.KeyboardModifier.ControlModifier, (60.0, 60.0))
    framing = view.port.camera.framing
    press(person, part(person, "left"), (20, 100))
    for _ in range(2):
        person.key(Qt.Key.Key_G, Qt.KeyboardModifier.ShiftModifier)
    assert part(person, "top-right").port.camera.framing == framing != FIT


def test_a_key_shows_the_part_in_hand_by_itself_as_without_a_group(person: Person) -> None:
    press(person, part(person, "left"), (20, 100))
    person.key(Qt.Key.Key_G, Qt.KeyboardModifier.ShiftModifier)
    assert {view.port.pane.spot for view in person.window.views.shown} == {None}
    assert len(person.window.views.shown) == 3
    person.key(Qt.Key.Key_G, Qt.KeyboardModifier.ShiftModifier)
    assert set(drawn(person)) == {"left", "top-right", "bottom-right"}


def test_the_status_line_tells_of_the_pixel_under_the_pointer_in_any_part(person: Person) -> None:
    press(person, part(person, "left"), (20, 100))
    shades = {"top-right": 60, "bottom-right": 120}
    for place, shade in shades.items():
        view = part(person, place)
        send_move(
            view, np.array((view.width() / 2, view.height() / 2)), Qt.MouseButton.NoButton, NONE
        )
        assert person.window.status.probe.text().split("·")[1].split()[0] == str(shade)


def test_a_picture_that_is_no_part_is_shown_alone(person: Person) -> None:
    press(person, part(person, "top-right"), (20, 100))
    spots = {
        view.port.pane.picture for view in person.window.views.shown if view.port.pane.media == 1
    }
    (spare,) = {0, 1, 2} - spots
    i, j, _ = person.session.viewing.crosshair
    person.session.viewing.set_crosshair((i, j, float(spare)))
    person.settle()
    assert [view.port.pane.spot for view in person.window.views.shown] == [None]
    assert not person.window.actions_["look.side_by_side"].isEnabled()


def test_parts_without_sides_in_their_names_stand_in_the_files_order(
    qtbot: QtBot, tmp_path: Path
) -> None:
    spaces = {
        "a": space("image", "front", "front.png", box("front")),
        "b": space("image", "back", "back.png", box("back")),
    }
    with opened_window(qtbot, demo=False) as person:
        open_group(person, tmp_path, spaces, ct=False)
        first, second = person.window.views.shown
        assert (first.port.pane.title, second.port.pane.title) == ("front", "back")
        assert first.geometry().right() < second.geometry().left()
        assert drawn(person) == {"front": ["front"], "back": ["back"]}


def test_a_part_in_hand_is_framed_and_has_the_keys_whatever_plane_was_looked_at(
    person: Person,
) -> None:
    press(person, part(person, "bottom-right"), (20, 100))
    press(person, part(person, "left"), (20, 100))
    person.key(Qt.Key.Key_G, Qt.KeyboardModifier.ShiftModifier)
    person.click((20, 100), plane="sagittal")
    person.key(Qt.Key.Key_G, Qt.KeyboardModifier.ShiftModifier)
    frames = {view.port.pane.title: view.picture for view in person.window.views.shown}
    framed = [place for place, picture in frames.items() if picture and picture.frame == "active"]
    assert framed == ["left"]
    assert person.window.views.active is part(person, "left")


def test_a_key_brings_the_group_back_from_a_part_that_is_maximised(person: Person) -> None:
    action = person.window.actions_["look.side_by_side"]
    person.key(Qt.Key.Key_M, Qt.KeyboardModifier.ShiftModifier)
    assert len(person.window.views.shown) == 1
    assert not action.isChecked()
    person.key(Qt.Key.Key_G, Qt.KeyboardModifier.ShiftModifier)
    assert len(person.window.views.shown) == 3
    assert action.isChecked()


def test_parts_of_other_media_are_shown_from_the_beginning(person: Person) -> None:
    session = person.session
    part(person, "left").port.zoom(4.0, 50.0, 50.0)
    volume = session.media[0]
    assert isinstance(volume, Volume)
    media = (replace(volume), *session.media[1:])
    session.open(session.project, media, (), match(session.project, media))
    person.settle()
    assert part(person, "left").port.camera.framing == FIT


def test_what_is_drawn_in_a_part_outlasts_the_wheel_and_a_press_in_another(person: Person) -> None:
    said: list[str] = []
    left, beside = part(person, "left"), part(person, "bottom-right")
    press(person, left, (20, 100))
    person.key(Qt.Key.Key_F3)
    hands = person.window.hands
    hands.label = ("1", "f bounding box")
    hands.take_tool("box")
    press(person, left, (60, 160))
    assert hands.is_busy
    person.session.said.connect(said.append)
    person.wheel_over(beside, -1)
    press(person, beside, (20, 100))
    QTest.mouseDClick(beside, LEFT, NONE, QPoint(20, 100))
    assert said == [
        "A label is being drawn in another part: finish it there, or give it up with Esc."
    ]
    assert hands.is_busy
    press(person, left, (160, 260))
    (drawn,) = person.session.project.annotations.edits.values()
    assert drawn is not None
    place = person.session.matches.first_of(drawn.id)
    assert place is not None
    assert place.media == 0


def test_what_is_drawn_on_a_picture_stays_there_though_another_of_its_stack_stands_beside(
    person: Person,
) -> None:
    top, bottom = part(person, "top-right"), part(person, "bottom-right")
    press(person, top, (20, 100))
    person.key(Qt.Key.Key_F3)
    hands = person.window.hands
    hands.label = ("1", "f bounding box")
    hands.take_tool("box")
    press(person, top, (60, 160))
    picture = person.session.slice
    press(person, bottom, (80, 120))
    for view in (top, bottom):
        person.wheel_over(view, -1)
    assert person.session.slice == picture
    assert hands.is_busy
    press(person, top, (160, 220))
    (made,) = person.session.project.annotations.edits.values()
    assert made is not None
    place = person.session.matches.first_of(made.id)
    assert place is not None
    assert (place.media, place.slice) == (1, picture)


def test_the_wheel_goes_on_through_pictures_that_are_parts(person: Person) -> None:
    view = part(person, "bottom-right")  # the first of three in their stack
    press(person, view, (20, 100))
    seen: list[int] = []
    for _ in range(2):
        person.wheel_over(view, -1)
        seen.append(person.session.slice)
    assert seen == [1, 2]


def test_a_picture_of_two_groups_leaves_the_one_shown_as_it_is(
    qtbot: QtBot, tmp_path: Path
) -> None:
    shared = space("image", "left", "front.png", box("front"))
    groups = [
        {"a": shared, "b": space("image", "right", name, box(name))}
        for name in ("back.png", "spare.png")
    ]
    with opened_window(qtbot, demo=False) as person:
        open_group(person, tmp_path, *groups, ct=False)
        for other, name in ((2, "spare.png"), (0, "back.png")):
            person.session.viewing.set_crosshair((0.0, 0.0, float(other)))
            person.settle()
            press(person, part(person, "left"), (20, 100))
            assert drawn(person)["right"] == [name]


def test_nine_parts_do_not_lie_over_each_other_in_the_smallest_window(
    qtbot: QtBot, tmp_path: Path
) -> None:
    names = [f"{number}.png" for number in range(9)]
    spaces = {name: space("image", name, name, box(name)) for name in names}
    with opened_window(qtbot, demo=False) as person:
        open_group(person, tmp_path, spaces, ct=False, names=names)
        person.window.resize(1, 1)
        person.settle()
        places = [view.geometry() for view in person.window.views.shown]
        assert len(places) == 9
        assert not any(one.intersects(other) for one, other in combinations(places, 2))
