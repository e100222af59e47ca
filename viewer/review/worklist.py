"""The worklist: which labels or tasks are to be judged, in which order, and what is done of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import Literal, TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from viewer.model.annotation import AnnotationId
from viewer.model.project import Project
from viewer.model.task import TaskKey
from viewer.model.verdict import Target, Verdict
from viewer.review.label_keys import LabelKeys
from viewer.review.sampling import SampleRule

Order: TypeAlias = Literal["listed", "task"]
States: TypeAlias = NDArray[np.int8]
NO_LABELS = LabelKeys((), np.empty(0, dtype=np.int64))


class State(IntEnum):
    """What became of one target of a worklist."""

    OPEN = 0
    ACCEPTED = 1
    CORRECTED = 2
    REJECTED = 3
    NEEDS_CHANGE = 4
    GONE = 5  # deleted; it is no longer counted


class Rule(msgspec.Struct, frozen=True):
    """What a worklist was made of.

    Args:
        of: all labels, those that fitted the filter, those selected, or those of which reviewers
            said different things; or tasks.
        words: what the filter said, or who differed.
        order: as in the list of labels, or task by task.
        sample: how it was drawn of them; None for all of them.
    """

    of: Literal["all", "fitting", "selected", "differing", "tasks"] = "all"
    words: str = ""
    order: Order = "listed"
    sample: SampleRule | None = None


EVERYTHING = Rule()


@dataclass(frozen=True, eq=False)
class Worklist:
    """Labels, and behind them tasks, in the order in which they are judged, each once."""

    rule: Rule = EVERYTHING
    labels: LabelKeys = NO_LABELS
    tasks: tuple[TaskKey, ...] = ()

    def __len__(self) -> int:
        return len(self.labels) + len(self.tasks)

    def __getitem__(self, position: int) -> Target:
        if not 0 <= position < len(self):
            raise IndexError(position)
        beyond = position - len(self.labels)
        return self.labels.id_at(position) if beyond < 0 else self.tasks[beyond]

    def position_of(self, target: Target) -> int | None:
        """Return where a target stands, None where it does not."""
        if isinstance(target, AnnotationId):
            return self.labels.place_of(target)
        place = self._places.get(target)
        return None if place is None else len(self.labels) + place

    def of_exports(self, kept: Collection[str]) -> Worklist:
        """Return what is left of it where other exports were closed."""
        codes = [code for code, id in enumerate(self.labels.exports) if id in kept]
        is_kept = np.isin(self.labels.export_codes, codes)
        tasks = tuple(task for task in self.tasks if task.export in kept)
        return Worklist(self.rule, self.labels.at(is_kept), tasks)

    @cached_property
    def _places(self) -> dict[TaskKey, int]:
        return {task: place for place, task in enumerate(self.tasks)}


@dataclass(frozen=True)
class Counts:
    """How many of a worklist are in which state; those deleted are not counted."""

    accepted: int = 0
    corrected: int = 0
    rejected: int = 0
    needs_change: int = 0
    left: int = 0

    @property
    def done(self) -> int:
        """How many are judged."""
        return self.accepted + self.corrected + self.rejected + self.needs_change

    @property
    def total(self) -> int:
        """How many there are."""
        return self.done + self.left


def state_of(project: Project, target: Target) -> State:
    """Return what became of a label or task."""
    if isinstance(target, AnnotationId) and target not in project.annotations:
        return State.GONE
    said = project.verdicts.get(target)
    return State.OPEN if said is None else _state_of(said)


def states_of(project: Project, worklist: Worklist) -> States:
    """Return the State of each target, (n,)."""
    states = np.zeros(len(worklist), dtype=np.int8)
    told: set[Target] = {*project.verdicts}
    told.update(id for id, edit in project.annotations.edits.items() if edit is None)
    told.update(worklist.labels.id_at(place) for place in worklist.labels.new.tolist())
    for target in told:
        position = worklist.position_of(target)
        if position is not None:
            states[position] = state_of(project, target)
    return states


def counts_of(states: States) -> Counts:
    """Return how many of these states there are."""
    found = np.bincount(states, minlength=len(State)).tolist()
    left, accepted, corrected, rejected, needs_change, _gone = found
    return Counts(accepted, corrected, rejected, needs_change, left)


def _state_of(verdict: Verdict) -> State:
    match verdict.judgement:
        case None:
            return State.OPEN
        case "accepted":
            return State.CORRECTED if verdict.is_corrected else State.ACCEPTED
        case "rejected":
            return State.REJECTED
        case "needs_change":
            return State.NEEDS_CHANGE
