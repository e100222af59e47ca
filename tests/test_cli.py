"""Laws of the command line: exit codes, one sentence for what cannot be done, and no Qt."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtWidgets import QApplication

import viewer
from viewer import cli
from viewer.demo import demo_folder
from viewer.demo.phantom import phantom

Run = Callable[..., "Done"]
Voxels = NDArray[np.int16]
TRUNCATED = b'{"labelGroups":[],"datasets":[{"id":"D_1","annotations":[{"id":"A_1","labelId"'


class Done:
    """What one command line did: exit code, stdout, stderr, and (paths, is demo) of windows."""

    def __init__(
        self, code: int, out: str, err: str, windows: list[tuple[list[str], bool]]
    ) -> None:
        self.code, self.out, self.err, self.windows = code, out, err, windows


@pytest.fixture(scope="session", name="demo")
def demo_study(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return demo_folder(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session", name="hu")
def hu_of_phantom() -> Voxels:
    return phantom()


@pytest.fixture(name="placed")
def export_with_all_labels_placed(demo: tuple[Path, Path], tmp_path: Path) -> Path:
    """The demo's export without the labels that find no pixels."""
    tree = json.loads(demo[1].read_text(encoding="utf-8"))
    tree["datasets"][0]["annotations"] = tree["datasets"][0]["annotations"][:-3]
    path = tmp_path / "placed.json"
    path.write_text(json.dumps(tree), encoding="utf-8")
    return path


@pytest.fixture(name="run")
def command_line(capsys: pytest.CaptureFixture[str], qapp: QApplication) -> Run:
    """Command lines in this process; `render` draws with the application of all tests."""
    assert qapp is not None

    def run(*arguments: object) -> Done:
        windows: list[tuple[list[str], bool]] = []

        def open_window(paths: Sequence[str], demo: bool) -> int:
            windows.append((list(paths), demo))
            return 0

        try:
            code = cli.main([str(argument) for argument in arguments], open_window)
        except SystemExit as stop:  # argparse
            code = int(stop.code or 0)
        out, err = capsys.readouterr()
        return Done(code, out, err, windows)

    return run


