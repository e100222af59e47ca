"""What a view says of its labels before anything else."""

from __future__ import annotations

from viewer.paint.stage import Stage
from viewer.render.absent import absent_words
from viewer.render.overlay import Mark
from viewer.review.doubts import doubt_words
from viewer.session.session import Session


def warning_of(session: Session, stage: Stage, marks: tuple[Mark, ...] | None) -> str:
    """Return what a person must know of the labels; the doubt never goes away.

    Args:
        marks: the labels drawn; None where they are not, such as while a job works them out.
    """
    doubt = doubt_words(session.matches, stage.section.media)
    hidden = _hidden_words(session, stage)
    absent = "" if marks is None else _absent(session, stage, marks)
    return " · ".join(words for words in (doubt, absent, hidden) if words)


def _absent(session: Session, stage: Stage, marks: tuple[Mark, ...]) -> str:
    """Which masks of the slice shown cannot be drawn, since their pixels are not there."""
    if stage.acquired_slice is None:
        return ""
    place = (stage.section.media, stage.acquired_slice)
    counted = "frame" if stage.view is None else "slice"
    is_drawn = session.display.drawn_of(stage.pane.exports)
    return absent_words(session.matches, place, marks, is_drawn, counted)


def _hidden_words(session: Session, stage: Stage) -> str:
    """What keeps labels off the picture, so that nobody takes it for a picture without any."""
    display = session.display
    if not stage.section.is_acquired or not session.project.exports:
        return ""
    if display.held_hidden or not display.labels_on:
        return "Labels are hidden"
    if display.solo is not None:
        return "One label alone (Alt+S: all)"
    hidden, media = display.hidden_exports, stage.section.media
    here = set(session.matches.labels_by_export(media)) if hidden else set[str]()
    here = here if stage.pane.exports is None else here & stage.pane.exports
    if here and hidden >= here:
        return "Labels are hidden: the eye of their export is closed"
    fits = display.filter_words
    return f"Only labels that fit: {fits}" if fits else ""
