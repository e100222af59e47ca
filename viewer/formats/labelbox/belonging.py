"""Which files around an export are its masks, by the names that people give them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np

from viewer.formats.labelbox.mask_files import MIRRORED
from viewer.model.project import Export
from viewer.model.table import KINDS, Base

_MASKS = KINDS.index("mask"), KINDS.index("unknown")  # unknown: a damaged label
_FOLDER = "masks/"
_ENDING = ".png"
_FRAME = re.compile(r"\d+")
_ADDRESS = re.compile(rb'(?:annotations|tasks|masks/feature)/[^"?#\\\s]+')


def companions(export: Export, base: Base, names: Sequence[str]) -> Iterator[str]:
    """Yield those names of files in the main file's folder and below that are its masks."""
    columns = base.columns
    owners = np.unique(columns.owners[np.isin(columns.kinds, _MASKS)])
    if not len(owners):
        return
    ids = {columns.native_ids[int(owner)] for owner in owners}
    mirrored = [name for name in names if MIRRORED.fullmatch(_inside(name))]
    addresses = _addresses(export) if mirrored else set[str]()
    for name in names:
        inside = _inside(name)
        is_own = inside.endswith(_ENDING) and not ids.isdisjoint(_ids_of(inside))
        if is_own or {inside, inside.removesuffix(_ENDING)} & addresses:
            yield name


def _inside(name: str) -> str:
    """Return a name from the mask folder, which may be the main file's own."""
    return name.removeprefix(_FOLDER) if name.startswith(_FOLDER) else name


def _ids_of(name: str) -> Iterator[str]:
    """Yield the feature ids that a mask of this name may be of."""
    stem = name.removesuffix(_ENDING)
    folder, _, last = stem.rpartition("/")
    if folder:
        if _FRAME.fullmatch(last) and "/" not in folder:
            yield folder
        return
    yield stem
    head, _, number = stem.rpartition("_")
    if _FRAME.fullmatch(number):
        yield head
        yield head.rpartition("_")[0]  # the plane of DICOM stands before the frame


def _addresses(export: Export) -> set[str]:
    found = (_ADDRESS.findall(source.base) for source in export.sources)
    return {address.decode("utf-8", "replace") for some in found for address in some}
