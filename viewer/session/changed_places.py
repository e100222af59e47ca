"""Where a step of the history is seen, when it is undone or done again."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias

from viewer.model.project import Project
from viewer.model.track import Track
from viewer.review.centres import Centre, centre_at, centre_of
from viewer.review.matching import Matches
from viewer.session.commands import Command, MovePlacement, ReshapeSlice, placement_of

MOST_LOOKED_AT = 200  # labels that a step changed
State: TypeAlias = tuple[Project, Matches]


def seen_at(command: Command, then: State, now: State, *, is_undone: bool) -> list[Centre]:
    """Return where it is seen what a step changed; nothing where that is nowhere.

    Of a label on many slices or frames it is the one that the step changed.

    Args:
        command: of the step.
        then, now: how things stood before the step back or forward, and how they stand.
        is_undone: it was a step back.
    """
    if isinstance(command, ReshapeSlice):
        return _on_slice(command, (now, then))
    spot = placement_of(command)
    if spot is None:
        return _middles(then, now)
    id, number = spot
    state = now if is_undone else then
    if isinstance(command, MovePlacement) and not is_undone:
        state = now
        placements = now[0].annotations[id].placements
        if isinstance(placements, Track):
            number = placements.frames.tolist().index(command.frame)
    found = centre_at(*state, id, number)
    return [] if found is None else [found]


def _on_slice(command: ReshapeSlice, states: tuple[State, ...]) -> list[Centre]:
    """Return the middle of a mask volume, put on the slice that a stroke changed."""
    for state in states:
        found = centre_at(*state, command.id, command.placement)
        if found is not None and found.voxel is not None:
            i, j, _ = found.voxel
            return [replace(found, voxel=(i, j, float(command.slice)))]
    return []


def _middles(then: State, now: State) -> list[Centre]:
    """Return the middles of the labels that are not as they were, where they are or else were."""
    after, before = now[0].annotations.edits, then[0].annotations.edits
    changed = sorted(
        id for id in {*after, *before} if after.get(id, after) is not before.get(id, after)
    )
    found: list[Centre] = []
    for id in changed[:MOST_LOOKED_AT]:
        state = now if id in now[0].annotations else then
        centre = centre_of(*state, id) if id in state[0].annotations else None
        found += [] if centre is None else [centre]
    return found
