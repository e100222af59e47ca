"""Save a large MD.ai export: unedited, with a hundred edits, and against json loads and dumps.

Run: python tests/benchmarks/bench_save.py [SIZE_MB]
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from bench_open_mdai import generate

from viewer.formats import read_export, write_export
from viewer.geometry.shapes import Polygon
from viewer.model.annotation import AnnotationId


def timed(what: str, work: Callable[[], object]) -> None:
    """Run once and print the time."""
    start = time.perf_counter()
    work()
    print(f"{what:40} {time.perf_counter() - start:6.2f} s")


def main() -> None:
    """Time every way of saving."""
    size_mb = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "in.json", Path(folder) / "out.json"
        count = generate(source, size_mb * 10**6)
        opened = current = read_export(source)
        for ordinal in range(0, count, count // 100):
            one = opened.annotations[AnnotationId("1", ordinal)]
            current = current.with_annotation(one.with_shape(0, Polygon([(1, 2), (3, 4), (5, 7)])))
        timed("unedited", lambda: write_export(opened, opened, "1", target))
        timed("a hundred polygons edited", lambda: write_export(opened, current, "1", target))
        fewer = current.without_annotations([AnnotationId("1", 1)])
        timed("and one deleted", lambda: write_export(opened, fewer, "1", target))
        timed(
            "json.loads and json.dumps",
            lambda: target.write_text(json.dumps(json.loads(source.read_bytes()))),
        )


if __name__ == "__main__":
    main()
