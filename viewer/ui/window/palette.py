"""Ctrl+K and Ctrl+G: every action by its name, and every place by what it is called."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence

from viewer.session.jobs import Answers, JobControl, Jobs
from viewer.session.searching import Asked, Hit, HitKind, Hits, asked_of, go_to_hit, search
from viewer.ui.actions.actions import allowed
from viewer.ui.actions.matching import letters_meant
from viewer.ui.actions.reasons import WHY_OFF
from viewer.ui.actions.table import ACTIONS, SUBMENUS, ActionSpec
from viewer.ui.widgets.popup_list import PopupList, PopupRow

if TYPE_CHECKING:
    from viewer.session.session import Session
    from viewer.ui.actions.actions import ActionSet

Asking = Literal["commands", "places"]
ICONS: dict[HitKind, str] = {
    "slice": "stack",
    "series": "image",
    "object": "file",
    "label": "tag",
}
CHOOSE = ("\N{UPWARDS ARROW} \N{DOWNWARDS ARROW}", "choose")
KEYS: dict[Asking, tuple[tuple[str, str], ...]] = {
    "commands": (CHOOSE, ("Enter", "run"), ("#", "go to slice"), ("@", "find label")),
    "places": (CHOOSE, ("Enter", "go there"), ("#", "slice alone"), ("@", "label alone")),
}
FIELD: dict[Asking, str] = {
    "commands": "Search commands",
    "places": "Slice, frame, time, SOP Instance UID, file, label or its id",
}
EXAMPLES = (
    "A number is a slice or frame, 0:03.5 a time. A part of a SOP Instance UID, of a file's name, "
    "of a label's name or id finds all that have it."
)
NOT_PLACES = ("app.palette", "go.to")


class Palette(QObject):
    """The popup of one window, with what is typed into it and what comes of it.

    Args:
        popup: lies over the window.
    """

    def __init__(
        self,
        session: Session,
        jobs: Jobs,
        popup: PopupList,
        actions: ActionSet,
    ) -> None:
        super().__init__(popup)
        self._session = session
        self._jobs = jobs
        self._actions = actions
        self._asking: Asking = "commands"
        self._runs: Sequence[Callable[[], None]] = ()
        self._is_searching = self._is_wanted = False  # Enter came before the answer
        self.popup = popup
        popup.typed.connect(self._typed)
        popup.chosen.connect(self._chosen)
        popup.left.connect(self._stop)
        session.media_changed.connect(popup.dismiss)

    def open(self, asking: Asking) -> None:
        """Show the popup with an empty field."""
        self._asking = asking
        self.popup.open(FIELD[asking], FIELD[asking], KEYS[asking])
        self._typed("")

    def _typed(self, text: str) -> None:
        self._is_wanted = False
        wanted = text.strip()
        if self._asking == "commands" and wanted[:1] not in ("#", "@", "="):
            self._stop()
            self._show_commands(wanted)
        elif not wanted.lstrip("#@="):
            self._stop()
            self._show((), (), "", EXAMPLES)
        else:
            self._is_searching = True
            work = partial(_search, asked_of(self._session, text))
            self._jobs.newest("search", work, Answers(self._found))

    def _show_commands(self, typed: str) -> None:
        can = allowed(self._session)
        found: list[tuple[tuple[int, bool, int], ActionSpec, tuple[int, ...]]] = []
        for number, spec in enumerate(ACTIONS):
            fit = letters_meant(_name(spec), typed)
            if fit is not None and spec.id not in NOT_PLACES:
                found.append(((fit[0], not can[spec.rule], number), spec, fit[1]))
        found.sort(key=lambda one: one[0])
        rows = [_command_row(spec, letters, is_on=can[spec.rule]) for _, spec, letters in found]
        runs = [partial(self._run, spec) for _, spec, _ in found]
        count = f"{len(rows)} of {len(ACTIONS) - len(NOT_PLACES)} commands"
        sentence = "" if rows else f"No command is called {typed}."
        self._show(rows, runs, count, sentence)

    def _run(self, spec: ActionSpec) -> None:
        if allowed(self._session)[spec.rule]:
            self.popup.dismiss()
            self._actions[spec.id].trigger()
        else:
            self._session.say(f"{_name(spec)}: {WHY_OFF[spec.rule]}")

    def _found(self, hits: Hits) -> None:
        self._is_searching = False
        rows = [self._hit_row(hit) for hit in hits.hits]
        runs = [partial(self._go, hit) for hit in hits.hits]
        left_out = hits.total > len(rows)
        count = f"{len(rows):,} of {hits.total:,}" if left_out else f"{len(rows):,} found"
        self._show(rows, runs, count if rows else "", "" if rows else hits.refused)
        if self._is_wanted and runs:
            runs[0]()

    def _hit_row(self, hit: Hit) -> PopupRow:
        text = self.popup.field.text().strip().lstrip("#@= ")
        at = hit.title.casefold().find(text.casefold()) if len(text) else -1
        letters = tuple(range(at, at + len(text))) if at >= 0 and hit.kind != "slice" else ()
        project, tint = self._session.project, ""
        if hit.id is not None and hit.id in project.annotations:
            edit = project.annotations.edits.get(hit.id)
            base = project.annotations.bases.get(hit.id.export)
            opened = base.columns.class_of(hit.id.ordinal) if base and not hit.id.new else ""
            class_id = opened if edit is None else edit.class_id
            tint = self._session.display.color_of(project, hit.id.export, class_id)
        return PopupRow(hit.title, letters, ICONS[hit.kind], tint, hit.where)

    def _go(self, hit: Hit) -> None:
        self.popup.dismiss()
        go_to_hit(self._session, hit)

    def _show(
        self,
        rows: Sequence[PopupRow],
        runs: Sequence[Callable[[], None]],
        count: str,
        sentence: str,
    ) -> None:
        self._runs = runs
        self.popup.show_rows(rows, count, sentence)

    def _chosen(self, row: int) -> None:
        if self._is_searching:
            self._is_wanted = True
        elif 0 <= row < len(self._runs):
            self._runs[row]()

    def _stop(self) -> None:
        self._is_searching = False
        self._jobs.cancel("search")


def _search(asked: Asked, control: JobControl) -> Hits:
    return search(asked, control.check)


def _name(spec: ActionSpec) -> str:
    """Return what an action is called where no menu stands around it."""
    group = spec.id.partition(".")[0]
    before = f"{SUBMENUS[group]} " if group == "demo" else ""
    return f"{before}{spec.text.removesuffix('...')}"


def _command_row(spec: ActionSpec, letters: tuple[int, ...], *, is_on: bool) -> PopupRow:
    key = QKeySequence(*spec.keys[:1]).toString(QKeySequence.SequenceFormat.NativeText)
    beside = spec.menu if is_on else WHY_OFF[spec.rule]
    return PopupRow(_name(spec), letters, spec.icon, "", beside, key, is_on)
