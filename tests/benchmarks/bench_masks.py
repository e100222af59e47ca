"""What 100 overlapping masks on each of 600 slices cost; run it by hand: `make bench`.

Every slice of a 512 x 512 series shows 100 masks, each some thousand pixels large, whose outlines
change from slice to slice. Timed are steps to slices that were not seen before, in a view of
1000 x 900 px, alternating with the same steps without labels; goals are a step within six times
the one without labels, and a process, pixels and masks and all, that never held more than 1 GB
until all slices were seen.
"""

from __future__ import annotations

import os
import resource
import sys
from dataclasses import replace
from pathlib import Path
from statistics import median
from threading import Thread

import numpy as np
from numpy.typing import NDArray

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench_overlay import SIZE, timed
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from scenes import CLASSES, EXPORT, session_of
from stacks import volume_of

from viewer.geometry.mask import Mask
from viewer.geometry.space import SlicePlane
from viewer.geometry.stack import Stack, stack_of
from viewer.media.volume import Window
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.ontology import Ontology
from viewer.model.placement import Placement
from viewer.model.project import Export, Project
from viewer.model.subject import MediaKey
from viewer.paint.ahead import Ahead
from viewer.paint.compose import Extras, view_picture
from viewer.paint.dress import dress_of
from viewer.paint.look import look_of
from viewer.paint.picture import paint_view
from viewer.paint.stage import stage_of
from viewer.render.reach import go_on
from viewer.review.kept import forget_views
from viewer.session.session import Session

SLICES, MASKS, BACK, AHEAD = 600, 100, 7, 40
STEP_GOAL, MEMORY_GOAL_GB = 6.0, 1.0


class Blob:
    """An object whose ragged edge changes from slice to slice."""

    def __init__(self, rng: np.random.Generator) -> None:
        at, self._radius = rng.uniform(80, 432, 2), rng.uniform(20, 55)
        size = int(self._radius * 1.3)
        y, x = np.mgrid[-size : size + 1, -size : size + 1]
        self._far: NDArray[np.float64] = np.hypot(x, y) + rng.uniform(0, 1.5, x.shape)
        turn = np.arctan2(y, x)
        self._waves = [(np.sin(n * turn), np.cos(n * turn)) for n in (3, 11)]
        self._left, self._top = (at - size).astype(int).tolist()

    def on(self, k: int) -> Mask:
        """Return its mask on a slice."""
        slow, fast = (
            sine * np.cos(turn) + cosine * np.sin(turn)
            for (sine, cosine), turn in zip(self._waves, (k / 20, -k / 7), strict=True)
        )
        inside: NDArray[np.bool_] = self._far < self._radius * (1 + 0.15 * slow + 0.08 * fast)
        return Mask.from_array(inside, self._left, self._top)


def stack() -> Stack:
    """Return the places of the slices."""
    right, back = np.eye(3)[:2]
    origins = np.array([[-180.0, -180.0, 1.0 * k] for k in range(SLICES)])
    return stack_of([SlicePlane(at, right, back, (0.7, 0.7), 512, 512) for at in origins])


def labels() -> Project:
    """Return 100 objects, each with a mask on all slices."""
    rng = np.random.default_rng(3)
    project = Project(exports={EXPORT: Export(EXPORT, "none", "m.json", (), Ontology(CLASSES))})
    for number in range(MASKS):
        blob = Blob(rng)
        placements = tuple(
            Placement(
                MediaKey(study="1.2", series="1.2.3", instance=f"1.2.3.{k}"),
                shape=blob.on(k),
            )
            for k in range(SLICES)
        )
        class_id = CLASSES[number % 4].id
        project = project.with_annotation(
            Annotation(AnnotationId(EXPORT, number, new=True), "", class_id, "", placements)
        )
    return project


def main() -> int:
    """Print step and memory beside their goals."""
    application = QGuiApplication.instance() or QGuiApplication(sys.argv[:1])
    pixels = np.zeros((SLICES, 512, 512), dtype=np.int16)
    pixels[:] = np.arange(512)
    volume = volume_of(stack(), pixels)
    slice_of = {(instance.sop_uid, 0): k for k, instance in enumerate(volume.instances)}
    volume = replace(volume, windows=(Window(256.0, 512.0),), slice_of=slice_of)
    canvas, look = QImage(*SIZE, QImage.Format.Format_RGB32), look_of()
    before = peak_gb()
    labelled, plain = session_of(volume, labels()), session_of(volume)

    def step(session: Session, k: int) -> None:
        with QPainter(canvas) as painter:
            paint_view(painter, view_picture(session, "axial", SIZE, Extras(index=k)), look)

    steps = [
        (timed(lambda k=k: step(plain, k)), timed(lambda k=k: step(labelled, k)))
        for k in range(SLICES)
    ]
    ahead: list[tuple[float, float]] = []
    for k in range(AHEAD):
        forget_views()
        made = Thread(target=compose, args=(labelled, k))
        made.start()
        made.join()
        plain_s = timed(lambda k=k: step(plain, k))
        ahead.append((plain_s, timed(lambda k=k: step(labelled, k))))
    for k in range(SLICES - BACK, SLICES):
        step(labelled, k)
    back = [
        (timed(lambda k=k: step(plain, k)), timed(lambda k=k: step(labelled, k)))
        for k in range(SLICES - 1, SLICES - 1 - BACK, -1)
    ]
    assert len(view_picture(labelled, "axial", SIZE).marks) == MASKS
    alone, full = (median(part) * 1000 for part in zip(*steps, strict=True))
    ratio = median(full / alone for alone, full in steps)
    print(f"step alone {alone:.2f} ms, with {MASKS} masks {full:.1f} ms")
    print(f"ratio {ratio:.1f} (goal {STEP_GOAL:.0f}), median of {SLICES} steps to new slices")
    ready = median(full / alone for alone, full in ahead)
    print(f"ratio {ready:.1f} of {AHEAD} steps that a job made the pictures of, as while scrolling")
    again = median(full / alone for alone, full in back)
    print(f"ratio {again:.1f} of the {BACK} steps back, whose pictures are kept")
    print(f"peak {peak_gb():.2f} GB (goal {MEMORY_GOAL_GB:.0f}), before the labels {before:.2f} GB")
    del application
    is_met = ratio <= STEP_GOAL and peak_gb() <= MEMORY_GOAL_GB
    print("every goal is met" if is_met else "a goal is missed")
    return 0


def compose(session: Session, k: int) -> None:
    """Make the picture of the labels on a slice, as a job does."""
    look, stage = look_of(), stage_of(session, "axial", k)
    assert stage is not None
    setting = view_picture(session, "axial", SIZE, Extras(index=k, labels=False)).setting(look)
    made = Ahead(session.project, session.matches, dress_of(session), setting, 1.0)
    made.compose(stage.section, go_on)


def peak_gb() -> float:
    """Return the most memory that this process had so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


if __name__ == "__main__":
    sys.exit(main())
