"""What is wrong with a file is said in words for a person: no paths, no programmer's words."""

from __future__ import annotations

import logging
import re
import struct
from collections.abc import Callable
from pathlib import Path

import nibabel
import numpy as np
import pytest
import SimpleITK
from PIL import Image

from viewer.errors import CannotDecode
from viewer.media import open_media
from viewer.media.plain.damage import Damaged, refused

FOREIGN = re.compile(r"<_io|/tmp|0x|Error|convert|unpack|invalid literal|expected|\('")
FOREIGN_ERRORS = [
    *(ValueError("cannot convert float NaN to integer"), KeyError("sizes"), OSError(5, "/a/b")),
    *(EOFError("eof"), MemoryError(), struct.error("unpack requires 4 bytes")),
]


@pytest.mark.parametrize("error", FOREIGN_ERRORS, ids=repr)
def test_a_readers_own_words_are_for_the_log_alone(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    with (
        caplog.at_level(logging.DEBUG, "viewer.media.plain.damage"),
        pytest.raises(CannotDecode) as raised,
        refused("a.png", "picture"),
    ):
        raise error
    sentence = str(raised.value)
    assert sentence.startswith("a.png: the picture is damaged or of a rare kind")
    assert sentence.endswith("; export it again.")
    assert not FOREIGN.search(sentence)
    assert repr(error)[:10] in caplog.text or str(error) in caplog.text


def test_our_own_words_are_said() -> None:
    said = r"rare kind \(it has no rows\); export"
    with pytest.raises(CannotDecode, match=said), refused("a.png", "picture"):
        raise Damaged("it has no rows")


def nifti_with(code: str, at: int, value: float) -> Callable[[Path], Path]:
    """A NIfTI file with one field overwritten."""

    def make(folder: Path) -> Path:
        path = folder / "a.nii"
        nibabel.save(nibabel.Nifti1Image(np.zeros((4, 5, 6), np.int16), np.eye(4)), path)
        raw = bytearray(path.read_bytes())
        struct.pack_into(code, raw, at, value)
        path.write_bytes(raw)
        return path

    return make


def without(ending: str, line: bytes) -> Callable[[Path], Path]:
    """A file of SimpleITK whose header lacks a line."""

    def make(folder: Path) -> Path:
        path = folder / f"a.{ending}"
        SimpleITK.WriteImage(SimpleITK.GetImageFromArray(np.zeros((4, 5, 6), np.int16)), path)
        raw = path.read_bytes()
        start = raw.index(b"\n" + line) + 1
        path.write_bytes(raw[:start] + raw[raw.index(b"\n", start) + 1 :])
        return path

    return make


def no_picture(folder: Path) -> Path:
    path = folder / "a.png"
    Image.fromarray(np.zeros((4, 5), np.uint8)).save(path)
    path.write_bytes(path.read_bytes()[:8] + bytes(100))
    return path


CASES = {
    "voxels at no number": (nifti_with("<f", 108, np.nan), "where its voxels begin"),
    "voxels at infinity": (nifti_with("<f", 108, np.inf), "where its voxels begin"),
    "unknown type": (nifti_with("<h", 70, 1234), "its voxels are of the unknown type 1234"),
    "no sizes": (without("nrrd", b"sizes"), "it does not give its sizes"),
    "no byte order": (without("nrrd", b"endian"), "it does not give the byte order"),
    "no DimSize": (without("mha", b"DimSize"), "it does not give DimSize"),
    "a picture of zeros": (no_picture, "the picture is damaged"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_damaged_header_is_refused_in_words_for_a_person(name: str, tmp_path: Path) -> None:
    make, words = CASES[name]
    found = open_media(make(tmp_path))
    assert not found.media
    sentence = found.issues[0].sentence
    assert words in sentence
    assert not FOREIGN.search(sentence)
    assert sentence.endswith("; export it again.")
