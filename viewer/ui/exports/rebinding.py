"""What a person decided of an export's entries: matched again in a job, then kept beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, Signal

from viewer.formats.writing import WriteReport
from viewer.media.volume import Media
from viewer.model.project import Export, Project
from viewer.review.binding import NO_CHOICES, Choice, Choices
from viewer.review.matching import Matches
from viewer.session.given_classes import Given, Names, given_of
from viewer.session.jobs import Answers, JobControl, Jobs
from viewer.session.session import Session
from viewer.session.sidecar import bindings_folder, sidecar_of, write_choices
from viewer.ui.media.reading import placed

NOTHING_CHOSEN = Choice()
JOB = "bindings"
NO_NAMES: Names = {}


@dataclass(eq=False)
class _Kept:
    """What is kept of one opening of an export.

    Args:
        classes: given to labels, as they were kept last.
        copies: sidecars of what it was written to since, with the names of new labels there.
    """

    export: Export
    classes: Given
    copies: dict[Path, Names] = field(default_factory=dict[Path, "Names"])


class Rebinding(QObject):
    """Takes choices, shows the labels by them, and keeps them; the newest choice wins."""

    changed = Signal()  # a choice was made; the labels follow

    def __init__(self, session: Session, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self.jobs = jobs
        self._ahead: Mapping[str, Choices] | None = None  # chosen, not yet matched
        self._made: dict[str, tuple[Export, Choices]] = {}  # the last ones, by export id
        self._kept: dict[str, _Kept] = {}  # by export id
        session.media_changed.connect(self._on_media)
        session.project_changed.connect(self._on_project)

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
        self._keep(shown)
        self.changed.emit()

    def keep_as(self, export: str, report: WriteReport) -> None:
        """Keep what is chosen for the files that the export was written to as well."""
        shown = self._session.project.exports.get(export)
        if shown is None:
            return
        names = {one.id: one.native_id for one in report.changed if one.verb == "added"}
        path = sidecar_of(bindings_folder(), shown, report.exports[export])
        self._kept_of(shown).copies[path] = names
        if self._with_classes(shown, names) != NO_CHOICES:
            self._write(path, shown, names, f" {path.stem}")

    def _match_by(self, chosen: Mapping[str, Choices]) -> None:
        self._ahead, session = chosen, self._session
        work = partial(_matched, session.project, session.media, chosen)
        self.jobs.newest(JOB, work, Answers(self._show, self._failed))

    def _keep(self, export: Export) -> None:
        """Keep what is chosen of an export, for it and for what it was written to."""
        copies = self._kept_of(export).copies
        self._write(sidecar_of(bindings_folder(), export), export)
        for path, names in copies.items():
            self._write(path, export, names, f" {path.stem}")

    def _write(self, path: Path, export: Export, names: Names = NO_NAMES, of: str = "") -> None:
        work = partial(_write, path, self._with_classes(export, names))
        self.jobs.newest(f"keep {export.id}{of}", work, Answers(failed=self._not_kept))

    def _with_classes(self, export: Export, names: Names = NO_NAMES) -> Choices:
        """Return what is chosen of an export, with the classes that its labels were given since."""
        choices, project = self.choices_of(export.id), self._session.project
        given = given_of(project, export.id, choices.classes, names)
        return msgspec.structs.replace(choices, classes=given)

    def _kept_of(self, export: Export) -> _Kept:
        """Return what is kept of an export since it was opened."""
        found = self._kept.get(export.id)
        if found is None or found.export is not export:
            found = self._kept[export.id] = _Kept(export, self.choices_of(export.id).classes)
        return found

    def _on_project(self) -> None:
        """Keep the classes that labels were given, and those that undo took from them."""
        for export in self._session.project.exports.values():
            if export.classless:
                kept, classes = self._kept_of(export), self._with_classes(export).classes
                if classes != kept.classes:
                    kept.classes = classes
                    self._keep(export)

    def _show(self, matches: Matches) -> None:
        self._ahead = None
        self._session.rebind(matches)

    def _on_media(self) -> None:
        """Match by choices again that were made while the media that are open now were read."""
        self.jobs.cancel(JOB)  # of what was open
        self._ahead, opened = None, self._session.project.exports
        self._made = {id: made for id, made in self._made.items() if opened.get(id) is made[0]}
        self._kept = {id: kept for id, kept in self._kept.items() if opened.get(id) is kept.export}
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
