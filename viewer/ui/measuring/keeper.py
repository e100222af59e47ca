"""Keeps what is measured, in jobs, as a person changes it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject

from viewer.media.volume import Media
from viewer.session.jobs import Answers, JobControl, Jobs
from viewer.session.kept_measurements import Kept, kept_now, write_measurements
from viewer.session.session import Session


class MeasurementsKeeper(QObject):
    """Writes what was measured on a media whenever it changes; the newest one wins."""

    def __init__(self, session: Session, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._jobs = jobs
        self._written: dict[Media, Kept] = {}  # of what is open
        session.measurements.changed.connect(self._keep)

    def _keep(self) -> None:
        found = kept_now(self._session.measurements.by_number.values())
        before, self._written = self._written, {}
        for number, media in enumerate(self._session.media):
            kept = self._written[media] = found.get(number, ())
            if kept != before.get(media, ()):
                name = f"keep measurements {id(media)}"  # numbers pass to other media
                answers = Answers[None](failed=self._not_kept)
                self._jobs.newest(name, partial(_write, media, kept), answers)

    def _not_kept(self, error: Exception) -> None:
        words = getattr(error, "strerror", None) or str(error)
        self._session.say(f"Measurements hold until Overread is closed: {words.rstrip('.')}.")


def _write(media: Media, kept: Kept, _control: JobControl) -> None:
    write_measurements(media, kept)
