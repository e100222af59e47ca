"""Verdicts are in the journal at once, come back at the next opening, and nothing stops that."""

from __future__ import annotations

import hashlib
import json
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from composed import BOX, RING, export_text, project_of_rows, row
from hypothesis import given
from hypothesis import strategies as st

from viewer.formats import read_export, write_export
from viewer.model.annotation import AnnotationId
from viewer.model.project import Project
from viewer.model.source import digest_of
from viewer.model.task import TaskKey
from viewer.review.matching import match
from viewer.session.commands import AddAnnotation, ChangeNote
from viewer.session.editing import deletion
from viewer.session.journal import Journal, Renamed, journals_folder
from viewer.session.judging import comment, judge, take_back
from viewer.session.kept_verdicts import with_kept_verdicts
from viewer.session.session import Session

NOON = datetime(2024, 6, 1, 12, tzinfo=UTC)
A, B, C, D = IDS = [AnnotationId("1", n) for n in range(4)]
ROWS = [row("L_ring", RING, 2), row(k=5), row(k=1), row(k=7)]


class Reader:
    """A session whose decisions go to a journal, as in one running program."""

    def __init__(self, project: Project, name: str = "Reader", minutes: int = 0) -> None:
        self.time = NOON + timedelta(minutes=minutes)
        self.session = Session(clock=self.now)
        self.session.author = name
        self.refused: list[OSError] = []
        self.journal = Journal(journals_folder(), self.refused.append)
        self.session.open(project, (), (), match(project, ()))
        self.session.decided.connect(self.journal.add)

    def now(self) -> datetime:
        self.time += timedelta(seconds=1)
        return self.time

    def verdicts(self):
        self.journal.wait()
        return self.session.project.verdicts


@pytest.fixture
def project(tmp_path) -> Project:
    return project_of_rows(tmp_path, ROWS)


def again(project: Project):
    """Return what the next opening of the same files shows."""
    found, issues = with_kept_verdicts(
        read_export(*(source.path for source in project.exports["1"].sources))
    )
    return found.verdicts, issues


def files() -> list[Path]:
    return sorted(journals_folder().glob("*.jsonl"))


def test_what_was_said_is_there_at_the_next_opening(project):
    reader = Reader(project)
    judge(reader.session, [A, B], "rejected", "Edge off")
    comment(reader.session, [B], "far too large")
    judge(reader.session, [C], "accepted")
    take_back(reader.session, [A])
    assert again(project) == (reader.verdicts(), ())
    assert set(reader.verdicts()) == {B, C}


def test_a_correction_that_the_files_do_not_hold_is_judged_again(project, tmp_path):
    reader = Reader(project)
    session = reader.session
    for id in (B, C):
        comment(session, [id], "edge")
        session.do(ChangeNote(id, "moved", session.stamp()))
        judge(session, [id], "accepted", is_corrected=True)
    copy = saved_as(reader, tmp_path / "copy.json")
    reader.journal.wait()
    found, issues = again(project)
    assert {id: (said.judgement, said.comment) for id, said in found.items()} == {
        B: (None, "edge"),
        C: (None, "edge"),
    }
    assert [issue.code for issue in issues] == ["corrections-not-saved"]
    found, issues = opened_anew(copy)
    assert set(found.values()) == {("accepted", "edge")}
    assert not issues


def test_a_line_is_in_the_file_when_the_decision_returns_even_if_the_program_dies(tmp_path):
    project_of_rows(tmp_path, ROWS)
    code = """
import os, sys
from viewer.formats import read_export
from viewer.model.annotation import AnnotationId
from viewer.review.matching import match
from viewer.session.journal import Journal, journals_folder
from viewer.session.judging import judge
from viewer.session.session import Session
session = Session()
project = read_export(sys.argv[1])
session.open(project, (), (), match(project, ()))
journal = Journal(journals_folder())
session.decided.connect(journal.add)
for ordinal in range(3):
    judge(session, [AnnotationId("1", ordinal)], "accepted")
os._exit(9)
"""
    done = subprocess.run([sys.executable, "-c", code, tmp_path / "labels.json"], check=False)
    assert done.returncode == 9
    verdicts, issues = again(read_export(tmp_path / "labels.json"))
    assert set(verdicts) >= {A, B}  # of the last one the disk may have been too slow
    assert issues == ()


