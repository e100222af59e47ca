"""A review by keys and mouse: what is judged, where one goes, what stays locked."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from windows import LEFT, NONE, Person, labels_of

from viewer.model.annotation import AnnotationId
from viewer.model.verdict import REASONS, Verdict
from viewer.paint.framing import STRIP_PX, on_screen
from viewer.review.label_keys import keys_of
from viewer.review.worklist import State, Worklist
from viewer.session.judging import verdict_of
from viewer.session.showing import HIDDEN, UNPLACED

ENTER, ESC, X, N, F3 = (
    Qt.Key.Key_Return,
    Qt.Key.Key_Escape,
    Qt.Key.Key_X,
    Qt.Key.Key_N,
    Qt.Key.Key_F3,
)
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def reviewer(person: Person) -> Iterator[Person]:
    """A person in Review, at the first of six nodules' outlines."""
    session = person.session
    ids = labels_of(session, "Nodule outline")[:6]
    session.work.take(Worklist(labels=keys_of(session.project, ids)))
    person.window.label_panel.tree.setFocus()  # which Review hides
    person.key(Qt.Key.Key_F4)
    yield person
    person.window.cockpit.done.dismiss()


def said(person: Person, place: int) -> Verdict:
    return verdict_of(person.session, person.session.work.worklist[place])


def at(person: Person) -> int | None:
    return person.session.work.position


def current(person: Person) -> AnnotationId:
    target = person.session.work.current
    assert isinstance(target, AnnotationId)
    return target


def go(person: Person, position: int) -> None:
    person.window.cockpit.go_to(position)
    person.settle()


def click(person: Person, widget: QWidget) -> None:
    QTest.mouseClick(widget, LEFT)
    person.settle()


def test_enter_accepts_and_goes_on_to_the_next_which_is_selected_and_fitted(
    reviewer: Person,
) -> None:
    assert reviewer.window.views.active.hasFocus()
    reviewer.key(ENTER)
    assert said(reviewer, 0).judgement == "accepted"
    assert at(reviewer) == 1
    id = current(reviewer)
    assert reviewer.session.selection == {id}
    view = reviewer.view()
    assert view.picture is not None
    (mark,) = (mark for mark in view.picture.marks if mark.id == id)
    places = on_screen(view.picture.affine, mark.drawn.corners)
    assert 0.25 <= np.ptp(places[:, 1]) / view.height() <= 0.4
    middle = (places.min(axis=0) + places.max(axis=0)) / 2
    assert np.allclose(middle, ((view.width() - STRIP_PX) / 2, view.height() / 2), atol=2)
    before = view.port.camera.framing.scale
    reviewer.session.viewing.set_look(layout="row")
    reviewer.settle()
    after = view.port.camera.framing.scale
    assert before is not None
    assert after is not None
    assert after < before  # the view is narrower, and shows the label as a share of it again


def test_x_waits_for_its_reason_and_digits_are_presets_otherwise(reviewer: Person) -> None:
    window = reviewer.session.viewing.window
    reviewer.key(X)
    assert at(reviewer) == 0
    assert not reviewer.session.project.verdicts
    reviewer.key(Qt.Key.Key_2)
    assert (said(reviewer, 0).judgement, said(reviewer, 0).reason) == ("rejected", REASONS[1])
    assert at(reviewer) == 1
    assert reviewer.session.viewing.window == window
    reviewer.key(Qt.Key.Key_2)
    window = reviewer.session.viewing.window
    assert window is not None
    assert (window.width, window.center) == (1500, -600)
    assert len(reviewer.session.project.verdicts) == 1
    reviewer.key(X)
    reviewer.key(ESC)
    assert len(reviewer.session.project.verdicts) == 1
    assert at(reviewer) == 1
    reviewer.key(X)
    reviewer.key(ENTER)
    assert (said(reviewer, 1).judgement, said(reviewer, 1).reason) == ("rejected", "")
    assert at(reviewer) == 2


