"""What the keys do to the selected label from frame to frame: key frames, moving, taking off."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from viewer.geometry.views import PlaneName
from viewer.media.volume import Volume
from viewer.model.annotation import AnnotationId
from viewer.paint.stage import stage_of
from viewer.render.planes import planes_of
from viewer.review.tracks import frames_of_track
from viewer.session.modes import locked_sentence
from viewer.session.moving import moved_by, moved_here, nearest_place, place_here, taken_off
from viewer.session.session import Session

NO_LONE = "Select one label first."


def on_frames(session: Session) -> dict[str, Callable[[], None]]:
    """Return what each action does."""
    return {
        "frame.previous_key": partial(_go_to_key, session, -1),
        "frame.next_key": partial(_go_to_key, session, 1),
        "edit.move_up": partial(_move, session, -1),
        "edit.move_down": partial(_move, session, 1),
        "edit.move_here": partial(_move_here, session),
        "edit.off": partial(_take_off, session),
    }


def lone(session: Session) -> AnnotationId | None:
    """Return the selected label; without exactly one, say so."""
    if len(session.selection) == 1:
        return next(iter(session.selection))
    session.say(NO_LONE)
    return None


def _go_to_key(session: Session, on: int) -> None:
    """Show the next key frame of the selected label, along the plane that it was drawn on."""
    id, media = lone(session), session.viewing.media_index
    if id is None or media is None:
        return
    first = session.matches.first_of(id)
    axis = 2 if first is None else first.axis
    at = round(session.viewing.crosshair[axis])
    found = frames_of_track(session.matches, id, media).next_key(at, on)
    if found is None:
        session.say(f"The label has no key frame {'after' if on > 0 else 'before'} this one.")
    else:
        session.viewing.set_crosshair(_with(session, axis, found))


def _move(session: Session, down: int) -> None:
    """Move the selected label down the slice strip, and go there with it."""
    id = lone(session)
    if id is None or not _may_edit(session):
        return
    place = place_here(session, id)
    axis = 2 if place is None else place.axis
    steps = down if is_first_on_top(session, axis) else -down
    answer = moved_by(session, id, steps)
    if isinstance(answer, str):
        session.say(answer)
    elif place is not None and place.slice is not None:
        session.do(answer)
        session.viewing.set_crosshair(_with(session, axis, place.slice + steps))


def _move_here(session: Session) -> None:
    """Move the selected label to the slice shown, from where it is nearest."""
    id = lone(session)
    if id is None or not _may_edit(session):
        return
    place, answer = nearest_place(session, id), moved_here(session, id)
    if isinstance(answer, str):
        session.say(answer)
    elif place is not None and place.slice is not None:
        session.do(answer)
        counted = "slice" if isinstance(session.current, Volume) else "frame"
        here = round(session.viewing.crosshair[place.axis])
        session.say(f"Moved from {counted} {place.slice + 1:,} to {counted} {here + 1:,}.")


def _take_off(session: Session) -> None:
    id = lone(session)
    if id is None or not _may_edit(session):
        return
    answer = taken_off(session, id)
    if isinstance(answer, str):
        session.say(answer)
    else:
        session.do(answer)


def _may_edit(session: Session) -> bool:
    if session.mode != "edit":
        session.say(locked_sentence(session.mode))
    return session.mode == "edit"


def is_first_on_top(session: Session, axis: int) -> bool:
    """Whether slice 0 is at the top of the strip of the views along a voxel axis."""
    media = session.current
    if not isinstance(media, Volume):
        return True
    planes = planes_of(media.stack).items()
    name: PlaneName = next(name for name, view in planes if view.axis == axis)
    stage = stage_of(session, name)
    return stage is None or stage.is_first_on_top


def _with(session: Session, axis: int, slice: int) -> tuple[float, float, float]:
    at = list(session.viewing.crosshair)
    at[axis] = float(slice)
    i, j, k = at
    return (i, j, k)
