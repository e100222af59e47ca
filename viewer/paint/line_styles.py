"""How labels are stroked and filled: widths, dashes, strengths and pens."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPen

from viewer.paint.bands import TICK_PX
from viewer.paint.framing import Affine
from viewer.paint.look import Look
from viewer.render.overlay import Mark
from viewer.render.pens import WIDTH_PX
from viewer.session.display import FillStyle

HALO_PX = 1.25  # each side of the line
HALO = 0.7
PARTING_PX = 0.6  # black on each side of a line over wider ones
DASH_PX = 2.0  # what strokes are measured in, whatever the width
DASH = (3.5, 2.5)  # 7 and 5 px: worked out between key frames
BROKEN = (9.0, 2.0, 2.0, 2.0)  # long and short: a look that a person chose for an export
DOT = 1.5  # widths of other lines that the dots of a prediction are wide
DOTS = (0.03, 1.67)  # dots every 5 px at 3 px, of round caps
CASING_PX = 1.5
CROWDED_PX = 4.0, 10.0  # from cut to cut: as thin as they get, and as wide as usual
CUT_PX = 1.0  # the thinnest line of a cut
FAINT = 0.45  # of what was rejected, its halo too


@dataclass(frozen=True)
class Manner:
    """How the labels of a view are drawn; style, opacity and width as in Display.

    Args:
        room_px: from one cut to the next; where it is little, cuts leave the picture visible.
    """

    style: FillStyle = "both"
    opacity: float = 1.0
    width_px: float = WIDTH_PX
    room_px: float = inf

    @property
    def tick_px(self) -> float:
        """Length of the ticks at the ends of cuts: those of neighbours never touch."""
        return min(TICK_PX, max(self.room_px - 1, CUT_PX))

    @property
    def looseness(self) -> float:
        """How freely cuts lie: 0 thin and without a halo, 1 as all lines."""
        least, most = CROWDED_PX
        return min(max((self.room_px - least) / (most - least), 0.0), 1.0)

    def thinned(self, width_px: float) -> float:
        """Return the width of a cut's line that would be so wide on its own."""
        return min(CUT_PX + max(width_px - CUT_PX, 0.0) * self.looseness, width_px)

    def halo_of(self, mark: Mark) -> float:
        """Return the logical px of halo on each side of a mark's line."""
        return HALO_PX * self.looseness if mark.drawn.is_cut else HALO_PX

    def casing_of(self, mark: Mark) -> float:
        """Return the logical px of white on each side of the line of a selected mark."""
        return CASING_PX * max(self.looseness, 0.5) if mark.drawn.is_cut else CASING_PX

    def width_of(self, mark: Mark) -> float:
        """Return the width in logical px of a mark's line."""
        width_px = self._own_width(mark)
        return self.thinned(width_px) if mark.drawn.is_cut else width_px

    def _own_width(self, mark: Mark) -> float:
        scale = self.width_px / WIDTH_PX
        own = mark.pen.width_px * scale
        if mark.state == "selected":
            return 2.5 * scale  # whatever its export's, so that what lies below is seen
        if mark.state == "hovered":
            return own + 0.5
        if mark.is_predicted:
            return own * DOT
        return own * 0.75 if mark.drawn.is_mask else own

    def strength_of(self, mark: Mark) -> float:
        """Return the opacity of a mark's line."""
        return self.opacity * mark.pen.opacity * faintness_of(mark)


USUAL = Manner()


@dataclass(frozen=True, eq=False)
class Setting:
    """Where labels are drawn, and how.

    Args:
        affine: (2, 3) screen_from_plane.
        size: of the view, in logical px.
        look: for halos and signs.
        manner: style, opacity and width.
    """

    affine: Affine
    size: tuple[float, float]
    look: Look
    manner: Manner


def faintness_of(mark: Mark) -> float:
    """Return how strongly a mark is drawn for what was decided of it."""
    return FAINT if mark.judgement == "rejected" and mark.state == "normal" else 1.0


def fill_opacity(mark: Mark) -> float:
    """Return how strongly a mark's inside is filled.

    Nothing where no one drew it; what is unsure is hatched, and what was rejected stays empty.
    """
    if mark.dashed or mark.is_predicted or mark.is_unsure or mark.judgement == "rejected":
        return 0.0
    if mark.state == "hovered":
        return 0.28
    if mark.drawn.bands is not None or mark.drawn.columns is not None:
        return 0.30 if mark.state == "selected" else 0.18
    if mark.drawn.is_mask:
        return 0.30
    return 0.18 if mark.state == "selected" else 0.16


def line_pen(color: QColor, width: float) -> QPen:
    """Return a pen for labels: square corners and ends, so that boxes and pixel edges close."""
    pen = QPen(color, width)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    pen.setCapStyle(Qt.PenCapStyle.SquareCap)
    return pen


def round_pen(color: QColor, width: float) -> QPen:
    """Return a pen with round joins and caps."""
    pen = QPen(color, width)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    return pen


def stroke_pen(mark: Mark, color: QColor, width: float) -> QPen:
    """Return the pen of a mark's line: dots for a prediction, dashes for what nobody drew."""
    pen = line_pen(color, width)
    if mark.is_predicted:
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setDashPattern(DOTS)
    elif mark.dashed or mark.pen.is_broken:
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        strokes = DASH if mark.dashed else BROKEN
        pen.setDashPattern([length * DASH_PX / width for length in strokes])
    return pen
