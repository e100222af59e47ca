"""The demo phantom's pixels: a thorax in Hounsfield units, the same on every run."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from viewer.demo import anatomy
from viewer.demo.anatomy import Field, Sheet
from viewer.geometry.space import pixel_from_voxel

SEED = 20240501
FAT, MUSCLE, SKIN = -100.0, 48.0, 10.0
LUNG_HU = -862.0


@dataclass(frozen=True)
class Grid:
    """Voxel centres of the series: x = x0 + i dx, y = y0 + j dy, z = z0 + k step, in mm, LPS."""

    columns: int = 256
    rows: int = 256
    slices: int = 128
    pixel_mm: float = 1.4
    step_mm: float = 2.5
    first: tuple[float, float, float] = (-178.5, -170.5, -158.75)

    def sheet(self, k: int) -> Sheet:
        """Return the pixel centres of slice k, counted from the feet."""
        x = self.first[0] + self.pixel_mm * np.arange(self.columns, dtype=np.float32)
        y = self.first[1] + self.pixel_mm * np.arange(self.rows, dtype=np.float32)
        return Sheet(x[None, :], y[:, None], self.first[2] + self.step_mm * k)

    def pixel_of(self, x: float, y: float) -> tuple[float, float]:
        """Return pixel space (corner based) of a point in mm."""
        away = np.array([x - self.first[0], y - self.first[1]])
        column, row = pixel_from_voxel(away / self.pixel_mm).tolist()
        return column, row

    def slice_of(self, z: float) -> int:
        """Return the slice nearest to a height in mm."""
        return round((z - self.first[2]) / self.step_mm)


GRID = Grid()


def phantom(grid: Grid = GRID) -> NDArray[np.int16]:
    """Return the (slices, rows, columns) volume in HU, slice 0 at the feet."""
    noise = np.random.default_rng(SEED)
    blotches = _blotches(grid, noise)
    vessels = _vessels(grid, noise)
    volume = np.empty((grid.slices, grid.rows, grid.columns), dtype=np.int16)
    for k in range(grid.slices):
        hu = tissue(grid, k, vessels[k], blotches[k % len(blotches)])
        hu += _grain(noise, hu.shape)
        volume[k] = np.clip(np.rint(hu), -1024, 3071)
    volume.flags.writeable = False
    return volume


def tissue(grid: Grid, k: int, vessels: Field, blotches: Field) -> Field:
    """Return one slice without noise; later tissues are painted over earlier ones."""
    sheet = grid.sheet(k)
    hu = np.full((grid.rows, grid.columns), -1000.0, dtype=np.float32)
    edge = grid.pixel_mm
    _paint_table(hu, sheet, edge)
    _paint_wall(hu, sheet, edge)
    _paint_lungs(hu, sheet, edge, vessels + blotches)
    _paint_abdomen(hu, sheet, edge)
    for organ in anatomy.CHEST:
        _put(hu, organ.distance(sheet), organ.hu, edge)
    _paint_arch(hu, sheet, edge)
    for airway in anatomy.AIRWAYS:
        distance = airway.distance(sheet)
        _put(hu, None if distance is None else distance - 1.6, 20.0, edge)
        _put(hu, distance, airway.hu, edge)
    for nodule in (anatomy.NODULE_1, anatomy.NODULE_2):
        _put(hu, nodule.distance(sheet), nodule.hu, edge)
    _paint_bones(hu, sheet, edge)
    return hu


def _put(hu: Field, distance: Field | None, value: float | Field, edge_mm: float) -> None:
    """Blend `value` in where `distance` is negative, over an edge as wide as a pixel."""
    if distance is not None:
        share = np.clip(0.5 - distance / np.float32(edge_mm), 0.0, 1.0)
        hu += (value - hu) * share


def _paint_table(hu: Field, sheet: Sheet, edge: float) -> None:
    depth = sheet.y - (108.0 - sheet.x * sheet.x / np.float32(1100.0))
    inside = np.maximum(np.abs(sheet.x) - 140.0, np.abs(depth - 9.0) - 9.0)
    _put(hu, inside, -880.0, edge)
    _put(hu, np.maximum(np.abs(sheet.x) - 140.0, np.abs(depth - 1.0) - 1.2), -180.0, edge)
    _put(hu, np.maximum(np.abs(sheet.x) - 140.0, np.abs(depth - 17.0) - 1.2), -180.0, edge)


def _paint_wall(hu: Field, sheet: Sheet, edge: float) -> None:
    skin = anatomy.body_distance(sheet)
    _put(hu, skin, SKIN, edge)
    _put(hu, skin + 2.2, FAT, edge)
    fat_mm = 11.0 - 0.035 * sheet.y + 3.0 * np.cos(sheet.x / np.float32(28.0))
    _put(hu, skin + fat_mm, MUSCLE, edge)
    _put(hu, np.abs(anatomy.cage_distance(sheet) - 11.0) - 1.0, FAT + 30.0, edge)


def _paint_lungs(hu: Field, sheet: Sheet, edge: float, texture: Field) -> None:
    _put(hu, anatomy.cage_distance(sheet) + 1.0, 30.0, edge)
    fat = np.hypot((sheet.x + 4.0) / 17.0, (sheet.y + 30.0) / 24.0) * 17.0 - 17.0
    if sheet.z < 110.0:
        _put(hu, fat.astype(np.float32), -70.0, edge)
    air = LUNG_HU + np.float32(0.35) * sheet.y + texture
    for side in ("right", "left"):
        _put(hu, anatomy.lung_distance(sheet, side), air, edge)


def _paint_abdomen(hu: Field, sheet: Sheet, edge: float) -> None:
    if sheet.z > 0.0:
        return
    _put(hu, anatomy.abdomen_distance(sheet, -1.5), MUSCLE, edge)
    _put(hu, anatomy.abdomen_distance(sheet, 2.5), FAT + 5.0, edge)
    _put(hu, anatomy.liver_distance(sheet), 112.0, edge)
    for organ in (*anatomy.ABDOMEN, *anatomy.GAS):
        _put(hu, organ.distance(sheet), organ.hu, edge)


def _paint_arch(hu: Field, sheet: Sheet, edge: float) -> None:
    rise = sheet.z - 60.0
    if abs(rise) >= 14.0:
        return
    radius = (14.0**2 - rise * rise) ** 0.5
    reach = np.array((35.0, 42.0), dtype=np.float32)
    dx, dy = sheet.x + 6.0, sheet.y + 16.0
    along = np.clip((dx * reach[0] + dy * reach[1]) / (reach @ reach), 0.0, 1.0)
    dx, dy = dx - reach[0] * along, dy - reach[1] * along
    bow = dx + 9.0 * np.sin(np.pi * along)
    distance = np.hypot(bow, dy).astype(np.float32) - np.float32(radius)
    _put(hu, distance, 190.0, edge)


def _paint_bones(hu: Field, sheet: Sheet, edge: float) -> None:
    ribs = anatomy.rib_distance(sheet)
    cartilage = sheet.y < np.float32(-52.0)
    _put(hu, ribs, np.where(cartilage, np.float32(130.0), np.float32(720.0)), edge)
    _put(hu, ribs + 2.2, np.where(cartilage, np.float32(110.0), np.float32(260.0)), edge)
    if -70.0 < sheet.z < 84.0:
        front = -1.0 - anatomy.body_radii(sheet.z)[1] + 17.0
        sternum = anatomy.ellipse_distance(sheet, (0.0, front), (19.0, 6.0))
        _put(hu, sternum, 520.0, edge)
        _put(hu, sternum + 2.0, 180.0, edge)
    if 18.0 < sheet.z < 122.0:
        for side in (-1.0, 1.0):
            _put(hu, _scapula(sheet, side), 560.0, edge)
    _paint_spine(hu, sheet, edge)


def _scapula(sheet: Sheet, side: float) -> Field:
    """Return mm to a shoulder blade: a plate that lies along the ribs."""
    shrink = max(0.0, sheet.z - 84.0) * 0.75
    u, v = sheet.x * side - (98.0 - shrink), sheet.y - (66.0 - 0.3 * shrink)
    along, across = 0.84 * u - 0.54 * v, 0.54 * u + 0.84 * v - 3.0
    long_mm = 14.0 + 0.2 * (122.0 - sheet.z)
    return (np.hypot(along / long_mm, across / 3.2) - 1.0).astype(np.float32) * np.float32(3.2)


def _paint_spine(hu: Field, sheet: Sheet, edge: float) -> None:
    x, y = anatomy.spine_middle(sheet.z)
    body = anatomy.ellipse_distance(sheet, (x, y), (19.0, 15.0))
    canal = anatomy.ellipse_distance(sheet, (x, y + 21.0), (8.5, 7.0))
    if anatomy.is_disc(sheet.z):
        _put(hu, body, 95.0, edge)
    else:
        _put(hu, body, 620.0, edge)
        _put(hu, body + 2.2, 240.0, edge)
        wings = anatomy.ellipse_distance(sheet, (x, y + 20.0), (33.0, 4.6))
        _put(hu, wings, 430.0, edge)
        _put(hu, canal - 4.5, 560.0, edge)
    behind = 0.82 * anatomy.body_radii(sheet.z)[1]
    spine = anatomy.ellipse_distance(sheet, (x, behind), (3.2, 9.0))
    _put(hu, spine, 480.0, edge)
    _put(hu, canal, 25.0, edge)
    _put(hu, anatomy.ellipse_distance(sheet, (x, y + 21.0), (4.6, 3.8)), 45.0, edge)


def _grain(noise: np.random.Generator, shape: tuple[int, ...]) -> Field:
    """Return one slice of scanner noise, a little smoothed as a reconstruction kernel does."""
    grain = noise.standard_normal(shape, dtype=np.float32)
    smooth = grain + np.roll(grain, 1, 0) + np.roll(grain, 1, 1) + np.roll(grain, (1, 1), (0, 1))
    return smooth * np.float32(7.5)


def _blotches(grid: Grid, noise: np.random.Generator) -> list[Field]:
    """Return slices of slow variation for the lungs, in HU."""
    coarse = noise.standard_normal((8, grid.rows // 8, grid.columns // 8), dtype=np.float32)
    size = (grid.columns, grid.rows)
    return [cv2.resize(sheet, size, interpolation=cv2.INTER_CUBIC) * 26.0 for sheet in coarse]


def _vessels(grid: Grid, noise: np.random.Generator) -> NDArray[np.float32]:
    """Return what the lung vessels add to the lung, in HU: trees that branch from each hilum."""
    added = np.zeros((grid.slices, grid.rows, grid.columns), dtype=np.float32)
    for root in ((-28.0, 8.0, 18.0), (32.0, 10.0, 14.0)):
        tips = [_Tip(np.array(root), np.array((np.sign(root[0]), 0.0, 0.0)), 4.2)]
        for count, reach in ((12, 30.0), (3, 28.0), (3, 26.0), (3, 22.0)):
            tips = [_grow(added, grid, tip, reach, noise) for tip in tips for _ in range(count)]
    return added


@dataclass(frozen=True, eq=False)
class _Tip:
    """The end of a branch: where, which way (a unit vector), how thick, in mm."""

    at: NDArray[np.float64]
    way: NDArray[np.float64]
    radius: float


def _grow(
    added: NDArray[np.float32], grid: Grid, tip: _Tip, reach: float, noise: np.random.Generator
) -> _Tip:
    """Draw one branch and return its end."""
    way = tip.way + noise.standard_normal(3) * (0.5, 0.8, 1.0)
    way /= np.linalg.norm(way)
    end = tip.at + way * reach * noise.uniform(0.7, 1.2)
    radius = tip.radius * 0.68
    for at in np.linspace(tip.at, end, int(reach / max(radius, grid.pixel_mm)) + 2):
        _dab(added, grid, at, radius)
    return _Tip(end, way, radius)


def _dab(
    added: NDArray[np.float32], grid: Grid, center: NDArray[np.float64], radius: float
) -> None:
    spacing = np.array((grid.pixel_mm, grid.pixel_mm, grid.step_mm))
    middle = (center - grid.first) / spacing
    low = np.maximum(np.floor(middle - (radius + 1.5) / spacing), 0).astype(int)
    high = np.minimum(
        np.ceil(middle + (radius + 1.5) / spacing) + 1, (grid.columns, grid.rows, grid.slices)
    ).astype(int)
    if (low >= high).any():
        return
    offset: NDArray[np.float64] = -middle * spacing
    x, y, z = (
        np.arange(int(low[n]), int(high[n])) * float(spacing[n]) + float(offset[n])
        for n in range(3)
    )
    distance = np.sqrt(x * x + (y * y)[:, None] + (z * z)[:, None, None]) - radius
    part = added[low[2] : high[2], low[1] : high[1], low[0] : high[0]]
    share = np.clip(0.5 - distance / grid.step_mm, 0.0, 1.0) * 860.0
    np.maximum(part, share.astype(np.float32), out=part)
