"""Reviews in a window: kept, saved, opened beside one's own, and compared."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from windows import Person, labels_of

from viewer.review.label_keys import keys_of
from viewer.review.review_file import read_review
from viewer.review.worklist import Worklist
from viewer.session.journal import journals_folder
from viewer.session.judging import judge
from viewer.session.reviewed import own_review, write_review


def idle(person: Person) -> None:
    """Wait until what was asked of jobs has been heard."""
    person.bot.waitUntil(lambda: not person.window.jobs.is_busy(), timeout=20_000)
    person.settle()


def shown(person: Person) -> list[list[str]]:
    model = person.window.reviews.model
    return [
        [str(model.index(row, column).data()) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def test_a_verdict_is_in_the_journal_when_the_window_has_settled(person: Person) -> None:
    (id,) = labels_of(person.session, "Right lung")[:1]
    judge(person.session, [id], "rejected", "Edge off")
    person.settle()
    person.window.verdicts.journal.wait()
    (path,) = journals_folder().glob("*.jsonl")
    assert b'"rejected"' in path.read_bytes()


def test_the_review_is_saved_where_the_person_says(
    person: Person, tmp_path: Path, monkeypatch
) -> None:
    (id,) = labels_of(person.session, "Right lung")[:1]
    judge(person.session, [id], "accepted")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(tmp_path / "mine"), ""))
    for action in ("review.save", "review.csv"):
        person.window.actions_[action].trigger()
        idle(person)
    assert read_review(str(tmp_path / "mine.review.json")).counts == {"accepted": 1}
    assert (tmp_path / "mine.csv").read_text("utf-8-sig").count("\n") == 2
    person.session.work.take(Worklist(labels=keys_of(person.session.project, [id])))
    person.session.set_mode("review")
    person.window.cockpit.reviewing.reject()  # its reason is waited for
    person.window.actions_["review.save"].trigger()  # nobody asked whether it may be replaced
    idle(person)
    assert read_review(str(tmp_path / "mine.review.json")).counts == {"accepted": 1}
    assert "is there already" in person.window.status.hint.text()
    assert person.session.project.verdicts[id].judgement == "rejected"


def test_two_reviewers_are_compared_and_those_that_differ_become_the_worklist(
    person: Person, tmp_path: Path
) -> None:
    session, page = person.session, person.window.reviews
    alike, other = labels_of(session, "Right lung")[0], labels_of(session, "Liver")[0]
    alone = labels_of(session, "Liver")[1]
    judge(session, [alike, other], "accepted")
    session.author = "There"
    path = tmp_path / "there.review.json"
    write_review(path, own_review(session))
    session.author = "Here"
    judge(session, [other], "rejected", "Edge off")
    judge(session, [alone], "needs_change")
    place, mode = session.viewing.crosshair, session.mode
    person.window.open([str(path)])
    idle(person)
    assert (session.viewing.crosshair, session.mode) == (place, mode)
    person.window.actions_["review.beside"].trigger()
    idle(person)
    assert page.isVisible()
    assert page.counts.width() > 200
    said = {tuple(row[3:]) for row in shown(person)}
    assert said == {
        ("accepted", "accepted", "agree"),
        ("rejected · Edge off", "accepted", "differ"),
        ("needs change", "–", "one reviewer"),
    }
    assert page.counts.text() == (
        "Here 3 · There 2 · 2 labels judged by several: 1 alike, 1 differ"
    )
    differ = page.filters.segments["differ"]
    person.bot.mouseClick(differ, Qt.MouseButton.LeftButton)
    assert [row[-1] for row in shown(person)] == ["differ"]
    person.bot.mouseClick(page.judge, Qt.MouseButton.LeftButton)
    person.settle()
    assert (session.mode, session.work.current, session.work.counts.total) == ("review", other, 1)
    assert not page.isVisible()


def test_a_row_leads_to_its_label(person: Person) -> None:
    session, page = person.session, person.window.reviews
    id = labels_of(session, "Liver")[0]
    judge(session, [id], "accepted")
    person.window.actions_["review.beside"].trigger()
    idle(person)
    page.table.setCurrentIndex(page.model.index(0, 0))
    page.table.activated.emit(page.model.index(0, 0))
    person.settle()
    assert session.selection == {id}
    assert not page.isVisible()
    person.key(Qt.Key.Key_F4)
    before = session.project
    person.window.actions_["review.beside"].trigger()
    idle(person)
    for key in (Qt.Key.Key_X, Qt.Key.Key_Return, Qt.Key.Key_1):  # of what is not seen
        person.key(key)
    verdict = person.window.cockpit.verdict
    of_study = verdict.study.buttons.values()
    for choice in (verdict.accept, verdict.reject, verdict.change, *of_study):
        QTest.mouseClick(choice, Qt.MouseButton.LeftButton)
    page.table.setFocus()
    assert session.project is before
    assert not person.window.cockpit.reviewing.is_asking
    person.key(Qt.Key.Key_Escape)
    assert not page.isVisible()
    person.key(Qt.Key.Key_Return)
    assert session.project is not before


def test_a_damaged_review_is_said_and_leaves_what_is_open(person: Person, tmp_path: Path) -> None:
    path = tmp_path / "bad.review.json"
    path.write_bytes(b'{"overread_review": 1, "reviewer": 4}')
    before = person.session.project
    person.window.open([str(path)])
    idle(person)
    assert person.session.project is before
    assert person.session.reviews == ()
    assert any("bad.review.json" in issue.sentence for issue in person.session.issues)
