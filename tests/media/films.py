"""Small videos whose frames bear their numbers as black and white blocks, made with PyAV.

Each kind is written once per test run. `Film.numbers` are the numbers that its displayed frames
bear, in order, as a player shows them.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

os.environ.setdefault("SVT_LOG", "-1")  # the AV1 encoder is talkative

BITS = 10
BLOCK = 24
ROWS, COLUMNS = 128, BITS * BLOCK + 16
FRAMES = 120
TICKS = 1000  # time base of the films, per second
STEP = 40  # ticks from frame to frame
TURNS = {  # a, b, c, d of the track header's matrix, by the degrees that a player turns clockwise
    90: (0, 1, -1, 0),
    180: (-1, 0, 0, -1),
    270: (0, -1, 1, 0),
}
Picture = NDArray[np.uint8]


@dataclass(frozen=True)
class Kind:
    """How a film is coded.

    Args:
        ending: of the file, which names the container.
        options: of the encoder.
        pts: time of each frame in ticks.
        changed: what is done to the bytes of the written file.
        shown: which numbers a player shows.
        rotated: by how many degrees its frames are shown turned, clockwise.
    """

    ending: str
    codec: str
    options: Mapping[str, str]
    bf: int = 0
    gop: int = 24
    format: str = "yuv420p"
    container: Mapping[str, str] | None = None
    pts: Sequence[int] = tuple(range(0, FRAMES * STEP, STEP))
    changed: Callable[[bytes], bytes] | None = None
    shown: range = range(FRAMES)
    rotated: int = 0


@dataclass(frozen=True)
class Film:
    """A written film."""

    path: Path
    kind: Kind

    @property
    def numbers(self) -> list[int]:
        """What the displayed frames bear."""
        return list(self.kind.shown)


def uneven() -> tuple[int, ...]:
    """Return times of very different steps."""
    rng = np.random.default_rng(5)
    return tuple(np.cumsum(rng.integers(1, 12, FRAMES) * 10).tolist())


def numbered(number: int) -> Picture:
    """Return a frame, (ROWS, COLUMNS, 3): blocks for the number's bits over a moving ground."""
    at = number * 3 % 300
    picture = _ground()[:, at : at + COLUMNS].copy()
    for bit in range(BITS):
        left = 8 + bit * BLOCK
        picture[40:64, left : left + BLOCK] = 235 if number >> bit & 1 else 16
        picture[64:88, left : left + BLOCK] = 16 if number >> bit & 1 else 235
    return picture


