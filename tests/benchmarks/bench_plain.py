"""Volumes and images that are not DICOM, against the libraries that people read them with.

Run: python tests/benchmarks/bench_plain.py
Prints milliseconds and ratios (medians over rounds, methods taken in turn) for opening and loading
a 100 MB NIfTI volume, plain and packed, and 40 JPEG images of 1920 x 1080.
Floors: packed NIfTI <= 1 x nibabel; plain NIfTI <= 2 x nibabel; JPEG <= 1 x OpenCV.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import cv2
import nibabel
import numpy as np
from rounds import Method, compared

from viewer.media import load, open_media

FLOORS = {"x.nii.gz": 1.0, "x.nii": 2.0, "frames": 1.0}


def written(folder: Path) -> None:
    rng = np.random.default_rng(0)
    plane = rng.normal(0, 60, (512, 512)).astype(np.int16)
    volume = np.stack([np.roll(plane, k, 0) + k for k in range(200)], -1).astype(np.int16)
    for name in ("x.nii", "x.nii.gz"):
        nibabel.save(nibabel.Nifti1Image(volume, np.diag([1, 1, 2, 1])), folder / name)
    (folder / "frames").mkdir()
    image = cv2.GaussianBlur(rng.integers(0, 256, (1080, 1920, 3), dtype=np.uint8), (0, 0), 3)
    for number in range(40):
        cv2.imwrite(str(folder / "frames" / f"{number}.jpg"), np.roll(image, 7 * number, 0))


def by_overread(path: Path) -> None:
    (media,) = open_media(path).media
    load(media)
    assert media.kind != "video"
    assert media.ready.all()


def by_nibabel(path: Path) -> None:
    np.asarray(nibabel.Nifti1Image.load(path).dataobj).copy()


def by_opencv(path: Path) -> None:
    for file in sorted(path.iterdir()):
        cv2.cvtColor(cv2.imread(str(file)), cv2.COLOR_BGR2RGB)


def main() -> int:
    """Print the ratios; 1 where a floor is missed."""
    missed = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        written(folder)
        for what, floor in FLOORS.items():
            rival = by_opencv if what == "frames" else by_nibabel
            methods: dict[str, Method] = {
                rival.__name__: lambda rival=rival, what=what: rival(folder / what),
                "overread": lambda what=what: by_overread(folder / what),
            }
            times = compared(methods, 7)
            for method, (seconds, ratio) in times.items():
                print(f"{what:10} {method:12} {seconds * 1e3:8.0f} ms  x {ratio:.2f}")
            missed += times["overread"][1] > floor
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
