"""The decoding process: what hangs or crashes there is given up, and nothing of it is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import av
import numpy as np
import pytest
from films import FRAMES, number_in, written

from viewer.errors import Cancelled, CannotDecode, CannotRead
from viewer.media.instance import FileRef
from viewer.media.video import open_video
from viewer.media.video import pool as pools
from viewer.media.video.fetcher import Fetcher
from viewer.media.video.pool import MOST, Pool
from viewer.media.video.reel import Reel
from viewer.media.video.source import ByteSource

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
PROCESSES = Path("/proc")
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("films"), "h264-b").path


@pytest.fixture
def pool() -> Iterator[Pool]:
    pools.POOL.close_idle()
    with closing(Pool()) as pool:
        yield pool
    pools.POOL.close_idle()
    assert none_left()


def fetcher_of(path: Path, pool: Pool) -> Fetcher:
    fetcher = Fetcher(ByteSource(FileRef(str(path))), {}, pool)
    fetcher.open(lambda: False)
    return fetcher


OTHERS: set[int] = set()  # decoding children that were there before the test, of other windows


@pytest.fixture(autouse=True)
def others() -> None:
    OTHERS.clear()
    OTHERS.update(children_of(os.getpid()))


def children_of(process: int) -> list[int]:
    """Return the ids of a process's decoding children that have not ended, as /proc has them."""
    found: list[int] = []
    if not PROCESSES.is_dir():
        return found
    for folder in PROCESSES.iterdir():
        if not folder.name.isdecimal():
            continue
        try:
            words = (folder / "stat").read_text().rpartition(")")[2].split()
            command = (folder / "cmdline").read_bytes().rstrip(b"\0").split(b"\0")
        except (FileNotFoundError, ProcessLookupError):
            continue  # it has ended meanwhile
        if int(words[1]) == process and words[0] != "Z" and command[-1] == b"_video":
            found.append(int(folder.name))
    return [child for child in found if child not in OTHERS]


def none_left() -> bool:
    """Whether the decoding children of this process end, which takes them a moment."""
    until = time.monotonic() + 10
    while children_of(os.getpid()):
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


