"""Solids as RedBrick AI's places in voxels and in mm, with what is measured on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from viewer.formats.format import WriteJob
from viewer.formats.json_tools import Span, elements, is_list, numbers_in
from viewer.formats.patches import GONE
from viewer.formats.pen import Pen
from viewer.formats.redbrick.layout import Object, member_of
from viewer.formats.redbrick.shapes import record_of
from viewer.formats.redbrick.solids import (
    KEYS,
    Affine,
    measure_of,
    normal_of,
    place_of_voxel,
)
from viewer.formats.style import JsonValue
from viewer.geometry.solids import (
    Angle,
    Cuboid,
    Landmark,
    Length,
    MaskVolume,
    Solid,
    Voxel,
    points_of_solid,
)
from viewer.model.placement import Placement

Pointed = Landmark | Length | Angle | Cuboid


def place_for(solid: Solid) -> str:
    """Return the first part of the class ids that solids of this kind have."""
    match solid:
        case Landmark():
            return "landmarks3d"
        case Length():
            return "measurements.length"
        case Angle():
            return "measurements.angle"
        case Cuboid():
            return "cuboids"
        case MaskVolume():
            return "segmentMap"


def affine_for(job: WriteJob, placement: Placement) -> Affine | None:
    """Return the affine of what a placement is on: the export's, else that of the open pictures."""
    id = placement.media.entry
    stated = next((one.affine for one in job.export.entries if one.id == id), None)
    return job.base.told.of(id).affine if stated is None else stated


def values_of(solid: Pointed, affine: Affine | None) -> dict[str, JsonValue]:
    """Return the members that describe a new solid; places in mm only where the affine is known."""
    place, voxels = place_for(solid), points_of_solid(solid)
    found: dict[str, JsonValue] = {}
    if isinstance(solid, Length | Angle):
        found["type"] = place.rpartition(".")[2]
    for (inside, _), voxel in zip(KEYS[place], voxels, strict=True):
        found[inside] = dict(zip("ijk", voxel, strict=True))
    if isinstance(solid, Length | Angle):
        found["normal"] = normal_of(voxels, (), affine)
    if affine is not None:
        places = [place_of_voxel(voxel, affine) for voxel in voxels]
        for (_, outside), at in zip(KEYS[place], places, strict=True):
            found[outside] = dict(zip("xyz", at, strict=True))
        measure = measure_of(places) if isinstance(solid, Length | Angle) else None
        if measure:  # RedBrick AI leaves a measure of 0 out
            found[place.rpartition(".")[2]] = measure
    return found


@dataclass(frozen=True)
class Followed:
    """What of a record follows from the voxels of its shape.

    Args:
        anew: what was worked out anew, in words.
        dropped: names of members that were dropped, since no affine is known to work them out.
    """

    anew: list[str] = field(default_factory=list[str])
    dropped: list[str] = field(default_factory=list[str])


def reshape_solid(
    pen: Pen, start: int, before: Pointed, after: Pointed, affine: Affine | None
) -> Followed:
    """Note the edits that move the places of the record at byte `start`."""
    place, found = place_for(after), Followed()
    old, new = points_of_solid(before), points_of_solid(after)
    for (inside, outside), was, voxel in zip(KEYS[place], old, new, strict=True):
        if was == voxel:
            continue
        _move(pen, start, inside, "ijk", voxel)
        if member_of(pen.base, Object(start, None), outside) is None:
            continue
        if affine is None:
            pen.set(start, outside, GONE)
            found.dropped.append(outside)
        else:
            _move(pen, start, outside, "xyz", place_of_voxel(voxel, affine))
            if "places in mm" not in found.anew:
                found.anew.append("places in mm")
    if isinstance(after, Length | Angle):
        _remeasured(pen, start, place.rpartition(".")[2], new, affine, found)
    return found


def _remeasured(
    pen: Pen,
    start: int,
    key: str,
    voxels: Sequence[Voxel],
    affine: Affine | None,
    followed: Followed,
) -> None:
    span = member_of(pen.base, Object(start, None), "normal")
    if span is not None:
        found = record_of(pen.base[span.start : span.end])
        old = numbers_in(found) if is_list(found) else []
        normal = normal_of(voxels, old, affine)
        if normal != old:
            _numbers(pen, span, normal, start, "normal")
            followed.anew.append("normal")
    if member_of(pen.base, Object(start, None), key) is None:
        return
    if affine is None:
        pen.set(start, key, GONE)
        followed.dropped.append(key)
        return
    measure = measure_of([place_of_voxel(voxel, affine) for voxel in voxels])
    pen.set(start, key, measure or GONE)  # RedBrick AI leaves a measure of 0 out
    followed.anew.append(key)


def _move(pen: Pen, start: int, key: str, names: str, place: Voxel) -> None:
    """Note new numbers of a place that is there."""
    span = member_of(pen.base, Object(start, None), key)
    if span is None:
        return
    if pen.base[span.start] == ord("["):
        _numbers(pen, span, list(place), start, key)
        return
    for name, number in zip(names, place, strict=True):
        inner = member_of(pen.base, Object(span.start, None), name)
        if inner is not None:
            pen.number(inner, number)


def _numbers(pen: Pen, at: Span, numbers: list[float], start: int, key: str) -> None:
    spans = list(elements(pen.base, at.start)) if pen.base[at.start] == ord("[") else []
    if len(spans) != len(numbers):
        pen.set(start, key, numbers)
        return
    for span, number in zip(spans, numbers, strict=True):
        pen.number(span, number)
