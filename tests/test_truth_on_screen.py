"""Labels on their bright points in a real window, at other pixel ratios, and on frames."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from composed import export_text, row
from numpy.typing import NDArray
from phantoms import ALL_SERIES, dark, frames_written, lit
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from truths import (
    NEAR,
    PLANES,
    SEEN,
    TURNS,
    UNSEEN,
    Painted,
    Picture,
    Study,
    change,
    labelled,
    levels_of,
    middle,
    study,
    voxel_px,
    zoomed,
)
from windows import Person, opened_window

from viewer import open_media, read_export
from viewer.geometry.views import PlaneName
from viewer.media import load
from viewer.model.annotation import AnnotationId
from viewer.paint.compose import Extras, view_picture
from viewer.paint.framing import px_per_mm
from viewer.paint.look import look_of
from viewer.paint.picture import paint_view
from viewer.review.matching import match
from viewer.session.session import Session

VOXEL = (7, 2, 3)
WORDS_PX, STRIP_PX = 56, 20


@pytest.fixture(autouse=True)
def _application(qapp: QApplication) -> None:
    assert qapp is not None


def point_study(folder: Path, name: str, mode: str) -> Study:
    """One lit voxel with one label."""
    tags = ALL_SERIES[name]
    pixels = dark(tags)
    lit(pixels, VOXEL)
    return study(folder, tags, pixels, [labelled(tags, mode, VOXEL)])


def grabbed(person: Person, plane: PlaneName) -> Painted:
    person.settle()
    return levels_of(person.view(plane).grab().toImage())


@pytest.mark.parametrize("name", ["axial", "sagittal, not square", "oblique", "tilted", "prone"])
def test_the_window_shows_a_label_on_its_bright_point(
    name: str, tmp_path: Path, qtbot: QtBot
) -> None:
    with opened_window(qtbot, demo=False) as person:
        for mode in ("location", "bbox", "mask"):
            folder = tmp_path / mode
            folder.mkdir()
            assert_shown_on_its_point(person, point_study(folder, name, mode))


def assert_shown_on_its_point(person: Person, made: Study) -> None:
    session = person.session
    session.open(made.session.project, made.session.media, (), made.session.matches)
    session.go_to(AnnotationId("1", 0))
    session.viewing.set_look(text="none", smooth=False)
    person.settle()
    for plane in PLANES:
        session.viewing.turn_by(plane, TURNS["to the right, flipped"])
        close_up(person, plane)
        session.viewing.set_window(UNSEEN)
        label = grabbed(person, plane)
        session.display.set_style(labels_on=False)
        black = grabbed(person, plane)
        session.viewing.set_window(SEEN)
        light = grabbed(person, plane)
        session.display.set_style(labels_on=True)
        apart = middle(difference(label, black)) - middle(difference(light, black))
        voxel = sizes_of_voxel(made, plane, person)
        assert (np.abs(apart) <= NEAR * voxel).all(), (plane, apart / voxel)


def close_up(person: Person, plane: PlaneName) -> None:
    """Bring the crosshair to the middle of a view, by hand, and come nearer."""
    person.session.viewing.set_look(show_crosshair=True)
    person.settle()
    port = person.view(plane).port
    for _ in range(2):
        at = port.crosshair_at()
        assert at is not None
        port.pan(port.size[0] / 2 - at[0], port.size[1] / 2 - at[1])
    port.zoom(2.0, port.size[0] / 2, port.size[1] / 2)
    person.session.viewing.set_look(show_crosshair=False)


def difference(one: Painted, other: Painted) -> Picture:
    """How much two grabs of a view differ, without the words above and the strip beside."""
    found = change(one, other)
    found[:WORDS_PX] = 0
    found[:, -STRIP_PX:] = 0
    return found


def sizes_of_voxel(made: Study, plane: PlaneName, person: Person) -> NDArray[np.float64]:
    """Size of a voxel, right and down, in px of a view of the window."""
    port = person.view(plane).port
    affine = port.affine()
    assert affine is not None
    whole = view_picture(person.session, plane, port.size)
    return voxel_px(made, plane, whole) * px_per_mm(affine) / px_per_mm(whole.affine)


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0, 3.0])
@pytest.mark.parametrize("smooth", [False, True])
def test_every_pixel_ratio_keeps_labels_on_their_pixels(
    ratio: float, smooth: bool, tmp_path: Path
) -> None:
    made = point_study(tmp_path, "oblique, not square", "location")
    session = made.session
    session.go_to(AnnotationId("1", 0))
    session.viewing.set_look(smooth=smooth)
    for plane in PLANES:
        framing = zoomed(made, plane, VOXEL)

        def painted(labels: bool, plane: PlaneName = plane, framing=framing) -> Painted:
            extras = Extras(framing=framing, bare=True, labels=labels)
            image = QImage(round(480 * ratio), round(480 * ratio), QImage.Format.Format_RGB32)
            image.setDevicePixelRatio(ratio)
            with QPainter(image) as painter:
                paint_view(
                    painter, view_picture(session, plane, (480, 480), extras), look_of("dark")
                )
            return levels_of(image)

        session.viewing.set_window(UNSEEN)
        black, label = painted(False), painted(True)
        session.viewing.set_window(SEEN)
        light = painted(False)
        apart = middle(change(label, black)) - middle(change(light, black))
        view = view_picture(session, plane, (480, 480), Extras(framing=framing, bare=True))
        assert (np.abs(apart) / ratio <= NEAR * voxel_px(made, plane, view)).all(), plane


@pytest.mark.parametrize("turn", TURNS)
def test_a_label_on_a_frame_is_seen_on_that_frame_and_on_its_pixel(
    turn: str, tmp_path: Path
) -> None:
    pixels = np.zeros((5, 9, 11))
    lit(pixels, (7, 2, 3))
    clip = frames_written(tmp_path / "cine.dcm", pixels)
    rows = [
        row("L_spot", {"x": 7.5, "y": 2.5}, 0, frameNumber=3),
        row("L_mask", {"foreground": [[[7, 2]]], "background": []}, 0, frameNumber=3),
    ]
    export = tmp_path / "labels.json"
    export.write_text(export_text(rows), encoding="utf-8")
    media = open_media(clip).media
    load(media[0])
    project = read_export(export)
    session = Session()
    session.open(project, media, (), match(project, media))
    session.viewing.turn_by("axial", TURNS[turn])
    for number in range(len(rows)):
        session.display.set_solo(AnnotationId("1", number))
        found = []
        for frame in range(5):
            light, label = seen_frame(session, frame)
            assert light.any() == label.any()
            if light.any():
                found.append(frame)
                assert np.abs(middle(light) - middle(label)).max() <= NEAR * 480 / 11
        assert found == [3]


def seen_frame(session: Session, frame: int) -> tuple[Picture, Picture]:
    """The brightness and the label of one frame, each alone."""

    def painted(*, labels: bool) -> Painted:
        image = QImage(480, 480, QImage.Format.Format_RGB32)
        extras = Extras(index=frame, bare=True, labels=labels)
        with QPainter(image) as painter:
            paint_view(painter, view_picture(session, "axial", (480, 480), extras), look_of("dark"))
        return levels_of(image)

    session.viewing.set_look(smooth=False)
    session.viewing.set_window(UNSEEN)
    black, label = painted(labels=False), painted(labels=True)
    session.viewing.set_window(SEEN)
    light = painted(labels=False)
    return change(light, black), change(label, black)
