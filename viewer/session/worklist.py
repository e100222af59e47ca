"""Where one is in the worklist, and what is done of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Literal

import numpy as np
from psygnal import Signal

from viewer.model.project import Project
from viewer.model.verdict import Target
from viewer.review.label_keys import Numbers
from viewer.review.worklist import Counts, State, States, Worklist, counts_of, state_of, states_of
from viewer.session.commands import AddAnnotation, Command, DeleteAnnotations, Judge


class Work:
    """The worklist, the place in it and the states of what it holds.

    Edits change no worklist: what is deleted is skipped and no longer counted, and there again when
    that is undone; what is new is not added.

    Args:
        project: the project as it stands.
    """

    changed = Signal()  # another worklist, or another state of what it holds
    moved = Signal()  # another target is the current one

    def __init__(self, project: Callable[[], Project] = Project) -> None:
        self._project = project
        self.worklist = Worklist()
        self.position: int | None = None
        self._states: States = np.empty(0, dtype=np.int8)

    @property
    def current(self) -> Target | None:
        """What is to be judged now; None without a worklist, or where all of it was deleted."""
        if self.position is None or self._states[self.position] == State.GONE:
            return None
        return self.worklist[self.position]

    @property
    def following(self) -> Target | None:
        """The next target that is not judged, as `next_open` goes to it; None without another."""
        if self.position is None:
            return None
        others = self._open
        after = others[others > self.position]
        found = after[:1] if len(after) else others[:1]
        return self.worklist[int(found[0])] if len(found) and found[0] != self.position else None

    @property
    def states(self) -> States:
        """The State of each target, (n,), in the order of the worklist; read-only."""
        shown = self._states.view()
        shown.flags.writeable = False
        return shown

    @property
    def counts(self) -> Counts:
        """How many are in which state."""
        return counts_of(self._states)

    @property
    def number(self) -> int:
        """The place of the current target as people count, from 1; 0 without one."""
        if self.current is None or self.position is None:
            return 0
        return int((self._states[: self.position + 1] != State.GONE).sum())

    def take(self, worklist: Worklist, at: Target | None = None) -> None:
        """Begin a worklist at a target, else at the first that is open, else at the first."""
        self.worklist = worklist
        self._states = states_of(self._project(), worklist)
        self.position = None if at is None else worklist.position_of(at)
        if self.position is None:
            firsts = [*self._open[:1].tolist(), *self._there[:1].tolist()]
            self.position = firsts[0] if firsts else None
        self.changed.emit()
        self.moved.emit()

    def go_to(self, target: Target) -> bool:
        """Make a target the current one; False where it is not in the worklist, or deleted."""
        position = self.worklist.position_of(target)
        if position is None or self._states[position] == State.GONE:
            return False
        self._move(position)
        return True

    def next(self) -> bool:
        """Go to the next target; False at the end."""
        return self._step(self._there, 1)

    def previous(self) -> bool:
        """Go to the target before; False at the start."""
        return self._step(self._there, -1)

    def next_open(self) -> bool:
        """Go to the next target that is not judged, from the start again behind the end.

        Returns:
            False where no other is open.
        """
        return self._step(self._open, 1) or self._begin_with(self._open, 0)

    def previous_open(self) -> bool:
        """Go to the target before that is not judged, from the end again before the start."""
        return self._step(self._open, -1) or self._begin_with(self._open, -1)

    def reset(self, kept: Collection[str] = ()) -> None:
        """Keep what is left of the worklist where only some exports stay open."""
        worklist, at = self.worklist.of_exports(kept), self.current
        if len(self.worklist):
            self.take(worklist, at)

    def follow(self, command: Command) -> None:
        """Take over what a command changed, after it was applied, undone or done again."""
        touched = {target: self.worklist.position_of(target) for target in _touched(command)}
        found = {target: at for target, at in touched.items() if at is not None}
        if not found:
            return
        for target, at in found.items():
            self._states[at] = state_of(self._project(), target)
        self.changed.emit()
        if self.position is not None and self._states[self.position] == State.GONE:
            there = self._there
            after = there[there > self.position]
            self._move(int(after[0] if len(after) else there[-1]) if len(there) else None)

    @property
    def _there(self) -> Numbers:
        return np.flatnonzero(self._states != State.GONE)

    @property
    def _open(self) -> Numbers:
        return np.flatnonzero(self._states == State.OPEN)

    def _step(self, among: Numbers, direction: Literal[-1, 1]) -> bool:
        """Go to the nearest of some positions in a direction; False where there is none."""
        if self.position is None:
            return False
        beyond = among[among > self.position] if direction > 0 else among[among < self.position]
        if not len(beyond):
            return False
        self._move(int(beyond[0 if direction > 0 else -1]))
        return True

    def _begin_with(self, among: Numbers, which: Literal[0, -1]) -> bool:
        """Go to the first or last of some positions; False where there is no other one."""
        if not len(among) or among[which] == self.position:
            return False
        self._move(int(among[which]))
        return True

    def _move(self, position: int | None) -> None:
        if position != self.position:
            self.position = position
            self.moved.emit()


def _touched(command: Command) -> Iterable[Target]:
    """Return the targets whose state a command changes."""
    match command:
        case Judge():
            return [target for target, _ in command.said]
        case DeleteAnnotations():
            return command.ids
        case AddAnnotation():
            return [command.annotation.id]
        case _:
            return ()
