"""The welcome page offers what was open; nothing is opened again unasked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from windows import LEFT, Person, demo_study, opened_window

from viewer.demo import demo_folder
from viewer.review.sampling import SampleRule
from viewer.review.worklist import Rule
from viewer.session.kept_session import KeptSession, Place, kept_file, read_recent, write_kept
from viewer.session.kept_worklist import KeptWorklist
from viewer.ui.window.session_keeper import when_words

SAMPLED = Rule(sample=SampleRule(5, 42))


@pytest.fixture
def studied(qtbot: QtBot, tmp_path: Path) -> Iterator[Person]:
    """A person who was at slice 17 of the demo's folder, and before at files that are gone."""
    folder, export = demo_folder()
    gone = KeptSession(paths=(str(tmp_path / "gone.json"),), when="2026-01-02T03:04:05Z")
    place = Place(demo_study().media[0].facts.series_uid, 0, (100.0, 90.0, 16.0), "slice")
    was_here = KeptSession(
        paths=(str(folder), str(export)), place=place, worklist=KeptWorklist(SAMPLED)
    )
    half = KeptSession(paths=(*gone.paths, str(folder)), place=place)
    for kept in (gone, half, was_here):
        write_kept(kept_file(), kept)
    with opened_window(qtbot, demo=False) as person:
        person.bot.waitUntil(lambda: person.window.welcome.recent is not None)
        yield person


def test_nothing_is_opened_until_it_is_asked_for_and_then_at_the_same_slice(
    studied: Person,
) -> None:
    assert studied.session.media == ()
    strip = studied.window.welcome.strip
    assert strip is not None
    assert "slice 17" in strip.words.text()
    QTest.mouseClick(strip.button, LEFT)
    studied.wait()
    studied.bot.waitUntil(lambda: studied.session.slice == 16)
    assert studied.session.viewing.crosshair == (100.0, 90.0, 16.0)
    assert len(studied.session.project.exports) == 1
    work = studied.session.work
    studied.bot.waitUntil(lambda: len(work.worklist) > 0)
    assert (work.worklist.rule, work.counts.total, studied.session.slice) == (SAMPLED, 5, 16)


def test_files_that_are_gone_are_said_and_cannot_be_opened(studied: Person) -> None:
    recent = studied.window.welcome.recent
    assert recent is not None
    assert [row.isEnabled() for row in recent.rows] == [True, True, False]
    assert "not there any more: gone.json" in recent.rows[2].accessibleDescription()


def test_what_is_left_of_a_row_opens_by_the_keyboard_at_its_place_and_says_what_is_gone(
    studied: Person,
) -> None:
    recent = studied.window.welcome.recent
    assert recent is not None
    recent.rows[1].setFocus()
    QTest.keyClick(recent.rows[1], Qt.Key.Key_Space)
    studied.wait()
    studied.bot.waitUntil(lambda: studied.session.slice == 16)
    (sentence,) = (one.sentence for one in studied.session.issues if one.code == "not-there")
    assert "gone.json" in sentence


def test_clear_traces_forgets_all_and_what_is_open_is_not_kept(studied: Person) -> None:
    strip = studied.window.welcome.strip
    assert strip is not None
    QTest.mouseClick(strip.button, LEFT)
    studied.wait()
    studied.bot.waitUntil(lambda: not studied.window.jobs.is_busy())
    studied.window.actions_["app.forget"].trigger()
    studied.bot.waitUntil(lambda: studied.window.welcome.recent is None)
    studied.window.keeper.keep()
    studied.bot.waitUntil(lambda: not studied.window.jobs.is_busy())
    assert not kept_file().exists()


def test_a_damaged_file_is_said_in_the_status_line(qtbot: QtBot) -> None:
    kept_file().parent.mkdir(parents=True)
    kept_file().write_bytes(b"{")
    with opened_window(qtbot, demo=False) as person:
        hint = person.window.status.hint
        person.bot.waitUntil(lambda: "What was open last is forgotten" in hint.text())
        assert person.window.welcome.recent is None


def test_a_demo_is_kept_by_its_name_and_what_was_measured_on_it_comes_back(qtbot: QtBot) -> None:
    with opened_window(qtbot, demo=False) as person:
        person.window.open_demo()
        person.wait()
        person.session.viewing.set_crosshair((1.0, 2.0, 3.0))
        person.session.measurements.add("length", (0, 2, 3), np.array([(1.5, 2.0), (40.0, 50.0)]))
        person.bot.waitUntil(lambda: not person.window.jobs.is_busy())
        person.window.open_demo()
        person.wait()
        (again,) = person.session.measurements.by_number.values()
        assert (again.kind, again.spot, again.points[0].tolist()) == ("length", (0, 2, 3), [1.5, 2])
        person.session.viewing.set_crosshair((1.0, 2.0, 3.0))
    (one,) = read_recent(kept_file()).sessions
    assert (one.demo, one.paths) == ("study", ())
    assert one.place is not None
    assert one.place.voxel == (1.0, 2.0, 3.0)  # where it was when the window closed
    assert json.loads(kept_file().read_bytes())["version"] == 1


@pytest.mark.parametrize(
    ("stamp", "words"),
    [("2026-05-04T12:00:00Z", "4 May"), ("2025-05-04T12:00:00Z", "4 May 2025"), ("soon", "")],
)
def test_a_time_is_said_as_people_do(stamp: str, words: str) -> None:
    assert when_words(stamp, date(2026, 11, 22)) == words
