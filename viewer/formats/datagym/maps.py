"""Semantic maps: 8-bit BMPs, one for each class of a task, in files beside an export.

The platform serves them at the addresses of `segmentations`, ".../bitmap/TASK/CLASS", with a token
and without a file name. They merge all labels of a class, and places that two of them share count
as background. It makes them anew of the labels each time and has no import of them, so an edit of
the picture would be lost there and contradict the labels here: nothing in them is edited.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import PurePosixPath
from typing import cast
from urllib.parse import unquote, urlsplit

import numpy as np

from viewer.errors import CannotRead
from viewer.formats.datagym.build import SEMANTIC
from viewer.formats.datagym.records import Task
from viewer.formats.json_tools import BadJson, value_of
from viewer.formats.masks.unpacking import check_announced, unreadable
from viewer.formats.spans import spans_of
from viewer.geometry.mask import Mask
from viewer.model.project import Entry
from viewer.model.source import Beside
from viewer.model.strings import StringColumn
from viewer.model.table import KINDS, Columns, Ints
from viewer.model.told import Size

ENDING = ".bmp"
ADDRESSES = "segmentations"
FOLDERS = ("", "segmentations", "bitmaps", "masks")
_LARGEST_FILE = 2**27
_LARGEST_PICTURE = 2**26
_SIZE_END = 26  # bytes of a BMP up to its height
_MIDDLE = 127


@dataclass(frozen=True)
class Map:
    """One map that lies beside an export.

    Args:
        task: number of its task.
        class_id: of what is in it.
        name: from the main file's folder.
        start, end: span of its address.
    """

    task: int
    class_id: str
    name: str
    start: int
    end: int


@dataclass(frozen=True, eq=False)
class Maps:
    """The maps beside an export, by the ordinal of their annotation."""

    beside: Beside | None = None
    by_ordinal: Mapping[int, Map] = field(default_factory=dict[int, Map])

    def read(self, ordinal: int, size: Size | None) -> Mask:
        """Return the pixels of a map.

        Args:
            size: (width, height) of its picture, None while that is not known.

        Raises:
            CannotRead: it is not there any more, no BMP of a moderate size, or of another size than
                its picture.
        """
        found = self.by_ordinal[ordinal]
        path = self.beside.find(found.name) if self.beside else None
        if self.beside is None or path is None:
            raise CannotRead(f"{found.name} is not beside the export any more.")
        return mask_of(found.name, self.beside.read(path, _LARGEST_FILE), size)


def addresses_of(data: bytes | memoryview, tasks: Sequence[Task]) -> dict[str, bytes]:
    """Return where the addresses of maps stand, for `Head.own`: each with its task's number."""
    raws = [(number, raw) for number, task in enumerate(tasks) for raw in task.segmentations or ()]
    if not raws:
        return {}
    spans = spans_of(data, [raw for _, raw in raws])
    return {ADDRESSES: np.stack(([number for number, _ in raws], *spans), axis=1).tobytes()}


def maps_beside(
    data: bytes | memoryview,
    own: Mapping[str, bytes],
    entries: Sequence[Entry],
    beside: Beside | None,
) -> list[Map]:
    """Return the maps that lie beside an export; folders are searched only if it names some.

    Args:
        own: what `addresses_of` gave.
    """
    spans: list[list[int]] = (
        np.frombuffer(own.get(ADDRESSES, b""), np.int64).reshape(-1, 3).tolist()
    )
    names = {name.casefold(): name for name in _files(beside)} if beside and spans else {}
    found = (_map_of(data, span, entries, names) for span in spans if names)
    return [one for one in found if one is not None]


def _files(beside: Beside) -> Iterator[str]:
    """Yield the BMPs in the main file's folder, in folders for such, and one below each."""
    for folder in FOLDERS:
        for name in beside.names(folder):
            inside = f"{folder}/{name}" if folder else name
            if name.lower().endswith(ENDING):
                yield inside
            elif "." not in name and name not in FOLDERS:
                below = (one for one in beside.names(inside) if one.lower().endswith(ENDING))
                yield from (f"{inside}/{one}" for one in below)


