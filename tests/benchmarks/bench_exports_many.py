"""Open and save large exports of Labelbox and RedBrick AI, against `json.loads` by turns.

Run: python tests/benchmarks/bench_exports_many.py [FRAMES] [TASKS] [ROUNDS]
Two files: a Labelbox video of FRAMES (10,000) frames with six tracks, and RedBrick AI's export of
TASKS (2,000) tasks. Neither vendor's SDK parses its exports into anything but what `json` makes.
Targets: opening takes at most 0.15 of json.loads; afterwards it holds at most 2 x the file in
memory; saving one edit takes at most 1.5 x writing the same bytes, fsync, reading them back and
comparing; opening in a child is stopped in at most 0.5 s.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from rounds import compared
from vendor_rows import labelbox_video, redbrick_tasks

from viewer.errors import Cancelled
from viewer.formats import read_export, read_in_child, write_export
from viewer.formats.labelbox.index import rows_quickly
from viewer.formats.redbrick.records import TASKS
from viewer.geometry.shapes import Box
from viewer.model.annotation import AnnotationId
from viewer.model.project import Project

Said = Callable[[str, float, float], None]  # what was measured, the figure, and the most of it


@dataclass
class Report:
    """Prints figures beside their targets."""

    missed: bool = False

    def say(self, what: str, found: float, most: float) -> None:
        """Print one figure."""
        self.missed |= found > most
        print(f"  {what:44} {found:6.3f} of at most {most:g}")


def opening(path: Path, rounds: int, say: Said) -> None:
    """Compare opening with json.loads by turns, each in a fresh process; and memory afterwards."""
    ways = ("json", "floor", "ours")
    found: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
    for _ in range(rounds):
        for way in ways:
            found[way].append(_measured(way, path))
    plain, floor, ours = (min(found[way]) for way in ways)
    print(f"  json.loads {plain[0]:.3f} s, opening {ours[0]:.3f} s")
    print(f"  reading and decoding to raw records alone: {floor[0] / plain[0]:.3f} of json.loads")
    say("opening by json.loads", ours[0] / plain[0], 0.15)
    say("memory held by the file", ours[1] / path.stat().st_size, 2)


def _measured(way: str, path: Path) -> tuple[float, float]:
    command = [sys.executable, __file__, "--one", way, str(path)]
    seconds, held = subprocess.check_output(command, text=True).split()
    return float(seconds), float(held)


def one(way: str, path: Path) -> None:
    """Open the file one way and print seconds, and how many bytes more this process has."""
    before, began = _resident(), time.perf_counter()
    if way == "ours":
        kept: object = read_export(path)
    elif way == "json":
        kept = json.loads(path.read_bytes())
    else:
        gc.disable()
        data = path.read_bytes()
        kept = TASKS.decode(data) if path.suffix == ".json" else rows_quickly(data)
    print(time.perf_counter() - began, _resident() - before)
    del kept


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


def saving(path: Path, rounds: int, say: Said) -> None:
    """Compare saving one edit with writing the same bytes with the same care."""
    opened = read_export(path)
    edited = _edited(opened)
    target, other = path.with_name("out.json"), path.with_name("plain.json")
    write_export(opened, edited, "1", target)
    wanted = target.read_bytes()

    def plain() -> None:
        with other.open("wb") as file:
            file.write(wanted)
            file.flush()
            os.fsync(file.fileno())
        assert other.read_bytes() == wanted

    methods = {"plain": plain, "ours": lambda: write_export(opened, edited, "1", target)}
    found = compared(methods, rounds)
    print(f"  plain writing {found['plain'][0]:.3f} s, saving {found['ours'][0]:.3f} s")
    say("saving one edit by plain writing", found["ours"][1], 1.5)


def _edited(opened: Project) -> Project:
    """Return the project with one box moved."""
    for ordinal in range(100):
        one = opened.annotations[AnnotationId("1", ordinal)]
        shape = one.placements[0].shape
        if isinstance(shape, Box) and one.locked_reason is None:
            moved = Box(shape.x + 1, shape.y + 1, shape.width / 2, shape.height / 2)
            return opened.with_annotation(one.with_shape(0, moved))
    raise AssertionError("there is no box")


def stopping(path: Path, say: Said) -> None:
    """Measure from the wish to stop, said while a child reads, to the end."""
    from viewer.formats import reading

    reading.CHILD_FROM_BYTES = 0
    wished = threading.Event()
    said = [0.0]

    def wish() -> None:
        said[0] = time.perf_counter()
        wished.set()

    threading.Timer(0.1, wish).start()
    try:
        read_in_child(path, cancelled=wished.is_set)
    except Cancelled:
        say("seconds to stop", time.perf_counter() - said[0], 0.5)
    else:
        print("  it was open before it could be stopped")


def main() -> int:
    """Measure both files and say whether a target is missed."""
    frames, tasks, rounds = (
        int(given) if given else usual
        for given, usual in zip([*sys.argv[1:4], "", "", ""], (10_000, 2_000, 7), strict=False)
    )
    report = Report()
    with tempfile.TemporaryDirectory() as folder:
        for name, write, count in (
            ("labelbox.ndjson", labelbox_video, frames),
            ("tasks.json", redbrick_tasks, tasks),
        ):
            path = Path(folder) / name
            write(path, count)
            print(f"{name}: {path.stat().st_size / 2**20:.1f} MiB")
            opening(path, rounds, report.say)
            saving(path, rounds, report.say)
            stopping(path, report.say)
    print("a target is missed" if report.missed else "every target is met")
    return 0


if __name__ == "__main__":
    if "--one" in sys.argv:
        one(sys.argv[2], Path(sys.argv[3]))
    else:
        sys.exit(main())
