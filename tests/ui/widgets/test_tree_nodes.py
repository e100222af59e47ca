"""Trees of keys and values show everything that a text holds, and make rows only when asked."""

from __future__ import annotations

import json
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QModelIndex
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from viewer.session.jobs import Jobs
from viewer.ui.widgets.tree_model import TreeModel, TreeView
from viewer.ui.widgets.tree_nodes import LONG_BYTES, MOST_CHILDREN, Node, many, node_of_json

SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=12,
)


def rows_of(model: TreeModel, above: QModelIndex | None = None) -> list[str]:
    index = above if above is not None else QModelIndex()
    found: list[str] = []
    for row in range(model.rowCount(index)):
        child = model.index(row, 0, index)
        found.append(child.data())
        found += rows_of(model, child)
    return found


@given(st.dictionaries(st.text(st.characters(codec="utf-8"), min_size=1, max_size=5), VALUES))
def test_every_key_of_an_object_is_a_row_in_the_texts_order(value):
    root = node_of_json("Record", json.dumps(value).encode())
    below = root.below() if root.below is not None else ()
    assert [node.key for node in below] == list(value)
    for node in below:
        if not isinstance(value[node.key], dict | list):
            assert node.below is None


@given(VALUES)
def test_the_model_over_any_json_keeps_the_rules_of_qt(qapp, value):
    model = TreeModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show_nodes([node_of_json("a", json.dumps(value).encode()), Node("b", "c")])
    rows = rows_of(model)
    assert rows[0] == "a"
    assert rows[-1] == "b"
    del tester


def test_a_million_rows_are_told_in_stretches_that_are_made_when_unfolded():
    made: list[int] = []

    def make(number: int) -> Node:
        made.append(number)
        return Node(str(number))

    top = many(1_234_567, make)
    assert len(top) <= MOST_CHILDREN
    assert made == []
    node = top[-1]
    while node.below is not None:
        below = node.below()
        assert len(below) <= MOST_CHILDREN
        node = below[-1]
    assert node.key == "1234566"
    assert len(made) <= MOST_CHILDREN


def test_short_lists_of_numbers_are_read_in_one_line_and_damage_is_said():
    assert node_of_json("size", b"[1, 2,\n 3.50]").text == "[1, 2, 3.50]"
    damaged = node_of_json("x", b'{"a": 1, "b": [1, {"c": 2}, }')
    assert damaged.below is not None
    keys = [node.key for node in damaged.below()]
    assert keys[0] == "a"
    assert keys[-1] == "damaged"


def test_where_a_value_stands_is_told_as_a_pointer():
    node = node_of_json("Record", b'{"a/b": [{"c~": "x"}, {"d": [{"e": 1}]}]}')
    for row in (0, 0, 0):
        assert node.below is not None
        node = node.below()[row]
    assert node.tip == "/a~1b/0/c~0\nx"


def test_selected_rows_are_copied_as_key_and_value(qtbot: QtBot):
    view = TreeView("keys")
    qtbot.addWidget(view)
    view.show_nodes([node_of_json("Record", b'{"id": "A", "n": 3, "deep": {"x": {"y": 1}}}')], 1)
    view.show()
    view.selectAll()
    lines = view.text_of_rows().splitlines()
    assert lines[1:3] == ["id\tA", "n\t3"]
    assert len(lines) == 4


def test_rows_of_a_long_value_are_made_in_a_job_and_are_the_same(qtbot: QtBot):
    calls: list[Callable[[], None]] = []
    jobs = Jobs(calls.append)
    value = {f"key {number}": {"n": number} for number in range(LONG_BYTES // 16)}
    node = node_of_json("Record", json.dumps(value).encode())
    plain, model = TreeModel(), TreeModel(jobs=jobs)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    for each in (plain, model):
        each.show_nodes([node])
    first = model.index(0, 0)
    assert rows_of(model, first) == ["Reading…"]
    qtbot.waitUntil(lambda: bool(calls))
    assert rows_of(model, first) == ["Reading…"]  # until the main thread takes the answer
    for call in calls:
        call()
    assert rows_of(model, first) == rows_of(plain, plain.index(0, 0))
    assert jobs.close(5.0) == ()
    del tester


def test_rows_that_come_when_other_values_are_shown_are_not_taken(qtbot: QtBot):
    calls: list[Callable[[], None]] = []
    jobs = Jobs(calls.append)
    model = TreeModel(jobs=jobs)
    model.show_nodes([node_of_json("long", json.dumps([[{}]] * LONG_BYTES).encode())])
    assert rows_of(model) == ["long", "Reading…"]
    qtbot.waitUntil(lambda: bool(calls))
    model.show_nodes([Node("another")])
    for call in calls:
        call()
    assert rows_of(model) == ["another"]
    assert jobs.close(5.0) == ()
