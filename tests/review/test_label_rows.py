"""Laws of the label list's table."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from studies import MADE, demo

from viewer.demo import LABELBOX_FOLDER, demo_folder
from viewer.formats import read_export
from viewer.model.export_words import export_words
from viewer.model.project import Project
from viewer.review import label_rows
from viewer.review.filtering import Filter, fitting
from viewer.review.label_groups import Order, SortKey, grouped, sorted_rows
from viewer.review.label_table import Cell, LabelRows
from viewer.review.matching import match
from viewer.session.commands import AddAnnotation, ChangeClass, ChangeNote, DeleteAnnotations
from viewer.session.session import Session


def demo_session() -> Session:
    project, media = demo()
    session = Session()
    session.open(project, media, (), match(project, media))
    return session


@pytest.fixture
def session() -> Session:
    return demo_session()


@cache
def read_once() -> Session:
    return demo_session()


def rows_of(session: Session) -> LabelRows:
    return label_rows.rows_of(session.project, session.matches)


def fitting_text(session: Session, text: str) -> np.ndarray:
    rows = rows_of(session)
    return fitting(Filter(text), rows, session.project, session.matches.lookup)


def assert_rows_are_the_annotations(session: Session, rows: LabelRows) -> None:
    ids = [rows.id_at(row) for row in range(rows.count)]
    assert sorted(ids) == sorted(session.project.annotations)
    for row, label_id in enumerate(ids):
        annotation = session.project.annotations[label_id]
        entry = rows.entry(row)
        assert rows.row_of(label_id) == row
        assert entry is not None
        assert entry.label.id == annotation.class_id
        assert rows.author(row) == annotation.author
        assert rows.reason(row) == session.matches.reason_of(label_id)
        places = [p.slice for p in session.matches.of(label_id) if p.slice is not None]
        assert rows.cell(row, Cell.FIRST) == min(places, default=-1)
        assert rows.cell(row, Cell.LAST) == max(places, default=-1)


def test_there_is_one_row_for_every_annotation_and_it_says_the_same(session: Session) -> None:
    assert_rows_are_the_annotations(session, rows_of(session))


def test_edits_lie_over_what_was_read(session: Session) -> None:
    rows_of(session)
    ids = list(session.project.annotations)
    export = ids[0].export
    new_id = session.project.annotations.next_new(export)
    new = type(session.project.annotations[ids[0]])(
        new_id, "", session.project.annotations[ids[0]].class_id, "somebody new"
    )
    session.do(ChangeNote(ids[4], "soft edge", MADE))
    session.do(DeleteAnnotations((ids[2],), (), MADE))
    session.do(AddAnnotation(new, MADE))
    rows = rows_of(session)
    assert_rows_are_the_annotations(session, rows)
    edited = {rows.id_at(row) for row in np.flatnonzero(rows.column(Cell.EDITED) > 0).tolist()}
    assert edited == {ids[4], new_id}


@given(st.sampled_from(["file", "label", "slice"]), st.booleans(), st.integers(0, 2**32 - 1))
def test_edits_lie_in_the_list_where_a_list_made_anew_has_them(
    by: SortKey, descending: bool, seed: int
) -> None:
    session, rng = read_once(), np.random.default_rng(seed)
    ids = list(session.project.annotations)
    some = [ids[number] for number in rng.permutation(len(ids))[: rng.integers(1, 30)].tolist()]
    count, project = len(some) // 3, session.project
    classes = [project.annotations[id].class_id for id in ids]
    for id in some[:count]:
        project = ChangeClass(id, classes[rng.integers(len(classes))], MADE).apply(project)
    for id in some[count : 2 * count]:
        kept = project.annotations[id]
        new = structs.replace(
            kept, id=project.annotations.next_new(id.export), author=f"{rng.integers(3)}"
        )
        project = AddAnnotation(new, MADE).apply(project)
    project = DeleteAnnotations(tuple(sorted(some[2 * count :])), (), MADE).apply(project)
    rows = label_rows.rows_of(project, session.matches.with_edits(project))
    assert [rows.id_at(row) for row in range(rows.count)] == sorted(
        project.annotations, key=lambda id: (id.new, id.ordinal)
    )
    cells = np.stack([rows.column(cell) for cell in Cell], axis=1)
    assert cells.tolist() == [rows.line(row) for row in range(rows.count)]
    anew = replace(rows, cells=cells, laid=None)
    in_order, as_anew = (sorted_rows(each, Order(by, descending)).tolist() for each in (rows, anew))
    assert in_order == as_anew
    assert all(
        anew.row_of(rows.id_at(row)) == row == rows.row_of(rows.id_at(row)) for row in in_order
    )


def test_the_rows_of_one_state_are_worked_out_once_for_all_who_ask(session: Session) -> None:
    session.do(DeleteAnnotations((next(iter(session.project.annotations)),), (), MADE))
    assert rows_of(session) is rows_of(session)


@given(st.sampled_from(["file", "label", "slice"]), st.booleans(), st.integers(0, 2**32 - 1))
def test_every_kept_row_is_in_exactly_one_group_whatever_the_order(
    by: SortKey, descending: bool, seed: int
) -> None:
    rows = rows_of(read_once())
    keep = np.random.default_rng(seed).random(rows.count) < 0.7
    groups = grouped(rows, keep, Order(by, descending))
    assert sorted(groups.order.tolist()) == np.flatnonzero(keep).tolist()
    assert sum(group.count for group in groups.groups) == int(keep.sum())
    for row in groups.order.tolist():
        found = groups.find(row)
        assert found is not None
        group = groups.groups[found[0]]
        assert int(groups.order[group.start + found[1]]) == row
        is_placed = not rows.reason(row)
        assert group.reason == rows.reason(row)
        assert not is_placed or group.code == rows.cell(row, Cell.CLASS)
    reasons = [bool(group.reason) for group in groups.groups]
    assert reasons == sorted(reasons), "what is not placed stands last"


def test_a_filter_keeps_the_rows_that_hold_every_word(session: Session) -> None:
    rows = rows_of(session)
    keep = fitting_text(session, "NODULE reader b")
    for row in range(rows.count):
        entry = rows.entry(row)
        assert entry is not None
        words = f"{entry.label.name} {entry.label.group} {rows.author(row)}".lower()
        fits = "nodule" in words and "reader" in words and "b" in words.replace("nodule", "")
        if keep[row]:
            assert "nodule" in words
            assert "reader" in words
        if fits and "reader b" in words:
            assert keep[row]


def test_a_filter_finds_ids_and_slices(session: Session) -> None:
    rows = rows_of(session)
    label_id = rows.id_at(10)
    native = session.project.annotations[label_id].native_id
    kept = np.flatnonzero(fitting_text(session, native.upper())).tolist()
    assert kept == [10]
    first = int(rows.cell(10, Cell.FIRST))
    assert fitting_text(session, str(first + 1))[10]


def vendor_rows(*names: tuple[str, str]) -> tuple[Session, LabelRows]:
    """A session over the demo's series with exports of vendors, and its rows."""
    session, folder = demo_session(), demo_folder()[1].parent
    project = read_export(*(str(folder.joinpath(*parts)) for parts in names))
    session.open(project, session.media, (), match(project, session.media))
    return session, rows_of(session)


