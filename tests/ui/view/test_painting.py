"""Masks painted by hand in a window, saved by their vendors and read again."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from windows import Person, demo_study, opened_window

from viewer.demo import REDBRICK_FOLDER, demo_folder
from viewer.geometry.mask import Mask
from viewer.geometry.solids import MaskVolume
from viewer.model.annotation import AnnotationId
from viewer.review.matching import match

ALT = Qt.KeyboardModifier.AltModifier
Open = Callable[[Path], Person]


@pytest.fixture(name="opened")
def opener(qtbot: QtBot) -> Iterator[Open]:
    with opened_window(qtbot, demo=False) as person:

        def opening(export: Path) -> Person:
            person.edit(export, demo_study().media)
            return person

        yield opening


@pytest.fixture(name="tasks")
def redbrick_copy(tmp_path: Path) -> Path:
    shutil.copytree(demo_folder()[1].parent / REDBRICK_FOLDER, tmp_path / "in")
    return tmp_path / "in" / "tasks.json"


def mask_label(person: Person, kind: type) -> AnnotationId:
    """The first label with a mask of this kind that can be edited; it is selected and shown."""
    annotations = person.session.project.annotations
    found = next(
        id
        for id in annotations
        if isinstance(annotations[id].placements[0].shape, kind)
        and not annotations[id].locked_reason
    )
    person.session.go_to(found)
    person.session.select([found])
    person.settle()
    return found


def mask_here(person: Person, id: AnnotationId) -> Mask:
    shape = person.session.project.annotations[id].placements[0].shape
    if isinstance(shape, MaskVolume):
        shape = shape.masks.mask(person.session.slice)
    assert isinstance(shape, Mask)
    return shape


def corner_stroke(person: Person) -> None:
    """Drag over the upper left part of the picture, far from every label."""
    person.drag(person.at_pixel(20, 20), person.at_pixel(60, 24))


def same(one: Mask, other: Mask) -> bool:
    is_there = (one.x, one.y, one.width, one.height) == (
        other.x,
        other.y,
        other.width,
        other.height,
    )
    return is_there and bool(np.array_equal(one.runs, other.runs))


@pytest.mark.parametrize("kind", [Mask, MaskVolume])
def test_a_stroke_on_the_selected_mask_is_saved_and_read_again(
    opened: Open, tasks: Path, tmp_path: Path, kind: type
) -> None:
    person = opened(tasks if kind is MaskVolume else demo_folder()[1])
    id = mask_label(person, kind)
    before = mask_here(person, id)
    person.key(Qt.Key.Key_B)
    corner_stroke(person)
    painted = mask_here(person, id)
    assert painted.area > before.area + 40 * 10
    assert person.session.selection == {id}
    person.key(Qt.Key.Key_E)
    corner_stroke(person)
    assert same(mask_here(person, id), before)
    person.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert same(mask_here(person, id), painted)
    again = person.saved(tmp_path / "out")
    placement = again.annotations[AnnotationId("1", id.ordinal)].placements[0]
    found = placement.shape
    match(again, person.session.media)  # tells volumes the grid that they are shown on
    if isinstance(found, MaskVolume):
        found = found.masks.mask(person.session.slice)
    assert isinstance(found, Mask)
    assert same(found, painted)
    person.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert person.session.project is person.session.history.opened


def test_a_volume_is_painted_on_a_slice_where_it_had_nothing(
    opened: Open, tasks: Path, tmp_path: Path
) -> None:
    person = opened(tasks)
    id = mask_label(person, MaskVolume)
    person.session.viewing.set_crosshair((30.0, 30.0, 3.0))
    person.settle()
    person.key(Qt.Key.Key_B)
    corner_stroke(person)
    painted = mask_here(person, id)
    assert painted.area > 40 * 10
    again = person.saved(tmp_path / "out")
    match(again, person.session.media)
    found = again.annotations[AnnotationId("1", id.ordinal)].placements[0].shape
    assert isinstance(found, MaskVolume)
    mask = found.masks.mask(3)
    assert mask is not None
    assert same(mask, painted)


def test_a_new_mask_gets_the_chosen_label_and_stands_in_the_saved_files(
    opened: Open, tasks: Path, tmp_path: Path
) -> None:
    person = opened(tasks)
    person.key(Qt.Key.Key_B)
    corner_stroke(person)
    (id,) = person.session.selection
    assert id.new
    painted = mask_here(person, id)
    again = person.saved(tmp_path / "out")
    match(again, person.session.media)
    volumes = (again.annotations[one].placements for one in again.annotations)
    shapes = (held[0].shape for held in volumes if held)
    masks = [s.masks.mask(person.session.slice) for s in shapes if isinstance(s, MaskVolume)]
    assert any(mask is not None and same(mask, painted) for mask in masks)


def test_the_brush_is_seen_at_its_true_size_which_keys_and_the_wheel_change(
    opened: Open, tasks: Path
) -> None:
    person = opened(tasks)

    def width_px() -> float:
        preview = person.view().picture.preview
        assert preview is not None
        assert preview.circle is not None
        media = person.session.current
        assert media is not None
        return (preview.circle[2] - preview.circle[0]) / media.spacing_mm[0]

    person.key(Qt.Key.Key_B)
    person.point(person.at_pixel(100, 100))
    first, slice = width_px(), person.session.slice
    person.key(Qt.Key.Key_BracketRight)
    larger = width_px()
    assert larger > first
    person.wheel(-2, ALT)
    assert width_px() < larger
    assert person.session.slice == slice
    person.key(Qt.Key.Key_BracketLeft)
    assert person.view().cursor().shape() == Qt.CursorShape.BlankCursor
    before = width_px()
    person.click(person.at_pixel(100, 100))
    (id,) = person.session.selection
    assert abs(mask_here(person, id).width - before) <= 1
    person.key(Qt.Key.Key_A)
    person.point(person.at_pixel(30, 30))
    assert person.view().picture.preview is None
