"""How large the pixels of frames without positions are, and how the header knows it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from viewer.media.dicom import tags
from viewer.media.dicom.header import Header
from viewer.media.dicom.images import aspect_of, impossible_spacing, spacing_of
from viewer.media.dicom.ultrasound import common_spacing, regions_of
from viewer.media.scale import Region


@dataclass(frozen=True)
class Doubt:
    """What is to be said of a calibration; `words` follow the title of what was measured."""

    severity: Literal["note", "warning"]
    code: str
    words: str


@dataclass(frozen=True)
class Calibration:
    """The size of pixels, or their shape alone.

    Args:
        spacing_mm: (dx, dy) between columns, between rows; in units of the width where not known.
        is_known: the spacing is in mm.
        has_shape: the header says at least the shape of the pixels.
        regions: outside of which nothing is known; None where there are none.
    """

    spacing_mm: tuple[float, float] = (1.0, 1.0)
    is_known: bool = False
    has_shape: bool = False
    doubt: Doubt | None = None
    regions: tuple[Region, ...] | None = None


def calibration_of(header: Header, size: tuple[int, int] | None = None) -> Calibration:
    """Return the pixels' size by Pixel Spacing, or by the regions of ultrasound, or their shape.

    Args:
        size: (columns, rows) of the picture; the header's by default, which need not say it of a
            video.

    Source: DICOM PS3.3 10.7.1, C.8.5.5, C.7.6.3.1.7.
    """
    spacing = spacing_of(header)
    if spacing is not None:
        return Calibration(spacing, is_known=True, has_shape=True)
    regions = regions_of(header)
    common = common_spacing(regions)
    doubt = apart = None
    if _reach_outside(regions, size or _size_of(header)):
        words = "its ultrasound regions reach beyond the picture, which may have been scaled"
        doubt = Doubt("warning", "regions-outside", f"{words}; lengths are in pixels")
    elif common is not None:
        where = _place(regions[0])
        more = "" if len(regions) == 1 else f" and {len(regions) - 1} more"
        words = f"its pixel spacing is that of the ultrasound region ({where}){more}"
        doubt = Doubt("note", "region-spacing", f"{words}; lengths outside of it are not true")
        return Calibration(common, is_known=True, has_shape=True, doubt=doubt, regions=regions)
    elif regions:
        words = "its ultrasound regions have pixels of different sizes; lengths are in pixels"
        doubt, apart = Doubt("warning", "regions-differ", words), regions
    elif impossible := impossible_spacing(header):
        words = f"its pixel spacing of {impossible} cannot be right; lengths are in pixels"
        doubt = Doubt("warning", "spacing-impossible", words)
    aspect = aspect_of(header)
    shape = (1.0, aspect or 1.0)
    return Calibration(shape, has_shape=aspect is not None, doubt=doubt, regions=apart)


def _place(region: Region) -> str:
    x0, y0, x1, y1 = region.box
    return f"columns {x0 + 1} to {x1 + 1}, rows {y0 + 1} to {y1 + 1}"


def _size_of(header: Header) -> tuple[int, int]:
    return header.short(tags.COLUMNS) or 0, header.short(tags.ROWS) or 0


def _reach_outside(regions: Sequence[Region], size: tuple[int, int]) -> bool:
    """Whether a region ends beyond the picture; some count their ends from 1."""
    columns, rows = size
    return any(region.box[2] > columns or region.box[3] > rows for region in regions)


def common_calibration(headers: Iterable[Header]) -> Calibration:
    """Return the size of the pixels of all pictures of a frame stack; none where they differ.

    Args:
        headers: one or more.
    """
    found = [calibration_of(header) for header in headers]
    if len({(one.spacing_mm, one.is_known) for one in found}) == 1:
        return replace(found[0], regions=_of_all([one.regions for one in found]))
    words = "its pictures have pixels of different sizes; lengths are in pixels"
    return Calibration(doubt=Doubt("note", "spacings-differ", words))


def _of_all(found: Sequence[tuple[Region, ...] | None]) -> tuple[Region, ...] | None:
    """The regions that all pictures share; None where no picture has any."""
    if all(regions is None for regions in found):
        return None
    first, *others = (regions for regions in found if regions is not None)
    return tuple(one for one in first if all(one in regions for regions in others))
