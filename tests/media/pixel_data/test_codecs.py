"""Every transfer syntax, depth and colour space gives back the values that were stored."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate, encapsulate_extended
from pydicom.uid import UID
from slices import a_slice, saved

from viewer.media import load, open_media
from viewer.media.pixel_data.stream_sizes import (
    is_irreversible,
    jpeg_2000_size,
    jpeg_size,
    jpeg_xl_size,
)
from viewer.media.volume import Stored, Video

ROWS, COLUMNS = 40, 52
ROOT = "1.2.840.10008.1.2."
WRITABLE = {"8.1": "4.50", "4.110": "4.201", "4.112": "4.203"}  # what pydicom does not write yet
Array = NDArray[np.generic]
Encode = Callable[[Array], bytes]


def ramp(dtype: str = "u2", bits: int = 12, samples: int = 1) -> Array:
    """Smooth values with some noise over the whole range of `bits`."""
    rng = np.random.default_rng(1)
    y, x = np.mgrid[:ROWS, :COLUMNS]
    top = 1 << bits
    planes = [(x * (3 + n) + y * 5) * top // 400 + rng.integers(0, 3, x.shape) for n in range(3)]
    values = np.stack(planes[:samples], axis=-1) % top
    if dtype.startswith("i"):
        values -= top // 2
    return (values if samples > 1 else values[..., 0]).astype(dtype)


def image(syntax: str, streams: list[bytes], picture: Array, **values: object) -> Dataset:
    samples = 3 if picture.ndim == 3 else 1
    depth = 8 * picture.dtype.itemsize
    dataset = a_slice(1, Rows=ROWS, Columns=COLUMNS, NumberOfFrames=len(streams))
    dataset.SamplesPerPixel = samples
    dataset.PhotometricInterpretation = "MONOCHROME2" if samples == 1 else "RGB"
    if samples == 3:
        dataset.PlanarConfiguration = 0
    dataset.BitsAllocated = dataset.BitsStored = depth
    dataset.HighBit = depth - 1
    dataset.PixelRepresentation = int(picture.dtype.kind == "i")
    dataset.file_meta.TransferSyntaxUID = UID(f"{ROOT}{WRITABLE.get(syntax, syntax)}")
    dataset.PixelData = encapsulate(streams)
    dataset["PixelData"].is_undefined_length = True
    for name, value in values.items():
        setattr(dataset, name, value)
    return dataset


def opened(dataset: Dataset, folder: Path, syntax: str = "") -> Stored:
    path = saved(dataset, folder / "a.dcm")
    if syntax in WRITABLE:
        uids = [f"{ROOT}{end}".encode() for end in (WRITABLE[syntax], syntax)]
        written, real = (uid + b"\0" * (len(uid) % 2) for uid in uids)
        path.write_bytes(path.read_bytes().replace(written, real))
    (media,) = open_media(path).media
    assert not isinstance(media, Video)
    load(media)
    assert media.ready.all(), media.slice_errors
    return media


def deflate(data: bytes) -> bytes:
    return zlib.compress(data, 9, wbits=-zlib.MAX_WBITS)


LOSSLESS: dict[str, tuple[str, Array, Encode]] = {
    **{
        f"JPEG lossless, predictor {n}": (
            "4.57",
            ramp(),
            lambda a, n=n: imagecodecs.jpeg8_encode(
                a, lossless=True, predictor=n, bitspersample=16
            ),
        )
        for n in range(1, 8)
    },
    "JPEG-LS": ("4.80", ramp(), imagecodecs.jpegls_encode),
    "JPEG-LS, 8 bits": ("4.80", ramp("u1", 8), imagecodecs.jpegls_encode),
    "JPEG 2000": ("4.90", ramp(), lambda a: imagecodecs.jpeg2k_encode(a, level=0)),
    "JPEG 2000, signed": ("4.90", ramp("i2"), lambda a: imagecodecs.jpeg2k_encode(a, level=0)),
    "JPEG 2000, colour": (
        "4.90",
        ramp("u1", 8, 3),
        lambda a: imagecodecs.jpeg2k_encode(a, level=0, mct=True),
    ),
    "JPEG XL": ("4.110", ramp(), lambda a: imagecodecs.jpegxl_encode(a, lossless=True)),
    "JPEG XL, colour": (
        "4.112",
        ramp("u1", 8, 3),
        lambda a: imagecodecs.jpegxl_encode(a, lossless=True),
    ),
    "deflated frame": ("8.1", ramp(), lambda a: deflate(a.astype("<u2").tobytes())),
    "deflated frame, colour": ("8.1", ramp("u1", 8, 3), lambda a: deflate(a.tobytes())),
    "deflated frame, signed": ("8.1", ramp("i2"), lambda a: deflate(a.tobytes())),
    "encapsulated uncompressed": ("1.98", ramp(), lambda a: a.tobytes()),
}


@pytest.mark.parametrize("name", LOSSLESS)
def test_lossless_syntaxes_give_the_very_values(name: str, tmp_path: Path) -> None:
    syntax, picture, encode = LOSSLESS[name]
    second = picture[::-1].copy()
    media = opened(image(syntax, [encode(picture), encode(second)], picture), tmp_path, syntax)
    assert (media.pixels[0] == picture).all()
    assert (media.pixels[1] == second).all()


def test_near_lossless_stays_within_its_bound(tmp_path: Path) -> None:
    picture = ramp()
    stream = imagecodecs.jpegls_encode(picture, level=3)
    media = opened(image("4.81", [stream], picture), tmp_path)
    assert 0 < np.abs(media.pixels[0].astype(int) - picture.astype(int)).max() <= 3


def test_an_extended_offset_table_finds_every_frame(tmp_path: Path) -> None:
    pictures = [np.roll(ramp(), n) for n in range(4)]
    streams = [imagecodecs.jpegls_encode(picture) for picture in pictures]
    dataset = image("4.80", streams, pictures[0])
    data, offsets, lengths = encapsulate_extended(streams)
    dataset.PixelData = data
    dataset["PixelData"].is_undefined_length = True
    dataset.ExtendedOffsetTable, dataset.ExtendedOffsetTableLengths = offsets, lengths
    assert (opened(dataset, tmp_path).pixels == np.stack(pictures)).all()


@pytest.mark.parametrize("bits", [8, 16, 32, 64])
@pytest.mark.parametrize("kind", ["u", "i"])
@pytest.mark.parametrize("order", ["<", ">"])
def test_integers_of_every_depth_are_read_whole(
    bits: int, kind: str, order: str, tmp_path: Path
) -> None:
    limits = np.iinfo(f"{kind}{bits // 8}")
    spread = [limits.min, limits.min + 1, 0, 1, limits.max - 1, limits.max]
    values = np.array(spread * 5, f"{kind}{bits // 8}").reshape(5, 6)
    dataset = a_slice(1, BitsAllocated=bits, BitsStored=bits, HighBit=bits - 1)
    dataset.PixelRepresentation = int(kind == "i")
    dataset.PixelData = values.astype(values.dtype.newbyteorder(order)).tobytes()
    dataset["PixelData"].VR = "OW" if bits > 8 else "OB"
    if order == ">":
        dataset.file_meta.TransferSyntaxUID = UID("1.2.840.10008.1.2.2")
        dataset.set_original_encoding(False, False)
    assert (opened(dataset, tmp_path).pixels[0] == values).all()


@pytest.mark.parametrize("width", [6, 5])
def test_bytes_in_big_endian_words_come_in_order(width: int, tmp_path: Path) -> None:
    frames = np.arange(3 * 5 * width, dtype=np.uint8)
    padded = frames.tobytes() + b"\0" * (frames.size % 2)
    words = np.frombuffer(padded, "<u2").astype(">u2").tobytes()
    dataset = a_slice(1, BitsAllocated=8, BitsStored=8, HighBit=7, Columns=width)
    dataset.NumberOfFrames = 3
    dataset.PixelData = words
    dataset["PixelData"].VR = "OW"
    dataset.file_meta.TransferSyntaxUID = UID("1.2.840.10008.1.2.2")
    assert (opened(dataset, tmp_path).pixels.ravel() == frames).all()


def test_a_stream_of_another_size_than_the_header_says_is_refused_unread(tmp_path: Path) -> None:
    stream = bytearray(imagecodecs.jpeg2k_encode(ramp(), level=0))
    at = stream.index(b"\xff\x4f\xff\x51")
    struct.pack_into(">2I", stream, at + 8, 60_000, 60_000)
    dataset = image("4.90", [bytes(stream)], ramp())
    (media,) = open_media(saved(dataset, tmp_path / "a.dcm")).media
    load(media)
    assert "the compressed picture is 60000 x 60000" in media.slice_errors[0]


@pytest.mark.parametrize("sides", [(3_722_445_056, 5), (40, 65_536), (0, 52), (2**32 - 1, 0)])
def test_a_stream_of_an_impossible_size_is_called_damaged(
    sides: tuple[int, int], tmp_path: Path
) -> None:
    stream = bytearray(imagecodecs.jpeg2k_encode(ramp(), level=0))
    struct.pack_into(">2I", stream, stream.index(b"\xff\x4f\xff\x51") + 8, *sides)
    (media,) = open_media(saved(image("4.90", [bytes(stream)], ramp()), tmp_path / "a.dcm")).media
    load(media)
    assert "the compressed pixel data is damaged" in media.slice_errors[0]
    assert str(max(sides)) not in media.slice_errors[0]


@pytest.mark.parametrize("shape", [(1, 1), (8, 8), (64, 48), (480, 640), (1080, 1920), (7, 1000)])
def test_sizes_are_told_before_decoding(shape: tuple[int, int]) -> None:
    picture = np.zeros(shape, np.uint8)
    assert jpeg_xl_size(imagecodecs.jpegxl_encode(picture, lossless=True)) == shape
    assert jpeg_2000_size(imagecodecs.jpeg2k_encode(picture, level=0)) == shape
    assert jpeg_size(imagecodecs.jpeg8_encode(picture)) == shape
    assert jpeg_size(imagecodecs.jpegls_encode(picture)) == shape


def reversible_or_not(picture: Array, *, reversible: bool) -> bytes:
    return imagecodecs.jpeg2k_encode(
        picture, level=0 if reversible else 40, reversible=reversible, codecformat="J2K"
    )


@pytest.mark.parametrize("reversible", [True, False])
@pytest.mark.parametrize("syntax", ["4.90", "4.91", "4.203"])
def test_a_lossy_wavelet_is_marked_where_the_header_says_nothing(
    syntax: str, reversible: bool, tmp_path: Path
) -> None:
    picture = ramp()
    streams = [reversible_or_not(picture, reversible=reversible)]
    saved(image(syntax, streams, picture), tmp_path / "a.dcm")
    (media,) = open_media(tmp_path).media
    assert media.lossy == (not reversible)


def test_a_lossy_slice_behind_others_is_marked_once_it_is_decoded(tmp_path: Path) -> None:
    picture = ramp()
    streams = [reversible_or_not(picture, reversible=at != 2) for at in range(3)]
    saved(image("4.90", streams, picture), tmp_path / "a.dcm")
    (media,) = open_media(tmp_path).media
    assert not media.lossy
    load(media)
    assert media.lossy


@given(data=st.binary(max_size=200))
def test_any_bytes_are_lossy_or_not(data: bytes) -> None:
    assert not is_irreversible(data)
    assert is_irreversible(b"\xff\x4f\xff\x51" + data) in (True, False)


@pytest.mark.parametrize("size_of", [jpeg_size, jpeg_2000_size, jpeg_xl_size])
def test_a_stream_without_a_size_has_none(size_of: Callable[[bytes], object]) -> None:
    assert size_of(b"") is None
    assert size_of(b"\xff" * 40) is None
    assert size_of(b"\xff\x4f\xff\x51") is None


def test_a_stream_of_a_size_that_no_picture_has_is_damaged(tmp_path: Path) -> None:
    stream = bytearray(imagecodecs.jpeg2k_encode(ramp(), level=0))
    struct.pack_into(">I", stream, stream.index(b"\xff\x4f\xff\x51") + 8, 3_722_445_056)
    dataset = image("4.90", [bytes(stream)], ramp())
    (media,) = open_media(saved(dataset, tmp_path / "a.dcm")).media
    load(media)
    assert "is damaged (its size is no picture's)" in media.slice_errors[0]


def test_a_few_bytes_that_claim_a_huge_picture_are_refused(tmp_path: Path) -> None:
    stream = bytearray(imagecodecs.jpeg2k_encode(ramp(), level=0))
    struct.pack_into(">2I", stream, stream.index(b"\xff\x4f\xff\x51") + 8, 20_000, 20_000)
    dataset = image("4.90", [bytes(stream)], ramp(), Rows=20_000, Columns=20_000)
    (media,) = open_media(saved(dataset, tmp_path / "a.dcm")).media
    load(media)
    assert "bytes claim to be a picture of 20000 x 20000 pixels" in media.slice_errors[0]


def test_a_run_that_is_longer_than_its_picture_is_refused(tmp_path: Path) -> None:
    run = bytes([129, 7]) * 100_000  # each two bytes are 128
    stream = struct.pack("<16I", 1, 64, *[0] * 14) + run
    dataset = image("5", [stream], ramp("u1", 8))
    (media,) = open_media(saved(dataset, tmp_path / "a.dcm")).media
    load(media)
    assert "is damaged" in media.slice_errors[0]


def test_a_deflated_frame_is_unpacked_no_further_than_its_picture(tmp_path: Path) -> None:
    picture = ramp("u1", 8)
    media = opened(
        image("8.1", [deflate(picture.tobytes() + bytes(1 << 26))], picture), tmp_path, "8.1"
    )
    assert (media.pixels[0] == picture).all()


@pytest.mark.parametrize("samples", [1, 3])
def test_a_jpeg_frame_that_lacks_a_part_of_its_scan_is_not_filled_up_with_grey(
    samples: int, tmp_path: Path
) -> None:
    shape = (40, 52) if samples == 1 else (40, 52, 3)
    picture = np.random.default_rng(1).integers(0, 256, shape).astype(np.uint8)
    whole = imagecodecs.jpeg8_encode(picture, level=90)
    short = whole[: len(whole) * 2 // 3] + b"\xff\xd9"
    colour = {} if samples == 1 else {"PhotometricInterpretation": "YBR_FULL_422"}
    saved(image("4.50", [whole, short], picture, **colour), tmp_path / "a.dcm")
    (media,) = open_media(tmp_path / "a.dcm").media
    assert not isinstance(media, Video)
    load(media)
    assert list(media.slice_errors) == [1]
    assert "damaged" in media.slice_errors[1]
    expected = imagecodecs.jpeg8_decode(whole)
    assert np.array_equal(media.pixels[0], expected)
