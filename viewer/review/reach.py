"""Whether what was drawn on other planes than the acquired fits onto them.

An export may count on a reformat of equal spacing, or have been drawn on other images; shapes that
reach beyond their plane tell so, and nothing else in the export does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from viewer.errors import Issue
from viewer.geometry.measure import bounds
from viewer.model.subject import PLANES
from viewer.review.entry_spots import plane_size
from viewer.review.evidence import short
from viewer.review.matching import Matches
from viewer.review.sorted_rows import SortedRows
from viewer.review.wording import REPORT

SAMPLE = 64  # placements on the planes along one axis of a media
NEAR_PX = 1.0  # beyond the edge is where a hand may slip to
BEYOND = "beyond-plane"


def reaches(matches: Matches, check: Callable[[], None]) -> Iterator[tuple[int, Issue]]:
    """Yield, with its media, where labels reach beyond the plane that they were drawn on.

    Args:
        check: called again and again; may raise to stop.
    """
    for export, rows in matches.rows.items():
        if export not in matches.lookup.bindings:
            continue
        for media in range(len(matches.lookup.media)):
            for axis in (0, 1):
                issue = _beyond(matches, rows, (media, axis), check)
                if issue is not None:
                    yield media, issue


def _beyond(
    matches: Matches, rows: SortedRows, where: tuple[int, int], check: Callable[[], None]
) -> Issue | None:
    media, axis = where
    found = rows.on_axis(media, axis)
    if not len(found):
        return None
    shown = matches.lookup.media[media]
    (width, height), (_, equal) = plane_size(shown, axis)
    frame = matches.frame_of(rows.export, media, axis)
    low, high = np.zeros(2), np.array([width, height], dtype=np.float64)
    for row in found[:: max(1, len(found) // SAMPLE)].tolist():
        check()
        placements = matches.project.annotations.opened(rows.id_of(row)).placements
        shape = placements[rows.number_of(row)].flat
        if shape is not None:
            x0, y0, x1, y1 = bounds(frame.shown(shape, (width, height)))
            low, high = np.minimum(low, (x0, y0)), np.maximum(high, (x1, y1))
    if (low >= -NEAR_PX).all() and (high <= (width + NEAR_PX, height + NEAR_PX)).all():
        return None
    plane = PLANES[int(rows.columns.planes[int(found[0])])]
    hint = f", such as equal spacing ({equal} rows)" if frame.scale_y == 1 != equal / height else ""
    sentence = (
        f"{short(shown.title)}: labels on the {plane} plane reach from {low[0]:.0f}, {low[1]:.0f}"
        f" to {high[0]:.0f}, {high[1]:.0f} px, and it has {width} x {height}: choose how it is"
        f" counted{hint} under {REPORT}."
    )
    return Issue("warning", BEYOND, sentence, shown.title)
