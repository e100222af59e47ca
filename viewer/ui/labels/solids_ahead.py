"""Where solids lie, worked out in the background; they are shown when it is known."""

from __future__ import annotations

from functools import partial

from viewer.review.extents import FoundSolids
from viewer.review.matching import Matches
from viewer.review.solids import solids_of
from viewer.session.jobs import Answers, JobControl, Jobs
from viewer.session.session import Session

JOB = "solids"


class SolidsAhead:
    """Has a job find the solids whenever exports or media were matched anew."""

    def __init__(self, session: Session, jobs: Jobs) -> None:
        self._session = session
        self._jobs = jobs
        self._asked: object = None  # the rows that were matched
        self._is_told = False  # that it takes its time
        session.project_changed.connect(self._on_project)

    def _on_project(self) -> None:
        matches = self._session.matches
        if not matches.lack_solids or matches.rows is self._asked:
            return
        self._asked = matches.rows
        self._jobs.newest(
            JOB,
            matches.tellings.bound(partial(_found, matches)),
            Answers(partial(self._on_found, matches), self._on_failed, self._on_progress),
        )

    def _on_found(self, asked: Matches, found: FoundSolids) -> None:
        self._session.take_solids(asked, found)
        if self._is_told:
            self._is_told = False
            self._session.say("The labels of volumes are read.")

    def _on_failed(self, error: Exception) -> None:
        self._session.say(str(error))

    def _on_progress(self, done: int, total: int) -> None:
        if 0 < done < total:
            self._is_told = True
            self._session.say(f"Reading labels of volumes: {done:,} of {total:,}")


def _found(matches: Matches, control: JobControl) -> FoundSolids:
    return solids_of(matches, control.check, control.progress)
