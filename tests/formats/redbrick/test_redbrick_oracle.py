"""RedBrick AI's own library takes what is written, and finds what was edited and nothing else.

Needs the environment that the oracle's docstring describes: `.venv-redbrick` in the project's
folder, or its Python named by OVERREAD_REDBRICK_PYTHON.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from listed import named
from oracles.library import Library, python_of

from viewer.formats import read_export, write_export
from viewer.geometry.mask import Mask
from viewer.geometry.shapes import Box, Point
from viewer.geometry.solids import Length, MaskVolume
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.placement import Placement
from viewer.model.subject import MediaKey

ROOT = Path(__file__).parents[3]
TASKS = ROOT / "tests" / "data" / "redbrick" / "tasks.json"


@pytest.fixture(scope="module")
def library(shared: Path) -> Iterator[Library]:
    if not python_of("redbrick").exists():
        pytest.skip("needs the vendor's library: `make sdks`, or OVERREAD_REDBRICK_PYTHON")
    with closing(Library("redbrick")) as library:
        yield library


def said(library: Library, *arguments: object) -> list[str]:
    """Return what the oracle prints of errors and warnings."""
    _, out, err = library.asked("--quiet", *arguments)
    lines = out.splitlines()
    assert lines, err
    return [line for line in lines if line.startswith(("ERROR", "WARN"))]


def test_an_unedited_export_is_the_same_to_the_vendors_library(library, shared, tmp_path):
    for folder in (shared / "data" / "exports" / "redbrick" / "all_labels").iterdir():
        copy = tmp_path / folder.name
        shutil.copytree(folder, copy)
        opened = read_export(folder / "tasks.json")
        (copy / "tasks.json").unlink()
        write_export(opened, opened, "1", copy / "tasks.json")
        assert said(library, "--compare", folder, copy) == []
        assert said(library, copy) == said(library, folder)


def test_edits_are_sound_to_the_vendors_library_and_change_nothing_else(library, shared, tmp_path):
    opened = read_export(TASKS)
    current = opened
    place = Placement(MediaKey(entry="t-1/0", item=1), index=1, shape=Point(3, 4), size=(64, 48))
    for edited in (
        named(opened, "b0").with_shape(0, Box(1, 2, 3, 4)),
        named(opened, "v2").with_shape(3, Box(1, 2, 3, 4)),
        named(opened, "m1").with_shape(0, Length((2, 3, 1), (8, 5, 1))),
        msgspec.structs.replace(named(opened, "p0"), group="grp-2"),
        Annotation(AnnotationId("1", 0, new=True), "", "landmarks/apex", "", (place,)),
    ):
        current = current.with_annotation(edited)
    path = tmp_path / "tasks.json"
    write_export(opened, current, "1", path)
    before = {line for line in said(library, TASKS) if line.startswith("ERROR")}
    after = {line for line in said(library, path) if line.startswith("ERROR")}
    assert after <= before
    parts = sorted({_part(line) for line in said(library, "--compare", TASKS, path)})
    assert parts == [
        "t-1.series[0].boundingBoxes[0]", "t-1.series[0].landmarks[2]",
        "t-1.series[0].measurements[0]", "t-1.series[0].polygons[0]",
        *(f"t-2.series[0].boundingBoxes[{n}]" for n in (1, 2, 3)),
    ]  # fmt: skip


def test_painted_slices_are_sound_to_the_vendors_library(library, shared, tmp_path):
    for name in ("standard", "semantic"):
        folder = shared / "data" / "exports" / "redbrick" / "all_labels" / name
        target = tmp_path / name
        target.mkdir()
        opened = read_export(folder / "tasks.json")
        before = named(opened, "g1")
        volume = before.placements[0].shape
        assert isinstance(volume, MaskVolume)
        other = named(opened, "g2").placements[0].shape
        k = next(k for k in range(6) if other.masks.mask(k) is None)
        painted = before.with_shape(0, volume.with_slice(k, Mask(2, 3, 2, 1, [0, 2])))
        write_export(opened, opened.with_annotation(painted), "1", target)
        errors = [line for line in said(library, folder) if line.startswith("ERROR")]
        assert [line for line in said(library, target) if line.startswith("ERROR")] == errors
        assert said(library, "--check-files", target) == said(library, "--check-files", folder)
        assert (target / "tasks.json").read_bytes() == (folder / "tasks.json").read_bytes()


def _part(line: str) -> str:
    """Return the label that a line of the comparison is about."""
    where = line.split(maxsplit=1)[1].split(": ")[0]
    return where[: where.index("]", where.index("]") + 1) + 1]


def test_the_taxonomy_of_the_tests_is_one_to_the_vendors_library(library, shared):
    taxonomy = TASKS.parent.parent / "redbrick_taxonomy" / "taxonomy.json"
    assert not [
        line
        for line in said(library, "--taxonomy", taxonomy, TASKS)
        if "taxonomy" in line and line.startswith("ERROR")
    ]
