"""By which key an entry of an export finds its media: UIDs, then file names, size, order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from viewer.media.plain.found import natural
from viewer.media.volume import Media, Point, Video, Volume
from viewer.model.project import Entry
from viewer.review.local_files import LEVELS, LocalFiles, uid_of

Strength = Literal["certain", "likely", "weak", "chosen", "none"]
SAMPLE = 16  # items of an entry that choose its media
FEW = 8  # media among which an entry's items are all counted
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True)
class Found:
    """What an entry is shown on, and why.

    Args:
        media: index, -1 for none.
        file: number of the one file of the media that is meant; None for all of it.
        evidence: in words, a sentence without its full stop.
        is_ambiguous: several fit alike, and none was taken.
    """

    media: int = -1
    file: int | None = None
    strength: Strength = "none"
    evidence: str = "No open file has its name"
    is_ambiguous: bool = False


class Seeker:
    """Finds the media of entries among those that are open."""

    def __init__(self, media: Sequence[Media], files: LocalFiles) -> None:
        self._media = media
        self._files = files
        self._series: dict[str, list[int]] = {}
        for index, item in enumerate(media):
            if item.facts.series_uid:
                self._series.setdefault(item.facts.series_uid, []).append(index)

    def all(self, entries: Sequence[Entry]) -> list[Found]:
        """Return what each entry is shown on, each by the strongest key that it has."""
        found = [self._by_own(entry) for entry in entries]
        self._by_size(entries, found)
        self._by_order(entries, found)
        return found

    def _by_own(self, entry: Entry) -> Found:
        for seek in (self._by_object, self._by_series, self._by_items, self._by_name):
            found = seek(entry)
            if found is not None:
                return found
        return Found()

    # --- UIDs ---

    def _by_object(self, entry: Entry) -> Found | None:
        uids = [uid for name in entry.names if (uid := uid_of(name)) is not None]
        numbers = [number for uid in uids if (number := self._files.by_object.get(uid)) is not None]
        if numbers:
            return self._file(numbers[0], "certain", "SOP Instance UID")
        items = [uid for name in entry.items if (uid := uid_of(name)) is not None]
        items += [anchor.uid for anchor in entry.anchors or ()]
        there = [self._files.by_object[uid] for uid in items if uid in self._files.by_object]
        if not there:
            return None
        media = Counter(self._media_of(number) for number in there).most_common(1)[0][0]
        words = f"{len(there):,} of {len(entry.items) or len(items):,} SOP Instance UIDs"
        return Found(media, None, "certain", words)

    def _by_series(self, entry: Entry) -> Found | None:
        uids = [entry.series, *(uid_of(name) for name in entry.names)]
        for uid in uids:
            media = self._series.get(uid or "", [])
            if media:
                return self._one_of(entry, media, "certain", "Series Instance UID")
        return None

    # --- names ---

    def _by_items(self, entry: Entry) -> Found | None:
        if not entry.items:
            return None
        step = max(1, len(entry.items) // SAMPLE)
        sample = entry.items[::step]
        for level, (_, loosely) in enumerate(LEVELS):
            files = [self._files.named(name, level) for name in sample]
            votes = Counter[int]()
            for numbers in files:
                votes.update({self._media_of(number) for number in numbers})
            if not votes:
                continue
            best = [media for media, count in votes.items() if count == max(votes.values())]
            if max(map(len, files)) == 1:  # each file is where it is, if in several series
                best = best[:1]
            return self._best_by_items(entry, best, loosely)
        return None

    def _best_by_items(self, entry: Entry, media: list[int], loosely: str) -> Found:
        counts = {m: self._held(entry, m) for m in media} if len(media) <= FEW else {}
        most = max(counts.values(), default=0)
        best = [m for m, count in counts.items() if count == most] or media
        if len(best) == 1:
            most = sum(self._files.of_item(name, best[0]) >= 0 for name in entry.items)
        words = f"{most:,} of {len(entry.items):,} file names{loosely}"
        return self._one_of(entry, best, "likely", words)

    def _held(self, entry: Entry, media: int) -> int:
        return sum(self._files.in_media(name, media) >= 0 for name in entry.items)

    def _by_name(self, entry: Entry) -> Found | None:
        for level, (_, loosely) in enumerate(LEVELS):
            for name in entry.names:
                numbers = self._files.named(name, level)
                if len(numbers) == 1:
                    return self._file(numbers[0], "likely", f"File name{loosely}")
                if numbers:
                    words = (
                        f"{len(numbers):,} open files are called {short(name)}{loosely}; choose"
                        " the one that is meant"
                    )
                    return Found(evidence=words, is_ambiguous=True)
        return None

    # --- size and order ---

    def _by_size(self, entries: Sequence[Entry], found: list[Found]) -> None:
        open_entries = [
            n for n, one in enumerate(found) if _is_open(one) and not entries[n].is_exact
        ]
        wanted = Counter(key for n in open_entries if (key := _size_key(entries[n])) is not None)
        free = self._free(found)
        here = Counter(self._key_of(media) for media in free)
        by_key = {self._key_of(media): media for media in free}
        for n in open_entries:
            key = _size_key(entries[n])
            if key is not None and wanted[key] == 1 and here[key] == 1:
                words = "The only images of its size and number; its name is not among the open"
                found[n] = Found(by_key[key], None, "weak", words)

    def _by_order(self, entries: Sequence[Entry], found: list[Found]) -> None:
        left = [n for n, one in enumerate(found) if one.media < 0]
        free = self._free(found)
        is_even = len(found) == len(self._media) and len(left) == len(free)
        if not is_even or any(found[n].is_ambiguous or entries[n].is_exact for n in left):
            return
        ordered = sorted(free, key=lambda m: natural(self._first_name(m)))
        pairs = list(zip(left, ordered, strict=True))
        if any(_is_other(entries[n], self._media[media]) for n, media in pairs):
            return
        for n, media in pairs:
            words = "Its place in the export alone; its name is not among the open files"
            found[n] = Found(media, None, "weak", words)

    def _free(self, found: Iterable[Found]) -> list[int]:
        taken = {one.media for one in found}
        return [media for media in range(len(self._media)) if media not in taken]

    def _key_of(self, media: int) -> tuple[int, int, int]:
        item = self._media[media]
        return item.columns, item.rows, item.count

    def _first_name(self, media: int) -> str:
        numbers = self._files.of_media[media]
        return self._files.names[numbers[0]] if numbers else self._media[media].id

    # --- what is in common ---

    def _file(self, number: int, strength: Strength, words: str) -> Found:
        """Return one file's media: all of it where the file is the only one."""
        media = self._media_of(number)
        alone = self._files.is_only_file(media)
        return Found(media, None if alone else number, strength, words)

    def _media_of(self, number: int) -> int:
        """Return the media that shows the first picture of a file that is shown."""
        media = self._files.spots[number][:, 0]
        return int(media[media >= 0][0])

    def _is_one_series(self, media: Sequence[int]) -> bool:
        """Whether several media are the points of one series, the first of them first."""
        points = [point_of(self._media[m]) for m in media]
        groups = {None if point is None else point.group for point in points}
        return len(groups) == 1 and None not in groups

    def _one_of(self, entry: Entry, media: Sequence[int], strength: Strength, words: str) -> Found:
        """Return the one media of several that holds the entry's files, or has its size."""
        best = list(media)
        if len(best) > 1 and entry.items and len(best) <= FEW:
            held = {m: self._held(entry, m) for m in best}
            best = [m for m in best if held[m] == max(held.values())]
        if len(best) > 1:
            alike = [m for m in best if _is_alike(entry, self._media[m])]
            best = alike if len(alike) == 1 else best
        if len(best) == 1 or self._is_one_series(best):
            return Found(best[0], None, strength, words)
        words = f"{words}, of {len(best):,} open series alike; choose the one that is meant"
        return Found(evidence=words, is_ambiguous=True)


