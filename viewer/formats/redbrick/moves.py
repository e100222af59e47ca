"""Where labels stand, as their `video` says it, and what a move changes of that."""

from __future__ import annotations

from viewer.errors import CannotWrite
from viewer.formats.format import WriteJob, named
from viewer.formats.json_tools import Bytes, Span
from viewer.formats.redbrick.layout import Object, member_of
from viewer.formats.style import JsonValue
from viewer.model.annotation import Annotation
from viewer.model.placement import Placement
from viewer.model.project import Entry


def where_of(placement: Placement, entry: Entry | None) -> dict[str, JsonValue]:
    """Return what a `video` says of the place of a label; nothing on a single picture."""
    media, index = placement.media, placement.index
    if media.item is None:
        index = media.frame if index is None else index
        one_file = entry is not None and not entry.items and index is not None
        found = {"seriesItemIndex": 0 if one_file else None, "frameIndex": index}
    else:
        found = {"seriesItemIndex": media.item, "frameIndex": index}
        found["seriesFrameIndex"] = media.frame
    return {key: value for key, value in found.items() if value is not None}


def followed(before: Placement, after: Placement, entry: Entry | None) -> int | None:
    """Return the frame that goes with another file of a series, None where that cannot be told.

    Files may be listed as the slices are counted, or the other way round.
    """
    if entry is None or before.index is None or before.media.item is None:
        return None
    item, last = after.media.item, len(entry.items) - 1
    if item is None or 2 * before.index == last:
        return None
    if before.index == before.media.item:
        return item
    return last - item if before.index == last - before.media.item else None


def spelled_flag(base: Bytes, video: Span, key: str, *, on: bool) -> JsonValue:
    """Return yes or no as a `video` spells this key: a boolean, or 0 and 1."""
    old = member_of(base, Object(video.start, None), key)
    is_number = old is not None and bytes(base[old.start : old.end])[:1].isdigit()
    return int(on) if is_number else on


def check_item(job: WriteJob, before: Placement, after: Placement, annotation: Annotation) -> None:
    """Refuse a move that names another slice and the same file.

    Raises:
        CannotWrite: file and frame would contradict each other.
    """
    entry = next((one for one in job.export.entries if one.id == after.media.entry), None)
    same_file = after.media.item is not None and after.media.item == before.media.item
    single = entry is not None and entry.count == len(entry.items) > 1
    if same_file and single and before.index != after.index:
        raise CannotWrite(
            f"{named(job, annotation)} was moved to slice {(after.index or 0) + 1}, but still "
            "names the file of its former slice."
        )
