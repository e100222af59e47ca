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
from viewer.review.media_groups import Spot
from viewer.session.jobs import Answers, JobControl, Jobs
from viewer.session.session import Session
from viewer.tools.scene import prepare_scene

_View = tuple[PlaneName, Spot | None]
FREEZE_EVERY = 64  # questions whether to go on: some thousand objects


class LabelsAhead:
    """Says whether a view's labels can be drawn now; else has a job work them out.

    Args:
        repaint: has a view of a plane, or a part of a group, painted again once they are known.
        name: of its jobs; others that ask for the same planes have one of their own.
    """

    def __init__(
        self,
        session: Session,
        jobs: Jobs,
        repaint: Callable[[PlaneName, Spot | None], None],
        name: str = "labels",
    ) -> None:
        self._name = name
        self._session = session
        self._jobs = jobs
        self._repaint = repaint
        self._asked: dict[_View, tuple[Project, Matches, Section]] = {}

    def are_ready(self, plane: PlaneName, at: Spot | None = None) -> bool:
        """Return whether the labels of a plane are at hand; until then it goes without.

        Args:
            at: which media, and picture of it, where several stand side by side.
        """
        view: _View = (plane, at)
        session, (media, picture) = self._session, at or (None, None)
        stage = stage_of(session, plane, picture, media)
        if stage is None or is_at_hand(session.project, session.matches, stage.section):
            return True
        asked = (session.project, session.matches, stage.section)
        if self._asked.get(view) != asked:
            self._asked[view] = asked
            self._jobs.newest(
                f"{self._name} {plane} {at or ''}",
                session.matches.tellings.bound(partial(_prepared, *asked)),
                Answers(partial(self._on_ready, view)),
            )
        return False

    def _on_ready(self, view: _View, _answer: None) -> None:
        self._asked.pop(view, None)
        self._repaint(*view)


def _prepared(project: Project, matches: Matches, section: Section, control: JobControl) -> None:
    asked = count(1)

    def check() -> None:
        if next(asked) % FREEZE_EVERY == 0:
            gc.freeze()  # marks are kept and hold no cycles: no collection is to walk over them
        control.check()

    prepare_marks(project, matches, section, check)
    prepare_scene(project, matches, section)
    gc.freeze()
