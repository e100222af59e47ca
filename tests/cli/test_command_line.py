"""Laws of all commands: exit codes, one sentence for what cannot be done, no Qt, no network."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import pytest
from command_lines import Run, child

import viewer
from viewer.demo import STUDY, VENDORS


def test_the_version_is_told(run: Run) -> None:
    done = run("--version")
    assert (done.code, done.out) == (0, f"overread {viewer.__version__}\n")


def test_paths_alone_open_a_window(run: Run, demo: tuple[Path, Path]) -> None:
    assert run(*demo).windows == [([str(path) for path in demo], None)]
    assert run().windows == [([], None)]


def test_demo_opens_the_demo_study_or_that_of_a_vendor(run: Run) -> None:
    assert run("demo").windows == [([], STUDY)]
    for vendor in VENDORS:
        assert run("demo", vendor).windows == [([], vendor)]
        assert vendor in run("--help").out


@pytest.mark.parametrize("words", [("nihon",), (STUDY,), ("mdai", "encord")])
def test_another_demo_is_refused_with_the_names_of_those_that_are(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("demo", *words)
    assert (done.code, done.out, done.windows) == (2, "", [])
    assert done.err == (
        f"overread: There is no demo called {' '.join(words)!r}; it is mdai, labelbox, redbrick, "
        "encord or datagym.\n"
    )


def test_a_folder_called_demo_is_opened_with_what_is_named_beside(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("demo").mkdir()
    Path("labels.json").touch()
    assert run("demo", "labels.json").windows == [(["demo", "labels.json"], None)]


@pytest.mark.parametrize(
    ("encoding", "name", "code"), [("ascii", "", 1), ("ascii", "nothing", 2), ("utf-8", "", 1)]
)
def test_names_that_the_terminal_cannot_show_do_not_stop_it(
    demo: tuple[Path, Path], tmp_path: Path, encoding: str, name: str, code: int
) -> None:
    folder = tmp_path / os.fsdecode("L\u00e4bels \U0001f600 \x1b[31m".encode() + b"\xff")
    folder.mkdir()
    shutil.copy(min(demo[0].iterdir()), folder)
    shutil.copy(demo[1], folder / "labels.json")
    done = subprocess.run(
        [sys.executable, "-m", "viewer", "info", str(folder / name)],
        env={**os.environ, "PYTHONIOENCODING": encoding},
        capture_output=True,
        check=False,
    )
    assert done.returncode == code
    assert b"Traceback" not in done.stderr
    assert b"\x1b" not in done.stdout + done.stderr


def test_an_interrupt_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(_options: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("viewer.cli.info.run", stop)
    done = run("info", ".")
    assert (done.code, done.out, done.err) == (130, "", "overread: stopped.\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ("nowhere",),
        ("inof", "."),
        ("info", ""),
        ("info", "list.ndjson"),
        ("info", "list.txt"),
        ("save", "other.json", "--out", ""),
        ("save", "", "--out", "x.json"),
        ("render", "DEMO", "--out", "x.jpg"),
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
    (tmp_path / "list.ndjson").write_text('{"a": 1}\n{"a": 2}\n')
    (tmp_path / "list.txt").write_text(' [{"a": 1}]')
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
    assert "error: " in done.err or done.err.startswith("overread: ")


@pytest.mark.parametrize("command", ["info", "save", "version", "render"])
def test_no_command_touches_the_network_and_only_render_loads_qt(
    demo: tuple[Path, Path], tmp_path: Path, command: str
) -> None:
    arguments: dict[str, tuple[object, ...]] = {
        "info": ("info", *demo, "--json"),
        "save": ("save", demo[1], "--out", tmp_path / "x.json"),
        "version": ("--version",),
        "render": ("render", *demo, "--out", tmp_path / "x.png"),
    }
    code = (
        "import sys, atexit\n"
        "qt = ('PySide6', 'shiboken6', 'pyqtgraph', 'qtawesome')\n"
        "atexit.register(lambda: print('QT', [n for n in sys.modules if n.startswith(qt)]))\n"
        "def watch(event, args):\n"
        "    if event.startswith('socket.'):\n"
        "        sys.stderr.write(f'NETWORK {event} {args}')\n"
        "sys.addaudithook(watch)\n"
        "from viewer.__main__ import main\n"
        "sys.exit(main())\n"
    )
    done = child(*arguments[command], code=code)
    assert done.returncode in (0, 1), done.stderr
    assert done.stdout.rstrip().endswith("QT []") == (command != "render")
    assert "NETWORK" not in done.stderr


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
