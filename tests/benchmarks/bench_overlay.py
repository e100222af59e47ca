"""How much 2,000 polygons cost beside the picture alone; run it by hand: `make bench`.

A view of 1000 x 900 px shows a 512 x 512 picture, alone and with 2,000 polygons of 24 vertices in
the full line style. Methods alternate inside each round; the ratio is the median over the rounds.
Then the whole step to another slice with 2,000 labels, looked up and drawn, seen for the first time
and seen again; there is no goal for it, it is printed beside the others.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median

import numpy as np

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from PySide6.QtGui import QGuiApplication, QImage, QPainter
from scenes import phantom, project_of, session_of

from viewer.geometry.shapes import Polygon
from viewer.model.annotation import AnnotationId
from viewer.paint import hairlines
from viewer.paint.compose import Extras, view_picture
from viewer.paint.framing import framed
from viewer.paint.look import look_of
from viewer.paint.picture import ViewPicture, paint_view
from viewer.render.lines import Lines
from viewer.render.overlay import Mark
from viewer.render.palette import PALETTE

SIZE = (1000, 900)
ROUNDS = 31
GOAL = 10.0


def polygons(count: int, rng: np.random.Generator) -> tuple[Mark, ...]:
    """Return marks of 24 vertices each, spread over 512 x 512 mm."""
    turn = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    marks: list[Mark] = []
    for at in range(count):
        radius = rng.uniform(4, 20) * rng.uniform(0.8, 1.2, 24)
        ring = rng.uniform(20, 492, 2) + np.stack([np.cos(turn), np.sin(turn)], 1) * radius[:, None]
        color = PALETTE[at % len(PALETTE)]
        marks.append(Mark(AnnotationId("1", at), 0, color, "label", Lines(rings=(ring,))))
    return tuple(marks)


def picture(rng: np.random.Generator) -> ViewPicture:
    """Return a view of noise without labels."""
    bounds = (0.0, 0.0, 512.0, 512.0)
    image = rng.integers(0, 255, (512, 512), dtype=np.uint8)
    return ViewPicture(SIZE, framed(bounds, np.eye(2), SIZE), image, bounds)


def main() -> int:
    """Print the ratio beside its goal."""
    application = QGuiApplication.instance() or QGuiApplication(sys.argv[:1])
    rng = np.random.default_rng(7)
    alone, look = picture(rng), look_of()
    labelled = replace(alone, marks=polygons(2000, rng))
    canvas = QImage(*SIZE, QImage.Format.Format_RGB32)

    def draw(view: ViewPicture) -> float:
        hairlines._pixels.cache_clear()  # as if the labels were others at every frame
        return timed(lambda: paint(canvas, view))

    def paint(target: QImage, view: ViewPicture) -> None:
        with QPainter(target) as painter:
            paint_view(painter, view, look)

    for view in (alone, labelled):
        draw(view)
    rounds = [(draw(alone), draw(labelled)) for _ in range(ROUNDS)]
    ratio = median(after / before for before, after in rounds)
    plain, full = (median(part) * 1000 for part in zip(*rounds, strict=True))
    print(f"picture alone {plain:.2f} ms, with 2,000 polygons {full:.2f} ms")
    print(f"ratio {ratio:.1f} (goal {GOAL:.0f})")
    first, again = scroll_steps(canvas, rng)
    print(
        f"step to a slice of 2,000 labels {first * 1000:.1f} ms, back to it {again * 1000:.1f} ms"
    )
    del application
    print("every goal is met" if ratio <= GOAL else "a goal is missed")
    return 0


def scroll_steps(canvas: QImage, rng: np.random.Generator) -> tuple[float, float]:
    """Return the median seconds of a step to a new slice, and of one back to it."""
    ring = polygons(2000, rng)
    shapes = [("plain", Polygon(mark.drawn.rings[0] / 50)) for mark in ring]
    session = session_of(phantom(), project_of(dict.fromkeys(range(8), shapes)))

    def step(k: int) -> None:
        with QPainter(canvas) as painter:
            paint_view(painter, view_picture(session, "axial", SIZE, Extras(index=k)), look_of())

    first = [timed(lambda k=k: step(k)) for k in range(4)]
    again = [timed(lambda k=k: step(k)) for k in range(4)]
    return median(first), median(again)


def timed(action: Callable[[], object]) -> float:
    """Return how many seconds an action takes."""
    begin = time.perf_counter()
    action()
    return time.perf_counter() - begin


if __name__ == "__main__":
    sys.exit(main())
