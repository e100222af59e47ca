"""Open and save a large label row of Encord, against json.loads and Encord's library by turns.

Run: python tests/benchmarks/bench_open_encord.py [FRAMES] [ROUNDS]
A video of FRAMES (5,000) frames with 20 polygons of 64 points each, as the platform writes them:
352 MB. Targets: json.loads and the library's `from_labels_dict` take at least 10 x as long as
opening; afterwards an export holds at most 2 x the file in memory; saving one edit, and one new
shape, takes at most 1.5 x writing the same bytes, fsync, reading them back and comparing.
The library is in `.venv-encord`, from `make sdks`, or its Python in OVERREAD_ENCORD_PYTHON; a
missing one is said. It needs 7 GB of memory.

A new shape takes as long as a moved one: its row is parsed once for the first save, which the round
that is not counted pays, and its frame's list is found by the places of its records. Walking down
the row's levels instead took 3 x as long.
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import tempfile
import time
from math import cos, pi, sin
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parent))

from bench_exports_many import Report, rival_of, saving
from bench_exports_many import one as one_way

from viewer.formats.encord.index import rows_quickly
from viewer.geometry.measure import translated
from viewer.model.annotation import AnnotationId
from viewer.model.project import Project
from viewer.session.making import Stamp, Target, annotation_made

OBJECTS, POINTS = 20, 64
SIDE = 4  # decimals of a coordinate
MADE = "Fri, 01 Dec 2023 10:30:02 GMT"
STAMP = Stamp("2026-01-02T03:04:05.678Z", "me")
HEAD = {
    "label_hash": "l", "branch_name": "main", "created_at": MADE, "last_edited_at": MADE,
    "dataset_hash": "d", "dataset_title": "bench", "data_title": "v.mp4", "data_hash": "v",
    "data_type": "video", "label_status": "LABELLED", "is_valid": True, "spaces": {},
    "classification_answers": {}, "object_actions": {},
}  # fmt: skip
UNIT = {
    "data_hash": "v", "data_title": "v.mp4", "data_type": "video/mp4", "data_sequence": 0,
    "data_link": "v.mp4", "width": 1920, "height": 1080, "data_fps": 25.0,
}  # fmt: skip


def id_of(number: int) -> str:
    """Return the hash of an object."""
    return f"obj{number:05d}"


def encord_video(path: Path, frames: int) -> None:
    """Write one row, frame by frame, in one line as the platform does."""
    rng = Random(5)
    answers = {id_of(n): {"objectHash": id_of(n), "classifications": []} for n in range(OBJECTS)}
    unit = {**UNIT, "data_duration": frames / 25}
    with path.open("w") as file:
        file.write("[" + json.dumps({**HEAD, "object_answers": answers})[:-1])
        file.write(', "data_units": {"v": ' + json.dumps(unit)[:-1] + ', "labels": {')
        for frame in range(frames):
            held = ", ".join(_object(rng, number) for number in range(OBJECTS))
            before = ", " if frame else ""
            file.write(f'{before}"{frame}": {{"objects": [{held}], "classifications": []}}')
        file.write("}}}}]")


def _object(rng: Random, number: int) -> str:
    x, y, radius = rng.random() * 0.8 + 0.1, rng.random() * 0.8 + 0.1, 0.08
    reach = [radius * rng.uniform(0.8, 1.1) for _ in range(POINTS)]
    turns = [2 * pi * at / POINTS for at in range(POINTS)]
    pairs = [
        (round(x + r * cos(a), SIDE), round(y + r * sin(a), SIDE))
        for r, a in zip(reach, turns, strict=True)
    ]
    return json.dumps({
        "objectHash": id_of(number), "featureHash": "feat0001", "name": "Lesion", "value": "lesion",
        "color": "#D33115", "shape": "polygon", "confidence": 1, "createdBy": "a@b",
        "createdAt": MADE, "lastEditedBy": "a@b", "lastEditedAt": MADE, "manualAnnotation": True,
        "polygon": {str(at): {"x": a, "y": b} for at, (a, b) in enumerate(pairs)},
        "polygons": [[[number for pair in pairs for number in pair]]],
    })  # fmt: skip


def opening(path: Path, rounds: int, report: Report) -> None:
    """Compare opening with its rivals by turns, each in a fresh process; and memory afterwards."""
    rival = rival_of("encord")
    ways = ("json", "floor", "ours")
    found: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
    taken: list[float] = []
    for _ in range(rounds):
        for way in ways:
            command = [sys.executable, __file__, "--one", way, str(path)]
            seconds, held = subprocess.check_output(command, text=True).split()
            found[way].append((float(seconds), float(held)))
        if rival is not None:
            script = str(Path(__file__).with_name("vendor_parse.py"))
            done = subprocess.check_output([rival, script, "encord", str(path)], text=True)
            taken.append(float(done))
    plain, floor, ours = (min(found[way]) for way in ways)
    print(f"  json.loads {plain[0]:.3f} s, opening {ours[0]:.3f} s")
    print(f"  reading and decoding to raw records alone: {floor[0] / plain[0]:.3f} of json.loads")
    if taken:
        print(f"  json.loads and the library's parse {min(taken):.3f} s")
        report.say("opening by the library's parse", ours[0] / min(taken), 0.1)
    else:
        print("  .venv-encord is missing (make sdks): not compared with Encord's library")
    report.say("memory held by the file", ours[1] / path.stat().st_size, 2)


def moved(opened: Project) -> Project:
    """Return the project with one polygon of one frame moved."""
    one = opened.annotations[AnnotationId("1", OBJECTS // 2)]
    at = len(one.placements) // 2
    shape = one.placements[at].flat
    assert shape is not None
    return opened.with_annotation(one.with_shape(at, translated(shape, 3, 2)))


def grown(opened: Project) -> Project:
    """Return the project with one polygon more."""
    one = opened.annotations[AnnotationId("1", 0)]
    like = one.placements[len(one.placements) // 2]
    target = Target("1", one.class_id, "polygon", like.media, (1920, 1080), index=like.index)
    new = annotation_made(opened, target, like.flat, STAMP).annotation
    return opened.with_annotation(new)


def one(way: str, path: Path) -> None:
    """Open the file one way and print seconds, and how many bytes more this process has."""
    if way != "floor":
        one_way(way, path)
        return
    began = time.perf_counter()
    gc.disable()
    kept = rows_quickly(path.read_bytes())
    print(time.perf_counter() - began, 0)
    del kept


def main() -> int:
    """Measure and say whether a target is missed."""
    frames, rounds = (
        int(given) if given else usual
        for given, usual in zip([*sys.argv[1:3], "", ""], (5_000, 2), strict=False)
    )
    report = Report()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "encord.json"
        encord_video(path, frames)
        print(f"{path.name}: {path.stat().st_size / 2**20:.1f} MiB")
        opening(path, rounds, report)
        for words, edit in (("a polygon is moved", moved), ("a polygon is new", grown)):
            print(f"  {words}:")
            saving(path, rounds + 1, report.say, edit)
    print("a target is missed" if report.missed else "every target is met")
    return 0


if __name__ == "__main__":
    if "--one" in sys.argv:
        one(sys.argv[2], Path(sys.argv[3]))
    else:
        sys.exit(main())
