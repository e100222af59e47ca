"""Opens mutated copies of a real file in a process of its own; says before each which one it is.

Run: python tests/media/fuzzing.py FILE FOLDER FIRST COUNT
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path

from viewer.errors import OverreadError
from viewer.media import load, open_media

SLOWEST_S = 2.0
MOST_BYTES = 6 << 30
_EXTREMES = (0x00, 0x01, 0x7F, 0x80, 0xFE, 0xFF)


def mutated(data: bytes, seed: int) -> bytes:
    """Return data with some bytes changed, cut out, repeated, or its end cut off."""
    rng = random.Random(seed)
    copy = bytearray(data)
    whole = len(copy)
    head = min(whole, 4096)  # headers and the first stream are where structure is
    for _ in range(rng.choice((1, 1, 2, 4, 16))):
        at = rng.randrange(132, max(133, rng.choice((head, whole, whole))))
        kind = rng.randrange(6)
        if kind <= 2:
            copy[at % len(copy)] = rng.choice((rng.randrange(256), rng.choice(_EXTREMES)))
        elif kind == 3:
            copy[at : at + 4] = rng.choice((b"\xff" * 4, b"\0" * 4, b"\xfe\xff\xff\xff"))
        elif kind == 4:
            del copy[at : at + rng.randrange(1, 64)]
        else:
            copy[at:at] = copy[at : at + rng.randrange(1, 64)]
    if rng.random() < 0.1:
        del copy[rng.randrange(132, len(copy)) :]
    return bytes(copy)


def bound_memory() -> None:
    """Let a decoder that asks for too much fail; where the system knows no limits it may not."""
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))


def main() -> None:
    bound_memory()
    source, folder, first, count = sys.argv[1], Path(sys.argv[2]), *map(int, sys.argv[3:5])
    data = Path(source).read_bytes()
    for seed in range(first, first + count):
        print(seed, flush=True)
        path = folder / "mutated.dcm"
        path.write_bytes(mutated(data, seed))
        began = time.process_time()  # of all threads: other programs do not count
        try:
            found = open_media(path)
            for media in found.media:
                load(media)
        except OverreadError as error:
            print(f"raised {error}", flush=True)
        taken = time.process_time() - began
        if taken > SLOWEST_S:
            print(f"slow {seed} {taken:.1f} s", flush=True)
    print("done", flush=True)


if __name__ == "__main__":
    main()
