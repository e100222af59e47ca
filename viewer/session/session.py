"""The one mutable object: what is open, selected, in which mode; emits on the main thread only."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial

from psygnal import Signal

from viewer.errors import Issue
from viewer.geometry.space import pixel_from_voxel
from viewer.media.volume import Companion, Media, Volume
from viewer.model.annotation import AnnotationId
from viewer.model.project import Export, Project
from viewer.review.centres import Centre, centre_at, centre_of
from viewer.review.extents import FoundSolids
from viewer.review.matching import Matches, match
from viewer.review.media_groups import Groups, Part, group_at
from viewer.review.reviews import Review
from viewer.session.arranging import active_of, panes_of
from viewer.session.changed_places import State, seen_at
from viewer.session.commands import AddAnnotation, Command, Judge, Stamp
from viewer.session.comparing import Linking
from viewer.session.correcting import NOT_UNDONE, Correction, refusal
from viewer.session.decisions import Action, Decision
from viewer.session.display import Display
from viewer.session.history import History
from viewer.session.locking import kept_from
from viewer.session.measurements import Measurements
from viewer.session.modes import Mode
from viewer.session.panes import Pane
from viewer.session.places import Places, Visited
from viewer.session.playable import Playable
from viewer.session.showing import go_to_judged, show_current
from viewer.session.task_list import TaskList
from viewer.session.viewing import Viewing
from viewer.session.worklist import Work


class Session:
    """Project, media, selection and mode; `viewing` and `display` hold the rest of the view state.

    Args:
        clock: the time now, aware of its zone; the only clock of commands.
    """

    project_changed = Signal()  # project, history or matches
    media_changed = Signal()  # the list of media
    pixels_changed = Signal(int)  # media index: more slices are decoded
    selection_changed = Signal()
    mode_changed = Signal()
    reviews_changed = Signal()
    decided = Signal(Decision)  # verdicts were given, or given back by undo
    said = Signal(str, float)  # one sentence for the status bar, and for how many seconds

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._clock = clock
        self.viewing = Viewing()
        self.linking = Linking(self)
        self.display = Display(lambda id: self.project.annotations.author_of(id))
        self.measurements = Measurements()
        self.history = History(Project())
        self.work = Work(lambda: self.project)
        self.media: tuple[Media, ...] = ()
        self.issues: tuple[Issue, ...] = ()
        self.companions: tuple[Companion, ...] = ()
        self.unimportable: Mapping[str, tuple[Issue, ...]] = {}  # by export id
        self.matches: Matches = match(self.project, ())
        self.selection: frozenset[AnnotationId] = frozenset()
        self.mode: Mode = "view"
        self.correction: Correction | None = None  # the one label that Edit is about
        self.author = ""
        self.places = Places(self._here)
        self.tasks = TaskList()
        self.reviews: tuple[Review, ...] = ()  # of others; only looked at
        self._group: tuple[Part, ...] = ()  # that was shown last, of these
        self._groups: Groups = self.matches.groups
        self.work.moved.connect(partial(show_current, self))

    @property
    def project(self) -> Project:
        """The project as it stands."""
        return self.history.current

    @property
    def current(self) -> Media | None:
        """The media that the views show."""
        index = self.viewing.media_index
        return self.media[index] if index is not None and index < len(self.media) else None

    @property
    def media_group(self) -> tuple[Part, ...]:
        """The parts of the group that the picture shown is one of; () for none.

        Of several groups it stays the one shown last: what stands beside does not change by a look.
        """
        at, groups = self.viewing.media_index, self.matches.groups
        if self.current is None or at is None:
            return ()
        here = {(at, self.slice), *((point, None) for point in self.viewing.points)}
        if groups is not self._groups or here.isdisjoint(part.spot for part in self._group):
            self._groups, self._group = groups, group_at(groups, here)
        return self._group

    @property
    def panes(self) -> tuple[Pane, ...]:
        """What the views show now, one at least."""
        return panes_of(self)

    @property
    def are_parts_shown(self) -> bool:
        """The parts of a group stand side by side now."""
        viewing = self.viewing
        is_free = viewing.layout != "single" and not viewing.is_comparing
        return is_free and viewing.side_by_side and bool(self.media_group)

    @property
    def active_pane(self) -> Pane:
        """The one of the panes that keys act on."""
        return active_of(self, self.panes)

    @property
    def beside(self) -> tuple[int, ...]:
        """The media that stand side by side now, each once; () where one is shown alone."""
        numbers = (pane.media for pane in self.panes)
        return tuple(dict.fromkeys(number for number in numbers if number is not None))

    @property
    def slice(self) -> int:
        """Slice or frame of the shown media under the crosshair."""
        return int(pixel_from_voxel(self.viewing.crosshair[2]))

    @property
    def playable(self) -> Playable | None:
        """What can be played of what is shown: frames, or points of a 4-D series."""
        return self.viewing.playable

    @property
    def step(self) -> int:
        """Which frame or point of `playable` is shown."""
        viewing = self.viewing
        shown = viewing.media_index
        if shown is not None and isinstance(viewing.shown, Volume):
            return viewing.points.index(shown)
        return self.slice

    def go_to_step(self, index: int) -> None:
        """Show a frame or point of `playable`, the nearest end beyond it."""
        playable, viewing = self.playable, self.viewing
        if playable is None:
            return
        index = min(max(index, 0), playable.count - 1)
        if playable.is_of_points:
            viewing.show(viewing.points[index])
        else:
            i, j, _k = viewing.crosshair
            viewing.set_crosshair((i, j, float(index)))

    def has_step(self, index: int) -> bool:
        """Whether the picture of a frame or point is at hand, or known to be undecodable."""
        at = self.at_step(index)
        return at is not None and (at[1] in at[0].slice_errors or at[0].picture(at[1]) is not None)

    def at_step(self, index: int) -> tuple[Media, int] | None:
        """Return the media of a frame or point of `playable`, and the picture of it; or None."""
        points, media = self.viewing.points, self.current
        if isinstance(media, Volume):
            return self.media[points[index]], self.slice
        return None if media is None else (media, index)

    def stamp(self) -> Stamp:
        """Return the time and the author's name for a command that is made now."""
        time = self._clock().astimezone(UTC).isoformat(timespec="milliseconds")
        return Stamp(time.replace("+00:00", "Z"), self.author)

    def open(
        self,
        project: Project,
        media: Sequence[Media],
        issues: Sequence[Issue],
        matches: Matches,
        kept: Collection[str] = (),
        companions: Sequence[Companion] = (),
    ) -> None:
        """Show another project over other media: selection and mode start anew.

        Args:
            kept: ids of exports that were open already and stay, with their history.
            companions: objects beside the media that are no pictures.
        """
        self.viewing.leave()
        matches.tellings.show()
        self.history = self.history.over(project, kept) if kept else History(project)
        before, self.media = self.media, tuple(media)
        self.places.keep(self.media, kept)
        self.issues = tuple(issues)
        self.companions = tuple(companions)
        self.unimportable = {id: said for id, said in self.unimportable.items() if id in kept}
        is_same = self.project is matches.project
        self.matches = matches if is_same else matches.with_edits(self.project)
        self.selection = frozenset()
        self.display.reset(kept)
        self.measurements.over(before, self.media)
        self.work.reset(kept)
        self.viewing.reset(self.media, matches.fullest_media())
        self.set_mode("view")
        self.media_changed.emit()
        self.project_changed.emit()
        self.selection_changed.emit()

    def show_reviews(self, reviews: Iterable[Review]) -> None:
        """Show the reviews of others beside one's own: exactly these."""
        self.reviews = tuple(reviews)
        self.reviews_changed.emit()

    def rebind(self, matches: Matches) -> None:
        """Show the labels over other media of their entries; project and history stay.

        Args:
            matches: of the exports and media that are open; edits may have come since.
        """
        matches.tellings.show()
        self.matches = matches.with_edits(self.project)
        self.project_changed.emit()

    def do(self, command: Command) -> None:
        """Apply a command and tell everyone; while a label is corrected, of that label alone."""
        if reason := refusal(self.correction, command) or kept_from(self, command):
            self.say(reason)
            return
        if isinstance(command, AddAnnotation):  # ids of deleted new labels may come again
            self.display.forget(command.annotation.id)
        before = self.project
        self.history.do(command)
        self._moved_by(command, "judge", before)

    def undo(self) -> None:
        """Go one step back, if there is one, and to where that is seen.

        While a label is corrected, no further than to where that began.
        """
        if self.correction is not None and self.project is self.correction.before:
            self.say(NOT_UNDONE)
            return
        before = self.project, self.matches
        step = self.history.undo()
        if step is not None:
            self._moved_by(step.command, "undo", before[0])
            self._go_to_change(step.command, before, is_undone=True)

    def redo(self) -> None:
        """Go one step forward, if there is one, and to where that is seen."""
        before = self.project, self.matches
        step = self.history.redo()
        if step is not None:
            self._moved_by(step.command, "redo", before[0])
            self._go_to_change(step.command, before, is_undone=False)

    def select(self, ids: Iterable[AnnotationId]) -> None:
        """Select exactly these annotations."""
        chosen = frozenset(ids)
        if chosen != self.selection:
            self.selection = chosen
            self.selection_changed.emit()

    def go_to(self, id: AnnotationId, placement: int | None = None) -> bool:
        """Show a label's media and move the crosshair to its middle; False without pixels.

        Args:
            placement: number of the one that is gone to; else the first that is placed.
        """
        if id not in self.project.annotations:
            return False
        state = self.project, self.matches
        found = centre_of(*state, id) if placement is None else centre_at(*state, id, placement)
        if found is None:
            return False
        self._show(found)
        return True

    def go_back(self) -> None:
        """Show the place again that was jumped away from last."""
        self._show_again(self.places.back())

    def go_forward(self) -> None:
        """Show the place again that was gone back from."""
        self._show_again(self.places.forward())

    def take_solids(self, asked: Matches, found: FoundSolids) -> None:
        """Show the solids that were found to lie in the media, unless others were opened since."""
        if self.matches.rows is not asked.rows:
            return
        self.matches = self.matches.with_solids(found)
        self.project_changed.emit()

    def take_unimportable(self, found: Iterable[tuple[Export, tuple[Issue, ...]]]) -> None:
        """Show what the platforms of exports would not take back, of those that are open."""
        opened = self.project.exports
        said = {one.id: issues for one, issues in found if opened.get(one.id) is one and issues}
        if said != self.unimportable:
            self.unimportable = said
            self.project_changed.emit()

    def mark_saved(self, project: Project, export: str | None = None) -> None:
        """Remember a project as written: the one that the save began with, or one export of it."""
        self.history.mark_saved(project, export)
        self.project_changed.emit()

    def set_mode(self, mode: Mode, correction: Correction | None = None) -> None:
        """Change between View, Edit and Review.

        Args:
            correction: the one label that Edit is about, in the course of a review.
        """
        if (mode, correction) != (self.mode, self.correction):
            self.mode, self.correction = mode, correction
            self.mode_changed.emit()

    def say(self, sentence: str, seconds: float = 6.0) -> None:
        """Show one sentence in the status bar for a while."""
        self.said.emit(sentence, seconds)

    def let_go(self) -> None:
        """Tell nobody of anything any more: who listened is going."""
        parts = (self.viewing, self.display, self.work, self.places, self.tasks, self.measurements)
        for part in (self, *parts):
            for name, signal in vars(type(part)).items():
                if isinstance(signal, Signal):
                    getattr(part, name).disconnect()

    def _go_to_change(self, command: Command, then: State, *, is_undone: bool) -> None:
        """Show what a step changed, unless some of it is in sight already."""
        if isinstance(command, Judge):
            go_to_judged(self, command.said[0][0])
            return
        found = seen_at(command, then, (self.project, self.matches), is_undone=is_undone)
        if found and not any(self._is_in_sight(centre) for centre in found):
            self._show(found[0])

    def _is_in_sight(self, centre: Centre) -> bool:
        if centre.media != self.viewing.media_index:
            return False
        shown, axis = self.viewing.crosshair, centre.axis
        return centre.voxel is None or round(centre.voxel[axis]) == round(shown[axis])

    def _here(self) -> Visited | None:
        media = self.current
        if media is None:
            return None
        return Visited(media, self.viewing.crosshair, self.selection)

    def _show_again(self, place: Visited | None) -> None:
        if place is None:
            return
        index = next(n for n, media in enumerate(self.media) if media is place.media)
        self.viewing.show(index)
        self.viewing.set_crosshair(place.voxel)
        self.select(id for id in place.selection if id in self.project.annotations)

    def _show(self, centre: Centre) -> None:
        self.places.leave()
        self.viewing.show(centre.media)
        if centre.voxel is not None:
            self.viewing.set_crosshair(centre.voxel)
        if self.matches.axes_with_labels(centre.media) - {2}:
            self.viewing.bring_forward(centre.axis)

    def _moved_by(self, command: Command, action: Action, before: Project) -> None:
        self._project_moved()
        if isinstance(command, Judge):
            made = command.made if action == "judge" else self.stamp()
            self.decided.emit(Decision(action, command, made, before, self.project))
        self.work.follow(command)

    def _project_moved(self) -> None:
        self.matches = self.matches.with_edits(self.project)
        gone = {id for id in self.selection if id not in self.project.annotations}
        if gone:
            self.select(self.selection - gone)
        self.project_changed.emit()
