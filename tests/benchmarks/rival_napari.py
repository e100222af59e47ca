"""napari's frame on the same picture and polygons; a child process of `bench_overlay`.

Runs in an environment of its own (`make rivals`), with a display. Reads the polygons from the file
named on its command line; for each line on its standard input it draws one frame, with other
brightness, and answers with the seconds it took.
"""

from __future__ import annotations

import sys
import time
import warnings

import napari
import numpy as np
from qtpy.QtWidgets import QApplication

SIZE = (1000, 900)


def main() -> None:
    """Show picture and polygons, then answer for frame after frame."""
    warnings.filterwarnings("ignore")
    with np.load(sys.argv[1]) as given:
        image, rings = given["image"], given["rings"]
    viewer = napari.Viewer(show=True)
    canvas = viewer.window._qt_viewer.canvas.native
    canvas.setFixedSize(*SIZE)
    layer = viewer.add_image(image, contrast_limits=(0, 255))
    viewer.add_shapes(
        [ring[:, ::-1] for ring in rings],
        shape_type="polygon",
        face_color="transparent",
        edge_color="red",
        edge_width=1,
    )
    viewer.reset_view()
    for _ in range(20):
        QApplication.processEvents()
    print("ready", canvas.width(), canvas.height(), napari.__version__, flush=True)
    for number, _line in enumerate(sys.stdin):
        began = time.perf_counter()
        layer.contrast_limits = (0, 254 - number % 8)
        canvas.repaint()
        QApplication.processEvents()
        print(time.perf_counter() - began, flush=True)


if __name__ == "__main__":
    main()
