"""What is asked of the labels shown, and the one command that an answer makes."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from asked import EDGE, EVERY, FINDING, MACHINE, MASS, SEEN, SIZE, asked_project, asked_session

from viewer.errors import Cancelled
from viewer.model.annotation import AnnotationId
from viewer.model.answers import Attribute
from viewer.session.answers import known_of
from viewer.session.asking import Asked, asked_of, change_of, placement_shown
from viewer.session.commands import ChangeAttributes
from viewer.session.session import Session

FIRST, SECOND = AnnotationId("1", 0), AnnotationId("1", 1)


def named(rows: tuple[Asked, ...], name: str) -> Asked:
    return next(row for row in rows if row.attribute.name == name)


def known(session: Session):
    return {("1", "L_box"): known_of(session.project, "1", "L_box")}


def test_one_label_is_asked_what_its_record_was_asked_in_order(tmp_path: Path):
    session = asked_session(tmp_path, 1)
    rows = asked_of(session, [FIRST], {})
    assert tuple(row.attribute for row in rows) == EVERY
    assert [bool(row.locked) for row in rows] == [each is MACHINE for each in EVERY]
    session.set_mode("view")
    assert all(row.locked for row in asked_of(session, [FIRST], {}))


def test_several_labels_are_asked_what_all_of_them_have(tmp_path: Path):
    def asking(ordinal: int) -> tuple[Attribute, ...]:
        return (SIZE, SEEN) if ordinal == 0 else (SEEN, msgspec.structs.replace(FINDING))

    session = asked_session(tmp_path, 2, asking)
    (row,) = asked_of(session, [FIRST, SECOND], {})
    assert row.attribute == SEEN
    assert row.is_same
    assert row.answerers == ((FIRST, None), (SECOND, None))


def test_an_answer_for_several_labels_is_one_step_that_undo_takes_back(tmp_path: Path):
    session = asked_session(tmp_path, 3)
    opened = session.project
    row = named(asked_of(session, [FIRST, SECOND], {}), "Size")
    command = change_of(session, row, 7.0, {})
    assert isinstance(command, ChangeAttributes)
    session.do(command)
    after = named(asked_of(session, [FIRST, SECOND], {}), "Size")
    assert (after.attribute.value, after.is_same) == (7.0, True)
    mixed = named(asked_of(session, [FIRST, AnnotationId("1", 2)], {}), "Size")
    assert mixed.text == "several answers"
    session.undo()
    assert session.project is opened


def test_the_same_answer_again_is_no_step(tmp_path: Path):
    session = asked_session(tmp_path, 2)
    row = named(asked_of(session, [FIRST, SECOND], {}), "Size")
    assert change_of(session, row, SIZE.value, {}) is None


def test_options_that_the_export_does_not_list_are_those_that_others_chose(tmp_path: Path):
    edges = ("soft", "hard", "soft", "fuzzy")

    def asking(ordinal: int) -> tuple[Attribute, ...]:
        return (FINDING, msgspec.structs.replace(EDGE, value=edges[ordinal]))

    session = asked_session(tmp_path, 4, asking)
    rows = asked_of(session, [FIRST], known(session))
    assert named(rows, "Edge").options == ("soft", "hard", "fuzzy")
    assert named(rows, "Finding").options == ("nodule", "mass")


def test_another_choice_brings_the_questions_that_other_records_were_asked(tmp_path: Path):
    session = asked_session(tmp_path, 2, lambda at: MASS if at else EVERY)
    facts = known(session)
    command = change_of(session, asked_of(session, [FIRST], facts)[0], "mass", facts)
    assert command is not None
    session.do(command)
    after = session.project.annotations[FIRST].attributes
    assert [each.name for each in after[:3]] == ["Finding", "Kind of mass", "Size"]
    assert after[1].value is None
    assert after[1].key == "mass"


def test_keys_that_say_where_an_answer_stands_are_moved_below_the_one_that_asks(tmp_path: Path):
    def asking(ordinal: int) -> tuple[Attribute, ...]:
        if ordinal:
            return (
                Attribute("Finding", "mass", "/2", "choice"),
                Attribute("Kind", "cyst", "/2/0/1", "choice", depth=1),
            )
        return (Attribute("Finding", "nodule", "/0", "choice"),)

    session = asked_session(tmp_path, 2, asking)
    (brought,) = known(session)["1", "L_box"].asked_by(asking(0)[0], "mass")
    assert (brought.key, brought.name, brought.value) == ("/0/0/1", "Kind", None)


def test_what_the_ontology_asks_is_known_without_a_record(tmp_path: Path):
    project = asked_project(tmp_path, 1, lambda _: ())
    export = project.exports["1"]
    classes = tuple(
        msgspec.structs.replace(label, questions=MASS) if label.id == "L_box" else label
        for label in export.ontology.classes
    )
    ontology = msgspec.structs.replace(export.ontology, classes=classes)
    object.__setattr__(export, "ontology", ontology)
    facts = known_of(project, "1", "L_box")
    asked = facts.asked_by(FINDING, "mass")
    assert [each.name for each in asked] == ["Kind of mass"]
    assert facts.options_of(msgspec.structs.replace(MASS[1], value=None)) == ("cyst",)


def test_looking_through_records_can_be_stopped(tmp_path: Path):
    project = asked_project(tmp_path, 40, lambda _: EVERY)

    def stop() -> None:
        raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        known_of(project, "1", "L_box", stop)
    assert known_of(project, "1", "L_box").options


def test_the_placement_shown_is_the_one_on_the_slice_under_the_crosshair(tmp_path: Path):
    session = asked_session(tmp_path, 3)
    assert session.project.annotations[SECOND].placements[0].media.instance == "1.2.3.1"
    for k in range(3):
        session.viewing.set_crosshair((4.0, 4.0, float(k)))
        shown = [placement_shown(session, AnnotationId("1", n)) for n in range(3)]
        assert shown == [0 if n == k else None for n in range(3)]
    row = named(asked_of(session, [FIRST], {}), "Seen")
    command = change_of(session, row, "twice", {})
    assert command is not None
    session.do(command)
    session.viewing.set_crosshair((4.0, 4.0, 0.0))
    assert placement_shown(session, FIRST) == 0


def test_answers_of_a_placement_are_changed_there(tmp_path: Path):
    session = asked_session(tmp_path, 2, on_frame=True)
    row = named(asked_of(session, [FIRST], {}), "Seen")
    assert row.answerers == ((FIRST, 0),)
    command = change_of(session, row, "again", {})
    assert command is not None
    session.do(command)
    annotation = session.project.annotations[FIRST]
    assert annotation.attributes == ()
    assert annotation.placements[0].attributes[5].value == "again"
