"""Loading the pixels of a volume, against reading the same bytes into a fresh array.

Run: python tests/benchmarks/bench_volume_load.py
Prints milliseconds and ratios (medians over rounds, of threads the best; methods taken in turn).
Goals: 1,000 slices of 512 x 512 in <= 1.5 x plain reads and >= 5 x faster than SimpleITK's series
reader, in <= 1.15 x the bytes of the voxels, the first slice within 10 % of the whole or 150 ms;
two threads <= 0.7 x one for JPEG 2000, JPEG-LS and JPEG lossless; a JPEG cine >= 5 x faster than
pydicom's default path.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "media"))

import imagecodecs
import numpy as np
import SimpleITK
from pydicom import dcmread
from pydicom.encaps import encapsulate
from pydicom.uid import UID, JPEGBaseline8Bit
from rounds import Method, at_best, compared
from slices import a_slice, saved

from viewer.errors import Cancelled
from viewer.media import load, loading, open_media

COUNT, SIDE = 1000, 512
COMPRESSED = 24
CINE = 60
ENCODERS = {
    "JPEG 2000": ("90", lambda a: imagecodecs.jpeg2k_encode(a, level=0, reversible=True)),
    "JPEG-LS": ("80", imagecodecs.jpegls_encode),
    "JPEG lossless": (
        "70",
        lambda a: imagecodecs.jpeg8_encode(a, lossless=True, predictor=1, bitspersample=16),
    ),
}


def pictures(count: int) -> np.ndarray:
    """Smooth discs with noise: compresses like a CT, about 2:1."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:SIDE, :SIDE]
    disc = np.where((x - 256) ** 2 + (y - 256) ** 2 < 200**2, 1024, 24)
    noise = rng.normal(0, 12, (count, SIDE, SIDE))
    return np.clip(disc + noise, 0, 4095).astype("<u2")


def write_native(folder: Path) -> None:
    few = pictures(20)
    for number in range(COUNT):
        picture = few[number % len(few)]
        dataset = a_slice(
            number, Rows=SIDE, Columns=SIDE, BitsStored=16, HighBit=15, PixelData=picture.tobytes()
        )
        saved(dataset, folder / f"{number:04}.dcm")


def write_compressed(folder: Path, syntax: str, encode: Callable[[np.ndarray], bytes]) -> None:
    for number, picture in enumerate(pictures(COMPRESSED)):
        dataset = a_slice(number, Rows=SIDE, Columns=SIDE)
        dataset.file_meta.TransferSyntaxUID = UID(f"1.2.840.10008.1.2.4.{syntax}")
        dataset.PixelData = encapsulate([encode(picture)])
        dataset["PixelData"].is_undefined_length = True
        saved(dataset, folder / f"{number:04}.dcm")


def write_cine(path: Path) -> None:
    y, x = np.mgrid[:600, :800]
    streams = [
        imagecodecs.jpeg8_encode(
            np.stack([(x + 5 * n) % 256, (y + n) % 256, (x + y) % 256], -1).astype(np.uint8),
            level=90,
        )
        for n in range(CINE)
    ]
    dataset = a_slice(1, Rows=600, Columns=800, NumberOfFrames=CINE, SamplesPerPixel=3)
    dataset.PhotometricInterpretation, dataset.PlanarConfiguration = "YBR_FULL_422", 0
    dataset.BitsAllocated = dataset.BitsStored = 8
    dataset.HighBit = 7
    dataset.file_meta.TransferSyntaxUID = JPEGBaseline8Bit
    dataset.PixelData = encapsulate(streams)
    dataset["PixelData"].is_undefined_length = True
    saved(dataset, path)


def native_methods(folder: Path) -> dict[str, Method]:
    (volume,) = open_media(folder).media
    places = [(i.file.path, i.pixels_at) for i in volume.instances]

    def plain_reads() -> None:
        fresh = np.zeros((COUNT, SIDE, SIDE), np.uint16)
        for target, (path, offset) in zip(fresh, places, strict=True):
            descriptor = os.open(path, os.O_RDONLY)
            os.preadv(descriptor, [target.data], offset)
            os.close(descriptor)

    def by_load() -> None:
        volume.pixels = np.zeros((COUNT, SIDE, SIDE), np.uint16)
        volume.ready[:] = False
        load(volume)
        assert volume.ready.all()

    def first_slice() -> None:
        """Until the wanted slice is there: loading is stopped then."""
        volume.ready[:] = False
        volume.pixels = np.zeros((COUNT, SIDE, SIDE), np.uint16)
        try:
            load(volume, cancelled=lambda: bool(volume.ready.any()))
        except Cancelled:
            return

    def by_simpleitk() -> None:
        reader = SimpleITK.ImageSeriesReader()
        reader.SetFileNames([path for path, _offset in places])
        reader.Execute()

    return {
        "plain reads": plain_reads,
        "load": by_load,
        "first slice": first_slice,
        "SimpleITK": by_simpleitk,
    }


def thread_methods(folder: Path) -> dict[str, Method]:
    (volume,) = open_media(folder).media

    def with_workers(count: int) -> Method:
        def run() -> None:
            before = loading.WORKERS
            loading.WORKERS = count
            volume.ready[:] = False
            load(volume)
            loading.WORKERS = before
            assert volume.ready.all()

        return run

    return {"one thread": with_workers(1), "two threads": with_workers(2)}


def cine_methods(path: Path) -> dict[str, Method]:
    (stack,) = open_media(path).media

    def by_load() -> None:
        stack.ready[:] = False
        load(stack)
        assert stack.ready.all()

    def by_pydicom() -> None:
        assert dcmread(path).pixel_array.shape == stack.pixels.shape

    return {"load": by_load, "pydicom": by_pydicom}


def peak_bytes(folder: Path) -> int:
    """Most memory that opening and loading takes beyond what the imports do, in a new process."""
    code = (
        "import sys, numpy, pydicom, imagecodecs;"
        "from pathlib import Path;"
        "from viewer.media import load, open_media;"
        "words = lambda: Path('/proc/self/status').read_text().partition('VmHWM:')[2].split();"
        "peak = lambda: int(words()[0]) * 1024;"
        "before = peak(); (media,) = open_media(sys.argv[1]).media; load(media);"
        "print(peak() - before)"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parent.parent.parent)}
    command = [sys.executable, "-c", code, str(folder)]
    return int(subprocess.check_output(command, env=environment))


def shown(table: dict[str, tuple[float, float]]) -> None:
    for title, (seconds, ratio) in table.items():
        print(f"{title:18} {seconds * 1e3:8.1f} ms  x{ratio:.2f}")


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        write_native(root / "native")
        table = compared(native_methods(root / "native"), rounds=5)
        shown(table)
        memory = peak_bytes(root / "native") / (COUNT * SIDE * SIDE * 2)
        print(f"memory             x{memory:.2f} of the voxels (goal x1.15)")
        loaded = table["load"]
        rival = table["SimpleITK"][1] / loaded[1]
        print(
            f"load x{loaded[1]:.2f} of plain reads (goal x1.5), SimpleITK x{rival:.1f} of it (x5)"
        )
        for title, (syntax, encode) in ENCODERS.items():
            write_compressed(root / syntax, syntax, encode)
            print(f"{title} (goal x0.7)")
            shown(at_best(thread_methods(root / syntax), rounds=11))
        write_cine(root / "cine.dcm")
        print("JPEG cine (goal x5)")
        shown(compared(cine_methods(root / "cine.dcm"), rounds=3))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
