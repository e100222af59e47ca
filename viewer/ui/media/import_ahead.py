"""What vendors would not take back of exports, looked for in the background once they are open."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from viewer.errors import Issue
from viewer.formats.importing import unimportable
from viewer.model.project import Export, Project
from viewer.session.jobs import Answers, JobControl, Jobs
from viewer.session.session import Session

JOB = "what is not imported"


class ImportAhead:
    """Has a job look at exports whenever others are open."""

    def __init__(self, session: Session, jobs: Jobs) -> None:
        self._session = session
        self._jobs = jobs
        self._asked: Mapping[str, Export] = {}
        session.project_changed.connect(self._on_project)

    def _on_project(self) -> None:
        project = self._session.project
        if project.exports is not self._asked:
            self._asked = project.exports
            answers = Answers(self._session.take_unimportable)
            self._jobs.newest(JOB, partial(_found, project), answers)


def _found(project: Project, control: JobControl) -> list[tuple[Export, tuple[Issue, ...]]]:
    return [(one, unimportable(project, id, control.check)) for id, one in project.exports.items()]
