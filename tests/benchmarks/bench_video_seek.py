"""Seek, drag and step in videos, against decoding in this process and against decord or OpenCV.

Run: python tests/benchmarks/bench_video_seek.py [TURNS]
1280x720, groups of 250 pictures. The floor decodes from the preceding key frame in this process,
in as many threads, without conversion to RGB; ours decodes in its own process, converts, and hands
the picture over. Each seek goes to another group of pictures than the one before, and nothing is
prefetched while another method is timed.
Targets: a random seek at most 1.15 x the floor and at most decord's (OpenCV's where decord is not
installed); while dragging a key frame nearby within 60 ms; a cached step within a frame's time.
"""

from __future__ import annotations

import bisect
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import av
import cv2
import numpy as np

from viewer.media.instance import FileRef
from viewer.media.video import open_video
from viewer.media.volume import Video

ROWS, COLUMNS, FRAMES, GROUP, RATE = 720, 1280, 1000, 250, 30
_IDLE_S = 0.002  # of processor time in 20 ms
Seek = Callable[[int], None]
KINDS = {
    "h264, B frames": ("mp4", "libx264", {"preset": "veryfast", "threads": "2"}, 3),
    "h264, uneven": ("mkv", "libx264", {"preset": "veryfast", "threads": "2"}, 3),
    "vp9": ("webm", "libvpx-vp9", {"deadline": "realtime", "cpu-used": "8", "b": "2M"}, 0),
}


def written(path: Path, kind: str) -> None:
    """Write a film of a moving ground."""
    _ending, codec, options, bf = KINDS[kind]
    rng = np.random.default_rng(0)
    ground = np.clip(rng.normal(110, 60, (ROWS + 64, 2 * COLUMNS, 3)), 0, 255).astype(np.uint8)
    ground = cv2.GaussianBlur(ground, (0, 0), 3)
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=RATE, options=options)
        stream.width, stream.height, stream.pix_fmt = COLUMNS, ROWS, "yuv420p"
        stream.codec_context.gop_size = GROUP
        if bf:
            stream.codec_context.max_b_frames = bf
        time_at = 0
        for number in range(FRAMES):
            at = number * 3 % COLUMNS
            picture = np.ascontiguousarray(ground[number % 64 :][:ROWS, at : at + COLUMNS])
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="yuv420p")
            frame.pts, frame.time_base = time_at, Fraction(1, RATE)
            out.mux(stream.encode(frame))
            time_at += 1 + (number % 7 == 3 and kind.endswith("uneven"))
        out.mux(stream.encode(None))


def floor_of(path: Path) -> Seek:
    """Return what decodes from the key frame before a frame to it."""
    with av.open(str(path)) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
        times = sorted(packet.pts for packet in packets)
        keys = sorted(packet.pts for packet in packets if packet.is_keyframe)
    container = av.open(str(path))
    stream = container.streams.video[0]
    stream.thread_type = "AUTO"

    def seek(frame: int) -> None:
        key = keys[bisect.bisect_right(keys, times[frame]) - 1]
        container.seek(key, stream=stream)
        for found in container.decode(stream):
            if found.pts == times[frame]:
                return

    return seek


def rival_of(path: Path) -> tuple[str, Seek]:
    """Return decord's way to a frame, or OpenCV's where decord is not installed."""
    try:
        decord: Any = __import__("decord")
    except ImportError:
        capture = cv2.VideoCapture(str(path))

        def seek(frame: int) -> None:
            capture.set(cv2.CAP_PROP_POS_FRAMES, frame)
            capture.read()

        return "OpenCV (decord is not installed)", seek
    reader = decord.VideoReader(str(path), num_threads=2)
    return "decord", lambda frame: reader[frame].asnumpy()


def settled(video: Video) -> None:
    """Wait until nothing is prefetched any more, by ours or by a rival's threads."""
    while video.fetcher.owed():  # type: ignore[attr-defined]
        time.sleep(0.002)
    worked = 1.0
    while worked > _IDLE_S:
        began = time.process_time()
        time.sleep(0.02)
        worked = time.process_time() - began