def test_classes_of_one_name_in_two_exports_say_which_is_meant() -> None:
    both = (LABELBOX_FOLDER, "thorax_export_v2.ndjson"), (".", demo_folder()[1].name)
    _, rows = vendor_rows(*both)
    livers = [entry for entry in rows.classes if entry.label.name == "Liver"]
    assert {entry.source for entry in livers} == {name for _, name in both}
    assert {entry.source for entry in rows.classes if entry.label.name == "Nodule box"} == {""}
    _, alone = vendor_rows(both[0])
    assert {entry.source for entry in alone.classes} == {""}


@pytest.mark.parametrize(
    ("paths", "words"),
    [
        (("/a/one.json", "/a/two.json"), ("one.json", "two.json")),
        (("/a/x.json", "/b/x.json", "/b/y.json"), ("a/x.json", "b/x.json", "y.json")),
        (("/a/x.json", "/q/a/x.json"), ("x.json (0)", "x.json (1)")),
        (("/a/p.zip!x.json", "/a/q.zip!x.json"), ("p.zip/x.json", "q.zip/x.json")),
        (("x.json", "x.json"), ("x.json (0)", "x.json (1)")),
    ],
)
def test_exports_of_one_name_are_told_apart_by_folder_and_then_by_number(
    paths: tuple[str, ...], words: tuple[str, ...]
) -> None:
    (export,) = read_once().project.exports.values()
    named = {
        str(number): replace(
            export,
            id=str(number),
            title=re.split("[/!]", path)[-1],
            sources=(replace(export.sources[0], path=path),),
        )
        for number, path in enumerate(paths)
    }
    assert tuple(export_words(Project(named)).values()) == words
