"""What RedBrick AI measured of a label's shape, worked out anew after an edit.

`average`, `minimum` and `maximum` are of the pixels' values inside, `area` in mm2, `volume` in mm3
(the vendor's glossary). Whether a cuboid's corners are counted as whole voxels is told nowhere; the
volume that was there shows it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from viewer.errors import OverreadError
from viewer.formats.format import WriteJob
from viewer.formats.json_tools import is_object, members
from viewer.formats.patches import GONE
from viewer.formats.pen import Pen
from viewer.formats.redbrick.layout import Object, member_of
from viewer.formats.redbrick.shapes import Json, record_of
from viewer.model.annotation import Annotation
from viewer.model.measuring import Measures
from viewer.model.placement import Placement

_LOST = (
    "lost its stats, which were of the former shape: its pixels are not loaded, or have no single "
    "values. A save with the pictures loaded keeps them."
)


def remeasure(
    job: WriteJob,
    pen: Pen,
    start: int,
    placements: tuple[Placement, Placement],
    annotation: Annotation,
) -> str:
    """Note new stats in the record at byte `start`, if there were any; what is not known goes.

    Args:
        placements: as opened, and as it is now.

    Returns:
        What is to be said of what went, "" for nothing.
    """
    span = member_of(pen.base, Object(start, None), "stats")
    if span is None:
        return ""
    stats = record_of(pen.base[span.start : span.end])
    now = _measured(job, annotation, placements[1])
    if now is None or not is_object(stats):
        pen.set(start, "stats", GONE)
        return _LOST
    was = _measured(job, annotation, placements[0]) if "volume" in stats else None
    values, lost = _values(now, was, stats), list[str]()
    for member in members(pen.base, span.start):
        value = values.get(member.key)
        if value is not None:
            pen.set(span.start, member.key, value)
        elif not isinstance(stats.get(member.key), str | None):
            pen.set(span.start, member.key, GONE)
            lost.append(member.key)
    return f"lost {', '.join(lost)} of its stats, which cannot be worked out anew." if lost else ""


def _measured(job: WriteJob, annotation: Annotation, placement: Placement) -> Measures | None:
    measure = job.base.told.measure
    try:
        return None if measure is None else measure(annotation, placement)
    except OverreadError:  # of masks whose file is gone, which the save says by itself
        return None


def _values(now: Measures, was: Measures | None, stats: Json) -> Mapping[str, float | None]:
    """Return the new stats by their names, None for those that are not known."""
    volume = now.volume_mm3
    if was is not None and _is_between(was, stats.get("volume")):
        volume = now.between_mm3
    return {
        "average": now.average,
        "minimum": now.minimum,
        "maximum": now.maximum,
        "area": now.area_mm2,
        "volume": volume,
    }


def _is_between(was: Measures, volume: object) -> bool:
    """Whether a cuboid's stated volume is that between its corners, not that of whole voxels."""
    sides = (was.between_mm3, was.volume_mm3)
    if isinstance(volume, bool) or not isinstance(volume, int | float) or not all(sides):
        return False
    between, whole = (abs(math.log(max(volume, 1e-9) / side)) for side in sides if side)
    return between < whole
