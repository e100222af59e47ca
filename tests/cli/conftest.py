"""The demo study, and command lines over it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from command_lines import Done, Run, Voxels
from pydicom import dcmread
from pydicom.pixels import apply_modality_lut
from PySide6.QtWidgets import QApplication

from viewer import cli
from viewer.demo import demo_folder


@pytest.fixture(scope="session", name="demo")
def demo_study() -> tuple[Path, Path]:
    return demo_folder()


@pytest.fixture(scope="session", name="hu")
def hu_of_demo(demo: tuple[Path, Path]) -> Voxels:
    """(slices, rows, columns) Hounsfield units of the demo's files, feet first."""
    slices = sorted(map(dcmread, demo[0].iterdir()), key=lambda one: one.ImagePositionPatient[2])
    return np.stack([apply_modality_lut(one.pixel_array, one) for one in slices]).astype(np.int16)


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
        windows: list[tuple[list[str], str | None]] = []

        def open_window(paths: Sequence[str], demo: str | None) -> int:
            windows.append((list(paths), demo))
            return 0

        try:
            code = cli.main([str(argument) for argument in arguments], open_window)
        except SystemExit as stop:  # argparse
            code = int(stop.code or 0)
        out, err = capsys.readouterr()
        return Done(code, out, err, windows)

    return run
