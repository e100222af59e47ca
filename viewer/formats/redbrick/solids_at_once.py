"""Which labels in voxel space leave no doubt, told for all of them at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import TypeAlias

import numpy as np
from msgspec.structs import fields
from numpy.typing import NDArray

from viewer.formats.redbrick.categories import list_of
from viewer.formats.redbrick.records import Label, PairLabel, PlacedMeasuredLabel, SpotLabel
from viewer.formats.redbrick.solids import KEYS, NEAR, REGULAR, Affine
from viewer.geometry.shapes import FARTHEST
from viewer.model.table import Ints

_FIELDS: Mapping[str, Mapping[str, str]] = {
    kind: {item.encode_name: item.name for item in fields(of)}
    for kind, of in (
        ("landmarks3d", SpotLabel),
        ("measurements", PlacedMeasuredLabel),
        ("cuboids", PairLabel),
    )
}


def _reader(place: str) -> _Numbers:
    """Return what tells the numbers of a label that says each of its places both ways."""
    named = _FIELDS[list_of(place)]
    both = ((f"{named[inside]}.", f"{named[outside]}.") for inside, outside in KEYS[place])
    return attrgetter(
        *(
            name
            for one, two in both
            for name in (*map(one.__add__, "ijk"), *map(two.__add__, "xyz"))
        )
    )


_Numbers: TypeAlias = Callable[[object], tuple[float, ...]]
_READERS = {place: _reader(place) for place in KEYS}
_IDENTITY = (1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0)
_Solid = tuple[int, Sequence[float] | None, int]


def numbers_of(place: str, label: Label) -> tuple[float, ...] | None:
    """Return voxel and place in mm, 6 numbers, of each place of a solid; None if one is missing.

    Args:
        place: the first part of its class id.
    """
    read = _READERS.get(place)
    try:
        return read(label) if read else None
    except AttributeError:  # it is None there, or of a label that the fast way refuses
        return None


def doubtful_rows(solids: Iterable[_Solid], affines: Sequence[Affine | None]) -> list[int]:
    """Return the rows of the solids that have to be looked at one by one, rising.

    Args:
        solids: (row, what `numbers_of` told, number of its entry or -1), rows rising.
        affines: of each entry, None where it is not known.
    """
    odd: list[int] = []
    owners: list[int] = []
    entries: list[int] = []
    numbers: list[float] = []
    for row, found, entry in solids:
        if found is None:
            odd.append(row)
            continue
        numbers += found
        owners += (row,) * (len(found) // 6)
        entries += (entry,) * (len(found) // 6)
    pairs = np.array(numbers, dtype=np.float64).reshape(-1, 2, 3)
    fine = _fine(pairs, np.array(entries, dtype=np.int64), affines)
    return sorted({*odd, *np.array(owners, dtype=np.int64)[~fine].tolist()})


def _fine(
    pairs: NDArray[np.float64], entries: Ints, affines: Sequence[Affine | None]
) -> NDArray[np.bool_]:
    """Return whether each voxel and place in mm are the same, where that can be told.

    Args:
        pairs: (n, 2, 3) voxel, place in mm.
    """
    stated = [*(affine or _IDENTITY for affine in affines), _IDENTITY]  # the last is of entry -1
    matrices = np.array(stated, dtype=np.float64).reshape(-1, 3, 4)
    is_known = np.array([*(affine is not None for affine in affines), False])
    with np.errstate(all="ignore"):  # what overflows is near nothing
        is_known &= np.abs(np.linalg.det(matrices[:, :, :3])) > REGULAR
        matrices[~is_known] = np.array(_IDENTITY).reshape(3, 4)
        backwards = np.linalg.inv(matrices[:, :, :3])[entries]
        away = pairs[:, 1] - matrices[:, :, 3][entries]
        voxels = np.einsum("nij,nj->ni", backwards, away)
        near = np.abs(voxels - pairs[:, 0]).max(axis=1, initial=0) <= NEAR
    inside = (np.abs(pairs[:, 0]) <= FARTHEST).all(axis=1)
    return inside & (near | ~is_known[entries])
