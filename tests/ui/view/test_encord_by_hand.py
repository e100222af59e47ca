"""Regions, holes and nodes of an Encord export changed by mouse and keys, saved and read again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from encord_rows import box, polygon, row, thing
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot
from windows import LEFT, NONE, RIGHT, Person, demo_study, opened_window

from viewer.formats import read_export, write_export
from viewer.geometry.shapes import Polygon, Regions, Shape, Skeleton
from viewer.media.volume import Volume
from viewer.model.annotation import AnnotationId
from viewer.review.matching import match

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
Json = Any
SHIFT, ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier
SLICE = 5
RING = [0.25, 0.25, 0.75, 0.25, 0.75, 0.75, 0.25, 0.75]
SPELLED = "0.75, 0.750, 0.25"
NODES = {
    "0": {"x": 0.1, "y": 0.1, "featureHash": "n0", "name": "top", "visibility": "visible"},
    "1": {"x": 0.2, "y": 0.2, "featureHash": "n1", "name": "end", "occluded": True},
}


@pytest.fixture(name="person")
def at_the_window(qtbot: QtBot, tmp_path: Path) -> Iterator[Person]:
    """A polygon, a skeleton and a box on one slice of the demo's series, in Edit mode."""
    volume = next(one for one in demo_study().media if isinstance(one, Volume))
    facts = {"dicom_instance_uid": volume.instances[SLICE].sop_uid, "multiframe_frame_number": None}
    things = [polygon("p", [[RING]]), thing("s", "skeleton", {"skeleton": NODES}), box("b")]
    labels = {str(SLICE): {"objects": things, "classifications": [], "metadata": facts}}
    unit = {"width": volume.columns, "height": volume.rows,
            "metadata": {"series_uid": volume.facts.series_uid}}  # fmt: skip
    text = json.dumps([row("dicom", labels, "ct", unit=unit)])
    (tmp_path / "rows.json").write_text(text.replace("0.75, 0.75, 0.25", SPELLED))
    with opened_window(qtbot, demo=False) as person:
        project = read_export(tmp_path / "rows.json")
        person.session.open(project, (volume,), (), match(project, (volume,)))
        person.session.select((next(iter(project.annotations)),))
        person.key(Qt.Key.Key_N)
        person.key(Qt.Key.Key_N, SHIFT)
        qtbot.waitUntil(lambda: not person.window.views.turns.is_busy, timeout=30_000)
        person.window.views.active.setFocus()
        person.key(Qt.Key.Key_F3)
        assert person.session.slice == SLICE
        yield person


def at(person: Person, x: float, y: float) -> tuple[float, float]:
    """Where a place in parts of the picture is on the screen."""
    media = person.session.current
    assert media is not None
    return person.at_pixel(x * media.columns, y * media.rows)


def choose(person: Person, number: int) -> AnnotationId:
    """Select a label by its number in the file, and return it."""
    id = list(person.session.project.annotations)[number]
    person.session.select((id,))
    person.settle()
    return id


def shape_of(person: Person, id: AnnotationId) -> Shape | None:
    return person.session.project.annotations[id].placements[0].shape


def draw(person: Person, *corners: tuple[float, float]) -> None:
    for corner in corners:
        person.click(at(person, *corner))
    person.key(Qt.Key.Key_Return)


def lines_at(person: Person, x: float, y: float) -> QMenu:
    """Open the menu of a place."""
    person.click(at(person, x, y), RIGHT)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def pick(person: Person, menu: QMenu, words: str) -> None:
    (line,) = (line for line in menu.actions() if line.text() == words)
    QTest.mouseClick(menu, LEFT, NONE, menu.actionGeometry(line).center())
    person.settle()


def record(person: Person, folder: Path, id: str) -> Json:
    """Save, and return one object of the file."""
    opened = person.session.history.opened
    write_export(opened, person.session.project, "1", folder / "out.json", overwrite=True)
    (held,) = json.loads((folder / "out.json").read_bytes())
    objects = held["data_units"]["ct"]["labels"][str(SLICE)]["objects"]
    return next(one for one in objects if one["objectHash"] == id)


def test_a_region_and_a_hole_are_drawn_and_removed(person: Person, tmp_path: Path) -> None:
    id = choose(person, 0)
    person.key(Qt.Key.Key_P, SHIFT)
    draw(person, (0.8, 0.8), (0.95, 0.8), (0.9, 0.95))
    person.key(Qt.Key.Key_P, ALT)
    draw(person, (0.4, 0.4), (0.6, 0.4), (0.5, 0.6))
    shape = shape_of(person, id)
    assert isinstance(shape, Regions)
    assert [len(part.rings) for part in shape.parts] == [2, 1]
    held = record(person, tmp_path, "p")
    assert [len(rings) for rings in held["polygons"]] == [2, 1]
    assert held["polygons"][0][0] == RING
    assert SPELLED.encode() in (tmp_path / "out.json").read_bytes()
    first = held["polygon"].values()
    assert [number for corner in first for number in (corner["x"], corner["y"])] == RING
    person.key(Qt.Key.Key_A)
    pick(person, lines_at(person, 0.5, 0.45), "Remove hole")
    pick(person, lines_at(person, 0.9, 0.85), "Remove region")
    assert isinstance(shape_of(person, id), Polygon)
    assert record(person, tmp_path, "p")["polygons"] == [[RING]]
    for _ in range(4):
        person.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert person.session.project is person.session.history.opened


def test_a_polygon_goes_on_with_its_second_region_when_the_first_is_removed(
    person: Person, tmp_path: Path
) -> None:
    choose(person, 0)
    person.key(Qt.Key.Key_P, SHIFT)
    draw(person, (0.8, 0.8), (0.95, 0.8), (0.9, 0.95))
    person.key(Qt.Key.Key_A)
    pick(person, lines_at(person, 0.3, 0.5), "Remove region")
    held = record(person, tmp_path, "p")
    ((ring,),) = held["polygons"]
    assert [number for c in held["polygon"].values() for number in (c["x"], c["y"])] == ring
    assert ring[0] == pytest.approx(0.8, abs=0.01)


def test_a_node_is_said_to_be_seen_otherwise_in_its_own_spelling(
    person: Person, tmp_path: Path
) -> None:
    id = choose(person, 1)
    menu = lines_at(person, 0.1, 0.1)
    assert "Node 1: visible" in [line.text() for line in menu.actions() if line.isChecked()]
    pick(person, menu, "Node 1: invisible")
    pick(person, lines_at(person, 0.2, 0.2), "Node 2: visible")
    shape = shape_of(person, id)
    assert isinstance(shape, Skeleton)
    assert shape.states == ("invisible", "visible")
    held = record(person, tmp_path, "s")["skeleton"]
    assert held == {
        "0": {**NODES["0"], "visibility": "invisible"},
        "1": {**NODES["1"], "occluded": False},
    }


def test_nothing_of_a_label_is_offered_where_labels_are_locked(person: Person) -> None:
    choose(person, 1)
    person.key(Qt.Key.Key_F2)
    menu = lines_at(person, 0.1, 0.1)
    assert not any(line.text().startswith("Node") for line in menu.actions())
    menu.close()