@linux
def test_of_a_decoder_that_hangs_one_frame_is_given_up_and_the_video_where_it_hangs_again(
    film: Path, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetcher = fetcher_of(film, pool)
    fetcher.wait(0)
    monkeypatch.setattr(pools, "SILENCE_S", 0.5)
    (child,) = children_of(os.getpid())
    os.kill(child, signal.SIGSTOP)
    with pytest.raises(CannotDecode, match=r"at frame 120, .* open the video again"):
        fetcher.wait(FRAMES - 1)
    assert gone(child)
    assert number_in(fetcher.wait(0)) == 0
    assert number_in(fetcher.wait(61)) == 61, "another process goes on"
    while fetcher.owed():
        time.sleep(0.01)
    (child,) = children_of(os.getpid())
    os.kill(child, signal.SIGSTOP)
    for frame in (110, 111):
        with pytest.raises(CannotDecode, match=r"; it was given up; open it again"):
            fetcher.wait(frame)
    assert gone(child)


@linux
def test_a_decoder_that_hangs_is_given_up_however_often_frames_are_asked_for(
    film: Path, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    errors: dict[int, str] = {}
    fetcher = Fetcher(ByteSource(FileRef(str(film))), errors, pool)
    fetcher.open(lambda: False)
    fetcher.wait(0)
    while fetcher.owed():
        time.sleep(0.01)
    monkeypatch.setattr(pools, "SILENCE_S", 0.5)
    (child,) = children_of(os.getpid())
    os.kill(child, signal.SIGSTOP)
    until = time.monotonic() + 10
    asked = 60
    while not errors and time.monotonic() < until:
        fetcher.want(asked, ahead=1)
        asked = 60 + (asked - 59) % 50
        time.sleep(0.02)
    assert errors


@linux
def test_indexing_that_hangs_is_given_up_as_well(
    film: Path, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pools, "SILENCE_S", 0.5)
    other = fetcher_of(film, pool)
    other.wait(0)
    while other.owed():
        time.sleep(0.01)  # busy processes are not taken away
    (child,) = children_of(os.getpid())
    os.kill(child, signal.SIGSTOP)
    monkeypatch.setattr(pools, "MOST", 1)  # the next video gets the process that hangs
    with pytest.raises(CannotDecode, match="given up"):
        fetcher_of(film, pool)


@linux
def test_a_decoder_that_crashes_is_given_up_with_a_sentence(film: Path, pool: Pool) -> None:
    fetcher = fetcher_of(film, pool)
    (child,) = children_of(os.getpid())
    os.kill(child, signal.SIGKILL)
    with pytest.raises(CannotDecode, match="the decoder crashed"):
        fetcher.wait(5)


@linux
def test_the_process_ends_with_the_program_that_started_it(film: Path) -> None:
    script = f"""
        import os, time
        from viewer.media.instance import FileRef
        from viewer.media.video import open_video
        video = open_video(FileRef({str(film)!r}))
        print(os.getpid(), flush=True)
        time.sleep(60)
    """
    program = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        text=True,
    )
    with program:
        assert program.stdout is not None
        parent = int(program.stdout.readline())
        (child,) = children_of(parent)
        program.kill()
    assert gone(child)


def test_an_opened_video_has_its_first_frame_at_hand_and_keeps_one_without_a_process(
    film: Path, pool: Pool
) -> None:
    fetchers = [fetcher_of(film, pool) for _ in range(MOST + 1)]
    for fetcher in fetchers:
        assert fetcher.near(FRAMES // 2) == 0
        picture = fetcher.kept(0)
        assert picture is not None
        assert number_in(picture) == 0


def test_more_videos_than_processes_share_them(film: Path, pool: Pool) -> None:
    fetchers = [fetcher_of(film, pool) for _ in range(MOST + 2)]
    for _round in range(2):
        for frame, fetcher in enumerate(fetchers, 7):
            assert number_in(fetcher.wait(frame)) == frame
    assert len(children_of(os.getpid())) <= MOST
    for fetcher in fetchers:
        fetcher.close()
    assert len(children_of(os.getpid())) <= 1, "one stays for the next video"


def test_many_videos_are_opened_at_once(film: Path, pool: Pool) -> None:
    with ThreadPoolExecutor(3 * MOST) as threads:
        opened = [threads.submit(fetcher_of, film, pool) for _ in range(3 * MOST)]
        fetchers = [future.result(60) for future in opened]
        frames = [threads.submit(fetcher.wait, 9) for fetcher in fetchers]
        assert {number_in(future.result(60)) for future in frames} == {9}
    assert len(children_of(os.getpid())) <= MOST


def test_frames_arrive_with_a_call_and_those_played_next_come_unasked(
    film: Path, pool: Pool
) -> None:
    fetcher = fetcher_of(film, pool)
    arrived: list[int] = []
    enough = threading.Event()

    def tell(frame: int) -> None:
        arrived.append(frame)
        if 34 in arrived:
            enough.set()

    fetcher.on_arrival(tell)
    fetcher.want(30, ahead=2)
    assert enough.wait(20)
    assert arrived[:3] == [30, 32, 34]
    picture = fetcher.kept(32)
    assert picture is not None
    assert number_in(picture) == 32
    assert not picture.flags.writeable
    assert fetcher.near(33) in (32, 34)


def test_while_playing_frames_decoded_on_the_way_to_a_late_one_are_sent_as_they_are_numbered(
    film: Path,
) -> None:
    told: list[tuple[int, int]] = []
    reel = Reel(ByteSource(FileRef(str(film))), lambda: None)
    target = np.zeros((*reel.size, 3), np.uint8)

    def passing(frame: int, picture: av.VideoFrame) -> None:
        reel.convert(frame, picture, target)
        told.append((frame, number_in(target)))

    reel.on_passing = passing
    assert reel.frame(20, lambda: False, first=20) is not None
    reel.close()
    assert told, "frames pass"
    assert all(said == number for said, number in told)
    assert [frame for frame, _ in told] == sorted({frame for frame, _ in told})
    assert told[-1][0] < 20


def test_the_newest_wish_comes_first_with_a_key_frame_before(film: Path, pool: Pool) -> None:
    fetcher = fetcher_of(film, pool)
    arrived: list[int] = []
    done = threading.Event()
    fetcher.on_arrival(lambda frame: (arrived.append(frame), frame == 70 and done.set()))
    for frame in range(20, 71):
        fetcher.want(frame)
    assert done.wait(20)
    last = arrived.index(70)
    assert last < 60
    assert number_in(fetcher.wait(70)) == 70


def test_a_video_that_changed_is_told_from_the_one_opened(
    film: Path, pool: Pool, tmp_path: Path
) -> None:
    copy = tmp_path / "film.mp4"
    copy.write_bytes(film.read_bytes())
    fetcher = fetcher_of(copy, pool)
    copy.write_bytes(written(tmp_path, "h264-edited").path.read_bytes())
    others = [fetcher_of(film, pool) for _ in range(MOST)]
    assert others
    with pytest.raises(CannotDecode, match="changed since it was opened"):
        fetcher.wait(3)


def test_what_is_closed_gives_nothing_more(film: Path, pool: Pool) -> None:
    fetcher = fetcher_of(film, pool)
    fetcher.wait(0)
    fetcher.close()
    fetcher.want(1)
    assert fetcher.kept(0) is None
    with pytest.raises(CannotDecode, match="is closed"):
        fetcher.wait(0)


def test_opening_that_is_stopped_leaves_its_process_to_others(film: Path, pool: Pool) -> None:
    with pytest.raises(Cancelled):
        Fetcher(ByteSource(FileRef(str(film))), {}, pool).open(lambda: True)
    other = fetcher_of(film, pool)  # served after it, by one thread: then it is dealt with
    if PROCESSES.is_dir():
        assert len(children_of(os.getpid())) == 1
    other.close()


def test_a_video_that_is_gone_is_said(tmp_path: Path) -> None:
    with pytest.raises(CannotRead, match="No such file"):
        open_video(FileRef(str(tmp_path / "none.mp4")))


def test_frames_are_bounded_by_bytes(
    film: Path, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetcher = fetcher_of(film, pool)
    size = fetcher.wait(0).nbytes
    monkeypatch.setattr("viewer.media.video.fetcher.KEPT_BYTES", 10 * size)
    for frame in range(0, FRAMES, 3):
        fetcher.wait(frame)
        held = [kept for kept in range(FRAMES) if fetcher.kept(kept) is not None]
        assert len(held) <= 10
        assert frame in held
    assert np.abs(np.array(held) - FRAMES).min() < 10


def gone(process: int) -> bool:
    """Whether a process ends within some seconds."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False
