"""The pixels of a view: 8-bit grey or RGB of what its section shows."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.oblique import ObliquePlane
from viewer.media.values import modality_values
from viewer.media.volume import Media, Video, Volume, Window
from viewer.paint.framing import Bounds
from viewer.paint.stage import Stage
from viewer.render.colormaps import colored
from viewer.render.map_names import GREY
from viewer.render.oblique import is_mixed_at_hand, oblique_picture
from viewer.render.planes import Section
from viewer.render.reslice import Plate, picture_of
from viewer.render.slab import Slab, is_slab_at_hand, prepare_slab
from viewer.render.window import grey
from viewer.review.kept import kept_for_views
from viewer.session.session import Session

Image = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Shown:
    """A picture ready to be drawn: (h, w) grey or (h, w, 3) RGB, and its rectangle in plane mm."""

    levels: Image
    rect: Bounds


def image_of(
    stage: Stage, window: Window | None, *, inverted: bool, color_map: str = GREY
) -> Shown:
    """Return the stage's picture as 8-bit grey or RGB; black where there is no tissue."""
    media = stage.media
    is_inverted = media.is_inverted != inverted
    k = stage.acquired_slice
    held = None if k is None else media.picture(k)  # until it is drawn, whoever lets go of it
    is_resting = is_at_rest(stage)
    is_at_hand = is_resting if k is None else held is not None
    slab = stage.slab if is_resting else None
    look = (window, is_inverted, color_map)
    return _image(media, stage.section, slab, look, _decoded(media, is_at_hand))


def is_at_rest(stage: Stage) -> bool:
    """Whether an oblique plane or a slab is drawn as it is at rest; of others nothing is better."""
    media, view = stage.media, stage.view
    if not isinstance(media, Volume) or view is None:
        return True
    if stage.slab is not None:
        return is_slab_at_hand(media, view, stage.index, stage.slab)
    return not isinstance(view, ObliquePlane) or is_mixed_at_hand(media, view, stage.index)


def _decoded(media: Media, is_at_hand: bool) -> tuple[int, bool]:
    """How much of what a picture is made of is decoded, and whether itself is at hand."""
    return 0 if isinstance(media, Video) else int(media.ready.sum()), is_at_hand


@kept_for_views(12)
def _image(
    media: Media,
    section: Section,
    slab: Slab | None,
    look: tuple[Window | None, bool, str],
    _ready: tuple[int, bool],
) -> Shown:
    plate = _plate(media, section, slab)
    window, inverted, color_map = look
    levels = grey(plate.pixels, window or Window(128.0, 256.0), plate.rescale, inverted=inverted)
    levels = colored(levels, color_map)
    if plate.valid is not None:
        shown = plate.valid if levels.ndim == 2 else plate.valid[..., None]
        levels = levels * shown.astype(np.uint8)
    levels = np.ascontiguousarray(levels)
    levels.flags.writeable = False
    return Shown(levels, plate.rect)


def _plate(media: Media, section: Section, slab: Slab | None) -> Plate:
    """The section's values; of a frame stack with its padding left out."""
    if isinstance(media, Volume) and section.view is not None and slab is not None:
        return prepare_slab(media, section.view, section.index, slab)
    if isinstance(media, Volume) and section.view is not None:
        if isinstance(section.view, ObliquePlane):
            return oblique_picture(media, section.view, section.index)
        return picture_of(media, section.view, section.index)
    dx, dy = media.spacing_mm
    rect: Bounds = (0.0, 0.0, media.columns * dx, media.rows * dy)
    pixels = media.picture(section.index)
    if pixels is None:
        return Plate(np.zeros((media.rows, media.columns), dtype=np.uint8), rect)
    if isinstance(media, Video) or media.is_colour:
        return Plate(pixels, rect)
    padding = media.padding_in(pixels)
    valid = None if padding is None or not padding.any() else ~padding
    return Plate(pixels, rect, valid, media.rescale_at(section.index))


def values_within(
    stage: Stage, first: tuple[float, float], last: tuple[float, float]
) -> NDArray[np.float64]:
    """Return the values in output units of the pixels that a rectangle holds, at least partly.

    Args:
        stage: of a grey picture; its slab counts once it is worked out.
        first, last: two opposite corners in plane mm.
    """
    plate = _plate(stage.media, stage.section, stage.slab if is_at_rest(stage) else None)
    rows, columns = plate.pixels.shape[:2]
    p0, q0, p1, q1 = plate.rect
    x = _cells(first[0], last[0], (p0, p1), columns)
    y = _cells(first[1], last[1], (q0, q1), rows)
    pixels = plate.pixels[y, x]
    if plate.valid is not None:
        pixels = pixels[plate.valid[y, x]]
    return modality_values(pixels.ravel(), plate.rescale)


def _cells(start: float, end: float, extent: tuple[float, float], count: int) -> slice:
    """Which of the evenly spaced cells of an extent lie between two places, at least partly."""
    low, high = sorted((at - extent[0]) / (extent[1] - extent[0]) * count for at in (start, end))
    return slice(max(math.floor(low), 0), max(math.ceil(high), 0))


def overlay_of(session: Session, stage: Stage) -> NDArray[np.bool_] | None:
    """The planes of bits over an acquired picture; reformats have none."""
    media, k = stage.media, stage.acquired_slice
    if k is None or isinstance(media, Video) or not session.display.overlays:
        return None
    return media.presentation.overlay(k) if media.picture(k) is not None else None
