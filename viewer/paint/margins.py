"""What stands beside the picture in a view: the slice strip, and gaps between slices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from viewer.paint.framing import Bounds
from viewer.paint.stage import Stage
from viewer.paint.states import GapBand
from viewer.paint.strip import Strip
from viewer.render.coloring import BY_LABEL, Coloring, color_of_many
from viewer.render.cut_marks import are_cuts_known, cut_marks
from viewer.render.looks import Looks
from viewer.render.palette import readable
from viewer.review.fits import Fitting
from viewer.review.kept import kept_for_views
from viewer.review.marks import ClassKey
from viewer.review.matching import Matches
from viewer.session.session import Session

Marks: TypeAlias = Mapping[int, tuple[ClassKey, ...]]  # the classes on each slice
NO_MARKS: Marks = {}


def strip_of(session: Session, stage: Stage) -> Strip:
    """Return the slice strip of a stage, with the colours of the labels listed on each slice."""
    section, display = stage.section, session.display
    if section.own_axis is None:  # nothing is drawn on oblique planes
        return Strip(stage.count, stage.index, (), stage.is_first_on_top)
    where, matches = (section.media, section.axis), session.matches
    is_known = section.axis != 2 and are_cuts_known(matches, *where)
    chosen = (display.looks, display.coloring, stage.pane.exports, display.listed)
    colors = _strip_colors(matches, where, is_known, chosen)
    return Strip(stage.count, stage.index, colors, stage.is_first_on_top)


@kept_for_views(12)
def _strip_colors(
    matches: Matches,
    where: tuple[int, int],
    has_cuts: bool,
    display: tuple[Looks, Coloring, frozenset[str] | None, Fitting | None],
) -> tuple[tuple[int, tuple[str, ...]], ...]:
    looks, coloring, exports, listed = display
    tints = looks if coloring == BY_LABEL else ()
    chosen = {export: readable(look.color) for export, look in tints if look.color is not None}
    project = matches.project
    drawn = matches.marks(*where, listed)
    cut = cut_marks(matches, *where, listed) if has_cuts else NO_MARKS
    marks = _together(drawn, cut) if cut else drawn
    colors = {
        keys: tuple(
            dict.fromkeys(
                chosen.get(key[0]) or color_of_many(project, *key, coloring)
                for key in keys
                if exports is None or key[0] in exports
            )
        )[:3]
        for keys in set(marks.values())
    }
    return tuple((slice, colors[keys]) for slice, keys in marks.items())


def _together(drawn: Marks, cut: Marks) -> Marks:
    both = sorted({*drawn, *cut})
    return {at: tuple(dict.fromkeys((*drawn.get(at, ()), *cut.get(at, ())))) for at in both}


def gaps_of(stage: Stage) -> tuple[GapBand, ...]:
    """Return where slices are missing in a reformat, in plane mm."""
    view = stage.section.own_view
    if view is None or view.is_acquired:
        return ()
    p0, _, p1, _ = stage.bounds
    bands: list[GapBand] = []
    for gap in view.stack.gaps:
        rect: Bounds = (
            p0,
            float(view.q_spans[gap.after, 1]),
            p1,
            float(view.q_spans[gap.after + 1, 0]),
        )
        slices = "slice" if gap.missing == 1 else "slices"
        bands.append(GapBand(rect, f"gap: {gap.missing} {slices} missing, {gap.mm:.1f} mm"))
    return tuple(bands)
