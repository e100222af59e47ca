"""The lanes of tracks below the timeline."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from studies import shown
from tracked import TRACK, track_session
from windows import LEFT, Person, opened_window

from viewer.demo import LABELBOX_FOLDER, VIDEO_NAME, demo_folder
from viewer.formats import read_export
from viewer.media import open_media
from viewer.model.annotation import AnnotationId
from viewer.review.filtering import NO_FILTER, Filter
from viewer.review.fits import Fitting
from viewer.review.matching import match
from viewer.review.tracks import Stretch, frames_of_track
from viewer.session.moving import ALREADY, moved_by, taken_off
from viewer.ui.labels.facts import geometry_rows, subject_of
from viewer.ui.playback.lanes import MOST_ROWS, ROW_PX, Lane, TrackLanes, lanes_of
from viewer.ui.playback.scale import GUTTER_PX
from viewer.ui.playback.track import DIAMOND_PX, TRACK_PX, TrackLane, paint_track
from viewer.ui.widgets.theme import color

NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def person(qtbot: QtBot) -> Iterator[Person]:
    """A person at the demo's video with its Labelbox export."""
    folder = demo_folder()[1].parent
    media = open_media(str(folder / VIDEO_NAME)).media
    project = read_export(str(folder / LABELBOX_FOLDER / "cine_export_v2.ndjson"))
    with opened_window(qtbot, demo=False) as someone:
        someone.session.open(project, media, (), match(project, media))
        someone.settle()
        yield someone


def lane(number: int, *stretches: Stretch) -> Lane:
    keys = tuple(part.first for part in stretches)
    id = AnnotationId("1", number)
    return Lane(id, f"track {number}", "rectangle", TrackLane("#54b4f0", keys, stretches))


def lanes(bot: QtBot, count: int, frames: int = 100) -> TrackLanes:
    made = TrackLanes()
    bot.addWidget(made)
    part = Stretch(10, 20, "derived")
    made.show_lanes(tuple(lane(number, part) for number in range(count)), frames)
    shown(made, 700, made.sizeHint().height())
    return made


def test_every_track_has_a_lane_with_its_name_and_key_frames(person: Person) -> None:
    found, count = lanes_of(person.session)
    assert count == len(found) == 1
    (valve,) = found
    assert valve.title == "Valve"
    assert [(part.first, part.last) for part in valve.track.stretches] == [(0, 59), (80, 119)]
    assert valve.track.keys == (0, 20, 40, 59, 80, 100, 119)
    playback = person.window.playback
    assert playback.lanes.lanes == found
    assert playback.lanes.isVisible()
    for frame in (0, 37, 119):
        assert playback.lanes.scale.x_of(frame) == playback.timeline.x_of(frame)


def test_a_track_that_the_filter_leaves_out_has_no_lane_and_no_bar(person: Person) -> None:
    playback, display = person.window.playback, person.session.display
    bars = playback.timeline.bars
    assert len(bars) == 2
    display.set_filter(Filter(authors=frozenset({"nobody"})), Fitting({}, {}))
    assert playback.lanes.lanes == ()
    assert playback.timeline.bars == ()
    display.set_filter(Filter(authors=frozenset({"somebody"})))
    assert playback.timeline.bars == bars
    display.set_filter(NO_FILTER)
    assert [lane.title for lane in playback.lanes.lanes] == ["Valve"]
    assert playback.timeline.bars == bars


def test_an_object_that_is_taken_off_a_frame_stays_on_those_beside_it(person: Person) -> None:
    session = person.session
    (valve,) = person.window.playback.lanes.lanes
    session.select({valve.id})
    session.go_to_step(3)
    off = taken_off(session, valve.id)
    assert not isinstance(off, str)
    session.do(off)
    frames = frames_of_track(session.matches, valve.id, session.viewing.media_index or 0)
    assert {2, 4} <= set(frames.keys.tolist())
    assert 3 not in frames.slices
    session.go_to_step(4)
    assert moved_by(session, valve.id, 1) == ALREADY
    here = moved_by(session, valve.id, -1)
    assert not isinstance(here, str)
    session.do(here)
    session.go_to_step(3)
    assert moved_by(session, valve.id, -1) == ALREADY


