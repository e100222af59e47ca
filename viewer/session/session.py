"""The one mutable object: what is open, what is selected, which mode; emits on the main thread only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from psygnal import Signal

from viewer.errors import Issue
from viewer.media.volume import Media
from viewer.model.annotation import AnnotationId
from viewer.model.project import Project
from viewer.review.matching import Matches, match
from viewer.session.commands import Command
from viewer.session.display import Display
from viewer.session.history import History
from viewer.session.viewing import Viewing

Mode = Literal["view", "edit"]


class Session:
    """Project, media, selection and mode; `viewing` and `display` hold the rest of the view state."""

    project_changed = Signal()  # project, history or matches
    media_changed = Signal()  # the list of media
    pixels_changed = Signal(int)  # media index: more slices are decoded
    selection_changed = Signal()
    mode_changed = Signal()
    said = Signal(str)  # one sentence for the status bar

    def __init__(self) -> None:
        self.viewing = Viewing()
        self.display = Display()
        self.history = History(Project())
        self.media: tuple[Media, ...] = ()
        self.issues: tuple[Issue, ...] = ()
        self.matches: Matches = match(self.project, ())
        self.selection: frozenset[AnnotationId] = frozenset()
        self.mode: Mode = "view"
        self.author = ""

    @property
    def project(self) -> Project:
        """The project as it stands."""
        return self.history.current

    @property
    def current(self) -> Media | None:
        """The media that the views show."""
        index = self.viewing.media_index
        return self.media[index] if index is not None and index < len(self.media) else None

    def open(
        self, project: Project, media: Sequence[Media], issues: Sequence[Issue], matches: Matches
    ) -> None:
        """Show another project over other media: history, selection and mode start anew."""
        self.history = History(project)
        self.media = tuple(media)
        self.issues = tuple(issues)
        self.matches = matches
        self.selection = frozenset()
        self.display.reset()
        self.viewing.reset(self.media, matches.fullest_media())
        self.set_mode("view")
        self.media_changed.emit()
        self.project_changed.emit()
        self.selection_changed.emit()

    def do(self, command: Command) -> None:
        """Apply a command and tell everyone."""
        self.history.do(command)
        self._project_moved()

    def undo(self) -> None:
        """Go one step back, if there is one."""
        if self.history.undo() is not None:
            self._project_moved()

    def redo(self) -> None:
        """Go one step forward, if there is one."""
        if self.history.redo() is not None:
            self._project_moved()

    def select(self, ids: Iterable[AnnotationId]) -> None:
        """Select exactly these annotations."""
        chosen = frozenset(ids)
        if chosen != self.selection:
            self.selection = chosen
            self.selection_changed.emit()

    def set_mode(self, mode: Mode) -> None:
        """Change between View and Edit."""
        if mode != self.mode:
            self.mode = mode
            self.mode_changed.emit()

    def say(self, sentence: str) -> None:
        """Show one sentence in the status bar."""
        self.said.emit(sentence)

    def _project_moved(self) -> None:
        self.matches = self.matches.with_edits(self.project)
        gone = {id for id in self.selection if id not in self.project.annotations}
        if gone:
            self.select(self.selection - gone)
        self.project_changed.emit()
