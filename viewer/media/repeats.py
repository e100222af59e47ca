"""Slices that share a position: told apart by echo, b-value, time, or by their numbers."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from itertools import combinations

from viewer.geometry.stack import SAME_PLACE_MM
from viewer.media import tags
from viewer.media.images import Image

_Mark = Callable[[Image], Hashable]


@dataclass(frozen=True)
class Part:
    """Slices at distinct positions, in order along the normal.

    Args:
        label: what tells the part from its siblings, such as "echo time 4.2"; "" when alone.
    """

    images: tuple[Image, ...]
    label: str = ""


@dataclass(frozen=True)
class Parts:
    """How a group of slices was taken apart.

    Args:
        reason: what told the parts apart, "" when there was nothing to do.
        extras: slices put aside because another one is at their position.
    """

    parts: tuple[Part, ...]
    reason: str = ""
    extras: tuple[Image, ...] = ()


def parts_of(images: Sequence[Image]) -> Parts:
    """Take slices of one orientation apart so that each part has every position once.

    When each position occurs m times, the first header value (or pair of values) that separates
    the repeats names m parts; without one the instance numbers do. When positions are repeated
    unevenly and no value explains it, the later ones are put aside.
    """
    ordered = _ordered(images)
    places = _places(ordered)
    most = max(len(place) for place in places)
    if most == 1:
        return Parts((Part(tuple(ordered)),))
    for names in _choices():
        found = _told_apart(ordered, names, most)
        if found:
            parts = tuple(Part(tuple(part), _label(names, part[0])) for part in found)
            return Parts(parts, " and ".join(names))
    if all(len(place) == most for place in places):
        by_rank = [[place[rank] for place in places] for rank in range(most)]
        parts = tuple(Part(tuple(part), f"repeat {n}") for n, part in enumerate(by_rank, 1))
        return Parts(parts, "instance number")
    kept = tuple(place[0] for place in places)
    extras = tuple(image for place in places for image in place[1:])
    return Parts((Part(kept),), "", extras)


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


def _told_apart(
    ordered: Sequence[Image], names: tuple[str, ...], most: int
) -> list[list[Image]] | None:
    """Classes by the named values, if there are as many as repeats and none repeats a position."""
    classes: dict[tuple[Hashable, ...], list[Image]] = {}
    for image in ordered:
        classes.setdefault(tuple(_MARKS[name](image) for name in names), []).append(image)
    if len(classes) != most:
        return None
    found = list(classes.values())
    if any(len(place) > 1 for part in found for place in _places(part)):
        return None
    return sorted(found, key=lambda part: min(image.number_or_last for image in part))


def _choices() -> list[tuple[str, ...]]:
    names = tuple(_MARKS)
    return [(name,) for name in names] + list(combinations(names, 2))


def _label(names: tuple[str, ...], image: Image) -> str:
    return ", ".join(f"{name} {_MARKS[name](image)}" for name in names)


def _text_mark(tag: int) -> _Mark:
    return lambda image: image.header.text(tag)


def _image_type(image: Image) -> Hashable:
    return " ".join(image.image_type[2:])


def _b_value(image: Image) -> Hashable:
    return image.header.double(tags.B_VALUE)


_MARKS: dict[str, _Mark] = {
    "echo number": _text_mark(tags.ECHO_NUMBER),
    "echo time": _text_mark(tags.ECHO_TIME),
    "image type": _image_type,
    "b-value": _b_value,
    "temporal position": _text_mark(tags.TEMPORAL_POSITION),
    "acquisition number": _text_mark(tags.ACQUISITION_NUMBER),
    "trigger time": _text_mark(tags.TRIGGER_TIME),
    "acquisition time": _text_mark(tags.ACQUISITION_TIME),
}
