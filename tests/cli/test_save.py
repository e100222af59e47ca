"""`overread save` writes the same bytes, and never over what was opened."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_lines import Run


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
