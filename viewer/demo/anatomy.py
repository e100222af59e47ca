"""Where the organs of the demo phantom lie: solids in patient space, mm, LPS.

x grows to the patient's left, y to the back, z to the head. Nothing is symmetric: the spine stands
left of the middle, the heart points left, the liver fills the right, and the two nodules differ in
size, side and height, so that a picture that is mirrored or upside down shows it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Field: TypeAlias = NDArray[np.floating]  # one value per pixel of a slice
Side = Literal["right", "left"]
Triple: TypeAlias = tuple[float, float, float]

VERTEBRA_STEP_MM = 26.0
DISC_MM = 6.0
RIB_STEP_MM = 25.0
CARINA: Triple = (1.0, 6.0, 42.0)


@dataclass(frozen=True)
class Sheet:
    """The pixel centres of one slice: x (1, columns) and y (rows, 1) in mm, z in mm."""

    x: Field
    y: Field
    z: float


@dataclass(frozen=True)
class Ellipsoid:
    """A solid with its axes along the patient's; `hu` is what it is filled with."""

    name: str
    center: Triple
    radii: Triple
    hu: float

    def distance(self, sheet: Sheet) -> Field | None:
        """Return mm to its edge on this slice, negative inside; None where the slice misses it."""
        (cx, cy, cz), (rx, ry, rz) = self.center, self.radii
        rest = 1.0 - ((sheet.z - cz) / rz) ** 2
        if rest <= 0.0:
            return None
        size = rest**0.5
        return ellipse_distance(sheet, (cx, cy), (rx * size, ry * size))


@dataclass(frozen=True)
class Tube:
    """A vessel along a line of (x, y, z, radius) knots with z rising from knot to knot."""

    name: str
    knots: tuple[tuple[float, float, float, float], ...]
    hu: float

    def at(self, z: float) -> tuple[float, float, float] | None:
        """Return (x, y, radius) at a height, None beyond its ends."""
        heights = [knot[2] for knot in self.knots]
        if not heights[0] <= z <= heights[-1]:
            return None
        x, y, radius = (
            float(np.interp(z, heights, [knot[axis] for knot in self.knots])) for axis in (0, 1, 3)
        )
        return x, y, radius

    def distance(self, sheet: Sheet) -> Field | None:
        """Return mm to its wall on this slice, negative inside; None where the slice misses it."""
        found = self.at(sheet.z)
        if found is None:
            return None
        x, y, radius = found
        return ellipse_distance(sheet, (x, y), (radius, radius))


NODULE_1 = Ellipsoid("nodule 1", (-72.0, -18.0, 71.0), (7.5, 7.0, 8.0), 35.0)
NODULE_2 = Ellipsoid("nodule 2", (92.0, 36.0, -24.0), (15.0, 13.0, 14.0), 60.0)
AORTA = Tube(
    "descending aorta", ((30, 28, -160, 10.5), (31, 27, 0, 11.5), (29, 26, 60, 12.5)), 185.0
)

# Painted in this order, each over the ones before.
ABDOMEN: tuple[Ellipsoid, ...] = (
    Ellipsoid("spleen", (88.0, 38.0, -98.0), (24.0, 30.0, 42.0), 125.0),
    Ellipsoid("left kidney", (56.0, 44.0, -150.0), (23.0, 24.0, 42.0), 190.0),
    Ellipsoid("right kidney", (-52.0, 46.0, -160.0), (23.0, 24.0, 42.0), 190.0),
    Ellipsoid("colon", (-84.0, -8.0, -156.0), (22.0, 24.0, 22.0), 15.0),
    Ellipsoid("bowel", (-22.0, -40.0, -152.0), (30.0, 22.0, 15.0), 45.0),
    Ellipsoid("bowel", (24.0, -30.0, -160.0), (24.0, 28.0, 13.0), 52.0),
    Ellipsoid("pancreas", (6.0, 2.0, -124.0), (42.0, 11.0, 13.0), 85.0),
    Ellipsoid("stomach", (56.0, -22.0, -104.0), (38.0, 36.0, 40.0), 25.0),
)
GAS: tuple[Ellipsoid, ...] = (
    Ellipsoid("stomach gas", (56.0, -38.0, -98.0), (29.0, 17.0, 28.0), -960.0),
    Ellipsoid("colon gas", (-84.0, -16.0, -156.0), (17.0, 13.0, 17.0), -960.0),
)
CHEST: tuple[Ellipsoid | Tube, ...] = (
    Ellipsoid("heart fat", (27.0, -25.0, -22.0), (58.0, 45.0, 55.0), -80.0),
    Ellipsoid("heart", (29.0, -24.0, -24.0), (53.0, 40.0, 50.0), 95.0),
    Ellipsoid("left ventricle", (47.0, -16.0, -32.0), (20.0, 17.0, 27.0), 190.0),
    Ellipsoid("right ventricle", (12.0, -38.0, -30.0), (24.0, 14.0, 26.0), 175.0),
    Ellipsoid("left atrium", (16.0, 4.0, -4.0), (26.0, 13.0, 16.0), 185.0),
    Ellipsoid("right atrium", (-12.0, -22.0, -14.0), (15.0, 17.0, 24.0), 170.0),
    Tube("pulmonary trunk", ((14, -30, -2, 12), (16, -22, 22, 13), (12, -8, 36, 9)), 200.0),
    Tube("ascending aorta", ((8, -14, -8, 14), (-10, -22, 25, 15.5), (-6, -16, 62, 14.5)), 190.0),
    Tube("upper caval vein", ((-26, -14, -10, 8), (-27, -16, 80, 8)), 165.0),
    Tube("oesophagus", ((12, 26, -120, 6), (8, 24, 40, 6), (4, 20, 150, 6)), 35.0),
    AORTA,
)
AIRWAYS: tuple[Tube, ...] = (
    Tube("trachea", ((1, 6, 40, 9.0), (0, 2, 100, 8.5), (0, -2, 161, 8.5)), -1000.0),
    Tube("right main bronchus", ((-42, 4, 10, 5.0), (-8, 6, 44, 7.5)), -990.0),
    Tube("left main bronchus", ((48, 8, 6, 4.5), (9, 7, 44, 7.0)), -990.0),
)


