"""How much polygons cost beside the picture alone and in other programs; by hand: `make bench`.

A view of 1000 x 900 px shows a 512 x 512 picture, alone, with 2,000 and with 20,000 polygons of 24
vertices in the full line style, each with its halo. Methods alternate inside each round; a ratio is
the median over the rounds. napari (`make rivals`) draws the same 2,000 polygons in a process of its
own, without halos and with its shapes unchanged from frame to frame; pyqtgraph 50 of them.
Then the whole step to another slice with 2,000 labels, looked up and drawn, seen for the first time
and seen again; there is no goal for it, it is printed beside the others.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from shutil import which
from statistics import median
from subprocess import PIPE, Popen
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication
from rounds import compared
from scenes import phantom, project_of, session_of

from viewer.geometry.shapes import Polygon
from viewer.model.annotation import AnnotationId
from viewer.paint import hairlines, marks
from viewer.paint.compose import Extras, view_picture
from viewer.paint.framing import framed
from viewer.paint.look import look_of
from viewer.paint.picture import ViewPicture, paint_view
from viewer.render.lines import Lines
from viewer.render.mark_index import standing_out
from viewer.render.overlay import Mark
from viewer.render.palette import PALETTE

SIZE = (1000, 900)
ROUNDS = 5
ROIS = 50
NAPARI = "napari, 2,000 polygons, window changed"
ROI = "pyqtgraph, 50 of them, each a PolyLineROI"
GOALS = {
    "20,000 polygons, shapes or view changed": 60.0,
    "20,000 polygons, window changed": 2.0,
    "20,000 polygons, another one hovered": 2.0,
}
RIVALS = {NAPARI: 0.4, ROI: 0.25}
Methods = dict[str, Callable[[], None]]


def polygons(count: int, rng: np.random.Generator) -> tuple[Mark, ...]:
    """Return marks of 24 vertices each, spread over 512 x 512 mm."""
    turn = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    made: list[Mark] = []
    for at in range(count):
        radius = rng.uniform(4, 20) * rng.uniform(0.8, 1.2, 24)
        ring = rng.uniform(20, 492, 2) + np.stack([np.cos(turn), np.sin(turn)], 1) * radius[:, None]
        color = PALETTE[at % len(PALETTE)]
        made.append(Mark(AnnotationId("1", at), 0, color, "label", Lines(rings=(ring,))))
    return tuple(made)


def picture(rng: np.random.Generator) -> ViewPicture:
    """Return a view of noise without labels."""
    bounds = (0.0, 0.0, 512.0, 512.0)
    image = rng.integers(0, 255, (512, 512), dtype=np.uint8)
    return ViewPicture(SIZE, framed(bounds, np.eye(2), SIZE), image, bounds)


def main() -> int:
    """Print every ratio beside its goal."""
    application = QApplication.instance() or QApplication(sys.argv[:1])
    rng = np.random.default_rng(7)
    alone, look = picture(rng), look_of()
    few = polygons(2000, rng)
    canvas = QImage(*SIZE, QImage.Format.Format_RGB32)

    def paint(view: ViewPicture, *, anew: bool = False) -> None:
        if anew:  # as if shapes and view were others at every frame
            marks._pictures._answers.clear()
            hairlines._batches._answers.clear()
        with QPainter(canvas) as painter:
            paint_view(painter, view, look)

    labelled, crowd = replace(alone, marks=few), replace(alone, marks=polygons(20000, rng))
    turn = count()

    def hover() -> None:
        chosen = crowd.marks[next(turn) % len(crowd.marks)].id
        paint(replace(crowd, standing=standing_out(crowd.marks, frozenset(), chosen)))

    methods: dict[str, Callable[[], None]] = {
        "picture alone": lambda: paint(alone),
        "2,000 polygons, shapes or view changed": lambda: paint(labelled, anew=True),
        "2,000 polygons, window changed": lambda: paint(labelled),
        "20,000 polygons, shapes or view changed": lambda: paint(crowd, anew=True),
        "20,000 polygons, window changed": lambda: paint(crowd),
        "20,000 polygons, another one hovered": hover,
    }
    met = [True]
    rings = np.stack([mark.drawn.rings[0] for mark in few])
    with rivals(alone.image, rings) as others:
        found = compared({**methods, **others}, ROUNDS)
    for name, (seconds, ratio) in found.items():
        goal = GOALS.get(name)
        met.append(goal is None or ratio <= goal)
        told = "" if goal is None else f" (goal {goal:.0f})"
        print(f"{name:44} {seconds * 1000:8.2f} ms, {ratio:7.1f} x the picture alone{told}")
    own = found["2,000 polygons, shapes or view changed"][0]
    for name, goal in RIVALS.items():
        if name in found:
            met.append(own / found[name][0] <= goal)
            print(f"2,000 polygons to {name}: {own / found[name][0]:.3f} (goal {goal})")
    first, again = scroll_steps(canvas, rng)
    print(
        f"step to a slice of 2,000 labels {first * 1000:.1f} ms, back to it {again * 1000:.1f} ms"
    )
    del application
    print("every goal is met" if all(met) else "a goal is missed")
    return 0


@contextmanager
def rivals(image: NDArray[np.uint8] | None, rings: NDArray[np.float64]) -> Iterator[Methods]:
    """Yield one frame of each rival that is installed, on the same picture and polygons."""
    methods: Methods = {ROI: roi_frames(image, rings[:ROIS])}
    python = Path(__file__).resolve().parents[2] / ".venv-rivals/bin/python"
    if not python.exists() or which("xvfb-run") is None:
        print("napari is left out: `make rivals` installs it, and it needs xvfb-run")
        yield methods
        return
    with TemporaryDirectory() as folder:
        path = Path(folder) / "given.npz"
        np.savez(path, image=np.zeros((512, 512)) if image is None else image, rings=rings)
        script = Path(__file__).with_name("rival_napari.py")
        command = ["xvfb-run", "-a", "-s", "-screen 0 1600x1200x24", python, script, path]
        environment = {**os.environ, "QT_QPA_PLATFORM": "xcb"}
        with Popen(command, stdin=PIPE, stdout=PIPE, text=True, env=environment) as child:
            assert child.stdin is not None
            assert child.stdout is not None
            print("against", child.stdout.readline().strip())
            given, told = child.stdin, child.stdout

            def frame() -> None:
                print("frame", file=given, flush=True)
                told.readline()

            yield {**methods, NAPARI: frame}
            given.close()


def roi_frames(image: NDArray[np.uint8] | None, rings: NDArray[np.float64]) -> Callable[[], None]:
    """Return one frame of pyqtgraph with a PolyLineROI for each polygon.

    Of 50 polygons: 2,000 take minutes to be made and half a minute to be drawn, so that the true
    ratio is some forty times smaller than the one that is printed.
    """
    import pyqtgraph as pg

    pg.setConfigOptions(imageAxisOrder="row-major")
    application = pg.mkQApp()
    shown, box = pg.GraphicsView(), pg.ViewBox(invertY=True, lockAspect=True, enableMenu=False)
    shown.setCentralItem(box)
    item = pg.ImageItem(image, levels=(0, 255))
    box.addItem(item)
    for ring in rings:
        box.addItem(pg.PolyLineROI(ring.tolist(), closed=True), ignoreBounds=True)
    shown.resize(*SIZE)
    shown.show()
    application.processEvents()
    turn = count()

    def frame() -> None:
        item.setLevels((0, 255 - next(turn) % 8))
        shown.viewport().repaint()
        application.processEvents()

    return frame


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
