"""Chains of parents in MD.ai exports."""

from __future__ import annotations

from pathlib import Path

from composed import export_text, row
from mdai_trees import read, tree_of

from viewer.formats import read_export
from viewer.model.annotation import AnnotationId

LONG = 50_000  # a way by the square would not end


def test_a_long_chain_of_parents_is_read(tmp_path: Path):
    path = tmp_path / "chain.json"
    path.write_text(export_text([row(parentId=f"A_{n - 1}" if n else None) for n in range(LONG)]))
    project = read_export(path)
    assert project.annotations[AnnotationId("1", LONG - 1)].parent == AnnotationId("1", LONG - 2)
    assert not project.exports["1"].issues


def test_a_long_circle_of_parents_is_cut_at_one_place(tmp_path: Path):
    path = tmp_path / "circle.json"
    path.write_text(export_text([row(parentId=f"A_{(n + 1) % LONG}") for n in range(LONG)]))
    project = read_export(path)
    assert [issue.code for issue in project.exports["1"].issues] == ["parent-cycle"]


def test_parents_that_lead_in_a_circle_are_cut_and_told(tmp_path: Path):
    records = [
        {"labelId": "L_bbox", "id": "A", "parentId": "C"},
        {"labelId": "L_bbox", "id": "B", "parentId": "A"},
        {"labelId": "L_bbox", "id": "C", "parentId": "B"},
        {"labelId": "L_bbox", "id": "D", "parentId": "D"},
        {"labelId": "L_bbox", "id": "E", "parentId": "gone"},
    ]
    project = read(tree_of(*records), tmp_path)
    codes = {issue.where: issue.code for issue in project.exports["1"].issues}
    assert codes == {"C": "parent-cycle", "E": "parent-missing"}
    for id in project.annotations:
        walked = 0
        at: AnnotationId | None = id
        while at is not None:
            at = project.annotations[at].parent
            walked += 1
            assert walked < 6