def ellipse_distance(
    sheet: Sheet, center: tuple[float, float], radii: tuple[float, float]
) -> Field:
    """Return about the mm to an ellipse's edge, negative inside; exact for circles."""
    u = (sheet.x - center[0]) / radii[0]
    v = (sheet.y - center[1]) / radii[1]
    return (np.sqrt(u * u + v * v) - 1.0) * min(radii)


def both(a: Field, b: Field, round_mm: float = 10.0) -> Field:
    """Return the distance to where two solids overlap, its corner rounded."""
    u, v = a + round_mm, b + round_mm
    outside = np.hypot(np.maximum(u, 0.0), np.maximum(v, 0.0))
    return outside + np.minimum(np.maximum(u, v), 0.0) - round_mm


def body_radii(z: float) -> tuple[float, float]:
    """Return half width and half depth of the skin at a height: chest below, neck above."""
    neck = float(np.clip((z - 96.0) / 62.0, 0.0, 1.0))
    neck = neck * neck * (3.0 - 2.0 * neck)
    return 152.0 - 82.0 * neck, 100.0 - 36.0 * neck


def body_distance(sheet: Sheet) -> Field:
    """Return mm to the skin: an ellipse drawn out towards a box, as a lying chest is."""
    width, depth = body_radii(sheet.z)
    u, v = np.abs(sheet.x) / width, np.abs(sheet.y) / depth
    return ((u**2.5 + v**2.5) ** np.float32(0.4) - 1.0) * min(width, depth)


def cage_distance(sheet: Sheet) -> Field:
    """Return mm to the inner side of the ribs, which close to a dome at the apex."""
    width, depth = body_radii(sheet.z)
    rise = max(sheet.z - 4.0, 0.0) / 116.0
    size = max(1.0 - rise * rise, 0.0025) ** 0.5
    return ellipse_distance(sheet, (0.0, -1.0), ((width - 27.0) * size, (depth - 21.0) * size))


def dome_height(sheet: Sheet, side: Side) -> Field:
    """Return the height of the diaphragm in mm; the liver lifts the right one."""
    middle, top = (-66.0, -10.0) if side == "right" else (70.0, -34.0)
    return top - 52.0 * (((sheet.x - middle) / 72.0) ** 2 + ((sheet.y + 8.0) / 92.0) ** 2)


def lung_distance(sheet: Sheet, side: Side) -> Field:
    """Return mm to the pleura of one lung; heart and great vessels lie over it."""
    inner = sheet.x + 17.0 if side == "right" else 15.0 - sheet.x
    above = both(cage_distance(sheet), inner + 0.0 * sheet.y, 14.0)
    return both(above, (dome_height(sheet, side) - sheet.z) * np.float32(0.75), 6.0)


def abdomen_distance(sheet: Sheet, gap_mm: float = 0.0) -> Field:
    """Return mm to the space below the diaphragm, `gap_mm` further in."""
    dome = np.maximum(dome_height(sheet, "right"), dome_height(sheet, "left"))
    return both(cage_distance(sheet) + gap_mm, (sheet.z - dome) * np.float32(0.75) + gap_mm, 6.0)


def liver_distance(sheet: Sheet) -> Field:
    """Return mm to the liver's edge: the right side under the diaphragm, tapering to the left."""
    edge = (sheet.x - 30.0) * np.float32(0.6) + (sheet.y + 10.0) * np.float32(0.75) - 22.0
    below = abdomen_distance(sheet, 2.0)
    tip = np.float32(0.35) * (sheet.x + 80.0) - 138.0 - sheet.z
    return both(both(below, edge, 12.0), tip + 0.0 * below, 20.0)


def spine_middle(z: float) -> tuple[float, float]:
    """Return (x, y) of the vertebral bodies' centre: left of the midline and gently curved."""
    return 9.0 + 4.0 * float(np.sin(z / 70.0)), 0.49 * body_radii(z)[1] + 2.0


def is_disc(z: float) -> bool:
    """Whether a height lies in a disc between two vertebrae."""
    return (z + 146.0) % VERTEBRA_STEP_MM < DISC_MM


def rib_distance(sheet: Sheet) -> Field:
    """Return mm to the nearest rib; ribs fall towards the front."""
    shell = np.abs(cage_distance(sheet) - 4.5) - 3.6
    height = sheet.z - np.float32(0.42) * sheet.y
    phase = (height / RIB_STEP_MM) % 1.0
    band = np.abs(phase - 0.5) * RIB_STEP_MM - 5.0 + 0.0 * sheet.x
    ends = np.maximum(height - 112.0, -128.0 - height) + 0.0 * sheet.x
    return np.maximum(both(shell, band, 2.5), ends)