def _map_of(
    data: bytes | memoryview,
    span: Sequence[int],
    entries: Sequence[Entry],
    names: Mapping[str, str],
) -> Map | None:
    """Return the map of an address; None where no file can be it."""
    task, start, end = span
    parts = _parts(bytes(data[start:end]))
    if parts is None:
        return None
    stems = (parts[0], *(PurePosixPath(name).stem for name in entries[task].names))
    found = next((names[one] for one in _names(stems, parts[1]) if one in names), None)
    return None if found is None else Map(task, parts[1], found, start, end)


def _parts(raw: bytes) -> tuple[str, str] | None:
    """Return the task and the class of an address; None of another."""
    try:
        value = value_of(raw)
        parts = urlsplit(value).path.rstrip("/").split("/") if isinstance(value, str) else []
    except (BadJson, ValueError):  # a ValueError for such as half an IPv6 address
        return None
    return (unquote(parts[-2]), unquote(parts[-1])) if len(parts) > 1 else None


def _names(stems: Iterable[str], key: str) -> Iterator[str]:
    """Yield what a map may be called, in small letters."""
    for stem in stems:
        for folder in FOLDERS:
            for name in (f"{stem}/{key}", f"{stem}_{key}"):
                yield (f"{folder}/{name}" if folder else name).casefold() + ENDING


def with_maps(columns: Columns, found: Sequence[Map]) -> tuple[Columns, dict[int, Map]]:
    """Return columns with an annotation for each map behind the others, and their ordinals."""
    if not found:
        return columns, {}
    count, more = columns.count, len(found)
    classes = tuple(dict.fromkeys((*columns.classes, *(one.class_id for one in found))))
    reasons = tuple(dict.fromkeys((*columns.reasons, SEMANTIC)))
    last = int(columns.native_ids.ends[-1]) if count else 0
    starts, ends = ([getattr(one, name) for one in found] for name in ("start", "end"))
    given: dict[str, Sequence[int]] = {
        "class_codes": [classes.index(one.class_id) for one in found],
        "sources": [0] * more,
        "starts": starts,
        "ends": ends,
        "locked": [reasons.index(SEMANTIC)] * more,
        "owners": list(range(count, count + more)),
        "entries": [one.task for one in found],
        "planes": [0] * more,
        "roles": [0] * more,
        "runs": [0] * more,
        "origin_sources": [0] * more,
        "origin_starts": starts,
        "origin_ends": ends,
        "kinds": [KINDS.index("mask")] * more,
    }
    grown: dict[str, object] = {}
    for one in fields(Columns):
        old: object = getattr(columns, one.name)
        if isinstance(old, np.ndarray):
            before = cast("Ints", old)
            new = np.array(given.get(one.name, [-1] * more), dtype=before.dtype)
            grown[one.name] = np.concatenate((before, new))
    ids = StringColumn(np.append(columns.native_ids.ends, [last] * more), columns.native_ids.text)
    whole = replace(columns, **grown, classes=classes, reasons=reasons, native_ids=ids)  # pyright: ignore[reportArgumentType]
    return whole, {count + number: one for number, one in enumerate(found)}


def mask_of(name: str, content: bytes, size: Size | None = None) -> Mask:
    """Return the pixels of a BMP that are lighter than the middle.

    Args:
        size: (width, height) that it must have, None for any.

    Raises:
        CannotRead: no BMP, damaged, larger than a limit, or of another size.
    """
    if not content.startswith(b"BM") or len(content) < _SIZE_END:
        raise CannotRead(f"{name}: it is no BMP picture; save the semantic map as it was sent.")
    columns, rows = (int.from_bytes(content[at : at + 4], "little", signed=True) for at in (18, 22))
    if columns < 1 or rows == 0:
        raise CannotRead(f"{name}: its header says no size; save the semantic map again.")
    if size is not None and size != (columns, abs(rows)):
        raise CannotRead(
            f"{name}: it has {columns:,} x {abs(rows):,} pixels, and the picture that it is "
            f"shown on {size[0]:,} x {size[1]:,}; open the picture that it was made for."
        )
    check_announced(name, columns * abs(rows), 0, _LARGEST_PICTURE)
    from PIL import Image

    with unreadable(name, "BMP picture"), Image.open(io.BytesIO(content), formats=("BMP",)) as one:
        grey = np.asarray(one.convert("L"))
    return Mask.from_array(grey > _MIDDLE)
