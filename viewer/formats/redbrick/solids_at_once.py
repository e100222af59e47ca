"""Which labels in voxel space leave no doubt, told for all of them at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import TypeAlias

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


def _reader(place: str) -> tuple[_Decode, _Numbers]:
    """Return what decodes solids that say each of their places both ways, and their numbers."""
    pairs = KEYS[place]
    kind = msgspec.defstruct(
        "Places",
        [(key, of) for pair in pairs for key, of in zip(pair, (_Voxel, _Place), strict=True)],
        gc=False,
    )
    both = ((f"{inside}.", f"{outside}.") for inside, outside in pairs)
    names = [
        name for one, two in both for name in (*map(one.__add__, "ijk"), *map(two.__add__, "xyz"))
    ]
    return msgspec.json.Decoder(kind).decode, attrgetter(*names)


_Decode: TypeAlias = Callable[[msgspec.Raw], object]
_Numbers: TypeAlias = Callable[[object], tuple[float, ...]]
_READERS = {place: _reader(place) for place in KEYS}
_IDENTITY = (1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0)
_Solid = tuple[int, str, msgspec.Raw, int]


def doubtful_rows(solids: Iterable[_Solid], affines: Sequence[Affine | None]) -> list[int]:
    """Return the rows of the solids that have to be looked at one by one, rising.

    Args:
        solids: (row, first part of its class id, record, number of its entry or -1), rows rising.
        affines: of each entry, None where it is not known.
    """
    odd: list[int] = []
    owners: list[int] = []
    entries: list[int] = []
    numbers: list[float] = []
    for row, place, raw, entry in solids:
        decode, numbers_of = _READERS[place]
        try:
            found = numbers_of(decode(raw))
        except FAST_REFUSES:  # one of its places is not told both ways
            odd.append(row)
            continue
        numbers += found
        owners += [row] * (len(found) // 6)
        entries += [entry] * (len(found) // 6)
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
        mine = matrices[entries]
        away = (pairs[:, 1] - mine[:, :, 3])[..., None]
        voxels = np.linalg.solve(mine[:, :, :3], away)[..., 0]
        near = np.abs(voxels - pairs[:, 0]).max(axis=1, initial=0) <= NEAR
    inside = (np.abs(pairs[:, 0]) <= FARTHEST).all(axis=1)
    return inside & (near | ~is_known[entries])
