"""Compressed frames: imagecodecs by transfer syntax, pydicom's plug-ins behind it."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.errors import CannotDecode
from viewer.media import jpegs
from viewer.media.instance import HALF_WIDTH, Instance
from viewer.media.pixel_data.colour import full_of_half_width
from viewer.media.pixel_data.stored import bits
from viewer.media.pixel_data.stream_sizes import (
    SizeOf,
    jpeg_2000_size,
    jpeg_segments,
    jpeg_size,
    jpeg_xl_size,
)

Samples = NDArray[Any]  # (rows, columns) or (rows, columns, samples), as the stream holds them
Decoder = Callable[[bytes, Instance], Samples]

_JPEG = "1.2.840.10008.1.2.4."
_LONGEST_SIDE = 65_535  # pixels that a header's Rows and Columns can name
_LARGE_BYTES = 256 << 20
_EXPANSION_LIMIT = 2_000  # even an empty picture of this size takes more
_APP0, _APP14 = 0xE0, 0xEE  # JPEG markers: JFIF; Adobe, whose transform is its 12th byte
_FRAMES = (0xC0, 0xC1, 0xC2)  # baseline, extended, progressive
_END_GUARD = b"\xff\xd9" + bytes(16)  # CharLS reads on behind a stream without its end marker


def decoded(data: bytes, instance: Instance) -> Samples:
    """Decode one compressed frame; colour comes as RGB where the codec knows its colour space.

    Raises:
        CannotDecode: no decoder, a damaged stream, or a picture of another size.
    """
    name = instance.file.name
    decoder = DECODERS[instance.transfer_syntax]
    if not data:
        raise CannotDecode(f"{name}: the compressed pixel data is empty; export the file again.")
    _check_expansion(len(data), instance)
    said = SIZES[decoder](data) if decoder in SIZES else None
    if said is not None and not all(0 < side <= _LONGEST_SIDE for side in said):
        raise CannotDecode(
            f"{name}: the compressed pixel data is damaged (its size is no picture's); export the"
            " file again."
        )
    if said is not None and said != (instance.rows, instance.columns):
        raise CannotDecode(_wrong_size(name, f"{said[1]} x {said[0]}", instance))
    try:
        samples = decoder(data, instance)
    except ImportError as error:
        raise CannotDecode(
            f"{name}: the decoder is missing; install it with: pip install imagecodecs"
        ) from error
    except (
        *(jpegs.Damaged, RuntimeError, ValueError, TypeError),
        *(MemoryError, OverflowError),
    ) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise CannotDecode(
            f"{name}: the compressed pixel data is damaged ({reason}); export the file again."
        ) from error
    return checked(samples, instance)


def checked(samples: Samples, instance: Instance) -> Samples:
    """The samples, if they are of the size and kind that the header announces.

    Raises:
        CannotDecode: they are not.
    """
    grey = instance.format.samples == 1
    if samples.shape[:2] != (instance.rows, instance.columns) or (samples.ndim == 2) != grey:
        raise CannotDecode(_wrong_size(instance.file.name, _shape(samples), instance))
    return samples


def _check_expansion(packed_bytes: int, instance: Instance) -> None:
    """Refuse a few bytes that claim to be a huge picture: decoders would take gigabytes for it."""
    need = instance.frame_bits // 8
    if need > _LARGE_BYTES and need > _EXPANSION_LIMIT * packed_bytes:
        raise CannotDecode(
            f"{instance.file.name}: {packed_bytes:,} bytes claim to be a picture of"
            f" {instance.columns} x {instance.rows} pixels; export the file again."
        )


def _wrong_size(name: str, found: str, instance: Instance) -> str:
    return (
        f"{name}: the compressed picture is {found}, the header says"
        f" {instance.columns} x {instance.rows} x {instance.format.samples}; export the file"
        " again."
    )


def _shape(samples: Samples) -> str:
    rows, columns = samples.shape[:2]
    return f"{columns} x {rows} x {samples.shape[2] if samples.ndim > 2 else 1}"


def _jpeg(data: bytes, instance: Instance) -> Samples:
    """Baseline and extended JPEG; colour as RGB, by what the stream says of itself."""
    import imagecodecs

    _check_end(data)
    samples = instance.format.samples
    space = "" if samples == 1 else _jpeg_space(data, instance.format.photometric)
    if _frame_of(data) == (8, samples, space):
        found = jpegs.decoded(data, "GRAY" if samples == 1 else "RGB")
        if found is not None:
            return found[:, :, 0] if samples == 1 else found
    if samples == 1:
        return imagecodecs.jpeg8_decode(data)
    return imagecodecs.jpeg8_decode(data, colorspace=space, outcolorspace="RGB")


def _lossless_jpeg(data: bytes, instance: Instance) -> Samples:
    """Lossless JPEG keeps the samples of whatever colour space the header names."""
    import imagecodecs

    _check_end(data)
    if instance.format.samples == 1:
        return imagecodecs.jpeg8_decode(data)
    return imagecodecs.jpeg8_decode(data, colorspace="RGB", outcolorspace="RGB")


def _jpeg_ls(data: bytes, _instance: Instance) -> Samples:
    import imagecodecs

    return imagecodecs.jpegls_decode(data + _END_GUARD)


def _jpeg_2000(data: bytes, _instance: Instance) -> Samples:
    """JPEG 2000 and its high-throughput form, both by OpenJPEG.

    imagecodecs' own decoder for the latter is no faster and returns a cut stream as if it were
    whole.
    """
    import imagecodecs

    return imagecodecs.jpeg2k_decode(data, planar=False)


def _run_length(data: bytes, instance: Instance) -> Samples:
    """RLE keeps one segment per byte of each sample, and one in all of 1-bit pixels (PS3.5 G)."""
    import imagecodecs

    form = instance.format
    is_packed = form.bits_allocated == 1
    cell = np.dtype(f"<u{max(8, form.bits_allocated) // 8}")
    limit = (instance.frame_bits + 7) // 8
    raw = imagecodecs.dicomrle_decode(data, cell, out=limit + limit % cell.itemsize)
    if is_packed:
        return _unpacked(bytes(raw), instance)
    planes = np.frombuffer(raw, cell)
    need = form.samples * instance.rows * instance.columns
    planes = planes[:need].reshape(form.samples, instance.rows, instance.columns)
    return planes[0] if form.samples == 1 else planes.transpose(1, 2, 0)


def _deflated_frame(data: bytes, instance: Instance) -> Samples:
    """Each frame deflated by itself, laid out as it would be uncompressed (PS3.5 A.4.13)."""
    need = (instance.frame_bits + 7) // 8
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        return _native(unpacker.decompress(data, need), instance)
    except zlib.error as error:
        raise ValueError(str(error)) from error


def _native(data: bytes, instance: Instance) -> Samples:
    """Uncompressed pixels inside fragments (PS3.5 A.4.11), little endian."""
    form = instance.format
    if form.bits_allocated == 1:
        return _unpacked(data, instance)
    rows, columns = instance.rows, instance.columns
    cells = np.frombuffer(data, f"<u{form.bits_allocated // 8}")
    cells = cells[: form.samples * rows * columns]
    if form.samples == 1:
        return cells.reshape(rows, columns)
    if form.photometric in HALF_WIDTH:
        return full_of_half_width(cells[: 2 * rows * columns], rows, columns)
    if form.is_planar:
        return cells.reshape(form.samples, rows, columns).transpose(1, 2, 0)
    return cells.reshape(rows, columns, form.samples)


def _unpacked(data: bytes, instance: Instance) -> Samples:
    """Pixels of one bit, the lowest bit of a byte first."""
    return bits(data, 0, instance.frame_bits).reshape(instance.rows, instance.columns)


def _jpeg_xl(data: bytes, _instance: Instance) -> Samples:
    import imagecodecs

    return imagecodecs.jpegxl_decode(data, numthreads=1)


def _check_end(data: bytes) -> None:
    """Refuse a JPEG stream without its end: the decoder would fill the rest with grey."""
    if data.rfind(b"\xff\xd9", max(0, len(data) - 1024)) < 0:
        raise ValueError("the JPEG stream is cut off")


def _frame_of(data: bytes) -> tuple[int, int, str]:
    """Bits and components of a JPEG stream, and the colour space that libjpeg takes it for.

    Source: ITU-T T.81 B.2.2; libjpeg's default_decompress_parms.
    """
    bits_each, ids, space = 0, b"", ""
    for marker, begin, end in jpeg_segments(data):
        value = data[begin:end]
        if marker in _FRAMES and len(value) >= 6:
            bits_each, ids = value[0], value[6 : 6 + 3 * value[5] : 3]
        elif marker == _APP0 and value.startswith(b"JFIF\0"):
            space = "YCbCr"
        elif marker == _APP14 and value.startswith(b"Adobe") and len(value) >= 12 and not space:
            space = "RGB" if value[11] == 0 else "YCbCr"
    if len(ids) == 1:
        return bits_each, 1, ""
    return bits_each, len(ids), space or ("RGB" if ids == b"RGB" else "YCbCr")


def _jpeg_space(data: bytes, photometric: str) -> str:
    """Colour space of a three-sample JPEG stream: Adobe's marker, JFIF, else the header."""
    segments = list(jpeg_segments(data))
    for marker, begin, end in segments:
        if marker == _APP14 and data[begin : begin + 5] == b"Adobe" and end - begin >= 12:
            return "RGB" if data[begin + 11] == 0 else "YCbCr"
    if any(
        marker == _APP0 and data[begin : begin + 5] == b"JFIF\0" for marker, begin, _ in segments
    ):
        return "YCbCr"
    return "RGB" if photometric == "RGB" else "YCbCr"


