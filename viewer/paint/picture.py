"""One view as a value, and the function that draws it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from viewer.model.annotation import AnnotationId
from viewer.paint.arrows import Arrow, paint_arrows
from viewer.paint.color_bar import ColorBar, bar_rect, paint_bar
from viewer.paint.framing import STRIP_PX, Affine, Bounds
from viewer.paint.furniture import (
    TOP_RIGHT,
    Corners,
    Cross,
    FrameStyle,
    Letters,
    corner_areas,
    paint_corners,
    paint_cross,
    paint_edge_letters,
    paint_frame,
    paint_notice,
    paint_scale_bar,
    paint_warning,
    warning_area,
)
from viewer.paint.fused import Fused
from viewer.paint.handles import Handles, Preview, paint_handles, paint_preview
from viewer.paint.image import paint_colors, paint_image, paint_overlay
from viewer.paint.line_styles import Manner, Setting
from viewer.paint.look import Look
from viewer.paint.marks import MANY, paint_marks
from viewer.paint.measured import MeasuredMark, paint_measured, paint_numbers
from viewer.paint.states import (
    GapBand,
    Loading,
    Message,
    paint_gap,
    paint_loading,
    paint_message,
    paint_sign,
)
from viewer.paint.strip import Strip, paint_strip
from viewer.paint.tags import paint_tags, said_tags, tags_of
from viewer.render.classified import Classified
from viewer.render.overlay import Mark
from viewer.render.pens import WIDTH_PX
from viewer.render.tag_words import NO_WORDS
from viewer.session.display import FillStyle

Named = Literal["all", "selected", "none"]
OVERLAY = "image-overlay"
NO_CORNERS = Corners()
NO_LETTERS = Letters()


@dataclass(frozen=True, eq=False)
class ViewPicture:
    """Everything a view shows; sizes in logical px, places in plane mm.

    Args:
        size: width and height of the view.
        affine: (2, 3) screen_from_plane.
        image: (h, w) grey or (h, w, 3) RGB, uint8; None when there is none to show.
        rect: p0, q0, p1, q1 that the image covers, row 0 at q0.
        fused: a second series over it; None without.
        overlay: (h, w) of the image: where its file draws over it; None without.
        style, opacity, line_px: how labels are filled, how strongly and how wide they are drawn.
        marks: labels, as `render.overlay` gives them.
        standing: those of them that stand out, drawn over them.
        arrows: relations between them.
        corners, letters, cross, strip, gaps: what stands on the view beside them.
        bar: the colours of the picture's values, beside the strip; None in grey.
        frame: shows the active view, and that labels can be edited.
        smooth: interpolate between the image's pixels.
        message: why there is no picture.
        loading: slices decoded so far, while they are.
        sign: a few words in the middle of the lower edge, such as of a frame that is awaited.
        handles, preview: what the tool shows.
        measured: what is measured on it, drawn above the labels.
        tags: how many labels are named.
        words: what is said beside labels in place of their names.
        said: classifications of what is shown, listed at the top right.
        selected: labels that are selected; framed among `said`.
        bare: no text, ruler, crosshair or strip.
        is_calibrated: draw a scale bar.
        notice: permanent words at the bottom ("Not for diagnosis.").
        warning: permanent amber line at the top ("" without one).
    """

    size: tuple[float, float]
    affine: Affine
    image: NDArray[np.uint8] | None = None
    rect: Bounds = (0.0, 0.0, 1.0, 1.0)
    fused: Fused | None = None
    overlay: NDArray[np.bool_] | None = None
    marks: tuple[Mark, ...] = ()
    standing: tuple[Mark, ...] = ()
    arrows: tuple[Arrow, ...] = ()
    style: FillStyle = "both"
    opacity: float = 1.0
    line_px: float = WIDTH_PX
    corners: Corners = NO_CORNERS
    letters: Letters = NO_LETTERS
    cross: Cross | None = None
    strip: Strip | None = None
    bar: ColorBar | None = None
    gaps: tuple[GapBand, ...] = ()
    frame: FrameStyle = "none"
    smooth: bool = True
    is_calibrated: bool = True
    message: Message | None = None
    loading: Loading | None = None
    sign: str = ""
    handles: Handles | None = None
    preview: Preview | None = None
    measured: tuple[MeasuredMark, ...] = ()
    notice: str = ""
    warning: str = ""
    bare: bool = False
    tags: Named = "all"
    words: Mapping[AnnotationId, str] = field(default_factory=lambda: NO_WORDS)
    said: tuple[Classified, ...] = ()
    selected: frozenset[AnnotationId] = frozenset()

    def setting(self, look: Look) -> Setting:
        """Return where its labels are drawn, and how."""
        manner = Manner(self.style, self.opacity, self.line_px)
        return Setting(self.affine, self.size, look, manner)


def paint_view(painter: QPainter, picture: ViewPicture, look: Look) -> None:
    """Draw a view into (0, 0, width, height) of the painter's logical px.

    The painter's device pixel ratio is respected: the image goes from its own pixels straight to
    device pixels, line widths are logical.
    """
    width, height = picture.size
    painter.save()
    painter.setClipRect(QRectF(0, 0, width, height), Qt.ClipOperation.IntersectClip)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.fillRect(QRectF(0, 0, width, height), look.color("canvas"))
    _paint_plane(painter, picture, look)
    if not picture.bare:
        _paint_words(painter, picture, look)
    paint_frame(painter, picture.frame, picture.size, look)
    painter.restore()


def _paint_plane(painter: QPainter, picture: ViewPicture, look: Look) -> None:
    """Image, gaps, labels and what a tool shows, in this order."""
    if picture.image is not None:
        paint_image(painter, picture.image, picture.rect, picture.affine, smooth=picture.smooth)
    if picture.fused is not None:
        fused = picture.fused
        paint_colors(painter, fused.colors, fused.rect, picture.affine, smooth=fused.smooth)
    if picture.overlay is not None:
        color = look.color(OVERLAY)
        paint_overlay(painter, picture.overlay, picture.rect, picture.affine, color)
    for gap in picture.gaps:
        shown = replace(gap, text="") if picture.bare else gap
        paint_gap(painter, shown, picture.affine, look)
    if picture.cross is not None and not picture.bare:
        paint_cross(painter, picture.cross, picture.affine, picture.size, look)
    paint_marks(painter, picture.marks, picture.standing, picture.setting(look))
    paint_arrows(painter, picture.arrows, picture.affine, look)
    if picture.preview is not None:
        paint_preview(painter, picture.preview, picture.affine, look)
    if picture.handles is not None:
        paint_handles(painter, picture.handles, picture.affine, look)
    paint_measured(painter, picture.measured, picture.affine, look)


def _paint_words(painter: QPainter, picture: ViewPicture, look: Look) -> None:
    """Tags, texts, ruler and strip."""
    size = picture.size
    has_bar = picture.is_calibrated and picture.message is None
    plates = corner_areas(picture.corners, size, look, has_bar=has_bar)
    area = QRectF(4, 4, size[0] - STRIP_PX - 8, size[1] - 8)
    warned = warning_area(picture.warning, plates, size, look)
    below = plates[TOP_RIGHT]
    said = said_tags(picture.said, picture.selected, below, area, look)
    if any(tag.rect.intersects(warned) for tag in said):
        below = QRectF(below.topLeft(), QPointF(below.right(), warned.bottom()))
        said = said_tags(picture.said, picture.selected, below, area, look)
    taken = (*plates, warned, *(tag.rect for tag in said))
    if picture.bar is not None and picture.message is None:
        bar = bar_rect(size, max(rect.bottom() for rect in (below, *(tag.rect for tag in said))))
        taken = (*taken, paint_bar(painter, picture.bar, bar, look))
    measured = paint_numbers(painter, picture.measured, picture.affine, area, look, taken)
    taken = (*taken, *measured)
    named = tagged_marks(picture)
    paint_tags(painter, tags_of(named, picture.affine, area, taken, look, picture.words), look)
    if has_bar:
        paint_scale_bar(painter, picture.affine, size, look)
    paint_corners(painter, picture.corners, size, look, has_bar=has_bar)
    paint_tags(painter, said, look)
    has_notice = picture.notice != ""
    paint_edge_letters(painter, picture.letters, size, look, has_notice=has_notice)
    if picture.message is not None:
        paint_message(painter, picture.message, size, look)
    if picture.loading is not None:
        paint_loading(painter, picture.loading, size, look)
    if picture.sign:
        paint_sign(painter, picture.sign, size, look)
    if picture.strip is not None:
        paint_strip(painter, picture.strip, size, look)
    paint_notice(painter, picture.notice, size, look)
    paint_warning(painter, picture.warning, warned, look)


def without(picture: ViewPicture, id: AnnotationId, placement: int) -> ViewPicture:
    """Return a view without one placement of a label, which something else is drawn for."""
    marks, standing = (
        tuple(mark for mark in drawn if (mark.id, mark.placement) != (id, placement))
        for drawn in (picture.marks, picture.standing)
    )
    return replace(picture, marks=marks, standing=standing)


def tagged_marks(picture: ViewPicture) -> tuple[Mark, ...]:
    """Return the marks that may get a tag: few enough, and on their own slice; else the selected.

    A label cut by other planes would repeat its name at every slice.
    """
    if picture.tags == "none":
        return ()
    names_all = picture.tags == "all" and len(picture.marks) <= MANY
    standing = {mark.id for mark in picture.standing}
    others = (mark for mark in picture.marks if mark.id not in standing) if names_all else ()
    return tuple(
        mark
        for mark in (*picture.standing, *others)
        if mark.state == "selected" or (names_all and not mark.drawn.is_cut)
    )
