"""MD.ai's own library reads what is written: the same rows but the edited ones.

Needs the environment that the oracle's docstring describes: `.venv-mdai` in the project's folder,
or its Python named by OVERREAD_MDAI_PYTHON.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from format_cases import DATA

from viewer.formats import read_export, write_export
from viewer.geometry.shapes import Box
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.placement import Placement
from viewer.model.subject import MediaKey

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def python() -> str:
    named = os.environ.get("OVERREAD_MDAI_PYTHON")
    found = Path(named) if named else ROOT / ".venv-mdai" / "bin" / "python"
    if not found.exists():
        pytest.skip("needs MD.ai's library: .venv-mdai, or its Python in OVERREAD_MDAI_PYTHON")
    return str(found)


def compared(python: str, shared: Path, one: Path, other: Path) -> list[str]:
    oracle = shared / "oracles" / "mdai_oracle.py"
    command = [python, str(oracle), "--compare", "--limit", "1", str(one), str(other)]
    out = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = out.stdout.splitlines()
    assert not [line for line in lines if "PROBLEM" in line], out.stdout
    assert lines, out.stderr
    return [line for line in lines if line.startswith("DIFF") or line == "SAME"]


def test_the_vendors_library_reads_the_same_rows_but_the_edited_ones(python, shared, tmp_path):
    source = shared / "data" / "exports" / "mdai" / "composed_all_modes.json"
    opened = read_export(source)
    write_export(opened, opened, "1", tmp_path / "same.json")
    assert compared(python, shared, source, tmp_path / "same.json") == ["SAME"]

    first = opened.annotations[AnnotationId("1", 0)]
    current = opened.with_annotation(first.with_shape(0, Box(11, 20.25, 30, 40)))
    current = current.without_annotations([AnnotationId("1", 4)])
    key = MediaKey("1.2.3.1", "1.2.3.1.1", "1.2.3.1.1.1")
    placement = Placement(key, shape=Box(1, 2, 3, 4), size=(160, 120))
    added = Annotation(
        AnnotationId("1", 0, new=True),
        "",
        "L_bb",
        "",
        (placement,),
        created="2026-01-01T00:00:00.000Z",
    )
    write_export(opened, current.with_annotation(added), "1", tmp_path / "edited.json")
    found = compared(python, shared, source, tmp_path / "edited.json")
    assert [line.split(":")[1].strip().split(".")[0] for line in sorted(found)][:1] == ["A_00001"]
    assert {line.removeprefix("DIFF: ").split(":")[0] for line in found} == {
        "A_00001.data",
        "A_00001",
        "A_00005",
        next(line for line in found if "only in the second" in line)[6:].split(":")[0],
    }


def test_the_vendors_library_reads_rows_of_videos_and_only_the_edited_ones_differ(
    python, shared, tmp_path
):
    source = DATA / "mdai" / "videos.json"
    opened = read_export(source)
    write_export(opened, opened, "1", tmp_path / "same.json")
    assert compared(python, shared, source, tmp_path / "same.json") == ["SAME"]

    between = opened.annotations[AnnotationId("1", 1)]
    current = opened.with_annotation(between.with_shape(0, Box(2, 3, 4, 5)))
    placement = Placement(
        MediaKey(entry="1.2.3.2.7", frame=9), index=9, shape=Box(1, 2, 3, 4), size=(11, 9)
    )
    added = Annotation(
        AnnotationId("1", 0, new=True),
        "",
        "L_box",
        "",
        (placement,),
        created="2026-01-01T00:00:00.000Z",
    )
    write_export(opened, current.with_annotation(added), "1", tmp_path / "edited.json")
    found = compared(python, shared, source, tmp_path / "edited.json")
    ids = {line.removeprefix("DIFF: ").split(":")[0].split(".")[0] for line in found}
    assert sorted(id[:2] for id in ids - {"annotations in the files"}) == ["A_", "A_"]
    assert "A_2" in ids