actions = st.lists(
    st.tuples(
        st.sampled_from(["accepted", "rejected", "comment", "take back", "undo", "redo"]),
        st.lists(st.sampled_from(IDS), min_size=1, max_size=3),
    ),
    max_size=10,
)


@given(actions)
def test_whatever_is_said_undone_and_done_again_the_journal_says_the_same(tmp_path, actions):
    project = project_of_rows(tmp_path, ROWS)
    for file in files():
        file.unlink()
    reader = Reader(project)
    for action, targets in actions:
        match_action(reader.session, action, targets)
    assert again(project) == (reader.verdicts(), ())


def match_action(session: Session, action: str, targets) -> None:
    match action:
        case "undo" | "redo":
            getattr(session, action)()
        case "comment":
            comment(session, targets, f"number {len(session.history.steps)}")
        case "take back":
            take_back(session, targets)
        case _:
            judge(session, targets, action)


def test_edits_that_are_not_saved_leave_verdicts_of_the_labels_opened(project):
    reader = Reader(project)
    session = reader.session
    session.do(deletion(session.project, [A], session.stamp(), with_children=False))
    new = AnnotationId("1", 0, new=True)
    made = msgspec.structs.replace(project.annotations[B], id=new)
    session.do(AddAnnotation(made, session.stamp()))
    judge(session, [B, new], "accepted")
    reader.journal.wait()
    verdicts, (issue,) = again(project)
    assert set(verdicts) == {B}
    assert (issue.code, issue.sentence[:14]) == ("verdicts-without-label", "1 verdict is o")


def test_two_windows_write_files_of_their_own_and_the_last_word_counts(project):
    first, second = Reader(project, "One"), Reader(project, "Two", minutes=10)
    judge(second.session, [A], "rejected")
    judge(second.session, [B], "rejected")
    judge(first.session, [A], "accepted")  # nearly ten minutes earlier, by the clock
    first.time += timedelta(hours=1)
    judge(first.session, [B], "accepted")
    first.journal.wait()
    second.journal.wait()
    assert len(files()) == 2
    verdicts, issues = again(project)
    assert issues == ()
    assert (verdicts[A].reviewer, verdicts[B].reviewer) == ("Two", "One")


def test_a_journal_is_private_and_says_who_what_when_of_which_bytes(project):
    reader = Reader(project)
    judge(reader.session, [B], "rejected", "Double")
    reader.session.undo()
    reader.journal.wait()
    (path,) = files()
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    head, said, undone = (json.loads(line) for line in path.read_text("ascii").splitlines())
    assert head["export"] == digest_of(project.exports["1"].sources)
    assert head["program"]
    verdict = {
        "judgement": "rejected",
        "reason": "Double",
        "comment": "",
        "is_corrected": False,
        "time": "2024-06-01T12:00:01.000Z",
        "reviewer": "Reader",
    }
    assert (said["time"], said["reviewer"], said["action"], said["verb"]) == (
        *("2024-06-01T12:00:01.000Z", "Reader"),
        *("judge", "Reject"),
    )
    (label,) = said["labels"]
    assert label["after"] == verdict
    assert "before" not in label
    assert (label["label"]["ordinal"], label["label"]["id"]) == (1, "A_1")
    assert label["label"]["label"] == "Readers / box"
    assert (undone["action"], undone["labels"][0]["before"]) == ("undo", verdict)
    assert str(project.exports["1"].sources[0].path) not in path.read_text("ascii")


def test_verdicts_on_a_file_that_lies_in_its_place_no_more_are_spoken_of(project, tmp_path):
    reader = Reader(project)
    judge(reader.session, [A], "accepted")
    reader.journal.wait()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    beside = project_of_rows(elsewhere, ROWS[:2])
    assert with_kept_verdicts(beside)[1] == ()  # another file, in another place
    again_loaded = project_of_rows(tmp_path, ROWS[:2])
    found, (issue,) = with_kept_verdicts(again_loaded)
    assert (dict(found.verdicts), issue.code) == ({}, "verdicts-on-other-bytes")
    later = Reader(again_loaded)
    judge(later.session, [B], "accepted")
    later.journal.wait()
    assert [issue.code for issue in again(again_loaded)[1]] == []


