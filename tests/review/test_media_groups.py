"""Parts of a group stand where they are called, each open one once and none over another."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from bound import drawn, pictures, project_of, scan
from hypothesis import given
from hypothesis import strategies as st

from viewer.model.project import Entry, MediaGroup, Project
from viewer.review.matching import match
from viewer.review.media_groups import MOST_PARTS, Cell, Spot, cells_of, group_at

PLACES = st.lists(
    st.sampled_from(
        ["left", "right", "top", "bottom-left", "lower right", "UPPER_LEFT", "center", "front",
         "middle-left", "top centre", "0", "10", "2", ""]
    ),
    min_size=1, max_size=MOST_PARTS,
)  # fmt: skip


def spots(cell: Cell) -> set[tuple[int, int]]:
    across, down = range(cell.columns), range(cell.rows)
    return {(cell.column + x, cell.row + y) for x in across for y in down}


@given(PLACES)
def test_no_part_lies_over_another_and_no_column_or_row_is_empty(places: list[str]) -> None:
    cells = cells_of(places)
    assert len(cells) == len(places)
    for one, other in combinations(cells, 2):
        assert not spots(one) & spots(other)
    taken = set[tuple[int, int]]().union(*map(spots, cells))
    for used in ({x for x, _ in taken}, {y for _, y in taken}):
        assert used == set(range(max(used) + 1))


@pytest.mark.parametrize(
    ("places", "cells"),
    [
        (("right", "left"), (Cell(1, 0), Cell(0, 0))),
        (("bottom", "top"), (Cell(0, 1), Cell(0, 0))),
        (("left", "top-right", "Bottom Right"), (Cell(0, 0, 1, 2), Cell(1, 0), Cell(1, 1))),
        (("top", "bottom_left", "bottom_right"), (Cell(0, 0, 2, 1), Cell(0, 1), Cell(1, 1))),
        (("left", "center", "right"), (Cell(0, 0), Cell(1, 0), Cell(2, 0))),
        (("front", "back"), (Cell(0, 0), Cell(1, 0))),
        (("left", "back"), (Cell(0, 0), Cell(1, 0))),
        (("left", "left"), (Cell(0, 0), Cell(1, 0))),
        (("10", "9", "1", "2"), (Cell(1, 1), Cell(0, 1), Cell(0, 0), Cell(1, 0))),
        (("a", "b", "c"), (Cell(0, 0), Cell(1, 0), Cell(0, 1))),
    ],
)
def test_sides_count_where_they_are_named_and_else_the_order(
    places: tuple[str, ...], cells: tuple[Cell, ...]
) -> None:
    assert cells_of(places) == cells


MEDIA = (scan("1.0"), pictures(("p0.png", "other.png", "p1.png")), scan("1.1"))


def grouped(*parts: tuple[str, str]) -> Project:
    """Series and pictures as entries, the third series not open, and a group of some of them."""
    entries = [Entry(f"e{n}", f"e{n}", series=f"1.{n}", keys=(f"hash {n}",)) for n in range(3)]
    entries += [Entry(f"p{n}", f"p{n}.png", names=(f"p{n}.png",)) for n in range(2)]
    project = project_of(entries, [drawn("e0", frame=0)])
    (export,) = project.exports.values()
    (base,) = project.annotations.bases.values()
    made = replace(export, media_groups=(MediaGroup("group", parts),))
    return Project().with_export(made, base)


def found(project: Project, media: int, picture: int = 0) -> list[tuple[Spot, str]]:
    parts = group_at(match(project, MEDIA).groups, ((media, picture), (media, None)))
    return [(part.spot, part.place) for part in parts]


def test_parts_are_found_by_what_the_vendor_calls_them_wherever_one_looks() -> None:
    project = grouped(("left", "hash 0"), ("right", "e1"))
    expected = [((0, None), "left"), ((2, None), "right")]
    assert found(project, 0, 5) == found(project, 2) == expected
    assert found(project, 1) == []


def test_what_is_not_open_leaves_no_hole_and_one_part_alone_is_no_group() -> None:
    project = grouped(("left", "e0"), ("centre", "e2"), ("right", "e1"), ("top", "nowhere"))
    parts = group_at(match(project, MEDIA).groups, ((0, None),))
    assert [part.cell for part in parts] == [Cell(0, 0), Cell(1, 0)]
    assert found(grouped(("left", "e0"), ("right", "e2")), 0) == []


def test_of_pictures_in_one_stack_each_part_is_its_own_picture() -> None:
    project = grouped(("left", "p0"), ("right", "p1"))
    files = [spot for spot, _ in found(project, 1, 0)]
    first, second = (picture for _, picture in files)
    assert first is not None
    assert second is not None
    assert {first, second} < {0, 1, 2}
    assert found(project, 1, first) == found(project, 1, second) != []
    (other,) = {0, 1, 2} - {first, second}
    assert found(project, 1, other) == []


def test_of_very_many_parts_the_first_ones_stand_together() -> None:
    names = [f"p{n}.png" for n in range(MOST_PARTS + 3)]
    media = (pictures(names),)
    entries = [Entry(name, name, names=(name,)) for name in names]
    project = project_of(entries, [drawn(names[0])])
    (export,), (base,) = project.exports.values(), project.annotations.bases.values()
    groups = (MediaGroup("group", tuple(("", name) for name in names)),)
    project = Project().with_export(replace(export, media_groups=groups), base)
    groups = match(project, media).groups
    sizes = {len(group_at(groups, ((0, k),))) for k in range(len(names))}
    assert sizes == {MOST_PARTS, 0}


def test_a_part_named_twice_stands_once() -> None:
    project = grouped(("left", "e0"), ("right", "hash 0"), ("bottom", "e1"))
    assert found(project, 0) == [((0, None), "left"), ((2, None), "bottom")]


def test_of_exports_that_call_entries_alike_each_means_its_own() -> None:
    def entries(*series: str) -> list[Entry]:
        return [Entry(f"row 1/{n}", f"{n}", series=uid) for n, uid in enumerate(series)]

    first = project_of(entries("1.0"), [drawn("row 1/0", frame=0)], "1")
    second = project_of(entries("1.1", "1.2"), [drawn("row 1/0", frame=0)], "2")
    group = MediaGroup("group", (("left", "row 1/0"), ("right", "row 1/1")))
    export = replace(second.exports["2"], media_groups=(group,))
    project = first.with_export(export, second.annotations.bases["2"])
    groups = match(project, [scan("1.0"), scan("1.1"), scan("1.2")]).groups
    assert {media: [part.spot[0] for part in parts] for (media, _), parts in groups.items()} == {
        1: [1, 2],
        2: [1, 2],
    }


def test_a_place_is_one_line_however_long_its_word_is() -> None:
    left, right = found(grouped((" left\nof all\r", "e0"), ("x" * 10**6, "e1")), 0)
    assert left[1] == "left of all"
    assert len(right[1]) <= 80
