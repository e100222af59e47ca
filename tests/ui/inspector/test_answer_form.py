"""Answers are given in the inspector, each as one step, and never to another label."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from asked import EDGE, EVERY, FINDING, MASS, SEEN, asked_session
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot
from studies import shown
from windows import dressed

from viewer.model.annotation import AnnotationId
from viewer.model.answers import Attribute, AttributeValue
from viewer.session.commands import ChangeAttribute, ChangeAttributes
from viewer.session.session import Session
from viewer.ui.inspector.answer_fields import AnswerField, PickedAnswer, ShownAnswer, TextAnswer
from viewer.ui.inspector.answer_part import AnswerPart
from viewer.ui.inspector.inspector import Inspector

FIRST, SECOND = AnnotationId("1", 0), AnnotationId("1", 1)
Opened = Callable[..., tuple[Session, Inspector]]
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def opened(qtbot: QtBot, tmp_path: Path) -> Opened:
    def make(rows: int = 2, *asking: object, **more: bool) -> tuple[Session, Inspector]:
        dressed()
        session = asked_session(tmp_path, rows, *asking, **more)
        inspector = Inspector(session)
        qtbot.addWidget(inspector)
        shown(inspector, 320, 900)
        session.select([FIRST])
        QApplication.processEvents()
        return session, inspector

    return make


def field(part: AnswerPart, name: str) -> AnswerField:
    return next(row.field for row in part.form.rows if row.field.accessibleName().startswith(name))


def value(session: Session, id: AnnotationId, name: str) -> AttributeValue:
    return next(a.value for a in session.project.annotations[id].attributes if a.name == name)


def pick(box: PickedAnswer, *options: str) -> None:
    """Open a list, click these options, and close it as a click beside it does."""
    QTest.mouseClick(box, Qt.MouseButton.LeftButton)
    rows = box.picker.list
    for option in options:
        (row,) = rows.findItems(option, Qt.MatchFlag.MatchExactly)
        at = rows.visualItemRect(row).center()
        QTest.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=at)
    box.picker.close()
    QApplication.processEvents()


def test_every_kind_of_question_has_its_field_and_what_is_locked_is_text(opened: Opened):
    session, inspector = opened()
    part = inspector.label.answers
    kinds = [type(row.field).__name__ for row in part.form.rows]
    picked, line = "PickedAnswer", "LineAnswer"
    assert kinds == [picked, picked, line, "YesNo", picked, line, "ShownAnswer"]
    session.set_mode("view")
    assert {type(row.field) for row in part.form.rows} == {ShownAnswer}
    assert [row.field.text() for row in part.form.rows] == [each.text for each in EVERY]


def test_a_typed_answer_is_written_with_enter_as_one_step_and_undone(opened: Opened):
    session, inspector = opened()
    before = session.project
    line = field(inspector.label.answers, "Size")
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "7.25")
    assert session.project is before
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert value(session, FIRST, "Size") == 7.25
    (step,) = session.history.steps
    assert isinstance(step.command, ChangeAttribute)
    session.undo()
    assert session.project is before
    assert line.text() == "3.5"


@pytest.mark.parametrize("typed", ["51", "-1", "many", "nan", "inf"])
def test_a_number_beyond_its_range_is_not_taken(opened: Opened, typed: str):
    session, inspector = opened()
    line = field(inspector.label.answers, "Size")
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, typed)
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert session.history.steps == ()
    assert line.text() == "3.5"


def test_an_emptied_field_takes_the_answer_away(opened: Opened):
    session, inspector = opened()
    line = field(inspector.label.answers, "Seen")
    line.setFocus()
    line.clear()
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert value(session, FIRST, "Seen") is None


def test_escape_takes_the_typing_back_and_then_leaves(opened: Opened, qtbot: QtBot):
    session, inspector = opened()
    line = field(inspector.label.answers, "Seen")
    line.setFocus()
    QTest.keyClicks(line, "not ")
    QTest.keyClick(line, Qt.Key.Key_Escape)
    assert line.text() == "by eye"
    with qtbot.waitSignal(inspector.left, timeout=1000):
        QTest.keyClick(line, Qt.Key.Key_Escape)
    assert session.history.steps == ()


def test_what_is_typed_for_one_label_is_not_lost_or_given_to_the_next(opened: Opened):
    session, inspector = opened()
    line = field(inspector.label.answers, "Seen")
    line.setFocus()
    line.clear()
    QTest.keyClicks(line, "mine")
    session.select([SECOND])
    assert value(session, FIRST, "Seen") == "mine"
    assert value(session, SECOND, "Seen") == "by eye"
    assert field(inspector.label.answers, "Seen").text() == "by eye"


def test_yes_and_no_are_ticked(opened: Opened):
    session, inspector = opened()
    box = field(inspector.label.answers, "Sure")
    for wanted in (False, True):
        QTest.keyClick(box, Qt.Key.Key_Space)
        assert value(session, FIRST, "Sure") is wanted
    QTest.keyClick(box, Qt.Key.Key_Delete)
    assert value(session, FIRST, "Sure") is None
    assert box.checkState() == Qt.CheckState.PartiallyChecked


def test_a_choice_is_one_step_and_brings_the_questions_that_others_were_asked(opened: Opened):
    session, inspector = opened(2, lambda at: MASS if at else EVERY)
    part = inspector.label.answers
    box = field(part, "Finding")
    assert isinstance(box, PickedAnswer)
    pick(box, "mass")
    names = [row.field.accessibleName() for row in part.form.rows]
    assert names[:3] == ["Finding", "Kind of mass", "Size"]
    assert len(session.history.steps) == 1
    kind = field(part, "Kind of mass")
    assert isinstance(kind, PickedAnswer)
    pick(kind, "cyst")
    assert value(session, FIRST, "Kind of mass") == "cyst"


def test_several_options_are_ticked_in_one_step(opened: Opened):
    session, inspector = opened()
    box = field(inspector.label.answers, "Signs")
    assert isinstance(box, PickedAnswer)
    pick(box, "halo", "cavity", "spicules")
    assert value(session, FIRST, "Signs") == ("spicules", "cavity")
    assert len(session.history.steps) == 1


def test_long_lists_are_searched_by_typing(opened: Opened):
    many = tuple(f"option {n}" for n in range(40))
    asked = msgspec.structs.replace(FINDING, options=many, value=None)
    session, inspector = opened(1, lambda _: (asked,))
    box = field(inspector.label.answers, "Finding")
    assert isinstance(box, PickedAnswer)
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert box.picker.search.isVisible()
    QTest.keyClicks(box.picker.search, "37")
    QTest.keyClick(box.picker.search, Qt.Key.Key_Return)
    assert value(session, FIRST, "Finding") == "option 37"


def test_neither_wheel_nor_arrow_keys_change_a_choice(opened: Opened):
    session, inspector = opened()
    box = field(inspector.label.answers, "Finding")
    assert isinstance(box, PickedAnswer)
    box.setFocus()
    for key in (Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageDown, Qt.Key.Key_M):
        QTest.keyClick(box, key)
    at, turn = QPointF(5, 5), QPoint(0, -120)
    wheel = QWheelEvent(
        at, QPointF(box.mapToGlobal(QPoint(5, 5))), turn, turn, Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(box, wheel)
    assert session.history.steps == ()


def test_labels_with_the_same_question_are_answered_together(opened: Opened):
    session, inspector = opened(3)
    session.select([FIRST, SECOND])
    line = field(inspector.label.several, "Seen")
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "twice")
    QTest.keyClick(line, Qt.Key.Key_Return)
    seen = [value(session, AnnotationId("1", n), "Seen") for n in range(3)]
    assert seen == ["twice", "twice", "by eye"]
    (step,) = session.history.steps
    assert isinstance(step.command, ChangeAttributes)


def test_a_refresh_keeps_the_field_in_focus_and_what_is_typed(opened: Opened):
    session, inspector = opened()
    line = field(inspector.label.answers, "Seen")
    line.setFocus()
    QTest.keyClicks(line, "again ")
    typed = line.text()
    session.viewing.set_crosshair((3.0, 3.0, 5.0))
    session.viewing.media_changed.emit()
    assert field(inspector.label.answers, "Seen") is line
    assert line.hasFocus()
    assert line.text() == typed
    assert session.history.steps == ()


def test_long_texts_have_several_lines_and_wrap(opened: Opened):
    words = "a long story about one small nodule " * 4
    session, inspector = opened(1, lambda _: (msgspec.structs.replace(SEEN, value=words),))
    assert isinstance(field(inspector.label.answers, "Seen"), TextAnswer)
    session.set_mode("view")
    text = field(inspector.label.answers, "Seen")
    assert text.height() > 2 * text.fontMetrics().height()


def test_forty_questions_keep_to_the_width_of_the_dock(opened: Opened):
    many = tuple(
        Attribute(
            f"Is there any sign number {n} of it?", f"answer {n}", f"k{n}", "text", depth=n % 4
        )
        for n in range(40)
    )
    _session, inspector = opened(1, lambda _: many)
    inspector.resize(260, 600)
    QApplication.processEvents()
    rows = inspector.label.answers.form.rows
    assert len(rows) == 40
    for row in rows:
        right = row.field.mapTo(inspector, QPoint(row.field.width(), 0)).x()
        assert right <= inspector.width()
        assert row.field.width() >= 80


def test_the_answers_of_the_slice_shown_follow_it(opened: Opened):
    session, inspector = opened(2, lambda _: EVERY, on_frame=True)
    annotation = session.project.annotations[FIRST]
    first = annotation.placements[0]
    other = session.project.annotations[SECOND].placements[0]
    said = tuple(msgspec.structs.replace(a, value=None) if a == EDGE else a for a in EVERY)
    both = (first, msgspec.structs.replace(other, attributes=said))
    changed = msgspec.structs.replace(annotation, placements=both)
    session.history._start = session.project.with_annotation(changed)
    session._project_moved()
    answers = inspector.label.answers
    for k, wanted in ((0, "soft"), (1, "No answer")):
        session.viewing.set_crosshair((4.0, 4.0, float(k)))
        assert answers.form.rows[0].field.currentText() == "nodule"
        assert answers.form.rows[1].field.currentText() == wanted
        heads = [
            head.text() for head in answers.form.findChildren(QLabel) if "slice" in head.text()
        ]
        assert f"On this slice, {k + 1}" in heads
    session.viewing.set_crosshair((4.0, 4.0, 6.0))
    assert answers.form.rows == []