def test_who_goes_elsewhere_or_leaves_before_the_reason_has_rejected(reviewer: Person) -> None:
    reviewer.key(X)
    reviewer.key(N)
    assert said(reviewer, 0).judgement == "rejected"
    assert at(reviewer) == 1
    reviewer.key(X)
    window, cockpit = reviewer.window, reviewer.window.cockpit
    parts = (cockpit.worklist, cockpit.progress, cockpit.overview)
    assert all(part.isVisible() for part in parts)
    assert not window.label_panel.isVisible()
    reviewer.key(Qt.Key.Key_F2)
    assert said(reviewer, 1).judgement == "rejected"
    assert not any(part.isVisible() for part in parts)
    assert window.label_panel.isVisible()


def test_shift_x_asks_for_a_change_and_n_goes_over_what_is_done(reviewer: Person) -> None:
    reviewer.key(N)
    reviewer.key(X, SHIFT)
    assert said(reviewer, 1).judgement == "needs_change"
    assert at(reviewer) == 2
    reviewer.key(N, SHIFT)
    assert at(reviewer) == 0
    reviewer.key(N)
    assert at(reviewer) == 2


def test_ctrl_z_takes_the_last_verdict_back_and_goes_back_to_it(reviewer: Person) -> None:
    reviewer.key(ENTER)
    reviewer.key(X)
    reviewer.key(Qt.Key.Key_5)
    assert at(reviewer) == 2
    reviewer.key(Qt.Key.Key_Z, CTRL)
    assert at(reviewer) == 1
    assert reviewer.session.selection == {current(reviewer)}
    assert len(reviewer.session.project.verdicts) == 1
    reviewer.key(Qt.Key.Key_Z, CTRL)
    assert at(reviewer) == 0
    assert not reviewer.session.project.verdicts


def test_a_comment_is_typed_left_by_esc_and_kept_with_its_label(reviewer: Person) -> None:
    field, shown = reviewer.window.cockpit.verdict.comment, list[int]()
    model = reviewer.window.cockpit.worklist.model
    model.dataChanged.connect(lambda first, _last: shown.append(first.row()))
    reviewer.key(Qt.Key.Key_Semicolon)
    assert field.hasFocus()
    QTest.keyClicks(field, "xn2; too wide")  # none of them is a key of Review there
    reviewer.key(ESC)
    assert not field.hasFocus()
    assert said(reviewer, 0).comment == "xn2; too wide"
    assert said(reviewer, 0).judgement is None
    assert shown == [0]  # its row has the sign of a comment
    reviewer.key(ENTER)
    assert said(reviewer, 0).comment == "xn2; too wide"
    assert said(reviewer, 0).judgement == "accepted"
    assert field.toPlainText() == ""
    go(reviewer, 0)
    assert field.toPlainText() == "xn2; too wide"
    reviewer.key(Qt.Key.Key_Semicolon)
    QTest.keyClicks(field, "!")
    go(reviewer, 3)  # without leaving the field
    assert said(reviewer, 0).comment.replace("!", "") == "xn2; too wide"
    assert len(said(reviewer, 0).comment) == 14
    assert not said(reviewer, 3).comment


def test_a_label_that_is_clicked_is_judged_and_nothing_else_is_ever_marked(
    reviewer: Person,
) -> None:
    session, view = reviewer.session, reviewer.view()
    before = current(reviewer)
    reviewer.click((20.0, view.height() / 2))
    assert session.selection == {before}
    session.select({labels_of(session, "Nodule box")[0]})
    assert session.selection == {before}  # it is not in the worklist
    session.select({session.work.worklist.labels.id_at(4)})
    assert at(reviewer) == 4


def test_correct_unlocks_that_label_alone_and_enter_accepts_it_so(reviewer: Person) -> None:
    session, id = reviewer.session, current(reviewer)
    reviewer.key(F3)
    assert session.mode == "edit"
    middle = reviewer.on_screen(id)
    reviewer.drag(middle, (middle[0] + 30, middle[1] + 20))
    moved = session.project.annotations[id]
    assert moved is not session.history.opened.annotations[id]
    reviewer.key(ENTER)
    assert session.mode == "review"
    assert said(reviewer, 0).judgement == "accepted"
    assert said(reviewer, 0).is_corrected
    assert session.project.annotations[id] is moved
    assert at(reviewer) == 1
    assert session.work.states[0] == State.CORRECTED


