"""MD.ai's own library reads what is written: the same rows but the edited ones.

Needs the environment that the oracle's docstring describes: `.venv-mdai` in the project's folder,
or its Python named by OVERREAD_MDAI_PYTHON.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from format_cases import DATA
from oracles.library import Library, python_of

from viewer.formats import read_export, write_export
from viewer.geometry.shapes import Box
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.placement import Placement
from viewer.model.subject import MediaKey


@pytest.fixture(scope="module")
def library(shared: Path) -> Iterator[Library]:
    if not python_of("mdai").exists():
        pytest.skip("needs the vendor's library: `make sdks`, or OVERREAD_MDAI_PYTHON")
    with closing(Library("mdai")) as library:
        yield library


def compared(library: Library, one: Path, other: Path) -> list[str]:
    _, out, err = library.asked("--compare", "--limit", "1", one, other)
    lines = out.splitlines()
    assert not [line for line in lines if "PROBLEM" in line], out
    assert lines, err
    return [line for line in lines if line.startswith("DIFF") or line == "SAME"]


def test_the_vendors_library_reads_the_same_rows_but_the_edited_ones(library, shared, tmp_path):
    source = shared / "data" / "exports" / "mdai" / "composed_all_modes.json"
    opened = read_export(source)
    write_export(opened, opened, "1", tmp_path / "same.json")
    assert compared(library, source, tmp_path / "same.json") == ["SAME"]

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
    found = compared(library, source, tmp_path / "edited.json")
    assert [line.split(":")[1].strip().split(".")[0] for line in sorted(found)][:1] == ["A_00001"]
    assert {line.removeprefix("DIFF: ").split(":")[0] for line in found} == {
        "A_00001.data",
        "A_00001",
        "A_00005",
        next(line for line in found if "only in the second" in line)[6:].split(":")[0],
    }


def test_the_vendors_library_reads_rows_of_videos_and_only_the_edited_ones_differ(
    library, shared, tmp_path
):
    source = DATA / "mdai" / "videos.json"
    opened = read_export(source)
    write_export(opened, opened, "1", tmp_path / "same.json")
    assert compared(library, source, tmp_path / "same.json") == ["SAME"]

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
    found = compared(library, source, tmp_path / "edited.json")
    ids = {line.removeprefix("DIFF: ").split(":")[0].split(".")[0] for line in found}
    assert sorted(id[:2] for id in ids - {"annotations in the files"}) == ["A_", "A_"]
    assert "A_2" in ids
