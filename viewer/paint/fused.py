"""What is laid over a view: its colours, its name, and the value under a place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.oblique import AnyPlane
from viewer.media.volume import Volume, Window
from viewer.paint.color_bar import ColorBar, bar_of
from viewer.paint.framing import Bounds
from viewer.paint.stage import Stage
from viewer.paint.words import THIN
from viewer.render.fusion import Sampled, colors_of, is_label_map, label_colors_of, sampled
from viewer.render.map_names import GREY
from viewer.render.window import initial_window
from viewer.review.kept import kept_for_views
from viewer.session.laying import Laid
from viewer.session.playable import series_title
from viewer.session.session import Session

USUAL_MAP = "hot_iron"  # of what is laid over grey, until another is chosen


@dataclass(frozen=True, eq=False)
class Fused:
    """Colours over a picture.

    Args:
        colors: (h, w, 4) blue, green, red and cover, premultiplied.
        rect: p0, q0, p1, q1 that they fill, plane mm.
        smooth: blend between them; numbers of labels are not.
        words: what lies over what, and by what they come together.
    """

    colors: NDArray[np.uint8]
    rect: Bounds
    smooth: bool
    words: tuple[str, ...]


def fused_of(session: Session, stage: Stage) -> Fused | None:
    """Return what is laid over a stage; None without, and on slabs, which are thicker than it."""
    found = _over(session, stage)
    if found is None or stage.view is None or stage.slab is not None:
        return None
    laid, over = found
    is_labels, ready = is_label_map(over), int(over.ready.sum())
    by_voxel = laid.how == "voxel"
    cells = _sampled(over, stage.view, stage.index, by_voxel, not is_labels, ready)
    words = words_of(over, laid)
    if is_labels:
        return Fused(label_colors_of(cells, laid.opacity), cells.rect, False, words)
    colors = colors_of(
        cells,
        window_over(session, laid.media),
        color_map_over(session, laid),
        laid.opacity,
        inverted=session.viewing.is_inverted_of(laid.media),
    )
    return Fused(colors, cells.rect, session.viewing.smooth, words)


def _over(session: Session, stage: Stage) -> tuple[Laid, Volume] | None:
    """What is laid over a stage; None without, and while the media are exchanged for others."""
    laid = session.viewing.laid_over(stage.section.media)
    if laid is None or laid.media >= len(session.media):
        return None
    over = session.media[laid.media]
    return (laid, over) if isinstance(over, Volume) else None


def color_map_over(session: Session, laid: Laid) -> str:
    """Return the map of what is laid over: that of its series, hot iron where it has none."""
    own = session.viewing.color_map_of(laid.media)
    return USUAL_MAP if own == GREY else own


def corner_words(session: Session, stage: Stage, *, full: bool) -> tuple[str, ...]:
    """Return what lies over a stage in words for its corner, or that it does not, () without."""
    found = _over(session, stage)
    if found is None or stage.view is None:
        return ()
    laid, over = found
    if stage.slab is not None:
        return (f"not over slabs: {series_title(over)}",)
    words = words_of(over, laid)
    return words if full else words[:1]


def bar_over(session: Session, stage: Stage) -> ColorBar | None:
    """Return the bar of what is laid over a stage; None without, and for a map of labels."""
    found = _over(session, stage)
    if found is None or stage.view is None or stage.slab is not None or is_label_map(found[1]):
        return None
    laid, over = found
    window = window_over(session, laid.media)
    is_inverted = session.viewing.is_inverted_of(laid.media)
    return bar_of(over, color_map_over(session, laid), window, inverted=is_inverted)


def window_over(session: Session, number: int) -> Window:
    """Return the window that a media laid over has."""
    return session.viewing.window_at(0, number) or initial_window(session.media[number])


def words_of(over: Volume, laid: Laid) -> tuple[str, ...]:
    """Return what lies over the picture, in words for its corner."""
    kind = ", label map" if is_label_map(over) else ""
    how = "voxel by voxel" if laid.how == "voxel" else "by patient position"
    opacity = f"{round(laid.opacity * 100)}{THIN}%"
    return f"over it: {series_title(over)}", f"{how}, {opacity}{kind}"


@kept_for_views(8)
def _sampled(
    over: Volume, plane: AnyPlane, index: int, by_voxel: bool, mixed: bool, _ready: int
) -> Sampled:
    return sampled(over, plane, index, by_voxel=by_voxel, mixed=mixed)
