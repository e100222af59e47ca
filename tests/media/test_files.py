"""Files are read once and never waited for; what cannot be opened is a sentence."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest
from slices import a_slice, saved, series

from viewer.media import open_media


def test_a_file_named_twice_or_linked_is_read_once(tmp_path: Path) -> None:
    paths = series(tmp_path / "a", 3)
    (tmp_path / "a" / "again.dcm").symlink_to(paths[0])
    (tmp_path / "a" / "circle").symlink_to(tmp_path)
    found = open_media(tmp_path / "a", paths[1], tmp_path)
    assert ([media.count for media in found.media], found.issues) == ([3], ())


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_never_waited_for(tmp_path: Path) -> None:
    series(tmp_path, 2)
    os.mkfifo(tmp_path / "pipe.dcm")
    assert [issue.code for issue in open_media(tmp_path).issues] == ["path-special"]


def test_a_rescale_that_no_value_survives_refuses_the_image(tmp_path: Path) -> None:
    series(tmp_path, 3)
    saved(a_slice(9, RescaleSlope="1e300"), tmp_path / "slope.dcm")
    found = open_media(tmp_path)
    assert [media.count for media in found.media] == [3]
    assert "slope.dcm: a rescale by 1e+300" in found.issues[0].sentence


def test_slices_are_left_out_each_for_its_own_reason(tmp_path: Path) -> None:
    series(tmp_path, 3)
    saved(a_slice(8, ImagePositionPatient=None), tmp_path / "placeless.dcm")
    saved(a_slice(9, PixelSpacing=[0, 0]), tmp_path / "flat.dcm")
    sentences = [issue.sentence for issue in open_media(tmp_path).issues]
    assert ["placeless" in sentence for sentence in sentences] == [False, True]
    assert "flat.dcm: " in sentences[0]
    assert "spacing" in sentences[0]
    assert "(0020,0032)" in sentences[1]


def test_an_encrypted_member_says_so(tmp_path: Path) -> None:
    (path,) = series(tmp_path / "a", 1)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(path, "a.dcm")
    data = bytearray((tmp_path / "a.zip").read_bytes())
    data[data.index(b"PK\x03\x04") + 6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "a.zip").write_bytes(data)
    assert "a.zip!a.dcm: is encrypted" in open_media(tmp_path / "a.zip").issues[0].sentence
