"""A frame of a window/level drag on 2500 x 2048, and taking slices out of 512 x 512 x 512.

Run: QT_QPA_PLATFORM=offscreen python tests/benchmarks/bench_window_frame.py
Rival: pyqtgraph's ImageItem with levels, painted into an image of the same size with the same
interpolation. Goals: nearest <= 0.3 x, smooth <= 0.45 x; a slice in any plane <= 4 ms.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication
from rounds import Method, compared
from scenes import phantom

from viewer.geometry.space import SlicePlane
from viewer.geometry.stack import stack_of
from viewer.geometry.views import view_planes
from viewer.media.instance import Rescale
from viewer.media.volume import Window
from viewer.paint.image import paint_image
from viewer.render.reslice import picture_of
from viewer.render.window import grey

ROWS, COLUMNS = 2500, 2048
WIDTH, HEIGHT = 1000, 900
SIDE = 512


def frame_methods(values: np.ndarray, *, smooth: bool) -> dict[str, Method]:
    target = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    scale = min(WIDTH / COLUMNS, HEIGHT / ROWS)
    affine = np.array([[scale, 0.0, 0.0], [0.0, scale, 0.0]])
    item = pg.ImageItem(values.T if pg.getConfigOption("imageAxisOrder") == "col-major" else values)
    drag = [0.0]

    def moved() -> tuple[float, float]:
        drag[0] += 1.0
        return 1000.0 + drag[0] % 50, 800.0 + drag[0] % 70

    def by_pyqtgraph() -> None:
        center, width = moved()
        item.setLevels((center - width / 2, center + width / 2))
        with QPainter(target) as painter:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
            painter.scale(scale, scale)
            item.paint(painter)

    def by_us() -> None:
        center, width = moved()
        levels = grey(values, Window(center, width), Rescale())
        with QPainter(target) as painter:
            paint_image(painter, levels, (0.0, 0.0, COLUMNS, ROWS), affine, smooth=smooth)

    return {"pyqtgraph": by_pyqtgraph, "ours": by_us}


def slice_times() -> dict[str, float]:
    """Median milliseconds to take a slice out and copy it, by plane."""
    row, column, normal = np.eye(3)
    stack = stack_of(
        SlicePlane(normal * k, row, column, (0.8, 0.8), SIDE, SIDE) for k in range(SIDE)
    )
    volume = phantom(stack)
    volume.ready[:] = True
    times: dict[str, float] = {}
    for view in view_planes(stack).values():
        taken: list[float] = []
        for index in range(100, 400, 10):
            began = time.perf_counter()
            np.ascontiguousarray(picture_of(volume, view, index).pixels)
            taken.append(time.perf_counter() - began)
        times[view.name] = float(np.median(taken)) * 1e3
    return times


def main() -> int:
    application = QApplication.instance() or QApplication([])
    rng = np.random.default_rng(0)
    values = rng.integers(0, 4096, (ROWS, COLUMNS)).astype(np.int16)
    for smooth, goal in ((False, 0.3), (True, 0.45)):
        table = compared(frame_methods(values, smooth=smooth), rounds=30)
        ours = table["ours"]
        print(
            f"{'smooth' if smooth else 'nearest':8} ours {ours[0] * 1e3:6.2f} ms, pyqtgraph"
            f" {table['pyqtgraph'][0] * 1e3:6.2f} ms: x{ours[1]:.2f} (goal x{goal})"
        )
    for name, taken in slice_times().items():
        print(f"{name:8} {taken:6.2f} ms (goal 4 ms)")
    del application
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
