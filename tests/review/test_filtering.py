"""A filter keeps exactly the labels that fit each of its parts, edited ones too."""

from __future__ import annotations

from functools import cache

import msgspec
import numpy as np
import pytest
from studies import MADE, demo

from viewer.model.annotation import AnnotationId
from viewer.model.verdict import Verdict
from viewer.review.filter_words import parts_of, words_of
from viewer.review.filtering import NO_FILTER, Filter, Span, Sure, fitting
from viewer.review.label_rows import rows_of
from viewer.review.label_table import Cell
from viewer.review.matching import match
from viewer.review.task_codes import tasks_of
from viewer.session.commands import ChangeClass
from viewer.session.session import Session


@cache
def read_once() -> Session:
    project, media = demo()
    session = Session()
    session.open(project, media, (), match(project, media))
    return session


def kept(session: Session, wanted: Filter) -> set[AnnotationId]:
    rows = rows_of(session.project, session.matches)
    flags = fitting(wanted, rows, session.project, session.matches.lookup)
    return {rows.id_at(row) for row in np.flatnonzero(flags).tolist()}


def everything(session: Session) -> set[AnnotationId]:
    return set(session.project.annotations)


def some_class(session: Session) -> tuple[str, str]:
    id = next(iter(session.project.annotations))
    return id.export, session.project.annotations[id].class_id


FILTERS = (
    Filter(authors=frozenset({"Reader A"})),
    Filter(text="nodule"),
    Filter(scopes=frozenset({"shape"})),
    Filter(scopes=frozenset({"exam", "series"})),
    Filter(planes=frozenset({"axial"})),
    Filter(frames=Span(50, 60)),
    Filter(kinds=frozenset({"agreed"})),
    Filter(verdicts=frozenset({"none"})),
)


@pytest.mark.parametrize("one", FILTERS)
def test_parts_combine_so_that_each_must_fit(one: Filter) -> None:
    session = read_once()
    for other in FILTERS:
        parts = {
            name: getattr(other, name)
            for name in Filter.__struct_fields__
            if getattr(other, name) != getattr(NO_FILTER, name)
        }
        both = msgspec.structs.replace(one, **parts)
        if set(parts) & {name for name in parts if getattr(one, name) != getattr(NO_FILTER, name)}:
            continue
        assert kept(session, both) == kept(session, one) & kept(session, other)


def test_each_part_keeps_what_annotations_say_one_by_one() -> None:
    session = read_once()
    annotations, matches = session.project.annotations, session.matches
    wanted = some_class(session)
    of_class = {id for id in annotations if (id.export, annotations[id].class_id) == wanted}
    assert kept(session, Filter(classes=frozenset({wanted}))) == of_class
    of_author = {id for id in annotations if annotations[id].author == "Reader B"}
    assert kept(session, Filter(authors=frozenset({"Reader B"}))) == of_author
    on_slices = {
        id
        for id in annotations
        if any(p.slice is not None and 50 <= p.slice <= 60 for p in matches.of(id))
    }
    assert kept(session, Filter(frames=Span(50, 60))) == on_slices
    drawn = {id for id in annotations if any(p.shape for p in annotations[id].placements)}
    assert kept(session, Filter(scopes=frozenset({"shape"}))) == drawn
    assert kept(session, NO_FILTER) == everything(session)


def test_alternatives_of_one_part_add_up() -> None:
    session = read_once()
    names = ("Reader A", "Reader B")
    each = [kept(session, Filter(authors=frozenset({name}))) for name in names]
    assert kept(session, Filter(authors=frozenset(names))) == each[0] | each[1]


def test_verdicts_are_filtered_as_they_are_given_and_edits_lie_over() -> None:
    project, media = demo()
    session = Session()
    session.open(project, media, (), match(project, media))
    first, second, third = list(project.annotations)[:3]
    project = project.with_verdicts([(first, Verdict("accepted"))])
    project = project.with_verdicts([(second, Verdict(comment="look again"))])
    other = project.annotations[third].class_id
    changed = next(id for id in project.annotations if project.annotations[id].class_id != other)
    project = ChangeClass(changed, other, MADE).apply(project)
    matches = session.matches.with_edits(project)
    rows = rows_of(project, matches)

    def ids(wanted: Filter) -> set[AnnotationId]:
        flags = fitting(wanted, rows, project, matches.lookup)
        return {rows.id_at(row) for row in np.flatnonzero(flags).tolist()}

    assert ids(Filter(verdicts=frozenset({"accepted"}))) == {first}
    assert ids(Filter(verdicts=frozenset({"commented"}))) == {second}
    assert ids(Filter(verdicts=frozenset({"none"}))) == everything(session) - {first}
    assert changed in ids(Filter(classes=frozenset({(changed.export, other)})))


def test_labels_without_a_probability_stay_unless_they_are_left_out() -> None:
    session = read_once()
    assert kept(session, Filter(sure=Sure(0.5, 1.0))) == everything(session)
    assert kept(session, Filter(sure=Sure(0.0, 1.0, keeps_unsaid=False))) == set()


def test_a_filter_comes_back_from_its_bytes() -> None:
    wanted = Filter(
        "liver",
        classes=frozenset({("1", "L_1")}),
        frames=Span(1, 2),
        sure=Sure(0.2, 0.9),
        answers=frozenset({("Side", "left")}),
        verdicts=frozenset({"none", "commented"}),
    )
    assert msgspec.json.decode(msgspec.json.encode(wanted), type=Filter) == wanted


def test_taking_off_one_part_after_the_other_leaves_no_filter() -> None:
    session = read_once()
    wanted = Filter(
        "x",
        authors=frozenset({"a", ""}),
        frames=Span(0, 4),
        sure=Sure(0.5),
        states=frozenset({"done"}),
    )
    assert words_of(wanted, session.project)
    count = 0
    while not wanted.is_empty:
        wanted = parts_of(wanted, session.project)[0].rest
        count += 1
    assert count == 6


def test_every_row_has_the_task_of_its_study() -> None:
    session = read_once()
    rows = rows_of(session.project, session.matches)
    (export,) = session.project.exports.values()
    for row in range(rows.count):
        placements = session.project.annotations[rows.id_at(row)].placements
        studies = [task.study for task in tasks_of(export)]
        study = placements[0].media.study
        expected = studies.index(study) if study in studies else -1
        assert rows.cell(row, Cell.TASK) == expected
