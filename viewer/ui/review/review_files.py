"""Saving one's own review and tables of verdicts, and opening the reviews of others."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from viewer import __version__
from viewer.model.counted import counted
from viewer.review.review_csv import csv_of
from viewer.review.review_file import ENDING, ReviewFile, review_of
from viewer.session.jobs import Answers, JobControl, Jobs
from viewer.session.reviewed import sides_of, write_csv, write_review
from viewer.session.session import Session

SAID_S = 12.0  # a path is long
KINDS = f"Reviews (*{ENDING})"
NOTHING = "Nothing is judged yet; Enter accepts a label in Review, X rejects it."


class ReviewFiles(QObject):
    """Asks where, and writes in jobs.

    Args:
        opened: takes the paths of review files that a person chose.
    """

    def __init__(
        self, session: Session, jobs: Jobs, window: QWidget, opened: Callable[[list[str]], None]
    ) -> None:
        super().__init__(window)
        self._session = session
        self._jobs = jobs
        self._window = window
        self._opened = opened

    def save(self) -> None:
        """Ask where, and save one's own review there."""
        if not self._session.project.verdicts:
            self._session.say(NOTHING)
            return
        path = self._asked("Save review", ENDING, KINDS)
        if path is not None:
            self.save_to(path)

    def save_to(self, path: Path) -> None:
        """Save one's own review; what is said meanwhile is not in it."""
        project, work = self._session.project, self._session.work.worklist
        count = counted(len(project.verdicts), "verdict")
        made = self._session.stamp()
        review = partial(review_of, project, work, made.author, made.time, __version__)
        write = partial(_write_review, path, review)
        self._run(write, f"{path.name} is written, with {count}: {path}")

    def save_csv(self) -> None:
        """Ask where, and save all verdicts as a table: one's own, and those of open reviews."""
        sides = sides_of(self._session.project, self._session.author, self._session.reviews)
        if not sides:
            self._session.say(NOTHING)
            return
        path = self._asked("Save verdicts as CSV", ".csv", "CSV (*.csv)")
        if path is not None:
            text = partial(csv_of, self._session.project, sides)
            self._run(partial(_write_csv, path, text), f"{path.name} is written: {path}")

    def open(self) -> None:
        """Ask which review files to open beside one's own."""
        paths, _ = QFileDialog.getOpenFileNames(
            self._window, "Open reviews", str(self._folder()), f"{KINDS};;All files (*)"
        )
        if paths:
            self._opened(paths)

    def _asked(self, title: str, ending: str, kinds: str) -> Path | None:
        proposed = self._folder() / f"{self._stem()}{ending}"
        chosen, _ = QFileDialog.getSaveFileName(self._window, title, str(proposed), kinds)
        if not chosen:
            return None
        if chosen.lower().endswith(ending):
            return Path(chosen)
        path = Path(f"{chosen}{ending}")
        if path.exists():  # of which nobody asked
            self._session.say(f"{path} is there already; name it whole to replace it.", SAID_S)
            return None
        return path

    def _stem(self) -> str:
        exports = self._session.project.exports.values()
        return next((Path(one.title).stem for one in exports), "labels")

    def _folder(self) -> Path:
        sources = (one.sources[0] for one in self._session.project.exports.values() if one.sources)
        path = next((Path(source.path.split("!")[0]).parent for source in sources), Path.home())
        return path if path.is_dir() else Path.home()

    def _run(self, work: Callable[[JobControl], None], sentence: str) -> None:
        def done(_written: None) -> None:
            self._session.say(sentence)

        def failed(error: Exception) -> None:
            self._session.say(str(error))

        self._jobs.run("save review", work, Answers(done, failed))


def _write_review(path: Path, review: Callable[[], ReviewFile], _control: JobControl) -> None:
    write_review(path, review())


def _write_csv(path: Path, text: Callable[[], str], _control: JobControl) -> None:
    write_csv(path, text())