def test_esc_gives_a_correction_up_with_all_that_it_changed(reviewer: Person) -> None:
    session, id = reviewer.session, current(reviewer)
    before = session.project
    reviewer.key(F3)
    for _ in range(2):
        middle = reviewer.on_screen(id)
        reviewer.drag(middle, (middle[0] + 30, middle[1] + 20))
    assert len(session.history.steps) == 2
    reviewer.key(ESC)
    assert session.mode == "review"
    assert session.project is before
    assert not session.history.undone
    assert at(reviewer) == 0


def test_while_a_label_is_corrected_no_other_can_be_changed_or_made(reviewer: Person) -> None:
    session, id = reviewer.session, current(reviewer)
    view, actions = reviewer.view(), reviewer.window.actions_
    reviewer.key(F3)
    before = session.project
    other = next(mark for mark in view.picture.marks if mark.id != id)
    place = on_screen(view.picture.affine, other.drawn.corners)[0].tolist()
    view.port.pan(view.width() / 2 - place[0], view.height() / 2 - place[1])
    reviewer.settle()
    place = on_screen(view.picture.affine, other.drawn.corners)[0].tolist()
    reviewer.drag((place[0], place[1]), (place[0] + 40, place[1] + 30))
    assert session.project is before
    assert session.selection == {id}
    assert not actions["draw.polygon"].isEnabled()
    assert other.pen.opacity < 1 <= next(m for m in view.picture.marks if m.id == id).pen.opacity


def test_a_correction_that_is_left_keeps_the_change_without_a_verdict(reviewer: Person) -> None:
    session, id = reviewer.session, current(reviewer)
    reviewer.key(F3)
    middle = reviewer.on_screen(id)
    reviewer.drag(middle, (middle[0] + 30, middle[1] + 20))
    reviewer.key(Qt.Key.Key_F2)
    assert session.correction is None
    assert session.history.unsaved_labels == {id}
    assert not session.project.verdicts
    reviewer.key(Qt.Key.Key_F4)
    reviewer.key(Qt.Key.Key_Z, CTRL)
    assert not session.history.unsaved_labels
    assert "That was no verdict" in reviewer.window.status.hint.text()


def test_what_was_typed_and_what_is_measured_are_no_part_of_what_is_undone_or_corrected(
    reviewer: Person,
) -> None:
    session, window = reviewer.session, reviewer.window
    reviewer.key(Qt.Key.Key_Semicolon)
    QTest.keyClicks(window.cockpit.verdict.comment, "wide")
    reviewer.key(F3)
    assert (window.views.active.hasFocus(), said(reviewer, 0).comment) == (True, "wide")
    assert not window.cockpit.verdict.comment.isEnabled()
    reviewer.key(N)
    assert at(reviewer) == 0
    reviewer.key(ENTER)
    assert (said(reviewer, 0).judgement, said(reviewer, 0).is_corrected) == ("accepted", False)
    middle = reviewer.view().width() / 2, reviewer.view().height() / 2
    window.hands.measuring.take("length")
    for undone in (1, 0):
        reviewer.drag(middle, (middle[0] + 60, middle[1] + 30))
        assert len(session.measurements.by_number) == 1
        if undone:
            reviewer.key(Qt.Key.Key_Z, CTRL)
            assert (len(session.measurements.by_number), at(reviewer)) == (0, 1)
    reviewer.key(ENTER)
    reviewer.key(Qt.Key.Key_Z, CTRL)
    assert (len(session.measurements.by_number), at(reviewer)) == (1, 1)
    assert set(session.project.verdicts) == {session.work.worklist[0]}
    window.hands.measuring.take(None)


def test_what_is_not_seen_is_judged_by_the_second_press_alone_and_under_a_sheet_nothing(
    reviewer: Person,
) -> None:
    session = reviewer.session
    reviewer.window.sheet.open()
    for key in (X, Qt.Key.Key_1):
        reviewer.key(key)
    assert not reviewer.window.cockpit.reviewing.is_asking
    assert not session.project.verdicts
    reviewer.window.sheet.dismiss()
    reviewer.key(Qt.Key.Key_S, SHIFT)  # closes its eye
    reviewer.key(X)
    assert reviewer.window.status.hint.text() == HIDDEN
    assert not reviewer.window.cockpit.reviewing.is_asking
    reviewer.key(X)
    reviewer.key(ENTER)
    assert (said(reviewer, 0).judgement, at(reviewer)) == ("rejected", 1)
    lost = next(id for id in session.project.annotations if session.matches.first_of(id) is None)
    session.work.take(Worklist(labels=keys_of(session.project, [lost])))
    reviewer.settle()
    reviewer.key(ENTER)
    assert (reviewer.window.status.hint.text(), len(session.project.verdicts)) == (UNPLACED, 1)
    reviewer.key(ENTER)
    assert verdict_of(session, lost).judgement == "accepted"


