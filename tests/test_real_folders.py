"""Every folder of real and malformed DICOM, and the demo: `info`, `render` and the window."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from sampled import some_of
from windows import Person, opened_window

from viewer import cli, open_media
from viewer.demo import demo_folder

DEMO = "the demo study"
FOLDERS = (
    DEMO,
    "malformed/dicom",
    "dicom/bad_geometry",
    "dicom/charsets",
    "dicom/cr_dx_mg",
    "dicom/ct_axial_phantom_rt",
    "dicom/ct_ge_variable_tilt_spacing",
    "dicom/ct_philips_tilted",
    "dicom/dicomdir_tree",
    "dicom/enhanced_ct",
    "dicom/enhanced_mr_hyperfine",
    "dicom/enhanced_mr_nema",
    "dicom/enhanced_mr_philips",
    "dicom/lut_overlay",
    "dicom/mr_coronal",
    "dicom/mr_double_oblique",
    "dicom/mr_dual_echo",
    "dicom/mr_localizer_3plane",
    "dicom/mr_nonsquare_pixels",
    "dicom/mr_oblique_hitachi",
    "dicom/mr_sagittal_compressed",
    "dicom/mr_sagittal_thick",
    "dicom/nm_heart_multiframe",
    "dicom/pet_prostate",
    "dicom/sc_colour",
    "dicom/sc_rgb_series",
    "dicom/sm_small",
    "dicom/transfer_syntaxes_ct",
    "dicom/transfer_syntaxes_mosaic",
    "dicom/transfer_syntaxes_other",
    "dicom/us_multiframe",
    "dicom/xa_multiframe",
)
KEYS = (Qt.Key.Key_Home, Qt.Key.Key_Down, Qt.Key.Key_End, Qt.Key.Key_Up)
MOST_SERIES = 2  # of a folder, looked at one by one in a window; all in a long run
WINDOWS, MOST_FOLDERS = 4, 4  # each opens its share of the folders, one after another


def paths_of(folder: str, shared: Path) -> list[str]:
    if folder == DEMO:
        return [str(path) for path in demo_folder()]
    return [str(shared / "data" / folder)]


@pytest.fixture(name="paths", params=FOLDERS)
def paths_of_folder(request: pytest.FixtureRequest) -> list[str]:
    if request.param == DEMO:  # is there without the folder of real series
        return paths_of(DEMO, Path())
    return paths_of(request.param, request.getfixturevalue("shared"))


def test_every_folder_is_named_here(shared: Path) -> None:
    there = {f"dicom/{path.name}" for path in (shared / "data" / "dicom").iterdir()}
    assert there <= set(FOLDERS)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = cli.main(arguments, lambda *_: 0)
    out, err = capsys.readouterr()
    return code, out, err


@pytest.mark.some(14)
def test_info_lists_what_is_there_in_sentences(
    paths: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    has_export = len(paths) > 1
    code, out, err = run(capsys, "info", *paths, "--json")
    tree = json.loads(out)
    assert code == (1 if has_export else 0)
    assert err == ""
    assert tree["media"]
    problems = [*tree["problems"], *(p for media in tree["media"] for p in media["problems"])]
    for problem in problems:
        assert problem["sentence"].endswith("."), problem
        assert "Traceback" not in problem["sentence"]
        assert "Error" not in problem["sentence"], problem
    code, out, err = run(capsys, "info", *paths)
    assert (code, err) == (1 if has_export else 0, "")
    assert f"Media ({len(tree['media'])})" in out
    for problem in problems:
        assert problem["sentence"] in out


@pytest.mark.some(14)
def test_render_draws_a_picture(
    paths: list[str], tmp_path: Path, qapp: QApplication, capsys: pytest.CaptureFixture[str]
) -> None:
    assert qapp is not None
    out = tmp_path / "p.png"
    shown = max(open_media(*paths).media, key=lambda media: media.count)
    for layout in ("single", "mpr"):
        size = ("--layout", layout, "--size", "320x240", "--bare", "--no-labels")
        code, said, warned = run(capsys, "render", *paths, "--out", str(out), *size)
        assert (code, said) == (0, f"{out}\n")
        is_planeless = layout == "mpr" and shown.kind == "frames"
        assert ("has frames without positions" in warned) == is_planeless
        assert warned.count("\n") == is_planeless
        drawn = cv2.imread(str(out))
        assert drawn.shape == (240, 320, 3)
        assert len(np.unique(drawn)) > 1


def grabbed(person: Person) -> NDArray[np.uint8]:
    """The centre of the window as it is painted, grey."""
    image = person.window.views.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    lines = np.asarray(image.constBits(), dtype=np.uint8).reshape(image.height(), -1)
    return lines[:, : image.width()].copy()


@pytest.mark.parametrize("number", range(WINDOWS))
def test_the_window_shows_a_picture_or_a_sentence_on_every_slice_it_goes_to(
    number: int, shared: Path, qtbot: QtBot
) -> None:
    with opened_window(qtbot, demo=False) as person:
        person.window.resize(1000, 640)
        opening, session = person.window.opening, person.session
        for folder in some_of(FOLDERS[number::WINDOWS], MOST_FOLDERS):
            with qtbot.waitSignal(opening.opened, timeout=60_000):
                person.window.open(paths_of(folder, shared))
            qtbot.waitUntil(lambda: not opening.is_busy, timeout=60_000)
            for index in some_of(range(len(session.media)), MOST_SERIES):
                session.viewing.show(index)
                person.settle()
                media = session.media[index]
                assert media.ready.sum() + len(media.slice_errors) == media.count, folder
                gone_through(person, folder)


def gone_through(person: Person, folder: str) -> None:
    """Go to the ends of the series by keys; each time something is painted."""
    person.window.views.active.setFocus()
    port = person.window.views.active.port
    gone_to = []
    for key in KEYS:
        person.key(key)
        assert len(np.unique(grabbed(person))) > 8, folder
        gone_to.append(port.index)
    last = port.shown.count - 1
    ways = [0, min(1, last), last, max(last - 1, 0)]  # the head may come first or last
    assert gone_to in (ways, [last - index for index in ways]), folder
