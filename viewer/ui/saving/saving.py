"""Save a copy: a page says what will be written, a job writes it, a sentence says what it wrote."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from viewer.formats.members import split_member
from viewer.formats.writing import WriteReport, write_export
from viewer.model.export_words import export_words
from viewer.model.project import Project
from viewer.session.jobs import Answers, JobControl, Jobs
from viewer.session.session import Session
from viewer.ui.saving.journal_keeper import JournalKeeper
from viewer.ui.saving.page import SaveAsked, SavePage

Choice = Literal["save", "discard", "cancel"]


class Saving(QObject):
    """Shows the page, runs the job, and asks before changes would be lost."""

    page_wanted = Signal(object)  # the page to show, None for what stood there before
    saved = Signal(object)  # WriteReport
    written = Signal(str, object)  # id of an export that was saved, WriteReport

    def __init__(self, session: Session, jobs: Jobs, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._jobs = jobs
        self._window = parent
        self._shown = ""  # id of the export on the page
        self.verdicts: JournalKeeper | None = None  # asked too before exports go
        self.page = SavePage(session, jobs)
        self.page.save_asked.connect(self.save)
        self.page.left.connect(lambda: self.page_wanted.emit(None))

    def show(self) -> None:
        """Show what saving would write: of the export that was edited, else of the first."""
        opened = self._session.history.opened
        if not opened.exports:
            return
        edits = self._session.project.annotations.edits
        edited = self._session.history.unsaved or {id.export for id in edits}
        export = next((id for id in opened.exports if id in edited), next(iter(opened.exports)))
        self._shown = export
        path = opened.exports[export].sources[0].path
        self.page.show_export(export, str(free_name(path)), str(free_folder(path)))
        self.page_wanted.emit(self.page)

    def refresh(self) -> None:
        """Show the same page for the project as it is now, such as after an undo."""
        if self._shown in self._session.history.opened.exports:
            self.page.show_again()
        else:
            self.page.let_go()

    def save(self, asked: SaveAsked) -> None:
        """Write in the background; the page stays until the file is there."""
        current, opened = self._session.project, self._session.history.opened
        tellings = self._session.matches.tellings  # other images may be opened while it writes
        work = tellings.bound(partial(_write, opened, current, asked))
        done = partial(self._written, current, opened)
        self.page.setEnabled(False)
        self._session.say("Writing...")
        self._jobs.run("save", work, Answers(done, self._failed))

    def may_leave(self, exports: frozenset[str]) -> bool:
        """Ask what becomes of changes and verdicts that are in no file; True: they may go."""
        unsaved = self._session.history.unsaved & exports
        choice = self._ask(unsaved) if unsaved else "discard"
        if choice == "save":
            self.show()
        return choice == "discard" and (self.verdicts is None or self.verdicts.may_leave(exports))

    def _written(self, written: Project, opened: Project, report: WriteReport) -> None:
        self.page.setEnabled(True)
        still = self._session.history.opened.exports
        for id in report.exports:
            if still.get(id) is opened.exports[id]:  # else something else was opened meanwhile
                self._session.mark_saved(written, id)
                self.written.emit(id, report)
                self.page_wanted.emit(None)
        count = len(report.changed)
        labels = "1 changed label" if count == 1 else f"{count:,} changed labels"
        words = f"with {labels}" if count else "byte for byte as it was opened"
        beside = len(report.files) - 1
        words += {0: "", 1: "; 1 file beside it"}.get(beside, f"; {beside:,} files beside it")
        self._session.say(f"{Path(report.path).name} is written, {words}: {report.path}")
        self.saved.emit(report)

    def _failed(self, error: Exception) -> None:
        self.page.setEnabled(True)
        self._session.say(str(error))

    def _ask(self, exports: frozenset[str]) -> Choice:
        """The one question when changes would be lost; Esc keeps everything as it is."""
        count = sum(id.export in exports for id in self._session.history.unsaved_labels)
        box = QMessageBox(self._window)
        box.setWindowTitle("Changes not saved")
        names = export_words(self._session.project)
        of = f" of {', '.join(names[id] for id in sorted(exports))}" if len(names) > 1 else ""
        counted = f"1 label{of} is" if count == 1 else f"{count:,} labels{of} are"
        box.setText(f"{counted} changed.")
        box.setInformativeText("The file that was opened is as it was.")
        save = box.addButton("Save...", QMessageBox.ButtonRole.AcceptRole)
        discard = box.addButton("Discard", QMessageBox.ButtonRole.DestructiveRole)
        cancel = box.addButton("Cancel", QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(save)
        box.setEscapeButton(cancel)
        box.exec()
        clicked = box.clickedButton()
        return "save" if clicked is save else "discard" if clicked is discard else "cancel"


def free_name(opened: str) -> Path:
    """Return a path beside the opened file that no file has yet: "labels (edited).json".

    What came out of a zip is saved as a zip beside it; where the folder cannot be known, in the
    home folder.
    """
    source = _file_of(opened)
    return _free(_folder_of(source), source.stem, source.suffix)


def free_folder(opened: str) -> Path:
    """Return a path for a file in a new folder beside the opened one's."""
    source = _file_of(opened)
    folder = _folder_of(source)
    return _free(folder.parent, folder.name or "copy", "") / source.name


def _file_of(opened: str) -> Path:
    return Path(split_member(opened)[0])


def _folder_of(source: Path) -> Path:
    return source.parent if source.parent.is_dir() else Path.home()


def _free(folder: Path, stem: str, suffix: str) -> Path:
    for number in range(1, 1000):
        mark = "edited" if number == 1 else f"edited {number}"
        wanted = folder / f"{stem} ({mark}){suffix}"
        if not wanted.exists():
            return wanted
    return folder / f"{stem} (edited){suffix}"


def _write(
    opened: Project, current: Project, asked: SaveAsked, _control: JobControl
) -> WriteReport:
    return write_export(
        opened,
        current,
        asked.export,
        asked.path,
        overwrite=asked.replaces,
        make_folder=asked.makes_folder,
    )
