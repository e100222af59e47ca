"""The window stays live while an object on 10,000 frames is edited.

Run: python tests/benchmarks/bench_track_edit.py [FRAMES]
A generated film of FRAMES frames carries a Labelbox video export with six tracks on each of them.
A key frame is moved, taken away and drawn anew, the whole track deleted, and all of it undone. A
timer of 5 ms in the main thread finds how long the window was away. Goal: no pause over 50 ms.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import av
import numpy as np
from live import Watch, program, running, settled
from vendor_rows import labelbox_video

from viewer.app import Program
from viewer.formats import read_export
from viewer.geometry.shapes import Box
from viewer.media.instance import FileRef
from viewer.media.video import open_video
from viewer.model.annotation import AnnotationId
from viewer.review.matching import match
from viewer.session.commands import DeleteAnnotations, DeletePlacement, Reshape

ROWS, COLUMNS, RATE = 1080, 1920, 25
SMALL = 8  # the film is written in one grey, so that 10,000 frames take no minute
TRACK = AnnotationId("1", 0)


def film(path: Path, frames: int) -> None:
    """Write a film of one grey."""
    grey = np.full((ROWS // SMALL, COLUMNS // SMALL, 3), 90, dtype=np.uint8)
    with av.open(str(path), "w") as out:
        stream = out.add_stream("mpeg4", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = grey.shape[1], grey.shape[0], "yuv420p"
        for number in range(frames):
            frame = av.VideoFrame.from_ndarray(grey, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))


def opened(folder: Path, frames: int) -> Program:
    """Return a window that shows the film with its labels."""
    film(folder / "v.mp4", frames)
    path = folder / "labels.ndjson"
    labelbox_video(path, frames)
    size = f'"height": {ROWS // SMALL}, "width": {COLUMNS // SMALL}'
    path.write_text(path.read_text().replace(f'"height": {ROWS}, "width": {COLUMNS}', size))
    made = program()
    media = open_video(FileRef(str(folder / "v.mp4")))
    project = read_export(path)
    made.session.open(project, (media,), (), match(project, (media,)))
    settled(made)
    if not made.session.matches.labels_on_media(0):
        raise RuntimeError("the labels did not find the film")
    return made


def main() -> None:
    """Edit under watch and print the longest pauses."""
    frames = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder:
        made = opened(Path(folder), frames)
        session = made.session
        session.select({TRACK})
        session.set_mode("edit")
        settled(made)
        stamp, middle = session.stamp(), frames // 20 * 10
        steps: tuple[tuple[str, Callable[[], object]], ...] = (
            ("another frame", lambda: session.viewing.set_crosshair((9.0, 9.0, float(middle)))),
            ("move a key frame", lambda: session.do(
                Reshape(TRACK, middle, Box(9, 9, 20, 20), stamp))),
            ("move it again", lambda: session.do(
                Reshape(TRACK, middle, Box(12, 9, 20, 20), stamp))),
            ("undo", session.undo),
            ("take it off a frame", lambda: session.do(
                DeletePlacement(TRACK, middle + 3, stamp))),
            ("undo it", session.undo),
            ("delete the track", lambda: session.do(DeleteAnnotations((TRACK,), (), stamp))),
            ("undo the deletion", session.undo),
        )  # fmt: skip
        for title, step in steps:
            with Watch(title) as watch:
                step()
                running(0.3)
                settled(made)
            watch.report()


if __name__ == "__main__":
    main()
