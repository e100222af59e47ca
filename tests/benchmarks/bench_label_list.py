"""The list of labels with 100,000 or 1,000,000 rows: every step of a person, under watch.

Run: python tests/benchmarks/bench_label_list.py [ROWS]
Goal: no step holds the main thread for more than 50 ms, painting included: on an idle machine by
the clock, on a busy one by its own work. How long a step takes in all is told as a ratio to one
np.lexsort of three columns of as many rows, measured in the same run.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parent))

import numpy as np
from bench_live_window import demo_and_export
from live import GOAL_MS, Watch, running, until
from PySide6.QtCore import QItemSelection, QItemSelectionModel
from PySide6.QtGui import QGuiApplication

from viewer.app import Program
from viewer.review.filtering import NO_FILTER, Filter, Span
from viewer.review.label_table import Cell
from viewer.session.commands import ChangeClass, ChangeNote, DeleteAnnotations
from viewer.ui.labels.cells import Column
from viewer.ui.labels.panel import LabelPanel

BYTES_PER_ROW = 520
WAITED_S = 0.35  # in each step, so that what it brings about later is watched too


def steps(made: Program) -> dict[str, Callable[[], object]]:
    """Return what a person does with the list, in order."""
    session, panel = made.session, made.window.label_panel
    rows = panel.model.rows
    far, near = rows.id_at(rows.count - 1), rows.id_at(rows.count // 2)
    other = session.project.exports[far.export].ontology.classes[0].id
    bar = panel.tree.verticalScrollBar()

    def sort(column: Column) -> Callable[[], object]:
        return lambda: panel.tree.header().sectionClicked.emit(column)

    return {
        "unfold all groups": panel.tree.expandAll,
        "scroll to the end": lambda: bar.setValue(bar.maximum()),
        "sort by slice": sort(Column.SLICE),
        "sort the other way": sort(Column.SLICE),
        "sort by author": sort(Column.AUTHOR),
        "sort by verdict": sort(Column.REVIEW),
        "sort by label": sort(Column.LABEL),
        "group by slice": lambda: panel.group_by("slice"),
        "group by author": lambda: panel.group_by("author"),
        "group by nothing": lambda: panel.group_by("none"),
        "mark all": panel.tree.selectAll,
        "copy all": panel.copy_csv,
        "mark 2,000": lambda: mark(panel, 2_000),
        "tracks alone": lambda: panel.show_tracks(True),
        "all labels again": lambda: panel.show_tracks(False),
        "group by label": lambda: panel.group_by("class"),
        "slices 10 to 20": lambda: panel.bar.ask(Filter(frames=Span(9, 19))),
        "all of them": lambda: panel.bar.ask(NO_FILTER),
        "filter: 1": lambda: panel.filter.setText("1"),
        "filter: 12": lambda: panel.filter.setText("12"),
        "filter: 12 label": lambda: panel.filter.setText("12 label"),
        "no filter": lambda: panel.filter.setText(""),
        "select a far row": lambda: session.select({far}),
        "select another": lambda: session.select({near}),
        "close an eye": lambda: session.display.set_hidden(far, hidden=True),
        "write a note": lambda: session.do(ChangeNote(far, "seen", session.stamp())),
        "change a class": lambda: session.do(ChangeClass(far, other, session.stamp())),
        "delete one": lambda: session.do(DeleteAnnotations((near,), (), session.stamp())),
        "undo": session.undo,
    }


def mark(panel: LabelPanel, count: int) -> None:
    """Mark the first lines of the list."""
    model, flags = panel.model, QItemSelectionModel.SelectionFlag
    last = model.index(min(count, model.rowCount()) - 1, Column.LOCK)
    chosen = QItemSelection(model.index(0, 0), last)
    panel.tree.selectionModel().select(chosen, flags.ClearAndSelect | flags.Rows)


def lexsort_s(made: Program) -> float:
    """Return how long numpy sorts the rows by three of their columns."""
    rows = made.window.label_panel.model.rows
    cells = (Cell.AUTHOR, Cell.FIRST, Cell.CLASS)
    columns = [np.ascontiguousarray(rows.column(cell)) for cell in cells]
    began = perf_counter()
    np.lexsort(columns)
    return perf_counter() - began


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    # few vertices: the list does not depend on the shapes
    with demo_and_export(count * BYTES_PER_ROW, corners=3) as (made, path, written):
        with Watch(f"open {written:,} labels") as opening:
            made.window.opening.open([str(path)])
            until(lambda: written <= len(made.session.project.annotations))
            running(0.3)
        opening.report()
        watches = [opening]
        until(lambda: not made.jobs.is_busy(), within_s=900)
        floor = min(lexsort_s(made) for _ in range(3))
        print(f"np.lexsort of {written:,} rows {floor * 1000:.0f} ms", flush=True)
        for title, action in steps(made).items():
            with Watch(title) as watch:
                action()
                running(WAITED_S - 0.1)
                until(lambda: not made.jobs.is_busy(), within_s=900)
                running(0.1)
            watch.report()
            print(f"    {(watch.seconds - WAITED_S) / floor:.1f} x np.lexsort in all", flush=True)
            watches.append(watch)
    made.window.saving.may_leave = lambda _exports: True
    made.window.close()
    QGuiApplication.clipboard().clear()  # the offscreen one would outlive Python
    long = [watch.title for watch in watches if watch.busy_ms > GOAL_MS]
    late = [watch.title for watch in watches if not watch.is_live]
    print(f"own work above the goal: {', '.join(long) or 'none'}")
    print(f"away for longer than the goal: {', '.join(late) or 'none'}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