DECODERS: dict[str, Decoder] = {
    "1.2.840.10008.1.2.1.98": _native,
    "1.2.840.10008.1.2.5": _run_length,
    "1.2.840.10008.1.2.8.1": _deflated_frame,
    f"{_JPEG}50": _jpeg,
    f"{_JPEG}51": _jpeg,
    f"{_JPEG}53": _jpeg,
    f"{_JPEG}55": _jpeg,
    f"{_JPEG}57": _lossless_jpeg,
    f"{_JPEG}70": _lossless_jpeg,
    f"{_JPEG}80": _jpeg_ls,
    f"{_JPEG}81": _jpeg_ls,
    f"{_JPEG}90": _jpeg_2000,
    f"{_JPEG}91": _jpeg_2000,
    f"{_JPEG}92": _jpeg_2000,
    f"{_JPEG}93": _jpeg_2000,
    f"{_JPEG}110": _jpeg_xl,
    f"{_JPEG}111": _jpeg_xl,
    f"{_JPEG}112": _jpeg_xl,
    f"{_JPEG}201": _jpeg_2000,
    f"{_JPEG}202": _jpeg_2000,
    f"{_JPEG}203": _jpeg_2000,
}
# Asked before a decoder is, so that none takes memory for a size that the header does not announce.
SIZES: dict[Decoder, SizeOf] = {
    _jpeg: jpeg_size,
    _lossless_jpeg: jpeg_size,
    _jpeg_ls: jpeg_size,
    _jpeg_2000: jpeg_2000_size,
    _jpeg_xl: jpeg_xl_size,
}
CONVERTED = frozenset(uid for uid, decoder in DECODERS.items() if decoder is _jpeg)
JPEG_2000 = frozenset(uid for uid, decoder in DECODERS.items() if decoder is _jpeg_2000)