def child(*arguments: object, code: str = "") -> subprocess.CompletedProcess[str]:
    """Run `python -m viewer`, or other code with these arguments, in a process of its own."""
    start = ["-c", code] if code else ["-m", "viewer"]
    command = [sys.executable, *start, *(str(argument) for argument in arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_version_is_told(run: Run) -> None:
    done = run("--version")
    assert (done.code, done.out) == (0, f"overread {viewer.__version__}\n")


def test_paths_alone_open_a_window(run: Run, demo: tuple[Path, Path]) -> None:
    assert run(*demo).windows == [([str(path) for path in demo], False)]
    assert run().windows == [([], False)]


def test_demo_opens_the_demo_study(run: Run) -> None:
    assert run("demo").windows == [([], True)]


def test_info_counts_media_labels_and_reasons(run: Run, demo: tuple[Path, Path]) -> None:
    done = run("info", *demo)
    assert done.code == 1
    assert "256 × 256 px, 128 slices, 1.4 × 1.4 × 2.5 mm" in done.out
    assert "87 of 90 found their pixels" in done.out
    for reason in ("series not loaded", "instance missing", "exam not in list"):
        assert f"1  {reason}" in done.out


def test_info_ends_with_0_when_every_label_found_its_pixels(
    run: Run, demo: tuple[Path, Path], placed: Path
) -> None:
    assert run("info", demo[0], placed).code == 0


def test_info_ends_with_0_without_an_export(run: Run, demo: tuple[Path, Path]) -> None:
    assert run("info", demo[0]).code == 0


def test_info_ends_with_1_for_a_damaged_export(
    run: Run, demo: tuple[Path, Path], tmp_path: Path
) -> None:
    cut = tmp_path / "cut.json"
    cut.write_bytes(TRUNCATED)
    done = run("info", demo[0], cut)
    assert done.code == 1
    assert "Traceback" not in done.err


def test_info_as_json_gives_each_label_the_slices_through_its_centre(
    run: Run, demo: tuple[Path, Path]
) -> None:
    done = run("info", *demo, "--json")
    tree: dict[str, Any] = json.loads(done.out)
    assert done.code == 1
    assert tree["matches"] == {
        "matched": 87,
        "unmatched": {"series not loaded": 1, "instance missing": 1, "exam not in list": 1},
    }
    (media,) = tree["media"]
    assert media["spacing_mm"] == [1.4, 1.4]
    assert media["planes"]["axial"] == {"slices": 128, "acquired": True}
    assert len(tree["labels"]) == 90
    box = next(label for label in tree["labels"] if label["label"] == "Nodule box")
    (place,) = box["places"]
    assert place["planes"] == {"axial": place["slice"], "sagittal": 76, "coronal": 109}
    exam = next(label for label in tree["labels"] if label["label"] == "Emphysema")
    assert exam["places"][0]["planes"] == {}


def test_an_export_inside_a_folder_is_opened_and_other_json_is_not(
    run: Run, demo: tuple[Path, Path], placed: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "all"
    folder.mkdir()
    shutil.copy(min(demo[0].iterdir()), folder)
    shutil.copy(placed, folder)
    (folder / "settings.json").write_text("{}")
    tree = json.loads(run("info", folder, "--json").out)
    assert [export["title"] for export in tree["exports"]] == [placed.name]


def test_files_and_zips_are_opened_as_folders_are(
    run: Run, demo: tuple[Path, Path], tmp_path: Path
) -> None:
    files = sorted(demo[0].iterdir())[:4]
    archive = tmp_path / "four.zip"
    with zipfile.ZipFile(archive, "w") as target:
        for file in files:
            target.write(file, file.name)
    assert "4 slices" in run("info", *files).out
    assert "4 slices" in run("info", archive).out


@pytest.mark.parametrize("where", ["file", "folder", "new folder"])
def test_save_writes_the_same_bytes(
    run: Run, demo: tuple[Path, Path], tmp_path: Path, where: str
) -> None:
    out = {
        "file": str(tmp_path / "copy.json"),
        "folder": str(tmp_path),
        "new folder": f"{tmp_path}/new/",
    }[where]
    written = Path(out) if where == "file" else Path(out) / demo[1].name
    done = run("save", demo[1], "--out", out)
    assert done.code == 0
    assert written.read_bytes() == demo[1].read_bytes()
    assert str(written) in done.out


def test_save_never_writes_over_the_file_it_opened(run: Run, placed: Path) -> None:
    before = placed.read_bytes()
    assert run("save", placed, "--out", placed).code == 2
    assert run("save", placed, "--out", placed.parent).code == 2
    assert placed.read_bytes() == before


def test_save_takes_one_export_at_a_time(
    run: Run, demo: tuple[Path, Path], placed: Path, tmp_path: Path
) -> None:
    done = run("save", demo[1], placed, "--out", tmp_path / "x.json")
    assert done.code == 2
    assert "one by one" in done.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("info", "nowhere"),
        ("info", "empty.json"),
        ("info", "text.json"),
        ("info", "other.json"),
        ("save", "nowhere.json", "--out", "x.json"),
        ("save", "other.json", "--out", "x.json"),
        ("render", "nowhere", "--out", "x.png"),
        ("render", ".", "--out", "x.png", "--media", "1.2.3"),
        ("render", "DEMO", "--out", "x.png", "--media", "1.2.3"),
        ("render", "DEMO", "--out", "x.png", "--slice", "128"),
        ("render", "DEMO", "--out", "x.png", "--slice", "-1"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_exit_code_2(
    run: Run,
    demo: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
) -> None:
    (tmp_path / "empty.json").touch()
    (tmp_path / "text.json").write_text("hello")
    (tmp_path / "other.json").write_text('{"a": 1}')
    monkeypatch.chdir(tmp_path)
    done = run(*(demo[0] if word == "DEMO" else word for word in arguments))
    assert done.code == 2
    assert done.out == ""
    assert done.err.startswith("overread: ")
    assert len(done.err.strip().splitlines()) == 1
    assert not Path("x.png").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("render", ".", "--out", "x.png", "--size", "0x10"),
        ("render", ".", "--out", "x.png", "--size", "99999x10"),
        ("render", ".", "--out", "x.png", "--plane", "oblique"),
        ("render", "."),
        ("save", "a.json"),
        ("info",),
        ("--nonsense",),
    ],
)
def test_a_wrong_command_line_ends_with_2(run: Run, arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert done.code == 2
    assert "error:" in done.err


@pytest.mark.parametrize("command", ["info", "save", "version"])
def test_these_commands_load_no_qt(demo: tuple[Path, Path], tmp_path: Path, command: str) -> None:
    arguments: dict[str, tuple[object, ...]] = {
        "info": ("info", *demo, "--json"),
        "save": ("save", demo[1], "--out", tmp_path / "x.json"),
        "version": ("--version",),
    }
    code = (
        "import sys, atexit\n"
        "qt = ('PySide6', 'shiboken6', 'pyqtgraph', 'qtawesome')\n"
        "atexit.register(lambda: print('QT', [n for n in sys.modules if n.startswith(qt)]))\n"
        "from viewer.__main__ import main\n"
        "sys.exit(main())\n"
    )
    done = child(*arguments[command], code=code)
    assert done.returncode in (0, 1), done.stderr
    assert done.stdout.rstrip().endswith("QT []")


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


def test_without_a_display_the_window_is_drawn_into_a_picture(demo: tuple[Path, Path]) -> None:
    environment = {name: value for name, value in os.environ.items() if "DISPLAY" not in name}
    done = subprocess.run(
        [sys.executable, "-m", "viewer", *map(str, demo)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (path,) = done.stdout.splitlines()
    assert cv2.imread(path).std() > 20


def test_no_command_touches_the_network(demo: tuple[Path, Path], tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "def watch(event, args):\n"
        "    if event.startswith('socket.'):\n"
        "        sys.stderr.write(f'NETWORK {event} {args}')\n"
        "sys.addaudithook(watch)\n"
        "from viewer.__main__ import main\n"
        "sys.exit(main())\n"
    )
    for arguments in (
        ("info", *demo),
        ("save", demo[1], "--out", tmp_path / "x.json"),
        ("render", *demo, "--out", tmp_path / "x.png"),
    ):
        assert "NETWORK" not in child(*arguments, code=code).stderr


def test_a_closed_pipe_ends_quietly(demo: tuple[Path, Path]) -> None:
    command = [sys.executable, "-m", "viewer", "info", *map(str, demo), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()
    assert process.returncode == 141
    assert said == b""


def test_the_package_offers_its_three_functions_and_nothing_else() -> None:
    assert {"open_media", "read_export", "write_export"} < set(viewer.__all__)
    for name in viewer.__all__:
        assert getattr(viewer, name)
    with pytest.raises(AttributeError):
        _ = viewer.nothing
