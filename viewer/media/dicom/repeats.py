"""Slices that share a position: told apart by echo, b-value, time, or by their numbers."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import cast

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.stack import SAME_PLACE_MM
from viewer.media.dicom.images import Image
from viewer.media.dicom.point_marks import ACQUISITION_TIME, MARKS, Mark, Value, dimension_marks

_TOGETHER = 3  # marks that are tried together, such as b-value and direction
_MOSTLY = 0.75  # of the images of a series that is not whole are there
_Codes = NDArray[np.intp]


@dataclass(frozen=True)
class Part:
    """Slices at distinct positions, in order along the normal.

    Args:
        value: what tells the part from its siblings, such as "4.2 ms"; "" when alone.
        label: the same with its name, such as "echo time 4.2 ms".
        number: the same as a number, where it is one.
    """

    images: tuple[Image, ...]
    value: str = ""
    label: str = ""
    number: float | None = None


@dataclass(frozen=True)
class Parts:
    """How a group of slices was taken apart.

    Args:
        parts: in order of their values.
        reason: the name of what told the parts apart, "" when there was nothing to do.
        unit: of the numbers.
        extras: slices put aside because another one is at their position.
        positions: where parts go by the order of the images alone: how many each should have, since
            volumes of other values, such as echoes, may be of other sizes; else 0.
    """

    parts: tuple[Part, ...]
    reason: str = ""
    unit: str = ""
    extras: tuple[Image, ...] = ()
    positions: int = 0


def parts_of(images: Sequence[Image]) -> Parts:
    """Take slices of one orientation apart so that each part has every position once.

    When each position occurs m times, the first header value (or two or three together) that
    separates the repeats names m parts; without one the instance numbers do. Of a series that is
    not whole, numbers or times that go on from volume to volume say which image belongs where. When
    positions are repeated unevenly and nothing explains it, the later ones are put aside.
    """
    ordered = _ordered(images)
    places = _places(ordered)
    most = max(len(place) for place in places)
    if most == 1:
        return Parts((Part(tuple(ordered)),))
    found = _told_apart(places, most)
    if found:
        return found
    found = _by_order(places, most)
    if found:
        return replace(found, positions=len(places))
    kept = tuple(place[0] for place in places)
    extras = tuple(image for place in places for image in place[1:])
    return Parts((Part(kept),), "", "", extras)


def position_mm(image: Image, normal_of: Image) -> float:
    """Position of an image along another's normal, in mm."""
    assert image.plane is not None
    assert normal_of.plane is not None
    return float(image.plane.origin_mm @ normal_of.plane.normal)


def _ordered(images: Sequence[Image]) -> list[Image]:
    first = images[0]
    return sorted(images, key=lambda image: (position_mm(image, first), image.number_or_last))


def _places(ordered: Sequence[Image]) -> list[list[Image]]:
    """Neighbours at one position together, each place in order of instance number."""
    first = ordered[0]
    places: list[list[Image]] = []
    last = 0.0
    for image in ordered:
        at = position_mm(image, first)
        if places and at - last < SAME_PLACE_MM:
            places[-1].append(image)
        else:
            places.append([image])
            last = at
    for place in places:
        place.sort(key=lambda image: image.number_or_last)
    return places


@dataclass(frozen=True, eq=False)
class _Coded:
    """A mark's values of all images: `values[codes[n]]` is image n's."""

    mark: Mark
    values: tuple[Value, ...]
    codes: _Codes


def _told_apart(places: Sequence[Sequence[Image]], most: int) -> Parts | None:
    """Parts by the first marks with as many values as repeats, none of which repeats a position."""
    images = [image for place in places for image in place]
    place_of = np.repeat(np.arange(len(places)), [len(place) for place in places])
    coded = list(_varying(images, most))
    for size in range(1, _TOGETHER + 1):
        for chosen in combinations(coded, size):
            joint = _joint(chosen)
            if joint.max() + 1 != most:
                continue
            if len(np.unique(place_of * most + joint)) == len(images):
                return _parts(images, chosen, joint, most)
    return None


def _varying(images: Sequence[Image], most: int) -> Iterator[_Coded]:
    """The marks that have several values, but no more than there are repeats."""
    for mark in (*MARKS, *dimension_marks(images[0])):
        numbers: dict[Hashable, int] = {}
        codes = np.array([numbers.setdefault(mark.value(one), len(numbers)) for one in images])
        if 1 < len(numbers) <= most:
            yield _Coded(mark, tuple(numbers), codes)


def _joint(chosen: Sequence[_Coded]) -> _Codes:
    """(n,) one code from 0 for each combination of values that occurs."""
    joint = chosen[0].codes
    for coded in chosen[1:]:
        mixed = joint * len(coded.values) + coded.codes
        joint = np.unique(mixed, return_inverse=True)[1]
    return joint


