"""Objects and videos whose frames an MD.ai export counts, as entries; what they are called in it.

Video rows name a study and a series, which are MD.ai's own, and a frame; rows of objects with many
frames name the object too. Frames count from 0 [third-party readers of real projects; MD.ai does
not say], which can be chosen otherwise for each entry.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from urllib.parse import unquote

import numpy as np
from numpy.typing import NDArray

from viewer.formats.mdai.metadata import VideoFile
from viewer.model.placement import Placement
from viewer.model.project import Entry, Export
from viewer.model.subject import MediaKey
from viewer.model.table import Columns


def with_entries(
    columns: Columns, keys: Sequence[str], videos: Sequence[VideoFile]
) -> tuple[Columns, tuple[Entry, ...]]:
    """Return columns whose rows name entries where frames are counted, and the entries.

    An object whose rows all name its first frame, or none, is found by its UID alone, and so are
    the frames of a series of which other rows name objects: that is no video.

    Args:
        columns: one export's, without entries.
        keys: the strings of the columns.
        videos: that its DICOM metadata list.
    """
    frames, series, instances = columns.frames, columns.series, columns.instances
    if not videos and not (frames >= 0).any():
        return columns, ()
    by_series = {video.series: video for video in videos}
    listed = [code for code, key in enumerate(keys) if key in by_series]
    is_alone = (instances < 0) & (series >= 0)
    counted = np.setdiff1d(series[is_alone & (frames >= 0)], series[instances >= 0])
    of_videos = np.union1d(counted, np.array(listed, dtype=np.int32))
    of_objects = np.unique(instances[(instances >= 0) & (frames > 0)])
    on_video = is_alone & np.isin(series, of_videos)
    on_object = np.isin(instances, of_objects) & (frames >= 0)
    entries = np.where(on_video, series, np.where(on_object, instances, -1)).astype(np.int32)
    found: dict[str, Entry] = {}
    for code, row in zip(*_firsts(entries), strict=True):
        size = (int(columns.widths[row]), int(columns.heights[row]))
        stated = size if min(size) > 0 else None
        id, study = keys[code], int(columns.studies[row])
        if on_video[row]:
            named = by_series.get(id) or VideoFile("", id)
            entry = _video(replace(named, study=keys[study]) if study >= 0 else named, stated)
        else:
            entry = Entry(id, id, (id,), size=stated, keys=(id,), is_exact=True)
        found.setdefault(id, entry)
    for video in videos:
        found.setdefault(video.series, _video(video, None))
    changed = replace(
        columns, entries=entries, instances=np.where(on_object, -1, instances).astype(np.int32)
    )
    return changed, tuple(found.values())


def _firsts(codes: NDArray[np.int32]) -> tuple[list[int], list[int]]:
    """Return each code but -1 once, in order of appearance, with its first row."""
    found, rows = np.unique(codes, return_index=True)
    order = np.argsort(rows[found >= 0], kind="stable")
    return found[found >= 0][order].tolist(), rows[found >= 0][order].tolist()


def _video(video: VideoFile, size: tuple[int, int] | None) -> Entry:
    """Return the entry of a video: MD.ai's file of it, then the one that was uploaded."""
    given = PurePosixPath(unquote(video.name).replace("\\", "/")).name
    made = f"{video.series}{video.ending or '.mp4'}"
    stem = PurePosixPath(given).stem
    again = f"{stem}{video.ending}" if stem and video.ending else ""
    names = tuple(dict.fromkeys(name for name in (made, given, again) if name))
    id = video.series
    return Entry(
        id,
        given or made,
        names,
        id,
        kind="video",
        size=size,
        keys=(id,),
        is_exact=True,
        study=video.study or None,
    )


def placed_media(export: Export, columns: Columns, placement: Placement) -> MediaKey:
    """Return a placement's media with the UIDs that its entry stands for.

    What is drawn anew names its entry alone; UIDs that the export does not tell stay None.
    """
    key = placement.media
    if key.entry is None:
        return key
    study, series = key.study, key.series
    if study is None or series is None:
        told = _uids_of(export, columns, key.entry)
        study, series = study or told[0], series or told[1]
    instance = None if series == key.entry else key.instance or key.entry
    frame = placement.index if key.frame is None else key.frame
    return MediaKey(study, series, instance, frame=frame)


def _uids_of(export: Export, columns: Columns, entry: str) -> tuple[str | None, str | None]:
    """Return the study and series of an entry; of an object those of its first row."""
    video = next((one for one in export.entries if one.id == entry and one.series), None)
    if video is not None:
        return video.study, video.series
    keys = columns.keys
    rows = np.flatnonzero(columns.entries == keys.row_of(entry))
    codes = (int(columns.studies[rows[0]]), int(columns.series[rows[0]])) if len(rows) else (-1, -1)
    study, series = (keys[each] if each >= 0 else None for each in codes)
    return study, series