@cache
def _ground() -> Picture:
    squares = np.random.default_rng(7).integers(40, 200, (ROWS // 8, 80, 3))
    return np.kron(squares, np.ones((8, 8, 1))).astype(np.uint8)


def number_in(picture: Picture, rotated: int = 0) -> int:
    """Return the number that a frame bears; fails where its blocks are no number."""
    upright = np.rot90(picture, rotated // 90)  # counter-clockwise, which undoes the turn
    grey = upright[46:82].mean(axis=2)
    number = 0
    for bit in range(BITS):
        left = 8 + bit * BLOCK
        block = grey[:12, left + 6 : left + 18].mean()
        below = grey[24:, left + 6 : left + 18].mean()
        assert abs(block - below) > 80, "the blocks of a number are blurred"
        number |= int(block > below) << bit
    return number


def turned(degrees: int) -> Callable[[bytes], bytes]:
    """Return what writes a turn into the track header of an MP4 or MOV."""

    def change(data: bytes) -> bytes:
        at = data.index(b"tkhd") + 4
        version = data[at]
        matrix = at + (4 + 32 + 16 if version else 4 + 20 + 16)
        a, b, c, d = (value << 16 for value in TURNS[degrees])
        tx = {90: ROWS, 180: COLUMNS, 270: 0}[degrees] << 16
        ty = {90: 0, 180: ROWS, 270: COLUMNS}[degrees] << 16
        packed = struct.pack(">9i", a, b, 0, c, d, 0, tx, ty, 1 << 30)
        return data[:matrix] + packed + data[matrix + 36 :]

    return change


def begins_at(frame: int) -> Callable[[bytes], bytes]:
    """Return what makes an MP4's edit list begin at a frame, within a group of pictures."""

    def change(data: bytes) -> bytes:
        at = data.index(b"elst") + 4
        version = data[at]
        media_time = at + 8 + (8 if version else 4)
        form = ">q" if version else ">i"
        (before,) = struct.unpack_from(form, data, media_time)
        scale_at = data.index(b"mdhd") + 4
        (scale,) = struct.unpack_from(">I", data, scale_at + (20 if data[scale_at] else 12))
        later = struct.pack(form, before + frame * STEP * scale // TICKS)
        return data[:media_time] + later + data[media_time + len(later) :]

    return change


def cut(part: float) -> Callable[[bytes], bytes]:
    """Return what cuts a file off."""
    return lambda data: data[: int(len(data) * part)]


X264 = {"preset": "veryfast", "crf": "20", "threads": "1"}
KINDS: dict[str, Kind] = {
    "h264-b": Kind("mp4", "libx264", X264, bf=3),
    "h264-open": Kind("mkv", "libx264", {**X264, "x264-params": "open-gop=1"}, bf=3),
    "h264-open-ts": Kind("ts", "libx264", {**X264, "x264-params": "open-gop=1"}, bf=3),
    "h264-refresh": Kind("mkv", "libx264", {**X264, "x264-params": "intra-refresh=1"}),
    "h264-raw": Kind("h264", "libx264", X264, bf=2),
    "h264-fragments": Kind(
        "mp4", "libx264", X264, bf=2, container={"movflags": "frag_keyframe+empty_moov"}
    ),
    "h264-avi": Kind("avi", "libx264", X264, bf=2),
    "h264-edited": Kind(
        "mp4", "libx264", X264, bf=3, changed=begins_at(30), shown=range(30, FRAMES)
    ),
    "h264-uneven": Kind("mp4", "libx264", X264, bf=3, pts=uneven()),
    "h264-90": Kind("mov", "libx264", X264, bf=2, changed=turned(90), rotated=90),
    "h264-180": Kind("mp4", "libx264", X264, bf=2, changed=turned(180), rotated=180),
    "h264-270": Kind("mov", "libx264", X264, bf=2, changed=turned(270), rotated=270),
    "hevc": Kind(
        "mp4", "libx265", {"preset": "ultrafast", "x265-params": "log-level=none:bframes=3:pools=1"}
    ),
    "vp8": Kind(
        "webm", "libvpx", {"auto-alt-ref": "1", "lag-in-frames": "16", "cpu-used": "8", "b": "1M"}
    ),
    "vp9": Kind(
        "webm",
        "libvpx-vp9",
        {"auto-alt-ref": "1", "lag-in-frames": "16", "cpu-used": "8", "b": "1M"},
    ),
    "av1": Kind("mp4", "libsvtav1", {"preset": "12", "crf": "30"}),
    "mjpeg": Kind("avi", "mjpeg", {"q": "3"}, format="yuvj420p"),
    "mpeg4": Kind("mkv", "mpeg4", {"b": "2M"}, bf=2),
    "mpeg4-avi": Kind("avi", "mpeg4", {"b": "2M"}, bf=2),
    "mpeg2": Kind("mkv", "mpeg2video", {"b": "3M"}, bf=2),
    "mpeg2-ts": Kind("ts", "mpeg2video", {"b": "3M"}, bf=2),
    "mpeg2-raw": Kind("m2v", "mpeg2video", {"b": "3M"}, bf=2),
    "gif": Kind("gif", "gif", {}, format="rgb8"),
}


def written(folder: Path, name: str) -> Film:
    """Return the film of a kind; made in `folder` unless it is there."""
    kind = KINDS[name]
    path = folder / f"{name}.{kind.ending}"
    if not path.exists():
        part = path.with_name(f"part-{os.getpid()}-{path.name}")
        _write(part, kind)
        if kind.changed is not None:
            part.write_bytes(kind.changed(part.read_bytes()))
        part.rename(path)
    return Film(path, kind)


def _write(path: Path, kind: Kind) -> None:
    raw = {"h264": "h264", "m2v": "mpeg2video", "ts": "mpegts"}.get(kind.ending)
    with av.open(str(path), "w", format=raw, container_options=dict(kind.container or {})) as out:
        stream = out.add_stream(kind.codec, rate=TICKS // STEP, options=dict(kind.options))
        stream.width, stream.height, stream.pix_fmt = COLUMNS, ROWS, kind.format
        context = stream.codec_context
        context.gop_size = kind.gop
        if kind.bf:
            context.max_b_frames = kind.bf
        is_even = kind.pts == Kind.pts
        base = Fraction(1, TICKS // STEP) if is_even else Fraction(1, TICKS)
        context.time_base = base
        turned_to = VideoReformatter()  # kept: a new one works its tables out for every frame
        for number, pts in enumerate(kind.pts):
            frame = av.VideoFrame.from_ndarray(numbered(number), format="rgb24")
            frame = turned_to.reformat(frame, format=kind.format, threads=1)
            frame.pts, frame.time_base = (number if is_even else pts), base
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
