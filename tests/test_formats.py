"""Laws that every format keeps: nothing is lost, and only what was edited changes."""

from __future__ import annotations

import itertools
import json
from contextlib import suppress
from functools import cache
from pathlib import Path

import msgspec
import numpy as np
import pytest
from format_cases import EVERY_CASE, LAYOUTS, FormatCase, Layout, edited
from hypothesis import given
from hypothesis import strategies as st
from sampled import some_of

from viewer.errors import CannotRead, CannotWrite
from viewer.formats import FORMATS, read_export, write_export
from viewer.formats.format import WriteJob, detect
from viewer.formats.table import format_named
from viewer.geometry.mask import Mask
from viewer.geometry.measure import same_shape
from viewer.geometry.shapes import Outlined, Shape, Skeleton
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.project import Project
from viewer.model.source import Delete, Edit, span_of

MOST_CUTS = 24
cases = pytest.mark.parametrize("case", EVERY_CASE, ids=str)
layouts = pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)


def plan_of(opened: Project, current: Project) -> tuple[Edit, ...]:
    (export,) = opened.exports.values()
    job = WriteJob(
        export,
        opened.annotations.bases[export.id],
        opened.annotations.opened,
        current.annotations.edits_of(export.id),
    )
    return format_named(export.format).plan(job).edits.get(0, ())


def saved(opened: Project, current: Project, folder: Path) -> bytes:
    """Write, check that every byte outside the plan is the source's, and return the file."""
    target = folder / "saved.json"
    write_export(opened, current, "1", target)
    written = target.read_bytes()
    base = bytes(opened.exports["1"].sources[0].base)
    source = result = 0
    for edit in plan_of(opened, current):
        start, end = span_of(edit)
        assert written[result : result + start - source] == base[source:start]
        result += start - source
        if not isinstance(edit, Delete):
            assert written[result : result + len(edit.new)] == edit.new
            result += len(edit.new)
        source = end
    assert written[result:] == base[source:]
    return written


@cache
def everything(case: FormatCase) -> Project:
    """The format's export with everything that it has, read once."""
    return read_export(case.fixture)


def opened_from(data: bytes, folder: Path) -> Project:
    path = folder / "export.json"
    path.write_bytes(data)
    return read_export(path)


def facts_of(annotation: Annotation) -> tuple[object, ...]:
    keys = [(placement.media, placement.size) for placement in annotation.placements]
    return annotation.native_id, annotation.class_id, annotation.note, keys


def is_close(one: Shape | None, other: Shape | None, slack: float) -> bool:
    """Whether two shapes are the same, but for rounding."""
    if not slack or one is None or other is None:
        return same_shape(one, other)
    if type(one) is not type(other) or isinstance(one, Mask):
        return same_shape(one, other)
    if isinstance(one, Outlined):
        if isinstance(one, Skeleton) and (one.states, one.edges) != (other.states, other.edges):
            return False
        mine, theirs = (shape.rings for shape in (one, other))
    else:
        mine, theirs = ([np.array(msgspec.structs.astuple(shape))] for shape in (one, other))
    return len(mine) == len(theirs) and all(
        a.shape == b.shape and np.allclose(a, b, rtol=slack, atol=1e-300)
        for a, b in zip(mine, theirs, strict=True)
    )


@cases
def test_an_unedited_export_is_written_byte_for_byte(case: FormatCase, tmp_path: Path):
    for path in case.fixture.parent.glob("*.json"):
        if path.name != "expected.json":
            opened = read_export(path)
            assert saved(opened, opened, tmp_path) == path.read_bytes()


@cases
def test_the_format_is_told_by_content_alone(case: FormatCase):
    head = case.fixture.read_bytes()
    assert detect(head, "x.bin", FORMATS).name == case.name
    assert [known.name for known in FORMATS if known.recognise(head)] == [case.name]


