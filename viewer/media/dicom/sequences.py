"""What a header holds in sequences, read by pydicom when it is needed."""

from __future__ import annotations

import io
import struct
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from viewer.errors import CannotDecode, CannotRead
from viewer.media.dicom import tags
from viewer.media.dicom.bounds import BYTES_LIMIT, FARTHEST_PACKED, BoundedStream, steps
from viewer.media.dicom.header import (
    DEFLATED,
    FIRST_READ,
    GE_IMPLICIT_BIG_ENDIAN,
    encoding_in,
    has_preamble,
)
from viewer.media.dicom.nested import BROKEN
from viewer.media.dicom.tolerant import quiet
from viewer.media.dicom.walker import (
    EXPLICIT_LITTLE,
    ITEM,
    UNDEFINED,
    Encoding,
    NeedMoreError,
    skip_sequence,
    walk_meta,
)
from viewer.media.files import ByteReader, Files, inflated
from viewer.media.instance import Instance

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_LARGE = 1 << 20  # bytes; tables take less, descriptions of many frames more
_ITEMS_LIMIT = 10_000  # of one element, nested ones too
_OVERLAY_GROUPS = range(0x6000, 0x6020, 2)


def dataset_of(instance: Instance, files: Files) -> Dataset:
    """Return an instance's header up to its pixel data, without what is absurdly long.

    Only overlays may take a megabyte. Items are read when they are asked for.

    Raises:
        CannotDecode: it cannot be read.
        CannotRead: the file is gone.
    """
    with closing(files.open(instance.file)) as reader:
        try:
            return _read(reader, instance)
        except CannotRead:
            raise
        except Exception as error:
            raise CannotDecode(
                f"{instance.file.name}: the header cannot be read again; export the file again."
            ) from error


def _read(reader: ByteReader, instance: Instance) -> Dataset:
    from pydicom.filereader import read_dataset, read_partial

    if instance.transfer_syntax == DEFLATED:
        start = walk_meta(reader.read(0, FIRST_READ))[1]
        content = inflated(reader, start, instance.pixels_at)
        lean = _lean(content, 0, EXPLICIT_LITTLE)
        with quiet():
            return read_dataset(io.BytesIO(lean), False, True)
    if instance.pixels_at <= BYTES_LIMIT and instance.transfer_syntax != GE_IMPLICIT_BIG_ENDIAN:
        data = reader.read(0, instance.pixels_at)
        with suppress(*BROKEN), quiet():
            start = walk_meta(data)[1] if has_preamble(data) else 0
            lean = _lean(data, start, encoding_in(instance.transfer_syntax))
            return read_partial(io.BytesIO(lean), force=True)
    farthest = None if instance.file.member is None else FARTHEST_PACKED
    with reader.buffered() as stream, quiet():
        bounded = BoundedStream(stream, farthest=farthest)
        return read_partial(cast(BinaryIO, bounded), _is_pixels, force=True)


def _lean(data: bytes, start: int, encoding: Encoding) -> bytes:
    """A header up to its pixels' value without large values, its sequences with their lengths.

    pydicom then leaves sequences as they are until they are asked for.
    """
    parts, at, left = [data[:start]], start, steps()
    item = struct.pack(f"{encoding.order}HH", ITEM >> 16, ITEM & 0xFFFF)
    for _step in left:
        tag, length, begin = encoding.element(data, at)
        if tag in tags.PIXEL_TAGS:
            break
        head, end = data[at:begin], begin + length
        at = end
        if length == UNDEFINED:
            at = skip_sequence(data, begin, encoding, left)
            end = at - 8  # without the delimiter
            head = head[:-4] + struct.pack(f"{encoding.order}I", end - begin)
        if at > len(data):
            raise NeedMoreError
        is_small = end - begin < _LARGE and data.count(item, begin, end) < _ITEMS_LIMIT
        if is_small or tag >> 16 in _OVERLAY_GROUPS:
            parts += (head, data[begin:end])
    return b"".join(parts)


def first_item(dataset: Dataset, keyword: str) -> Dataset | None:
    """The first item of a sequence, None where there is none or it is damaged."""
    items = items_of(dataset, keyword)
    return items[0] if items else None


def items_of(dataset: Dataset, keyword: str) -> list[Dataset]:
    """The items of a sequence; none where it is absent or damaged."""
    from pydicom.sequence import Sequence

    items = value_of(dataset, keyword)
    return list(items) if isinstance(items, Sequence) else []


def value_of(dataset: Dataset, key: Any) -> Any:  # noqa: ANN401 - whatever the element holds
    """The value of an element by keyword or tag, None where it is absent or damaged."""
    with quiet():
        try:
            value = dataset.get(key)
        except Exception:  # noqa: BLE001 - pydicom raises any kind on damaged bytes
            return None
    return getattr(value, "value", value) if not isinstance(key, str) else value


def _is_pixels(tag: int, _representation: str | None, _length: int) -> bool:
    return int(tag) in tags.PIXEL_TAGS
