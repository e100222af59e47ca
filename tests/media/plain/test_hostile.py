"""Damaged and made-up files of every kind end in sentences, quickly, and the others load."""

from __future__ import annotations

import os
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import nibabel
import numpy as np
import pytest
import SimpleITK
import tifffile
from bombs import packed
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from viewer.media import load, open_media
from viewer.media.volume import MediaSet

RNG = np.random.default_rng(23)
RGB = cv2.GaussianBlur(RNG.integers(0, 256, (24, 31, 3), dtype=np.uint8), (0, 0), 3)
DEEP = RNG.integers(0, 65536, (24, 31), dtype=np.uint16)
EXAMPLES = 5000 if os.environ.get("OVERREAD_SOAK") else 20
Make = Callable[[Path], object]


def by_pillow(**how: object) -> Make:
    return lambda path: Image.fromarray(RGB).save(path, **how)  # pyright: ignore[reportArgumentType]


def by_tifffile(**how: object) -> Make:
    return lambda path: tifffile.imwrite(path, np.stack([DEEP] * 3), **how)


def volume(path: Path) -> None:
    data = RNG.integers(-1000, 1000, (7, 6, 5, 2)).astype(np.int16)
    nibabel.save(nibabel.Nifti1Image(data, np.diag([-2.0, 2, 3, 1])), path)


def volume_of_version_2(path: Path) -> None:
    data = RNG.integers(-1000, 1000, (7, 6, 5)).astype(np.int16)
    nibabel.save(nibabel.Nifti2Image(data, np.diag([-2.0, 2, 3, 1])), path)


def field(path: Path) -> None:
    image = SimpleITK.GetImageFromArray(DEEP.reshape(4, 6, 31))
    SimpleITK.WriteImage(image, path, useCompression="z" in path.stem)


KINDS: dict[str, Make] = {
    "a.png": by_pillow(),
    "deep.png": lambda path: cv2.imwrite(str(path), DEEP),
    "palette.png": lambda path: Image.fromarray(RGB).quantize(20).save(path),
    "a.jpg": by_pillow(quality=90),
    "progressive.jpg": by_pillow(quality=90, progressive=True),
    "a.webp": by_pillow(),
    "lossless.webp": by_pillow(lossless=True),
    "a.bmp": by_pillow(),
    "plain.tif": by_tifffile(photometric="minisblack"),
    "tiles.tif": by_tifffile(photometric="minisblack", tile=(16, 16), compression="lzw"),
    "big.tif": by_tifffile(photometric="minisblack", bigtiff=True, compression="deflate"),
    "a.nii": volume,
    "a.nii.gz": volume,
    "two.nii": volume_of_version_2,
    "a.nrrd": field,
    "z.nrrd": field,
    "a.mha": field,
    "z.mha": field,
}


@cache
def healthy(name: str) -> bytes:
    """One file of a kind."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        KINDS[name](path)
        return path.read_bytes()


def opened(path: Path) -> MediaSet:
    """Open and load; everything that is said is a sentence."""
    found = open_media(path)
    for media in found.media:
        load(media)
        assert media.ready.sum() + len(media.slice_errors) == media.count
        said = [*media.slice_errors.values(), *(issue.sentence for issue in media.issues)]
        assert all(sentence.endswith(".") and ": " in sentence for sentence in said)
    assert all(issue.sentence.endswith(".") for issue in found.issues)
    return found


@pytest.mark.parametrize("name", KINDS)
def test_a_healthy_file_of_each_kind_opens(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(healthy(name))
    found = opened(tmp_path)
    assert found.media
    assert all(media.ready.all() for media in found.media)


@pytest.mark.parametrize("name", KINDS)
@settings(max_examples=EXAMPLES)
@given(data=st.data())
def test_mutated_bytes_never_crash(name: str, data: st.DataObject) -> None:
    content = bytearray(healthy(name))
    head = min(len(content), 600) - 1  # where most of what steers a reader stands
    for _ in range(data.draw(st.integers(1, 6))):
        last = head if data.draw(st.booleans()) else len(content) - 1
        content[data.draw(st.integers(0, last))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.none() | st.integers(0, len(content)))
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content[:cut])
        opened(path)


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.95])
def test_a_cut_file_is_said_and_the_healthy_one_beside_it_loads(
    name: str, share: float, tmp_path: Path
) -> None:
    content = healthy(name)
    (tmp_path / f"cut{name}").write_bytes(content[: int(len(content) * share)])
    (tmp_path / name).write_bytes(content)
    found = opened(tmp_path)
    said = [sentence for media in found.media for sentence in media.slice_errors.values()]
    said += [issue.sentence for media in found.media for issue in media.issues]
    said += [issue.sentence for issue in found.issues]
    is_said = any(f"cut{name}: " in sentence for sentence in said) or found.skipped == 1
    assert is_said or is_whole(found)  # only what follows the pixels was cut off
    assert any(media.ready.any() for media in found.media)


def is_whole(found: MediaSet) -> bool:
    """Whether the cut file's pictures are those of the healthy one, which comes first or last."""
    pictures = [picture for media in found.media for picture in media.pixels]
    half = len(pictures) // 2
    return all(
        (one == other).all() for one, other in zip(pictures[:half], pictures[half:], strict=True)
    )


