"""Views side by side fill the whole and keep their distance."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from viewer.paint.layout import GAP_PX, grid_rects
from viewer.review.media_groups import Cell

SIZES = st.tuples(st.integers(200, 4000), st.integers(200, 4000))


@given(SIZES, st.integers(1, 3), st.integers(1, 3))
def test_cells_of_a_grid_are_alike_and_a_gap_apart(
    size: tuple[int, int], columns: int, rows: int
) -> None:
    cells = [Cell(x, y) for y in range(rows) for x in range(columns)]
    rects = grid_rects(size, cells)
    for (x, y, width, height), cell in zip(rects, cells, strict=True):
        assert abs(width - (size[0] - (columns - 1) * GAP_PX) / columns) <= 1
        assert abs(height - (size[1] - (rows - 1) * GAP_PX) / rows) <= 1
        if cell.column:
            left = rects[cells.index(Cell(cell.column - 1, cell.row))]
            assert x == left[0] + left[2] + GAP_PX
        if cell.row:
            above = rects[cells.index(Cell(cell.column, cell.row - 1))]
            assert y == above[1] + above[3] + GAP_PX
    assert (x + width, y + height) == size


@given(SIZES)
def test_a_cell_over_two_rows_ends_where_they_end(size: tuple[int, int]) -> None:
    tall, upper, lower = grid_rects(size, [Cell(0, 0, 1, 2), Cell(1, 0), Cell(1, 1)])
    assert tall[1] == upper[1] == 0
    assert tall[3] == lower[1] + lower[3] == size[1]
    assert tall[0] + tall[2] + GAP_PX == upper[0] == lower[0]
