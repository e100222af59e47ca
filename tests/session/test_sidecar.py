"""What was decided of an export's entries is kept, private, and never stands in the way."""

from __future__ import annotations

import json
import stat
import sys
from pathlib import Path
from typing import get_args

import pytest
from bound import drawn, project_of, scan
from hypothesis import given
from hypothesis import strategies as st

from viewer.model.project import Entry, Reading
from viewer.model.source import Source, digest_of
from viewer.model.subject import PLANES
from viewer.review.binding import NO_CHOICES, NOTHING, Choice, Choices
from viewer.review.matching import match
from viewer.review.turns import Turn
from viewer.session.session import Session
from viewer.session.sidecar import (
    bindings_folder,
    kept_choices,
    read_choices,
    sidecar_of,
    write_choices,
)

TURNS = st.builds(Turn, st.booleans(), st.booleans(), st.floats(0.01, 100))
CHOICES = st.builds(
    Choice,
    media=st.none() | st.just(NOTHING) | st.text(max_size=9),
    file=st.none() | st.text(max_size=9),
    first_frame=st.sampled_from([None, 0, 1]),
    slice_order=st.sampled_from([None, "stack", "reversed", "items", "numbers", "names"]),
    offset=st.none() | st.integers(-1_000_000, 1_000_000),
    planes=st.dictionaries(st.sampled_from(PLANES), TURNS, max_size=4),
    readings=st.dictionaries(st.sampled_from(get_args(Reading)), st.booleans(), max_size=6),
)
IDS = st.text(st.characters(), max_size=9) | st.just("lone \ud800")
PROJECT = project_of([Entry("s", "chest", series="1.2.3.4")], [drawn("s", frame=0)])
EXPORT = PROJECT.exports["1"]


@given(st.builds(Choices, CHOICES, st.dictionaries(IDS, CHOICES, max_size=4)))
def test_what_is_kept_is_read_again(tmp_path, choices):
    path = tmp_path / "deep" / "kept.json"
    write_choices(path, choices)
    assert read_choices(path, "labels") == (choices, None)
    assert path.exists() == (choices != NO_CHOICES)
    assert [file.name for file in tmp_path.rglob("*.*")] in ([], ["kept.json"])


def test_a_choice_that_leaves_readings_as_taken_is_kept_without_them(tmp_path):
    path = tmp_path / "kept.json"
    write_choices(path, Choices(Choice(offset=1)))
    assert json.loads(path.read_bytes())["choices"] == {"general": {"offset": 1}}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_nobody_else_can_read_it(tmp_path):
    path = tmp_path / "bindings" / "kept.json"
    write_choices(path, Choices(Choice(offset=1)))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b"[" * 100_000,
        b'{"version": 2, "choices": {}}',
        b'{"version": 1, "choices": {"general": {"offset": 1e99}}}',
        b'{"version": 1, "choices": {"general": {"slice_order": "up"}}}',
        b'{"version": 1, "choices": {"general": {"planes": {"axial": {"scale_y": 0}}}}}',
        b'{"version": 1, "choices": {"entries": {"a": 5}}}',
    ],
)
def test_a_damaged_file_is_put_aside_with_a_sentence(tmp_path, text):
    path = tmp_path / "kept.json"
    path.write_bytes(text)
    choices, issue = read_choices(path, "labels.json")
    assert choices == NO_CHOICES
    assert issue is not None
    assert "labels.json" in issue.sentence
    assert "kept.damaged" in issue.sentence
    assert not path.exists()
    assert (tmp_path / "kept.damaged").read_bytes() == text
    assert read_choices(path, "labels.json") == (NO_CHOICES, None)


def test_an_export_goes_by_its_bytes_whatever_its_name():
    digest = digest_of(EXPORT.sources)
    assert sidecar_of(Path("x"), EXPORT) == Path("x") / f"{digest}.json"
    one, two = (Source(0, "annotations", path, sha, b"") for path, sha in (("p", "a"), ("q", "b")))
    near = Source(2, "ontology", "near", "c", b"")
    assert digest_of([one, two]) == digest_of([two, near, one]) != digest_of([one])
    assert digest_of([one, two], ["b", "a"]) == digest_of([one, two])


def test_it_holds_no_path_and_is_taken_at_the_next_opening():
    path = sidecar_of(bindings_folder(), EXPORT)
    chosen = Choices(entries={"s": Choice(media="1.2.3.5", slice_order="reversed")})
    write_choices(path, chosen)
    kept = json.loads(path.read_text("ascii"))["choices"]["entries"]["s"]
    assert kept == {"media": "1.2.3.5", "slice_order": "reversed"}
    assert kept_choices(PROJECT) == ({"1": chosen}, ())
    write_choices(path, NO_CHOICES)
    assert kept_choices(PROJECT) == ({"1": NO_CHOICES}, ())


def test_a_change_of_bindings_moves_labels_and_neither_project_nor_history():
    media = [scan(), scan("1.2.3.5", folder="mr")]
    session = Session()
    session.open(PROJECT, media, (), match(PROJECT, media))
    told: list[bool] = []
    session.project_changed.connect(lambda: told.append(True))
    assert session.matches.labels_on_media(0) == 1
    chosen = {"1": Choices(entries={"s": Choice(media="1.2.3.5")})}
    session.rebind(match(PROJECT, media, chosen))
    assert session.matches.labels_on_media(1) == 1
    assert session.matches.chosen == chosen
    assert session.project is PROJECT
    assert not session.history.unsaved
    assert told == [True]
