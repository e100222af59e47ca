"""Undo and redo as a list of projects; no inverse code."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import partial

from viewer.model.annotation import AnnotationId
from viewer.model.edits import Edits
from viewer.model.project import Project
from viewer.session.commands import Command, encoded
from viewer.session.given_classes import is_same_but_class

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
        self._told: tuple[Edits, Edits, frozenset[AnnotationId]] | None = None

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
        return bool(self.unsaved_labels)

    @property
    def unsaved_labels(self) -> frozenset[AnnotationId]:
        """Ids of the labels that are not as they were saved (or opened) last.

        A class that no file holds, and that is kept beside it, leaves nothing to save.
        """
        now, saved = self.current.annotations.edits, self._saved.annotations.edits
        if self._told is None or self._told[0] is not now or self._told[1] is not saved:
            told = () if now is saved else {*now, *saved}
            unlike = [id for id in told if now.get(id, saved) is not saved.get(id, now)]
            is_kept = partial(is_same_but_class, self.current, self._saved)
            self._told = now, saved, frozenset(id for id in unlike if not is_kept(id))
        return self._told[2]

    @property
    def unsaved(self) -> frozenset[str]:
        """Ids of the exports with edits that are in no file."""
        return frozenset(id.export for id in self.unsaved_labels)

    def over(self, project: Project, kept: Collection[str]) -> History:
        """Return the history of a project that shares the `kept` exports with this one.

        What is opened beside them undoes and saves nothing. Where an export goes, undo begins
        anew, and the edits of those kept stay.
        """

        def carried(old: Project) -> Project:
            edits, verdicts = old.annotations.edits, old.verdicts
            if not is_whole:
                edits = Edits({id: edit for id, edit in edits.items() if id.export in kept})
                verdicts = verdicts.of_exports(kept)
            verdicts = verdicts.with_all(beside) if beside else verdicts
            if edits is project.annotations.edits and verdicts == project.verdicts:
                return project
            table = replace(project.annotations, edits=edits)
            return replace(project, annotations=table, verdicts=verdicts)

        others = project.exports.keys() - set(kept)
        beside = tuple(project.verdicts.of_exports(others).items())
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

    def mark_saved(self, project: Project | None = None, export: str | None = None) -> None:
        """Remember a project as written, by default the current one.

        Args:
            project: what was written.
            export: the id of the one export that was written; all of them when None.
        """
        written = self.current if project is None else project
        edits, before = written.annotations.edits, self._saved.annotations.edits
        if export is not None and any(id.export != export for id in {*edits, *before}):
            others = {id: edit for id, edit in before.items() if id.export != export}
            own = {id: edit for id, edit in edits.items() if id.export == export}
            table = replace(written.annotations, edits=Edits(others | own))
            written = replace(written, annotations=table)
        self._saved = written

    def do(self, command: Command) -> Project:
        """Apply a command; what was undone before is forgotten.

        Raises:
            KeyError: the command is about an annotation that is not there; nothing changed.
        """
        project = command.apply(self.current)
        self.forget_undone()
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

    def forget_undone(self) -> None:
        """Leave nothing to be done again."""
        self._size_bytes -= sum(step.size_bytes for step in self._undone)
        self._undone.clear()

    def _drop_oldest(self) -> None:
        dropped = 0
        while self._size_bytes > self._budget_bytes and dropped < len(self._done) - 1:
            self._start = self._done[dropped].project
            self._size_bytes -= self._done[dropped].size_bytes
            dropped += 1
        del self._done[:dropped]
