"""Mammograms of both sides hang back to back, whichever way their files hold them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.uid import ExplicitVRLittleEndian, generate_uid
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from scenes import painted
from windows import Person, opened_window

from viewer.media import load, open_media
from viewer.media.instance import Breast
from viewer.media.volume import FrameStack
from viewer.model.project import Project
from viewer.paint.framing import on_screen
from viewer.review.mammograms import hanging
from viewer.review.matching import match

REAL = "data/dicom/cr_dx_mg/GH133.dcm"
SMALLER = 8  # every eighth pixel of the real one
ALT = Qt.KeyboardModifier.AltModifier


@dataclass(frozen=True, eq=False)
class Breasts:
    """Mammograms made of a real right mediolateral oblique view, with fewer pixels."""

    real: Path
    pixels: np.ndarray
    folder: Path

    def write(self, side: str, orientation: list[str], stored: tuple[int, int] = (1, 1)) -> None:
        """Write the breast, its rows and columns in order (1) or backwards (-1), as of a side."""
        pixels = self.pixels[:: stored[0], :: stored[1]]
        made = pydicom.dcmread(self.real, stop_before_pixels=True)
        made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        made.SOPInstanceUID = made.file_meta.MediaStorageSOPInstanceUID = generate_uid()
        made.SeriesInstanceUID = generate_uid()
        made.ImageLaterality, made.PatientOrientation = side, orientation
        made.Rows, made.Columns = pixels.shape
        made.ImagerPixelSpacing = [float(mm) * SMALLER for mm in made.ImagerPixelSpacing]
        made.add_new("PixelData", "OW", np.ascontiguousarray(pixels).tobytes())
        made.save_as(self.folder / f"{side}.dcm", enforce_file_format=True)


@pytest.fixture(scope="module")
def pixels(shared: Path) -> np.ndarray:
    (media,) = open_media(str(shared / REAL)).media
    assert isinstance(media, FrameStack)
    load(media)
    return media.pixels[0, ::SMALLER, ::SMALLER].copy()


@pytest.fixture
def breasts(shared: Path, pixels: np.ndarray, tmp_path: Path) -> Breasts:
    return Breasts(shared / REAL, pixels, tmp_path)


@pytest.fixture(name="person")
def at_an_empty_window(qtbot: QtBot) -> Iterator[Person]:
    with opened_window(qtbot, demo=False) as person:
        yield person


def opened(person: Person, folder: Path) -> None:
    media = open_media(str(folder)).media
    for one in media:
        load(one)
    person.session.open(Project(), media, (), match(Project(), media))
    person.session.viewing.set_look(text="none", smooth=False)
    person.settle()
    person.window.views.active.setFocus()


@pytest.mark.parametrize(
    ("stored", "orientation", "words"),
    [
        ((1, -1), ["A", "FR"], ""),
        ((1, 1), ["P", "FR"], "flipped left to right"),
        ((-1, 1), ["P", "HR"], "turned by 180\N{DEGREE SIGN}"),
    ],
)
def test_chest_walls_meet_in_the_middle_at_one_scale(
    person: Person, breasts: Breasts, stored: tuple[int, int], orientation: list[str], words: str
) -> None:
    breasts.write("R", ["P", "FL"])
    breasts.write("L", orientation, stored)
    opened(person, breasts.folder)
    person.key(Qt.Key.Key_8, ALT)
    left, right = person.window.views.shown
    assert (left.port.pane.title, right.port.pane.title) == ("R MLO", "L MLO")
    assert (left.port.pane.note, right.port.pane.note) == ("", words)
    pictures = [view.picture for view in (left, right)]
    assert all(picture is not None for picture in pictures)
    shown = [painted(picture) for picture in pictures if picture is not None]
    wide = min(shown[0].shape[1], shown[1].shape[1]) - 4
    mirrored = shown[0][4:-4, ::-1][:, 2:wide].astype(int) - shown[1][4:-4, 2:wide]
    assert np.abs(mirrored).mean() < 2  # apart from half a pixel at edges
    assert shown[1][:, 2:6].max() > 0  # at the inner edge is the chest wall
    for view, edge in ((left, float(left.width())), (right, 0.0)):
        affine, shown_plane = view.port.affine(), view.port.shown
        assert affine is not None
        assert shown_plane is not None
        corners = on_screen(affine, shown_plane.mm_of_pixels([(0, 0), shown_plane.size]))
        assert np.abs(corners[:, 0] - edge).min() < 1e-6


def test_zoom_of_one_is_mirrored_in_the_other(person: Person, breasts: Breasts) -> None:
    breasts.write("R", ["P", "FL"])
    breasts.write("L", ["A", "FR"], (1, -1))
    opened(person, breasts.folder)
    person.key(Qt.Key.Key_8, ALT)
    left, right = person.window.views.shown
    at = (0.6 * left.width(), 200.0)
    person.wheel_over(left, 5, Qt.KeyboardModifier.ControlModifier, at)
    one, other = left.port, right.port
    assert one.mm_per_px() == pytest.approx(other.mm_per_px())
    (p, q), (s, t) = one.camera.framing.centre or (0, 0), other.camera.framing.centre or (0, 0)
    assert one.shown is not None
    wide = one.shown.size[0] * one.shown.media.spacing_mm[0]
    assert (wide - p, q) == pytest.approx((s, t))


def test_without_a_pair_a_sentence_says_so(person: Person, breasts: Breasts) -> None:
    said: list[str] = []
    person.session.said.connect(said.append)
    breasts.write("R", ["P", "FL"])
    opened(person, breasts.folder)
    person.key(Qt.Key.Key_8, ALT)
    assert len(person.window.views.shown) == 1
    assert said[-1].startswith("No mammograms of both sides are open in this study")


@pytest.mark.parametrize("side", ["R", "L"])
@pytest.mark.parametrize("view", ["CC", "MLO"])
def test_a_turn_brings_chest_wall_and_lower_edge_where_they_belong(side: str, view: str) -> None:
    outward = "R" if side == "R" else "L"
    inward = "L" if side == "R" else "R"
    down, up = (inward, outward) if view == "CC" else ("F", "H")
    chest, nipple = ("P", "A") if side == "R" else ("A", "P")
    for rows, columns in ((chest, down), (nipple, up), (down, chest), (up, nipple)):
        turn, _ = hanging(Breast(side, view, rows, columns))  # type: ignore[arg-type]
        axes = {chest: (1, 0), nipple: (-1, 0), down: (0, 1), up: (0, -1)}
        stored = np.array([axes[rows], axes[columns]])
        assert np.array_equal(turn @ stored, np.eye(2))
    for unsaid in ("", "X"):
        turn, words = hanging(Breast(side, view, unsaid, down))  # type: ignore[arg-type]
        assert np.array_equal(turn, np.eye(2))
        assert words == "orientation not stated, shown as stored"
