"""Open and save large exports of Labelbox and RedBrick AI, against others by turns.

Run: python tests/benchmarks/bench_exports_many.py [FRAMES] [TASKS] [ROUNDS]
Three files: a Labelbox video of FRAMES (10,000) frames with six tracks, the like as an import file,
and RedBrick AI's export of TASKS (2,000) tasks.
Targets: where the vendor's library parses such a file, json.loads and that parse take at least 8 x
as long as opening; where it does not, opening takes at most 0.15 of json.loads. Afterwards an
export holds at most 2 x the file in memory; saving one edit takes at most 1.5 x writing the same
bytes, fsync, reading them back and comparing; opening in a child is stopped in at most 0.5 s.

The rivals (see `vendor_parse.py`) need the vendors' libraries, from `make sdks`, or their Python in
OVERREAD_LABELBOX_PYTHON and OVERREAD_REDBRICK_PYTHON; a missing one is said. That of Labelbox
reads no exports, only import files.

RedBrick AI misses both: opening takes 0.45 of json.loads, and the vendor's parse 6.5 to 7 x as
long (its library copies what json.load made, and asks a server). The floor: reading the file and
decoding it to raw records takes 0.12 of json.loads, decoding what the table needs of 32,000
labels another 0.12, since each number of their outlines is checked, so that damage is said when a
file is opened. The rest is 2,000 entries, columns and tracks. What was tried besides: one decode
of all records of a kind joined (slower: it copies 40 MB), huge pages for the file (slower),
outlines checked by their characters instead of decoded (0.015 less, and a key with a digit too
many would pass), places of labels in voxel space decoded with all else of them (no faster: it
makes as many objects), tracks told by one number instead of four values (no faster).
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

from rounds import at_best
from vendor_rows import labelbox_import, labelbox_video, redbrick_tasks

from viewer.errors import Cancelled
from viewer.formats import read_export, read_in_child, write_export
from viewer.formats.labelbox.index import rows_quickly
from viewer.formats.redbrick.records import TASKS
from viewer.geometry.shapes import Box
from viewer.model.annotation import AnnotationId
from viewer.model.project import Project

ROOT = Path(__file__).resolve().parents[2]
Write = Callable[[Path, int], None]
Edit = Callable[[Project], Project]
Said = Callable[[str, float, float], None]  # what was measured, the figure, and the most of it


@dataclass
class Report:
    """Prints figures beside their targets."""

    missed: bool = False

    def say(self, what: str, found: float, most: float) -> None:
        """Print one figure."""
        self.missed |= found > most
        print(f"  {what:44} {found:6.3f} of at most {most:g}")


def rival_of(vendor: str) -> str | None:
    """Return the Python that has a vendor's library."""
    named = os.environ.get(f"OVERREAD_{vendor.upper()}_PYTHON")
    found = Path(named) if named else ROOT / f".venv-{vendor}" / "bin" / "python"
    return str(found) if found.exists() else None


def opening(path: Path, rounds: int, say: Said, vendor: str | None) -> None:
    """Compare opening with its rivals by turns, each in a fresh process; and memory afterwards.

    Args:
        vendor: whose library parses such a file; None where none does.
    """
    rival = rival_of(vendor) if vendor else None
    ways = ("json", "floor", "ours", *((vendor,) if vendor and rival else ()))
    found: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
    for _ in range(rounds):
        for way in ways:
            found[way].append(_measured(way, path))
    plain, floor, ours = (min(found[way]) for way in ways[:3])
    print(f"  json.loads {plain[0]:.3f} s, opening {ours[0]:.3f} s")
    print(f"  reading and decoding to raw records alone: {floor[0] / plain[0]:.3f} of json.loads")
    print(f"  opening by json.loads: {ours[0] / plain[0]:.3f}")
    if vendor is None:
        say("opening by json.loads", ours[0] / plain[0], 0.15)
    elif rival is None:
        print(f"  .venv-{vendor} is missing (make sdks): not compared with the vendor's library")
    else:
        taken = min(found[vendor])[0]
        print(f"  json.loads and the vendor's parse {taken:.3f} s: {taken / ours[0]:.1f} x")
        say("opening by the vendor's parse", ours[0] / taken, 1 / 8)
    say("memory held by the file", ours[1] / path.stat().st_size, 2)


def importing(path: Path, rounds: int, say: Said) -> None:
    """Compare opening an import file with Labelbox's library by turns."""
    if rival_of("labelbox") is None:
        print("  .venv-labelbox is missing (make sdks): not compared with the vendor's library")
        return
    turns = [(_measured("ours", path)[0], _measured("labelbox", path)[0]) for _ in range(rounds)]
    ours, taken = (min(seconds) for seconds in zip(*turns, strict=True))
    print(f"  opening {ours:.3f} s, the vendor's parse {taken:.3f} s: {taken / ours:.1f} x")
    say("opening by the vendor's parse", ours / taken, 1 / 8)


def _measured(way: str, path: Path) -> tuple[float, float]:
    rival = rival_of(way)
    if way in ("labelbox", "redbrick") and rival is not None:
        script = str(Path(__file__).with_name("vendor_parse.py"))
        with tempfile.TemporaryDirectory() as elsewhere:
            done = subprocess.check_output(
                [rival, script, way, str(path)], text=True, cwd=elsewhere, stderr=subprocess.DEVNULL
            )
        return float(done), 0
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


def saving(path: Path, rounds: int, say: Said, edit: Edit | None = None) -> None:
    """Compare saving one edit with writing the same bytes with the same care.

    Args:
        edit: makes it; without one a box is moved.
    """
    opened = read_export(path)
    edited = (edit or _edited)(opened)
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
    found = at_best(methods, rounds)
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


FILES: tuple[tuple[str, Write, str | None], ...] = (
    ("labelbox.ndjson", labelbox_video, None),
    ("tasks.json", redbrick_tasks, "redbrick"),
)


def main() -> int:
    """Measure both files and say whether a target is missed."""
    frames, tasks, rounds = (
        int(given) if given else usual
        for given, usual in zip([*sys.argv[1:4], "", "", ""], (10_000, 2_000, 7), strict=False)
    )
    report = Report()
    with tempfile.TemporaryDirectory() as folder:
        for name, write, vendor in FILES:
            path = Path(folder) / name
            write(path, tasks if vendor == "redbrick" else frames)
            print(f"{name}: {path.stat().st_size / 2**20:.1f} MiB")
            opening(path, rounds, report.say, vendor)
            saving(path, rounds, report.say)
            stopping(path, report.say)
        path = Path(folder) / "import.ndjson"
        labelbox_import(path, frames)
        print(f"{path.name}: {path.stat().st_size / 2**20:.1f} MiB")
        importing(path, min(rounds, 3), report.say)
    print("a target is missed" if report.missed else "every target is met")
    return 0


if __name__ == "__main__":
    if "--one" in sys.argv:
        one(sys.argv[2], Path(sys.argv[3]))
    else:
        sys.exit(main())