def test_the_end_is_said_with_the_counts_and_undo_takes_it_away(reviewer: Person) -> None:
    done = reviewer.window.cockpit.done
    for _ in range(5):
        reviewer.key(ENTER)
    assert not done.isVisible()
    reviewer.key(X)
    reviewer.key(Qt.Key.Key_1)
    assert done.isVisible()
    assert done.title.text() == "All 6 done"
    assert done.counts.text() == "5 accepted, 1 rejected."
    reviewer.key(ESC)
    assert not done.isVisible()
    assert reviewer.session.mode == "review"
    reviewer.key(Qt.Key.Key_Z, CTRL)
    assert at(reviewer) == 5


def test_reasons_and_verdicts_can_be_clicked_and_changed(reviewer: Person) -> None:
    panel = reviewer.window.cockpit.verdict
    assert not panel.reasons.chips["Double"].isEnabled()
    click(reviewer, panel.reject)
    click(reviewer, panel.reasons.chips["Double"])
    go(reviewer, 0)
    assert panel.reasons.chips["Double"].isChecked()
    click(reviewer, panel.reasons.chips["Edge off"])
    assert said(reviewer, 0).reason == "Edge off"
    reviewer.key(X)
    click(reviewer, panel.accept)  # says accept also where a reason is waited for
    assert said(reviewer, 1).judgement == "accepted"


