"""Whole stories in the window: open, look, edit, save, open again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from sampled import some_of
from windows import Person, labels_of, opened_window

from viewer.demo import demo_folder
from viewer.geometry.shapes import Box, Polygon

CTRL = Qt.KeyboardModifier.ControlModifier


def open_paths(person: Person, *paths: Path) -> None:
    person.window.open([str(path) for path in paths])
    person.wait()


def test_a_reviewer_corrects_a_vertex_adds_a_box_and_finds_both_in_the_saved_copy(
    qtbot: QtBot, tmp_path: Path
) -> None:
    series, export = demo_folder()
    before = export.read_bytes()
    with opened_window(qtbot, demo=False) as person:
        open_paths(person, series, export)
        lung = labels_of(person.session, "Right lung")[2]
        person.window.label_panel.tree.setCurrentIndex(
            person.window.label_panel.model.index_of(lung)
        )
        person.settle()
        shape = person.session.project.annotations[lung].placements[0].shape
        assert isinstance(shape, Polygon)
        person.window.views.active.setFocus()
        person.key(Qt.Key.Key_F3)
        person.drag(person.at_pixel(*shape.vertices[0]), person.at_pixel(*(shape.vertices[0] + 5)))
        person.key(Qt.Key.Key_R)
        person.drag(person.at_pixel(60, 70), person.at_pixel(90, 100))
        count = len(person.session.project.annotations)
        person.save(tmp_path / "corrected.json")
        open_paths(person, series, tmp_path / "corrected.json")
        session = person.session
        assert session.mode == "view"
        assert len(session.project.annotations) == count
        again = session.project.annotations[lung].placements[0].shape
        assert isinstance(again, Polygon)
        assert again.vertices[0] == pytest.approx(shape.vertices[0] + 5, abs=0.7)
        assert np.array_equal(again.vertices[1:], shape.vertices[1:])
        boxes = [
            found
            for id in session.project.annotations
            for placement in session.project.annotations[id].placements
            if isinstance(found := placement.shape, Box) and found.width == pytest.approx(30, abs=2)
        ]
        assert len(boxes) == 1
    assert export.read_bytes() == before


def test_everything_undone_saves_the_very_bytes_that_were_opened(
    qtbot: QtBot, tmp_path: Path
) -> None:
    _series, export = demo_folder()
    with opened_window(qtbot) as person:
        opened = person.session.project
        person.key(Qt.Key.Key_F3)
        person.key(Qt.Key.Key_R)
        person.drag(person.at_pixel(60, 70), person.at_pixel(90, 100))
        person.key(Qt.Key.Key_Delete)
        person.key(Qt.Key.Key_Z, CTRL)
        person.key(Qt.Key.Key_Z, CTRL)
        assert person.session.project is opened
        person.save(tmp_path / "copy.json")
    assert (tmp_path / "copy.json").read_bytes() == export.read_bytes()


def test_every_real_series_opens_into_a_window_that_shows_a_picture(
    qtbot: QtBot, shared: Path
) -> None:
    with opened_window(qtbot, demo=False) as person:
        for folder in some_of(sorted((shared / "data" / "dicom").iterdir()), 10):
            open_paths(person, folder)
            assert person.session.current is not None, folder.name
            assert person.window.centre.currentWidget() is person.window.views
            picture = person.window.views.active.picture
            assert picture is not None, folder.name
            assert picture.image is not None or picture.message is not None, folder.name
