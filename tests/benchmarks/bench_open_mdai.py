"""Open a 309 MB MD.ai export of polygons, against `json.loads` in fresh processes by turns.

Run: python tests/benchmarks/bench_open_mdai.py [SIZE_MB] [TURNS]
Targets: time at most 0.15 of json.loads; afterwards at most 2 x the file in memory; peak of
window and child together at most 4 x.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HEAD = (
    '{"id":"b","name":"Bench","labelGroups":[{"id":"G_1","name":"Default","labels":[%s]}],'
    '"datasets":[{"id":"D_1","name":"ds","studies":[%s],"annotations":['
)
LABEL = (
    '{"id":"L_%d","parentId":null,"name":"Label %d","color":"#d32f2f","type":"LOCAL",'
    '"scope":"INSTANCE","annotationMode":"%s"}'
)
STUDY = '{"StudyInstanceUID":"1.2.3.%d","number":%d}'
RECORD = (
    '{"id":"A_%06d","parentId":null,"isImported":false,"createdAt":"2024-05-02T10:00:00.123Z",'
    '"createdById":"U_%d","updatedAt":"2024-05-02T10:00:00.456Z","updatedById":"U_abc",'
    '"labelId":"L_%d","annotationNumber":%d,"height":512,"width":512,"data":{"vertices":[%s]},'
    '"note":null,"radlexTagIds":[],"reviewsPositiveCount":0,"reviewsNegativeCount":0,'
    '"StudyInstanceUID":"1.2.3.%d","SeriesInstanceUID":"1.2.3.%d.1","SOPInstanceUID":"1.2.3.%d.1.%d"}'
)


def generate(path: Path, size_bytes: int) -> int:
    """Write an export of polygons of about this size; return the number of annotations."""
    rng = random.Random(1)
    labels = ",".join(LABEL % (i, i, mode) for i, mode in enumerate(("freeform", "polygon")))
    studies = ",".join(STUDY % (i, i) for i in range(1000))
    written = count = 0
    with path.open("w") as file:
        file.write(HEAD % (labels, studies))
        while written < size_bytes:
            pairs = ((rng.random() * 512, rng.random() * 512) for _ in range(60))
            vertices = ",".join(f"[{x:.2f},{y:.2f}]" for x, y in pairs)
            s = count % 1000
            text = RECORD % (count, count % 7, count % 2, count, vertices, s, s, s, count)
            written += file.write("," + text if count else text)
            count += 1
        file.write("]}]}")
    return count


def measured(way: str, path: Path) -> tuple[float, float, float]:
    """Return (seconds, MB held afterwards, MB at the peak, with the child's) of a fresh process."""
    command = [sys.executable, __file__, "--one", way, str(path)]
    seconds, held, peak = subprocess.check_output(command, text=True).split()
    return float(seconds), float(held), float(peak)


def one(way: str, path: str) -> None:
    """Open the file one way and print seconds, MB held and MB at the peak."""
    if way != "json":
        from viewer.formats import read_export, read_in_child
    start = time.perf_counter()
    if way == "json":
        kept: object = json.loads(Path(path).read_bytes())
    else:
        kept = read_export(path) if way == "here" else read_in_child(path)
    seconds = time.perf_counter() - start
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    users = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    peak = sum(resource.getrusage(who).ru_maxrss for who in users) / 1024
    print(seconds, pages * resource.getpagesize() / 2**20, peak)
    del kept


def main() -> int:
    """Alternate the ways and print their ratios; 1 when a target is missed."""
    size_mb = int(sys.argv[1]) if len(sys.argv) > 1 else 309
    turns = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.json"
        count = generate(path, size_mb * 10**6)
        size = path.stat().st_size / 2**20
        print(f"{size:.0f} MiB, {count:,} polygons")
        ways = ("json", "here", "child")
        found = {way: [] for way in ways}
        for _ in range(turns):
            for way in ways:
                found[way].append(measured(way, path))
    best = {way: min(rows) for way, rows in found.items()}
    missed = False
    for way in ways:
        seconds, held, peak = best[way]
        ratio, kept, most = seconds / best["json"][0], held / size, peak / size
        print(
            f"{way:6} {seconds:7.2f} s = {ratio:5.3f} of json.loads, "
            f"holds {kept:4.2f} x the file, peak {most:4.2f} x"
        )
        if way == "here":
            missed |= ratio > 0.15 or kept > 2
        elif way == "child":
            missed |= most > 4 or kept > 2
    print("a target is missed" if missed else "every target is met")
    return int(missed)


if __name__ == "__main__":
    if "--one" in sys.argv:
        one(sys.argv[2], sys.argv[3])
    else:
        sys.exit(main())
