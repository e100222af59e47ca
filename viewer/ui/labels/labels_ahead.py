"""The labels of a view worked out in the background where there are too many for one frame."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import count
from typing import TypeAlias

from viewer.model.project import Project
from viewer.paint.hairlines import prepare_lines
from viewer.paint.marks import MANY
from viewer.paint.stage import stage_of
from viewer.render.cut_marks import cut_marks
from viewer.render.mark_index import index_of
from viewer.render.overlay import Mark, every_label, is_at_hand, marks_on, prepare_marks
from viewer.render.planes import Section
from viewer.render.slab_labels import are_met_known, marks_in
from viewer.review.fits import Fitting
from viewer.review.matching import Matches
from viewer.session.jobs import Answers, JobControl, Jobs
from viewer.session.panes import Pane
from viewer.session.session import Session
from viewer.tools.scene import prepare_scene

Ahead: TypeAlias = Callable[[Fitting, Callable[[], None]], None]
Asked: TypeAlias = tuple[Project, Matches, Section, range]
FREEZE_EVERY = 64  # questions whether to go on: some thousand objects


class LabelsAhead:
    """Says whether a view's labels can be drawn now; else has a job work them out.

    Args:
        repaint: has the view of a pane painted again once they are known.
        name: of its jobs; others that ask for the same planes have one of their own.
    """

    def __init__(
        self,
        session: Session,
        jobs: Jobs,
        repaint: Callable[[Pane], None],
        name: str = "labels",
    ) -> None:
        self._name = name
        self._session = session
        self._jobs = jobs
        self._repaint = repaint
        self._asked: dict[Pane, Asked] = {}

    def are_ready(self, pane: Pane) -> bool:
        """Return whether the labels of a pane are at hand; until then it goes without."""
        session = self._session
        stage = stage_of(session, pane)
        if stage is None:
            return True
        asked = (session.project, session.matches, stage.section, stage.within)
        if _is_about(self._asked.get(pane), asked):
            return False  # the marks may be known, but not yet what drawing them needs
        if len(stage.within) > 1:
            is_known = are_met_known(*asked)
        else:
            is_known = is_at_hand(session.project, session.matches, stage.section)
        if is_known:
            return True
        self._asked[pane] = asked
        self._jobs.newest(
            f"{self._name} {pane.id}",
            session.matches.tellings.bound(partial(_prepared, *asked)),
            Answers(partial(self._on_ready, pane)),
        )
        return False

    def of_filter(self, panes: Iterable[Pane]) -> Ahead:
        """Return what a job does with a filter before views show what it leaves in.

        Args:
            panes: of the views; of those whose labels are not at hand nothing is done.
        """
        session = self._session
        stages = (stage_of(session, pane) for pane in panes if pane.exports is None)
        sections = [one.section for one in stages if one is not None and len(one.within) == 1]
        return partial(_prepare_fitting, session.project, session.matches, sections)

    def _on_ready(self, pane: Pane, _answer: None) -> None:
        self._asked.pop(pane, None)
        self._repaint(pane)


def _is_about(asked: Asked | None, wanted: Asked) -> bool:
    """Whether a job works out what files hold on the very planes, whatever was edited since."""
    return asked is not None and asked[1].rows is wanted[1].rows and asked[2:] == wanted[2:]


def _prepared(
    project: Project, matches: Matches, section: Section, within: range, control: JobControl
) -> None:
    asked = count(1)

    def check() -> None:
        if next(asked) % FREEZE_EVERY == 0:
            gc.freeze()  # marks are kept and hold no cycles: no collection is to walk over them
        control.check()

    if len(within) > 1:
        marks_in(project, matches, section, within, every_label, check)
    else:
        prepare_marks(project, matches, section, check)
        _prepare_drawing(marks_on(project, matches, section, every_label))
    if section.own_axis is not None:
        cut_marks(matches, section.media, section.axis)
    prepare_scene(project, matches, section)
    gc.freeze()


def _prepare_fitting(
    project: Project,
    matches: Matches,
    sections: Sequence[Section],
    fitting: Fitting,
    check: Callable[[], None],
) -> None:
    with matches.tellings.in_effect():
        for section in sections:
            check()
            if is_at_hand(project, matches, section):
                _prepare_drawing(marks_on(project, matches, section, fitting))


def _prepare_drawing(marks: tuple[Mark, ...]) -> None:
    """Join what painting and pointing look at, label by label."""
    if len(marks) > MANY:
        prepare_lines(marks)
    index_of(marks).prepare()
