"""Labels in voxel space: landmarks, lengths, angles and cuboids, and their places in mm.

i counts columns, j rows, k slices, at voxel centres; the places in mm are patient space, LPS
(docstrings of redbrick-sdk 2.35.4; the vendor's page has i and j the other way round in one
comment). Where a label has both, and only exchanged i and j fit, it is shown so and locked.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from viewer.errors import BadRecord, GeometryError
from viewer.formats.json_tools import is_list, is_object, numbers_in
from viewer.formats.redbrick.shapes import Json
from viewer.geometry.solids import Angle, Cuboid, Landmark, Length, Solid, Voxel

Affine: TypeAlias = Sequence[float]  # 12 numbers, row by row
KEYS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "landmarks3d": (("point", "absolutePoint"),),
    "measurements.length": (("point1", "absolutePoint1"), ("point2", "absolutePoint2")),
    "measurements.angle": (
        ("point1", "absolutePoint1"),
        ("vertex", "absoluteVertex"),
        ("point2", "absolutePoint2"),
    ),
    "cuboids": (("point1", "absolutePoint1"), ("point2", "absolutePoint2")),
}
_MAKERS: Mapping[str, type[Landmark | Length | Angle | Cuboid]] = {
    "landmarks3d": Landmark,
    "measurements.length": Length,
    "measurements.angle": Angle,
    "cuboids": Cuboid,
}
EXCHANGED = "its i counts rows and its j columns, as its places in mm show; it is not changed"
NO_AFFINE = "it has places in mm only, and the export no affine; open its pictures to see it"
APART = "its voxels and its places in mm are more than a voxel apart; the voxels are shown"
NEAR = 1.0  # voxels between two places that are the same
REGULAR = 1e-12  # an affine with a smaller determinant has no inverse


def solid_of(place: str, record: Json, affine: Affine | None) -> tuple[Solid, str]:
    """Return a label's solid, and what is doubtful about it: "", EXCHANGED or APART.

    Args:
        place: the first part of its class id.
        affine: from voxel (i, j, k) to patient mm, None where it is not known.

    Raises:
        BadRecord: it has no places, or none that can be found without an affine.
    """
    if place not in KEYS:
        raise BadRecord(f"nothing says what the label of {place} is")
    try:
        pairs = [_pair(record, *keys) for keys in KEYS[place]]
        voxels = [_voxel(inside, outside, affine) for inside, outside in pairs]
        both = [(inside, outside) for inside, outside in pairs if inside and outside]
        doubt = _doubt(both, affine)
        if doubt == EXCHANGED:
            voxels = [(j, i, k) for i, j, k in voxels]
        return _MAKERS[place](*voxels), doubt
    except (GeometryError, TypeError, ValueError, OverflowError) as error:
        raise BadRecord(f"it describes no shape of {place}: {error}") from error


def _pair(record: Json, inside: str, outside: str) -> tuple[Voxel | None, Voxel | None]:
    return _triple(record.get(inside), "ijk", inside), _triple(record.get(outside), "xyz", outside)


def _triple(found: object, names: str, key: str) -> Voxel | None:
    """Return three numbers of an object, or of a list as exports before August 2022 have it."""
    if found is None:
        return None
    if is_object(found):
        values = [found.get(name) for name in names]
    else:
        values = list(found) if is_list(found) else []
    numbers = numbers_in(values)
    if len(numbers) != 3 or len(values) != 3 or not all(map(math.isfinite, numbers)):
        raise GeometryError(f"{key} is no place of three numbers")
    return numbers[0], numbers[1], numbers[2]


def _voxel(inside: Voxel | None, outside: Voxel | None, affine: Affine | None) -> Voxel:
    if inside is not None:
        return inside
    if outside is None:
        raise GeometryError("it says no place")
    if affine is None:
        raise BadRecord(NO_AFFINE)
    return voxel_of(outside, affine)


def _doubt(both: Sequence[tuple[Voxel, Voxel]], affine: Affine | None) -> str:
    if affine is None or not both or not _is_regular(affine):
        return ""
    straight = all(_is_near(inside, outside, affine) for inside, outside in both)
    if straight:
        return ""
    turned = all(_is_near((j, i, k), outside, affine) for (i, j, k), outside in both)
    return EXCHANGED if turned else APART


def _is_near(inside: Voxel, outside: Voxel, affine: Affine) -> bool:
    away = np.subtract(voxel_of(outside, affine), inside)
    return bool(np.abs(away).max() <= NEAR)


def _is_regular(affine: Affine) -> bool:
    return abs(float(np.linalg.det(_matrix(affine)[:, :3]))) > REGULAR


def _matrix(affine: Affine) -> NDArray[np.float64]:
    return np.array(affine, dtype=np.float64).reshape(3, 4)


def voxel_of(place_mm: Voxel, affine: Affine) -> Voxel:
    """Return the voxel coordinates (i, j, k) of a place in patient mm.

    Raises:
        GeometryError: the affine has no inverse.
    """
    matrix = _matrix(affine)
    if not _is_regular(affine):
        raise GeometryError("the export's affine has no inverse")
    i, j, k = np.linalg.solve(matrix[:, :3], np.subtract(place_mm, matrix[:, 3])).tolist()
    return i, j, k


def place_of_voxel(voxel: Voxel, affine: Affine) -> Voxel:
    """Return the place in patient mm, LPS, of voxel coordinates (i, j, k)."""
    matrix = _matrix(affine)
    x, y, z = (matrix[:, :3] @ voxel + matrix[:, 3]).tolist()
    return x, y, z


def measure_of(places_mm: Sequence[Voxel]) -> float | None:
    """Return the length in mm of two places, or the angle in degrees at the middle of three.

    None for an angle one of whose arms has no length.
    """
    if len(places_mm) == 2:
        return math.dist(*places_mm)
    first, last = (np.subtract(places_mm[n], places_mm[1]) for n in (0, 2))
    lengths = float(np.linalg.norm(first) * np.linalg.norm(last))
    if lengths == 0:
        return None
    return math.degrees(math.acos(max(-1.0, min(1.0, float(first @ last) / lengths))))


def normal_of(voxels: Sequence[Voxel], old: Sequence[float], affine: Affine | None) -> list[float]:
    """Return the normal of the plane that a measurement lies in.

    [0, 0, 1] stands for every plane along voxel axes; else it is at right angles to what is
    measured, of two points the nearest to the old one.
    """
    if any(max(axis) - min(axis) < 1e-6 for axis in zip(*voxels, strict=True)):
        return [0.0, 0.0, 1.0]
    places = [place_of_voxel(one, affine) for one in voxels] if affine else list(voxels)
    arms = [np.subtract(place, places[1]) for place in (places[0], places[-1])]
    normal = np.cross(arms[0], arms[1])
    if len(places) == 2 or not np.linalg.norm(normal):
        along = arms[0] / (float(np.linalg.norm(arms[0])) or 1.0)
        wanted = np.array(
            old if len(old) == 3 and all(map(math.isfinite, old)) else (0.0, 0.0, 1.0),
            dtype=np.float64,
        )
        normal = wanted - float(wanted @ along) * along
        if np.linalg.norm(normal) < 1e-6:
            normal = np.cross(along, np.eye(3)[int(np.argmin(np.abs(along)))])
    unit: list[float] = (normal / float(np.linalg.norm(normal))).tolist()
    return unit
