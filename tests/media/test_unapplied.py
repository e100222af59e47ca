"""What a header asks for and is not done yet is a sentence; so is what cannot be opened at all."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from slices import a_slice, saved, series

from viewer.media import open_media


def lut() -> Sequence:
    table = Dataset()
    table.LUTDescriptor = [2, 0, 16]
    table.LUTData = b"\0\0\1\0"
    return Sequence([table])


@pytest.mark.parametrize(
    ("values", "code", "words"),
    [
        ({"VOILUTSequence": lut()}, "voi-lut-unused", "VOI LUT is not applied"),
        ({"ModalityLUTSequence": lut()}, "modality-lut-unused", "values are the stored ones"),
        ({"VOILUTFunction": "SIGMOID"}, "voi-function-unused", "SIGMOID"),
        ({"VOILUTFunction": "LINEAR_EXACT"}, "", ""),
    ],
)
def test_tables_and_curves_that_are_not_applied_are_said_once(
    tmp_path: Path, values: dict[str, object], code: str, words: str
) -> None:
    series(tmp_path, 3, **values)
    found = open_media(tmp_path)
    assert [issue.code for issue in found.issues] == ([code] if code else [])
    assert all(words in issue.sentence for issue in found.media[0].issues)


@pytest.mark.parametrize("count", [1, 3])
def test_overlays_that_are_not_drawn_are_counted(tmp_path: Path, count: int) -> None:
    image = a_slice(1)
    for plane in range(count):
        image.add_new((0x6000 + 2 * plane, 0x0010), "US", 5)
        image.add_new((0x6000 + 2 * plane, 0x3000), "OW", b"\0" * 4)
    saved(image, tmp_path / "a.dcm")
    (issue,) = open_media(tmp_path).issues
    assert issue.code == "overlays-unused"
    assert ("its overlay is" if count == 1 else f"its {count} overlays are") in issue.sentence


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


def test_an_index_alone_says_to_open_its_folder(shared: Path) -> None:
    found = open_media(shared / "data" / "dicom" / "dicomdir_tree" / "DICOMDIR")
    assert not found.media
    assert "open the folder that it lies in" in found.issues[0].sentence


def test_an_encrypted_member_says_so(tmp_path: Path) -> None:
    (path,) = series(tmp_path / "a", 1)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(path, "a.dcm")
    data = bytearray((tmp_path / "a.zip").read_bytes())
    data[data.index(b"PK\x03\x04") + 6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "a.zip").write_bytes(data)
    assert "a.zip!a.dcm: is encrypted" in open_media(tmp_path / "a.zip").issues[0].sentence
