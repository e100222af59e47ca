"""Keeps how exports are drawn, in jobs, as a person changes it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject

from viewer.formats.writing import WriteReport
from viewer.render.looks import PLAIN_LOOK, ExportLook
from viewer.session.jobs import Answers, JobControl, Jobs
from viewer.session.kept_looks import looks_folder, write_look
from viewer.session.session import Session
from viewer.session.sidecar import sidecar_of


class LooksKeeper(QObject):
    """Writes the look of an export whenever it changes; the newest one wins."""

    def __init__(self, session: Session, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._jobs = jobs
        session.display.looks_changed.connect(self._keep)

    def keep_as(self, export: str, report: WriteReport) -> None:
        """Keep a look for the files that the export was written to as well."""
        shown = self._session.project.exports.get(export)
        look = self._session.display.look_of(export)
        if shown is not None and look != PLAIN_LOOK:
            path = sidecar_of(looks_folder(), shown, report.exports[export])
            self._jobs.run("keep look as", partial(_write, path, look), self._answers())

    def _keep(self, export: str) -> None:
        shown = self._session.project.exports.get(export)
        if shown is None:
            return
        path = sidecar_of(looks_folder(), shown)
        look = self._session.display.look_of(export)
        self._jobs.newest(f"keep look {export}", partial(_write, path, look), self._answers())

    def _answers(self) -> Answers[None]:
        return Answers(failed=self._not_kept)

    def _not_kept(self, error: Exception) -> None:
        words = getattr(error, "strerror", None) or str(error)
        self._session.say(f"How the labels are drawn holds until Overread is closed: {words}.")


def _write(path: Path, look: ExportLook, _control: JobControl) -> None:
    write_look(path, look)
