"""In which order an export counts the slices of a series, where it names some of them or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal

import numpy as np

from viewer.media.plain.found import natural
from viewer.media.volume import Media, Video, Volume
from viewer.model.counted import counted
from viewer.model.project import Anchor, Entry
from viewer.model.table import Ints
from viewer.review.local_files import LocalFiles

SliceOrder = Literal["stack", "reversed", "items", "numbers", "names"]
_USUAL: tuple[SliceOrder, ...] = ("numbers", "stack", "reversed", "names")  # likeliest first
_WORDS: Mapping[SliceOrder, str] = {
    "numbers": "Instance Number",
    "stack": "position",
    "reversed": "position, reversed",
    "names": "file name",
}
_FEW_OPEN = 4  # times as many images of a series as its anchors may not be open
_SPARE = 1024  # and this many more
_GUESS = (
    "The export does not say which slice is which image: it is taken to count them by {}, which is"
    " a guess. Check a label, and choose the order below."
)
_OPEN = (
    "The export names {} and leaves the order of the others open: it is taken to count them by {},"
    " which is a guess."
)
_AGAINST = (
    "No usual order of slices agrees with the {} that the export names: those stand where it says,"
    " others are taken by {} and may be wrong."
)


@dataclass(frozen=True)
class OrderVote:
    """The order in which an export counts the slices of a media.

    Args:
        order: None where nothing is asked.
        evidence: in words that follow on those of the media; "" for none.
        sentence: what is in doubt, "" for nothing.
    """

    order: SliceOrder | None = None
    evidence: str = ""
    sentence: str = ""


NOT_ASKED = OrderVote()


def order_of(entry: Entry, files: LocalFiles, index: int) -> OrderVote:
    """Return the order that agrees with every slice that an export names by its UID.

    An export that names none and says that it tells no order is taken to count by Instance Number.
    Orders that come to the same are one, called by position if that is among them.
    """
    media = files.media[index]
    if entry.anchors is None or isinstance(media, Video) or media.count < 2:
        return NOT_ASKED
    known = anchored(entry.anchors, files, index)
    ways = _ways(media)
    fit: list[SliceOrder] = [order for order, way in ways.items() if _agrees(way, known)]
    best: SliceOrder = fit[0] if fit else "numbers"
    order = _plainest(best, ways)
    words = _WORDS[best]
    images = counted(len(known), "image")
    if not known:
        return OrderVote(order, sentence=_GUESS.format(words))
    if len(set(known.values())) == media.count:
        return OrderVote(order, "each slice named by its UID")
    if not fit:
        return OrderVote(order, sentence=_AGAINST.format(images, words))
    is_open = any(not np.array_equal(ways[one], ways[best]) for one in fit)
    return OrderVote(
        order,
        f"slices by {words}, as {images} named by UID",
        _OPEN.format(images, words) if is_open else "",
    )


def anchored(anchors: Sequence[Anchor], files: LocalFiles, index: int) -> dict[int, int]:
    """Return the slice of a media for each number that an export gives to one of its images.

    Numbers far beyond those of the media's images are left out: what is counted is kept as a list.
    """
    limit = files.media[index].count + _FEW_OPEN * len(anchors) + _SPARE
    found: dict[int, int] = {}
    for anchor in anchors:
        file = files.by_object.get(anchor.uid)
        if file is None or not 0 <= anchor.slice < limit:
            continue
        spots = files.spots[file]
        if 0 <= anchor.frame < len(spots) and spots[anchor.frame, 0] == index:
            found[anchor.slice] = int(spots[anchor.frame, 1])
    return found


def slices_in(order: SliceOrder, media: Media) -> Ints:
    """Return the slices of a media in an order; one that asks for what is not told is the stack's.

    By Instance Number, frames of one object follow on one another.
    """
    stacked = np.arange(media.count)
    if order == "reversed":
        return stacked[::-1]
    if isinstance(media, Video):
        return stacked
    if order == "numbers":
        numbers = [one.number for one in media.instances]
        if len(numbers) != media.count or None in numbers:
            return stacked
        frames = [one.frame or 0 for one in media.instances]
        return np.lexsort((frames, [number or 0 for number in numbers])).astype(np.int64)
    if order == "names":
        names = [natural(_name(media, k)) for k in stacked.tolist()]
        return np.array(sorted(range(media.count), key=lambda k: (names[k], k)), dtype=np.int64)
    return stacked


def with_anchors(slices: Ints, known: Mapping[int, int]) -> Ints:
    """Return slices by the export's number, with those that it names where they are.

    What an order puts on an image that stands elsewhere is on none: -1.
    """
    length = max([len(slices), *(number + 1 for number in known)])
    found = np.full(length, -1, dtype=np.int64)
    found[: len(slices)] = np.where(np.isin(slices, list(known.values())), -1, slices)
    for number, slice in known.items():
        found[number] = slice
    return found


def _ways(media: Media) -> dict[SliceOrder, Ints]:
    """Return the slices in each usual order; frames without positions have no reversed one."""
    is_placed = isinstance(media, Volume)
    return {order: slices_in(order, media) for order in _USUAL if order != "reversed" or is_placed}


def _agrees(way: Ints, known: Mapping[int, int]) -> bool:
    return all(number < len(way) and way[number] == slice for number, slice in known.items())


def _plainest(order: SliceOrder, ways: Mapping[SliceOrder, Ints]) -> SliceOrder:
    same: Sequence[SliceOrder] = ("stack", "reversed", order)
    return next(one for one in same if one in ways and np.array_equal(ways[one], ways[order]))


def _name(media: Media, slice: int) -> str:
    assert not isinstance(media, Video)
    file = media.reader.file_of(slice)
    return PurePath(file.path if file.member is None else file.member).name
