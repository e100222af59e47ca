"""Chains of parents in MD.ai exports."""

from __future__ import annotations

import time
from pathlib import Path

from composed import export_text, row

from viewer.formats import read_export
from viewer.model.annotation import AnnotationId

LONG = 20_000


def test_a_long_chain_of_parents_takes_time_by_its_length_and_not_its_square(tmp_path: Path):
    path = tmp_path / "chain.json"
    path.write_text(export_text([row(parentId=f"A_{n - 1}" if n else None) for n in range(LONG)]))
    start = time.monotonic()
    project = read_export(path)
    assert time.monotonic() - start < 5
    assert project.annotations[AnnotationId("1", LONG - 1)].parent == AnnotationId("1", LONG - 2)
    assert not project.exports["1"].issues


def test_a_long_circle_of_parents_is_cut_at_one_place(tmp_path: Path):
    path = tmp_path / "circle.json"
    path.write_text(export_text([row(parentId=f"A_{(n + 1) % LONG}") for n in range(LONG)]))
    project = read_export(path)
    assert [issue.code for issue in project.exports["1"].issues] == ["parent-cycle"]
