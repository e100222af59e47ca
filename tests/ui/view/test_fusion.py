"""A second series laid over the first by mouse and keys, and what is said of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot
from windows import LEFT, NONE, Person, demo_study, opened_window

from viewer.geometry.views import PlaneName
from viewer.media.volume import Volume
from viewer.model.project import Project
from viewer.review.matching import match
from viewer.session.laying import Laid, ways_to_lay

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
PLANES: tuple[PlaneName, ...] = ("axial", "sagittal", "coronal")


def first_volume() -> Volume:
    volume = demo_study().media[0]
    assert isinstance(volume, Volume)
    return volume


def beside(volume: Volume, frame: str = "1.9", **how: object) -> Volume:
    facts = replace(volume.facts, series_uid="1.2.77", frame_of_reference_uid=frame)
    return replace(volume, id="1.2.77", title="Again", facts=facts, **how)


@pytest.fixture(name="person")
def at_two_series(qtbot: QtBot) -> Iterator[Person]:
    """The demo's series, and a map of its bones as a series of its own."""
    first = first_volume()
    first = replace(first, facts=replace(first.facts, frame_of_reference_uid="1.9"))
    bones = (first.in_units(first.pixels) > 250).astype(np.uint8)
    rescale = replace(first.rescale, slope=1.0, intercept=0.0, unit="")
    media = (first, beside(first, pixels=bones, rescale=rescale, windows=()))
    with opened_window(qtbot, demo=False) as person:
        person.session.open(Project(), media, (), match(Project(), media))
        person.session.viewing.show(0)
        person.bot.waitUntil(lambda: not person.window.jobs.is_busy(), timeout=60_000)
        person.settle()
        yield person


def lay_by_menu(person: Person) -> None:
    series = person.window.media_panel.list
    at = series.visualItemRect(series.item(1)).center()
    QTest.mouseClick(series.viewport(), Qt.MouseButton.RightButton, NONE, at)
    assert person.session.viewing.media_index == 0
    series.customContextMenuRequested.emit(at)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    line = menu.actions()[-1]
    assert line.text() == "Lay over this: by patient position"
    QTest.mouseClick(menu, LEFT, NONE, menu.actionGeometry(line).center())
    person.settle()


def test_a_map_laid_over_by_the_menu_covers_its_own_voxels_on_all_planes(person: Person) -> None:
    lay_by_menu(person)
    bones = person.session.media[1]
    assert isinstance(bones, Volume)
    index = [round(at) for at in person.session.viewing.crosshair]
    truths = {
        "axial": bones.pixels[index[2]],
        "sagittal": bones.pixels[:, :, index[0]],
        "coronal": bones.pixels[:, index[1]],
    }
    for plane in PLANES:
        picture = person.view(plane).picture
        assert picture is not None
        assert picture.fused is not None
        cover = picture.fused.colors[..., 3] > 0
        finer = np.array(cover.shape) // truths[plane].shape
        truth = np.kron(truths[plane], np.ones(finer)) > 0
        assert truth.any()
        np.testing.assert_array_equal(cover, truth)
    axial = person.view().picture
    assert axial is not None
    assert "over it: Again" in axial.corners.top_right
    assert "by patient position, 50\u2009%, label map" in axial.corners.top_right
    told: list[str] = []
    person.view().pointed.connect(told.append)
    person.point(person.at_place("axial", 100.3, 100.3))
    place = person.view().port.voxel_at(*np.round(person.at_place("axial", 100.3, 100.3)))
    assert place is not None
    i, j, k = (round(at) for at in place)
    assert told[-1].endswith(f"over it: {bones.pixels[k, j, i]}")
    assert "HU" in told[-1]


def test_opacity_and_taking_away(person: Person) -> None:
    lay_by_menu(person)
    person.window.actions_["over.look"].trigger()
    popup = person.window.laying.popup
    popup.opacity.setValue(80)
    assert person.session.viewing.laid_over(0) == Laid(1, "place", 0.8)
    popup.close()
    person.window.actions_["over.off"].trigger()
    person.settle()
    picture = person.view().picture
    assert picture is not None
    assert picture.fused is None


@pytest.mark.parametrize(
    ("over", "how", "words"),
    [
        ({"frame": "1.9"}, "place", "by patient position"),
        ({"frame": ""}, "place", "no frame of reference says"),
        ({"frame": "7.7"}, "voxel", "frames of reference differ"),
    ],
)
def test_how_two_series_come_together_is_said(over: dict[str, str], how: str, words: str) -> None:
    first = first_volume()
    first = replace(first, facts=replace(first.facts, frame_of_reference_uid="1.9"))
    (way,) = ways_to_lay(first, beside(first, **over))
    assert way.how == how
    assert words in way.words
    (refused,) = ways_to_lay(first, first)
    assert refused.how is None