def seeks(path: Path, turns: int) -> bool:
    """Alternate random seeks; print their ratios, return whether a target is missed."""
    video = open_video(FileRef(str(path)))
    name, rival = rival_of(path)
    methods: dict[str, Seek] = {"floor": floor_of(path), "ours": video.fetcher.wait, name: rival}
    names, seconds = list(methods), {method: [] for method in methods}
    rng, group = Random(1), 0
    for turn in range(turns + 1):
        group = (group + rng.randrange(1, FRAMES // GROUP)) % (FRAMES // GROUP)
        frame = group * GROUP + rng.randrange(20, GROUP)
        for method in names[turn % 3 :] + names[: turn % 3]:
            began = time.perf_counter()
            methods[method](frame)
            if turn:
                seconds[method].append(time.perf_counter() - began)
            settled(video)
    video.fetcher.close()
    ratios = {
        method: statistics.median(a / b for a, b in zip(seconds["ours"], times, strict=True))
        for method, times in seconds.items()
    }
    for method, times in seconds.items():
        median = statistics.median(times) * 1e3
        print(f"  {method:34} {median:6.1f} ms   ours / it {ratios[method]:.2f}")
    return ratios["floor"] > 1.15 or (name == "decord" and ratios[name] > 1.0)


def drag(path: Path) -> bool:
    """Drag over the timeline, a new place every 16 ms; how soon something new is shown."""
    video = open_video(FileRef(str(path)))
    shown, delays = threading.Event(), []
    video.fetcher.on_arrival(lambda _frame: shown.set())
    rng = Random(2)
    for _place in range(30):
        frame = rng.randrange(FRAMES)
        settled(video)
        shown.clear()
        began = time.perf_counter()
        near = video.fetcher.near(frame)
        video.fetcher.want(frame)
        if near is None or abs(near - frame) > GROUP:  # else it stands there already
            shown.wait(5)
        delays.append(time.perf_counter() - began)
    arrived: list[float] = []
    video.fetcher.on_arrival(lambda _frame: arrived.append(time.perf_counter()))
    began = time.perf_counter()
    for place in range(120):
        video.fetcher.want(place * FRAMES // 120)
        time.sleep(0.016)
    ended = time.perf_counter()
    widest = max(b - a for a, b in pairwise([began, *arrived, ended]))
    video.fetcher.close()
    median, worst = statistics.median(delays) * 1e3, sorted(delays)[-2] * 1e3
    print(f"  something near after a jump: median {median:.1f} ms, 29th of 30 {worst:.1f} ms;")
    print(f"  {len(arrived)} pictures in 2 s of dragging, widest gap {widest * 1e3:.0f} ms")
    return worst > 60


def steps(path: Path) -> bool:
    """Step on and back within a group of pictures, as fast as frames are shown."""
    video = open_video(FileRef(str(path)))
    video.fetcher.wait(GROUP + 100)
    settled(video)
    print_line, missed = [], False
    for way in (1, -1):
        late, times = 0, []
        frame = GROUP + 100
        for _step in range(60):
            frame += way
            began = time.perf_counter()
            video.fetcher.want(frame, way)
            video.fetcher.wait(frame)
            times.append(time.perf_counter() - began)
            late += times[-1] > 1 / RATE
            time.sleep(max(0.0, 1 / RATE - times[-1]))
        worst = sorted(times)[-2] * 1e3
        print_line.append(f"{way:+d} median {statistics.median(times) * 1e3:.2f} worst {worst:.1f}")
        missed = missed or late > 1
    video.fetcher.close()
    print(f"  steps in ms: {'; '.join(print_line)}; a frame lasts {1000 / RATE:.0f} ms")
    return missed


def main(turns: int) -> int:
    """Measure every kind; 1 when a target is missed."""
    missed = False
    with tempfile.TemporaryDirectory() as folder:
        for kind, (ending, *_rest) in KINDS.items():
            path = Path(folder) / f"{kind}.{ending}"
            written(path, kind)
            print(f"{kind}: {FRAMES} frames, {path.stat().st_size / 2**20:.1f} MiB")
            missed |= seeks(path, turns)
            missed |= drag(path)
            missed |= steps(path)
    print("a target is missed" if missed else "all targets are met")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 15))