def test_rows_cells_and_decisions_lead_to_their_labels(reviewer: Person) -> None:
    cockpit = reviewer.window.cockpit
    table, bar = cockpit.worklist.table, cockpit.progress.bar
    row = table.visualRect(table.model().index(3, 1)).center()
    QTest.mouseClick(table.viewport(), LEFT, NONE, row)
    reviewer.settle()
    assert at(reviewer) == 3
    QTest.mouseClick(bar, LEFT, NONE, QPoint(int(bar.pitch * 1.5), bar.height() // 2))
    reviewer.settle()
    assert at(reviewer) == 1
    reviewer.key(ENTER)
    click(reviewer, cockpit.verdict.decisions.rows[0])
    assert at(reviewer) == 1
    table.setFocus()
    reviewer.key(Qt.Key.Key_Down)
    assert at(reviewer) == 2
    reviewer.key(ENTER)  # also from the list
    assert said(reviewer, 2).judgement == "accepted"


def test_a_key_that_is_held_judges_one_label(reviewer: Person) -> None:
    assert not reviewer.window.actions_["review.accept"].autoRepeat()
    reviewer.window.cockpit.worklist.table.setFocus()
    focus = QApplication.focusWidget()
    assert focus is not None
    for repeats in (False, True, True):
        press = QKeyEvent(QEvent.Type.KeyPress, ENTER, NONE, "\r", repeats)
        QApplication.sendEvent(focus, press)
    assert len(reviewer.session.project.verdicts) == 1


def test_f6_and_tab_reach_every_part_and_each_has_a_name(reviewer: Person) -> None:
    cockpit = reviewer.window.cockpit
    parts, reached = {cockpit.worklist, cockpit.verdict}, set()
    for _ in range(12):
        reviewer.key(Qt.Key.Key_F6)
        focus = QApplication.focusWidget()
        reached |= {part for part in parts if part.isAncestorOf(focus)}
    assert reached == parts
    reviewer.key(ENTER)  # something to undo
    cockpit.verdict.accept.setFocus()
    seen = []
    for _ in range(8):
        focus = QApplication.focusWidget()
        assert focus is not None
        seen.append(focus.accessibleName())
        reviewer.key(Qt.Key.Key_Tab)
    assert seen[:4] == ["Accept", "Reject", "Correct", "Skip"]
    assert seen[4:7] == ["Needs change", "Undo the last verdict", "Comment"]
    assert all(seen)


def test_the_frame_of_the_whole_image_is_what_the_view_shows_and_drags_it(
    reviewer: Person,
) -> None:
    overview, view = reviewer.window.cockpit.overview, reviewer.view()
    assert overview.isVisible()
    frame = overview.frame
    assert frame is not None
    before = view.port.plane_at(0.0, 0.0)
    start = frame.center().toPoint()
    QTest.mousePress(overview, LEFT, NONE, start)
    QTest.mouseMove(overview, start + QPoint(12, 6))
    QTest.mouseRelease(overview, LEFT, NONE, start + QPoint(12, 6))
    after, moved = view.port.plane_at(0.0, 0.0), overview.frame
    assert moved is not None
    assert np.allclose((moved.x() - frame.x(), moved.y() - frame.y()), (12, 6), atol=1.0)
    assert before != after


def test_a_sample_is_drawn_by_the_boxes_and_again_with_the_next_seed(reviewer: Person) -> None:
    panel, work = reviewer.window.cockpit.worklist, reviewer.session.work

    def made() -> list[int]:
        reviewer.bot.waitUntil(lambda: not reviewer.window.jobs.is_busy("worklist"))
        reviewer.settle()
        return work.worklist.labels.numbers.tolist()

    panel.of.setCurrentIndex(panel.of.findText("Random sample"))
    panel.of.activated.emit(panel.of.currentIndex())
    first = made()
    assert len(first) == 20
    rule = work.worklist.rule
    assert rule.sample is not None
    assert panel.seed.isVisible()
    click(reviewer, panel.again)
    second = made()
    assert work.worklist.rule.sample is not None
    assert work.worklist.rule.sample.seed == rule.sample.seed + 1
    assert len(second) == 20
    assert second != first
    panel.seed.setFocus()
    panel.seed.selectAll()
    QTest.keyClicks(panel.seed, str(rule.sample.seed))
    QTest.keyClick(panel.seed, ENTER)  # ends the number, and accepts nothing
    assert made() == first
    assert not reviewer.session.project.verdicts
    panel.of.setCurrentIndex(panel.of.findText("Sample of each label"))
    panel.number.setValue(1)
    panel.of.activated.emit(panel.of.currentIndex())
    made()
    annotations = reviewer.session.project.annotations
    labels = work.worklist.labels
    names = [annotations[labels.id_at(place)].class_id for place in range(len(labels))]
    assert len(names) == len(set(names)) > 5


def test_the_whole_study_is_judged_beside_its_labels(reviewer: Person) -> None:
    row, session = reviewer.window.cockpit.verdict.study, reviewer.session
    assert row.isVisible()
    click(reviewer, row.buttons["rejected"])
    (target,) = session.project.verdicts
    assert session.project.verdicts[target].judgement == "rejected"
    assert at(reviewer) == 0
    assert row.buttons["rejected"].isChecked()
    click(reviewer, row.buttons["rejected"])
    assert not session.project.verdicts
    panel = reviewer.window.cockpit.worklist
    panel.of.setCurrentIndex(panel.of.findText("Whole studies"))
    panel.of.activated.emit(panel.of.currentIndex())
    reviewer.bot.waitUntil(lambda: session.work.worklist.rule.of == "tasks")
    assert session.work.current == target
    reviewer.key(X)
    reviewer.key(Qt.Key.Key_7)
    assert session.project.verdicts[target].reason == "Other"
    reviewer.key(N, SHIFT)
    shown = session.work.position
    assert shown is not None
    assert panel.model.item(shown).words.name == reviewer.window.cockpit.verdict.meta.text() != ""


def test_a_label_of_the_whole_picture_shows_all_of_it(reviewer: Person) -> None:
    session = reviewer.session
    said = labels_of(session, "Motion artefact")[0]
    outline = session.work.worklist[0]
    assert isinstance(outline, AnnotationId)
    session.work.take(Worklist(labels=keys_of(session.project, [outline, said])))
    reviewer.settle()
    overview = reviewer.window.cockpit.overview
    assert reviewer.view().port.camera.framing.scale is not None
    assert overview.isVisible()
    reviewer.key(N)
    assert current(reviewer) == said
    assert reviewer.view().port.camera.framing.scale is None
    assert not overview.isVisible()  # it would show the same again