@cases
@given(data=st.data())
def test_an_edited_export_reads_back_as_edited_and_all_else_is_as_it_was(
    case: FormatCase, tmp_path: Path, data
):
    opened = everything(case)
    current = data.draw(edited(opened))
    written = saved(opened, current, tmp_path)
    again = opened_from(written, tmp_path)
    wanted = [current.annotations[id] for id in current.annotations]
    found = [again.annotations[id] for id in again.annotations]
    assert [facts_of(annotation) for annotation in found] == [facts_of(one) for one in wanted]
    for one, other in zip(wanted, found, strict=True):
        for mine, theirs in zip(one.placements, other.placements, strict=True):
            slack = case.slack if mine.stored else 1e-9
            assert is_close(mine.shape, theirs.shape, slack)
    before, after = (
        list(itertools.chain(*case.records(json.loads(base))))
        for base in (case.fixture.read_bytes(), written)
    )
    kept = [id.ordinal for id in current.annotations]
    edits = current.annotations.edits
    for ordinal, record in zip(kept, after, strict=True):
        if AnnotationId("1", ordinal) not in edits:
            assert record == before[ordinal]
    if AnnotationId("1", 0) not in edits:  # numbers and escapes before an edit as they are spelled
        first = opened.annotations.opened(AnnotationId("1", 0)).placements[0].origins[0]
        assert bytes(opened.exports["1"].sources[0].base)[: first.end] == written[: first.end]


@cases
def test_an_edit_taken_back_leaves_the_file_as_it_was(case: FormatCase, tmp_path: Path):
    opened = current = everything(case)
    for id in opened.annotations:
        stamped = msgspec.structs.replace(opened.annotations[id], updated="2030-01-01T00:00:00Z")
        current = current.with_annotation(stamped)
    assert saved(opened, current, tmp_path) == case.fixture.read_bytes()


@cases
@layouts
def test_every_way_to_delete_and_add(case: FormatCase, layout: Layout, tmp_path: Path):
    for count in range(4):
        records = [case.record(number) for number in range(count)]
        opened = opened_from(layout.dumped(case.tree([records, [case.record(9)]])), tmp_path)
        for size, added in itertools.product(range(count + 1), range(3)):
            for gone in itertools.combinations(range(count), size):
                left = [record for number, record in enumerate(records) if number not in gone]
                current = opened.without_annotations(AnnotationId("1", each) for each in gone)
                for number in range(added):
                    current = current.with_annotation(case.new(opened, 0, number))
                written = saved(opened, current, tmp_path)
                lists = case.records(json.loads(written.decode("utf-8-sig")))
                assert lists[0][: len(left)] == left
                assert len(lists[0]) == len(left) + added
                assert lists[1] == [case.record(9)]
                if lists[0] and count:
                    assert list(lists[0][-1]) == list(records[0])  # the file's own order of keys
                assert written == respelled(written, layout)


def respelled(written: bytes, layout: Layout) -> bytes:
    """Return the file as the layout's own printer spells its tree."""
    return layout.dumped(json.loads(written.decode("utf-8-sig")))


@cases
@layouts
@pytest.mark.parametrize("wanted", [[None, []], [[], None], [None]])
def test_a_row_is_added_where_the_list_is_missing(case, layout, wanted, tmp_path):
    opened = opened_from(layout.dumped(case.tree(wanted)), tmp_path)
    current = opened.with_annotation(case.new(opened, wanted.index(None), 3))
    written = saved(opened, current, tmp_path)
    lists = case.records(json.loads(written.decode("utf-8-sig")))
    assert [len(rows) for rows in lists] == [int(rows is None) for rows in wanted]
    assert written == respelled(written, layout)


@cases
def test_a_new_row_goes_to_the_container_that_has_its_study(case: FormatCase, tmp_path: Path):
    tree = case.tree([[case.record(0)], [case.record(1)], []])
    opened = opened_from(LAYOUTS[0].dumped(tree), tmp_path)
    current = opened
    for container in (2, 1):
        current = current.with_annotation(case.new(opened, container, container))
    lists = case.records(json.loads(saved(opened, current, tmp_path)))
    assert [len(rows) for rows in lists] == [1, 2, 1]


@cases
@layouts
@pytest.mark.parametrize("number", range(3))
def test_a_move_between_containers_takes_one_row_out_and_puts_one_in(
    case: FormatCase, layout: Layout, number: int, tmp_path: Path
):
    records = [case.record(each) for each in range(3)]
    opened = opened_from(layout.dumped(case.tree([records, [case.record(9)], []])), tmp_path)
    for to in (1, 2):
        moved = opened.without_annotations([AnnotationId("1", number)])
        written = saved(opened, moved.with_annotation(case.new(opened, to, number)), tmp_path)
        lists = case.records(json.loads(written.decode("utf-8-sig")))
        assert lists[0] == [record for at, record in enumerate(records) if at != number]
        assert [len(rows) for rows in lists] == [2, 1 + (to == 1), int(to == 2)]
        assert lists[1][:1] == [case.record(9)]
        assert written == respelled(written, layout)


