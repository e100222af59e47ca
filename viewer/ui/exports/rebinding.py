"""Changes of what an export's entries are shown on: matched again in a job, then kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, Signal

from viewer.media.volume import Media
from viewer.model.project import Export, Project
from viewer.review.binding import NO_CHOICES, Choice, Choices
from viewer.review.matching import Matches
from viewer.session.jobs import Answers, JobControl, Jobs
from viewer.session.session import Session
from viewer.session.sidecar import bindings_folder, sidecar_of, write_choices
from viewer.ui.media.reading import placed

NOTHING_CHOSEN = Choice()
JOB = "bindings"


class Rebinding(QObject):
    """Takes choices, shows the labels by them, and keeps them; the newest choice wins."""

    changed = Signal()  # a choice was made; the labels follow

    def __init__(self, session: Session, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self.jobs = jobs
        self._ahead: Mapping[str, Choices] | None = None  # chosen, not yet matched
        self._made: dict[str, tuple[Export, Choices]] = {}  # the last ones, by export id
        session.media_changed.connect(self._on_media)

    @property
    def chosen(self) -> Mapping[str, Choices]:
        """What is chosen, by export id; the labels may not have followed yet."""
        return self._session.matches.chosen if self._ahead is None else self._ahead

    def choices_of(self, export: str) -> Choices:
        """Return what is chosen of one export."""
        return self.chosen.get(export, NO_CHOICES)

    def choose(self, export: str, entry: str | None, choice: Choice) -> None:
        """Take what was decided of an entry, or of all of an export without one.

        A choice that leaves everything open takes the entry back to automatic.
        """
        before = self.choices_of(export)
        if entry is None:
            after = msgspec.structs.replace(before, general=choice)
        else:
            entries = {id: kept for id, kept in before.entries.items() if id != entry}
            if choice != NOTHING_CHOSEN:
                entries[entry] = choice
            after = msgspec.structs.replace(before, entries=entries)
        if after == before:
            return
        shown = self._session.project.exports[export]
        self._made[export] = shown, after
        self._match_by({**self.chosen, export: after})
        self._keep(shown, after)
        self.changed.emit()

    def keep_as(self, export: str, shas: Sequence[str]) -> None:
        """Keep what is chosen for the files that the export was written to as well.

        Args:
            shas: SHA-256 of each source of the export as it was written.
        """
        shown, choices = self._session.project.exports.get(export), self.choices_of(export)
        if shown is None or choices == NO_CHOICES:
            return
        path = sidecar_of(bindings_folder(), shown, shas)
        self.jobs.run("keep as", partial(_write, path, choices), self._answers())

    def _match_by(self, chosen: Mapping[str, Choices]) -> None:
        self._ahead, session = chosen, self._session
        work = partial(_matched, session.project, session.media, chosen)
        self.jobs.newest(JOB, work, Answers(self._show, self._failed))

    def _keep(self, export: Export, choices: Choices) -> None:
        path = sidecar_of(bindings_folder(), export)
        self.jobs.newest(f"keep {export.id}", partial(_write, path, choices), self._answers())

    def _answers(self) -> Answers[None]:
        return Answers(failed=self._not_kept)

    def _show(self, matches: Matches) -> None:
        self._ahead = None
        self._session.rebind(matches)

    def _on_media(self) -> None:
        """Match by choices again that were made while the media that are open now were read."""
        self.jobs.cancel(JOB)  # of what was open
        self._ahead, opened = None, self._session.project.exports
        self._made = {id: made for id, made in self._made.items() if opened.get(id) is made[0]}
        made = {id: choices for id, (_, choices) in self._made.items()}
        known = self._session.matches.chosen
        if any(known.get(id, NO_CHOICES) != choices for id, choices in made.items()):
            self._match_by({**known, **made})

    def _failed(self, error: Exception) -> None:
        self._ahead = None
        self._session.say(f"The labels could not be placed anew: {error}")
        self.changed.emit()

    def _not_kept(self, error: Exception) -> None:
        words = getattr(error, "strerror", None) or str(error)
        self._session.say(f"What was chosen holds until Overread is closed: {words}.")


def _matched(
    project: Project, media: tuple[Media, ...], chosen: Mapping[str, Choices], _control: JobControl
) -> Matches:
    return placed(project, media, chosen)


def _write(path: Path, choices: Choices, _control: JobControl) -> None:
    write_choices(path, choices)
