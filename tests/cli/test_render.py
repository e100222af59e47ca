"""`overread render` draws what was asked for, and over nothing that was opened."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from command_lines import Run, Voxels
from slices import a_slice, saved, series

from viewer.cli.opening import opened
from viewer.cli.render import WINDOW_SAMPLE, sampled, show
from viewer.media import load, open_media
from viewer.media.volume import FrameStack, Video
from viewer.render.colormaps import table_of
from viewer.render.window import initial_window
from viewer.session.session import Session


def test_a_picture_is_never_drawn_over_what_was_opened(
    run: Run, demo: tuple[Path, Path], placed: Path, tmp_path: Path
) -> None:
    slice = shutil.copy(min(demo[0].iterdir()), tmp_path / "slice.png")
    before = Path(slice).read_bytes(), placed.read_bytes()
    (tmp_path / "labels.png").symlink_to(placed)
    for out in (placed, slice, tmp_path / "labels.png"):
        done = run("render", slice, placed, "--out", out)
        assert (done.code, done.out) == (2, "")
    assert (Path(slice).read_bytes(), placed.read_bytes()) == before


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("d.png", "d.png is a folder; name a file in it."),
        ("none/p.png", "none does not exist; make it or choose another."),
        ("f.txt/p.png", "f.txt is no folder; choose one."),
        (f"{'n' * 300}.png", "File name too long; choose another place or name."),
    ],
)
def test_where_no_picture_can_stand_is_said_with_what_to_do_before_anything_is_opened(
    run: Run, tmp_path: Path, name: str, words: str
) -> None:
    (tmp_path / "d.png").mkdir()
    (tmp_path / "f.txt").write_text("as it was")
    before = sorted(path.name for path in tmp_path.iterdir())
    done = run("render", tmp_path / "not opened", "--out", tmp_path / name)
    assert (done.code, done.out, len(done.err.splitlines())) == (2, "", 1)
    assert done.err.endswith(f"{words}\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == before


@pytest.mark.parametrize("command", ["render", "save"])
def test_a_name_that_is_no_utf8_is_the_name_of_what_is_written(
    run: Run, demo: tuple[Path, Path], tmp_path: Path, command: str
) -> None:
    name = os.fsdecode(b"\xff\xc3.png")
    sources = {"render": (demo[0], "--size", "64x64"), "save": (demo[1],)}[command]
    done = run(command, *sources, "--out", tmp_path / name)
    assert (done.code, done.err) == (0, "")
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_picture_never_takes_the_place_of_a_pipe(
    run: Run, demo: tuple[Path, Path], tmp_path: Path
) -> None:
    out = tmp_path / "pipe.png"
    os.mkfifo(out)
    done = run("render", demo[0], "--out", out, "--size", "64x64")
    assert (done.code, out.is_fifo()) == (2, True)
    assert "is a pipe, a device or a link to nowhere; name a file" in done.err


@pytest.mark.parametrize(("plane", "axis"), [("axial", 0), ("coronal", 1), ("sagittal", 2)])
def test_a_bare_picture_shows_the_slice_that_was_asked_for(
    run: Run, demo: tuple[Path, Path], hu: Voxels, tmp_path: Path, plane: str, axis: int
) -> None:
    out = tmp_path / "p.png"
    number = 70
    size = "768x768" if axis == 0 else f"768x{round(768 * 320 / 358.4)}"
    options = ("--plane", plane, "--slice", number, "--size", size, "--bare", "--no-labels")
    assert run("render", *demo, "--out", out, *options).code == 0
    drawn = cv2.imread(str(out), cv2.IMREAD_GRAYSCALE)
    values = hu.take(number, axis=axis).astype(np.float32)
    upright = values if axis == 0 else values[::-1]  # the head is up
    grey = np.clip((upright + 160.0) / 400.0 * 255.0, 0, 255)
    height, width = drawn.shape
    expected = cv2.resize(grey, (width, height), interpolation=cv2.INTER_LINEAR)
    assert np.abs(drawn - expected).mean() < 4.0


def test_a_colour_map_gives_each_grey_its_colour(
    run: Run, demo: tuple[Path, Path], tmp_path: Path
) -> None:
    drawn = []
    for name in ("grey", "hot_iron"):
        out = tmp_path / f"{name}.png"
        shown = ("--bare", "--no-labels", "--size", "256x256", "--color-map", name)
        assert run("render", demo[0], "--out", out, *shown).code == 0
        drawn.append(np.asarray(cv2.imread(str(out)))[..., ::-1])
    np.testing.assert_array_equal(drawn[1], table_of("hot_iron")[drawn[0][..., 0]])


def test_labels_and_texts_are_drawn_unless_they_are_switched_off(
    run: Run, demo: tuple[Path, Path], tmp_path: Path
) -> None:
    def colourful(*options: str) -> int:
        out = tmp_path / "p.png"
        assert run("render", *demo, "--out", out, "--slice", 64, *options).code == 0
        picture = cv2.imread(str(out)).astype(int)
        return int((np.ptp(picture, axis=2) > 40).sum())

    assert colourful("--bare", "--no-labels") == 0
    assert 0 < colourful("--no-labels") < colourful()
    assert colourful("--bare") > 0
    assert colourful("--layout", "mpr") > 0


def test_a_folder_without_pictures_gives_a_picture_that_says_so(run: Run, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    out = tmp_path / "p.png"
    done = run("render", tmp_path, "--out", out)
    assert done.code == 0
    assert done.err.startswith("overread: ")
    assert cv2.imread(str(out)).max() > 100


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--out", ""), "An empty name names no picture; give one such as p.png."),
        (("--out", ".png"), ".png names no picture; give one such as p.png."),
        (("--out", "p.png", "--media", ""), "No media has the uid ''; give one of 2."),
    ],
)
def test_a_wrong_choice_is_said_with_what_to_give(
    run: Run, demo: tuple[Path, Path], options: tuple[str, ...], words: str
) -> None:
    done = run("render", demo[0], *options)
    assert (done.code, done.out) == (2, "")
    assert words in done.err


def test_frames_have_no_planes_and_the_command_line_says_so(
    run: Run, shared: Path, tmp_path: Path
) -> None:
    source = shared / "data" / "dicom" / "xa_multiframe"
    out = tmp_path / "p.png"
    for option in (("--plane", "sagittal"), ("--layout", "mpr")):
        done = run("render", source, "--out", out, "--size", "64x64", *option)
        assert (done.code, "no planes; one frame is drawn" in done.err) == (0, True)
    assert run("render", source, "--out", out, "--size", "64x64").err == ""
    done = run("render", source, "--out", out, "--slice", 96)
    assert done.err == "overread: Frame 96 is not there: its frames go from 0 to 95.\n"


def test_a_time_point_is_drawn_by_its_number(run: Run, shared: Path, tmp_path: Path) -> None:
    folder = shared / "data" / "dicom" / "mr_dual_echo"
    pictures: list[bytes] = []
    for number in range(4):
        out = tmp_path / f"{number}.png"
        assert run("render", folder, "--out", out, "--bare", "--time-point", number).code == 0
        pictures.append(out.read_bytes())
    assert len(set(pictures)) == 4
    done = run("render", folder, "--out", tmp_path / "5.png", "--time-point", 4)
    assert (done.code, "has points from 0 to 3" in done.err) == (2, True)
    alone = shared / "data" / "dicom" / "pet_prostate"
    done = run("render", alone, "--out", tmp_path / "5.png", "--time-point", 0)
    assert (done.code, "has no time points" in done.err) == (2, True)


def test_a_slice_and_a_frame_together_are_refused(
    run: Run, demo: tuple[Path, Path], tmp_path: Path
) -> None:
    done = run("render", demo[0], "--out", tmp_path / "p.png", "--frame", 3, "--slice", 2)
    assert (done.code, done.out) == (2, "")
    assert "argument --slice: not allowed with argument --frame" in done.err


def test_a_frame_that_cannot_be_decoded_is_no_picture(run: Run, tmp_path: Path) -> None:
    paths = series(tmp_path / "in", 4)
    paths[1].write_bytes(paths[1].read_bytes()[:-20])
    out = tmp_path / "p.png"
    done = run("render", tmp_path / "in", "--out", out, "--slice", 1)
    assert (done.code, done.out, out.exists()) == (2, "", False)
    assert done.err.startswith(f"overread: {paths[1].name}: its pixel data is shorter than")
    assert len(done.err.splitlines()) == 1
    done = run("render", tmp_path / "in", "--out", out, "--slice", 2)
    assert (done.code, done.err) == (0, "")


def test_a_damaged_slice_among_others_is_said_and_a_damaged_file_is_no_picture(
    run: Run, shared: Path, tmp_path: Path
) -> None:
    paths = series(tmp_path / "in", 4)
    paths[2].write_bytes(paths[2].read_bytes()[:-20])  # the one in the middle
    out = tmp_path / "p.png"
    for options in ((), ("--layout", "mpr")):
        done = run("render", tmp_path / "in", "--out", out, *options)
        assert done.code == 0
        assert done.err.startswith(f"overread: {paths[2].name}: its pixel data is shorter than")
    wrong = shared / "data" / "malformed" / "dicom" / "20-wrong-transfer-syntax.dcm"
    done = run("render", wrong, "--out", out)
    assert (done.code, len(done.err.splitlines())) == (2, 1)


@pytest.mark.parametrize("folder", ["nm_heart_multiframe", "xa_multiframe", "pet_prostate"])
def test_a_picture_is_the_same_whether_one_slice_is_decoded_or_all(
    run: Run, shared: Path, tmp_path: Path, folder: str
) -> None:
    source = shared / "data" / "dicom" / folder
    found = open_media(source).media
    media = max(found, key=lambda media: media.count)
    assert not isinstance(media, Video)
    load(media, only=sampled(media))
    few = int(media.ready.sum())
    window = initial_window(media)
    load(media)
    assert window == initial_window(media)
    assert few < media.count or media.count < 2 * WINDOW_SAMPLE
    out = tmp_path / "p.png"
    assert run("render", source, "--out", out, "--size", "64x64").code == 0


def test_one_frame_of_thousands_is_drawn_without_the_others(run: Run, tmp_path: Path) -> None:
    frames = 3000
    values = {"NumberOfFrames": frames, "ImagePositionPatient": None}
    path = saved(a_slice(1, PixelData=bytes(60 * frames), **values), tmp_path / "a.dcm")
    found = opened([str(path)])
    session = Session()
    session.open(found.project, found.media, found.issues, found.matches)
    show(session, 0, "axial", 2000, is_single=True)
    (media,) = found.media
    assert isinstance(media, FrameStack)
    assert media.ready[2000]
    assert media.ready.sum() <= 2 * WINDOW_SAMPLE
