"""Look-up tables of the header: Modality LUT (PS3.3 C.11.1) and VOI LUT (PS3.3 C.11.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from viewer.errors import CannotDecode
from viewer.media.dicom.sequences import first_item, items_of, value_of

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_ENTRIES = 1 << 16  # 0 in a descriptor; no table is longer


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


def voi_tables(dataset: Dataset) -> tuple[list[Table], int]:
    """The VOI tables in the file's order, and how many more are damaged."""
    items = items_of(dataset, "VOILUTSequence")
    tables = [_table(item, dataset) for item in items]
    found = [table for table in tables if table is not None]
    return found, len(tables) - len(found)


def _table(item: Dataset, dataset: Dataset) -> Table | None:
    """The table of a sequence's item, None when it is damaged (PS3.3 C.11.1.1)."""
    descriptor = value_of(item, "LUTDescriptor")
    try:
        entries, first, bits = (int(part) for part in descriptor)
    except (TypeError, ValueError):
        return None
    entries = entries or _ENTRIES
    if not 0 < entries <= _ENTRIES or not 1 <= bits <= 16:
        return None
    values = _values(value_of(item, "LUTData"), entries, is_little=_is_little(dataset))
    if values is None:
        return None
    bits = max(bits, int(values.max()).bit_length())  # some say 12 and hold 16
    name = str(value_of(item, "LUTExplanation") or "").strip()
    return Table(first, values, bits, name)


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
