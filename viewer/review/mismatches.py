"""What an export says of its media and the open ones are not, one sentence each."""

from __future__ import annotations

from collections.abc import Iterator

from viewer.media.volume import Media
from viewer.model.counted import counted
from viewer.model.project import Entry
from viewer.review.evidence import Found, point_of
from viewer.review.geometry_votes import Vote
from viewer.review.local_files import LocalFiles
from viewer.review.readings import may_lie

_MIRRORED = (
    "This vendor counts shapes on mammograms from the right edge, and so they are shown; masks in"
    " files lie pixel by pixel. If shapes lie on the wrong side, take the flip back."
)
_STORED = (
    "The export says {:,} x {:,} pixels, as its picture is stored and not as it is shown: labels"
    " are taken to count there; check one, and choose below."
)


def mismatches_of(
    entry: Entry,
    found: Found,
    files: LocalFiles,
    vote: Vote,
    *,
    is_mirrored: bool,
    is_stored: bool = False,
) -> tuple[str, ...]:
    """Return what does not agree between an entry and the media that was found for it.

    Args:
        vote: of the entry's geometry.
        is_mirrored: its columns are taken to be counted from the right edge.
        is_stored: its labels are taken to count on the picture as stored, by its size.
    """
    item = files.media[found.media]
    count = item.count if found.file is None else len(files.spots[found.file])
    said = [_STORED.format(*entry.size)] if is_stored and entry.size else []
    said += [*_of_sizes(entry, item, count), *_of_order(item, found, vote)]
    said += _of_names(entry, item, found, files, count)
    return (*said, _MIRRORED) if is_mirrored else tuple(said)


def _of_sizes(entry: Entry, item: Media, count: int) -> Iterator[str]:
    size = (item.columns, item.rows)
    is_lying = may_lie(entry) and entry.size == size[::-1]
    if entry.size is not None and entry.size != size and not is_lying:
        yield (
            f"The export says {entry.size[0]:,} x {entry.size[1]:,} pixels, the open images have"
            f" {size[0]:,} x {size[1]:,}: labels are not shown, since nothing is stretched."
        )
    if entry.count is not None and entry.count != count:
        yield (
            f"The export says {_pictures(entry.count)}, the open images have {count:,}: check"
            " that labels stand on the right ones."
        )


def _of_order(item: Media, found: Found, vote: Vote) -> Iterator[str]:
    if vote.sentence:
        yield f"By the order of the open images, because {vote.sentence}."
    elif vote.offset:
        yield f"The open images begin {vote.offset:+,} slices from the export's first."
    point = point_of(item)
    if point is not None and found.strength != "chosen":
        yield (
            f"The open series has {point.count:,} volumes that differ by {point.name}: what names"
            " a slice and no file is shown by the count of the first."
        )


def _of_names(
    entry: Entry, item: Media, found: Found, files: LocalFiles, count: int
) -> Iterator[str]:
    if differs(entry, item, found):
        yield f"The export names series {entry.series}; the open images are of another."
    kind = _kind_of(item, count)
    if entry.kind not in (None, kind):
        yield f"The export says that it is {_a(entry.kind)}; {_a(kind)} is open."
    missing = _missing(entry, found, files)
    if missing:
        yield f"{missing:,} of the {len(entry.items):,} files that it names are not open."


def differs(entry: Entry, item: Media, found: Found) -> bool:
    """Return whether an export names another series than that of the media."""
    series = item.facts.series_uid
    other = bool(entry.series and series and entry.series != series)
    return other and found.strength != "certain"


def _missing(entry: Entry, found: Found, files: LocalFiles) -> int:
    if found.file is not None or found.strength in ("weak", "chosen"):
        return 0
    return sum(files.of_item(name, found.media) < 0 for name in entry.items)


def _pictures(count: int) -> str:
    return counted(count, "picture")


def _kind_of(item: Media, count: int) -> str:
    if item.kind == "volume" and count > 1:
        return "volume"
    return "video" if count > 1 else "image"


def _a(kind: str | None) -> str:
    return f"an {kind}" if kind == "image" else f"a {kind}"
