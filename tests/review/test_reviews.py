"""Review files hold what was said, are read back by whoever has the export, and harm nothing."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime

import msgspec
import pytest
from composed import RING, export_text, project_of_rows, row
from hypothesis import given
from hypothesis import strategies as st

from viewer.errors import CannotRead
from viewer.formats import read_export, write_export
from viewer.model.annotation import AnnotationId
from viewer.model.csv_text import tame
from viewer.model.source import digest_of
from viewer.model.verdict import Verdict
from viewer.review.label_keys import all_labels
from viewer.review.matching import match
from viewer.review.review_csv import HEAD, csv_of
from viewer.review.review_file import ReviewFile, bytes_of, is_review, read_review, review_of
from viewer.review.reviews import agreement_of, laid_over, told_apart
from viewer.review.sampling import SampleRule
from viewer.review.worklist import Rule, Worklist
from viewer.review.worklist_making import worklist_of
from viewer.session.commands import AddAnnotation
from viewer.session.judging import comment, judge
from viewer.session.reviewed import (
    agreement,
    differing_worklist,
    own_review,
    read_reviews,
    write_csv,
    write_review,
)
from viewer.session.session import Session

NOON = datetime(2024, 6, 1, 12, tzinfo=UTC)
A, B, C, D = (AnnotationId("1", n) for n in range(4))
ROWS = [row("L_ring", RING, 2), row(k=5), row(k=1), row(k=7)]
texts = st.text(max_size=8)
verdicts = st.builds(
    Verdict,
    st.sampled_from(["accepted", "rejected", "needs_change"]),
    texts,
    texts,
    st.booleans(),
    texts,
    texts,
)


def reading(project, name: str = "Reader") -> Session:
    session = Session(clock=lambda: NOON)
    session.author = name
    session.open(project, (), (), match(project, ()))
    return session


@pytest.fixture
def project(tmp_path):
    return project_of_rows(tmp_path, ROWS)


@given(st.dictionaries(st.sampled_from([A, B, C, D]), verdicts))
def test_a_review_says_the_same_when_it_is_read_again(tmp_path, said):
    project = project_of_rows(tmp_path, ROWS)
    judged = project.with_verdicts(said.items())
    path = tmp_path / "mine.review.json"
    write_review(path, review_of(judged, Worklist(), "Reader", "now", "0"))
    review = laid_over(project, path.name, read_review(str(path)))
    assert dict(review.verdicts) == said
    assert review.issues == ()
    assert review.reviewer == "Reader"
    assert is_review(str(path))


def test_two_hundred_verdicts_leave_the_saved_export_as_it_was_opened(tmp_path):
    project = project_of_rows(tmp_path, [row(k=n % 8) for n in range(200)])
    session = reading(project)
    for number, id in enumerate(project.annotations):
        judge(session, [id], ("accepted", "rejected", "needs_change")[number % 3], "Edge off")
        comment(session, [id], f"number {number}")
    write_export(session.history.opened, session.project, "1", tmp_path / "copy.json")
    assert (tmp_path / "copy.json").read_bytes() == (tmp_path / "labels.json").read_bytes()


def test_the_file_says_of_which_bytes_it_is_what_was_drawn_and_how_far_it_went(project, tmp_path):
    session = reading(project)
    rule = Rule(sample=SampleRule(3, 7, ("class",), each=True))
    session.work.take(worklist_of(project, rule, all_labels(project)))
    judge(session, [A], "accepted")
    judge(session, [B], "accepted", is_corrected=True)
    comment(session, [C], "?")
    path = tmp_path / "mine.review.json"
    write_review(path, own_review(session))
    tree = json.loads(path.read_bytes())
    (export,) = tree["exports"]
    source = project.exports["1"].sources[0]
    assert export["digest"] == digest_of(project.exports["1"].sources)
    assert export["files"] == [{"name": "labels.json", "sha256": source.sha256}]
    assert str(tmp_path) not in path.read_text("ascii")
    assert (tree["reviewer"], tree["saved"]) == ("Reader", "2024-06-01T12:00:00.000Z")
    assert tree["counts"] == {"accepted": 1, "commented": 1, "corrected": 1}
    assert tree["worklist"]["rule"]["sample"] == {
        **{"count": 3, "seed": 7, "by": ["class"], "each": True}
    }
    assert tree["worklist"]["counts"]["left"] == tree["worklist"]["total"] - 2
    first = export["labels"][0]["label"]
    assert (first["ordinal"], first["id"], first["label"]) == (0, "A_0", "Readers / ring")
    assert first["where"]["instance"].endswith(".2")


def test_another_copy_of_the_export_is_said_and_labels_found_by_ids_that_are_there_once(tmp_path):
    project = project_of_rows(tmp_path, [*ROWS, row(id="A_1")])
    said = [(id, Verdict("rejected")) for id in (A, B, C, D)]
    file = review_of(project.with_verdicts(said), Worklist(), "", "now", "0")
    (tmp_path / "other").mkdir()
    other = project_of_rows(tmp_path / "other", [row(id=id) for id in ("A_2", "A_1", "A_1")])
    review = laid_over(other, "mine.review.json", file)
    assert set(review.verdicts) == {AnnotationId("1", 0)}
    assert [issue.code for issue in review.issues] == [
        "review-of-other-files",
        "review-labels-not-found",
    ]
    assert "another copy of labels.json" in review.issues[0].sentence
    assert "3 verdicts" in review.issues[1].sentence
    assert review.reviewer == "mine"


def test_a_label_that_has_the_same_id_in_another_study_is_another_label(tmp_path):
    elsewhere = {"StudyInstanceUID": "1.9", "SeriesInstanceUID": "1.9.1", "SOPInstanceUID": "1.9.2"}
    project = project_of_rows(tmp_path, [row(id="1"), row(id="2")])
    file = review_of(
        project.with_verdicts([(A, Verdict("rejected")), (B, Verdict("rejected"))]),
        Worklist(),
        "",
        "now",
        "0",
    )
    (tmp_path / "other").mkdir()
    other = project_of_rows(tmp_path / "other", [row(id="2"), row(id="1", **elsewhere)])
    assert set(laid_over(other, "mine.review.json", file).verdicts) == {A}


def test_a_review_of_an_export_that_is_not_open_says_so_and_shows_nothing(project):
    judged = project.with_verdicts([(A, Verdict("rejected"))])
    file = review_of(judged, Worklist(), "Reader", "now", "0")
    review = laid_over(type(project)(), "mine.review.json", file)
    assert (dict(review.verdicts), len(review.issues)) == ({}, 1)
    assert "labels.json" in review.issues[0].sentence


def test_labels_that_were_made_here_are_in_the_file_and_found_nowhere(project, tmp_path):
    session = reading(project)
    new = AnnotationId("1", 0, new=True)
    made = msgspec.structs.replace(project.annotations[B], id=new)
    session.do(AddAnnotation(made, session.stamp()))
    judge(session, [new], "accepted")
    review = laid_over(project, "x", own_review(session))
    assert (dict(review.verdicts), len(review.issues)) == ({}, 1)


damaged = st.one_of(
    st.binary(max_size=60),
    st.sampled_from(
        [
            b'{"overread_review": 1}',
            b'{"overread_review": "1"}',
            b'{"overread_review": 99}',
            b'{"overread_review": 1e999}',
            b"[" * 100_000,
            b"null",
            b'{"overread_review": 1, "exports": [{"labels": [{"label": {"ordinal": -1}}]}]}',
        ]
    ),
)


@given(damaged)
def test_what_is_no_review_is_said_in_a_sentence_and_the_others_are_read(tmp_path, data):
    project = project_of_rows(tmp_path, ROWS)
    good, bad = tmp_path / "good.review.json", tmp_path / "bad.review.json"
    write_review(good, review_of(project, Worklist(), "", "now", "0"))
    bad.write_bytes(data)
    with pytest.raises(CannotRead, match=r"bad\.review\.json"):
        read_review(str(bad))
    reviews, (issue,) = read_reviews(project, (), [str(bad), str(good)])
    assert [review.title for review in reviews] == [good.name]
    assert issue.code == "review-not-read"


def test_hostile_names_and_ordinals_find_nothing(project):
    judged = project.with_verdicts([(A, Verdict("rejected"))])
    text = bytes_of(review_of(judged, Worklist(), "", "now", "0")).decode()
    for ordinal in (-1, 10**6, 2**62):
        tree = json.loads(text)
        tree["exports"][0]["labels"][0]["label"] |= {"ordinal": ordinal, "id": "nobody's"}
        review = laid_over(project, "x", msgspec.convert(tree, ReviewFile))
        assert dict(review.verdicts) == {}


def test_reviewers_agree_where_all_who_judged_decided_the_same(project):
    mine = {A: Verdict("accepted"), B: Verdict("accepted"), C: Verdict("rejected", "Double")}
    theirs = {
        **{A: Verdict("accepted", comment="fine"), B: Verdict("accepted", is_corrected=True)},
        **{C: Verdict("rejected"), D: Verdict("rejected")},
    }
    third = {A: Verdict(comment="only said")}
    found = agreement_of(project, [("I", mine), ("they", theirs), ("third", third)])
    assert [row.target for row in found.rows] == [A, B, C, D]
    assert [row.agrees for row in found.rows] == [True, False, True, None]
    assert (found.both, found.agreed, found.differing) == (3, 2, (B,))
    gone = agreement_of(project.without_annotations([B]), [("I", mine), ("they", theirs)])
    assert [row.target for row in gone.rows] == [A, C, D]


def test_reviewers_of_one_name_are_told_apart_and_names_are_one_short_line(project):
    names = {
        "a.review.json": "Ann",
        "b.review.json": "Ann",
        "c.review.json": "\x1b[1m\n" + "x" * 999,
    }
    reviews = [
        laid_over(project, title, review_of(project, Worklist(), name, "now", "0"))
        for title, name in names.items()
    ]
    assert told_apart(reviews[1:], ["Ann"])[0] == "Ann (b)"
    first, second, third = told_apart(reviews)
    assert (first, second) == ("Ann (a)", "Ann (b)")
    assert third.startswith("[1m x")
    assert (len(third) <= 60, third.isprintable()) == (True, True)


def test_what_two_reviewers_judged_differently_is_a_worklist(project, tmp_path):
    first, second = reading(project, "One"), reading(project, "Two")
    judge(first, [A, B, C], "accepted")
    judge(second, [A], "accepted")
    judge(second, [B, C], "rejected")
    write_review(tmp_path / "one.review.json", own_review(first))
    reviews, _ = read_reviews(project, (), [str(tmp_path / "one.review.json")])
    heard = []
    second.reviews_changed.connect(lambda: heard.append(len(second.reviews)))
    second.show_reviews(reviews)
    assert heard == [1]
    assert agreement(second).reviewers == ("Two", "One")
    worklist = differing_worklist(second)
    assert [worklist[at] for at in range(len(worklist))] == [B, C]
    assert worklist.rule == Rule("differing", "Two, One")
    again, _ = read_reviews(project, reviews, [str(tmp_path / "one.review.json")])
    assert len(again) == 1


def test_reviews_stay_over_what_is_opened_next(project, tmp_path):
    session = reading(project)
    judge(session, [B], "rejected")
    write_review(tmp_path / "one.review.json", own_review(session))
    elsewhere = tmp_path / "two.json"
    elsewhere.write_text(export_text([row()]), encoding="utf-8")
    reviews, issues = read_reviews(read_export(elsewhere), (), [str(tmp_path / "one.review.json")])
    assert [issue.code for issue in issues] == ["review-of-other-files", "review-labels-not-found"]
    both = read_export(tmp_path / "two.json", tmp_path / "labels.json")
    ((review,), issues) = read_reviews(both, reviews, ())
    assert issues == ()
    (target,) = review.verdicts
    assert both.exports[target.export].title == "labels.json"


@pytest.mark.parametrize("start", ["=1+1", "+1+1", "-1+1", "@A1", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(project, tmp_path, start):
    assert tame(start) == f"'{start}"
    assert [tame(number) for number in ("-1.5", "+2", "1e-9")] == ["-1.5", "+2", "1e-9"]
    session = reading(project, start)
    judge(session, [A], "rejected", start)
    comment(session, [A], start)
    write_csv(tmp_path / "v.csv", csv_of(session.project, [("I", session.project.verdicts)]))
    text = (tmp_path / "v.csv").read_bytes().decode("utf-8-sig")
    head, said = csv.reader(io.StringIO(text, newline=""))
    assert tuple(head) == HEAD
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in said)
    assert said[:4] == ["labels.json", "Readers / ring", "A_0", "0"]


def test_the_csv_has_a_row_for_each_label_and_reviewer(project):
    sides = [
        ("I", {A: Verdict("accepted")}),
        ("they", {B: Verdict("rejected"), A: Verdict("rejected", reviewer="One of them")}),
        ("Ann (b)", {C: Verdict("rejected", reviewer="Ann")}),
    ]
    rows = list(csv.DictReader(io.StringIO(csv_of(project, sides))))
    assert [(r["id"], r["judgement"], r["reviewer"]) for r in rows] == [
        ("A_0", "accepted", "I"),
        ("A_0", "rejected", "One of them"),
        ("A_1", "rejected", "they"),
        ("A_2", "rejected", "Ann (b)"),
    ]
