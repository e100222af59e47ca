"""`overread info --reviews` counts what reviewers said, and lists where they differ."""

from __future__ import annotations

import json
from pathlib import Path

from command_lines import Run

from viewer.formats import read_export
from viewer.model.annotation import AnnotationId
from viewer.model.project import Project
from viewer.model.task import TaskKey
from viewer.review.matching import match
from viewer.review.task_codes import tasks_of
from viewer.session.journal import Journal, journals_folder
from viewer.session.judging import judge
from viewer.session.reviewed import own_review, write_review
from viewer.session.session import Session


def reading(project: Project, name: str) -> Session:
    session = Session()
    session.author = name
    session.open(project, (), (), match(project, ()))
    return session


def test_reviewers_of_the_journal_and_of_files_are_counted_and_compared(
    run: Run, placed: Path, tmp_path: Path
) -> None:
    project = read_export(placed)
    (export,) = project.exports
    first, second, third = (AnnotationId(export, number) for number in range(3))
    here = reading(project, "Here")
    journal = Journal(journals_folder())
    here.decided.connect(journal.add)
    judge(here, [first, second], "accepted")
    judge(here, [third], "rejected", "Double")
    study = tasks_of(project.exports[export])[0]
    judge(here, [TaskKey(export, study.id)], "rejected")
    journal.wait()
    there = reading(project, "There")
    judge(there, [first], "accepted")
    judge(there, [second], "needs_change", "Edge off")
    path = tmp_path / "there.review.json"
    write_review(path, own_review(there))

    said = run("info", placed, "--reviews", path).out
    assert "Reviews (2)" in said
    assert "Here (kept on this computer): 2 accepted, 2 rejected" in said
    assert "     whole studies: 1 rejected" in said
    assert "1 accepted, 1 needs change" in said
    assert "Judged by several: 2; alike 1, differently 1" in said
    assert "Here: accepted; There: needs change, Edge off" in said

    tree = json.loads(run("info", placed, "--json", "--reviews", path).out)["reviews"]
    assert (tree["judged_by_several"], tree["agreed"]) == (2, 1)
    assert [one["reviewer"] for one in tree["reviewers"]] == ["Here", "There"]
    (difference,) = tree["differences"]
    assert difference["label"]["ordinal"] == 1
    assert [said["judgement"] for said in difference["verdicts"]] == ["accepted", "needs_change"]
    assert sum(sum(one["counts"].values()) for one in tree["reviewers"][0]["labels"]) == 3


def test_without_verdicts_it_says_so_and_without_the_option_nothing(run: Run, placed: Path) -> None:
    assert "Reviews: none" in run("info", placed, "--reviews").out
    assert "Reviews" not in run("info", placed).out
    assert "reviews" not in json.loads(run("info", placed, "--json").out)


def test_a_file_that_is_no_review_is_said_in_one_sentence_and_the_others_are_counted(
    run: Run, placed: Path, tmp_path: Path
) -> None:
    path = tmp_path / "there.review.json"
    project = read_export(placed)
    there = reading(project, "There")
    judge(there, [AnnotationId(next(iter(project.exports)), 0)], "accepted")
    write_review(path, own_review(there))
    done = run("info", placed, "--reviews", placed, path)
    assert (done.code, "Traceback" in done.err) == (1, False)
    assert done.out.count(f"{placed.name} is damaged") == 1
    assert "1 accepted" in done.out
    assert "1 accepted" in run("info", placed, path).out
    behind = run("info", "--reviews", path, placed)
    assert (behind.code, "overread info PATH" in behind.err) == (2, True)