def point_of(media: Media) -> Point | None:
    """Return which of several volumes of one series a media is; None for one that is alone."""
    return media.point if isinstance(media, Volume) else None


def _is_open(found: Found) -> bool:
    return found.media < 0 and not found.is_ambiguous


def _size_key(entry: Entry) -> tuple[int, int, int] | None:
    count = 1 if entry.kind == "image" else entry.count
    return None if entry.size is None or count is None else (*entry.size, count)


def _is_other(entry: Entry, media: Media) -> bool:
    """Whether an entry says that it is a video and the media is a volume, or the reverse.

    A video of one frame is taken for an image: an animated format may hold no more.
    """
    if entry.kind == "image" and media.count > 1:
        return isinstance(media, Video)
    wrong = Volume if entry.kind == "video" else Video if entry.kind == "volume" else ()
    return isinstance(media, wrong)


def _is_alike(entry: Entry, media: Media) -> bool:
    if entry.size is None and entry.count is None:
        return False
    size = entry.size is None or entry.size == (media.columns, media.rows)
    return size and entry.count in (None, media.count)


def short(name: str) -> str:
    """A name as it can stand in a sentence."""
    line = _SPACES.sub(" ", name).strip()
    return line if len(line) <= 80 else f"{line[:50]}…{line[-25:]}"
