"""Undo and redo as a list of projects; no inverse code."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from viewer.model.edits import Edits
from viewer.model.project import Project
from viewer.session.commands import Command, encoded

BUDGET_BYTES = 512 * 2**20


@dataclass(frozen=True, eq=False)
class Step:
    """One command and the project it led to.

    Args:
        size_bytes: of the command's serialised form, as counted against the budget.
    """

    command: Command
    project: Project
    size_bytes: int


class History:
    """The projects since opening; the oldest steps go when the byte budget is spent.

    Vector edits are some hundred bytes each and never reach the budget. The newest step always
    stays, whatever its size.
    """

    def __init__(self, opened: Project, budget_bytes: int = BUDGET_BYTES) -> None:
        self.opened = opened
        self._start = opened
        self._budget_bytes = budget_bytes
        self._size_bytes = 0
        self._done: list[Step] = []
        self._undone: list[Step] = []
        self._saved = opened

    @property
    def current(self) -> Project:
        """The project as it stands."""
        return self._done[-1].project if self._done else self._start

    @property
    def steps(self) -> tuple[Step, ...]:
        """What was done and not undone, oldest first."""
        return tuple(self._done)

    @property
    def undone(self) -> tuple[Step, ...]:
        """What can be redone, next first."""
        return tuple(reversed(self._undone))

    @property
    def size_bytes(self) -> int:
        """Bytes of all steps that are kept."""
        return self._size_bytes

    @property
    def is_modified(self) -> bool:
        """The current edits are not the ones saved (or opened) last."""
        return self.current.annotations.edits is not self._saved.annotations.edits

    @property
    def unsaved(self) -> frozenset[str]:
        """Ids of the exports with edits that are in no file."""
        now, saved = self.current.annotations.edits, self._saved.annotations.edits
        if now is saved:
            return frozenset()
        told = [id for id in {*now, *saved} if now.get(id, saved) is not saved.get(id, now)]
        return frozenset(id.export for id in told)

    def over(self, project: Project, kept: Collection[str]) -> History:
        """Return the history of a project that shares the `kept` exports with this one.

        What is opened beside them undoes and saves nothing. Where an export goes, undo begins
        anew, and the edits of those kept stay.
        """

        def carried(old: Project) -> Project:
            edits = old.annotations.edits
            if not is_whole:
                edits = Edits({id: edit for id, edit in edits.items() if id.export in kept})
            if edits is project.annotations.edits:
                return project
            return replace(project, annotations=replace(project.annotations, edits=edits))

        is_whole = self.opened.exports.keys() <= set(kept)
        history = History(carried(self.opened), self._budget_bytes)
        if is_whole:
            history._start, history._saved = carried(self._start), carried(self._saved)
            history._done = [replace(step, project=carried(step.project)) for step in self._done]
            history._undone = [replace(s, project=carried(s.project)) for s in self._undone]
            history._size_bytes = self._size_bytes
        else:
            history._start = carried(self.current)
            is_saved = not self.unsaved & set(kept)
            history._saved = history._start if is_saved else carried(self._saved)
        return history

    def mark_saved(self, project: Project | None = None) -> None:
        """Remember a project as written, by default the current one."""
        self._saved = self.current if project is None else project

    def do(self, command: Command) -> Project:
        """Apply a command; what was undone before is forgotten.

        Raises:
            KeyError: the command is about an annotation that is not there; nothing changed.
        """
        project = command.apply(self.current)
        self._size_bytes -= sum(step.size_bytes for step in self._undone)
        self._undone.clear()
        self._done.append(Step(command, project, len(encoded(command))))
        self._size_bytes += self._done[-1].size_bytes
        self._drop_oldest()
        return project

    def undo(self) -> Step | None:
        """Go one step back; returns the step undone, None at the start."""
        if not self._done:
            return None
        step = self._done.pop()
        self._undone.append(step)
        return step

    def redo(self) -> Step | None:
        """Go one step forward again; None when nothing was undone."""
        if not self._undone:
            return None
        step = self._undone.pop()
        self._done.append(step)
        return step

    def _drop_oldest(self) -> None:
        dropped = 0
        while self._size_bytes > self._budget_bytes and dropped < len(self._done) - 1:
            self._start = self._done[dropped].project
            self._size_bytes -= self._done[dropped].size_bytes
            dropped += 1
        del self._done[:dropped]
