"""Which volumes of a series hold values of one kind, and so share a window."""

from __future__ import annotations

from collections.abc import Sequence

from viewer.media.volume import Media, Volume

KIND_MARKS = ("image type", "component")  # points that differ by these hold values of other kinds


def first_of_each_kind(media: Sequence[Media], series: Sequence[tuple[int, ...]]) -> dict[int, int]:
    """Return for each media the first one of its series whose values are of the same kind."""
    homes: dict[int, int] = {}
    for row in series:
        firsts: dict[tuple[str, ...], int] = {}
        for number in row:
            homes[number] = firsts.setdefault(_kind_of_values(media[number]), number)
    return homes


def _kind_of_values(media: Media) -> tuple[str, ...]:
    """The unit of a point's values, and its image type where points differ by it."""
    point = media.point if isinstance(media, Volume) else None
    if not isinstance(media, Volume) or point is None:
        return ()
    if not any(mark in point.name for mark in KIND_MARKS):
        return (media.rescale.unit,)
    types = [part for part in point.value.split(", ") if part[:1].isalpha()]
    return (media.rescale.unit, *types)
