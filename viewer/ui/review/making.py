"""Makes worklists by their rules in jobs, and begins them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from viewer.model.annotation import AnnotationId
from viewer.review.label_keys import LabelKeys, all_labels, keys_of
from viewer.review.label_sizes import Check
from viewer.review.worklist import Rule, Worklist
from viewer.review.worklist_making import fitted, studies_of, worklist_of
from viewer.session.jobs import Answers, JobControl, Jobs
from viewer.session.kept_worklist import REMADE, KeptWorklist, is_of_same_files, listed_again
from viewer.session.session import Session

NOT_THERE = "The worklist of last time is of labels that are not there; begin another."
DRAWN_ANEW = "The exports are not as they were: the same seed has drawn another sample of them."
SAID_S = 20.0  # the first thing that is read
NOTHING_FITS = "Nothing fits this rule; the worklist stays as it is."


class Making(QObject):
    """The worklists of one session."""

    begun = Signal(bool)  # another one was begun; False where nothing fits, and the old one stays

    def __init__(self, session: Session, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._jobs = jobs

    def make(self, rule: Rule, chosen: frozenset[AnnotationId]) -> None:
        """Make another worklist in a job, and begin it.

        Args:
            chosen: the labels that were selected when the review began.
        """

        def take(worklist: Worklist) -> None:
            if len(worklist):
                self._session.work.take(worklist)
            else:
                self._session.say(NOTHING_FITS)
            self.begun.emit(len(worklist) > 0)

        self._make(rule, take, chosen)

    def go_on(self, kept: KeptWorklist, *, in_review: bool) -> None:
        """Take a worklist that was begun in another run, in Review where one was there."""
        session, is_same = self._session, is_of_same_files(self._session, kept)

        def take(worklist: Worklist | None) -> None:
            if worklist is None or not len(worklist):
                session.say(NOT_THERE)
                return
            at = kept.at or kept.at_task
            if in_review:
                session.work.take(worklist, at)
                session.set_mode("review")
            else:
                with session.work.moved.blocked():  # nothing is gone to
                    session.work.take(worklist, at)
            if not is_same:
                session.say(DRAWN_ANEW, SAID_S)

        if kept.rule.of in REMADE:
            self._make(kept.rule, take)
        else:
            take(listed_again(session, kept))

    def _make(
        self,
        rule: Rule,
        done: Callable[[Worklist], None],
        chosen: frozenset[AnnotationId] = frozenset(),
    ) -> None:
        session = self._session
        project, matches, wanted = session.project, session.matches, session.display.filter

        def labels(check: Check) -> LabelKeys:
            match rule.of:
                case "selected":
                    there = (id for id in chosen if id in project.annotations)
                    return keys_of(project, sorted(there))
                case "fitting":
                    return fitted(project, matches, wanted, check)
                case _:
                    return all_labels(project)

        def work(control: JobControl) -> Worklist:
            if rule.of == "tasks":
                return studies_of(project, rule)
            return worklist_of(project, rule, labels(control.check), control.check)

        def take(worklist: Worklist) -> None:
            exports = session.project.exports  # others may have been opened meanwhile
            if all(
                id in exports and exports[id].sources is export.sources
                for id, export in project.exports.items()
            ):
                done(worklist)

        self._jobs.newest("worklist", work, Answers[Worklist](done=take))
