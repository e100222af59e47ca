"""The demo's video: a beating ring whose frames carry their own number, counted from 1."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

FRAMES, WIDTH, HEIGHT, RATE = 120, 320, 240, 25
BOX_SEGMENTS = ((1, 60), (81, 120))  # frames, from 1, on which the valve is seen
KEY_EVERY = 20
ANSWERS = ("normokinetic", "hypokinetic", "akinetic")
ANSWER = "hypokinetic"  # of the wall motion on the first frame


@dataclass(frozen=True)
class Boxed:
    """The valve on one frame.

    Args:
        frame: counted from 1.
        box: left, top, width, height in pixels.
        is_key: False where it lies between two key frames, on the line from one to the other.
        ends: it is the last frame of its segment.
    """

    frame: int
    box: tuple[float, float, float, float]
    is_key: bool
    ends: bool


def write_cine(path: Path) -> None:
    """Write the video; every frame is decodable by itself, in BGR order of OpenCV.

    Raises:
        OSError: it cannot be written.
    """
    code = cv2.VideoWriter.fourcc(*"MJPG")
    writer = cv2.VideoWriter(str(path), cv2.CAP_OPENCV_MJPEG, code, RATE, (WIDTH, HEIGHT))
    if not writer.isOpened():
        raise OSError(f"{path.name} cannot be written")
    for number in range(1, FRAMES + 1):
        writer.write(picture(number))
    writer.release()


def picture(number: int) -> NDArray[np.uint8]:
    """Return frame `number`, from 1: (height, width, 3), grey."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    cx, cy, radius = _ring(number)
    distance = np.abs(np.hypot(x - cx, (y - cy) * 1.15) - radius)
    grey = 28 + 150 * np.exp(-((distance / 7) ** 2)) + 10 * np.sin(x / 9) * np.cos(y / 7)
    fan = np.hypot(x - WIDTH / 2, y + 30) < HEIGHT + 18
    canvas = np.repeat(np.where(fan, grey, 0)[..., None], 3, axis=2).clip(0, 255).astype(np.uint8)
    left, top, width, height = _valve(number)
    ends = (round(left), round(top + height)), (round(left + width), round(top))
    cv2.line(canvas, *ends, (225, 225, 225), 3, cv2.LINE_AA)
    cv2.putText(canvas, f"{number:03d}", (8, 24), cv2.FONT_HERSHEY_SIMPLEX, 0.7, (255, 255, 255), 2)
    return canvas


def valve_boxes() -> Iterator[Boxed]:
    """Yield the valve on every frame where it is seen, in order."""
    for first, last in BOX_SEGMENTS:
        keys = sorted({*range(first, last + 1, KEY_EVERY), last})
        for number in range(first, last + 1):
            before = max(key for key in keys if key <= number)
            after = min(key for key in keys if key >= number)
            share = (number - before) / (after - before) if after > before else 0.0
            here, there = np.array(_valve(before)), np.array(_valve(after))
            box = (here + (there - here) * share).tolist()
            yield Boxed(number, (box[0], box[1], box[2], box[3]), number in keys, number == last)


def _ring(number: int) -> tuple[float, float, float]:
    beat = 2 * np.pi * number / 40
    return 160 + 6 * np.sin(beat), 128 + 4 * np.cos(beat), 62 + 11 * np.sin(beat + 1)


def _valve(number: int) -> tuple[float, float, float, float]:
    cx, cy, radius = _ring(number)
    return (
        round(float(cx - radius * 0.5), 2),
        round(float(cy + radius * 0.45), 2),
        round(float(radius * 0.8), 2),
        round(float(16 + radius * 0.2), 2),
    )
