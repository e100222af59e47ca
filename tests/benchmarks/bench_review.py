"""A review of 200 labels by real keys in a real window: from a key to the next label on the screen.

Run: QT_QPA_PLATFORM=offscreen python tests/benchmarks/bench_review.py
Floor: the same window painted anew, without anything having changed, in turn with the verdicts.
Over 12 radiographs of 3062 x 2394 with 220 polygons of two readers, and over the demo's volume in
three planes. Goals: the next label is visible p95 <= 100 ms after its key; the ratio of the medians
is told.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["XDG_STATE_HOME"] = tempfile.mkdtemp(prefix="overread-bench-")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from viewer.app import Program, application
from viewer.demo import STUDY
from viewer.formats import read_export
from viewer.media import load
from viewer.media.instance import FileRef, Instance, Rescale
from viewer.media.pixel_data.decoding import frames_of_instances
from viewer.media.volume import FrameStack, SeriesFacts, Window
from viewer.model.annotation import AnnotationId
from viewer.review.label_keys import all_labels
from viewer.review.matching import match
from viewer.review.worklist import Worklist
from viewer.session.jobs import JobControl
from viewer.session.session import Session
from viewer.ui.media.reading import Phase, read_demo
from viewer.ui.window.window import MainWindow

VERDICTS = 200
IMAGES, ROWS, COLUMNS = 12, 3062, 2394
GOAL_MS = 100.0
SIZE = (1920, 1080)
# Keys of one verdict: mostly accepted, some rejected with a reason, some sent back.
KEYS = (
    (Qt.Key.Key_Return,),
    (Qt.Key.Key_Return,),
    (Qt.Key.Key_X, Qt.Key.Key_2),
    (Qt.Key.Key_Return,),
    (Qt.Key.Key_X, Qt.Key.Key_Return),
)


def radiographs() -> tuple[FrameStack, ...]:
    """Return single pictures of 14 bits: a soft shape with grain, each a little other."""
    rng = np.random.default_rng(7)
    y, x = np.mgrid[0:ROWS, 0:COLUMNS]
    soft = (9000 * np.exp(-(((x - 1200) / 900) ** 2) - ((y - 1500) / 1100) ** 2)).astype(np.uint16)
    found: list[FrameStack] = []
    for number in range(IMAGES):
        grain = rng.integers(0, 1200, (ROWS // 2, COLUMNS // 2), dtype=np.uint16)
        pixels = soft + np.repeat(np.repeat(grain, 2, axis=0), 2, axis=1)
        series, uid = f"1.2.{number}", f"1.2.{number}.1"
        objects = (Instance(uid, FileRef(f"{uid}.dcm"), None, COLUMNS, ROWS),)
        found.append(
            FrameStack(
                id=series,
                title=f"View {number + 1}",
                facts=SeriesFacts("1.2", series, modality="MG"),
                instances=(),
                pixels=pixels[None],
                ready=np.ones(1, dtype=np.bool_),
                reader=frames_of_instances(objects),
                rescale=Rescale(),
                windows=(Window(4500.0, 9000.0, "NORMAL"),),  # mammograms bring theirs
                frame_of={uid: 0},
                spacing_mm=(0.07, 0.07),
                is_calibrated=True,
            )
        )
    return tuple(found)


def export_of(folder: Path) -> Path:
    """Return an MD.ai export of pairs of polygons, one by each of two readers."""
    rng = np.random.default_rng(11)
    turns = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    records: list[dict[str, object]] = []
    for number in range(VERDICTS // 2 + 10):
        middle, radius = rng.uniform((600, 800), (1800, 2200)), rng.uniform(20, 90)
        at = int(rng.integers(IMAGES))
        for reader in "AB":
            ring = middle + radius * np.stack([np.cos(turns), np.sin(turns)], axis=1)
            ring += rng.uniform(-4, 4, ring.shape)
            records.append(
                {
                    "id": f"A_{number}{reader}",
                    "labelId": f"L_{reader}",
                    "createdById": f"U_{reader}",
                    "StudyInstanceUID": "1.2",
                    "SeriesInstanceUID": f"1.2.{at}",
                    "SOPInstanceUID": f"1.2.{at}.1",
                    "data": {"vertices": ring.tolist()},
                }
            )
    groups = [
        {
            "id": f"G_{reader}",
            "name": f"Reader {reader}",
            "labels": [
                {
                    "id": f"L_{reader}",
                    "name": "Mass",
                    "scope": "INSTANCE",
                    "annotationMode": "polygon",
                }
            ],
        }
        for reader in "AB"
    ]
    data = {"id": "D", "name": "d", "studies": [], "annotations": records}
    path = folder / "labels.json"
    path.write_text(json.dumps({"labelGroups": groups, "datasets": [data]}), encoding="utf-8")
    return path


@contextmanager
def reviewing(open_in: Callable[[Session], None]) -> Iterator[MainWindow]:
    """A window in Review over what was opened, everything drawn."""
    program = Program()
    program.furnish()
    window = program.window
    window.resize(*SIZE)
    window.show()
    open_in(program.session)
    settle(window, program)
    window.views.active.setFocus()
    press(Qt.Key.Key_F4)
    settle(window, program)
    yield window
    program.session.history.mark_saved()
    window.close()
    program.jobs.close()


def settle(window: MainWindow, program: Program) -> None:
    """Let everything be drawn, and every job end."""
    until = time.perf_counter() + 0.3
    while time.perf_counter() < until or program.jobs.is_busy() or not window.views.is_painted:
        QApplication.processEvents()


def press(key: Qt.Key) -> None:
    """Send one real key to what has the focus."""
    focus = QApplication.focusWidget()
    if focus is None:
        raise RuntimeError("nothing has the focus")
    QTest.keyClick(focus, key)


def is_visible(window: MainWindow, id: AnnotationId) -> bool:
    """Whether a label stands in the view in which it is judged, painted since the last change."""
    view = window.cockpit.main_view()
    if view is None or view.picture is None or view.is_stale:
        return False
    return any(mark.id == id for mark in view.picture.marks)


def verdict(window: MainWindow, keys: Sequence[Qt.Key]) -> tuple[float, float]:
    """Return the seconds from a verdict's last key until the next label is on the screen.

    By the clock on the wall, and those that the main thread worked itself.
    """
    for key in keys[:-1]:
        press(key)
        QApplication.processEvents()
    began, worked = time.perf_counter(), time.thread_time()
    before = window.session.work.current
    press(keys[-1])
    after = window.session.work.current
    if after == before or not isinstance(after, AnnotationId):
        raise RuntimeError("the verdict led nowhere")
    while not is_visible(window, after):
        QApplication.processEvents()
    return time.perf_counter() - began, time.thread_time() - worked


def repaint(window: MainWindow) -> float:
    """Return the seconds that one paint of the views takes, nothing having changed."""
    began = time.perf_counter()
    for view in window.views.shown:
        view.repaint()
    return time.perf_counter() - began


def replay(name: str, window: MainWindow, verdicts: int) -> bool:
    """Give the verdicts, each beside a bare paint; tell what they took."""
    taken: list[tuple[float, float]] = []
    bare: list[float] = []
    for number in range(verdicts):
        taken.append(verdict(window, KEYS[number % len(KEYS)]))
        bare.append(repaint(window))
        for _ in range(3):  # a person looks before the next
            QApplication.processEvents()
    walls, works = (np.array(seconds) * 1000 for seconds in zip(*taken, strict=True))
    p50, p95 = (float(np.percentile(walls, part)) for part in (50, 95))
    floor = float(np.median(bare)) * 1000
    done = window.session.work.counts.done
    print(
        f"{name}: {done} verdicts, next label visible p50 {p50:.1f} ms, p95 {p95:.1f} ms, "
        f"worst {walls.max():.1f} ms; a bare paint {floor:.1f} ms, ratio {p50 / floor:.1f} x; "
        f"of it the main thread worked p50 {np.median(works):.1f}, "
        f"p95 {np.percentile(works, 95):.1f} ms"
    )
    return p95 <= GOAL_MS


def open_radiographs(session: Session) -> None:
    """Open the radiographs with their labels."""
    with tempfile.TemporaryDirectory() as folder:
        project, media = read_export(str(export_of(Path(folder)))), radiographs()
        session.open(project, media, (), match(project, media))


def open_demo(session: Session) -> None:
    """Open the demo study, loaded; its labels are enough."""
    study = read_demo(STUDY, Phase(""), JobControl())
    load(study.media[0])
    session.open(study.project, study.media, study.issues, study.matches)


def main() -> int:
    """Replay both; 1 where a goal is missed."""
    application()
    are_met = []
    with reviewing(open_radiographs) as window:
        are_met.append(replay("radiographs", window, VERDICTS))
    with reviewing(open_demo) as window:
        placed = [
            place
            for place in range(len(all_labels(window.session.project)))
            if (id := all_labels(window.session.project).id_at(place))
            and (found := window.session.matches.first_of(id)) is not None
            and found.slice is not None
            and window.session.project.annotations[id].placements[found.placement].shape is not None
        ]
        window.session.work.take(
            Worklist(labels=all_labels(window.session.project).at(np.array(placed)))
        )
        are_met.append(replay("volume in three planes", window, len(placed) - 1))
    return 0 if all(are_met) else 1


if __name__ == "__main__":
    sys.exit(main())
