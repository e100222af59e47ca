"""Open and save a large export of DATAGYM, against json.loads by turns.

Run: python tests/benchmarks/bench_open_datagym.py [TASKS] [ROUNDS]
A project of TASKS (50,000) pictures with three polygons of 24 places, a rectangle and an answer
each, indented by 2. The vendor's library has no parser. Targets: opening takes at most 0.15 of
json.loads; afterwards an export holds at most 2 x the file in memory; saving one edit takes at most
1.5 x writing the same bytes, fsync, reading them back and comparing.

Opening misses its target, at 0.23 to 0.26: reading the file and decoding it to raw values, which
passes over every number once, takes 0.08 to 0.15 of json.loads by itself. By processor time of the
thread, what is added to that goes to: gathering the raw values of 250,000 labels as rows 35 %,
columns 20 %, entries of 50,000 tasks 15 %, what geometries are called and which hold nested ones
13 %, spans, facts and issues the rest; the digest is worked out beside it. Decoding to a bare list
of raw tasks is no quicker than to their labels' raw values, so that the floor stays; rows by groups
of labels in place of lists would save a tenth of the whole, and not reach the target.
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from bench_exports_many import Report, saving
from bench_exports_many import one as one_way

from viewer.formats.datagym.records import parsed

Json = Any
_CLASSES = (
    ("car", "geometry_type", "polygon"),
    ("bus", "geometry_type", "rectangle"),
    ("weather", "classification_type", "select"),
    ("car_type", "classification_type", "select"),
)


def datagym_project(path: Path, tasks: int) -> None:
    """Write tasks of pictures, each with labels of two classes."""
    rng = Random(4)
    classes = [{"class_name": name, key: word} for name, key, word in _CLASSES]
    parts = [json.dumps({"label_classes": classes}, indent=2)]
    parts += (json.dumps(_task(rng, number), indent=2) for number in range(tasks))
    path.write_text(f"[ {', '.join(parts)} ]")


def _task(rng: Random, number: int) -> Json:
    return {
        "internal_media_ID": f"00000000-0000-4000-8000-{number:012d}",
        "external_media_ID": f"picture_{number:06d}.jpg",
        "labeler": f"11111111-0000-4000-8000-{number % 7:012d}",
        "status": "completed",
        "global_classifications": {"weather": [rng.choice(["sunny", "grey"])]},
        "labels": {"bus": [_rectangle(rng)], "car": [_polygon(rng) for _ in range(3)]},
    }


def _rectangle(rng: Random) -> Json:
    place = {key: rng.randrange(900) for key in "xywh"}
    return {"rectangle": [place], "classifications": {}, "nested_geometries": {}}


def _polygon(rng: Random) -> Json:
    places = [{"x": rng.randrange(1920), "y": rng.randrange(1080)} for _ in range(24)]
    answers = {"car_type": [rng.choice(["suv", None])]}
    return {"polygon": places, "classifications": answers, "nested_geometries": {}}


def opening(path: Path, rounds: int, report: Report) -> None:
    """Compare opening with json.loads by turns, each in a fresh process; and memory afterwards."""
    ways = ("json", "floor", "ours")
    found: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
    for _ in range(rounds):
        for way in ways:
            command = [sys.executable, __file__, "--one", way, str(path)]
            seconds, held = subprocess.check_output(command, text=True).split()
            found[way].append((float(seconds), float(held)))
    plain, floor, ours = (min(found[way]) for way in ways)
    print(f"  json.loads {plain[0]:.3f} s, opening {ours[0]:.3f} s")
    print(f"  reading and decoding to raw values alone: {floor[0] / plain[0]:.3f} of json.loads")
    report.say("opening by json.loads", ours[0] / plain[0], 0.15)
    report.say("memory held by the file", ours[1] / path.stat().st_size, 2)


def one(way: str, path: Path) -> None:
    """Open the file one way and print seconds, and how many bytes more this process has."""
    if way != "floor":
        one_way(way, path)
        return
    began = time.perf_counter()
    gc.disable()
    kept = parsed(path.read_bytes())
    print(time.perf_counter() - began, 0)
    del kept


def main() -> int:
    """Measure and say whether a target is missed."""
    tasks, rounds = (
        int(given) if given else usual
        for given, usual in zip([*sys.argv[1:3], "", ""], (50_000, 5), strict=False)
    )
    report = Report()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "datagym.json"
        datagym_project(path, tasks)
        print(f"{path.name}: {path.stat().st_size / 2**20:.1f} MiB")
        opening(path, rounds, report)
        saving(path, rounds, report.say)
    print("a target is missed" if report.missed else "every target is met")
    return 0


if __name__ == "__main__":
    if "--one" in sys.argv:
        one(sys.argv[2], Path(sys.argv[3]))
    else:
        sys.exit(main())
