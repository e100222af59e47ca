"""The pictures of many labels on the next slices, composed in the background while one scrolls."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from functools import partial

from viewer.paint.ahead import Ahead, are_dear
from viewer.paint.dress import dress_of
from viewer.paint.look import look_of
from viewer.paint.picture import ViewPicture
from viewer.paint.stage import Stage, stage_of
from viewer.render.planes import Section
from viewer.session.jobs import JobControl, Jobs
from viewer.session.panes import Pane
from viewer.session.session import Session
from viewer.ui.widgets.theme import theme

SLICES = 3  # ahead
FURTHEST = 3  # slices of one step, beyond which it is a jump


@dataclass(frozen=True)
class _Step:
    """Which slice of which plane a view shows, and the way it was reached; nothing of a study."""

    media: int
    view: int
    index: int
    way: int = 0

    def next(self, media: int, view: int, index: int) -> _Step:
        """Return the step to a slice; the way stays where there is none."""
        step = index - self.index
        if (media, view) != (self.media, self.view) or abs(step) > FURTHEST:
            return _Step(media, view, index)
        return _Step(media, view, index, (step > 0) - (step < 0) or self.way)


class PicturesAhead:
    """Has the next pictures of each view made, in the direction of its last step."""

    def __init__(self, session: Session, jobs: Jobs) -> None:
        self._session = session
        self._jobs = jobs
        self._steps: dict[str, _Step] = {}
        self._asked: dict[str, Hashable] = {}

    def painted(self, pane: Pane, picture: ViewPicture, ratio: float) -> None:
        """Hear what a view shows.

        Args:
            pane: of the view.
            picture: as it was painted.
            ratio: device pixels to a logical one.
        """
        session, stage = self._session, stage_of(self._session, pane)
        if stage is None:
            return
        place = (stage.section.media, id(stage.view), stage.index)
        step = self._steps.get(pane.id, _Step(*place)).next(*place)
        self._steps[pane.id] = step
        if not step.way or not self._is_worth_it(stage, picture):
            return
        version = (id(session.project), session.display.version)
        asked = (step, version, picture.affine.tobytes(), picture.size, ratio)
        if asked != self._asked.get(pane.id):
            self._asked[pane.id] = asked
            work = partial(
                _composed, self._ahead(picture, ratio), self._next(pane, stage, step.way)
            )
            self._jobs.newest(f"pictures {pane.id}", session.matches.tellings.bound(work))

    def _is_worth_it(self, stage: Stage, picture: ViewPicture) -> bool:
        """Slices as acquired, of which all labels are shown: their marks are the same in a job."""
        is_whole = self._session.display.draws_all and stage.pane.exports is None
        is_slice = stage.section.is_acquired and len(stage.within) == 1
        return is_whole and is_slice and are_dear(picture.marks)

    def _next(self, pane: Pane, stage: Stage, way: int) -> list[Section]:
        numbers = range(stage.index + way, stage.index + (SLICES + 1) * way, way)
        stages = (stage_of(self._session, pane, k) for k in numbers if 0 <= k < stage.count)
        return [one.section for one in stages if one is not None]

    def _ahead(self, picture: ViewPicture, ratio: float) -> Ahead:
        session, setting = self._session, picture.setting(look_of(theme().name))
        return Ahead(session.project, session.matches, dress_of(session), setting, ratio)


def _composed(ahead: Ahead, sections: list[Section], control: JobControl) -> None:
    for section in sections:
        control.check()
        ahead.compose(section, control.check)
