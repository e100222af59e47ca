"""What a header holds in sequences, read by pydicom when it is needed."""

from __future__ import annotations

import io
from contextlib import closing
from typing import TYPE_CHECKING, Any

from viewer.errors import CannotDecode, CannotRead
from viewer.media.dicom import tags
from viewer.media.dicom.header import DEFLATED
from viewer.media.dicom.tolerant import quiet
from viewer.media.dicom.walker import walk_meta
from viewer.media.files import ByteReader, Files, inflated
from viewer.media.instance import Instance

if TYPE_CHECKING:
    from pydicom.dataset import Dataset


def dataset_of(instance: Instance, files: Files) -> Dataset:
    """Return an instance's header up to its pixel data.

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
        data = reader.read(0, reader.size)
        content = inflated(data[walk_meta(data)[1] :], instance.file.name)
        with quiet():
            return read_dataset(io.BytesIO(content), False, True, stop_when=_is_pixels)
    with reader.buffered() as stream, quiet():
        return read_partial(stream, _is_pixels, force=True)


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
