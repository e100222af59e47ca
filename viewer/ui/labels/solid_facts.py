"""What the inspector says of a solid: slices, place and size, in mm where that is known."""

from __future__ import annotations

import numpy as np

from viewer.geometry.solid_sizes import angle_of, length_of, volume_mm3
from viewer.geometry.solids import Angle, Cuboid, Landmark, Length, MaskVolume, Solid
from viewer.geometry.space import pixel_from_voxel
from viewer.media.volume import Media, Volume
from viewer.review.extents import Extent

Rows = tuple[tuple[str, str], ...]
THIN = "\u2009"  # thin space before units
ML = 1000.0  # mm3
NAMES: dict[type[Solid], str] = {
    Landmark: "Landmark",
    Length: "Length",
    Angle: "Angle",
    Cuboid: "Cuboid",
    MaskVolume: "Volume",
}


def solid_rows(solid: Solid, media: Media, extent: Extent | None) -> Rows:
    """Return slices, centre and sizes of a solid.

    Args:
        solid: in voxel space of the media.
        extent: where it lies; None outside the media, and while a volume is read.
    """
    rows: list[tuple[str, str]] = []
    if extent is None:
        is_read = isinstance(solid, MaskVolume)
        words = "none, or still being read" if is_read else "outside the images"
        rows.append(("Slices", words))
    else:
        rows.append(("Slices", _slices(extent, media)))
        rows += _centre(extent)
    rows += _sizes(solid, media, extent)
    if not media.is_calibrated:
        rows.append(("Note", "not calibrated: sizes in px and voxels"))
    return tuple(rows)


def _slices(extent: Extent, media: Media) -> str:
    first, last = extent.reach[2]
    span = f"{first + 1}" if first == last else f"{first + 1}\u2013{last + 1}"
    return f"{span} of {media.count}"


def _centre(extent: Extent) -> list[tuple[str, str]]:
    middle = extent.middle
    if middle is None:
        return []
    x, y = pixel_from_voxel(middle[:2]).tolist()
    return [("Centre", f"{x:,.1f}, {y:,.1f} px, slice {round(middle[2]) + 1}")]


def _sizes(solid: Solid, media: Media, extent: Extent | None) -> list[tuple[str, str]]:
    is_mm = media.is_calibrated
    stack = media.stack if is_mm and isinstance(media, Volume) else None
    spacing = media.spacing_mm if is_mm else (1.0, 1.0)
    match solid:
        case Length():
            unit = "mm" if is_mm else "px"
            return [("Length", f"{length_of(solid, stack, spacing):,.1f}{THIN}{unit}")]
        case Angle():
            degrees = angle_of(solid, stack, spacing)
            words = "none: an end lies on the vertex" if degrees is None else f"{degrees:.1f}\u00b0"
            return [("Angle", words)]
        case Cuboid() | MaskVolume():
            return _volume(extent, media if stack is not None else None)
        case _:
            return []


def _volume(extent: Extent | None, media: Media | None) -> list[tuple[str, str]]:
    if extent is None:
        return []
    count = int(np.sum([count for _, count in extent.voxels]))
    voxels = f"{count:,}{THIN}voxels"
    if not isinstance(media, Volume):
        return [("Volume", voxels)]
    size = volume_mm3(extent.voxels, media.stack)
    words = f"{size:,.1f}{THIN}mm\u00b3" if size < ML else f"{size / ML:,.2f}{THIN}ml"
    return [("Volume", f"{words}  {voxels}")]
