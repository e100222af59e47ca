"""What can be played: the frames of a media, or the volumes of a series that differ by a point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.solids import Voxel
from viewer.media.volume import FrameStack, Media, Video, Volume

Times = NDArray[np.float64]
ASSUMED_FPS = 10.0  # of frames without times
POINTS_PER_S = 2.0
SLICES_PER_S = 15.0
EVEN = 0.05  # steps that differ by less than this part of the middle one are one rate


@dataclass(frozen=True, eq=False)
class Playable:
    """Pictures in an order, with the time of each.

    Args:
        count: of frames or points; at least 2.
        counted: what one of them is: "frame", "slice", or the point's name such as "echo time".
        times_s: (count,) when each is shown, from 0 at the first, ascending.
        duration_s: when the last one ends.
        is_timed: the times are the file's, not assumed.
        names: each point's value in words; () for frames.
    """

    count: int
    counted: str
    times_s: Times
    duration_s: float
    is_timed: bool
    names: tuple[str, ...] = ()

    @property
    def is_of_points(self) -> bool:
        """It goes through the volumes of one series, not through frames."""
        return bool(self.names)

    @property
    def fps(self) -> float:
        """Frames, slices or points a second, on average."""
        return (self.count - 1) / max(float(self.times_s[-1]), 1e-9)

    @property
    def rate(self) -> str:
        """Frames a second in words; says so where the file has none."""
        if self.is_of_points:
            return f"{POINTS_PER_S:.0f} a second"
        fps = fps_words(self.fps)
        if not self.is_timed:
            return f"no frame rate in the file, played at {fps} fps"
        steps = np.diff(self.times_s)
        middle = float(np.median(steps))
        is_even = bool(np.all(np.abs(steps - middle) <= EVEN * middle + 1e-3))
        return f"{fps} fps" if is_even else f"{fps} fps on average, uneven"

    def words(self, index: int) -> str:
        """Return where one stands: "45 of 96 · 1.452 s of 3.168 s", or the point's value."""
        place = f"{index + 1} of {self.count}"
        if self.is_of_points:
            return f"{place} · {self.counted} {self.names[index]}"
        if not self.is_timed:
            return place
        return f"{place} · {self.times_s[index]:.3f} s of {self.duration_s:.3f} s"


def playable_of(media: Sequence[Media], shown: int, points: tuple[int, ...]) -> Playable | None:
    """Return what can be played of a media; None for a single picture and for a plain volume.

    Args:
        media: of the session.
        shown: which of them.
        points: the media of its series, by `series_of`.
    """
    at = media[shown]
    if isinstance(at, Volume):
        return _of_points(media, points)
    if at.count < 2:
        return None
    if isinstance(at, Video):
        return Playable(at.count, "frame", at.times_s, at.duration_s, is_timed=True)
    times = times_of(at)
    if times is None:
        assumed = np.arange(at.count) / ASSUMED_FPS
        return Playable(at.count, "frame", assumed, at.count / ASSUMED_FPS, is_timed=False)
    last = float(times[-1] + np.median(np.diff(times)))
    return Playable(at.count, "frame", times, last, is_timed=True)


def slices_of(count: int) -> Playable | None:
    """Return what is played of the slices along an axis; None of a single one."""
    times = np.arange(count) / SLICES_PER_S
    last = count / SLICES_PER_S
    return Playable(count, "slice", times, last, is_timed=False) if count > 1 else None


def times_of(media: FrameStack) -> Times | None:
    """Return when each frame is shown, None where nothing says so or the times do not ascend."""
    times = media.times_s
    if times is None or len(times) != media.count or not np.all(np.diff(times) > 0):
        return None
    return times


def series_of(media: Sequence[Media]) -> tuple[tuple[int, ...], ...]:
    """Return the numbers of the media that are one row: the points of a series, in their order.

    Every other media is a row by itself; rows come in the order of their first media.
    """
    groups: dict[object, list[int]] = {}
    for number, at in enumerate(media):
        point = at.point if isinstance(at, Volume) else None
        groups.setdefault(number if point is None else point.group, []).append(number)
    return tuple(
        tuple(sorted(group, key=lambda number: _place(media[number]))) for group in groups.values()
    )


def series_title(media: Media) -> str:
    """Return a media's title, without the point where others of its series differ by it."""
    title = media.title
    if isinstance(media, Volume) and media.point is not None:
        head, mark, value = title.rpartition(" (")
        first = media.point.value.partition(", ")[0]
        return head if mark and value.endswith(")") and first in value else title
    return title


def point_words(media: Media) -> str:
    """Return which of several volumes one is, such as "echo time 4.2 ms, 2 of 3"; "" without."""
    point = media.point if isinstance(media, Volume) else None
    if point is None:
        return ""
    named = point.value if " and " in point.name else f"{point.name} {point.value}"
    return f"{named}, {point.index + 1} of {point.count}"


def _place(media: Media) -> int:
    return media.point.index if isinstance(media, Volume) and media.point is not None else 0


def _of_points(media: Sequence[Media], points: tuple[int, ...]) -> Playable | None:
    found = [at.point for n in points if isinstance(at := media[n], Volume) and at.point]
    if len(found) < 2:
        return None
    times = np.arange(len(found)) / POINTS_PER_S
    names = tuple(point.value for point in found)
    duration = len(found) / POINTS_PER_S
    return Playable(len(found), found[0].name, times, duration, is_timed=False, names=names)


def fps_words(fps: float) -> str:
    """Return a rate with two digits behind the point at most."""
    return f"{fps:.2f}".rstrip("0").rstrip(".")


def place_at_point(before: Media, after: Media, voxel: Voxel) -> Voxel:
    """Return a voxel place of one point of a series in another, which may lack slices."""
    if not isinstance(before, Volume) or not isinstance(after, Volume):
        return voxel
    normal = before.stack.normal
    old, new = before.stack.origins @ normal, after.stack.origins @ normal
    if np.array_equal(old, new):
        return voxel
    i, j, k = voxel
    at = np.interp(np.interp(k, np.arange(len(old)), old), new, np.arange(len(new)))
    return (i, j, float(at))
