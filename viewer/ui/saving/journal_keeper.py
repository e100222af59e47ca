"""Keeps verdicts in the journals of their exports, as they are given."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from viewer.formats.writing import WriteReport
from viewer.model.export_words import export_words
from viewer.session.decisions import Decision
from viewer.session.journal import Journal, Renamed, journals_folder
from viewer.session.session import Session

SAID_S = 20.0


class JournalKeeper(QObject):
    """Hands every decision of a session to the journal, and says what the disk does not take."""

    kept = Signal(str)  # when decisions were put on the disk last: UTC, ISO 8601
    _on_disk = Signal()
    _refused = Signal(str)

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._window = window
        self._why = "the disk is slow"  # why something is in no file
        queued = Qt.ConnectionType.QueuedConnection  # they come from the journal's thread
        self._on_disk.connect(lambda: self.kept.emit(session.stamp().time), queued)
        self._refused.connect(self._say, queued)
        self.journal = Journal(
            journals_folder(),
            lambda error: self._refused.emit(error.strerror or str(error)),
            self._on_disk.emit,
        )
        session.decided.connect(self._add)

    def keep_as(self, export: str, report: WriteReport) -> None:
        """Keep what is said of an export for the files that it was written to as well."""
        session = self._session
        if export not in session.project.exports:
            return
        own = [one for one in report.changed if one.id.export == export]
        deleted = frozenset(one.id.ordinal for one in own if one.verb == "deleted")
        added = {one.id: one.native_id for one in own if one.verb == "added"}
        renamed = Renamed(deleted, added)
        shas = report.exports[export]
        self.journal.follow_copy(session.project, export, shas, renamed, session.stamp())

    def may_leave(self, exports: frozenset[str]) -> bool:
        """Ask where verdicts on these exports are in no file yet; True: they may go."""
        unkept = exports & self.journal.unkept()
        if not unkept:
            return True
        names = export_words(self._session.project)
        box = QMessageBox(self._window)
        box.setWindowTitle("Verdicts not kept")
        box.setText(f"Verdicts on {', '.join(names[id] for id in sorted(unkept))} are in no file.")
        box.setInformativeText(
            f"{self.journal.folder} does not take them ({self._why}). Cancel, and save them with"
            " Review > Save review."
        )
        discard = box.addButton("Go on without them", QMessageBox.ButtonRole.DestructiveRole)
        cancel = box.addButton("Cancel", QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(cancel)
        box.setEscapeButton(cancel)
        box.exec()
        return box.clickedButton() is discard

    def _add(self, decision: Decision) -> None:
        self.journal.add(decision)

    def _say(self, words: str) -> None:
        self._why = words
        self._session.say(
            f"Verdicts hold until Overread is closed, since they cannot be kept ({words});"
            " save them with Save review.",
            SAID_S,
        )
