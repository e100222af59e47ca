"""The labels of a view worked out in the background where there are too many for one frame."""

from __future__ import annotations

import gc
from collections.abc import Callable
from functools import partial
from itertools import count

from viewer.geometry.views import PlaneName
from viewer.model.project import Project
from viewer.paint.stage import stage_of
from viewer.render.overlay import is_at_hand, prepare_marks
from viewer.render.planes import Section
from viewer.review.matching import Matches
from viewer.session.jobs import Answers, JobControl, Jobs
from viewer.session.session import Session
from viewer.tools.scene import prepare_scene

FREEZE_EVERY = 64  # questions whether to go on: some thousand objects


class LabelsAhead:
    """Says whether a view's labels can be drawn now; else has a job work them out.

    Args:
        repaint: has a plane painted again, once its labels are known.
        name: of its jobs; others that ask for the same planes have one of their own.
    """

    def __init__(
        self,
        session: Session,
        jobs: Jobs,
        repaint: Callable[[PlaneName], None],
        name: str = "labels",
    ) -> None:
        self._name = name
        self._session = session
        self._jobs = jobs
        self._repaint = repaint
        self._asked: dict[PlaneName, tuple[Project, Matches, Section]] = {}

    def are_ready(self, plane: PlaneName) -> bool:
        """Return whether the labels of a plane are at hand; until then it goes without."""
        session, stage = self._session, stage_of(self._session, plane)
        if stage is None or is_at_hand(session.project, session.matches, stage.section):
            return True
        asked = (session.project, session.matches, stage.section)
        if self._asked.get(plane) != asked:
            self._asked[plane] = asked
            self._jobs.newest(
                f"{self._name} {plane}",
                session.matches.tellings.bound(partial(_prepared, *asked)),
                Answers(partial(self._on_ready, plane)),
            )
        return False

    def _on_ready(self, plane: PlaneName, _answer: None) -> None:
        self._asked.pop(plane, None)
        self._repaint(plane)


def _prepared(project: Project, matches: Matches, section: Section, control: JobControl) -> None:
    asked = count(1)

    def check() -> None:
        if next(asked) % FREEZE_EVERY == 0:
            gc.freeze()  # marks are kept and hold no cycles: no collection is to walk over them
        control.check()

    prepare_marks(project, matches, section, check)
    prepare_scene(project, matches, section)
    gc.freeze()