def _parts(images: Sequence[Image], chosen: Sequence[_Coded], joint: _Codes, most: int) -> Parts:
    groups: list[list[int]] = [[] for _ in range(most)]
    codes: list[int] = joint.tolist()
    for index, code in enumerate(codes):
        groups[code].append(index)
    firsts = [min(images[index].number_or_last for index in group) for group in groups]
    seen = {code: rank for rank, code in enumerate(sorted(range(most), key=lambda n: firsts[n]))}

    def order(code: int) -> tuple[object, ...]:
        index = groups[code][0]
        keys = [_sort_key(coded.values[coded.codes[index]]) for coded in chosen]
        return (*keys, seen[code])

    parts = [_part(images, groups[code], chosen) for code in sorted(range(most), key=order)]
    unit = chosen[0].mark.unit if len(chosen) == 1 else ""
    return Parts(tuple(parts), " and ".join(coded.mark.name for coded in chosen), unit)


def _sort_key(value: Value) -> float:
    """Numbers in their order, after what has none; words all alike, as they first occur."""
    if isinstance(value, tuple):
        return cast("tuple[float, ...]", value)[0]
    return value if isinstance(value, float) else -np.inf


def _part(images: Sequence[Image], group: Sequence[int], chosen: Sequence[_Coded]) -> Part:
    own = [coded.values[coded.codes[group[0]]] for coded in chosen]
    words = [
        coded.mark.words(value, _lowest(coded)) for coded, value in zip(chosen, own, strict=True)
    ]
    named = ", ".join(
        f"{coded.mark.name} {word}" for coded, word in zip(chosen, words, strict=True)
    )
    number = own[0] if len(own) == 1 and isinstance(own[0], float) else None
    return Part(tuple(images[index] for index in group), ", ".join(words), named, number)


def _lowest(coded: _Coded) -> Value:
    return min((value for value in coded.values if isinstance(value, float)), default=None)


def _by_order(places: Sequence[Sequence[Image]], most: int) -> Parts | None:
    """Parts by the order of the images at each position, whole or with gaps; None without one."""
    if all(len(place) == most for place in places):
        return _by_rank([[place[rank] for place in places] for rank in range(most)])
    numbers = [[image.instance.number for image in place] for place in places]
    times = [[ACQUISITION_TIME.value(image) for image in place] for place in places]
    is_cut = sum(map(len, places)) >= _MOSTLY * len(places) * most  # and no repeats of a few
    following = (_following(times, most), _following(numbers, most)) if is_cut else ()
    for ranks in (_counted(numbers), *following):
        if not ranks or any(len(set(row)) < len(row) for row in ranks):
            continue
        groups: list[list[Image]] = [[] for _ in range(1 + max(map(max, ranks)))]
        if len(groups) > 2 * most:
            continue
        for place, row in zip(places, ranks, strict=True):
            for image, rank in zip(place, row, strict=True):
                groups[rank].append(image)
        if all(groups):
            return _by_rank(groups)
    return None


def _counted(numbers: Sequence[Sequence[int | None]]) -> list[list[int]] | None:
    """Volume of each image at each position where numbers count from 1 through volume by volume.

    Each position then has one place of its own in every volume; None where it has not.
    """
    each = len(numbers)
    if any(number is None or number < 1 for row in numbers for number in row):
        return None
    pairs = [[divmod((number or 1) - 1, each) for number in row] for row in numbers]
    own: list[set[int]] = [{at for _, at in row} for row in pairs]
    if any(len(at) != 1 for at in own) or len(set[int]().union(*own)) != each:
        return None
    return [[volume for volume, _ in row] for row in pairs]


def _following(keys: Sequence[Sequence[Value]], most: int) -> list[list[int]] | None:
    """Volume of each image at each position where one volume ends before the next one begins.

    Volumes begin with the image at the position that comes first among those that lack none.
    """
    if not all(isinstance(key, int | float) for row in keys for key in row):
        return None
    rows = cast("Sequence[Sequence[float]]", keys)
    begins = min((sorted(row) for row in rows if len(row) == most), default=None)
    if begins is None:
        return None
    at = [np.searchsorted(begins, row, side="right") - 1 for row in rows]
    return [np.maximum(row, 0).tolist() for row in at]


def _by_rank(groups: Sequence[Sequence[Image]]) -> Parts:
    """Parts by instance number; named by the times of acquisition where those agree with it."""
    starts: list[float] = []
    for group in groups:
        times = [
            time for image in group if isinstance(time := ACQUISITION_TIME.value(image), float)
        ]
        if len(times) == len(group):
            starts.append(min(times))
    if len(starts) == len(groups) and all(np.diff(starts) > 0):
        name, unit = ACQUISITION_TIME.name, ACQUISITION_TIME.unit
        words = [ACQUISITION_TIME.words(start, starts[0]) for start in starts]
        found = tuple(
            Part(tuple(group), word, f"{name} {word}", start)
            for group, word, start in zip(groups, words, starts, strict=True)
        )
        return Parts(found, name, unit)
    found = tuple(
        Part(tuple(group), str(n), f"repeat {n}", float(n)) for n, group in enumerate(groups, 1)
    )
    return Parts(found, "instance number")
