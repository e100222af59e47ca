"""Videos in a real window: the picture, its number and its labels are always of one frame."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from films import FRAMES, number_in, written
from played import open_in
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from shiboken6 import delete
from windows import LEFT, NONE, Person, demo_study

from viewer.errors import CannotDecode
from viewer.media.instance import FileRef
from viewer.media.video import open_video
from viewer.media.video.fetcher import Fetcher
from viewer.media.volume import Pixels, Video
from viewer.session.comparing import Comparison, Side
from viewer.ui.media.delegate import MEDIA_ROLE
from viewer.ui.view.frames_wanted import FramesWanted


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("films"), "h264-b").path


@pytest.fixture
def video(film: Path) -> Iterator[Video]:
    made = open_video(FileRef(str(film)))
    with closing(made.fetcher):
        yield made


def painted(person: Person) -> tuple[int, int]:
    """The number in the picture, and the one that the view says."""
    picture = person.view().picture
    assert picture is not None
    assert picture.image is not None
    said = picture.corners.bottom_right[0].removeprefix("frame ").partition(" ")[0]
    return number_in(picture.image), int(said) - 1


def sentence(person: Person) -> str:
    picture = person.view().picture
    return "" if picture is None or picture.message is None else picture.message.text


def is_painted(person: Person, frame: int) -> bool:
    picture = person.view().picture
    is_there = picture is not None and picture.image is not None and picture.image.ndim == 3
    return is_there and painted(person) == (frame, frame)


def test_wherever_the_timeline_is_pressed_the_picture_becomes_that_frame_and_never_lies(
    empty: Person, video: Video
) -> None:
    open_in(empty.session, video)
    empty.bot.waitUntil(lambda: video.picture(0) is not None)
    empty.settle()
    timeline = empty.window.playback.timeline
    for wanted in np.random.default_rng(3).integers(0, FRAMES, 25).tolist():
        QTest.mouseClick(timeline, LEFT, NONE, QPoint(round(timeline.x_of(wanted)), 30))
        number, said = painted(empty)
        assert number == said
        empty.bot.waitUntil(lambda wanted=wanted: is_painted(empty, wanted))
        assert empty.window.frames.late is None


def test_who_asked_for_frames_may_be_deleted_while_threads_bring_them(
    empty: Person, video: Video
) -> None:
    open_in(empty.session, video)
    for frame in range(0, FRAMES, 3):
        asker = FramesWanted(empty.session)
        asker.want(frame, 0)
        delete(asker)
        assert number_in(video.fetcher.wait(frame)) == frame
    empty.settle()
    asker = FramesWanted(empty.session)
    asker.want(FRAMES - 1, 0)
    empty.bot.waitUntil(lambda: video.picture(FRAMES - 1) is not None)


def test_a_frame_that_comes_to_stand_beside_a_series_is_asked_for(
    empty: Person, video: Video
) -> None:
    session = empty.session
    open_in(session, demo_study().media[0], video)
    session.viewing.show(0)
    session.viewing.set_crosshair((0.0, 0.0, FRAMES - 1.0), 1)
    empty.settle()
    assert video.picture(FRAMES - 1) is None
    session.linking.start(Comparison(Side(0), Side(1), is_linked=False))
    empty.bot.waitUntil(lambda: video.picture(FRAMES - 1) is not None)


def test_its_row_has_a_picture_made_in_a_job(empty: Person, video: Video) -> None:
    open_in(empty.session, video)
    row = empty.window.media_panel.list.item(0)
    empty.bot.waitUntil(lambda: row.data(MEDIA_ROLE).thumb is not None)
    assert row.data(MEDIA_ROLE).below == f"Video · {FRAMES} frames"


def test_arrows_go_frame_by_frame(empty: Person, video: Video) -> None:
    open_in(empty.session, video)
    empty.window.views.active.setFocus()
    for wanted in (1, 2, 3):
        empty.key(Qt.Key.Key_Right)
        empty.bot.waitUntil(lambda wanted=wanted: is_painted(empty, wanted))


def test_playing_shows_frames_in_order(empty: Person, video: Video) -> None:
    open_in(empty.session, video)
    empty.window.views.active.setFocus()
    empty.settle()
    empty.window.player.set_repeat("once")
    empty.window.player.set_speed(4.0)
    seen: list[int] = []
    empty.session.viewing.crosshair_changed.connect(lambda: seen.append(empty.session.step))
    empty.key(Qt.Key.Key_Space)
    empty.bot.waitUntil(lambda: not empty.window.player.is_playing, timeout=30_000)
    assert seen == sorted(set(seen))
    assert seen[-1] == FRAMES - 1
    assert len(seen) + empty.window.player.dropped == FRAMES - 1


def test_once_a_video_is_given_up_every_frame_that_is_not_there_says_so(
    empty: Person, video: Video
) -> None:
    open_in(empty.session, video)
    empty.bot.waitUntil(lambda: video.picture(0) is not None)
    fetcher = video.fetcher
    assert isinstance(fetcher, Fetcher)
    fetcher.given_up()
    fetcher.given_up()
    for step in (100, 50):
        empty.session.go_to_step(step)
        empty.bot.waitUntil(lambda: sentence(empty).endswith("open it again to try anew."))


class Slow:
    """A fetcher whose frames come when the test lets them."""

    def __init__(self) -> None:
        self.here: dict[int, Pixels] = {0: np.zeros((6, 8, 3), np.uint8)}
        self.asked: list[int] = []
        self.tell = lambda _index: None

    def kept(self, index: int) -> Pixels | None:
        return self.here.get(index)

    def near(self, index: int) -> int | None:
        return min(self.here, key=lambda at: abs(at - index), default=None)

    def want(self, index: int, ahead: int = 0) -> None:
        self.asked.append(index)

    def wait(self, index: int) -> Pixels:
        raise CannotDecode("never comes")

    def on_arrival(self, tell) -> None:
        self.tell = tell

    def close(self) -> None:
        self.here.clear()


def slow_video(video: Video) -> tuple[Video, Slow]:
    slow = Slow()
    return replace(video, rows=6, columns=8, fetcher=slow, slice_errors={}), slow


def test_a_frame_long_in_coming_is_said_the_one_before_stays_and_nothing_can_be_drawn_on_it(
    empty: Person, video: Video
) -> None:
    made, slow = slow_video(video)
    open_in(empty.session, made)
    empty.session.set_mode("edit")
    empty.settle()
    port = empty.view().port
    assert empty.window.hands.is_drawing_on(port)
    empty.session.go_to_step(80)
    empty.bot.waitUntil(lambda: empty.window.frames.late == 80)
    empty.settle()
    picture = empty.view().picture
    assert picture is not None
    assert picture.sign == "frame 81 is being decoded"
    assert picture.corners.bottom_right[0] == f"frame 1 / {FRAMES}"
    assert not empty.window.hands.is_drawing_on(port)
    assert slow.asked[-1] == 80
    slow.here[80] = np.full((6, 8, 3), 9, np.uint8)
    slow.tell(80)
    empty.bot.waitUntil(lambda: empty.window.frames.late is None)
    empty.settle()
    picture = empty.view().picture
    assert picture is not None
    assert picture.sign == ""
    assert picture.corners.bottom_right[0] == f"frame 81 / {FRAMES}"


def test_a_frame_that_is_given_up_says_its_sentence(empty: Person, video: Video) -> None:
    made, slow = slow_video(video)
    open_in(empty.session, made)
    empty.session.go_to_step(5)
    made.slice_errors[5] = "film.mp4: the decoder did not answer; it was given up."
    slow.tell(5)
    empty.bot.waitUntil(lambda: empty.view().picture is not None)
    empty.bot.waitUntil(lambda: sentence(empty) == made.slice_errors[5])
    assert empty.window.frames.late is None
