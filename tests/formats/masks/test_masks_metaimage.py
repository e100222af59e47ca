"""MetaImage label volumes: equal to SimpleITK's, written with the header as found."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import SimpleITK
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from viewer.errors import CannotRead, CannotWrite
from viewer.formats.masks import LabelVolume, read_metaimage, write_metaimage
from viewer.formats.masks.metaimage import data_name

LIMIT = 1 << 24
VALUES = np.arange(60).reshape(3, 4, 5)
DIRECTION = (0.0, 1.0, 0.0, -1.0, 0.0, 0.0, 0.0, 0.0, 1.0)
CASES = [
    (ending, is_packed, dtype)
    for ending in ("mha", "mhd")
    for is_packed in (True, False)
    for dtype in ("u1", "i2", "u2", "i4", "f4")
]


def saved(folder: Path, ending: str, dtype: str, *, is_packed: bool) -> tuple[bytes, bytes | None]:
    """Header and data as SimpleITK writes them."""
    image = SimpleITK.GetImageFromArray(VALUES.astype(dtype))
    image.SetSpacing((0.7, 0.8, 2.5))
    image.SetOrigin((-20.0, -30.0, 100.0))
    image.SetDirection(DIRECTION)
    SimpleITK.WriteImage(image, str(folder / f"S.{ending}"), useCompression=is_packed)
    header = (folder / f"S.{ending}").read_bytes()
    name = data_name("S", header)
    return header, None if name is None else (folder / name).read_bytes()


def read_back(folder: Path, ending: str, files: tuple[bytes, bytes | None]) -> NDArray[Any]:
    """The voxels that SimpleITK reads."""
    header, data = files
    (folder / f"S.{ending}").write_bytes(header)
    if data is not None:
        (folder / str(data_name("S", header))).write_bytes(data)
    return SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(folder / f"S.{ending}")))


def changed(volume: LabelVolume, number: int = 77) -> dict[int, NDArray[Any]]:
    plane = volume.values[1].astype(np.int64)
    plane[2, 3] = number
    return {1: plane}


@pytest.mark.parametrize(("ending", "is_packed", "dtype"), CASES)
def test_voxels_and_place_are_those_that_simpleitk_wrote(
    tmp_path: Path, ending: str, is_packed: bool, dtype: str
) -> None:
    files = saved(tmp_path, ending, dtype, is_packed=is_packed)
    volume = read_metaimage("S", *files, LIMIT)
    np.testing.assert_array_equal(volume.values, VALUES)
    lps = np.eye(4)
    lps[:3, :3] = np.array(DIRECTION).reshape(3, 3) * (0.7, 0.8, 2.5)
    lps[:3, 3] = (-20, -30, 100)
    assert volume.affine_ras is not None
    np.testing.assert_allclose(volume.affine_ras, np.diag([-1, -1, 1, 1]) @ lps)
    assert not volume.issues
    assert write_metaimage(volume, {}) == files


@pytest.mark.parametrize(("ending", "is_packed", "dtype"), CASES)
def test_only_changed_voxels_change_and_the_header_stays(
    tmp_path: Path, ending: str, is_packed: bool, dtype: str
) -> None:
    header, data = saved(tmp_path, ending, dtype, is_packed=is_packed)
    volume = read_metaimage("S", header, data, LIMIT)
    written = write_metaimage(volume, changed(volume))
    expected = VALUES.copy()
    expected[1, 2, 3] = 77
    found = read_back(tmp_path, ending, written)
    np.testing.assert_array_equal(found, expected)
    assert found.dtype == np.dtype(dtype)
    lines = zip(header.split(b"\n")[:13], written[0].split(b"\n")[:13], strict=True)
    for one, other in lines:
        assert one == other or one.startswith((b"CompressedDataSize", b"ElementDataFile"))


@pytest.mark.parametrize("is_packed", [True, False])
@pytest.mark.parametrize("ending", ["mha", "mhd"])
def test_a_number_that_does_not_fit_widens_the_file_to_16_bits(
    tmp_path: Path, ending: str, is_packed: bool
) -> None:
    volume = read_metaimage("S", *saved(tmp_path, ending, "u1", is_packed=is_packed), LIMIT)
    found = read_back(tmp_path, ending, write_metaimage(volume, changed(volume, 40000)))
    assert found.dtype == np.uint16
    assert found[1, 2, 3] == 40000
    np.testing.assert_array_equal(found[0], VALUES[0])


def test_most_significant_bytes_may_come_first(tmp_path: Path) -> None:
    header, data = saved(tmp_path, "mhd", "u2", is_packed=False)
    header = header.replace(b"ByteOrderMSB = False", b"ByteOrderMSB = True")
    swapped = VALUES.astype(">u2").tobytes()
    assert data == VALUES.astype("<u2").tobytes()
    volume = read_metaimage("S", header, swapped, LIMIT)
    np.testing.assert_array_equal(volume.values, VALUES)
    found = read_back(tmp_path, "mhd", write_metaimage(volume, changed(volume)))
    assert found[1, 2, 3] == 77


def test_a_header_that_says_its_own_length_must_not_grow(tmp_path: Path) -> None:
    header, _ = saved(tmp_path, "mha", "u1", is_packed=False)
    at = header.index(b"LOCAL\n") + 6
    text = header[:at].replace(b"ElementType", b"HeaderSize = 000\nElementType")
    text = text.replace(b"000", str(len(text)).encode())
    volume = read_metaimage("S.mha", text + header[at:], None, LIMIT)
    np.testing.assert_array_equal(volume.values, VALUES)
    assert write_metaimage(volume, changed(volume))[0][: len(text)] == text
    with pytest.raises(CannotWrite, match="HeaderSize"):
        write_metaimage(volume, changed(volume, 300))


def test_carriage_returns_of_a_header_stay(tmp_path: Path) -> None:
    header, data = saved(tmp_path, "mhd", "u1", is_packed=True)
    header = header.replace(b"\n", b"\r\n")
    volume = read_metaimage("S", header, data, LIMIT)
    written, _ = write_metaimage(volume, changed(volume))
    assert written.count(b"\r\n") == header.count(b"\r\n") == header.count(b"\n")
    assert written.count(b"\n") == header.count(b"\n")


def damage(header: bytes, data: bytes | None) -> dict[str, tuple[bytes, bytes | None]]:
    assert data is not None
    return {
        "empty": (b"", data),
        "no key": (b"\0" * 99, data),
        "other element type": (header.replace(b"MET_UCHAR", b"MET_WORD"), data),
        "several values": (
            header.replace(b"ElementDataFile", b"ElementNumberOfChannels = 3\nElementDataFile"),
            data,
        ),
        "sizes that are not there": (header.replace(b"5 4 3", b"5 4 9999999"), data),
        "sizes of a bomb": (header.replace(b"5 4 3", b"50000 50000 50000"), data),
        "no size": (header.replace(b"DimSize", b"Dimension"), data),
        "negative": (header.replace(b"5 4 3", b"5 4 -3"), data),
        "no number": (header.replace(b"5 4 3", b"5 4 x"), data),
        "five axes": (header.replace(b"NDims = 3", b"NDims = 5"), data),
        "damaged packing": (header, data[:8] + b"\xff" * 8 + data[16:]),
        "cut off": (header, data[: len(data) // 2]),
        "no data": (header, b""),
        "data said to lie here": (header.replace(b"S.zraw", b"LOCAL"), data),
        "data in no file": (header, None),
        "text": (header.replace(b"BinaryData = True", b"BinaryData = False"), data),
        "begins behind its end": (
            header.replace(b"ElementDataFile", b"HeaderSize = 999999\nElementDataFile"),
            data,
        ),
    }


@pytest.mark.parametrize("kind", damage(b"", b""))
def test_a_damaged_file_is_refused_in_one_sentence(tmp_path: Path, kind: str) -> None:
    files = damage(*saved(tmp_path, "mhd", "u1", is_packed=True))[kind]
    with pytest.raises(CannotRead) as caught:
        read_metaimage("S.mhd", *files, LIMIT)
    assert str(caught.value).startswith("S.mhd: ")
    assert "\n" not in str(caught.value)


@given(st.integers(0, 300), st.integers(0, 255))
def test_any_byte_of_a_header_may_be_wrong(tmp_path: Path, at: int, byte: int) -> None:
    header, data = saved(tmp_path, "mhd", "u1", is_packed=True)
    header = header[:at] + bytes([byte]) + header[at + 1 :]
    try:
        volume = read_metaimage("S.mhd", header, data, LIMIT)
    except CannotRead:
        return  # in one sentence, as above
    assert write_metaimage(volume, {}) == (header, data)
    again = read_metaimage("S.mhd", *write_metaimage(volume, changed_first(volume)), LIMIT)
    np.testing.assert_array_equal(again.values[0], changed_first(volume)[0])


def changed_first(volume: LabelVolume) -> dict[int, NDArray[Any]]:
    return {0: volume.values[0] ^ 1}


@pytest.mark.parametrize("size", [-1, 7])
def test_bytes_before_the_voxels_are_kept(tmp_path: Path, size: int) -> None:
    header, data = saved(tmp_path, "mhd", "u1", is_packed=False)
    assert data is not None
    header = header.replace(b"ElementDataFile", b"HeaderSize = %d\nElementDataFile" % size)
    volume = read_metaimage("S", header, b"before!" + data, LIMIT)
    np.testing.assert_array_equal(volume.values, VALUES)
    written, after = write_metaimage(volume, changed(volume))
    assert written == header
    assert after is not None
    assert after.startswith(b"before!")
    assert len(after) == 7 + 60


def test_data_packed_by_gzip_stay_so(tmp_path: Path) -> None:
    header, data = saved(tmp_path, "mhd", "u1", is_packed=True)
    assert data is not None
    volume = read_metaimage("S", header, gzip.compress(zlib.decompress(data)), LIMIT)
    _, after = write_metaimage(volume, changed(volume))
    assert after is not None
    assert gzip.decompress(after)[33] == 77


def test_a_header_is_not_followed_to_the_data_it_names() -> None:
    header = b"ObjectType = Image\nNDims = 3\nDimSize = 1 1 1\nElementType = MET_UCHAR\n"
    assert data_name("S", header + b"ElementDataFile = ../../x\n") == "../../x"
    volume = read_metaimage("S", header + b"ElementDataFile = ../../x\n", b"\5", LIMIT)
    assert volume.values.tolist() == [[[5]]]
    assert volume.affine_ras is None
    with pytest.raises(CannotRead):
        data_name("S", b"no header")
