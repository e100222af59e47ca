"""Pictures that take longer than a frame, worked out in the background once a view rests."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QTimer

from viewer.geometry.oblique import ObliquePlane
from viewer.media.volume import Volume
from viewer.paint.pixels import is_at_rest
from viewer.paint.stage import Stage, stage_of
from viewer.render.oblique import prepare_mixed
from viewer.render.reslice import Plate
from viewer.render.slab import prepare_slab
from viewer.session.jobs import Answers, JobControl, Jobs
from viewer.session.panes import Pane
from viewer.session.session import Session

STILL_MS = 120  # without another picture of the view


class Resting(QObject):
    """Has the picture of each view worked out as it is to be seen at rest.

    Args:
        repaint: has the view of a pane painted again once its picture is there.
    """

    def __init__(
        self, session: Session, jobs: Jobs, repaint: Callable[[Pane], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._jobs = jobs
        self._repaint = repaint
        self._wanted: dict[str, Pane] = {}
        self._timer = QTimer(self, singleShot=True, interval=STILL_MS)
        self._timer.timeout.connect(self._begin)

    def painted(self, pane: Pane) -> None:
        """Hear that a view was painted."""
        stage = stage_of(self._session, pane)
        if stage is None or is_at_rest(stage):
            self._wanted.pop(pane.id, None)
        else:
            self._wanted[pane.id] = pane
            self._timer.start()

    def _begin(self) -> None:
        wanted, self._wanted = self._wanted, {}
        for pane in wanted.values():
            stage = stage_of(self._session, pane)
            if stage is not None and not is_at_rest(stage):
                answers = Answers[Plate | None](partial(self._arrived, pane))
                self._jobs.newest(f"rest {pane.id}", partial(_at_rest, stage), answers)

    def _arrived(self, pane: Pane, _picture: Plate | None) -> None:
        self._repaint(pane)


def _at_rest(stage: Stage, control: JobControl) -> Plate | None:
    media, view = stage.media, stage.view
    if not isinstance(media, Volume) or view is None:
        return None
    if stage.slab is not None:
        return prepare_slab(media, view, stage.index, stage.slab, control.check)
    if not isinstance(view, ObliquePlane):
        return None
    return prepare_mixed(media, view, stage.index, control.check)
