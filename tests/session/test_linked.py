"""Labels that belong together are found, whatever their file is like."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from composed import project_of_rows, row

from viewer.errors import Cancelled
from viewer.model.annotation import AnnotationId, Relation
from viewer.session.linked import linked_with


def ids(*numbers: int) -> frozenset[AnnotationId]:
    return frozenset(AnnotationId("1", number) for number in numbers)


@pytest.mark.parametrize("group", ["g-1", 'a "quoted" n\u00f6te', "\\", "7"])
def test_labels_of_a_group_are_found_by_its_name_and_no_others(tmp_path: Path, group: str):
    rows = [
        row(groupId=group),
        row(k=1, groupId="other"),
        row(k=2, groupId=group),
        row(k=3, note=group),
        row(k=4),
    ]
    project = project_of_rows(tmp_path, rows)
    assert project.annotations[AnnotationId("1", 0)].group == group
    assert linked_with(project, ids(0)) == ids(0, 2)
    assert linked_with(project, ids(0, 1)) == ids(0, 1, 2)
    assert linked_with(project, ids(4)) == ids(4)


def test_edited_deleted_and_new_labels_count_as_they_are_now(tmp_path: Path):
    project = project_of_rows(tmp_path, [row(k=k, groupId="g") for k in range(4)])
    left = msgspec.structs.replace(project.annotations[AnnotationId("1", 1)], group=None)
    project = project.with_annotation(left).without_annotations([AnnotationId("1", 2)])
    new = msgspec.structs.replace(
        project.annotations[AnnotationId("1", 0)], id=AnnotationId("1", 0, new=True)
    )
    project = project.with_annotation(new)
    assert linked_with(project, ids(0)) == ids(0, 3) | {new.id}


def test_parents_and_related_labels_are_linked(tmp_path: Path):
    project = project_of_rows(tmp_path, [row(), row(k=1, parentId="A_0"), row(k=2)])
    first, third = AnnotationId("1", 0), AnnotationId("1", 2)
    relation = Relation("next to", first, third)
    related = msgspec.structs.replace(project.annotations[first], relations=(relation,))
    project = project.with_annotation(related)
    assert linked_with(project, ids(1)) == ids(0, 1)
    assert linked_with(project, ids(0)) == ids(0, 2)


def test_looking_for_a_group_can_be_stopped(tmp_path: Path):
    project = project_of_rows(tmp_path, [row(k=k, groupId="g") for k in range(4)])

    def stop() -> None:
        raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        linked_with(project, ids(0), stop)
