"""What a person measures on a picture without labelling it, and the numbers of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.inside import Area
from viewer.geometry.measure import length_px, size_of
from viewer.geometry.shapes import Box, Ellipse, Points, Polygon, points_of
from viewer.geometry.space import voxel_from_pixel
from viewer.geometry.views import Axis, view_planes
from viewer.media.scale import scale_at
from viewer.media.volume import Media, Volume
from viewer.review.intensities import Intensity, summed_up
from viewer.review.sheets import Sheet

MeasureKind = Literal["length", "angle", "ellipse", "rectangle", "region", "probe", "profile"]
AREAS: tuple[MeasureKind, ...] = ("ellipse", "rectangle", "region")
COUNTS: dict[MeasureKind, int] = {  # of places; a region has any number from three on
    "length": 2,
    "angle": 3,
    "ellipse": 2,
    "rectangle": 2,
    "region": 3,
    "probe": 1,
    "profile": 2,
}
MOST_SAMPLES = 16_384  # of a profile
Floats = NDArray[np.float64]
Spot: TypeAlias = tuple[int, Axis, int]  # media, voxel axis that is cut, slice along it or frame


@dataclass(frozen=True, eq=False)
class Measurement:
    """Something measured on one slice of a plane, or one frame; no label, in no export.

    Args:
        number: which it is; never given twice.
        spot: where.
        points: (n, 2) plane mm: the ends of a length or profile, the ends of an angle around its
            vertex, opposite corners of what an ellipse or rectangle fills, a region's vertices, a
            probe's place.

    Raises:
        GeometryError: too few places, or one is not finite.
    """

    number: int
    kind: MeasureKind
    spot: Spot
    points: Points

    def __post_init__(self) -> None:
        object.__setattr__(self, "points", points_of(self.points, COUNTS[self.kind]))

    @cached_property
    def area(self) -> Area:
        """What a region of any kind encloses, in plane mm."""
        if self.kind == "region":
            return Polygon(self.points)
        (x0, y0), (x1, y1) = self.points.min(axis=0).tolist(), self.points.max(axis=0).tolist()
        if self.kind == "rectangle":
            return Box(x0, y0, x1 - x0, y1 - y0)
        return Ellipse((x0 + x1) / 2, (y0 + y1) / 2, (x1 - x0) / 2, (y1 - y0) / 2)


@dataclass(frozen=True)
class Sizes:
    """How large what was measured is.

    Args:
        is_mm: lengths are in mm, else in pixels.
        length: of a length or profile.
        degrees: of an angle, 0 to 180; None where an end lies on the vertex.
        extent: width and height of an area, along the plane's own axes.
        area: in squared units; None of a region whose outline is a tangle.
        perimeter: of an area.
        outside: it does not lie in one of the regions that the picture has sizes for.
    """

    is_mm: bool
    length: float | None = None
    degrees: float | None = None
    extent: tuple[float, float] | None = None
    area: float | None = None
    perimeter: float | None = None
    outside: bool = False


@dataclass(frozen=True, eq=False)
class Profile:
    """Values along a line.

    Args:
        way: (n,) from the first end, in mm or pixels.
        values: (n,) or (n, 3); NaN where there is nothing.
        points: (n, 2) plane mm.
    """

    way: Floats = field(repr=False)
    values: Floats = field(repr=False)
    points: Points = field(repr=False)


@dataclass(frozen=True, eq=False)
class Values:
    """The values of what was measured.

    Args:
        inside: of an area, one of grey values or three of red, green and blue; () without any.
        at: (1,) or (3,) of a probe; None outside.
        suv: what one unit is in SUV by body weight, None where that is not known.
    """

    inside: tuple[Intensity, ...] = ()
    at: Floats | None = None
    profile: Profile | None = None
    unit: str = ""
    suv: float | None = None


def sizes_of(measurement: Measurement, media: Media) -> Sizes:
    """Return the sizes of what was measured; at once."""
    pixels = measurement.points / _pixel_mm(measurement, media)
    scale = scale_at(media, pixels) if measurement.spot[1] == 2 else _of_reformat(media)
    is_mm, regions = scale is not None, getattr(media, "regions", None)
    outside = regions is not None and not is_mm
    points = pixels * (scale or (1.0, 1.0))
    match measurement.kind:
        case "length" | "profile":
            return Sizes(is_mm, length=float(np.hypot(*(points[1] - points[0]))), outside=outside)
        case "angle":
            return Sizes(is_mm, degrees=angle_between(points if is_mm else measurement.points))
        case "probe":
            return Sizes(is_mm)
        case _:
            area = Measurement(0, measurement.kind, measurement.spot, points).area
            return Sizes(
                is_mm,
                extent=size_of(area),
                area=area.area,
                perimeter=length_px(area),
                outside=outside,
            )


def values_of(measurement: Measurement, sheet: Sheet) -> Values:
    """Return the values of what was measured on its plane; not on the main thread."""
    media = sheet.media
    suv = None if media.kind == "video" else media.presentation.suv
    factor = None if suv is None else suv.factor
    match measurement.kind:
        case "probe":
            p, q = measurement.points[0].tolist()
            return Values(at=sheet.value_at(p, q), unit=media.unit, suv=factor)
        case "profile":
            return Values(profile=_profile(measurement, sheet), unit=media.unit, suv=factor)
        case "length" | "angle":
            return Values()
        case _:
            found = sheet.values_in(measurement.area)
            parts = (found,) if found.ndim == 1 else tuple(found.T)
            summed = tuple(filter(None, (summed_up(part, media) for part in parts)))
            return Values(inside=summed, unit=media.unit, suv=factor)


def angle_between(points: Points) -> float | None:
    """Return the angle at the second of three places in degrees, None where two are the same."""
    one, other = points[0] - points[1], points[2] - points[1]
    if not one.any() or not other.any():
        return None
    crossed = abs(float(one[0] * other[1] - one[1] * other[0]))
    return float(np.degrees(np.arctan2(crossed, float(one @ other))))


def patient_place(measurement: Measurement, media: Media) -> tuple[float, float, float] | None:
    """Return where the first place of a measurement is in the patient, mm; None of frames."""
    if not isinstance(media, Volume) or not media.is_calibrated:
        return None
    _media, axis, index = measurement.spot
    view = next(one for one in view_planes(media.stack).values() if one.axis == axis)
    x, y, z = view.patient_of_plane(index, measurement.points[:1])[0].tolist()
    return x, y, z


def voxel_of(measurement: Measurement, media: Media) -> tuple[float, float, float]:
    """Return the voxel place in the middle of a measurement, on its slice."""
    _media, axis, index = measurement.spot
    p, q = measurement.points.mean(axis=0).tolist()
    middle = [media.columns / 2, media.rows / 2, media.count / 2]
    if not isinstance(media, Volume):
        i, j = voxel_from_pixel((p / media.spacing_mm[0], q / media.spacing_mm[1])).tolist()
        return i, j, float(index)
    view = next(one for one in view_planes(media.stack).values() if one.axis == axis)
    middle[axis] = float(index)
    return view.voxel_at(index, p, q) or (middle[0], middle[1], middle[2])


def _profile(measurement: Measurement, sheet: Sheet) -> Profile:
    """About two samples for each pixel on the way, both ends among them."""
    first, last = measurement.points
    long = float(np.hypot(*(last - first)))
    steps = float(np.diff(sheet.centres_q).min()) if len(sheet.centres_q) > 1 else sheet.cell_mm
    count = min(int(np.ceil(2 * long / min(sheet.cell_mm, steps))) + 1, MOST_SAMPLES)
    part = np.linspace(0.0, 1.0, max(count, 2))
    points = first + part[:, None] * (last - first)
    length = sizes_of(measurement, sheet.media).length or 0.0
    return Profile(part * length, sheet.sampled(points), points)


def _pixel_mm(measurement: Measurement, media: Media) -> tuple[float, float]:
    """What a unit of pixel space is in plane units; reformats are measured as they are shown."""
    return media.spacing_mm if measurement.spot[1] == 2 else (1.0, 1.0)


def _of_reformat(media: Media) -> tuple[float, float] | None:
    return (1.0, 1.0) if media.is_calibrated else None
