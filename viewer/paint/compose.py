"""A session's state as ViewPictures: what each view shows now."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.views import PlaneName
from viewer.media.volume import Volume, Window
from viewer.model.annotation import AnnotationId
from viewer.paint.arrows import arrows_of
from viewer.paint.color_bar import ColorBar, bar_of
from viewer.paint.crossing import cross_of
from viewer.paint.dress import dress_of
from viewer.paint.framing import FIT, Affine, Framing, framed
from viewer.paint.furniture import Corners, FrameStyle, Letters
from viewer.paint.fused import bar_over, corner_words, fused_of
from viewer.paint.handles import Handles, Preview
from viewer.paint.margins import gaps_of, strip_of
from viewer.paint.picture import NO_CORNERS, NO_LETTERS, Named, ViewPicture
from viewer.paint.pixels import image_of, overlay_of
from viewer.paint.stage import Stage, stage_of
from viewer.paint.states import Loading, Message
from viewer.paint.warning import warning_of
from viewer.paint.words import corners_of
from viewer.render.classified import Classified, classified_on
from viewer.render.coloring import BY_LABEL
from viewer.render.mark_index import standing_out
from viewer.render.overlay import Mark
from viewer.render.tag_words import NO_WORDS, tag_words
from viewer.render.window import initial_window, window_at
from viewer.session.drawn import drawn_on
from viewer.session.panes import Pane, pane_of
from viewer.session.session import Session
from viewer.session.viewing import TextLevel, Viewing

Image = NDArray[np.uint8]
EMPTY = Message("No images are open", "Drag a folder of DICOM files here, or press Ctrl+O.")


NOT_EDITED = "labels cannot be edited here"
NOT_MEASURED = "no measuring here"
LEAST_PX = (260.0, 240.0)
SMALL_PX = (560.0, 400.0)  # the smaller views beside the large one


@dataclass(frozen=True, eq=False)
class Extras:
    """What a view adds to the session's state.

    Args:
        framing: zoom and pan.
        index: slice along the plane's own axis; None takes the pane's.
        hovered: label under the pointer.
        handles: of the selected label, in Edit mode.
        preview: what the tool would make.
        loading: slices decoded so far, while they are.
        late: a frame that is long in coming, None without one.
        labels: draw labels at all.
        bare: picture and labels alone: no text, ruler, crosshair or strip.
        tags: names beside the labels, or only beside the selected one.
        timeline: stands under the view, and frames need no strip beside it.
        frame: draw the frame of the active view and of Edit mode.
        notice: permanent words at the bottom.
        patient_hidden: no name, ID or date of the patient.
        is_measured: a measuring tool is in hand.
        empty: what is said where no media is open.
    """

    framing: Framing = FIT
    index: int | None = None
    hovered: AnnotationId | None = None
    handles: Handles | None = None
    preview: Preview | None = None
    loading: Loading | None = None
    late: int | None = None
    labels: bool = True
    bare: bool = False
    tags: bool = True
    timeline: bool = False
    frame: bool = True
    notice: str = ""
    patient_hidden: bool = False
    is_measured: bool = False
    empty: Message = EMPTY


NO_EXTRAS = Extras()


def view_picture(
    session: Session,
    plane: PlaneName | Pane,
    size_px: tuple[float, float],
    extras: Extras = NO_EXTRAS,
) -> ViewPicture:
    """Return what one view of the session's media shows in `size_px` logical px.

    A FrameStack has one plane, whatever `plane` says; a plane's name stands for the media shown.
    """
    pane = pane_of(plane)
    stage = stage_of(session, pane, extras.index)
    frame = frame_of(session, pane) if extras.frame else "none"
    if stage is not None:
        return _composed(session, stage, size_px, extras, "none" if extras.bare else frame)
    empty = extras.empty
    return ViewPicture(size_px, np.eye(2, 3), message=empty, is_calibrated=False, frame=frame)


def _composed(
    session: Session, stage: Stage, size_px: tuple[float, float], extras: Extras, frame: FrameStyle
) -> ViewPicture:
    viewing, display = session.viewing, session.display
    affine = stage_affine(stage, size_px, extras)
    window = _window(viewing, stage)
    is_inverted = viewing.is_inverted_of(stage.section.media)
    color_map = viewing.color_map_of(stage.section.media)
    shown = image_of(stage, window, inverted=is_inverted, color_map=color_map)
    message = _broken(stage)
    shows_text = not extras.bare and message is None
    marks = _marks(session, stage) if extras.labels else ()
    standing = standing_out(marks, session.selection, extras.hovered)
    return ViewPicture(
        size=size_px,
        affine=affine,
        image=None if message else shown.levels,
        rect=shown.rect,
        fused=None if message else fused_of(session, stage),
        overlay=None if message else overlay_of(session, stage),
        marks=marks,
        standing=standing,
        arrows=arrows_of(session.project, marks, standing),
        style=display.style,
        opacity=display.opacity,
        line_px=display.line_px,
        corners=_corners(session, stage, affine, size_px, extras),
        letters=_letters(stage) if shows_text and viewing.text != "none" else NO_LETTERS,
        cross=cross_of(session, stage) if shows_text and _is_linked(session, stage) else None,
        strip=None if extras.bare or _is_on_timeline(stage, extras) else strip_of(session, stage),
        bar=_bar(session, stage, window) if shows_text else None,
        gaps=gaps_of(stage),
        frame=frame,
        smooth=viewing.smooth,
        is_calibrated=stage.media.is_calibrated and viewing.text != "none",
        message=message,
        loading=_loading(stage, extras),
        sign=_sign(stage, extras),
        handles=extras.handles,
        preview=extras.preview,
        notice=extras.notice,
        bare=extras.bare,
        tags=_named(session, extras),
        words=tag_words(session.project, marks) if display.tags == "more" else NO_WORDS,
        said=_said(session, stage) if extras.labels and shows_text else (),
        selected=session.selection,
        warning="" if extras.bare else warning_of(session, stage, marks if extras.labels else None),
    )


def _window(viewing: Viewing, stage: Stage) -> Window | None:
    """The window of what is drawn, which may be a frame near the one at the crosshair."""
    if stage.media.is_colour:
        return None
    found = viewing.window_at(stage.index, stage.section.media)
    return found or window_at(stage.media, initial_window(stage.media), stage.index)


def _bar(session: Session, stage: Stage, window: Window | None) -> ColorBar | None:
    """The colours of what is laid over it, else its own."""
    viewing, number = session.viewing, stage.section.media
    over = bar_over(session, stage)
    if over is not None:
        return over
    is_inverted = stage.media.is_inverted != viewing.is_inverted_of(number)
    return bar_of(stage.media, viewing.color_map_of(number), window, inverted=is_inverted)


def _corners(
    session: Session,
    stage: Stage,
    affine: Affine,
    size_px: tuple[float, float],
    extras: Extras,
) -> Corners:
    viewing = session.viewing
    window, level = _window(viewing, stage), _level(viewing.text, size_px, stage)
    if extras.bare:
        return NO_CORNERS
    corners = corners_of(stage, window, affine, level, patient_hidden=extras.patient_hidden)
    title, note, lines = stage.pane.title, stage.pane.note, corners.top_right
    if level == "none":
        return corners
    if session.mode == "edit" and stage.is_read_only:
        lines = (*lines, NOT_EDITED)
    elif extras.is_measured and stage.is_read_only:
        lines = (*lines, NOT_MEASURED)
    lines = (title, *lines, *corner_words(session, stage, full=level == "all"), note)
    return replace(corners, top_right=tuple(line for line in lines if line))


def _is_linked(session: Session, stage: Stage) -> bool:
    """The crosshair tells of places in other views of the same media, which parts have none of.

    In Review it would lie across the very label that is judged.
    """
    is_judged = session.mode == "review" or session.correction is not None
    is_on_label = is_judged and stage.section.is_acquired
    return session.viewing.show_crosshair and stage.pane.has_cross and not is_on_label


def view_affine(
    session: Session,
    plane: PlaneName | Pane,
    size_px: tuple[float, float],
    framing: Framing = FIT,
) -> Affine | None:
    """Return screen_from_plane of a view without composing the rest; None without media."""
    stage = stage_of(session, plane)
    return None if stage is None else stage_affine(stage, size_px, Extras(framing=framing))


def stage_affine(stage: Stage, size_px: tuple[float, float], extras: Extras = NO_EXTRAS) -> Affine:
    """Return screen_from_plane of a stage; a bare picture fills the whole view."""
    framing, strip = extras.framing, not extras.bare
    return framed(stage.bounds, stage.to_screen, size_px, framing, strip=strip, fit=stage.fit)


def frame_of(session: Session, pane: Pane) -> FrameStyle:
    """Return the frame of a view: accent when active, amber on every view in Edit mode."""
    is_active = session.active_pane.id == pane.id
    stage = stage_of(session, pane)
    if session.mode == "edit" and not (stage is not None and stage.is_read_only):
        return "edit" if is_active else "edit-dim"
    return "active" if is_active else "none"


def _marks(session: Session, stage: Stage) -> tuple[Mark, ...]:
    drawn = drawn_on(session, stage.section, stage.pane.exports, stage.within)
    return dress_of(session).on(drawn)


def _named(session: Session, extras: Extras) -> Named:
    """Which labels are named: without text on the picture the selected one alone."""
    if session.display.tags == "none":
        return "none"
    return "all" if extras.tags and session.viewing.text != "none" else "selected"


def _said(session: Session, stage: Stage) -> tuple[Classified, ...]:
    """What is said of the slice shown and of all around it; reformats leave it to the acquired."""
    k, display = stage.acquired_slice, session.display
    if k is None or session.viewing.text == "none":
        return ()
    media = stage.section.media
    is_drawn = display.drawn_of(stage.pane.exports)
    said = classified_on(session.project, session.matches, media, k, is_drawn)
    if not display.looks and display.coloring == BY_LABEL:
        return said
    colors = (display.color_of_label(session.project, one.id, one.class_id) for one in said)
    return tuple(replace(one, color=color) for one, color in zip(said, colors, strict=True))


def _level(level: TextLevel, size_px: tuple[float, float], stage: Stage) -> TextLevel:
    """Small views say the essential only, so that the picture is not covered by words.

    Reformats stand beside the acquired plane, which says all of it.
    """
    least = LEAST_PX if stage.section.is_acquired else SMALL_PX
    is_small = size_px[0] < least[0] or size_px[1] < least[1]
    return "essential" if level == "all" and is_small else level


def _broken(stage: Stage) -> Message | None:
    k = stage.acquired_slice
    if k is None or k not in stage.media.slice_errors:
        return None
    counted = "Frame" if stage.view is None else "Slice"
    return Message(
        f"{counted} {k + 1} cannot be decoded", stage.media.slice_errors[k], is_broken=True
    )


def _sign(stage: Stage, extras: Extras) -> str:
    if extras.late is None or stage.acquired_slice is None:
        return ""
    counted = "frame" if stage.view is None else "slice"
    return f"{counted} {extras.late + 1:,} is being decoded"


def _loading(stage: Stage, extras: Extras) -> Loading | None:
    """A slice that is there needs no card over it while the others load."""
    k = stage.acquired_slice
    return None if k is not None and stage.media.picture(k) is not None else extras.loading


def _letters(stage: Stage) -> Letters:
    if stage.view is None:
        return NO_LETTERS
    edges = stage.view.letters(stage.to_screen)
    return Letters(edges.left, edges.right, edges.top, edges.bottom)


def _is_on_timeline(stage: Stage, extras: Extras) -> bool:
    return extras.timeline and not isinstance(stage.media, Volume)
