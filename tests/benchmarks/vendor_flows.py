"""What a person does with large exports of Labelbox and RedBrick AI, each step under watch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from live import Watch, running, settled, until
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtTest import QTest
from vendor_rows import labelbox_video, redbrick_tasks

from viewer.app import Program
from viewer.ui.widgets.tree_model import TreeView

FRAMES, TASKS = 10_000, 2_000
RATE, WIDTH, HEIGHT, PICTURES = 25, 1920, 1080, 50
DEEPEST = 9
LEFT, NONE, CTRL = (
    Qt.MouseButton.LeftButton,
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ControlModifier,
)


def film(path: Path, frames: int) -> None:
    """Write a video of so many frames, of a few pictures over and over."""
    rng = np.random.default_rng(1)
    blocks = np.kron(rng.integers(0, 255, (HEIGHT // 24, 100, 3)), np.ones((24, 24, 1)))
    with av.open(str(path), "w") as out:
        options = {"preset": "ultrafast", "crf": "30"}
        stream = out.add_stream("libx264", rate=RATE, options=options)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        pictures: list[av.VideoFrame] = []
        for number in range(PICTURES):
            picture = blocks[:, 8 * number : 8 * number + WIDTH].astype(np.uint8)
            rgb = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
            pictures.append(rgb.reformat(format="yuv420p"))
        for number in range(frames):
            frame = pictures[number % PICTURES]
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))


class Hand:
    """Does one thing after another, and keeps the watch of each."""

    def __init__(self, made: Program) -> None:
        self.made = made
        self.window = made.window
        self.watches: list[Watch] = []

    def step(self, title: str, action: Callable[[], object]) -> None:
        """Do something and wait until nothing runs any more."""
        with Watch(title) as watch:
            action()
            running(0.2)
            settled(self.made)
        watch.report()
        self.watches.append(watch)

    def open(self, path: Path) -> None:
        """Open a file; changes of what is open may go."""
        session = self.made.session
        session.mark_saved(session.project)
        self.window.opening.open([str(path)])
        until(lambda: not self.made.jobs.is_busy("open"))

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE, times: int = 1) -> None:
        """Press a key where the focus is."""
        for _ in range(times):
            QTest.keyClick(self.window.focusWidget() or self.window, key, modifiers)
            running(0.05)

    def click_row(self, index: QModelIndex) -> None:
        """Click a row of the list of labels."""
        tree = self.window.label_panel.tree
        tree.scrollTo(index)
        QTest.mouseClick(tree.viewport(), LEFT, NONE, tree.visualRect(index).center())

    def drag_through(self) -> None:
        """Drag the playhead over a third of the timeline."""
        timeline = self.window.playback.timeline
        places = [QPoint(timeline.width() * (20 + part) // 60, 30) for part in range(20)]
        QTest.mousePress(timeline, LEFT, NONE, places[0])
        for place in places:
            QTest.mouseMove(timeline, place)
            running(0.03)
        QTest.mouseRelease(timeline, LEFT, NONE, places[-1])


def walked_video(made: Program, folder: Path, frames: int = FRAMES) -> list[Watch]:
    """Open a video and tracks over all its frames; look at them, delete one, undo."""
    hand, session, panel = Hand(made), made.session, made.window.label_panel
    export, model = folder / "v.ndjson", panel.model
    labelbox_video(export, frames)
    film(folder / "v.mp4", frames)
    hand.step("open a video", lambda: hand.open(folder / "v.mp4"))
    hand.step(f"open Labelbox, {frames:,} frames", lambda: hand.open(export))
    panel.tree.expandAll()
    hand.step("drag through the video", hand.drag_through)
    for group in range(model.rowCount()):
        row = model.index(0, 0, model.index(group, 0))
        hand.step(f"select track {group + 1}", lambda row=row: hand.click_row(row))
    hand.step("drag through with a track", hand.drag_through)
    for title, unfold in _unfolded(made.window.inspector.label.record.tree):
        hand.step(f"unfold {title}"[:44], unfold)
    chosen = tuple(session.selection)
    session.set_mode("edit")
    hand.step("delete a track", lambda: made.window.deletion.ask(chosen))
    hand.step("confirm", lambda: hand.key(Qt.Key.Key_Return))
    hand.step("undo", session.undo)
    hand.step("redo", session.redo)
    hand.step("open the same again", lambda: hand.open(export))
    return hand.watches


def walked_tasks(made: Program, folder: Path, tasks: int = TASKS) -> list[Watch]:
    """Open tasks; filter and sort their labels, and look through what they are shown on."""
    hand, window = Hand(made), made.window
    panel, page, path = window.label_panel, window.matching, folder / "tasks.json"
    redbrick_tasks(path, tasks)
    hand.step(f"open RedBrick AI, {tasks:,} tasks", lambda: hand.open(path))
    hand.step("unfold all groups", panel.tree.expandAll)
    first = panel.model.index(0, 0, panel.model.index(0, 0))
    hand.step("select a label", lambda: hand.click_row(first))
    hand.step("type a filter", lambda: panel.filter.setText("liver"))
    hand.step("take the filter off", lambda: panel.filter.setText(""))
    hand.step("sort by name", lambda: panel.model.set_order("label", True))
    hand.step("labels and images", window.show_matches)
    hand.step("page through them", lambda: hand.key(Qt.Key.Key_PageDown, times=8))
    for shown, segment in page.filters.segments.items():
        hand.step(f"only {shown}", segment.click)
    hand.step("back to the images", page.left.emit)
    return hand.watches


def _unfolded(tree: TreeView) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield how to unfold the last root, and again and again its last row that has some."""
    nodes = tree.nodes
    index = nodes.index(nodes.rowCount() - 1, 0)
    for _ in range(DEEPEST):
        if not nodes.hasChildren(index):
            return
        yield str(index.data()), lambda at=index: tree.expand(at)
        below = [nodes.index(row, 0, index) for row in range(nodes.rowCount(index))]
        index = next((at for at in reversed(below) if nodes.hasChildren(at)), QModelIndex())
        if not index.isValid():
            return