def png_bomb() -> bytes:
    head = struct.pack(">IIBBBBB", 65535, 65535, 8, 0, 0, 0, 0)
    content = bytearray(healthy("deep.png"))
    content[16:29] = head
    content[29:33] = struct.pack(">I", zlib.crc32(content[12:29]))
    return bytes(content)


def jpeg_bomb() -> bytes:
    content = bytearray(healthy("a.jpg"))
    at = content.index(b"\xff\xc0")
    content[at + 5 : at + 9] = struct.pack(">HH", 65535, 65535)
    return bytes(content)


def bmp_bomb() -> bytes:
    content = bytearray(healthy("a.bmp"))
    content[18:26] = struct.pack("<ii", 65535, 65535)
    return bytes(content)


def nrrd_bomb() -> bytes:
    return healthy("z.nrrd").replace(b"sizes: 31 6 4", b"sizes: 60000 60000 60000")


def mha_bomb() -> bytes:
    return healthy("z.mha").replace(b"DimSize = 31 6 4", b"DimSize = 60000 60000 60000")


BOMBS = {
    "a.png": png_bomb,
    "a.jpg": jpeg_bomb,
    "a.bmp": bmp_bomb,
    "z.nrrd": nrrd_bomb,
    "z.mha": mha_bomb,
}


@pytest.mark.parametrize("name", BOMBS)
def test_sizes_that_no_file_holds_are_refused_before_anything_is_decoded(
    name: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(BOMBS[name]())
    found = open_media(tmp_path)
    assert not found.media
    assert "decompression bomb" in found.issues[0].sentence


def test_an_endless_gzip_is_read_only_as_far_as_its_header_says(tmp_path: Path) -> None:
    """A gigabyte of zeros behind a small volume is never unpacked."""
    (tmp_path / "a.nii.gz").write_bytes(packed(healthy("a.nii"), 1024))
    found = opened(tmp_path)
    assert all(media.ready.all() for media in found.media)


@pytest.mark.parametrize("count", [65537, 2_000_000_000])
def test_absurd_counts_are_refused(count: int, tmp_path: Path) -> None:
    text = healthy("a.nrrd").replace(b"sizes: 31 6 4", b"sizes: 1 1 %d" % count)
    (tmp_path / "a.nrrd").write_bytes(text)
    found = open_media(tmp_path)
    assert not found.media
    assert found.issues[0].sentence.startswith("a.nrrd: ")


def test_pictures_inside_a_zip_open_like_outside(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name in KINDS:
            archive.writestr(f"study/{name}", healthy(name))
    for name in KINDS:
        (tmp_path / "study" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "study" / name).write_bytes(healthy(name))
    inside, outside = opened(tmp_path / "all.zip"), opened(tmp_path / "study")
    assert [one.title for one in inside.media] == [one.title for one in outside.media]
    for one, other in zip(inside.media, outside.media, strict=True):
        assert (one.pixels == other.pixels).all()


def test_many_points_and_slices_open_without_an_entry_for_each(tmp_path: Path) -> None:
    data = np.zeros((1, 1, 100, 1500), np.uint8)
    nibabel.save(nibabel.Nifti1Image(data, np.eye(4)), tmp_path / "many.nii")
    found = open_media(tmp_path)
    assert len({media.id for media in found.media}) == 1500
    long = nibabel.Nifti2Image(np.zeros((1, 1, 70_000), np.uint8), np.eye(4))
    nibabel.save(long, tmp_path / "many.nii")
    found = open_media(tmp_path)
    assert not found.media
    assert "cannot be right" in found.issues[0].sentence
