"""Header scan of 1000 files, against opening and reading them, and against pydicom.

Run: python tests/benchmarks/bench_header_scan.py
Prints microseconds per file and ratios (medians over rounds, methods taken in turn).
Floors: headers <= 4 x open + read of 16 KB, the whole scan to grouped series <= 8 x; headers >= 8 x
faster than pydicom.
"""

from __future__ import annotations

import io
import sys
import tempfile
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "media"))

from pydicom import dcmread
from rounds import Method, compared
from slices import a_slice

from viewer.media import open_media
from viewer.media.dicom.trails import HeaderReader
from viewer.media.files import Files
from viewer.media.instance import FileRef

COUNT = 1000


def written(folder: Path) -> list[str]:
    paths: list[str] = []
    for number in range(COUNT):
        stream = io.BytesIO()
        pixels = bytes(64 * 64 * 2)
        dataset = a_slice(number, Rows=64, Columns=64, PixelData=pixels)
        dataset.save_as(stream, enforce_file_format=True)
        path = folder / f"{number:04}.dcm"
        path.write_bytes(stream.getvalue())
        paths.append(str(path))
    return paths


def methods(folder: Path, paths: list[str]) -> dict[str, Method]:
    def open_and_read() -> None:
        for path in paths:
            with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - the plain way is the floor
                file.read(16384)

    def headers() -> None:
        with closing(Files()) as files:
            reader = HeaderReader(files)
            for path in paths:
                assert reader.read(FileRef(path)) is not None

    def whole_opening() -> None:
        assert len(open_media(folder).media) == 1

    def by_pydicom() -> None:
        for path in paths:
            dcmread(path, stop_before_pixels=True)

    return {
        "open + read 16 KB": open_and_read,
        "headers": headers,
        "open_media": whole_opening,
        "pydicom": by_pydicom,
    }


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = written(folder)
        table = compared(methods(folder, paths), rounds=5)
    for title, (seconds, ratio) in table.items():
        print(f"{title:20} {seconds / COUNT * 1e6:8.1f} us/file  x{ratio:.2f} of open + read")
    whole = table["open_media"][1]
    scan, pydicom = table["headers"][1], table["pydicom"][1]
    is_fast = scan <= 4 and whole <= 8 and pydicom / scan >= 8
    print(
        f"headers x{scan:.2f} (floor x4), open_media x{whole:.2f} (floor x8), headers"
        f" {pydicom / scan:.1f} x faster than pydicom (floor 8)"
    )
    print("every goal is met" if is_fast else "a goal is missed")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
