"""The lines of cuts on the screen: the middle of a band, with ticks at its ends."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from viewer.paint.framing import Affine, on_screen
from viewer.paint.layers import Floats
from viewer.render.overlay import Mark

TICK_PX = 8.0
MOST_ASKED = 1000  # marks
LEAST_ROOM_PX = 0.25  # cuts nearer than that lie on one line
DECIMALS = 6  # of a mm, where one strip ends and the next begins


def segments_on_screen(affine: Affine, segments: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (n, 4) screen px x0, y0, x1, y1 of (n, 4) plane mm."""
    return on_screen(affine, segments.reshape(-1, 2)).reshape(-1, 4)


def cut_room(marks: Sequence[Mark], affine: Affine) -> float:
    """Return the screen px from one cut to the next, half of them lie nearer; infinite for one.

    The first of many tell it.
    """
    drawn = [mark.drawn for mark in marks[:MOST_ASKED]]
    bands = [one.bands for one in drawn if one.bands is not None]
    columns = [one.columns for one in drawn if one.columns is not None]
    rooms = [np.inf]
    for edges, direction, first in ((bands, affine[:, 1], 1), (columns, affine[:, 0], 0)):
        if edges:
            ends = np.concatenate(edges)[:, first::2]
            middles: Floats = ends.mean(axis=1) * np.hypot(*direction)
            lines: Floats = np.unique(np.round(middles / LEAST_ROOM_PX))
            gaps: Floats = np.diff(lines) * LEAST_ROOM_PX
            rooms.append(float(np.median(gaps)) if len(gaps) else np.inf)
    return min(rooms)


def band_lines(affine: Affine, bands: NDArray[np.float64], tick_px: float) -> NDArray[np.float64]:
    """Return (n, 4) screen lines of (m, 4) bands: their middles, with ticks at the ends."""
    middle = (bands[:, 1] + bands[:, 3]) / 2
    lines = segments_on_screen(affine, np.stack([bands[:, 0], middle, bands[:, 2], middle], axis=1))
    return np.vstack([lines, *_end_ticks(lines[:, :2], lines[:, 2:], affine[:, 1], tick_px)])


def column_lines(
    affine: Affine,
    columns: NDArray[np.float64],
    tick_px: float,
    owners: NDArray[np.int64] | None = None,
) -> NDArray[np.float64]:
    """Return the same of bands along q; where one goes on in the next strip is no end.

    Args:
        affine, columns, tick_px: as of bands.
        owners: (n,) the numbers of the marks that they are of; None for one mark.
    """
    middle = (columns[:, 0] + columns[:, 2]) / 2
    own = np.zeros(len(columns)) if owners is None else owners
    low, high = (own + 1j * np.round(columns[:, side], DECIMALS) for side in (1, 3))
    lines = segments_on_screen(
        affine, np.stack([middle, columns[:, 1], middle, columns[:, 3]], axis=1)
    )
    starts, ends = lines[~np.isin(low, high), :2], lines[~np.isin(high, low), 2:]
    return np.vstack([lines, *_end_ticks(starts, ends, affine[:, 0], tick_px)])


def _end_ticks(
    starts: NDArray[np.float64],
    ends: NDArray[np.float64],
    direction: NDArray[np.float64],
    tick_px: float,
) -> list[NDArray[np.float64]]:
    across = direction / max(float(np.hypot(*direction)), 1e-12) * tick_px / 2
    return [np.hstack([places - across, places + across]) for places in (starts, ends)]
