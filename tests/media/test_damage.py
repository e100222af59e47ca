"""Damaged files end in a sentence with their name; the rest loads."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.uid import JPEG2000Lossless, JPEGLSLossless
from slices import a_slice, saved, series
from whole import opened

from viewer.media import load, open_media
from viewer.media.volume import MediaSet


def sentences_on(found: MediaSet, name: str) -> list[str]:
    late = [sentence for media in found.media for sentence in media.slice_errors.values()]
    return [
        sentence
        for sentence in [issue.sentence for issue in found.issues] + late
        if name in sentence
    ]


@pytest.mark.parametrize(
    "values",
    [
        {"Rows": 0},
        {"Columns": 0},
        {"Rows": 65535, "Columns": 65535},
        {"Rows": None},
        {"BitsAllocated": 13},
        {"SamplesPerPixel": 7},
        {"PixelData": b""},
        {"PixelData": b"\0" * 20},
        {"NumberOfFrames": -3},
        {"NumberOfFrames": 1_999_999_999},
        {"ImageOrientationPatient": [1, 0, 0, 1, 0, 0]},
        {"ImageOrientationPatient": [0, 0, 0, 0, 0, 0]},
        {"PixelSpacing": [0, 0]},
        {"PixelSpacing": [-1, 1]},
        {"ImagePositionPatient": [1, 2]},
    ],
)
def test_absurd_tags_end_in_a_sentence_and_the_rest_loads(
    values: dict[str, object], tmp_path: Path
) -> None:
    series(tmp_path, 4)
    saved(a_slice(9, **values), tmp_path / "absurd.dcm")
    found = opened(tmp_path)
    assert found.media[0].count in (4, 5)
    assert found.media[0].ready.sum() == 4
    assert sentences_on(found, "absurd.dcm")


def with_floats(**values: object) -> Dataset:
    dataset = a_slice(9, PixelData=None, **values)
    dataset.FloatPixelData = np.linspace(0, 1, 30).astype("<f4").tobytes()
    return dataset


def with_overlay_in(dataset: Dataset, bit: int) -> Dataset:
    for element, representation, value in (
        (0x0010, "US", 5), (0x0011, "US", 6), (0x0040, "CS", "G"), (0x0050, "SS", [1, 1]),
        (0x0100, "US", 65_535), (0x0102, "US", bit),
    ):  # fmt: skip
        dataset.add_new(0x60000000 + element, representation, value)
    return dataset


PALETTE = {"SamplesPerPixel": 3, "PhotometricInterpretation": "PALETTE COLOR"}
BYTES = {"BitsAllocated": 8, "BitsStored": 8, "HighBit": 7}


@pytest.mark.parametrize(
    ("dataset", "word"),
    [
        (a_slice(9, PlanarConfiguration=0, PixelData=bytes(90), **PALETTE, **BYTES), "palette"),
        (with_floats(BitsAllocated=8, BitsStored=8), ""),
        (with_overlay_in(with_floats(BitsAllocated=32, BitsStored=32), 12), "overlay"),
        (with_overlay_in(a_slice(9, PixelRepresentation=1), 60_000), "overlay"),
        (with_overlay_in(a_slice(9, PixelData=bytes(30), **BYTES), 300), "overlay"),
    ],
)
def test_a_header_that_contradicts_itself_ends_in_a_sentence(
    dataset: Dataset, word: str, tmp_path: Path
) -> None:
    found = opened(saved(dataset, tmp_path / "odd.dcm").parent)
    (media,) = found.media
    sentences = sentences_on(found, "odd.dcm") + [issue.sentence for issue in media.issues]
    assert any(word in sentence for sentence in sentences)
    assert media.ready.all() or len(media.slice_errors) == media.count


def test_a_position_that_is_no_number_leaves_the_slice_out(tmp_path: Path) -> None:
    series(tmp_path, 3)
    path = saved(a_slice(9, ImagePositionPatient=[1.0, 2.0, 12345678.0]), tmp_path / "bad.dcm")
    data = path.read_bytes()
    assert b"12345678.0" in data
    path.write_bytes(data.replace(b"12345678.0", b"nan       "))
    found = opened(tmp_path)
    assert found.media[0].count == 3
    assert "position" in sentences_on(found, "bad.dcm")[0]


def test_a_cut_file_keeps_its_place_and_says_so(tmp_path: Path) -> None:
    paths = series(tmp_path, 4)
    paths[1].write_bytes(paths[1].read_bytes()[:-20])
    found = opened(tmp_path)
    (volume,) = found.media
    assert volume.ready.tolist() == [True, False, True, True]
    assert set(volume.slice_errors) == {1}
    assert [issue.code for issue in found.issues] == ["pixels-short"]


def test_a_file_that_vanishes_before_loading_is_said(tmp_path: Path) -> None:
    paths = series(tmp_path, 3)
    (volume,) = open_media(tmp_path).media
    paths[0].unlink()
    load(volume)
    assert volume.ready.sum() == 2
    assert paths[0].name in next(iter(volume.slice_errors.values()))
    assert volume.issues[-1].code == "not-decoded"


def test_a_series_too_large_for_memory_is_refused_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    series(tmp_path, 3)
    monkeypatch.setattr("viewer.media.dicom.building.free_bytes", lambda: 100)
    found = open_media(tmp_path)
    assert found.media == ()
    assert found.issues[0].code == "too-large"


def test_a_compressed_stream_that_is_none_is_said(tmp_path: Path) -> None:
    dataset = a_slice(1)
    dataset.file_meta.TransferSyntaxUID = JPEG2000Lossless
    item = b"\xfe\xff\x00\xe0" + struct.pack("<I", 0)
    garbage = b"\xfe\xff\x00\xe0" + struct.pack("<I", 8) + b"garbage!"
    dataset["PixelData"].value = item + garbage + b"\xfe\xff\xdd\xe0" + bytes(4)
    dataset["PixelData"].is_undefined_length = True
    saved(dataset, tmp_path / "noise.dcm")
    found = opened(tmp_path)
    assert "damaged" in sentences_on(found, "noise.dcm")[0]


def test_an_unknown_transfer_syntax_says_that_there_is_no_decoder(tmp_path: Path) -> None:
    dataset = a_slice(1)
    dataset.file_meta.TransferSyntaxUID = JPEGLSLossless
    item = b"\xfe\xff\x00\xe0" + struct.pack("<I", 0)
    dataset["PixelData"].value = item + item + b"\xfe\xff\xdd\xe0" + bytes(4)
    dataset["PixelData"].is_undefined_length = True
    path = saved(dataset, tmp_path / "odd.dcm")
    data = path.read_bytes()
    path.write_bytes(data.replace(b"1.2.840.10008.1.2.4.80", b"1.2.840.10008.1.2.4.99"))
    found = opened(tmp_path)
    assert "no decoder" in sentences_on(found, "odd.dcm")[0]


@given(data=st.data())
def test_no_mutation_of_a_file_raises(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("mutated")
    path = saved(a_slice(1), folder / "a.dcm")
    content = bytearray(path.read_bytes())
    for at in data.draw(st.lists(st.integers(128, len(content) - 1), max_size=20)):
        content[at] = data.draw(st.integers(0, 255))
    end = data.draw(st.integers(0, len(content)))
    path.write_bytes(content[:end] if data.draw(st.booleans()) else content)
    found = opened(folder)
    assert found.media or found.issues


@given(content=st.binary(max_size=600))
def test_random_bytes_never_raise(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("random")
    (folder / "a").write_bytes(b"\0" * 128 + b"DICM" + content)
    (folder / "b").write_bytes(content)
    (folder / "c").write_bytes(b"\x08\0\x05\0" + content)
    assert opened(folder).issues


def test_a_multi_frame_file_that_ends_early_shows_the_frames_it_has(tmp_path: Path) -> None:
    saved(a_slice(1, NumberOfFrames=1_000_000, PixelData=bytes(60 * 3)), tmp_path / "cine.dcm")
    found = opened(tmp_path)
    (stack,) = found.media
    assert stack.count == 3
    assert stack.ready.all()
    assert "frame 4" in sentences_on(found, "cine.dcm")[0]


def of_empty_frames(count: int) -> Dataset:
    """An encapsulated cine whose fragments hold nothing."""
    dataset = a_slice(1, NumberOfFrames=count)
    dataset.file_meta.TransferSyntaxUID = JPEG2000Lossless
    empty = b"\xfe\xff\x00\xe0" + struct.pack("<I", 0)
    dataset["PixelData"].value = empty * (count + 1) + b"\xfe\xff\xdd\xe0" + bytes(4)
    dataset["PixelData"].is_undefined_length = True
    return dataset


def test_a_thousand_bad_frames_of_one_file_are_said_once(tmp_path: Path) -> None:
    saved(of_empty_frames(1000), tmp_path / "cine.dcm")
    (stack,) = opened(tmp_path).media
    assert len(stack.slice_errors) == 1000
    assert [issue.code for issue in stack.issues] == ["not-decoded"]


def test_hundreds_of_bad_frames_in_a_row_give_up_the_rest_of_their_file(tmp_path: Path) -> None:
    saved(of_empty_frames(100_000), tmp_path / "cine.dcm")
    (stack,) = opened(tmp_path).media
    given_up = [k for k, sentence in stack.slice_errors.items() if "not tried" in sentence]
    assert len(stack.slice_errors) == 100_000
    assert 99_000 < len(given_up) < 100_000


def test_what_imagecodecs_does_not_know_goes_to_a_plug_in_of_pydicom(
    shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = shared / "data" / "dicom" / "transfer_syntaxes_other"
    (plain,) = open_media(folder / "MR_small_RLE.dcm").media
    load(plain)
    monkeypatch.setattr("viewer.media.pixel_data.decoding.DECODERS", {})
    (other,) = open_media(folder / "MR_small_RLE.dcm").media
    load(other)
    assert other.ready.all()
    assert (other.pixels == plain.pixels).all()
    (missing,) = open_media(folder / "MR_small_jpeg_ls_lossless.dcm").media
    load(missing)
    assert "pip install" in missing.slice_errors[0]


@pytest.mark.parametrize(
    "name",
    [
        "MR_small_jp2klossless.dcm",
        "MR_small_jpeg_ls_lossless.dcm",
        "MR_small_RLE.dcm",
        "JPGExtended.dcm",
        "HTJ2KLossless_08_RGB.dcm",
        "JPGLosslessP14SV1_1s_1f_8b.dcm",
    ],
)
def test_a_compressed_file_cut_in_the_middle_shows_no_wrong_picture(
    name: str, shared: Path, tmp_path: Path
) -> None:
    data = (shared / "data" / "dicom" / "transfer_syntaxes_other" / name).read_bytes()
    (tmp_path / name).write_bytes(data[: int(len(data) * 0.9)])
    found = opened(tmp_path)
    assert not any(media.ready.any() for media in found.media)
    assert sentences_on(found, name)
