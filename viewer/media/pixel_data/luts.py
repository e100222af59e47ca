"""Look-up tables of the header: Modality LUT (PS3.3 C.11.1) and VOI LUT (PS3.3 C.11.2)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from viewer.errors import CannotDecode
from viewer.media.dicom import tags
from viewer.media.dicom.header import Header
from viewer.media.dicom.nested import BROKEN, elements_in, items_in
from viewer.media.dicom.sequences import first_item, items_of, value_of

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_ENTRIES = 1 << 16  # 0 in a descriptor; no table is longer
_DESCRIPTOR, _EXPLANATION, _DATA = 0x00283002, 0x00283003, 0x00283006


@dataclass(frozen=True, eq=False)
class Table:
    """Output by input value; what lies outside takes the nearest entry.

    Args:
        first: the input that the first entry stands for.
        values: (entries,) uint16.
        bits: of an output value.
        name: what the file calls it, "" without a name.
        unit: of the output, "" unspecified.
    """

    first: int
    values: NDArray[np.uint16]
    bits: int
    name: str = ""
    unit: str = ""

    def of(self, inputs: NDArray[Any]) -> NDArray[np.uint16]:
        """Output values of inputs, of the same shape; fractions take the nearest entry."""
        whole = np.rint(inputs) if inputs.dtype.kind == "f" else inputs.astype(np.int64)
        at = np.clip(np.nan_to_num(whole) - self.first, 0, len(self.values) - 1)
        return self.values[at.astype(np.intp)]

    @property
    def greatest(self) -> int:
        """The output that stands for full brightness."""
        return (1 << self.bits) - 1


def modality_table(dataset: Dataset, name: str) -> Table:
    """The table that turns stored values into modality values.

    Raises:
        CannotDecode: it is damaged.
    """
    item = first_item(dataset, "ModalityLUTSequence")
    table = None if item is None else _table(item, dataset)
    if item is None or table is None:
        raise CannotDecode(f"{name}: its Modality LUT is damaged; export the file again.")
    unit = str(value_of(item, "ModalityLUTType") or "").strip()
    return Table(table.first, table.values, table.bits, table.name, "" if unit == "US" else unit)


def voi_tables(header: Header) -> tuple[list[Table], int]:
    """The VOI tables of a header or of its functional groups, and how many more are damaged."""
    raw, encoding = header.elements.get(tags.VOI_LUT, b""), header.encoding
    tables: list[Table | None] = []
    try:
        for start, end in items_in(raw, 0, len(raw), encoding):
            tables.append(_table_at(raw, (start, end), header))
    except BROKEN:
        tables.append(None)
    found = [table for table in tables if table is not None]
    return found, len(tables) - len(found)


def voi_tables_in(dataset: Dataset) -> tuple[list[Table], int]:
    """The same of a header that pydicom had to read."""
    tables = [_table(item, dataset) for item in items_of(dataset, "VOILUTSequence")]
    found = [table for table in tables if table is not None]
    return found, len(tables) - len(found)


def _table_at(raw: bytes, place: tuple[int, int], header: Header) -> Table | None:
    """The table of an item that stands as it was written, None when it is damaged."""
    item = {
        tag: (raw[begin:end], raw[begin - 4 : begin - 2] == b"SS")
        for tag, begin, end in elements_in(raw, *place, header.encoding)
    }
    descriptor, is_signed = item.get(_DESCRIPTOR, (b"", False))
    data, name = (item.get(tag, (b"", False))[0] for tag in (_DATA, _EXPLANATION))
    if len(descriptor) < 6:
        return None
    if header.is_implicit:
        is_signed = header.short(tags.PIXEL_REPRESENTATION) == 1
    order = header.byte_order
    entries, _, bits = struct.unpack_from(f"{order}3H", descriptor)
    first = struct.unpack_from(f"{order}{'h' if is_signed else 'H'}", descriptor, 2)[0]
    named = replace(header, elements={**header.elements, _EXPLANATION: name})
    numbers = (entries or _ENTRIES, first, bits)
    return _made(numbers, data, named.words(_EXPLANATION), is_little=order == "<")


def _table(item: Dataset, dataset: Dataset) -> Table | None:
    """The table of a sequence's item, None when it is damaged (PS3.3 C.11.1.1)."""
    descriptor = value_of(item, "LUTDescriptor")
    try:
        entries, first, bits = (int(part) for part in descriptor)
    except (TypeError, ValueError):
        return None
    name = str(value_of(item, "LUTExplanation") or "")
    numbers = (entries or _ENTRIES, first, bits)
    return _made(numbers, value_of(item, "LUTData"), name, is_little=_is_little(dataset))


def _made(
    descriptor: tuple[int, int, int], data: object, name: str, *, is_little: bool
) -> Table | None:
    entries, first, bits = descriptor
    if not 0 < entries <= _ENTRIES or not 1 <= bits <= 16:
        return None
    values = _values(data, entries, is_little=is_little)
    if values is None:
        return None
    bits = max(bits, int(values.max()).bit_length())  # some say 12 and hold 16
    return Table(first, values, bits, name.strip())


def _values(data: object, entries: int, *, is_little: bool) -> NDArray[np.uint16] | None:
    """Entries as 16 bit numbers: words, or bytes where there are only so many of them."""
    if isinstance(data, bytes):
        if len(data) >= 2 * entries:
            return np.frombuffer(data, "<u2" if is_little else ">u2", entries).astype(np.uint16)
        if len(data) >= entries:
            return np.frombuffer(data, np.uint8, entries).astype(np.uint16)
        return None
    numbers: object = [data] if isinstance(data, int) else data
    try:
        words = np.array([int(part) & 0xFFFF for part in cast(list[int], numbers)], np.uint16)
    except (TypeError, ValueError):
        return None
    if len(words) >= entries:
        return words[:entries]
    if 2 * len(words) >= entries:
        return words.astype("<u2").view(np.uint8)[:entries].astype(np.uint16)
    return None


def _is_little(dataset: Dataset) -> bool:
    return dataset.original_encoding[1] is not False
