"""The window stays live while frames are played, stepped and dragged through.

Run: python tests/benchmarks/bench_playing.py
A generated film of 1280 x 720 and a generated cine of 512 x 512 are played for three seconds at
their own rate and four times as fast, and the playhead is dragged over the whole timeline. A timer
of 5 ms in the main thread finds how long the window was away. Goals: no pause over 50 ms; no frame
dropped at the recorded rate. Also printed: how long a random frame of the film takes to be painted.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from fractions import Fraction
from pathlib import Path
from statistics import median
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(1, str(Path(__file__).resolve().parent.parent))

import av
import numpy as np
from live import Watch, program, running, settled, until
from played import open_in, timed
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from viewer.app import Program
from viewer.media.instance import FileRef
from viewer.media.video import open_video
from viewer.media.volume import FrameStack, Media

FRAMES, RATE, SECONDS = 300, 25, 3.0
ROWS, COLUMNS, SIDE = 720, 1280, 512
JUMPS = 30
NONE, LEFT = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton


def film(path: Path) -> None:
    """Write a film of noise that moves, in H.264 with B-frames."""
    rng = np.random.default_rng(1)
    blocks = np.kron(rng.integers(0, 255, (ROWS // 16, 160, 3)), np.ones((16, 16, 1)))
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=RATE, options={"preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = COLUMNS, ROWS, "yuv420p"
        for number in range(FRAMES):
            picture = blocks[:, number * 4 : number * 4 + COLUMNS].astype(np.uint8)
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))


def cine() -> FrameStack:
    """Return grey frames of noise that moves."""
    made = timed(96, 1 / 30)
    noise = np.random.default_rng(2).integers(0, 255, (SIDE, 2 * SIDE), dtype=np.uint8)
    made.pixels = np.stack([noise[:, 4 * k : 4 * k + SIDE] for k in range(96)])
    return made


def played(made: Program, media: Media, name: str) -> Iterator[Watch]:
    """Show a media and use its transport and timeline."""
    window, session = made.window, made.session
    open_in(session, media)
    settled(made)
    running(0.2)
    window.views.active.setFocus()
    for speed in (1.0, 4.0):
        window.player.set_speed(speed)
        session.go_to_step(0)
        until(lambda: session.has_step(0))
        with Watch(f"{name} played at {speed:g} x") as watch:
            window.player.toggle()
            running(SECONDS)
            window.player.stop()
        print(f"{name} at {speed:g} x: {window.player.dropped} frames dropped")
        yield watch
    timeline, last = window.playback.timeline, media.count - 1
    with Watch(f"{name} dragged through") as watch:
        QTest.mousePress(timeline, LEFT, NONE, QPoint(round(timeline.x_of(0)), 30))
        for part in range(1, 101):
            QTest.mouseMove(timeline, QPoint(round(timeline.x_of(last * part / 100)), 30))
            running(0.02)
        QTest.mouseRelease(timeline, LEFT, NONE, QPoint(round(timeline.x_of(last)), 30))
        until(lambda: session.has_step(session.step))
    yield watch


def jumps(made: Program) -> float:
    """Return the median ms from asking for a random frame to its paint."""
    session, views = made.session, made.window.views
    rng, took = random.Random(3), list[float]()
    assert session.playable is not None
    for _ in range(JUMPS):
        began = perf_counter()
        session.go_to_step(rng.randrange(session.playable.count))
        until(lambda: session.has_step(session.step) and views.is_painted)
        took.append((perf_counter() - began) * 1000)
    return median(took)


def main() -> int:
    made = program()
    watches = [*played(made, cine(), "cine")]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        film(path)
        video = open_video(FileRef(str(path)))
        with closing(video.fetcher):
            watches += played(made, video, "film")
            print(f"a random frame of the film is painted after {jumps(made):.0f} ms (median)")
            made.window.close()
    for watch in watches:
        watch.report()
    print("every goal is met" if all(watch.is_live for watch in watches) else "a goal is missed")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