def test_each_line_is_chained_to_the_one_before(project):
    reader = Reader(project)
    for id in IDS:
        judge(reader.session, [id], "accepted")
    reader.journal.wait()
    (path,) = files()
    before = ""
    for line in path.read_text("ascii").splitlines():
        body, said = line.rsplit(',"chain":"', 1)
        assert said == hashlib.sha256(f"{before}{body}}}".encode()).hexdigest() + '"}'
        before = said[:64]


@pytest.mark.parametrize("what", ["changed", "missing", "swapped"])
def test_a_journal_that_was_changed_is_said_and_taken_as_it_is(project, what):
    reader = Reader(project)
    for id in IDS:
        judge(reader.session, [id], "accepted")
    reader.journal.wait()
    (path,) = files()
    lines = path.read_bytes().splitlines(keepends=True)
    if what == "changed":
        lines[2] = lines[2].replace(b'"accepted"', b'"rejected"')
    elif what == "missing":
        del lines[2]
    else:
        lines[2], lines[3] = lines[3], lines[2]
    path.write_bytes(b"".join(lines))
    verdicts, (issue,) = again(project)
    assert issue.code == "journal-changed"
    assert path.name in issue.sentence
    assert A in verdicts


damages = st.one_of(
    st.binary(max_size=40).map(lambda data: data.replace(b"\n", b"").replace(b"\r", b"")),
    st.sampled_from(
        [b"{}", b"null", b"[" * 5000, b'{"time":1}', b'{"journal":1}', b'"\\ud800"', b"1e999"]
    ),
)


@given(damages, st.integers(1, 4))
def test_a_damaged_line_is_said_once_put_aside_and_hides_no_other(tmp_path, damage, number):
    project = project_of_rows(tmp_path, ROWS)
    for file in journals_folder().glob("*"):
        file.unlink()
    reader = Reader(project)
    for id in IDS:
        judge(reader.session, [id], "accepted")
    reader.journal.wait()
    (path,) = files()
    lines = path.read_bytes().split(b"\n")
    lines[number] = damage
    path.write_bytes(b"\n".join(lines))
    verdicts, issues = again(project)
    assert set(verdicts) == {*IDS} - {IDS[number - 1]}
    (issue,) = issues
    assert issue.code == "journal-damaged"
    assert path.with_suffix(".damaged").read_bytes() == damage + b"\n"
    assert again(project) == (verdicts, ())


def test_a_line_that_a_crash_cut_off_hides_no_other(project):
    reader = Reader(project)
    judge(reader.session, [A], "accepted")
    judge(reader.session, [B], "accepted")
    reader.journal.wait()
    (path,) = files()
    path.write_bytes(path.read_bytes()[:-30])
    verdicts, (issue,) = again(project)
    assert (set(verdicts), issue.code) == ({A}, "journal-damaged")


@pytest.mark.parametrize("head", [b'{"journal":2,"program":"9","export":"x"}', None])
def test_a_file_of_another_version_or_export_is_left_as_it_is_and_said(project, head):
    reader = Reader(project)
    judge(reader.session, [A], "accepted")
    reader.journal.wait()
    (path,) = files()
    other = path.with_name(f"{'0' * 64}.1.jsonl")
    if head is None:
        other = other.with_name(path.name.replace(path.name.split(".")[1], "other"))
        lines = path.read_bytes().replace(digest_of(project.exports["1"].sources).encode(), b"f")
    else:
        other = path
        lines = head + b"\n" + path.read_bytes().split(b"\n", 1)[1]
    other.write_bytes(lines)
    verdicts, (issue,) = again(project)
    assert (issue.code, other.name in issue.sentence) == ("journal-damaged", True)
    assert set(verdicts) == (set() if head else {A})
    assert other.read_bytes() == lines