@cases
@layouts
def test_an_empty_list_keeps_its_own_white_space_until_it_is_filled(case, layout, tmp_path):
    base = layout.dumped(case.tree([[]])).replace(b"[]", b"[ ]")
    opened = opened_from(base, tmp_path)
    assert saved(opened, opened, tmp_path) == base
    current = opened.with_annotation(case.new(opened, 0, 1))
    written = saved(opened, current, tmp_path)
    assert len(case.records(json.loads(written.decode("utf-8-sig")))[0]) == 1


@cases
def test_saving_twice_from_one_base_gives_one_file(case: FormatCase, tmp_path: Path):
    opened = opened_from(LAYOUTS[0].dumped(case.tree([[case.record(0)]])), tmp_path)
    current = opened.with_annotation(case.new(opened, 0, 0)).with_annotation(case.new(opened, 0, 1))
    first = saved(opened, current, tmp_path)
    assert saved(opened, current, tmp_path) == first
    records = case.records(json.loads(first))[0]
    names = [record[case.id_key] if case.id_key else json.dumps(record) for record in records]
    assert len(set(names)) == 3


@cases
def test_a_truncated_file_gives_what_is_whole_and_is_saved_as_it_is(case: FormatCase, tmp_path):
    whole = case.fixture.read_bytes()
    full = len(everything(case).annotations)
    reached = last_refused = 0
    cuts = range(1, len(whole), 211)
    for cut in (*some_of(cuts[:-1], MOST_CUTS), cuts[-1]):
        try:
            opened = opened_from(whole[:cut], tmp_path)
        except CannotRead:  # before the first key that tells the format
            last_refused = cut
            continue
        count = len(opened.annotations)
        assert reached <= count <= full
        reached = count
        assert opened.exports["1"].issues
        for id in opened.annotations:
            assert opened.annotations[id].placements
        assert saved(opened, opened, tmp_path) == whole[:cut]
    assert reached >= full - 1
    assert last_refused < whole.index(case.telling) + len(case.telling)


WRONG = st.sampled_from(
    [b"null", b"true", b"-1", b"1e999", b"NaN", b'"x"', b"[]", b"{}", b"[[[]]]", b"9" * 400,
     b'"\\ud800"', b'"\xff"', b"[" * 300 + b"]" * 300]
)  # fmt: skip


@cases
@given(data=st.data())
def test_any_value_may_be_of_another_type(case: FormatCase, tmp_path: Path, data):
    tree = json.loads(case.fixture.read_bytes())
    marks = spots(tree)
    path = data.draw(st.sampled_from(marks))
    holder = tree
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = "@@here@@"
    base = json.dumps(tree).encode().replace(b'"@@here@@"', data.draw(WRONG))
    try:
        opened = opened_from(base, tmp_path)
    except CannotRead:
        return  # the key that tells the format is gone
    for id in opened.annotations:
        assert opened.annotations[id].id == id
    assert saved(opened, opened, tmp_path) == base
    with suppress(CannotWrite):
        saved(opened, data.draw(edited(opened)), tmp_path)


def spots(tree: object, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    """Return the path of every value in a tree but the tree itself."""
    pairs = (
        tree.items()
        if isinstance(tree, dict)
        else enumerate(tree)
        if isinstance(tree, list)
        else ()
    )
    found: list[tuple[object, ...]] = []
    for key, value in pairs:
        found += [(*path, key), *spots(value, (*path, key))]
    return found


@cases
def test_an_empty_file_is_a_sentence(case: FormatCase, tmp_path: Path):
    for data in (b"", b" \n", b"\xef\xbb\xbf"):
        with pytest.raises(CannotRead, match="is empty"):
            opened_from(data, tmp_path)


@cases
def test_comments_and_several_documents_are_read_and_kept(case: FormatCase, tmp_path: Path):
    whole = case.fixture.read_bytes()
    count = len(everything(case).annotations)
    for base, factor in (
        (b"// made by hand\n" + whole + b"/* end */", 1),
        (whole + b"\n" + whole, 2),
        (whole + b"\nnot json", 1),
    ):
        opened = opened_from(base, tmp_path)
        assert len(opened.annotations) == factor * count
        assert saved(opened, opened, tmp_path) == base
