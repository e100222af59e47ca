"""Which labels in voxel space leave no doubt, told for all of them at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from viewer.formats.problems import FAST_REFUSES
from viewer.formats.redbrick.solids import KEYS, NEAR, REGULAR, Affine
from viewer.geometry.shapes import FARTHEST
from viewer.model.table import Ints


class _Voxel(msgspec.Struct, gc=False):
    i: float
    j: float
    k: float


class _Place(msgspec.Struct, gc=False):
    x: float
    y: float
    z: float


class _Places(msgspec.Struct, gc=False, rename="camel"):
    """The places of a solid of any kind."""

    point: _Voxel | None = None
    point1: _Voxel | None = None
    vertex: _Voxel | None = None
    point2: _Voxel | None = None
    absolute_point: _Place | None = None
    absolute_point1: _Place | None = None
    absolute_vertex: _Place | None = None
    absolute_point2: _Place | None = None


_DECODER = msgspec.json.Decoder(_Places)
_NAMES = {item.encode_name: item.name for item in msgspec.structs.fields(_Places)}
_FIELDS = {
    place: [(_NAMES[inside], _NAMES[outside]) for inside, outside in pairs]
    for place, pairs in KEYS.items()
}
_IDENTITY = (1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0)
_Solid = tuple[int, str, msgspec.Raw, int]


def doubtful_rows(solids: Iterable[_Solid], affines: Sequence[Affine | None]) -> list[int]:
    """Return the rows of the solids that have to be looked at one by one, rising.

    Args:
        solids: (row, first part of its class id, record, number of its entry or -1), rows rising.
        affines: of each entry, None where it is not known.
    """
    odd: set[int] = set()
    owners: list[int] = []
    entries: list[int] = []
    numbers: list[float] = []
    for row, place, raw, entry in solids:
        found = _numbers_of(place, raw)
        if found is None:
            odd.add(row)
            continue
        count = len(found) // 6
        owners += [row] * count
        entries += [entry] * count
        numbers += found
    pairs = np.array(numbers, dtype=np.float64).reshape(-1, 2, 3)
    fine = _fine(pairs, np.array(entries, dtype=np.int64), affines)
    odd.update(np.array(owners, dtype=np.int64)[~fine].tolist())
    return sorted(odd)


def _numbers_of(place: str, raw: msgspec.Raw) -> list[float] | None:
    """Return i, j, k, x, y, z of each place of a solid; None where one is not told both ways."""
    try:
        held = _DECODER.decode(raw)
    except FAST_REFUSES:
        return None
    found: list[float] = []
    for inside, outside in _FIELDS[place]:
        voxel: _Voxel | None = getattr(held, inside)
        mm: _Place | None = getattr(held, outside)
        if voxel is None or mm is None:
            return None
        found += (voxel.i, voxel.j, voxel.k, mm.x, mm.y, mm.z)
    return found


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
        mine = matrices[entries]
        away = (pairs[:, 1] - mine[:, :, 3])[..., None]
        voxels = np.linalg.solve(mine[:, :, :3], away)[..., 0]
        near = np.abs(voxels - pairs[:, 0]).max(axis=1, initial=0) <= NEAR
    inside = (np.abs(pairs[:, 0]) <= FARTHEST).all(axis=1)
    return inside & (near | ~is_known[entries])