def test_what_the_disk_did_not_take_is_known_and_in_the_file_when_it_is_tried_again(project):
    journals_folder().parent.mkdir(parents=True, exist_ok=True)
    journals_folder().write_text("a file in the place of the folder")
    reader = Reader(project)
    judge(reader.session, [A], "accepted")
    reader.journal.wait()
    assert len(reader.refused) == 1
    assert reader.journal.unkept() == {"1"}
    verdicts, (issue,) = again(project)
    assert (dict(verdicts), issue.code) == ({}, "journal-damaged")
    assert str(journals_folder()) in issue.sentence
    journals_folder().unlink()
    judge(reader.session, [B], "accepted")
    assert reader.journal.unkept() == frozenset()
    assert again(project) == (reader.verdicts(), ())


def saved_as(reader: Reader, path: Path):
    """Save the export of a session as a window does, and follow it with the journal."""
    session = reader.session
    report = write_export(session.history.opened, session.project, "1", path)
    own = [one for one in report.changed if one.id.export == "1"]
    gone = frozenset(one.id.ordinal for one in own if one.verb == "deleted")
    added = {one.id: one.native_id for one in own if one.verb == "added"}
    shas = report.exports["1"]
    reader.journal.follow_copy(session.project, "1", shas, Renamed(gone, added), session.stamp())
    reader.journal.wait()
    return path


def opened_anew(path: Path):
    """Return what is said of each label of a file, by its vendor's id; and the issues."""
    project, issues = with_kept_verdicts(read_export(path))
    return {
        project.annotations[id].native_id: (said.judgement, said.comment)
        for id, said in project.verdicts.items()
    }, issues


@pytest.mark.parametrize("has_ids", [True, False])
def test_verdicts_follow_a_saved_copy_whose_labels_stand_elsewhere(tmp_path, has_ids):
    rows = ROWS if has_ids else [{**each, "id": "same"} for each in (*ROWS[:3], row(k=5, data=BOX))]
    project = project_of_rows(tmp_path, rows)
    reader = Reader(project)
    session = reader.session
    judge(session, [B], "rejected")
    comment(session, [D], "last")
    session.do(deletion(session.project, [A], session.stamp(), with_children=False))
    copy = saved_as(reader, tmp_path / "copy.json")
    judge(session, [C], "accepted")
    session.undo()
    session.redo()
    reader.journal.wait()
    found, issues = with_kept_verdicts(read_export(copy))
    assert issues == ()
    said = {id.ordinal: (v.judgement, v.comment) for id, v in found.verdicts.items()}
    assert said == {0: ("rejected", ""), 1: ("accepted", ""), 2: (None, "last")}
    assert set(again(project)[0]) == {B, C, D}


def test_new_labels_have_their_verdicts_in_the_saved_copy_and_later_ones_say_nothing(
    project, tmp_path
):
    reader = Reader(project)
    session = reader.session
    first, later = (AnnotationId("1", n, new=True) for n in (0, 1))
    for id in (first, later):
        made = msgspec.structs.replace(project.annotations[B], id=id, native_id="")
        session.do(AddAnnotation(made, session.stamp()))
        judge(session, [id], "accepted", is_corrected=True)
        if id == first:
            copy = saved_as(reader, tmp_path / "copy.json")
    reader.journal.wait()
    found, issues = opened_anew(copy)
    assert len(found) == 1
    assert issues == ()


def test_a_copy_of_the_very_bytes_has_the_verdicts_and_an_export_beside_it_has_its_own(
    project, tmp_path
):
    reader = Reader(project)
    judge(reader.session, [A], "accepted")
    copy = saved_as(reader, tmp_path / "copy.json")
    assert opened_anew(copy) == ({"A_0": ("accepted", "")}, ())
    assert len(files()) == 1
    other = tmp_path / "other.json"
    other.write_text(export_text(ROWS[:2]), encoding="utf-8")
    assert opened_anew(other) == ({}, ())


def test_tasks_have_their_verdicts_and_one_that_is_not_there_is_said(project):
    reader = Reader(project)
    judge(reader.session, [TaskKey("1", "gone"), A], "needs_change")
    reader.journal.wait()
    verdicts, (issue,) = again(project)
    assert set(verdicts) == {A}
    assert issue.code == "verdicts-without-label"
