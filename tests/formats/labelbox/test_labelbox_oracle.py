"""The oracle, with the vendor's library where it is there, finds nothing wrong in what is written.

The library is in the environment that the oracle's docstring describes: `.venv-labelbox` in the
project's folder, or its Python named by OVERREAD_LABELBOX_PYTHON.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from format_cases import DATA

from viewer.formats import read_export, write_export
from viewer.geometry.measure import translated

ROOT = Path(__file__).parents[3]
OWN = ("everything.json", "everything.ndjson", "two_spaces.json", "exports_tabs_crlf_bom.json")


@pytest.fixture(scope="module")
def python() -> str:
    named = os.environ.get("OVERREAD_LABELBOX_PYTHON")
    found = Path(named) if named else ROOT / ".venv-labelbox" / "bin" / "python"
    if not found.exists():
        pytest.skip("needs Labelbox's library: .venv-labelbox, or OVERREAD_LABELBOX_PYTHON")
    return str(found)


def judged(python: str, shared: Path, *files: Path) -> str:
    oracle = shared / "oracles" / "labelbox_oracle.py"
    command = [python, str(oracle), "-q", "--require-sdk", *map(str, files)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def test_the_oracle_accepts_what_is_written_edited_or_not(python, shared, tmp_path):
    vendor = sorted((shared / "data" / "exports" / "labelbox").glob("*export_v2*"))
    written: list[Path] = []
    for number, source in enumerate([*vendor, *(DATA / "labelbox" / name for name in OWN)]):
        opened = read_export(source)
        current = opened
        for id in opened.annotations:
            annotation = opened.annotations[id]
            shape = annotation.placements[0].shape
            if annotation.locked_reason is None and shape is not None:
                moved = annotation.with_shape(0, translated(shape, 0.5, 0.25))
                current = current.with_annotation(moved)
        current = current.without_annotation(next(iter(opened.annotations)))
        for name, project in (("same", opened), ("edited", current)):
            written.append(tmp_path / f"{number}-{name}-{source.name}")
            write_export(opened, project, "1", written[-1])
    assert "ERROR" not in judged(python, shared, *written)