def test_a_press_on_a_lane_selects_the_object_and_goes_to_the_frame(person: Person) -> None:
    session, part = person.session, person.window.playback.lanes
    (valve,) = part.lanes
    at = QPoint(round(part.scale.x_of(30)), ROW_PX // 2)
    QTest.mouseClick(part.viewport(), LEFT, NONE, at)
    person.settle()
    assert session.selection == {valve.id}
    assert session.step == 30
    assert "Valve selected" in part.accessibleName()
    rows = dict(geometry_rows(subject_of(session, valve.id)))
    assert rows["Frame"] == "31 of 120"
    assert rows["Here"] == "worked out between key frames"
    assert rows["On frames"] == "1–60, 81–120"
    assert rows["Key frames"] == "7"


def test_a_press_on_a_name_stays_on_the_frame_if_the_object_is_there(person: Person) -> None:
    session, part = person.session, person.window.playback.lanes
    for frame, wanted in ((30, 30), (70, 0)):
        session.select(())
        session.go_to_step(frame)
        QTest.mouseClick(part.viewport(), LEFT, NONE, QPoint(60, ROW_PX // 2))
        person.settle()
        assert session.step == wanted
        assert session.selection == {part.lanes[0].id}


def test_where_it_is_not_shown_the_inspector_says_so(person: Person) -> None:
    session = person.session
    (valve,) = person.window.playback.lanes.lanes
    session.select([valve.id])
    session.go_to_step(70)
    facts = person.window.inspector.label.geometry_facts
    person.bot.waitUntil(lambda: dict(facts.shown).get("Here") == "not on the one shown")
    session.go_to_step(80)
    rows = dict(facts.shown)
    assert (rows["Frame"], rows["Here"]) == ("81 of 120", "key frame")


def test_many_lanes_are_scrolled_and_the_selected_one_is_brought_into_sight(qtbot: QtBot) -> None:
    part = lanes(qtbot, 30)
    assert part.height() < (MOST_ROWS + 1) * ROW_PX
    part.show_selected(frozenset({AnnotationId("1", 25)}))
    tops = range(2, part.viewport().height(), ROW_PX // 2)
    seen = {found.id.ordinal for y in tops if (found := part.lane_at(y)) is not None}
    assert 25 in seen
    assert 0 not in seen


def test_up_and_down_go_from_object_to_object(qtbot: QtBot) -> None:
    part = lanes(qtbot, 3)
    asked: list[tuple[int, int]] = []

    def choose(id: AnnotationId, frame: int) -> None:
        asked.append((id.ordinal, frame))
        part.show_selected(frozenset({id}))

    part.chosen.connect(choose)
    press = partial(QTest.keyClick, part)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up):
        press(key)
    assert asked == [(0, 10), (1, 10), (2, 10), (2, 10), (1, 10)]


def test_a_drag_from_the_names_does_not_move_the_playhead(qtbot: QtBot) -> None:
    part, wanted = lanes(qtbot, 1), []
    part.wanted.connect(wanted.append)
    QTest.mousePress(part.viewport(), LEFT, NONE, QPoint(GUTTER_PX - 40, 8))
    QTest.mouseMove(part.viewport(), QPoint(GUTTER_PX - 20, 8))
    QTest.mouseRelease(part.viewport(), LEFT, NONE, QPoint(GUTTER_PX - 20, 8))
    assert wanted == []


def test_without_tracks_there_are_no_lanes(qtbot: QtBot) -> None:
    part = lanes(qtbot, 2)
    part.show_lanes((), 100)
    assert part.isHidden()


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_each_key_frame_that_can_be_told_apart_has_its_diamond(qtbot: QtBot, ratio: float) -> None:
    keys, cell = (3, 20, 21, 60), 4.0
    image = QImage(round(300 * ratio), round(TRACK_PX * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(color("input"))
    with QPainter(image) as painter:
        lane = TrackLane("#ff0000", keys, ())
        paint_track(painter, lane, 0, lambda at: (at + 0.5) * cell, cell)
    row = round(TRACK_PX / 2 * ratio)
    red = [x for x in range(image.width()) if image.pixelColor(x, row).name() == "#ff0000"]
    middles = {key: round((key + 0.5) * cell * ratio) for key in keys}
    assert all(middle in red for middle in middles.values())
    reach = (DIAMOND_PX / 2 + 1) * ratio
    assert all(min(abs(x - middle) for middle in middles.values()) <= reach for x in red)


def test_pictures_in_colour_keep_no_window_whatever_digit_is_pressed(person: Person) -> None:
    assert person.session.viewing.window is None
    for digit in (Qt.Key.Key_0, Qt.Key.Key_2):
        person.key(digit)
        assert person.session.viewing.window is None
    assert "No window" in person.window.toolbar.presets.currentText()


def test_bars_and_strips_are_of_the_labels_that_the_filter_lists(tmp_path: Path) -> None:
    session = track_session(tmp_path, "kdk")
    matches, every = session.matches, bytes([1] * 9)
    session.display.set_filter(Filter("valve"), Fitting({TRACK.export: every}, {}))
    assert list(matches.marks(0, fits=session.display.listed)) == [0, 1, 2]
    assert matches.marks(0, fits=session.display.listed) == matches.marks(0)
    assert matches.marks(1, fits=session.display.listed) == {}
    others = bytes(ordinal != TRACK.ordinal for ordinal in range(9))
    session.display.set_filter(Filter("valv"), Fitting({TRACK.export: others}, {}, lambda: {TRACK}))
    assert matches.marks(0, fits=session.display.listed) == {}, "what is selected is drawn alone"
