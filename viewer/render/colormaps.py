"""Colour maps: from 8-bit grey to colours, by name. Grey is first, and no map at all."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from viewer.render.map_names import GREY, OF_OPENCV

Levels: TypeAlias = NDArray[np.uint8]
Knots: TypeAlias = tuple[tuple[int, int], ...]  # level and colour value; straight between them

# DICOM PS3.6 Annex B, as knots of red, green and blue.
_KNOTS: Mapping[str, tuple[Knots, Knots, Knots]] = MappingProxyType(
    {
        "hot_iron": (
            ((0, 0), (127, 254), (128, 255)),
            ((128, 0), (254, 252), (255, 255)),
            ((191, 0), (254, 252), (255, 255)),
        ),
        "pet": (
            ((63, 0), (64, 1), (106, 85), (107, 86), (149, 170), (150, 171), (192, 255)),
            ((0, 0), (31, 62), (32, 65), (62, 125), (63, 128), (95, 64), (96, 63), (127, 1),
             (128, 0), (254, 252), (255, 255)),
            ((0, 0), (1, 1), (128, 255), (129, 252), (192, 0), (212, 80), (213, 85), (233, 165),
             (234, 170), (254, 250), (255, 255)),
        ),
        "hot_metal_blue": (
            ((85, 0), (102, 50), (119, 90), (136, 140), (153, 190), (170, 255)),
            ((119, 0), (255, 255), (136, 32), (153, 64), (170, 96), (187, 128), (204, 160),
             (221, 192), (238, 224)),
            ((0, 0), (17, 33), (34, 67), (51, 100), (68, 133), (85, 167), (102, 200), (119, 150),
             (136, 50), (153, 0), (170, 0), (187, 50), (204, 100), (221, 150), (238, 200),
             (255, 255)),
        ),
    }
)  # fmt: skip
_PET_STEPS = (
    (0, 0, 0), (96, 0, 80), (48, 48, 80), (48, 48, 112), (80, 80, 128), (96, 96, 176),
    (112, 112, 192), (128, 128, 224), (48, 96, 48), (48, 144, 48), (80, 192, 80), (64, 224, 64),
    (224, 224, 80), (208, 208, 96), (208, 176, 64), (208, 144, 0), (192, 96, 0), (176, 48, 0),
    (255, 0, 0), (255, 255, 255),
)  # fmt: skip


@lru_cache(maxsize=32)
def table_of(name: str, *, inverted: bool = False) -> Levels:
    """Return the (256, 3) RGB colours of a map, not to be written to.

    Args:
        name: a key of `map_names.NAMES`.
        inverted: from the other end.

    Raises:
        KeyError: no map has this name.
    """
    table = _table(name)
    made = np.ascontiguousarray(table[::-1] if inverted else table, dtype=np.uint8)
    made.flags.writeable = False
    return made


def colored(levels: Levels, name: str) -> Levels:
    """Return the (h, w, 3) RGB colours of (h, w) levels; a picture in colour stays as it is.

    Levels that were inverted come out reversed: the map needs no turning itself.
    """
    if name == GREY or levels.ndim == 3:
        return levels
    import cv2

    table = table_of(name).reshape(256, 1, 3)
    return np.asarray(cv2.applyColorMap(np.ascontiguousarray(levels), table), dtype=np.uint8)


def _table(name: str) -> NDArray[np.generic]:
    every = np.arange(256, dtype=np.uint8)
    if name in _KNOTS:
        return np.stack([_between(knots) for knots in _KNOTS[name]], axis=1)
    if name == "pet_20_step":
        steps = every.astype(np.intp) * len(_PET_STEPS) // 255
        return np.array(_PET_STEPS)[np.minimum(steps, len(_PET_STEPS) - 1)]
    if name == GREY:
        return np.stack([every] * 3, axis=1)
    if name not in OF_OPENCV:
        raise KeyError(name)
    import cv2

    code: int = getattr(cv2, f"COLORMAP_{name.upper()}")
    return np.asarray(cv2.applyColorMap(every, code)).reshape(256, 3)[:, ::-1]


def _between(knots: Knots) -> NDArray[np.float64]:
    levels, values = zip(*sorted(knots), strict=True)
    return np.rint(np.interp(np.arange(256), levels, values))
